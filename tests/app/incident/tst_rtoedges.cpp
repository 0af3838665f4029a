// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/rtoclock.h"
#include "runbook/runbookreader.h"
#include "support/testmain.h"

#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::incident;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using runbook::StepState;

namespace {

/// Ten minutes to recovery, an hour of aftermath.
const QByteArray plan = R"(## Immediate
- [ ] Look. (2 min)
- [ ] Optional: Tell. (1 min)

## Recover
- [ ] Restore. (6 min)
- [ ] Guess.

## After
- [ ] Learn. (30 min)

## Follow-up
- [ ] Train. (30 min)
)";

QDateTime utc(int hour, int minute, int second = 0, int ms = 0)
{
    return {QDate(2026, 3, 1), QTime(hour, minute, second, ms), QTimeZone::UTC};
}

} // namespace

/// The clock of the promise at its edges: the second it is broken, at night when clocks are moved,
/// after weeks, and with every kind of step left over.
class TestRtoEdges : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_incident = Incident{.openedAt = utc(3, 0), .rto = 15min};
        m_incident.checklist = runbook::Checklist(
            *runbook::readRunbook(plan, u"plan.md"_s, runbook::VerbRegistry::standard()).runbook);
    }

    void theForecastIsExact_data();
    void theForecastIsExact();
    void whatIsDoneNoLongerCounts_data();
    void whatIsDoneNoLongerCounts();
    void whatIsOverIsNotForecast();
    void theEndDecidesNotTheReading_data();
    void theEndDecidesNotTheReading();
    void theZoneOfTheReaderDoesNotMatter_data();
    void theZoneOfTheReaderDoesNotMatter();
    void weeksAreCountedInSeconds();
    void aPromiseOfSecondsIsNoPromise_data();
    void aPromiseOfSecondsIsNoPromise();
    void aReadingOfADamagedTimeIsNothing();
    void lateUpdatesStayLate_data();
    void lateUpdatesStayLate();

private:
    void put(const char *step, StepState state)
    {
        QVERIFY(m_incident.checklist.apply({QString::fromLatin1(step)},
                                           {.state = state, .reason = u"r"_s}));
    }

    Incident m_incident;
};

void TestRtoEdges::theForecastIsExact_data()
{
    QTest::addColumn<int>("after");
    QTest::addColumn<int>("forecast");
    QTest::addColumn<bool>("willMiss");
    QTest::addColumn<bool>("isOver");
    QTest::newRow("opened") << 0 << 600 << false << false;
    QTest::newRow("just in time") << 300 << 900 << false << false;
    QTest::newRow("a second too late") << 301 << 901 << true << false;
    QTest::newRow("the last second") << 900 << 1500 << true << false;
    QTest::newRow("over") << 901 << 1501 << false << true; // missed is no forecast any more
}

void TestRtoEdges::theForecastIsExact()
{
    QFETCH(int, after);
    const RtoReading reading = readRtoClock(m_incident, m_incident.openedAt.addSecs(after));
    QTEST(int(reading.forecast.count()), "forecast");
    QTEST(reading.willMiss, "willMiss");
    QTEST(reading.isOver, "isOver");
}

void TestRtoEdges::whatIsDoneNoLongerCounts_data()
{
    QTest::addColumn<QByteArray>("step");
    QTest::addColumn<StepState>("state");
    QTest::addColumn<int>("forecast");
    QTest::newRow("done") << QByteArray("recover/restore") << StepState::Done << 240;
    QTest::newRow("overridden") << QByteArray("recover/restore") << StepState::Overridden << 240;
    QTest::newRow("put off") << QByteArray("recover/restore") << StepState::Deferred << 600;
    QTest::newRow("without an estimate") << QByteArray("recover/guess") << StepState::Done << 540;
    QTest::newRow("optional") << QByteArray("immediate/tell") << StepState::Done << 540;
    QTest::newRow("after it") << QByteArray("after/learn") << StepState::Done << 600;
    QTest::newRow("after it, put off")
        << QByteArray("follow-up/train") << StepState::Deferred << 600;
}

void TestRtoEdges::whatIsDoneNoLongerCounts()
{
    QFETCH(QByteArray, step);
    QFETCH(StepState, state);
    put(step.constData(), state);
    QTEST(int(readRtoClock(m_incident, m_incident.openedAt).forecast.count()), "forecast");
}

void TestRtoEdges::whatIsOverIsNotForecast()
{
    for (const char *step : {"immediate/look", "immediate/tell", "recover/restore", "recover/guess",
                             "after/learn", "follow-up/train"})
        put(step, StepState::Done);
    const RtoReading reading = readRtoClock(m_incident, m_incident.openedAt.addSecs(899));
    QCOMPARE(reading.forecast, reading.elapsed);
    QVERIFY(!reading.willMiss);
    QCOMPARE(reading.left, 1s);
}

void TestRtoEdges::theEndDecidesNotTheReading_data()
{
    QTest::addColumn<int>("closedAfter");
    QTest::addColumn<int>("left");
    QTest::addColumn<bool>("isOver");
    QTest::newRow("at once") << 0 << 900 << false;
    QTest::newRow("at the last second") << 900 << 0 << false;
    QTest::newRow("a second late") << 901 << -1 << true;
    QTest::newRow("before it began") << -60 << 900 << false; // the wall clock was set back
}

void TestRtoEdges::theEndDecidesNotTheReading()
{
    QFETCH(int, closedAfter);
    m_incident.closedAt = m_incident.openedAt.addSecs(closedAfter);
    for (const int days : {0, 1, 400}) {
        const RtoReading reading = readRtoClock(m_incident, m_incident.openedAt.addDays(days));
        QTEST(int(reading.left.count()), "left");
        QTEST(reading.isOver, "isOver");
        QVERIFY(!reading.willMiss); // open steps do not matter any more
    }
}

void TestRtoEdges::theZoneOfTheReaderDoesNotMatter_data()
{
    QTest::addColumn<QByteArray>("zone");
    QTest::addColumn<QDateTime>("openedAt");
    const QDateTime spring(QDate(2026, 3, 29), QTime(0, 55), QTimeZone::UTC);
    const QDateTime autumn(QDate(2026, 10, 25), QTime(0, 55), QTimeZone::UTC);
    QTest::newRow("India") << QByteArray("Asia/Kolkata") << utc(3, 0);
    QTest::newRow("the hour that is left out") << QByteArray("Europe/Berlin") << spring;
    QTest::newRow("the hour that comes twice") << QByteArray("Europe/Berlin") << autumn;
    QTest::newRow("another day") << QByteArray("Pacific/Kiritimati") << utc(23, 59, 30);
}

void TestRtoEdges::theZoneOfTheReaderDoesNotMatter()
{
    QFETCH(QByteArray, zone);
    QFETCH(QDateTime, openedAt);
    const QTimeZone there(zone);
    if (!there.isValid())
        QSKIP("this computer knows no time zones");
    m_incident.openedAt = openedAt;
    const QDateTime now = openedAt.addSecs(10 * 60).toTimeZone(there);
    const RtoReading reading = readRtoClock(m_incident, now);
    QCOMPARE(reading.elapsed, 10min);
    QCOMPARE(reading.left, 5min);
    m_incident.nextUpdateDue = nextUpdateDue(now);
    QCOMPARE(untilNextUpdate(m_incident, openedAt.addSecs(10 * 60)), 20min);
}

void TestRtoEdges::weeksAreCountedInSeconds()
{
    const RtoReading reading = readRtoClock(m_incident, m_incident.openedAt.addDays(9000));
    QCOMPARE(reading.elapsed, std::chrono::days(9000));
    QCOMPARE(reading.left, 15min - std::chrono::days(9000));
    QVERIFY(reading.isOver && !reading.willMiss);
}

void TestRtoEdges::aPromiseOfSecondsIsNoPromise_data()
{
    QTest::addColumn<int>("minutes");
    QTest::newRow("nothing") << 0;
    QTest::newRow("less than nothing") << -15;
}

void TestRtoEdges::aPromiseOfSecondsIsNoPromise()
{
    QFETCH(int, minutes);
    m_incident.rto = std::chrono::minutes(minutes);
    const RtoReading reading = readRtoClock(m_incident, m_incident.openedAt.addSecs(60));
    QVERIFY(!reading.isPromised && !reading.isOver && !reading.willMiss);
    QCOMPARE(reading.left, 0s);
    QCOMPARE(reading.elapsed, 1min);
}

void TestRtoEdges::aReadingOfADamagedTimeIsNothing()
{
    m_incident.openedAt = QDateTime();
    const RtoReading reading = readRtoClock(m_incident, utc(3, 0));
    QCOMPARE(reading.elapsed, 0s);
    QVERIFY(!reading.isOver);
}

void TestRtoEdges::lateUpdatesStayLate_data()
{
    QTest::addColumn<int>("after");
    QTest::addColumn<int>("left");
    QTest::newRow("opened") << 0 << 300;
    QTest::newRow("due now") << 300 << 0;
    QTest::newRow("late") << 301 << -1;
    QTest::newRow("hours late") << 7500 << -7200;
    QTest::newRow("the clock set back") << -60 << 360;
}

void TestRtoEdges::lateUpdatesStayLate()
{
    QFETCH(int, after);
    m_incident.nextUpdateDue = firstUpdateDue(m_incident.openedAt);
    const QDateTime now = m_incident.openedAt.addSecs(after);
    QTEST(int(untilNextUpdate(m_incident, now).count()), "left");
    m_incident.closedAt = now;
    QCOMPARE(untilNextUpdate(m_incident, now), 0s); // nobody waits for one any more
}

MAYDAY_TEST(TestRtoEdges);
#include "tst_rtoedges.moc"
