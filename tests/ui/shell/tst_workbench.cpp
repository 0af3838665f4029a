// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/stackreader.h"
#include "support/httpfixture.h"
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/scriptedprompter.h"
#include "support/tempprofile.h"
#include "support/testmain.h"
#include "ui/incident/incidentband.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/banner.h"
#include "ui/restore/restorepanel.h"
#include "ui/runbook/wizardpage.h"
#include "ui/shell/commandline.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/workbench.h"
#include "ui/status/nowpage.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

namespace {

constexpr auto runbookMarkdown = R"(---
id: aa-shop-is-down
title: Shop is down
tier: critical
rto: 15 min
---

# Shop is down

Nobody can buy.

## Immediate

- [ ] Keep the evidence. (1 min)

  [Save logs and readings](do:evidence)
  [Look at the backups](do:open?page=backups)
  [Roll the backend back](do:rollback?service=backend)

- [ ] Restore the database. (5 min)

  [Choose a backup and restore](do:restore?database=main)
)";

void write(const QString &path, const QByteArray &text)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
}

} // namespace

/// All pages in one window over a real desk: what leads from one to another.
class TestWorkbench : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void productionIsNamedEverywhere();
    void theStatusLineSaysWhoItIs();
    void withoutAKeychainEveryPageSaysSo();
    void whatWentByItselfIsToldOnEveryPage();
    void aStackFileWithAnErrorIsToldOnEveryPage();
    void aSecretInTheStackFileBelongsIntoTheKeychain();
    void aScenarioIsTwoKeysAway();
    void aSecondScenarioLeadsToTheRunningOne();
    void theBandLeadsBackFromAnyPage();
    void evidenceIsKeptByOneButton();
    void aStepOpensAPage();
    void whatCannotBeDoneYetIsSaid();
    void aRestoreStepBringsTheWholePanel();
    void intoWhichDatabaseIsRemembered();
    void withoutADatabaseBackupsSayWhatToDo();
    void closingAsksAndLeadsToTheReport();
    void afterARestartTheChecklistIsInFront();
    void commandsOfAnotherPageAreFound();
    void anErrorOfTheDeskIsShown();
    void theLookIsRemembered();
    void everyPageCanBeWalked_data();
    void everyPageCanBeWalked();
    void everyPageFitsASmallScreen_data();
    void everyPageFitsASmallScreen();

private:
    void start();
    void stop();
    void begin();
    void finishSteps();
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        tests::press(*m_window, key, modifiers);
    }
    [[nodiscard]] ActionButton *button(const QString &text) const
    {
        return seenButton(*m_window, text);
    }
    [[nodiscard]] QString pageId() const { return m_window->currentPage()->identity().id; }
    [[nodiscard]] QString seenAll() const { return seenText(*m_window); }
    [[nodiscard]] const incident::Incident *running() const
    {
        return m_desk->incidents().running();
    }

    Theme m_theme;
    SystemClock m_clock;
    std::unique_ptr<HttpFixture> m_backend;
    std::unique_ptr<TempProfile> m_profile;
    std::unique_ptr<test::ScriptedPrompter> m_prompter;
    std::unique_ptr<desk::Desk> m_desk;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<Workbench> m_workbench;
};

void TestWorkbench::initTestCase()
{
    // No desktop around the tests: no keychain, and none of the developer's is touched.
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    qputenv("USER", "ada");
    m_theme.applyTo(*qApp);
    m_backend = std::make_unique<HttpFixture>();
    m_backend->on("/health", {.status = 503, .body = "{}"});
}

void TestWorkbench::init()
{
    m_profile = std::make_unique<TempProfile>();
    const Profile profile = m_profile->profile();
    write(profile.stackFile(),
          "stack: {name: Marketplace, environment: production}\n"
          "promises: {rto: 15 min, rpo: 1 day}\n"
          "services:\n"
          "  - {id: backend, name: API backend, url: '" +
              m_backend->url("/").toEncoded() +
              "', health: /health}\n"
              "databases:\n"
              "  - {id: main, name: shop, connection: host=127.0.0.1 port=9 user=app dbname=shop, "
              "schema: public, credential: database/main}\n");
    write(profile.runbookFolder() + u"/aa-shop-is-down.md"_s, runbookMarkdown);
    start();
}

void TestWorkbench::start()
{
    auto desk = desk::Desk::open(m_profile->profile(), m_clock, practice::SampleSize::Small);
    QVERIFY2(desk, desk ? "" : qPrintable(describe(desk.error())));
    m_desk = *std::move(desk);
    m_prompter = std::make_unique<test::ScriptedPrompter>();
    m_window = std::make_unique<MainWindow>(
        m_theme, m_clock,
        MainWindow::Settings{.stateFile = m_profile->profile().windowStateFile(),
                             .here = QTimeZone::UTC});
    m_workbench = std::make_unique<Workbench>(
        Workbench::Parts{.desk = *m_desk, .theme = m_theme, .prompter = *m_prompter}, *m_window);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_desk->start();
}

void TestWorkbench::stop()
{
    m_window->close();
    m_workbench.reset();
    m_window.reset();
    m_desk.reset();
}

void TestWorkbench::cleanup()
{
    stop();
    m_profile.reset();
}

/// Starts the runbook of the profile as a person does on the Runbooks page.
void TestWorkbench::begin()
{
    QVERIFY(m_window->showPage(u"runbooks"_s));
    auto *table = seen<ActionTable>(*m_window);
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        if (table->model()->index(row, 0).data().toString() == "Shop is down"_L1)
            table->setCurrentIndex(table->model()->index(row, 0));
    }
    press(Qt::Key_Return);
    QTRY_VERIFY(running());
    QTRY_COMPARE(pageId(), u"checklist"_s);
}

void TestWorkbench::finishSteps()
{
    for (const runbook::Step &step : running()->checklist.order())
        m_desk->incidents().tick(step.id);
    QTRY_VERIFY(running()->checklist.canClose());
    QTRY_VERIFY(button(u"Close the incident"_s));
}

void TestWorkbench::productionIsNamedEverywhere()
{
    QCOMPARE(m_window->mode(), WindowMode::Production);
    QVERIFY2(m_window->windowTitle().startsWith(u"PRODUCTION — "_s),
             qPrintable(m_window->windowTitle()));
    begin();
    QCOMPARE(m_window->mode(), WindowMode::ProductionIncident);
    QCOMPARE(m_window->windowTitle(), u"PRODUCTION — Keep the evidence — Mayday"_s);
    for (const QString &page :
         {u"now"_s, u"runbooks"_s, u"backups"_s, u"incidents"_s, u"settings"_s}) {
        QVERIFY(m_window->showPage(page));
        const auto *band = seen<IncidentBand>(*m_window);
        QVERIFY2(band && seenText(*band).contains(u"Marketplace / production"_s), qPrintable(page));
    }
    QVERIFY(!running()->drill);
}

void TestWorkbench::theStatusLineSaysWhoItIs()
{
    QTRY_VERIFY(!m_desk->board().verdict().sentence.isEmpty());
    QTRY_VERIFY2(
        m_window->statusStrip()->plainText().startsWith(m_desk->board().verdict().sentence),
        qPrintable(m_window->statusStrip()->plainText()));
    QVERIFY(m_window->statusStrip()->plainText().contains(u"Marketplace"_s));
}

void TestWorkbench::withoutAKeychainEveryPageSaysSo()
{
    QVERIFY(m_desk->credentials().storeKind() == secrets::StoreKind::MemoryOnly);
    for (const QString &page : {u"now"_s, u"backups"_s, u"incidents"_s}) {
        QVERIFY(m_window->showPage(page));
        const auto *banner = seen<Banner>(*m_window);
        QVERIFY2(banner && banner->text() == "Secrets are only in memory."_L1, qPrintable(page));
    }
}

void TestWorkbench::whatWentByItselfIsToldOnEveryPage()
{
    restore::ExpiryReport report{
        .target = postgres::ConnectionString::parse(u"host=db user=app dbname=shop"_s).value(),
        .at = QDateTime(QDate(2026, 11, 30), QTime(3, 2), QTimeZone::UTC),
        .keepDays = 14};
    Q_EMIT m_desk->restores().expiryEnded(report);
    QVERIFY(!seenAll().contains(u"14 days"_s)); // nothing went, so nothing is said
    report.gone = {{.name = u"public_before_20261115_081500"_s,
                    .original = u"public"_s,
                    .restore = u"restore-1"_s,
                    .file = {},
                    .bytes = 1'200'000'000}};
    report.troubles = {{.names = {u"public_before_20261114_081500"_s},
                        .why = {.kind = ErrorKind::Refused,
                                .subject = u"schema public_before_20261114_081500"_s,
                                .detail = u"still used"_s}}};
    Q_EMIT m_desk->restores().expiryEnded(report);
    for (const QString &page : {u"now"_s, u"backups"_s, u"settings"_s}) {
        QVERIFY(m_window->showPage(page));
        QVERIFY2(seenAll().contains(
                     u"Discarded after 14 days in shop: public_before_20261115_081500 (1.2 GB)."_s),
                 qPrintable(seenAll()));
        QVERIFY(seenAll().contains(
            u"Not discarded, and tried again tomorrow: public_before_20261114_081500."_s));
    }
    // The next one, of another database, does not hide it; that nobody could look is told, too.
    restore::ExpiryReport other{
        .target = postgres::ConnectionString::parse(u"host=db user=app dbname=stock"_s).value(),
        .at = report.at,
        .keepDays = 7};
    other.troubles = {{.names = {},
                       .why = {.kind = ErrorKind::Unreachable,
                               .subject = u"database stock"_s,
                               .detail = u"no route"_s}}};
    Q_EMIT m_desk->restores().expiryEnded(other);
    QVERIFY(seenAll().contains(u"Discarded after 14 days in shop"_s));
    QVERIFY2(seenAll().contains(u"What is to go after 7 days in stock could not be looked for."_s),
             qPrintable(seenAll()));
    other.troubles[0].why.sqlState = restore::outcomeUnknown;
    other.troubles[0].names = {u"stock_before_20261114_081500"_s};
    Q_EMIT m_desk->restores().expiryEnded(other);
    QVERIFY(!seenAll().contains(u"could not be looked for"_s));
    QVERIFY(
        seenAll().contains(u"Nobody knows whether it is gone: stock_before_20261114_081500."_s));
    ActionButton *dismiss = button(u"Dismiss"_s);
    QVERIFY(dismiss);
    dismiss->setFocus();
    press(Qt::Key_Space);
    QVERIFY(!seenAll().contains(u"Discarded after"_s));
}

void TestWorkbench::aStackFileWithAnErrorIsToldOnEveryPage()
{
    stop();
    write(m_profile->profile().stackFile(), "stack:\n  name: Shop\nservises: []\ndatabases: {\n");
    start();
    QVERIFY(m_desk->stackError());
    QTRY_VERIFY2(seenAll().contains(u"stack.yaml cannot be used, so this is the practice world."_s),
                 qPrintable(seenAll()));
    QVERIFY(m_window->showPage(u"backups"_s));
    QVERIFY(seenAll().contains(u"stack.yaml cannot be used"_s));
    QVERIFY2(seenAll().contains(describe(*m_desk->stackError())), qPrintable(seenAll()));
    QCOMPARE(m_window->mode(), WindowMode::Practice);
    QCOMPARE(seenAll().count(u"stack.yaml cannot be used"_s), 1);
}

void TestWorkbench::aSecretInTheStackFileBelongsIntoTheKeychain()
{
    stop();
    write(m_profile->profile().stackFile(),
          "stack:\n  name: Shop\ndatabases:\n  - id: main\n    password: hunter2\n");
    start();
    QTRY_VERIFY2(seenAll().contains(u"Settings, Credentials keeps it in the keychain"_s),
                 qPrintable(seenAll()));
    QVERIFY(!seenAll().contains(u"hunter2"_s));
}

void TestWorkbench::aScenarioIsTwoKeysAway()
{
    QCOMPARE(pageId(), u"now"_s);
    QVERIFY(button(u"Shop is down"_s) || m_desk->library().list().size() > 3);
    press(Qt::Key_1);
    QTRY_VERIFY(running());
    QTRY_COMPARE(pageId(), u"checklist"_s);
    QCOMPARE(running()->commander, u"ada"_s);
    QVERIFY(!running()->checklist.order().isEmpty());
}

void TestWorkbench::aSecondScenarioLeadsToTheRunningOne()
{
    begin();
    QVERIFY(m_window->showPage(u"now"_s));
    press(Qt::Key_2);
    QTRY_COMPARE(pageId(), u"checklist"_s);
    QCOMPARE(m_desk->incidents().incidents().size(), 1);
    QVERIFY(m_prompter->shown.isEmpty());
}

void TestWorkbench::theBandLeadsBackFromAnyPage()
{
    begin();
    QVERIFY(m_window->showPage(u"settings"_s));
    auto *band = seen<IncidentBand>(*m_window);
    seenButton(*band, u"Checklist"_s)->setFocus();
    press(Qt::Key_Return);
    QCOMPARE(pageId(), u"checklist"_s);
    press(Qt::Key_5, Qt::AltModifier);
    QVERIFY(pageId() != "checklist"_L1);
    press(Qt::Key_2, Qt::AltModifier);
    QCOMPARE(pageId(), u"checklist"_s);
}

void TestWorkbench::evidenceIsKeptByOneButton()
{
    begin();
    button(u"Save logs and readings"_s)->setFocus();
    press(Qt::Key_Space);
    QTRY_COMPARE(running()->evidence.size(), 1);
    const QDir kept(running()->evidence.first().folder);
    QVERIFY(kept.path().startsWith(m_profile->profile().evidenceFolder()));
    QVERIFY(kept.exists(u"timeline.txt"_s) && kept.exists(u"readings.json"_s));
    QCOMPARE(running()->checklist.doneIn(QString()), 0); // the button is not the tick
}

void TestWorkbench::aStepOpensAPage()
{
    begin();
    button(u"Look at the backups"_s)->click();
    QCOMPARE(pageId(), u"backups"_s);
    QVERIFY(running());
}

void TestWorkbench::whatCannotBeDoneYetIsSaid()
{
    begin();
    button(u"Roll the backend back"_s)->click();
    QCOMPARE(m_prompter->shown.size(), 1);
    QCOMPARE(m_prompter->shown.first().kind, ErrorKind::Unsupported);
    QCOMPARE(m_prompter->shown.first().subject, u"Roll the backend back"_s);
    QVERIFY(m_prompter->shown.first().detail.contains(u"by hand"_s));
}

void TestWorkbench::aRestoreStepBringsTheWholePanel()
{
    write(m_profile->profile().backupFolder() + u"/shop.sql"_s, "-- not whole\n");
    begin();
    QVERIFY(!seen<RestorePanel>(*m_window));
    press(Qt::Key_N);
    auto *panel = seen<RestorePanel>(*m_window);
    QVERIFY(panel);
    QTRY_VERIFY(panel->isAncestorOf(QApplication::focusWidget()));
    m_desk->shelf().refresh();
    QTRY_VERIFY(!m_desk->shelf().isReading());
    QVERIFY(!seenButton(*panel, u"Use this backup"_s)->isEnabled());
    press(Qt::Key_B); // the keys of the checklist work from inside the panel
    QTRY_VERIFY(!seen<RestorePanel>(*m_window));
}

void TestWorkbench::intoWhichDatabaseIsRemembered()
{
    const auto box = [this]() -> QComboBox * {
        return m_window->currentPage()->findChild<QComboBox *>();
    };
    m_window->showPage(u"backups"_s);
    QVERIFY(!box()->isVisible()); // there is no choice
    QVERIFY2(seenAll().contains(u"Into shop"_s), qPrintable(seenAll()));
    QVERIFY(seenAll().contains(u"database shop on 127.0.0.1:9 as app"_s));
    stop();
    QFile file(m_profile->profile().stackFile());
    QVERIFY(file.open(QIODevice::Append));
    file.write("  - {id: stock, name: warehouse, connection: host=127.0.0.1 port=9 user=app "
               "dbname=stock, schema: public, credential: database/stock}\n");
    file.close();
    start();
    m_window->showPage(u"backups"_s);
    QCOMPARE(box()->currentText(), u"shop"_s);
    QTRY_VERIFY(box()->isEnabled());
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    press(Qt::Key_I, Qt::AltModifier);
    QVERIFY(box()->hasFocus());
    press(Qt::Key_Down);
    QTest::keyClick(box()->view(), Qt::Key_Down);
    QTest::keyClick(box()->view(), Qt::Key_Return);
    QCOMPARE(box()->currentText(), u"warehouse"_s);
    QVERIFY(seenAll().contains(u"database stock on 127.0.0.1:9 as app"_s));
    stop();
    QCOMPARE(storedTarget(m_profile->profile(), u"Marketplace"_s), u"stock"_s);
    QCOMPARE(storedTarget(m_profile->profile(), u"Another / stack"_s), QString());
    start();
    m_window->showPage(u"backups"_s);
    QCOMPARE(box()->currentText(), u"warehouse"_s);
    QCOMPARE(missedByTab(*m_window), QStringList());
    begin(); // a step names its own
    press(Qt::Key_N);
    auto *panel = seen<RestorePanel>(*m_window);
    QVERIFY(panel && !panel->findChild<QComboBox *>());
}

void TestWorkbench::withoutADatabaseBackupsSayWhatToDo()
{
    stop();
    write(m_profile->profile().stackFile(),
          "stack: {name: Marketplace, environment: production}\n");
    start();
    QVERIFY(m_window->showPage(u"backups"_s));
    QVERIFY2(seenAll().contains(u"No database is described, so there is none to restore into."_s),
             qPrintable(seenAll()));
    QVERIFY(seenAll().contains(m_profile->profile().stackFile()));
    QVERIFY(!m_window->currentPage()->findChild<QComboBox *>()->isVisible());
    QTRY_VERIFY2(clippedTexts(*m_window).isEmpty(),
                 qPrintable(clippedTexts(*m_window).join(u" | "_s)));
    button(u"Copy an example"_s)
        ->click(); // and what is copied is understood when it stands in the file
    const auto stack = stack::parseStack(
        "stack: {name: Marketplace}\n" + QGuiApplication::clipboard()->text().toUtf8(), {});
    QVERIFY2(stack, stack ? "" : qPrintable(describe(stack.error())));
    QCOMPARE(stack->databases.size(), 1);
}

void TestWorkbench::closingAsksAndLeadsToTheReport()
{
    begin();
    finishSteps();
    button(u"Close the incident"_s)->click(); // no answer is scripted: cancelled
    QTRY_COMPARE(m_prompter->confirms.size(), 1);
    QCOMPARE(m_prompter->confirms.first().title, u"Close \"Shop is down\"?"_s);
    QCoreApplication::sendPostedEvents();
    QVERIFY(running());
    m_prompter->decisions = {true};
    button(u"Close the incident"_s)->setFocus();
    press(Qt::Key_Return);
    QTRY_VERIFY(!running());
    QTRY_COMPARE(pageId(), u"incidents"_s);
    QCOMPARE(m_window->mode(), WindowMode::Production);
    QVERIFY(!seen<IncidentBand>(*m_window));
    QVERIFY(button(u"Save the report"_s)->isEnabled());
    const QString report = m_desk->reportOf(m_desk->incidents().incidents().first().id);
    QVERIFY2(report.contains(u"Shop is down"_s) && report.contains(u"Keep the evidence"_s),
             qPrintable(report));
}

void TestWorkbench::afterARestartTheChecklistIsInFront()
{
    begin();
    press(Qt::Key_Space);
    QTRY_COMPARE(running()->checklist.doneIn(QString()), 1);
    stop();
    start();
    QCOMPARE(pageId(), u"checklist"_s);
    QTRY_VERIFY2(seenAll().contains(
                     u"Resumed. Done before: Keep the evidence. Next: Restore the database."_s),
                 qPrintable(seenAll()));
    QCOMPARE(m_window->mode(), WindowMode::ProductionIncident);
    QVERIFY(seen<IncidentBand>(*m_window));
}

void TestWorkbench::commandsOfAnotherPageAreFound()
{
    begin();
    QVERIFY(m_window->showPage(u"settings"_s));
    m_prompter->texts = {u"The pool is full"_s};
    press(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(m_window->commandPalette()->field(), u"note timeline"_s);
    press(Qt::Key_Return);
    QCOMPARE(pageId(), u"checklist"_s);
    QTRY_COMPARE(running()->timeline.last().text, u"The pool is full"_s);
}

void TestWorkbench::anErrorOfTheDeskIsShown()
{
    m_desk->startScenario(runbook::RunbookId::parse(u"no-such-thing"_s).value());
    QCOMPARE(m_prompter->shown.size(), 1);
    QCOMPARE(m_prompter->shown.first().kind, ErrorKind::NotFound);
    QCOMPARE(pageId(), u"now"_s);
}

void TestWorkbench::theLookIsRemembered()
{
    QVERIFY(storedThemeMode(m_profile->profile()) == ThemeMode::System);
    QVERIFY(m_window->showPage(u"settings"_s));
    auto *colours = m_window->currentPage()->findChild<QComboBox *>();
    colours->setFocus();
    press(Qt::Key_End);
    QVERIFY(m_theme.mode() == ThemeMode::HighContrast);
    QVERIFY(storedThemeMode(m_profile->profile()) == ThemeMode::HighContrast);
    m_theme.setMode(ThemeMode::System);
    stop(); // the size of the window is kept in the same file
    QVERIFY(storedThemeMode(m_profile->profile()) == ThemeMode::HighContrast);
    start();
}

void TestWorkbench::everyPageCanBeWalked_data()
{
    QTest::addColumn<QString>("id");
    for (const QString &id :
         {u"now"_s, u"checklist"_s, u"runbooks"_s, u"backups"_s, u"incidents"_s, u"settings"_s})
        QTest::newRow(qPrintable(id)) << id;
}

void TestWorkbench::everyPageCanBeWalked()
{
    QFETCH(QString, id);
    begin();
    QVERIFY(m_window->showPage(id));
    QVERIFY(m_window->currentPage()->isAncestorOf(QApplication::focusWidget()));
    const QStringList missed = missedByTab(*m_window);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = namelessFor(*m_window, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
    QVERIFY(!m_window->currentPage()->sentence().isEmpty());
}

void TestWorkbench::everyPageFitsASmallScreen_data()
{
    everyPageCanBeWalked_data();
}

void TestWorkbench::everyPageFitsASmallScreen()
{
    QFETCH(QString, id);
    begin(); // with band, frame and banner, as it is when it matters
    QVERIFY(m_window->showPage(id));
    m_window->resize(1024, 640);
    QTRY_COMPARE(m_window->size(), QSize(1024, 640));
    QTRY_VERIFY2(clippedTexts(*m_window).isEmpty(),
                 qPrintable(clippedTexts(*m_window).join(u" | "_s)));
}

MAYDAY_UI_TEST(TestWorkbench);
#include "tst_workbench.moc"
