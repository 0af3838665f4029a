// SPDX-License-Identifier: GPL-3.0-or-later
// The whole recovery, through the real window: practice world, broken on purpose, two keys,
// restored, proven, written down. Prints each step, leaves pictures, fails at the first that does
// not come true.
#include "core/atomicfile.h"
#include "core/log.h"
#include "desk/desk.h"
#include "journeys/eventloopprobe.h"
#include "journeys/windowdriver.h"
#include "ui/kit/dialogprompter.h"
#include "ui/kit/language.h"
#include "ui/shell/workbench.h"
#include "ui/status/nowpage.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace Qt::StringLiterals;
using journeys::EventLoopProbe;
using journeys::Stall;
using journeys::WindowDriver;

namespace {

/// R: no call on the GUI thread over this during a restore.
constexpr qint64 longestStallAllowed = 50;

struct Wishes {
    QString pictures; ///< where they go
    bool isTimed = false;
    int megabytes = 0; ///< more to restore than practice has
    QString figures;   ///< a file for what the restore did to the window, and nothing after it
};

/// Numbers of one span, in milliseconds.
QJsonObject toJson(const Stall &stall)
{
    return {{u"longest"_s, stall.longest},
            {u"computed"_s, stall.computed},
            {u"queued"_s, stall.queued}};
}

class Tour final {
public:
    Tour(desk::Desk &desk, ui::MainWindow &window, ui::Theme &theme, const Wishes &wishes)
        : m_desk(desk),
          m_window(window),
          m_theme(theme),
          m_driver(window, wishes.pictures),
          m_folder(wishes.pictures),
          m_wishes(wishes)
    {
    }

    void run()
    {
        seeTheWorldBegin();
        if (m_wishes.megabytes > 0)
            growTheShop();
        seeBothThemesAndSizes();
        breakSomething();
        startTheChecklist();
        doTheFirstSteps();
        restore();
        if (!m_wishes.figures.isEmpty())
            return;
        compareEveryLetter();
        putBackAndAgain();
        seeWhatCameAfter();
        verify();
        finish();
        lookAround();
        m_driver.say(u"Done: %1 pictures"_s.arg(m_driver.pictures()));
    }

private:
    [[nodiscard]] const incident::Incident &incident() { return *m_desk.incidents().running(); }
    [[nodiscard]] QString step()
    {
        return incident().checklist.current() ? incident().checklist.current()->action : QString();
    }

    void seeTheWorldBegin()
    {
        m_driver.say(u"The window is there; the practice world is being made"_s);
        m_driver.picture(u"start"_s);
        m_driver.waitFor(
            u"practice is ready"_s,
            [&] { return m_desk.practice().phase() == desk::PracticePhase::Ready; }, 120000);
        m_driver.say(u"A PostgreSQL runs, a shop is in it, pg_dump has written a backup"_s);
        m_driver.waitFor(u"everything is well"_s,
                         [&] { return m_desk.board().verdict().side == status::Side::AllWell; });
        m_driver.waitFor(u"the backup has been read"_s, [&] {
            return !m_desk.shelf().entries().isEmpty() &&
                   m_desk.shelf().entries().front().isComplete();
        });
        m_driver.say(m_desk.board().verdict().sentence);
    }

    /// One more table in the shop, of rows as texts have them, and a backup of it all.
    void growTheShop()
    {
        constexpr qint64 rowBytes = 200;
        m_driver.waitFor(u"the password has been read"_s,
                         [&] { return m_desk.connection(u"main"_s).has_value(); });
        const QByteArray rows = QByteArray::number(m_wishes.megabytes * 1'000'000LL / rowBytes);
        inTheShop(u"psql"_s, {u"-X"_s, u"-q"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-c"_s,
                              u"CREATE TABLE texts (id bigint PRIMARY KEY, body text NOT NULL,"
                              " written_at timestamptz NOT NULL);"
                              "INSERT INTO texts SELECT g, 'Made of oak, tested ' || g % 97 ||"
                              " ' times. ' || repeat(md5(g::text), 4), timestamptz '2026-11-01' +"
                              " g % 100000 * interval '1 minute' FROM generate_series(1, "_s +
                                  QString::fromLatin1(rows) + u") g"_s});
        const QString file = QDir(m_desk.shelf().folder()).filePath(u"shop_grown.sql.gz"_s);
        inTheShop(u"pg_dump"_s, {u"--compress=6"_s, u"--file="_s + file});
        m_desk.shelf().refresh();
        m_driver.waitFor(
            u"the grown backup has been read"_s,
            [&] {
                const auto &newest = m_desk.shelf().entries().front();
                return newest.path == file && newest.isComplete();
            },
            120000);
        m_driver.say(
            u"The shop has grown by %1 MB, and so has its backup"_s.arg(m_wishes.megabytes));
    }

    /// A program of PostgreSQL beside the window, as its owner.
    void inTheShop(const QString &program, const QStringList &arguments)
    {
        const auto shop = m_desk.connection(u"main"_s);
        QProcess client;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(shop->password().reveal()));
        client.setProcessEnvironment(environment);
        client.start(program, arguments + QStringList{u"--dbname="_s + shop->withoutPassword()});
        m_driver.waitFor(program, [&] { return client.state() == QProcess::NotRunning; }, 300000);
        if (client.exitStatus() != QProcess::NormalExit || client.exitCode() != 0)
            m_driver.fail(QString::fromUtf8(client.readAllStandardError()));
    }

    void seeBothThemesAndSizes()
    {
        m_driver.picture(u"now-light"_s);
        m_theme.setMode(ui::ThemeMode::Dark);
        m_driver.picture(u"now-dark"_s);
        m_window.resize(1024, 640);
        QCoreApplication::sendPostedEvents();
        m_driver.picture(u"now-dark-small"_s);
        m_theme.setMode(ui::ThemeMode::Light);
        m_window.resize(1280, 800);
    }

    void breakSomething()
    {
        m_driver.say(u"Somebody deletes the products"_s);
        m_driver.click(u"Break something: delete"_s);
        m_driver.waitFor(u"the tiles tell it"_s,
                         [&] { return m_desk.board().verdict().side == status::Side::Us; });
        m_driver.waitFor(u"the right checklist is offered"_s, [&] {
            const auto &offers = static_cast<ui::NowPage *>(m_window.page(u"now"_s))->offers();
            return !offers.isEmpty() && offers.front().id.text() == "database-corruption"_L1;
        });
        m_driver.say(m_desk.board().verdict().sentence);
        m_driver.picture(u"broken"_s);
    }

    void startTheChecklist()
    {
        m_window.page(u"now"_s)->setFocus();
        m_driver.press(Qt::Key_1);
        m_driver.waitFor(u"the incident runs"_s,
                         [&] { return m_desk.incidents().running() != nullptr; });
        m_driver.waitFor(u"the checklist is shown"_s,
                         [&] { return m_window.currentPage()->identity().id == "checklist"_L1; });
        m_driver.say(u"One key: %1 (%2)"_s.arg(incident().title,
                                               incident().drill ? u"drill"_s : u"incident"_s));
        m_driver.picture(u"wizard-first-step"_s);
    }

    /// Space, once the step is the one shown; the tick has to be on disk before the next one comes.
    void tick()
    {
        const QString before = step();
        m_driver.press(Qt::Key_Space);
        m_driver.waitFor(u"\"%1\" is ticked"_s.arg(before), [&] { return step() != before; });
        m_driver.say(u"Ticked: %1"_s.arg(before));
    }

    void doTheFirstSteps()
    {
        tick();
        m_driver.press(Qt::Key_C);
        m_driver.picture(u"wizard-message"_s);
        tick();
        m_driver.press(Qt::Key_C);
        tick();
        tick();
        m_driver.click(u"Save what Mayday has seen"_s);
        m_driver.waitFor(u"the evidence is kept"_s, [&] {
            return std::ranges::contains(incident().timeline, u"incident.evidence"_s,
                                         &incident::TimelineEntry::kind);
        });
        tick();
    }

    [[nodiscard]] const restore::RestoreRecord *record()
    {
        const auto &records = m_desk.restores().records();
        return records.isEmpty() ? nullptr : &records.front();
    }

    void restore()
    {
        m_driver.waitFor(u"the backup can be chosen"_s,
                         [&] { return m_driver.sees(u"Use this backup"_s); });
        m_driver.picture(u"restore-choose"_s);
        m_driver.press(Qt::Key_Return);
        m_driver.waitFor(
            u"the plan is there"_s, [&] { return m_driver.sees(u"Replace schema"_s); }, 5000);
        m_driver.picture(u"restore-plan"_s);
        m_driver.click(u"Replace schema"_s);
        m_driver.waitFor(u"the name is asked for"_s, [&] { return m_driver.dialog() != nullptr; });
        m_driver.type(u"shop"_s);
        m_driver.picture(u"restore-confirm"_s);
        EventLoopProbe probe;
        m_driver.click(u"Replace schema"_s);
        m_driver.waitFor(u"it is loading"_s, [&] {
            return m_desk.restores().progress().phase >= restore::RestorePhase::Loading;
        });
        const Stall before = probe.stall();
        m_driver.picture(u"restore-progress"_s);
        probe.restart(); // the picture itself is no work of the program
        m_driver.waitFor(
            u"the restore has ended"_s,
            [&] { return record() && record()->state == restore::RestoreState::Finished; }, 300000);
        if (!record()->receipt || record()->receipt->verdict != restore::Verdict::Proven)
            m_driver.fail(u"the restore was not proven"_s);
        m_driver.say(u"Proven: %1 tables, %2 rows in %3 s"_s.arg(record()->receipt->tables.size())
                         .arg(record()->receipt->rowsRestored())
                         .arg(record()->receipt->seconds));
        tellStalls(before, probe);
        QCoreApplication::sendPostedEvents();
        m_driver.picture(u"restore-verdict"_s);
    }

    void tellStalls(const Stall &before, const EventLoopProbe &probe)
    {
        m_driver.say(u"Longest stall of the window: %1 until it loads, then %2 in %3 beats"_s
                         .arg(before.words(), probe.stall().words())
                         .arg(probe.beats()));
        // As a test it runs beside others, who take the processor away from it.
        if (m_wishes.isTimed &&
            std::max(before.longest, probe.stall().longest) > longestStallAllowed)
            m_driver.fail(u"the window stood still for more than %1 ms"_s.arg(longestStallAllowed));
        const QJsonObject figures{{u"before"_s, toJson(before)},
                                  {u"during"_s, toJson(probe.stall())},
                                  {u"beats"_s, probe.beats()},
                                  {u"rows"_s, record()->receipt->rowsRestored()},
                                  {u"restoreSeconds"_s, record()->receipt->seconds}};
        if (!m_wishes.figures.isEmpty() &&
            !writeFileAtomically(m_wishes.figures, QJsonDocument(figures).toJson()))
            m_driver.fail(u"the figures cannot be written"_s);
    }

    void compareEveryLetter()
    {
        m_driver.click(u"Compare every letter"_s);
        m_driver.waitFor(u"the letters are compared"_s,
                         [&] { return m_driver.sees(u"Compare again"_s); });
        if (!record()->content || !record()->content->isSame())
            m_driver.fail(u"the restored rows are not those of the backup"_s);
        m_driver.say(u"The same to the letter: %1 tables, %2 rows"_s.arg(record()->content->tables)
                         .arg(record()->content->rows));
        m_driver.picture(u"every-letter"_s);
        m_theme.setMode(ui::ThemeMode::Dark);
        m_window.resize(1024, 640);
        QCoreApplication::sendPostedEvents();
        m_driver.picture(u"every-letter-dark-small"_s);
        m_driver.click(u"Back to the verdict"_s);
        QCoreApplication::sendPostedEvents();
        m_driver.picture(u"verdict-dark-small"_s);
        m_theme.setMode(ui::ThemeMode::Light);
        m_window.resize(1280, 800);
    }

    void verify()
    {
        tick();
        m_driver.say(u"The verifying steps look for themselves"_s);
        m_driver.waitFor(u"the rows, the back end and the probe are seen"_s,
                         [&] { return step().startsWith(u"Post the recovery"_s); });
        m_driver.picture(u"wizard-sensed"_s);
        m_driver.waitFor(u"everything is well again"_s,
                         [&] { return m_desk.board().verdict().side == status::Side::AllWell; });
        m_driver.say(m_desk.board().verdict().sentence);
    }

    /// The undo, and the undo of the undo.
    void putBackAndAgain()
    {
        for (const QString &button :
             {u"Put back the data as it was"_s, u"Take the restored data again"_s}) {
            const bool wasBack = record()->putBackAt.has_value();
            m_driver.click(button);
            m_driver.waitFor(u"the name is asked for"_s,
                             [&] { return m_driver.dialog() != nullptr; });
            m_driver.type(u"shop"_s);
            m_driver.click(u"Put the kept data back"_s);
            m_driver.waitFor(u"it is put back"_s,
                             [&] { return record()->putBackAt.has_value() != wasBack; });
            m_driver.say(wasBack ? u"Put back once more: the restored data is live"_s
                                 : u"Put back: the broken data is live again"_s);
            QCoreApplication::sendPostedEvents();
            m_driver.picture(wasBack ? u"taken-again"_s : u"put-back"_s);
        }
    }

    /// The shop goes on selling between the backup and the damage.
    void seeWhatCameAfter()
    {
        m_driver.click(u"What came after the backup"_s);
        m_driver.waitFor(u"it is compared"_s, [&] { return m_driver.sees(u"Compare again"_s); });
        m_driver.picture(u"came-after"_s);
        m_driver.click(u"Bring back"_s);
        m_driver.waitFor(u"it is asked"_s, [&] { return m_driver.dialog() != nullptr; });
        m_driver.picture(u"bring-back-confirm"_s);
        m_driver.click(u"Bring back"_s);
        m_driver.waitFor(u"the rows are back"_s, [&] { return record()->rowsBroughtBack > 0; });
        m_driver.waitFor(u"it is compared again"_s,
                         [&] { return m_driver.sees(u"Compare again"_s); });
        m_driver.say(
            u"Brought back: %1 rows that came after the backup"_s.arg(record()->rowsBroughtBack));
        m_driver.picture(u"brought-back"_s);
        m_driver.click(u"Back to the verdict"_s);
    }

    void finish()
    {
        while (m_desk.incidents().running() && !incident().checklist.canClose())
            tick();
        m_driver.click(u"Close the incident"_s);
        m_driver.click(u"Close it"_s);
        m_driver.waitFor(u"the incident is closed"_s,
                         [&] { return !m_desk.incidents().running(); });
        const auto &closed = m_desk.incidents().incidents().front();
        m_driver.say(
            u"Closed; %1 lines of timeline wrote themselves"_s.arg(closed.timeline.size()));
        m_driver.waitFor(u"the list of incidents is shown"_s,
                         [&] { return m_window.currentPage()->identity().id == "incidents"_L1; });
        saveTheReport();
        m_driver.picture(u"incidents"_s);
    }

    void saveTheReport()
    {
        const QString file = QDir(m_folder).absoluteFilePath(u"report.md"_s);
        QFile::remove(file);
        m_driver.click(u"Save the report"_s);
        m_driver.waitFor(u"the place is asked for"_s, [&] { return m_driver.dialog() != nullptr; });
        m_driver.press(Qt::Key_A, Qt::ControlModifier);
        m_driver.type(file);
        m_driver.press(Qt::Key_Return);
        m_driver.waitFor(u"the report is written"_s, [&] { return QFile::exists(file); });
        const auto report = readWholeFile(file, 1 << 20);
        if (!report || !report->contains("proven"))
            m_driver.fail(u"the report does not tell the restore"_s);
        m_driver.say(u"The report is beside the pictures: report.md"_s);
    }

    void lookAround()
    {
        if (m_desk.credentials().storeKind() != secrets::StoreKind::Keychain)
            m_driver.fail(u"the password is in memory only, not in the keychain"_s);
        for (const QString &page : {u"runbooks"_s, u"backups"_s, u"settings"_s}) {
            m_window.showPage(page);
            QCoreApplication::sendPostedEvents();
            m_driver.picture(page);
        }
        m_window.showPage(u"now"_s);
        m_driver.picture(u"now-after"_s);
        m_window.openHelp();
        m_driver.picture(u"help"_s);
    }

    desk::Desk &m_desk;
    ui::MainWindow &m_window;
    ui::Theme &m_theme;
    WindowDriver m_driver;
    QString m_folder;
    Wishes m_wishes;
};

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"mayday"_s);
    ui::installLanguage(application);
    QCommandLineParser parser;
    const QCommandLineOption pictures(u"pictures"_s, u"Where pictures go"_s, u"DIR"_s, u"tour"_s);
    const QCommandLineOption timed(u"timed"_s, u"Fail when the window stands still"_s);
    const QCommandLineOption size(u"megabytes"_s, u"So much more to restore"_s, u"MB"_s, u"0"_s);
    const QCommandLineOption figures(
        u"figures"_s, u"Write there how long the window stood still, and end"_s, u"FILE"_s);
    parser.addOptions({pictures, timed, size, figures});
    parser.process(application);
    const QTemporaryDir folder;
    const Profile profile = Profile::under(folder.path());
    const SystemClock clock;
    (void)log::open(profile.logFolder());
    ui::Theme theme;
    theme.applyTo(application);
    theme.setMode(ui::ThemeMode::Light);
    ui::MainWindow window(theme, clock, {.stateFile = profile.windowStateFile()});
    ui::DialogPrompter prompter(theme, window);
    auto desk = desk::Desk::open(profile, clock);
    if (!desk)
        qFatal("%s", qPrintable(describe(desk.error())));
    {
        ui::Workbench workbench({.desk = **desk, .theme = theme, .prompter = prompter}, window);
        window.resize(1280, 800);
        window.show();
        (*desk)->start();
        if (!QTest::qWaitForWindowExposed(&window))
            qFatal("the window did not appear");
        Tour((**desk), window, theme,
             {.pictures = parser.value(pictures),
              .isTimed = parser.isSet(timed),
              .megabytes = parser.value(size).toInt(),
              .figures = parser.value(figures)})
            .run();
    }
    return 0;
}
