// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workbench.h"

#include "ui/incident/incidentband.h"
#include "ui/incident/incidentspage.h"
#include "ui/kit/banner.h"
#include "ui/kit/errortext.h"
#include "ui/restore/backupspage.h"
#include "ui/restore/kepttexts.h"
#include "ui/runbook/runbookspage.h"
#include "ui/runbook/wizardpage.h"
#include "ui/settings/settingspage.h"
#include "ui/shell/commandline.h"
#include "ui/status/nowpage.h"

#include <QDesktopServices>
#include <QPointer>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

PracticeState practiceState(const desk::PracticeHost &practice)
{
    switch (practice.phase()) {
    case desk::PracticePhase::Off: return {.phase = PracticeState::Phase::Off};
    case desk::PracticePhase::Starting:
        return {.phase = PracticeState::Phase::Starting, .doing = practice.doing()};
    case desk::PracticePhase::Ready: return {.phase = PracticeState::Phase::Ready};
    case desk::PracticePhase::Failed:
        return {.phase = PracticeState::Phase::Failed, .error = practice.error()};
    }
    Q_UNREACHABLE_RETURN({});
}

QList<ScenarioOffer> offersOf(const runbook::RunbookLibrary &library)
{
    QList<ScenarioOffer> offers;
    for (const runbook::Runbook &runbook : library.list())
        offers.append({.id = runbook.id, .title = runbook.title});
    return offers;
}

AgeIs boundOf(backup::DataTimeSource source)
{
    switch (source) {
    case backup::DataTimeSource::FileTime: return AgeIs::AtLeast;
    case backup::DataTimeSource::FileName: return AgeIs::AtMost;
    case backup::DataTimeSource::Dump:
    case backup::DataTimeSource::Manifest: break;
    }
    return AgeIs::Known;
}

} // namespace

Workbench::Workbench(const Parts &parts, MainWindow &window, QObject *parent)
    : QObject(parent), m_parts(parts), m_window(window)
{
    buildPages();
    buildBand();
    buildBanners();
    connectDesk();
    connectStatus();
    followStack();
    followPractice();
    followRunning();
    followShelf();
}

RestorePanel::Parts Workbench::restoreParts()
{
    desk::Desk &desk = m_parts.desk;
    return {.theme = m_parts.theme,
            .desk = desk.restores(),
            .shelf = desk.shelf(),
            .clock = desk.clock(),
            .prompter = m_parts.prompter};
}

RestoreTarget Workbench::restoreTarget(const QString &database, const QString &incident)
{
    const stack::Stack &stack = m_parts.desk.stack();
    QList<restore::TeamCheck> checks;
    int keepDays = 0;
    QString name;
    postgres::ConnectionString described;
    if (const auto *known =
            stack.database(stack::DatabaseId::parse(database).value_or(stack::DatabaseId{}))) {
        for (const stack::DatabaseCheck &check : known->checks)
            checks.append({.name = check.name, .sql = check.sql});
        keepDays = known->keepDays;
        name = known->name.isEmpty() ? known->id.text() : known->name;
        described = postgres::ConnectionString::parse(known->connection).value_or(described);
    }
    return {.database = database,
            .name = name,
            .environment = stack.environment,
            .incident = incident,
            .checks = checks,
            .keepDays = keepDays,
            .described = described,
            .connection = [&desk = m_parts.desk, database] {
                return desk.connection(database);
            }};
}

/// Where a backup may go that is restored outside of an incident.
RestoreTargets Workbench::restoreTargets()
{
    const stack::Stack &stack = m_parts.desk.stack();
    const Profile &profile = m_parts.desk.profile();
    RestoreTargets targets{.lastUsed = storedTarget(profile, stack.name)};
    for (const stack::Database &database : stack.databases)
        targets.all.append(restoreTarget(database.id.text(), {}));
    if (stack.practice) {
        targets.noneSentence = tr("There is no practice database yet to restore into.");
        targets.noneDetail = tr("Now says how far it is. Backups can be looked into meanwhile.");
        return targets;
    }
    targets.noneSentence = tr("No database is described, so there is none to restore into.");
    targets.noneDetail = tr("Describe it under databases: in %1, and start Mayday again. Backups "
                            "can be looked into without one.")
                             .arg(profile.stackFile());
    targets.noneExample = u"databases:\n"
                          "  - id: main\n"
                          "    name: shop\n"
                          "    connection: host=db.example port=5432 dbname=shop user=postgres\n"
                          "    schema: public\n"
                          "    credential: database/main\n"_s;
    return targets;
}

void Workbench::buildPages()
{
    m_window.addPage(NowPage::place(), [this] { return makeNow(); });
    m_window.addPage(WizardPage::place(), [this] { return makeWizard(); });
    m_window.addPage(RunbooksPage::place(), [this] { return makeRunbooks(); });
    m_window.addPage(BackupsPage::place(), [this] { return makeBackups(); });
    m_window.addPage(IncidentsPage::place(), [this] { return makeIncidents(); });
    m_window.addPage(SettingsPage::place(), [this] { return makeSettings(); }, RailPlace::Bottom);
}

Page *Workbench::makeNow()
{
    desk::Desk &desk = m_parts.desk;
    m_now = new NowPage(m_parts.theme, desk.board(), desk.clock(),
                        {.scenarios = [&desk] { return offersOf(desk.library()); },
                         .stackName = desk.stack().name});
    connect(m_now, &NowPage::startScenario, this, &Workbench::startScenario);
    connect(m_now, &NowPage::openRunbooks, this,
            [this] { m_window.showPage(RunbooksPage::place().id); });
    connect(m_now, &NowPage::refreshRequested, &desk.poller(), &status::StatusPoller::refreshNow);
    connect(m_now, &NowPage::breakSomething, &desk.practice(), [&desk](Mishap mishap) {
        if (mishap == Mishap::ProductsDeleted)
            desk.practice().deleteProducts();
        else
            desk.practice().breakSupabase();
    });
    connect(m_now, &NowPage::putRight, &desk.practice(), &desk::PracticeHost::putRight);
    connect(m_now, &NowPage::retryPractice, &desk.practice(), &desk::PracticeHost::start);
    return m_now;
}

Page *Workbench::makeWizard()
{
    desk::Desk &desk = m_parts.desk;
    m_wizard = new WizardPage(
        {.theme = m_parts.theme,
         .incidents = desk.incidents(),
         .sensor = desk.sensor(),
         .clock = desk.clock(),
         .prompter = m_parts.prompter,
         .variables = [&desk](const QString &name) { return desk.stack().lookup(name); },
         .messageWords = [&desk](const QString &word) { return desk.messageWord(word); },
         .panelFor =
             [this](const runbook::VerbCall &call, QWidget *parent) {
                 return panelFor(call, parent);
             }});
    connect(m_wizard, &WizardPage::actionRequested, this, &Workbench::act);
    connect(m_wizard, &WizardPage::closeRequested, this, &Workbench::closeIncident);
    return m_wizard;
}

Page *Workbench::makeRunbooks()
{
    auto *page = new RunbooksPage(m_parts.theme, m_parts.desk.clock());
    page->setLibrary(m_parts.desk.library());
    connect(page, &RunbooksPage::startScenario, this, &Workbench::startScenario);
    return page;
}

Page *Workbench::makeBackups()
{
    m_backups = new BackupsPage(restoreParts());
    m_backups->setTargets(restoreTargets());
    connect(m_backups, &BackupsPage::targetChosen, this, [this](const QString &database) {
        storeTarget(m_parts.desk.profile(), m_parts.desk.stack().name, database);
    });
    return m_backups;
}

Page *Workbench::makeIncidents()
{
    desk::Desk &desk = m_parts.desk;
    return new IncidentsPage(
        {.theme = m_parts.theme,
         .incidents = desk.incidents(),
         .clock = desk.clock(),
         .prompter = m_parts.prompter,
         .report = [&desk](const incident::IncidentId &id) { return desk.reportOf(id); },
         .reportFolder = desk.profile().dataFolder});
}

Page *Workbench::makeSettings()
{
    desk::Desk &desk = m_parts.desk;
    auto *page = new SettingsPage(
        {.theme = m_parts.theme,
         .credentials = desk.credentials(),
         .prompter = m_parts.prompter,
         .database = [&desk](const stack::DatabaseId &id) { return desk.stack().database(id); },
         .stackFile = desk.profile().stackFile()});
    connect(page, &SettingsPage::themeModeChosen, this,
            [&desk](ThemeMode mode) { storeThemeMode(desk.profile(), mode); });
    return page;
}

void Workbench::buildBand()
{
    m_band = new IncidentBand(m_parts.theme, m_parts.desk.incidents(), m_parts.desk.clock(),
                              m_parts.desk.stack().name);
    m_window.setBand(m_band);
    connect(m_band, &IncidentBand::checklistRequested, this,
            [this] { m_window.showPage(WizardPage::place().id); });
}

void Workbench::buildBanners()
{
    m_memoryOnly = new Banner(m_parts.theme, BannerKind::Warn);
    m_memoryOnly->setMessage(tr("Secrets are only in memory."),
                             tr("No keychain answers on this desktop. Passwords are gone when "
                                "Mayday ends; nothing is written to disk."));
    m_window.addBanner(m_memoryOnly);
    followKeychain();
    // It may go away while Mayday runs.
    connect(&m_parts.desk.credentials(), &desk::Credentials::changed, this,
            &Workbench::followKeychain);
    m_stackError = new Banner(m_parts.theme, BannerKind::Down);
    m_stackError->hide(); // the file is read when the desk starts
    m_window.addBanner(m_stackError);
    m_expiry = new Banner(m_parts.theme, BannerKind::Info);
    m_expiry->hide();
    m_expiry->setDismissible(true);
    m_window.addBanner(m_expiry);
    connect(m_expiry, &Banner::dismissed, this, [this] { m_untold.clear(); });
    const store::JournalHealth &health = m_parts.desk.journalHealth();
    if (!health.intact) {
        auto *journal = new Banner(m_parts.theme, BannerKind::Warn);
        journal->setMessage(tr("The record was damaged. What could be read is here."), health.note);
        journal->setDismissible(true);
        m_window.addBanner(journal);
    }
}

void Workbench::connectDesk()
{
    desk::Desk &desk = m_parts.desk;
    connect(&desk, &desk::Desk::stackChanged, this, &Workbench::followStack);
    connect(&desk.practice(), &desk::PracticeHost::changed, this, &Workbench::followPractice);
    connect(&desk, &desk::Desk::failed, this,
            [this](const Error &error) { m_parts.prompter.showError(error); });
    connect(&desk.incidents(), &incident::IncidentDesk::runningChanged, this,
            &Workbench::followRunning);
    connect(&desk.shelf(), &backup::BackupShelf::changed, this, &Workbench::followShelf);
    connect(&desk.restores(), &restore::RestoreDesk::restoreChanged, this, &Workbench::followShelf);
    connect(&desk.restores(), &restore::RestoreDesk::expiryEnded, this, &Workbench::tellExpiry);
    connect(&desk.restores(), &restore::RestoreDesk::putBackFinished, this,
            [this](const restore::PutBackReceipt &receipt) {
                if (receipt.error)
                    m_parts.prompter.showError(*receipt.error);
            });
}

void Workbench::connectStatus()
{
    connect(&m_parts.desk.board(), &status::StatusBoard::verdictChanged, this,
            &Workbench::followStatus);
    connect(&m_parts.desk.board(), &status::StatusBoard::probeChanged, this,
            &Workbench::followStatus);
    followStatus();
}

void Workbench::startScenario(const runbook::RunbookId &id)
{
    if (m_parts.desk.incidents().running())
        m_window.showPage(WizardPage::place().id);
    else
        m_parts.desk.startScenario(id);
}

QWidget *Workbench::panelFor(const runbook::VerbCall &call, QWidget *parent)
{
    const incident::Incident *running = m_parts.desk.incidents().running();
    if (call.verb != "restore"_L1 || !running)
        return nullptr;
    auto *panel = new RestorePanel(restoreParts(), parent);
    // In a later turn: the wizard may be asking for it while it is being made.
    connect(
        panel, &RestorePanel::doneChanged, this,
        [this, panel = QPointer(panel)](bool isDone) {
            if (panel)
                m_wizard->setPanelDone(isDone);
        },
        Qt::QueuedConnection);
    panel->setTarget(restoreTarget(call.parameter(u"database"_s), running->id.text()));
    return panel;
}

/// The actions that need no room of their own. What is not built yet says so instead of pretending.
void Workbench::act(const runbook::VerbCall &call)
{
    desk::Desk &desk = m_parts.desk;
    if (call.verb == "evidence"_L1) {
        desk.keepEvidence();
    } else if (call.verb == "open"_L1) {
        const QString page = call.parameter(u"page"_s);
        if (!page.isEmpty() && m_window.showPage(page))
            return;
        for (const QString &kind : {u"service"_s, u"provider"_s, u"contact"_s}) {
            const auto url = desk.stack().lookup(kind + u'.' + call.parameter(kind) + u".url"_s);
            if (url)
                QDesktopServices::openUrl(QUrl(*url));
        }
    } else {
        m_parts.prompter.showError(
            {.kind = ErrorKind::Unsupported,
             .subject = call.label,
             .detail = u"Mayday cannot do this yet; do it by hand and tick the step"_s});
    }
}

void Workbench::closeIncident()
{
    const incident::Incident *running = m_parts.desk.incidents().running();
    if (!running)
        return;
    m_parts.prompter.confirm(
        this,
        {.title = tr("Close \"%1\"?").arg(running->title),
         .text = tr("The recovery clock stops. The timeline and the report stay under Incidents."),
         .confirmLabel = tr("Close it")},
        [this](bool confirmed) {
            if (confirmed)
                m_parts.desk.incidents().close();
        });
}

void Workbench::followKeychain()
{
    m_memoryOnly->setVisible(m_parts.desk.credentials().storeKind() ==
                             secrets::StoreKind::MemoryOnly);
}

void Workbench::followStack()
{
    const auto &found = m_parts.desk.stackError();
    const QString error = found ? describe(*found) + u'\n' + errorText(*found).whatNow : QString();
    m_stackError->setVisible(!error.isEmpty());
    m_stackError->setMessage(tr("stack.yaml cannot be used, so this is the practice world."),
                             error);
    m_stackError->setCopyText(error);
    const stack::Stack &stack = m_parts.desk.stack();
    m_now->setStackName(stack.name);
    m_band->setStackName(stack.name);
    if (m_backups)
        m_backups->setTargets(restoreTargets());
    followRunning();
    followShelf();
    followStatus();
}

void Workbench::tellExpiry(const restore::ExpiryReport &report)
{
    // The same trouble again takes the place of yesterday's; what went is told until it is read.
    m_untold.removeIf([&report](const restore::ExpiryReport &old) {
        return old.gone.isEmpty() && old.target.display() == report.target.display();
    });
    if (!kepttexts::expirySentence(report).isEmpty())
        m_untold.append(report);
    if (m_untold.isEmpty()) {
        m_expiry->hide();
        return;
    }
    QStringList sentences;
    QStringList details;
    bool hasTrouble = false;
    for (const restore::ExpiryReport &one : std::as_const(m_untold)) {
        sentences.append(kepttexts::expirySentence(one));
        details.append(kepttexts::expiryDetail(one));
        hasTrouble = hasTrouble || !one.troubles.isEmpty();
    }
    m_expiry->setKind(hasTrouble ? BannerKind::Warn : BannerKind::Info);
    m_expiry->setMessage(sentences.join(u'\n'), details.join(u'\n'));
    m_expiry->setCopyText((sentences + details).join(u'\n'));
    m_expiry->show();
}

void Workbench::followPractice()
{
    m_now->setPractice(practiceState(m_parts.desk.practice()));
}

void Workbench::followRunning()
{
    const incident::Incident *running = m_parts.desk.incidents().running();
    if (running) {
        m_window.setMode(running->drill ? WindowMode::Drill : WindowMode::ProductionIncident);
        m_window.showPage(WizardPage::place().id);
    } else {
        m_window.setMode(m_parts.desk.isPractice() ? WindowMode::Practice : WindowMode::Production);
        if (m_window.currentPage() == m_wizard)
            m_window.showPage(IncidentsPage::place().id);
    }
}

void Workbench::followShelf()
{
    desk::Desk &desk = m_parts.desk;
    RestoreOutlook outlook;
    outlook.shelfFolder = desk.shelf().folder();
    outlook.isReading = desk.shelf().isReading();
    outlook.promisedLoss = desk.stack().promises.rpo;
    outlook.promisedTime = desk.stack().promises.rto;
    if (!desk.shelf().entries().isEmpty()) {
        const backup::BackupEntry &newest = desk.shelf().entries().front();
        outlook.backupName = newest.fileName;
        outlook.takenAt = newest.dataTime().at;
        outlook.ageIs = boundOf(newest.dataTime().source);
        outlook.isComplete = newest.isTrusted();
        const auto proof = std::ranges::find_if(
            desk.restores().records(), [&](const restore::RestoreRecord &record) {
                return record.file == newest.path && record.receipt &&
                       record.mode == restore::RestoreMode::Replace &&
                       record.receipt->verdict == restore::Verdict::Proven;
            });
        outlook.isProven = proof != desk.restores().records().end();
        if (outlook.isProven)
            outlook.provenTime =
                std::chrono::milliseconds(static_cast<qint64>(proof->receipt->seconds * 1000));
    }
    m_now->setRestoreOutlook(outlook);
}

void Workbench::followStatus()
{
    const status::Verdict &verdict = m_parts.desk.board().verdict();
    StateShape shape = StateShape::Unknown;
    if (verdict.side == status::Side::AllWell)
        shape = StateShape::Ok;
    else if (verdict.side != status::Side::Unclear)
        shape = StateShape::Down;
    m_window.setStatus(
        {.shape = shape, .text = verdict.sentence, .stackName = m_parts.desk.stack().name});
}

} // namespace mayday::ui
