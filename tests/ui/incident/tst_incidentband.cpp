// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/incident/incidentband.h"
#include "ui/incident/incidenttexts.h"

#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// How many pixels of the bottom line are of that colour.
int lineOf(const QWidget &band, const QColor &colour)
{
    const QImage image = const_cast<QWidget &>(band).grab().toImage();
    int found = 0;
    for (int x = 0; x < image.width(); ++x)
        found += image.pixelColor(x, image.height() - 1) == colour;
    return found;
}

} // namespace

/// What is on every page while an incident runs (R5, R6).
class TestIncidentBand : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void itShowsOnlyWhileSomethingRuns();
    void itNamesEnvironmentScenarioAndCommander();
    void drillAndProductionNeverLookAlike();
    void theClockRunsByItself();
    void theWordsOfTheClock_data();
    void theWordsOfTheClock();
    void theWordsOfTheNextUpdate_data();
    void theWordsOfTheNextUpdate();
    void anUpdateStartsItsClockAnew();
    void aPromiseThatIsBrokenIsSaidInWords();
    void anIncidentOfBeforeTheStartIsThereAtOnce();
    void theWayBackIsOneKey();
    void longNamesDoNotPushTheClocksAway();

private:
    void make();
    void openOne(bool drill = false, const QString &title = u"Products are gone"_s);

    Theme m_theme;
    std::unique_ptr<IncidentFixture> m_fixture;
    std::unique_ptr<IncidentBand> m_band;
};

void TestIncidentBand::init()
{
    m_theme.applyTo(*qApp);
    m_fixture = std::make_unique<IncidentFixture>();
    make();
}

void TestIncidentBand::cleanup()
{
    m_band.reset();
    m_fixture.reset();
}

void TestIncidentBand::make()
{
    m_band = std::make_unique<IncidentBand>(m_theme, *m_fixture->desk, m_fixture->clock,
                                            u"Marketplace"_s);
    m_band->resize(1192, m_band->height());
}

void TestIncidentBand::openOne(bool drill, const QString &title)
{
    m_fixture->open(
        {.title = title, .drill = drill, .environment = u"production"_s, .commander = u"Ada"_s});
    QVERIFY(QTest::qWaitForWindowExposed(m_band.get()));
}

void TestIncidentBand::itShowsOnlyWhileSomethingRuns()
{
    QVERIFY(!m_band->isVisible());
    openOne();
    QVERIFY(m_band->isVisible());
    QCOMPARE(m_band->height(), metric::bandHeight);
    for (const runbook::Decision &decision : QList(m_fixture->running().checklist.decisions()))
        m_fixture->desk->recordChoice(decision.id, decision.options.front(), {});
    for (const runbook::Phase &phase : m_fixture->running().checklist.runbook().phases) {
        for (const runbook::Step &step : phase.groups.front().steps)
            m_fixture->desk->overrideStep(step.id, u"not needed here"_s);
    }
    m_fixture->desk->close();
    m_fixture->written();
    QVERIFY(!m_fixture->desk->running());
    QVERIFY(!m_band->isVisible());
}

void TestIncidentBand::itNamesEnvironmentScenarioAndCommander()
{
    openOne();
    const QString seen = seenText(*m_band);
    for (const QString &part :
         {u"Incident 1 · Products are gone"_s, u"Marketplace / production"_s,
          u"Recovery clock (promise 15 min)"_s, u"Next update due"_s, u"Commander\nAda"_s})
        QVERIFY2(seen.contains(part), qPrintable(part + u" in:\n"_s + seen));
    m_band->setStackName(u"Shop"_s);
    QVERIFY(seenText(*m_band).contains(u"Shop / production"_s));
    m_fixture->desk->takeCommand(u"Grace"_s);
    m_fixture->written();
    QVERIFY(seenText(*m_band).contains(u"Commander\nGrace"_s));
}

void TestIncidentBand::drillAndProductionNeverLookAlike()
{
    openOne(true);
    QVERIFY(seenText(*m_band).contains(u"Drill 1"_s));
    const int dashes = lineOf(*m_band, m_theme.tokens().drill);
    QVERIFY2(dashes > 100 && dashes < m_band->width() - 100, "the line of a drill is broken");
    QCOMPARE(lineOf(*m_band, m_theme.tokens().down), 0);
    QCOMPARE(incidenttexts::modeWord(m_fixture->running()), u"DRILL"_s);

    m_band.reset();
    m_fixture = std::make_unique<IncidentFixture>();
    make();
    openOne(false);
    QVERIFY(lineOf(*m_band, m_theme.tokens().down) > m_band->width() - 20);
    QCOMPARE(lineOf(*m_band, m_theme.tokens().drill), 0);
    QCOMPARE(incidenttexts::modeWord(m_fixture->running()), u"PRODUCTION"_s);
}

void TestIncidentBand::theClockRunsByItself()
{
    openOne();
    m_fixture->clock.advance(4min);
    QTRY_VERIFY_WITH_TIMEOUT(seenText(*m_band).contains(u"04:07 gone"_s), 15000);
    QVERIFY2(seenText(*m_band).contains(u"10:53 left"_s), qPrintable(seenText(*m_band)));
    QVERIFY(seenText(*m_band).contains(u"in 00:53"_s));
}

void TestIncidentBand::theWordsOfTheClock_data()
{
    using incident::RtoReading;
    QTest::addColumn<RtoReading>("clock");
    QTest::addColumn<QString>("words");
    QTest::addColumn<Ink>("ink");
    QTest::newRow("on the way") << RtoReading{.elapsed = 6min + 12s,
                                              .isPromised = true,
                                              .left = 8min + 48s,
                                              .forecast = 10min + 12s}
                                << u"06:12 gone · 08:48 left · about 4 min to go"_s << Ink::Primary;
    QTest::newRow("it will be too late")
        << RtoReading{.elapsed = 10min,
                      .isPromised = true,
                      .left = 5min,
                      .forecast = 20min + 1s,
                      .willMiss = true}
        << u"10:00 gone · 05:00 left · about 11 min to go"_s << Ink::Warn;
    QTest::newRow("over") << RtoReading{.elapsed = 16min,
                                        .isPromised = true,
                                        .left = -1min,
                                        .forecast = 16min,
                                        .isOver = true}
                          << u"16:00 gone · 01:00 over the promise"_s << Ink::Down;
    QTest::newRow("to the second")
        << RtoReading{.elapsed = 15min, .isPromised = true, .left = 0s, .forecast = 15min}
        << u"15:00 gone · 00:00 left"_s << Ink::Primary;
    QTest::newRow("no promise") << RtoReading{.elapsed = 1h + 2min + 9s, .forecast = 1h + 3min}
                                << u"1:02:09 gone · about 1 min to go"_s << Ink::Primary;
}

void TestIncidentBand::theWordsOfTheClock()
{
    QFETCH(incident::RtoReading, clock);
    QTEST(incidenttexts::clockWords(clock), "words");
    QFETCH(Ink, ink);
    QVERIFY(incidenttexts::clockInk(clock) == ink);
}

void TestIncidentBand::theWordsOfTheNextUpdate_data()
{
    QTest::addColumn<int>("seconds");
    QTest::addColumn<QString>("words");
    QTest::addColumn<Ink>("ink");
    QTest::newRow("time enough") << 300 << u"in 05:00"_s << Ink::Primary;
    QTest::newRow("two minutes") << 120 << u"in 02:00"_s << Ink::Primary;
    QTest::newRow("soon") << 119 << u"in 01:59"_s << Ink::Warn;
    QTest::newRow("now") << 0 << u"in 00:00"_s << Ink::Warn;
    QTest::newRow("late") << -61 << u"overdue by 01:01"_s << Ink::Down;
}

void TestIncidentBand::theWordsOfTheNextUpdate()
{
    QFETCH(int, seconds);
    QTEST(incidenttexts::updateWords(std::chrono::seconds(seconds)), "words");
    QFETCH(Ink, ink);
    QVERIFY(incidenttexts::updateInk(std::chrono::seconds(seconds)) == ink);
}

void TestIncidentBand::anUpdateStartsItsClockAnew()
{
    openOne();
    m_fixture->clock.advance(6min);
    m_fixture->desk->addNote(u"Still looking"_s);
    m_fixture->written();
    QVERIFY2(seenText(*m_band).contains(u"overdue by"_s), qPrintable(seenText(*m_band)));
    m_fixture->desk->messageCopied(u"update"_s, u"We work on it."_s);
    m_fixture->written();
    const QString seen = seenText(*m_band);
    QVERIFY2(seen.contains(u"in 20:00"_s) || seen.contains(u"in 19:5"_s), qPrintable(seen));
}

void TestIncidentBand::aPromiseThatIsBrokenIsSaidInWords()
{
    openOne();
    m_fixture->clock.advance(20min);
    m_fixture->desk->addNote(u"It takes longer"_s);
    m_fixture->written();
    QVERIFY2(seenText(*m_band).contains(u"over the promise"_s), qPrintable(seenText(*m_band)));
}

void TestIncidentBand::anIncidentOfBeforeTheStartIsThereAtOnce()
{
    openOne();
    m_band.reset();
    m_fixture->start();
    m_fixture->clock.advance(2h);
    make();
    QVERIFY(QTest::qWaitForWindowExposed(m_band.get()));
    QVERIFY2(seenText(*m_band).contains(u"2:00:07 gone · 1:45:07 over the promise"_s),
             qPrintable(seenText(*m_band)));
}

void TestIncidentBand::theWayBackIsOneKey()
{
    openOne();
    m_band->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_band.get()));
    const QSignalSpy back(m_band.get(), &IncidentBand::checklistRequested);
    QCOMPARE(tabStops(*m_band).size(), 1);
    press(*m_band, Qt::Key_Tab);
    press(*m_band, Qt::Key_Return);
    QCOMPARE(back.size(), 1);
    int seen = 0;
    QVERIFY(namelessFor(*m_band, seen).isEmpty());
}

void TestIncidentBand::longNamesDoNotPushTheClocksAway()
{
    openOne(false, u"Every product of every marketplace is gone "_s.repeated(6).trimmed());
    m_band->setStackName(u"The marketplace listing automation system of the whole company"_s);
    m_band->resize(936, m_band->height());
    QVERIFY2(m_band->minimumSizeHint().width() <= 936,
             qPrintable(QString::number(m_band->minimumSizeHint().width())));
    QVERIFY(QTest::qWaitForWindowExposed(m_band.get()));
    for (const TextLabel *label : m_band->findChildren<TextLabel *>()) {
        if (label->plainText().contains(u"gone ·"_s) || label->plainText() == u"Ada"_s)
            QVERIFY2(label->width() >= label->sizeHint().width(), qPrintable(label->plainText()));
    }
}

MAYDAY_UI_TEST(TestIncidentBand);
#include "tst_incidentband.moc"
