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
using journeys::WindowDriver;

namespace {

/// R: no call on the GUI thread over this during a restore.
constexpr qint64 longestStallAllowed = 50;

class Tour final {
public:
    Tour(desk::Desk &desk, ui::MainWindow &window, ui::Theme &theme, const QString &pictures)
        : m_desk(desk),
          m_window(window),
          m_theme(theme),
          m_driver(window, pictures),
          m_folder(pictures)
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
        verify();
        putBackAndAgain();
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
        m_desk.practice().deleteProducts();
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
        m_driver.click(u"Save logs"_s);
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
        m_driver.picture(u"restore-progress"_s);
        probe.restart(); // the picture itself is no work of the program
        m_driver.waitFor(
            u"the restore has ended"_s,
            [&] { return record() && record()->state == restore::RestoreState::Finished; }, 120000);
        if (!record()->receipt || record()->receipt->verdict != restore::Verdict::Proven)
            m_driver.fail(u"the restore was not proven"_s);
        m_driver.say(
            u"Proven: %1 tables, %2 rows in %3 s; longest stall of the window %4 ms (%5 beats)"_s
                .arg(record()->receipt->tables.size())
                .arg(record()->receipt->rowsRestored())
                .arg(record()->receipt->seconds)
                .arg(probe.longestStallMs())
                .arg(probe.beats()));
        if (probe.longestStallMs() > longestStallAllowed)
            m_driver.say(u"Note: a stall over %1 ms"_s.arg(longestStallAllowed));
        QCoreApplication::sendPostedEvents();
        m_driver.picture(u"restore-verdict"_s);
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
        for (int time = 1; time <= 2; ++time) {
            const bool wasBack = record()->putBackAt.has_value();
            const auto where = m_desk.connection(u"main"_s);
            m_desk.restores().putBack(*where, record()->id.text());
            m_driver.waitFor(u"it is put back"_s,
                             [&] { return record()->putBackAt.has_value() != wasBack; });
            m_driver.say(time == 1 ? u"Put back: the broken data is live again"_s
                                   : u"Put back once more: the restored data is live"_s);
        }
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
        const QString report = m_desk.reportOf(closed.id);
        if (!report.contains(u"proven"_s) ||
            !writeFileAtomically(QDir(m_folder).filePath(u"report.md"_s), report.toUtf8()))
            m_driver.fail(u"the report does not tell the restore"_s);
        m_driver.say(
            u"Closed; %1 lines of timeline wrote themselves; report.md is beside the pictures"_s
                .arg(closed.timeline.size()));
        m_driver.waitFor(u"the list of incidents is shown"_s,
                         [&] { return m_window.currentPage()->identity().id == "incidents"_L1; });
        m_driver.picture(u"incidents"_s);
    }

    void lookAround()
    {
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
};

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"mayday"_s);
    ui::installLanguage(application);
    QCommandLineParser parser;
    const QCommandLineOption pictures(u"pictures"_s, u"Where pictures go"_s, u"DIR"_s, u"tour"_s);
    parser.addOption(pictures);
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
        Tour((**desk), window, theme, parser.value(pictures)).run();
    }
    return 0;
}
