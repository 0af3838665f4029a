// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/status/nowpage.h"

#include "ui/kit/actionbutton.h"
#include "ui/kit/banner.h"
#include "ui/kit/sentenceheader.h"
#include "ui/kit/tilegrid.h"
#include "ui/status/changescard.h"
#include "ui/status/practicecard.h"
#include "ui/status/restorecard.h"

#include "madeupboard.h"
#include "support/keyboardwalk.h"

#include <QAction>
#include <QClipboard>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using status::State;

namespace {

ScenarioOffer titledOffer(const QString &id, const QString &title)
{
    return {.id = runbook::RunbookId::parse(id).value(), .title = title};
}

QList<ScenarioOffer> threeScenarios()
{
    return {titledOffer(u"supabase-outage"_s, u"Supabase outage"_s),
            titledOffer(u"buggy-deployment"_s, u"Buggy deployment"_s),
            titledOffer(u"key-leak"_s, u"A key has leaked"_s),
            titledOffer(u"database-corruption"_s, u"Database corruption or data loss"_s)};
}

} // namespace

class TestNowPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void beforeAnythingAnsweredItSaysSo();
    void theVerdictIsTheSentence();
    void agesRunByThemselves();
    void lostRowsOfferTheScenarioUnderKey1();
    void onlyOfferedNumbersStartSomething();
    void copyPutsTheBlockOnTheClipboard();
    void runbooksAndRefreshHaveKeys();
    void changesAreListedNewestFirst();
    void theRestoreCardSaysWhatToDo();
    void practiceShowsProgressAndFailure();
    void practiceButtonsWaitUntilReady();
    void tabReachesEverythingAndAllHasAName();
    void aSmallWindowScrollsOnlyDown_data();
    void aSmallWindowScrollsOnlyDown();

private:
    void breakProducts()
    {
        m_made->allWell();
        m_made->clock.advance(std::chrono::seconds(10));
        m_made->database(State::Operational, u"answers"_s, 0);
    }
    template <typename Kind>
    Kind *part() const
    {
        return m_page->findChild<Kind *>();
    }

    Theme m_theme;
    std::unique_ptr<tests::MadeUpBoard> m_made;
    std::unique_ptr<NowPage> m_page;
    QList<ScenarioOffer> m_scenarios;
};

void TestNowPage::initTestCase()
{
    m_theme.applyTo(*qApp);
}

void TestNowPage::init()
{
    m_scenarios = threeScenarios();
    m_made = std::make_unique<tests::MadeUpBoard>();
    m_made->board.useRules(
        {{.runbook = u"database-corruption"_s, .condition = u"rows any dropped"_s}});
    m_page =
        std::make_unique<NowPage>(m_theme, m_made->board, m_made->clock,
                                  NowPage::Surroundings{.scenarios = [this] { return m_scenarios; },
                                                        .stackName = u"Marketplace"_s,
                                                        .here = QTimeZone(3600)});
    m_page->resize(1192, 772);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    m_page->initialFocus()->setFocus();
}

void TestNowPage::cleanup()
{
    m_page.reset();
    m_made.reset();
}

void TestNowPage::beforeAnythingAnsweredItSaysSo()
{
    QCOMPARE(m_page->sentence(), u"Nothing has answered yet."_s);
    QCOMPARE(m_page->findChildren<TileGrid *>().first()->count(), 3);
    QCOMPARE(m_page->findChildren<Tile *>().first()->facts().detail, u"Not asked yet"_s);
    QCOMPARE(m_page->offers().size(), 3);
    QVERIFY(m_page->offers().first().because.isEmpty());
}

void TestNowPage::theVerdictIsTheSentence()
{
    const QSignalSpy said(m_page.get(), &Page::sentenceChanged);
    m_made->allWell();
    QCOMPARE(m_page->sentence(), u"All is well: 3 of 3 probes answer."_s);
    QCOMPARE(part<SentenceHeader>()->sentence(), m_page->sentence());
    m_made->database(State::Down, u"no answer"_s);
    QVERIFY(m_page->sentence().startsWith("It is us"_L1));
    QCOMPARE(said.last().first().toString(), m_page->sentence());
}

void TestNowPage::agesRunByThemselves()
{
    m_made->allWell();
    const Tile *tile = m_page->findChildren<Tile *>().first();
    QVERIFY(tile->facts().age.startsWith("probed just now"_L1));
    m_made->clock.advance(std::chrono::seconds(42));
    QTRY_VERIFY_WITH_TIMEOUT(tile->facts().age.startsWith("probed 42 s ago"_L1), 15000);
    m_made->clock.advance(std::chrono::minutes(10));
    QTRY_COMPARE_WITH_TIMEOUT(tile->facts().shape, StateShape::Stale, 15000);
}

void TestNowPage::lostRowsOfferTheScenarioUnderKey1()
{
    const QSignalSpy started(m_page.get(), &NowPage::startScenario);
    breakProducts();
    QVERIFY2(m_page->sentence().contains("products fell from 60,012 to 0"_L1),
             qPrintable(m_page->sentence()));
    QCOMPARE(m_page->offers().first().id.text(), u"database-corruption"_s);
    QVERIFY(!m_page->offers().first().because.isEmpty());
    const auto *button = qobject_cast<ActionButton *>(m_page->initialFocus());
    QCOMPARE(button->kind(), ButtonKind::Primary);
    QCOMPARE(button->text(), u"Database corruption or data loss"_s);
    QTest::keyClick(m_page.get(), Qt::Key_1);
    QCOMPARE(started.size(), 1);
    QCOMPARE(started.first().first().value<runbook::RunbookId>().text(), u"database-corruption"_s);
}

void TestNowPage::onlyOfferedNumbersStartSomething()
{
    const QSignalSpy started(m_page.get(), &NowPage::startScenario);
    QTest::keyClick(m_page.get(), Qt::Key_9);
    QCOMPARE(started.size(), 0);
    QTest::keyClick(m_page.get(), Qt::Key_3);
    QCOMPARE(started.last().first().value<runbook::RunbookId>().text(), u"key-leak"_s);
    m_scenarios.clear();
    m_page->reloadScenarios();
    QVERIFY(m_page->offers().isEmpty());
    QCOMPARE(m_page->initialFocus(), nullptr);
    QTest::keyClick(m_page.get(), Qt::Key_1);
    QCOMPARE(started.size(), 1);
}

void TestNowPage::copyPutsTheBlockOnTheClipboard()
{
    const QSignalSpy copied(m_page.get(), &NowPage::copiedForChat);
    breakProducts();
    QTest::keyClick(m_page.get(), Qt::Key_C);
    QCOMPARE(copied.size(), 1);
    const QString text = QGuiApplication::clipboard()->text();
    QCOMPARE(text, copied.first().first().toString());
    QVERIFY(text.startsWith("Marketplace, 03:00 UTC (04:00 here)"_L1));
    QVERIFY(text.contains("Products fell from 60,012 to 0"_L1));
}

void TestNowPage::runbooksAndRefreshHaveKeys()
{
    const QSignalSpy runbooks(m_page.get(), &NowPage::openRunbooks);
    const QSignalSpy refresh(m_page.get(), &NowPage::refreshRequested);
    QTest::keyClick(m_page.get(), Qt::Key_R);
    QTest::keyClick(m_page.get(), Qt::Key_F5);
    QCOMPARE(runbooks.size(), 1);
    QCOMPARE(refresh.size(), 1);
}

void TestNowPage::changesAreListedNewestFirst()
{
    const auto *card = part<ChangesCard>();
    QVERIFY(card->lines().isEmpty());
    breakProducts();
    QCOMPARE(card->lines().size(), 1);
    m_made->clock.advance(std::chrono::minutes(2));
    m_made->vendor(u"supabase"_s, State::Down, u"Major System Outage"_s, status::Impact::Major);
    QCOMPARE(card->lines().size(), 2);
    QCOMPARE(card->lines().first(), u"03:02 Supabase: works → down, Major System Outage"_s);
}

void TestNowPage::theRestoreCardSaysWhatToDo()
{
    const auto *card = part<RestoreCard>();
    QVERIFY(card->plainText().contains("There is no backup on the shelf"_L1));
    RestoreOutlook outlook{.backupName = u"shop.sql.gz"_s,
                           .takenAt = m_made->clock.now().addSecs(-12 * 3600 - 300),
                           .isComplete = true,
                           .isProven = false,
                           .provenTime = {},
                           .promisedLoss = std::chrono::hours(24),
                           .promisedTime = std::chrono::minutes(15),
                           .shelfFolder = {}};
    m_page->setRestoreOutlook(outlook);
    QVERIFY2(
        card->plainText().contains("Newest complete backup is 12 h 05 min old (promise: 24 h)"_L1),
        qPrintable(card->plainText()));
    QVERIFY(card->plainText().contains("Nobody has restored it yet"_L1));
    outlook.isProven = true;
    outlook.provenTime = std::chrono::seconds(400);
    m_page->setRestoreOutlook(outlook);
    QVERIFY(card->plainText().contains("Proven restore time 6 min 40 s (promise: 15 min)"_L1));
    QVERIFY(!card->plainText().contains("Nobody"_L1));
    m_made->clock.advance(std::chrono::hours(13));
    m_page->activated();
    QVERIFY(card->plainText().contains("Older than promised"_L1));
    outlook.isComplete = false;
    m_page->setRestoreOutlook(outlook);
    QVERIFY(card->plainText().contains("Choose another one"_L1));
}

void TestNowPage::practiceShowsProgressAndFailure()
{
    const auto *banner = part<Banner>();
    QVERIFY(!banner->isVisible());
    m_page->setPractice({.phase = PracticeState::Phase::Starting, .doing = u"Filling in rows"_s});
    QVERIFY(banner->isVisible());
    QVERIFY(banner->text().contains("Setting up the practice world"_L1));
    m_page->setPractice(
        {.phase = PracticeState::Phase::Failed,
         .doing = {},
         .error = Error{.kind = ErrorKind::NoSpace, .subject = u"/tmp/p"_s, .detail = u"full"_s}});
    QCOMPARE(banner->kind(), BannerKind::Down);
    const QSignalSpy retried(m_page.get(), &NowPage::retryPractice);
    for (ActionButton *button : banner->findChildren<ActionButton *>()) {
        if (button->isVisible())
            button->click();
    }
    QCOMPARE(retried.size(), 1);
    m_page->setPractice({.phase = PracticeState::Phase::Ready});
    QVERIFY(!banner->isVisible());
}

void TestNowPage::practiceButtonsWaitUntilReady()
{
    const auto *card = part<PracticeCard>();
    QVERIFY(!card->isVisible());
    m_page->setPractice({.phase = PracticeState::Phase::Starting});
    QVERIFY(card->isVisible());
    const auto buttons = card->findChildren<ActionButton *>();
    QCOMPARE(buttons.size(), 3);
    QVERIFY(!buttons.first()->isEnabled());
    m_page->setPractice({.phase = PracticeState::Phase::Ready});
    const QSignalSpy broken(m_page.get(), &NowPage::breakSomething);
    const QSignalSpy right(m_page.get(), &NowPage::putRight);
    for (ActionButton *button : buttons) {
        QVERIFY(button->isVisible());
        button->click();
    }
    QCOMPARE(broken.size(), 2);
    QCOMPARE(broken.first().first().value<Mishap>(), Mishap::ProductsDeleted);
    QCOMPARE(broken.last().first().value<Mishap>(), Mishap::SupabaseOutage);
    QCOMPARE(right.size(), 1);
}

void TestNowPage::tabReachesEverythingAndAllHasAName()
{
    breakProducts();
    m_page->setPractice({.phase = PracticeState::Phase::Ready});
    QVERIFY(tests::tabStops(*m_page).size() > 12);
    const QStringList missed = tests::missedByTab(*m_page);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = tests::namelessFor(*m_page, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
    QVERIFY(seen > 20);
}

void TestNowPage::aSmallWindowScrollsOnlyDown_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("isBeside");
    QTest::newRow("1280x800") << QSize(1192, 772) << true;
    QTest::newRow("1024x640") << QSize(936, 612) << true;
    QTest::newRow("200 percent") << QSize(512 - 88, 420) << false;
}

void TestNowPage::aSmallWindowScrollsOnlyDown()
{
    QFETCH(QSize, size);
    breakProducts();
    m_page->setPractice({.phase = PracticeState::Phase::Ready});
    m_page->resize(size);
    const auto *scroll = part<QScrollArea>();
    QTRY_VERIFY(scroll->widget()->width() <= scroll->viewport()->width());
    QVERIFY2(scroll->widget()->minimumSizeHint().width() <= scroll->viewport()->width(),
             qPrintable(QString::number(scroll->widget()->minimumSizeHint().width())));
    const auto grids = m_page->findChildren<TileGrid *>();
    const QRect tiles(grids.first()->mapTo(m_page.get(), QPoint()), grids.first()->size());
    const auto *card = part<ChangesCard>();
    const QRect side(card->mapTo(m_page.get(), QPoint()), card->size());
    QTEST(side.left() > tiles.right(), "isBeside");
    QVERIFY(side.right() < m_page->width());
    QScrollBar *bar = scroll->verticalScrollBar();
    if (bar->maximum() > 0) {
        QTest::keyClick(m_page.get(), Qt::Key_End);
        QCOMPARE(bar->value(), bar->maximum());
    }
}

MAYDAY_UI_TEST(TestNowPage);
#include "tst_nowpage.moc"
