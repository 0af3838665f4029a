// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/shell/mainwindow.h"

#include "ui/kit/banner.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/helpoverlay.h"

#include "support/fakeclock.h"
#include "support/keyboardwalk.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QVBoxLayout>

using namespace mayday;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

/// A page with two buttons, a field and an action on a letter.
class PlainPage final : public Page {
public:
    PlainPage(const QString &id, const QString &title, const QString &iconName, QKeySequence key)
        : Page({.id = id, .title = title, .iconName = iconName})
    {
        auto *column = new QVBoxLayout(this);
        column->addWidget(m_first = new QPushButton(u"First of "_s + title, this));
        column->addWidget(new QPushButton(u"Second of "_s + title, this));
        m_action = bringAction(u"Do the thing of "_s + title, key);
    }
    void say(const QString &text) { setSentence(text); }
    void activated() override { ++m_activations; }
    void deactivated() override { ++m_deactivations; }
    QWidget *initialFocus() override { return m_first; }

    QPushButton *m_first = nullptr;
    QAction *m_action = nullptr;
    int m_activations = 0;
    int m_deactivations = 0;
};

} // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void theFirstPageIsShown();
    void otherPagesAreMadeWhenWantedOrAfterThePaint();
    void pagesChangeByKeyByRailAndById();
    void aHiddenPageMarksNoPlace();
    void theTitleSaysModeAndSentence();
    void framesDifferByMode();
    void bandAndBannersStandAboveThePages();
    void aBannerThatIsHiddenTakesNoRoom();
    void nothingBelowAnOverlayHearsAKey();
    void thePaletteIsWalkedByArrows();
    void theStatusLineTellsTimesAndTheNextCheck();
    void thePaletteFindsAndRunsActions();
    void thePaletteKeepsTheFocusInside();
    void anActionOfAnotherPageShowsThatPage();
    void theModelIsSound();
    void helpListsThePage();
    void keysOfThePageWorkFromTheRail();
    void tabReachesEverythingAndAllHasAName();
    void theSizeIsRemembered();
    void aBrokenStateFileCostsNothing();

private:
    std::unique_ptr<MainWindow> makeWindow(const QString &stateFile = {})
    {
        return std::make_unique<MainWindow>(
            m_theme, m_clock,
            MainWindow::Settings{.stateFile = stateFile, .here = QTimeZone(3600)});
    }

    Theme m_theme;
    tests::FakeClock m_clock;
    std::unique_ptr<MainWindow> m_window;
    PlainPage *m_now = nullptr;
    PlainPage *m_runbooks = nullptr;
    PlainPage *m_settings = nullptr;
};

void TestMainWindow::initTestCase()
{
    m_theme.applyTo(*qApp);
}

void TestMainWindow::init()
{
    m_window = makeWindow();
    m_now = new PlainPage(u"now"_s, u"Now"_s, u"now"_s, Qt::Key_C);
    m_runbooks = new PlainPage(u"runbooks"_s, u"Runbooks"_s, u"runbooks"_s, Qt::Key_E);
    m_settings = new PlainPage(u"settings"_s, u"Settings"_s, u"settings"_s, {});
    for (PlainPage *page : {m_now, m_runbooks})
        m_window->addPage(page->identity(), [page] { return page; });
    m_window->addPage(m_settings->identity(), [this] { return m_settings; }, RailPlace::Bottom);
    m_window->resize(1024, 640);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_now->m_first->setFocus();
}

void TestMainWindow::cleanup()
{
    // Those that nobody has wanted are not the window's yet.
    for (const PlainPage *page : {m_now, m_runbooks, m_settings}) {
        if (page->parent() == nullptr)
            delete page;
    }
    m_window.reset();
}

void TestMainWindow::theFirstPageIsShown()
{
    QCOMPARE(m_window->currentPage(), m_now);
    QCOMPARE(m_now->m_activations, 1);
    QCOMPARE(m_runbooks->m_activations, 0);
    QVERIFY(m_window->findChild<NavigationRail *>()->button(u"now"_s)->isChecked());
}

void TestMainWindow::otherPagesAreMadeWhenWantedOrAfterThePaint()
{
    QStringList made;
    const std::unique_ptr<MainWindow> window = makeWindow();
    for (const auto *id : {"one", "two", "three", "four"}) {
        const PageIdentity identity{
            .id = QLatin1StringView(id), .title = QLatin1StringView(id), .iconName = u"now"_s};
        window->addPage(identity, [&made, identity] {
            made.append(identity.id);
            return new PlainPage(identity.id, identity.title, u"now"_s, {});
        });
    }
    QCOMPARE(made, QStringList{u"one"_s});
    QVERIFY(window->showPage(u"three"_s));
    QCOMPARE(made, (QStringList{u"one"_s, u"three"_s}));
    QVERIFY(window->showPage(u"one"_s));
    QVERIFY(window->showPage(u"three"_s));
    window->show();
    QTRY_COMPARE(made, (QStringList{u"one"_s, u"three"_s, u"two"_s, u"four"_s}));
    QCOMPARE(window->currentPage()->identity().id, u"three"_s);
}

void TestMainWindow::pagesChangeByKeyByRailAndById()
{
    const QSignalSpy changed(m_window.get(), &MainWindow::pageChanged);
    const auto *rail = m_window->findChild<NavigationRail *>();
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::AltModifier);
    QCOMPARE(m_window->currentPage(), m_runbooks);
    QCOMPARE(m_now->m_deactivations, 1);
    QCOMPARE(QApplication::focusWidget(), m_runbooks->m_first);
    QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(m_window->currentPage(), m_settings);
    rail->button(u"now"_s)->click();
    QCOMPARE(m_window->currentPage(), m_now);
    QVERIFY(m_window->showPage(u"runbooks"_s));
    QVERIFY(rail->button(u"runbooks"_s)->isChecked());
    QVERIFY(!m_window->showPage(u"nowhere"_s));
    QCOMPARE(m_window->currentPage(), m_runbooks);
    QCOMPARE(changed.size(), 4);

    rail->button(u"now"_s)->setFocus();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
    QCOMPARE(QApplication::focusWidget(), rail->button(u"runbooks"_s));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);
    QCOMPARE(QApplication::focusWidget(), rail->button(u"settings"_s));
}

void TestMainWindow::aHiddenPageMarksNoPlace()
{
    auto *wizard = new PlainPage(u"wizard"_s, u"Checklist"_s, {}, {});
    m_window->addPage(wizard->identity(), [wizard] { return wizard; }, RailPlace::Hidden);
    const auto *rail = m_window->findChild<NavigationRail *>();
    QCOMPARE(rail->button(u"wizard"_s), nullptr);
    m_window->showPage(u"wizard"_s);
    QVERIFY(!rail->button(u"now"_s)->isChecked());
    m_window->showPage(u"now"_s);
    QVERIFY(rail->button(u"now"_s)->isChecked());
}

void TestMainWindow::theTitleSaysModeAndSentence()
{
    QCOMPARE(m_window->windowTitle(), u"PRACTICE — Now — Mayday"_s);
    m_now->say(u"It is us."_s);
    QCOMPARE(m_window->windowTitle(), u"PRACTICE — It is us. — Mayday"_s);
    m_runbooks->say(u"12 scenarios."_s);
    QCOMPARE(m_window->windowTitle(), u"PRACTICE — It is us. — Mayday"_s);
    m_window->setMode(WindowMode::ProductionIncident);
    m_window->showPage(u"runbooks"_s);
    QCOMPARE(m_window->windowTitle(), u"PRODUCTION — 12 scenarios. — Mayday"_s);
    m_window->setMode(WindowMode::Drill);
    QVERIFY(m_window->windowTitle().startsWith("DRILL"_L1));
}

void TestMainWindow::framesDifferByMode()
{
    const auto *frame = m_window->findChild<ModeFrame *>();
    const auto edgeColours = [&] {
        const QImage image = m_window->grab().toImage();
        QSet<QRgb> colours;
        for (int x = 100; x < 300; ++x)
            colours.insert(image.pixel(x, 1));
        return colours;
    };
    QCOMPARE(frame->thickness(), 0);
    m_window->setMode(WindowMode::Production);
    QCOMPARE(frame->thickness(), 0);
    m_window->setMode(WindowMode::ProductionIncident);
    QCOMPARE(edgeColours(), QSet<QRgb>{m_theme.color(Ink::Down).rgb()});
    m_window->setMode(WindowMode::Drill);
    QVERIFY(edgeColours().size() > 1); // a pattern, not another plain colour
    QVERIFY(edgeColours().contains(m_theme.color(Ink::Drill).rgb()));
}

void TestMainWindow::bandAndBannersStandAboveThePages()
{
    auto *band = new QLabel(u"DRILL"_s);
    band->setFixedHeight(metric::bandHeight);
    m_window->setBand(band);
    auto *banner = new Banner(m_theme, BannerKind::Warn);
    banner->setMessage(u"Secrets are only in memory."_s);
    m_window->addBanner(banner);
    const auto top = [&](QWidget *widget) {
        return widget->mapTo(m_window.get(), QPoint()).y();
    };
    QTRY_VERIFY(banner->isVisible() && top(m_now) > top(banner));
    QTRY_VERIFY(top(banner) >= metric::bandHeight);
    QCOMPARE(top(band), 0);
    const QPointer<QWidget> old = band;
    m_window->setBand(nullptr);
    QVERIFY(old.isNull());
    QTRY_VERIFY(top(banner) < metric::bandHeight);
}

void TestMainWindow::aBannerThatIsHiddenTakesNoRoom()
{
    const auto top = [&] {
        return m_now->mapTo(m_window.get(), QPoint()).y();
    };
    QCOMPARE(top(), 0);
    auto *hidden = new Banner(m_theme, BannerKind::Warn);
    hidden->hide();
    m_window->addBanner(hidden);
    auto *shown = new Banner(m_theme, BannerKind::Down);
    shown->setMessage(u"The record was damaged."_s);
    shown->setDismissible(true);
    m_window->addBanner(shown);
    QTRY_VERIFY(shown->isVisible() && top() > 40);
    const int withOne = top();
    hidden->setMessage(u"Secrets are only in memory."_s);
    hidden->show();
    QTRY_VERIFY(hidden->isVisible() && top() > withOne + 20);
    hidden->hide();
    QTRY_COMPARE(top(), withOne);
    shown->findChild<QPushButton *>()->click();
    QTRY_COMPARE(top(), 0);
    hidden->show(); // again, later
    QTRY_VERIFY(hidden->isVisible() && top() > 40);
}

void TestMainWindow::nothingBelowAnOverlayHearsAKey()
{
    auto *stop = new QPushButton(u"Stop the restore"_s, m_now);
    stop->setShortcut(Qt::Key_Escape);
    stop->show();
    const QSignalSpy stopped(stop, &QPushButton::clicked);
    const QSignalSpy changed(m_window.get(), &MainWindow::pageChanged);
    m_window->openPalette();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_2, Qt::AltModifier);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QVERIFY(!m_window->commandPalette()->isOpen());
    m_window->openHelp();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QVERIFY(!m_window->helpOverlay()->isOpen());
    QCOMPARE(stopped.size(), 0);
    QCOMPARE(changed.size(), 0);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape); // uncovered again
    QTRY_COMPARE(stopped.size(), 1);
}

void TestMainWindow::thePaletteIsWalkedByArrows()
{
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    CommandPalette *palette = m_window->commandPalette();
    const auto *list = palette->findChild<QListView *>();
    QTest::keyClicks(palette->field(), u"go to"_s);
    const int rows = palette->model().rowCount();
    QCOMPARE(rows, 3);
    QTest::keyClick(palette->field(), Qt::Key_Up); // stays at the first
    QCOMPARE(list->currentIndex().row(), 0);
    QTest::keyClick(palette->field(), Qt::Key_PageDown);
    QCOMPARE(list->currentIndex().row(), rows - 1);
    QTest::keyClick(palette->field(), Qt::Key_Up);
    QCOMPARE(list->currentIndex().row(), rows - 2);
    // The field has the focus: it tells a screen reader what is marked.
    QCOMPARE(palette->field()->accessibleDescription(),
             list->currentIndex().data(Qt::AccessibleTextRole).toString());
    const QString wanted = list->currentIndex().data().toString();
    QTest::keyClick(palette->field(), Qt::Key_Return);
    QVERIFY(wanted.endsWith(m_window->currentPage()->identity().title));
    // Opened once more it begins anew.
    m_window->openPalette();
    QVERIFY(palette->field()->text().isEmpty());
    QCOMPARE(list->currentIndex().row(), 0);
}

void TestMainWindow::theStatusLineTellsTimesAndTheNextCheck()
{
    StatusFacts facts{.shape = StateShape::Ok,
                      .text = u"Online"_s,
                      .nextCheck = m_clock.now().addSecs(9),
                      .stackName = u"Marketplace stack"_s};
    m_window->setStatus(facts);
    const StatusStrip *strip = m_window->statusStrip();
    QCOMPARE(strip->plainText(),
             u"Online, Next check in 9 s, Marketplace stack, 03:00:00 UTC · 04:00 here"_s);
    m_clock.advance(std::chrono::seconds(9));
    QTRY_VERIFY_WITH_TIMEOUT(strip->plainText().contains("Checking now"_L1), 15000);
    QVERIFY(strip->plainText().contains("03:00:09 UTC"_L1));
    QCOMPARE(strip->height(), metric::statusBarHeight);
}

void TestMainWindow::thePaletteFindsAndRunsActions()
{
    const QSignalSpy done(m_now->m_action, &QAction::triggered);
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    CommandPalette *palette = m_window->commandPalette();
    QVERIFY(palette->isOpen());
    QCOMPARE(QApplication::focusWidget(), palette->field());
    const int all = palette->model().rowCount();
    QVERIFY(all >= 8);
    QTest::keyClicks(palette->field(), u"thing now"_s);
    QVERIFY(palette->model().rowCount() < all);
    QCOMPARE(palette->model().index(0).data().toString(), u"Do the thing of Now"_s);
    QTest::keyClick(palette->field(), Qt::Key_Return);
    QVERIFY(!palette->isOpen());
    QCOMPARE(done.size(), 1);
    QCOMPARE(QApplication::focusWidget(), m_now->m_first);

    m_window->openPalette();
    QTest::keyClicks(palette->field(), u"qqqq"_s);
    QCOMPARE(palette->model().rowCount(), 0);
    QTest::keyClick(palette->field(), Qt::Key_Return);
    QVERIFY(palette->isOpen());
    QTest::keyClick(palette->field(), Qt::Key_Escape);
    QVERIFY(!palette->isOpen());
    m_now->m_action->setEnabled(false);
    m_window->openPalette();
    QTest::keyClicks(palette->field(), u"thing now"_s);
    QVERIFY(palette->model().index(0).data().toString() != "Do the thing of Now"_L1);
}

void TestMainWindow::thePaletteKeepsTheFocusInside()
{
    m_window->openPalette();
    const CommandPalette *palette = m_window->commandPalette();
    for (int press = 0; press < 6; ++press) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QVERIFY(palette->isAncestorOf(QApplication::focusWidget()));
    }
    QTest::mouseClick(m_window->commandPalette(), Qt::LeftButton, {}, QPoint(5, 5));
    QVERIFY(!palette->isOpen());
}

void TestMainWindow::anActionOfAnotherPageShowsThatPage()
{
    const QSignalSpy done(m_runbooks->m_action, &QAction::triggered);
    m_window->openPalette();
    QLineEdit *field = m_window->commandPalette()->field();
    field->setText(u"dothingrunbooks"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(done.size(), 1);
    QCOMPARE(m_window->currentPage(), m_runbooks);
}

void TestMainWindow::theModelIsSound()
{
    PaletteModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QAction action(u"Copy"_s);
    model.setEntries(
        {{.text = u"Copy for chat"_s, .place = u"Now"_s, .keys = u"C"_s, .action = &action},
         {.text = u"Go to Now"_s, .place = {}, .keys = {}, .action = &action}});
    model.setFilter(u"now"_s);
    QCOMPARE(model.rowCount(), 2); // by its own words first, by its page after
    QCOMPARE(model.index(0).data().toString(), u"Go to Now"_s);
    QCOMPARE(model.index(1).data(Qt::AccessibleTextRole).toString(), u"Copy for chat, Now, C"_s);
    model.setFilter(u"xyz"_s);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.action({}), nullptr);
}

void TestMainWindow::helpListsThePage()
{
    QTest::keyClick(m_window.get(), Qt::Key_Question, Qt::ShiftModifier);
    HelpOverlay *help = m_window->helpOverlay();
    QVERIFY(help->isOpen());
    QVERIFY(help->lines().contains(u"C Do the thing of Now"_s));
    QVERIFY(!help->lines().join(u' ').contains("thing of Runbooks"_L1));
    QVERIFY(help->lines().join(u'\n').contains("Ctrl+K"_L1));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QVERIFY(!help->isOpen());
    QCOMPARE(QApplication::focusWidget(), m_now->m_first);
}

void TestMainWindow::keysOfThePageWorkFromTheRail()
{
    const QSignalSpy done(m_now->m_action, &QAction::triggered);
    const QSignalSpy other(m_runbooks->m_action, &QAction::triggered);
    m_window->findChild<NavigationRail *>()->button(u"now"_s)->setFocus();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_C);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_E);
    QCOMPARE(done.size(), 1);
    QCOMPARE(other.size(), 0);
    // Covered, nothing below reacts.
    m_window->openHelp();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_C);
    QCOMPARE(done.size(), 1);
}

void TestMainWindow::tabReachesEverythingAndAllHasAName()
{
    const QStringList missed = tests::missedByTab(*m_window);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    QVERIFY(tests::tabStops(*m_window).size() >= 5);
    int seen = 0;
    QStringList nameless = tests::namelessFor(*m_window, seen);
    m_window->openPalette();
    nameless += tests::namelessFor(*m_window, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
    QVERIFY(seen > 10);
}

void TestMainWindow::theSizeIsRemembered()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"state/window.ini"_s);
    const QSize chosen(640, 480);
    auto first = makeWindow(file);
    first->resize(chosen);
    first->show();
    QVERIFY(QTest::qWaitForWindowExposed(first.get()));
    first->close();
    QVERIFY(QFile::exists(file));
    const auto second = makeWindow(file);
    second->show();
    QVERIFY(QTest::qWaitForWindowExposed(second.get()));
    QCOMPARE(second->size(), chosen);
}

void TestMainWindow::aBrokenStateFileCostsNothing()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"window.ini"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("[window\ngeometry=@ByteArray(\\x1\\xff nonsense");
    file.close();
    const auto window = makeWindow(file.fileName());
    QCOMPARE(window->size(), QSize(1280, 800));
}

MAYDAY_UI_TEST(TestMainWindow);
#include "tst_mainwindow.moc"
