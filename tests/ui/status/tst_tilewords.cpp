// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/status/tilewords.h"

#include "ui/status/chattext.h"
#include "ui/status/scenariooffer.h"

#include "madeupboard.h"

#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using status::State;

class TestTileWords : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aStateHasAShapeAndAWord_data();
    void aStateHasAShapeAndAWord();
    void aVendorHasItsOwnGrades_data();
    void aVendorHasItsOwnGrades();
    void nothingIsGreenBeforeItWasAsked();
    void anOldReadingIsStaleAndNotGreen();
    void anUnknownReadingNamesTheLastGoodOne();
    void lostRowsAreAStateOfTheirOwn();
    void aProbeThatDisagreesIsNamed();
    void aVendorInTroubleThatWeDoNotFeel();
    void aStaleProbeDisagreesWithNobody();
    void changesReadAsSentences();
    void theChatBlockIsShortAndWithoutSecrets();
    void suggestedScenariosComeFirst();

private:
    static TileFacts probeTile(const tests::MadeUpBoard &made, int index)
    {
        const auto board = made.board.snapshot();
        return tileFor(board.probes.at(index), board);
    }
    static TileFacts vendorTile(const tests::MadeUpBoard &made, int index)
    {
        const auto board = made.board.snapshot();
        return tileFor(board.providers.at(index), board);
    }
};

void TestTileWords::aStateHasAShapeAndAWord_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("shape");
    QTest::addColumn<QString>("word");
    const auto row = [](const char *name, State state, StateShape shape, const QString &word) {
        QTest::newRow(name) << int(state) << int(shape) << word;
    };
    row("works", State::Operational, StateShape::Ok, u"Works"_s);
    row("degraded", State::Degraded, StateShape::Degraded, u"Degraded"_s);
    row("down", State::Down, StateShape::Down, u"Down"_s);
    row("maintenance", State::Maintenance, StateShape::Maintenance, u"Maintenance"_s);
    row("unknown", State::Unknown, StateShape::Unknown, u"Unknown"_s);
}

void TestTileWords::aStateHasAShapeAndAWord()
{
    QFETCH(int, state);
    tests::MadeUpBoard made;
    made.health(u"backend"_s, State(state), u"503"_s, u"answered 503, expected 200"_s);
    made.clock.advance(std::chrono::seconds(6));
    const TileFacts tile = probeTile(made, 0);
    QCOMPARE(tile.name, u"Backend API"_s);
    QTEST(int(tile.shape), "shape");
    QTEST(tile.word, "word");
    QVERIFY(tile.age.startsWith("probed 6 s ago"_L1));
    QVERIFY(tile.detail.contains("142 ms"_L1));
    QCOMPARE(tile.detail.contains("certificate 61 days"_L1), State(state) == State::Operational);
    QCOMPARE(tile.age.contains("since 03:00 UTC"_L1), status::isTrouble(State(state)));
}

void TestTileWords::aVendorHasItsOwnGrades_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<int>("impact");
    QTest::addColumn<QString>("word");
    const auto row = [](const char *name, State state, status::Impact impact, const QString &word) {
        QTest::newRow(name) << int(state) << int(impact) << word;
    };
    row("well", State::Operational, status::Impact::None, u"Operational"_s);
    row("minor", State::Degraded, status::Impact::Minor, u"Degraded"_s);
    row("major", State::Down, status::Impact::Major, u"Major outage"_s);
    row("critical", State::Down, status::Impact::Critical, u"Critical outage"_s);
    row("maintenance", State::Maintenance, status::Impact::Maintenance, u"Maintenance"_s);
    row("unknown", State::Unknown, status::Impact::Unknown, u"Unknown"_s);
}

void TestTileWords::aVendorHasItsOwnGrades()
{
    QFETCH(int, state);
    QFETCH(int, impact);
    tests::MadeUpBoard made;
    made.vendor(u"github"_s, State(state), u"Some words"_s, status::Impact(impact));
    const TileFacts tile = vendorTile(made, 2);
    QTEST(tile.word, "word");
    QCOMPARE(tile.detail, u"Some words"_s);
    QVERIFY(tile.age.startsWith("read just now"_L1));
}

void TestTileWords::nothingIsGreenBeforeItWasAsked()
{
    const tests::MadeUpBoard made;
    QVERIFY(!hasAnyReading(made.board.snapshot()));
    for (const TileFacts &tile : {probeTile(made, 0), probeTile(made, 2), vendorTile(made, 0)}) {
        QCOMPARE(tile.shape, StateShape::Unknown);
        QCOMPARE(tile.word, u"Unknown"_s);
        QCOMPARE(tile.detail, u"Not asked yet"_s);
        QCOMPARE(tile.age, u"no reading yet"_s);
    }
}

void TestTileWords::anOldReadingIsStaleAndNotGreen()
{
    tests::MadeUpBoard made;
    made.allWell();
    made.clock.advance(std::chrono::minutes(3));
    QCOMPARE(probeTile(made, 0).shape, StateShape::Ok);
    made.clock.advance(std::chrono::minutes(1));
    const TileFacts tile = probeTile(made, 0);
    QCOMPARE(tile.shape, StateShape::Stale);
    QCOMPARE(tile.word, u"Stale"_s);
    QCOMPARE(tile.detail, u"Nothing newer has come. It said: Works"_s);
    QCOMPARE(tile.age, u"probed 4 min ago"_s);
    QCOMPARE(vendorTile(made, 0).shape, StateShape::Stale);
}

void TestTileWords::anUnknownReadingNamesTheLastGoodOne()
{
    tests::MadeUpBoard made;
    made.allWell();
    made.clock.advance(std::chrono::minutes(16));
    made.vendor(u"github"_s, State::Unknown, u"no status"_s, status::Impact::Unknown,
                u"the page answered HTML, not status"_s);
    made.clock.advance(std::chrono::seconds(55));
    const TileFacts tile = vendorTile(made, 2);
    QCOMPARE(tile.shape, StateShape::Unknown);
    QCOMPARE(tile.detail, u"The page answered HTML, not status"_s);
    QCOMPARE(tile.age, u"read 55 s ago · last good 16 min ago"_s);
}

void TestTileWords::lostRowsAreAStateOfTheirOwn()
{
    tests::MadeUpBoard made;
    made.allWell();
    QVERIFY(probeTile(made, 2).detail.contains("60,012 rows in 1 watched"_L1));
    made.clock.advance(std::chrono::seconds(10));
    made.database(State::Operational, u"answers"_s, 0);
    const TileFacts tile = probeTile(made, 2);
    QCOMPARE(tile.word, u"Rows missing"_s);
    QCOMPARE(tile.shape, StateShape::Down);
    QCOMPARE(tile.detail, u"Products fell from 60,012 to 0"_s);
}

void TestTileWords::aProbeThatDisagreesIsNamed()
{
    tests::MadeUpBoard made;
    made.allWell();
    made.database(State::Down, u"no answer"_s, {}, u"connection timed out"_s);
    const TileFacts tile = vendorTile(made, 0);
    QCOMPARE(tile.word, u"Operational"_s);
    QVERIFY(tile.detail.startsWith("Our probe disagrees: Database shop fails"_L1));
    QCOMPARE(vendorTile(made, 1).detail, u"All Systems Operational"_s);
}

void TestTileWords::aVendorInTroubleThatWeDoNotFeel()
{
    tests::MadeUpBoard made;
    made.allWell();
    made.vendor(u"supabase"_s, State::Down, u"Major System Outage"_s, status::Impact::Major);
    QCOMPARE(vendorTile(made, 0).detail, u"Our probes there still answer · Major System Outage"_s);
}

void TestTileWords::aStaleProbeDisagreesWithNobody()
{
    tests::MadeUpBoard made;
    made.database(State::Down, u"no answer"_s);
    made.clock.advance(std::chrono::minutes(10));
    made.vendor(u"supabase"_s, State::Operational, u"All Systems Operational"_s);
    QCOMPARE(vendorTile(made, 0).detail, u"All Systems Operational"_s);
}

void TestTileWords::changesReadAsSentences()
{
    const status::StatusChange change{.at = {},
                                      .id = u"service.backend"_s,
                                      .what = u"service Backend API"_s,
                                      .from = State::Operational,
                                      .to = State::Down,
                                      .words = u"no answer"_s};
    QCOMPARE(changeWords(change), u"Backend API: works → down, no answer"_s);
    QCOMPARE(shownName(u"database shop"_s), u"Database shop"_s);
}

void TestTileWords::theChatBlockIsShortAndWithoutSecrets()
{
    tests::MadeUpBoard made;
    made.allWell();
    made.database(State::Down, u"no answer"_s, {},
                  u"could not connect to postgresql://app:hunter2hunter2@db.example/shop"_s);
    const QString text = chatText({.stackName = u"Marketplace"_s, .isPractice = true},
                                  made.board.verdict(), made.board.snapshot(), QTimeZone(3600));
    QVERIFY2(text.startsWith("PRACTICE, nothing is real: Marketplace, 03:00 UTC (04:00 here)"_L1),
             qPrintable(text));
    QVERIFY(text.contains(made.board.verdict().sentence));
    QVERIFY(text.contains("Our own probes: 2 of 3 well"_L1));
    QVERIFY(text.contains("Vendors' pages: 3 of 3 well"_L1));
    QVERIFY2(!text.contains("hunter2"_L1), qPrintable(text));
    QVERIFY(text.count(u'\n') <= 8);
}

void TestTileWords::suggestedScenariosComeFirst()
{
    QList<ScenarioOffer> all;
    for (const QString &id : {u"a"_s, u"b"_s, u"c"_s, u"d"_s})
        all.append({.id = runbook::RunbookId::parse(id).value(), .title = id.toUpper()});
    const auto ids = [](const QList<ScenarioOffer> &offers) {
        QString text;
        for (const ScenarioOffer &offer : offers)
            text += offer.id.text() + (offer.because.isEmpty() ? u""_s : u"!"_s);
        return text;
    };
    QCOMPARE(ids(rankedOffers(all, {})), u"abc"_s);
    const status::Suggestion third{.runbook = u"d"_s, .condition = {}, .because = u"rows"_s};
    const status::Suggestion gone{.runbook = u"zz"_s, .condition = {}, .because = u"x"_s};
    QCOMPARE(ids(rankedOffers(all, {gone, third})), u"d!ab"_s);
    QCOMPARE(ids(rankedOffers({}, {third})), QString());
}

MAYDAY_TEST(TestTileWords);
#include "tst_tilewords.moc"
