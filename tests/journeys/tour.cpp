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

class Tour final {
public:
    Tour(desk::Desk &desk, ui::MainWindow &window, ui::Theme &theme, const QString &pictures,
         bool isTimed)
        : m_desk(desk),
          m_window(window),
          m_theme(theme),
          m_driver(window, pictures),
          m_folder(pictures),
          m_isTimed(isTimed)
    {
    }

    void run()
    {
        seeTheWorldBegin();
        seeBothThemesAndSizes();
        breakSomething();
        startTheChecklist();
        doTheFirstSteps();
        restore();
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
            [&] { return record() && record()->state == restore::RestoreState::Finished; }, 120000);
        if (!record()->receipt || record()->receipt->verdict != restore::Verdict::Proven)
            m_driver.fail(u"the restore was not proven"_s);
        m_driver.say(u"Proven: %1 tables, %2 rows in %3 s"_s.arg(record()->receipt->tables.size())
                         .arg(record()->receipt->rowsRestored())
                         .arg(record()->receipt->seconds));
        m_driver.say(u"Longest stall of the window: %1 until it loads, then %2 in %3 beats"_s
                         .arg(before.words(), probe.stall().words())
                         .arg(probe.beats()));
        // As a test it runs beside others, who take the processor away from it.
        if (m_isTimed && std::max(before.longest, probe.stall().longest) > longestStallAllowed)
            m_driver.fail(u"the window stood still for more than %1 ms"_s.arg(longestStallAllowed));
        QCoreApplication::sendPostedEvents();
        m_driver.picture(u"restore-verdict"_s);
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
    bool m_isTimed; ///< a stall of the window is a failure
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
    parser.addOptions({pictures, timed});
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
        Tour((**desk), window, theme, parser.value(pictures), parser.isSet(timed)).run();
    }
    return 0;
}
