// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/testmain.h"

#include "incident/rtoclock.h"

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::tests;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

/// The clock of the promise, the clock of the next update, and the words of a severity.
class TestRtoClock : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_incident = Incident{.openedAt = FakeClock().now(), .rto = 15min}; }

    void elapsedAndLeft_data();
    void elapsedAndLeft();
    void theForecastAddsWhatIsStillToDo();
    void withoutAPromiseNothingIsOver();
    void aClosedClockStandsStill();
    void aClockSetBackIsNotNegative();
    void updatesAreDueAtFiveThenTwenty();
    void severitiesHaveKeysAndWords();

private:
    Incident m_incident;
};

void TestRtoClock::elapsedAndLeft_data()
{
    QTest::addColumn<int>("after");
    QTest::addColumn<int>("left");
    QTest::addColumn<bool>("isOver");
    QTest::newRow("start") << 0 << 900 << false;
    QTest::newRow("middle") << 300 << 600 << false;
    QTest::newRow("the last second") << 900 << 0 << false;
    QTest::newRow("over") << 901 << -1 << true;
}

void TestRtoClock::elapsedAndLeft()
{
    QFETCH(int, after);
    QFETCH(int, left);
    QFETCH(bool, isOver);
    const RtoReading reading = readRtoClock(m_incident, m_incident.openedAt.addSecs(after));
    QVERIFY(reading.isPromised);
    QCOMPARE(reading.elapsed.count(), after);
    QCOMPARE(reading.left.count(), left);
    QCOMPARE(reading.isOver, isOver);
}

void TestRtoClock::theForecastAddsWhatIsStillToDo()
{
    IncidentFixture fixture;
    fixture.open();
    const Incident &incident = fixture.running();
    // 3 min shared, the longer way 10 min; what comes after does not count: 13 of 15.
    const RtoReading start = readRtoClock(incident, incident.openedAt);
    QCOMPARE(start.forecast, 13min);
    QVERIFY(!start.willMiss);
    const RtoReading late = readRtoClock(incident, incident.openedAt.addSecs(180));
    QCOMPARE(late.forecast, 16min);
    QVERIFY(late.willMiss && !late.isOver);
    fixture.desk->recordChoice(incident.checklist.decisions().first().id, u"From our own dump"_s,
                               {});
    fixture.written();
    QVERIFY(!readRtoClock(fixture.running(), incident.openedAt.addSecs(180)).willMiss);
}

void TestRtoClock::withoutAPromiseNothingIsOver()
{
    m_incident.rto = 0min;
    const RtoReading reading = readRtoClock(m_incident, m_incident.openedAt.addDays(9));
    QVERIFY(!reading.isPromised && !reading.isOver && !reading.willMiss);
    QCOMPARE(reading.left, 0s);
}

void TestRtoClock::aClosedClockStandsStill()
{
    m_incident.closedAt = m_incident.openedAt.addSecs(600);
    QCOMPARE(readRtoClock(m_incident, m_incident.openedAt.addDays(1)).elapsed, 600s);
    QCOMPARE(readRtoClock(m_incident, m_incident.openedAt.addDays(1)).forecast, 600s);
    QCOMPARE(untilNextUpdate(m_incident, m_incident.openedAt), 0s);
}

void TestRtoClock::aClockSetBackIsNotNegative()
{
    QCOMPARE(readRtoClock(m_incident, m_incident.openedAt.addSecs(-3600)).elapsed, 0s);
}

void TestRtoClock::updatesAreDueAtFiveThenTwenty()
{
    QCOMPARE(firstUpdateDue(m_incident.openedAt), m_incident.openedAt.addSecs(300));
    QCOMPARE(nextUpdateDue(m_incident.openedAt), m_incident.openedAt.addSecs(1200));
    m_incident.nextUpdateDue = firstUpdateDue(m_incident.openedAt);
    QCOMPARE(untilNextUpdate(m_incident, m_incident.openedAt.addSecs(100)), 200s);
    QCOMPARE(untilNextUpdate(m_incident, m_incident.openedAt.addSecs(400)), -100s);
}

void TestRtoClock::severitiesHaveKeysAndWords()
{
    for (const Severity one : {Severity::Sev1, Severity::Sev2, Severity::Sev3, Severity::Sev4}) {
        QCOMPARE(severityFromKey(severityKey(one)), std::optional(one));
        QVERIFY(severityWords(one).startsWith(severityName(one) + u" ("_s));
    }
    QVERIFY(!severityFromKey(u"sev5"_s));
}

MAYDAY_TEST(TestRtoClock);
#include "tst_rtoclock.moc"
