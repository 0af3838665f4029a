// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/restorepanel.h"

#include "backup/backupshelf.h"
#include "restore/missingtables.h"
#include "ui/restore/cameafterview.h"
#include "ui/restore/chooseview.h"
#include "ui/restore/contentview.h"
#include "ui/restore/insidetexts.h"
#include "ui/restore/linepeek.h"
#include "ui/restore/objectsview.h"
#include "ui/restore/plantexts.h"
#include "ui/restore/planview.h"
#include "ui/restore/progressview.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/roletexts.h"
#include "ui/restore/tablesview.h"
#include "ui/restore/verdictview.h"

#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr auto comparingPace = std::chrono::milliseconds(200);

} // namespace

RestorePanel::RestorePanel(const Parts &parts, QWidget *parent)
    : QWidget(parent),
      m_parts(parts),
      m_choose(new ChooseView({.theme = parts.theme,
                               .shelf = parts.shelf,
                               .clock = parts.clock,
                               .prompter = parts.prompter},
                              this)),
      m_plan(new PlanView(parts.theme, this)),
      m_progress(new ProgressView(parts.theme, this)),
      m_tables(new TablesView(parts.theme, this)),
      m_verdict(new VerdictView(parts.theme, this)),
      m_cameAfter(new CameAfterView(parts.theme, this)),
      m_content(new ContentView(parts.theme, this)),
      m_objects(new ObjectsView(parts.theme, parts.shelf, this))
{
    // Not a stacked layout: that one asks for the room of its largest view all the time.
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    for (QWidget *view : {static_cast<QWidget *>(m_choose), static_cast<QWidget *>(m_plan),
                          static_cast<QWidget *>(m_progress), static_cast<QWidget *>(m_verdict),
                          static_cast<QWidget *>(m_tables), static_cast<QWidget *>(m_cameAfter),
                          static_cast<QWidget *>(m_content), static_cast<QWidget *>(m_objects)}) {
        column->addWidget(view);
        view->hide();
    }
    connectPlan();
    connectVerdict();
    connectDesk();
}

void RestorePanel::connectPlan()
{
    connect(m_choose, &ChooseView::chosen, this, &RestorePanel::choose);
    connect(m_plan, &PlanView::replaceRequested, this, &RestorePanel::confirm);
    connect(m_plan, &PlanView::rowsRequested, this, &RestorePanel::chooseTables);
    connect(m_tables, &TablesView::copyRequested, this, &RestorePanel::layBeside);
    connect(m_plan, &PlanView::missingRequested, this,
            [this] { bringTables(m_report.missingTables); });
    connect(m_tables, &TablesView::tablesRequested, this, [this] {
        bringTables(m_tables->chosen());
        turnTo(m_plan);
        takeFocus();
    });
    connect(m_tables, &TablesView::backRequested, this, [this] {
        turnTo(m_plan);
        takeFocus();
    });
    connect(m_choose, &ChooseView::insideRequested, this, &RestorePanel::lookInside);
    connect(m_plan, &PlanView::objectsRequested, this, [this] { lookInside(m_draft.file); });
    connect(m_objects, &ObjectsView::backRequested, this, [this] {
        turnTo(m_lookedFrom);
        takeFocus();
    });
    connect(m_plan, &PlanView::otherBackupRequested, this, &RestorePanel::showChoice);
    connect(m_plan, &PlanView::wayRequested, this, &RestorePanel::goAnotherWay);
    connect(m_plan, &PlanView::rolesToggled, this, [this] {
        m_wantsRoles = !m_draft.makeRoles;
        askServer();
    });
    connect(m_plan, &PlanView::whoRequested, this, &RestorePanel::askWhoIsWho);
    connect(m_plan, &PlanView::leftOutToggled, this, [this] {
        m_leaveOut = m_report.platform.isEmpty() ? QStringList() : m_report.leftOut;
        askServer();
    });
    connect(m_plan, &PlanView::askAgainRequested, this, &RestorePanel::askServer);
    connect(m_progress, &ProgressView::stopRequested, this, [this] {
        m_progress->setStopping(true);
        m_parts.desk.requestStop();
    });
}

void RestorePanel::connectVerdict()
{
    new LinePeek(*m_verdict, m_parts.desk, m_parts.prompter, this);
    connect(m_verdict, &VerdictView::anotherRequested, this, &RestorePanel::showChoice);
    connect(m_verdict, &VerdictView::putBackRequested, this, &RestorePanel::putBack);
    connect(m_verdict, &VerdictView::safetyCopyRequested, this, [this] {
        if (const restore::RestoreRecord *record = m_parts.desk.record(m_shown))
            chooseFile(record->safetyCopy); // a backup like any other, and so is its restore
    });
    connect(m_verdict, &VerdictView::againRequested, this, [this] {
        if (const restore::RestoreRecord *record = m_parts.desk.record(m_shown))
            chooseFile(record->file);
    });
    connect(m_verdict, &VerdictView::cameAfterRequested, this, &RestorePanel::compare);
    connect(m_verdict, &VerdictView::contentRequested, this, &RestorePanel::checkContent);
    connect(m_cameAfter, &CameAfterView::compareAgainRequested, this, &RestorePanel::compare);
    connect(m_cameAfter, &CameAfterView::bringBackRequested, this, &RestorePanel::bringBack);
    connect(m_cameAfter, &CameAfterView::stopRequested, this, [this] {
        if (m_comparingTick.isActive())
            m_comparing.requestStop(); // and not what runs elsewhere
        else
            m_parts.desk.requestStop();
    });
    connect(m_cameAfter, &CameAfterView::backRequested, this, &RestorePanel::backToVerdict);
    connect(m_content, &ContentView::againRequested, this, &RestorePanel::checkContent);
    connect(m_content, &ContentView::stopRequested, &m_parts.desk,
            &restore::RestoreDesk::stopContentCheck);
    connect(m_content, &ContentView::backRequested, this, &RestorePanel::backToVerdict);
    m_comparingTick.setInterval(comparingPace);
    connect(&m_comparingTick, &QTimer::timeout, this,
            [this] { m_cameAfter->showComparing(m_compared.read()); });
    m_contentTick.setInterval(comparingPace);
    connect(&m_contentTick, &QTimer::timeout, this,
            [this] { m_content->showProgress(m_parts.desk.contentProgress()); });
}

void RestorePanel::connectDesk()
{
    const restore::RestoreDesk &desk = m_parts.desk;
    connect(&desk, &restore::RestoreDesk::restoreChanged, this, &RestorePanel::follow);
    connect(&desk, &restore::RestoreDesk::lookedAfterwards, m_verdict, &VerdictView::renew);
    connect(&desk, &restore::RestoreDesk::progressChanged, this,
            [this] { m_progress->setProgress(m_parts.desk.progress()); });
    connect(&desk, &restore::RestoreDesk::bringBackFinished, this,
            [this](const restore::BringBackReceipt &receipt) {
                if (m_view != m_cameAfter || receipt.restore != m_shown.text())
                    return;
                m_cameAfter->showReceipt(receipt);
                if (!receipt.error)
                    compare();
            });
    connect(&desk, &restore::RestoreDesk::contentChecked, this,
            [this](const restore::RestoreId &id, const restore::ContentCheck &check) {
                endContentCheck(id, [&check](ContentView &view) { view.showCheck(check); });
            });
    connect(&desk, &restore::RestoreDesk::contentCheckFailed, this,
            [this](const restore::RestoreId &id, const Error &error) {
                endContentCheck(id, [&error](ContentView &view) { view.showError(error); });
            });
}

void RestorePanel::turnTo(QWidget *view)
{
    m_isBehind = false;
    if (m_view == view)
        return;
    // It is laid out now and painted a turn of the event loop later, so that keys and beats of
    // others come in between: a verdict takes 20 ms of each.
    setUpdatesEnabled(false);
    QTimer::singleShot(0, this, [this] { setUpdatesEnabled(true); });
    if (m_view)
        m_view->hide();
    m_view = view;
    m_view->show();
}

void RestorePanel::showChoice()
{
    m_shown = {};
    turnTo(m_choose);
    takeFocus();
    Q_EMIT doneChanged(false);
}

/// Whoever gives the panel the focus means the part that is shown.
void RestorePanel::takeFocus()
{
    setFocusProxy(initialFocus());
    if (isVisible())
        setFocus();
}

void RestorePanel::choose(const QString &path)
{
    m_draft = {};
    m_wantsRoles = false;
    m_mappedRoles.clear();
    m_leaveOut.clear();
    m_wantedWay.reset();
    m_draft.file = path;
    askServer();
}

void RestorePanel::askServer()
{
    turnTo(m_plan);
    const auto connection = m_target.connection();
    const backup::BackupEntry *entry = m_parts.shelf.entry(m_draft.file);
    if (!connection || !entry || !entry->inspection) {
        m_plan->showBlocker(connection ? Error{.kind = ErrorKind::NotFound,
                                               .subject = m_draft.file,
                                               .detail = u"it is no longer on the shelf"_s}
                                       : connection.error());
        return;
    }
    m_draft.target = *connection;
    m_draft.environment = m_target.environment;
    m_draft.incident = m_target.incident;
    m_draft.checks = m_target.checks;
    m_draft.database = m_target.database;
    m_draft.safetyFolder = m_parts.shelf.folder();
    m_draft.makeRoles = m_wantsRoles;
    m_draft.keepDays = m_target.keepDays;
    m_draft.mappedRoles = m_mappedRoles;
    m_draft.leaveOut = m_leaveOut;
    m_draft.tables.clear();
    m_draft.plannedAt = m_parts.clock.now();
    m_draft.id = restore::freshRestoreId(m_draft.plannedAt);
    m_plan->showAsking(connection->display());
    m_asking.requestStop();
    m_asking = m_parts.desk.preflight(m_draft, *entry->inspection, entry->dataTime());
    m_asking.deliverTo(this, [this, id = m_draft.id](Result<restore::PreflightReport> report) {
        const backup::BackupEntry *asked = m_parts.shelf.entry(m_draft.file);
        if (id != m_draft.id || !asked)
            return; // another backup was chosen meanwhile
        if (m_view != m_plan)
            return;
        if (!report)
            m_plan->showBlocker(report.error());
        else if (report->blocker &&
                 !(report->blocker->kind == ErrorKind::Denied && !report->missingTables.isEmpty()))
            m_plan->showBlocker(*report->blocker);
        else {
            // What is missing may come back where nothing else may be replaced.
            if (report->blocker)
                report->hindrance = report->blocker;
            const bool isWanted = m_wantedWay && report->way.isPossible(*m_wantedWay);
            m_draft.mode = isWanted ? *m_wantedWay : report->way.proposed;
            // Without those of policies there is no restore.
            m_draft.makeRoles =
                report->canMakeRoles && (m_wantsRoles || !report->missing.policyRoles.isEmpty());
            showPlan(*asked, *report);
        }
        takeFocus();
    });
}

void RestorePanel::showPlan(const backup::BackupEntry &entry,
                            const restore::PreflightReport &report)
{
    m_report = report;
    const bool replaces = restoretexts::replacesLive(m_draft.mode);
    m_plan->showPlan(
        {.sentence = plantexts::planSentence(m_draft.mode),
         .facts =
             targetFacts(entry) + plantexts::planFacts(entry, m_draft, report,
                                                       m_parts.desk.records(), m_parts.clock.now()),
         .lossDetails = report.loss && replaces ? plantexts::lossDetails(*report.loss) : QString(),
         .warnings = entry.inspection ? entry.inspection->warnings : QStringList(),
         .verb = plantexts::replaceVerb(m_draft, report),
         .replaces = replaces,
         .hindrance = replaces ? report.hindrance : std::nullopt});
}

void RestorePanel::goAnotherWay(restore::RestoreMode mode)
{
    m_draft.mode = mode;
    if (mode != restore::RestoreMode::Tables) {
        m_draft.tables.clear();
        m_wantedWay = mode;
    }
    if (const backup::BackupEntry *entry = m_parts.shelf.entry(m_draft.file))
        showPlan(*entry, restore::PreflightReport(m_report));
}

void RestorePanel::askWhoIsWho()
{
    m_parts.prompter.askChoices(
        this, roletexts::question(m_draft, m_report),
        [this, id = m_draft.id](const std::optional<QList<qsizetype>> &chosen) {
            if (!chosen || id != m_draft.id)
                return; // about another backup, or an older answer of the server
            m_mappedRoles = roletexts::rolesFrom(m_report, *chosen);
            askServer();
        });
}

void RestorePanel::bringTables(const QList<restore::TableName> &tables)
{
    const backup::BackupEntry *entry = m_parts.shelf.entry(m_draft.file);
    m_draft.tables = entry && entry->inspection
                         ? restore::withWholes(tables, *entry->inspection, m_report.missingTables)
                         : tables;
    goAnotherWay(restore::RestoreMode::Tables);
}

void RestorePanel::confirm()
{
    if (!restoretexts::replacesLive(m_draft.mode))
        return confirmHarmless();
    const QString name = m_draft.target.database();
    QList<Fact> facts = plantexts::confirmFacts(m_draft, m_report);
    if (const backup::BackupEntry *entry = m_parts.shelf.entry(m_draft.file);
        entry && entry->inspection)
        facts = targetFacts(*entry) + facts + insidetexts::confirmFacts(*entry->inspection);
    m_parts.prompter.confirmTyped(this,
                                  {.title = plantexts::replaceVerb(m_draft, m_report) + u'?',
                                   .text = tr("Type the name of the database to go on."),
                                   .confirmLabel = plantexts::replaceVerb(m_draft, m_report),
                                   .nameToType = name,
                                   .facts = facts},
                                  [this](bool confirmed) {
                                      const backup::BackupEntry *entry =
                                          m_parts.shelf.entry(m_draft.file);
                                      if (confirmed && entry)
                                          m_parts.desk.start(m_draft, entry->inspection);
                                  });
}

/// Nothing that is live is replaced, so nothing has to be typed.
void RestorePanel::confirmHarmless()
{
    const QString verb = plantexts::replaceVerb(m_draft, m_report);
    const backup::BackupEntry *planned = m_parts.shelf.entry(m_draft.file);
    const QList<Fact> into = planned ? targetFacts(*planned) : QList<Fact>();
    m_parts.prompter.confirm(this,
                             {.title = verb + u'?',
                              .text = restoretexts::harmlessText(m_draft.mode),
                              .confirmLabel = verb,
                              .facts = into + plantexts::confirmFacts(m_draft, m_report)},
                             [this](bool confirmed) {
                                 const backup::BackupEntry *entry =
                                     m_parts.shelf.entry(m_draft.file);
                                 if (confirmed && entry)
                                     m_parts.desk.start(m_draft, entry->inspection);
                             });
}

void RestorePanel::chooseTables()
{
    const backup::BackupEntry *entry = m_parts.shelf.entry(m_draft.file);
    if (!entry || !entry->inspection)
        return;
    m_tables->showTables(entry->fileName,
                         restore::withoutSchemas(*entry->inspection, m_report.leftOut).tables,
                         m_report.missingTables);
    turnTo(m_tables);
    takeFocus();
}

void RestorePanel::lookInside(const QString &file)
{
    m_lookedFrom = m_view;
    m_objects->showBackup(file);
    turnTo(m_objects);
    takeFocus();
}

/// No question in front of it: nothing that is live changes.
void RestorePanel::layBeside()
{
    const backup::BackupEntry *entry = m_parts.shelf.entry(m_draft.file);
    if (!entry)
        return;
    restore::RestorePlan copy = m_draft;
    copy.mode = restore::RestoreMode::Copy;
    copy.tables = m_tables->chosen();
    copy.leaveOut = m_report.leftOut;
    m_parts.desk.start(copy, entry->inspection);
}

void RestorePanel::putBack()
{
    const auto connection = m_target.connection();
    if (!connection) {
        m_parts.prompter.showError(connection.error());
        return;
    }
    m_parts.prompter.confirmTyped(
        this,
        {.title = tr("Put the kept data back in %1?").arg(connection->database()),
         .text = tr("The data that is live now is kept in turn, so this can be undone too. "
                    "Type the name of the database to go on."),
         .confirmLabel = tr("Put the kept data back in %1").arg(connection->database()),
         .nameToType = connection->database(),
         .facts = {fact(tr("Environment"), m_target.environment),
                   fact(tr("Target"), connection->display(), FactStyle::Mono)}},
        [this, connection = *connection](bool confirmed) {
            if (confirmed)
                m_parts.desk.putBack(connection, m_shown.text());
        });
}

void RestorePanel::chooseFile(const QString &file)
{
    m_parts.shelf.addFile(file);
    const backup::BackupEntry *entry = m_parts.shelf.entry(file);
    if (entry && entry->inspection)
        choose(file);
    else
        showChoice(); // it is being read, and listed there
}

void RestorePanel::compare()
{
    turnTo(m_cameAfter);
    const auto connection = m_target.connection();
    if (!connection) {
        m_cameAfter->showError(connection.error());
        return;
    }
    m_compared = {};
    Q_EMIT doneChanged(false); // one primary button, and it is not the one that goes on
    m_cameAfter->showComparing({});
    m_comparingTick.start();
    m_comparing.requestStop();
    m_comparing = m_parts.desk.compare(*connection, m_shown.text(), m_compared);
    m_comparing.deliverTo(this, [this, id = m_shown](Result<restore::Comparison> comparison) {
        if (id != m_shown)
            return; // somebody has turned to another database meanwhile
        m_comparingTick.stop();
        if (!comparison)
            m_cameAfter->showError(comparison.error());
        else
            m_cameAfter->showComparison(*comparison);
        if (m_view == m_cameAfter)
            takeFocus();
    });
}

void RestorePanel::bringBack()
{
    const auto connection = m_target.connection();
    if (!connection) {
        m_cameAfter->showError(connection.error());
        return;
    }
    m_parts.prompter.confirm(
        this,
        {.title = tr("%1 in %2?").arg(m_cameAfter->verb(), connection->database()),
         .text = tr("In one transaction, proven before it is committed. Writers of these tables "
                    "wait meanwhile, readers do not."),
         .confirmLabel = m_cameAfter->verb(),
         .facts = {fact(tr("Environment"), m_target.environment),
                   fact(tr("Target"), connection->display(), FactStyle::Mono),
                   fact(tr("Rows"), m_cameAfter->consequence())}},
        [this, connection = *connection](bool confirmed) {
            if (!confirmed)
                return;
            const bool isFree = !m_parts.desk.isBusy();
            m_parts.desk.bringBack(connection, m_shown.text(), m_cameAfter->decisions());
            if (isFree)
                m_cameAfter->showBringing();
        });
}

/// It goes on when somebody leaves: the record has the answer then.
void RestorePanel::checkContent()
{
    turnTo(m_content);
    const auto connection = m_target.connection();
    if (!connection) {
        m_contentTick.stop();
        m_content->showError(connection.error());
        return;
    }
    m_parts.desk.checkContent(*connection, m_shown);
    m_content->showProgress({});
    m_contentTick.start();
    takeFocus();
}

void RestorePanel::endContentCheck(const restore::RestoreId &id,
                                   const std::function<void(ContentView &)> &show)
{
    m_contentTick.stop();
    const restore::RestoreRecord *record = m_parts.desk.record(m_shown);
    if (m_view == m_content && id == m_shown) {
        show(*m_content);
        takeFocus();
    } else if (m_view == m_content) { // somebody has asked about another restore
        backToVerdict();
    } else if (m_view == m_verdict && id == m_shown && record) {
        m_verdict->setRecord(*record);
    }
}

void RestorePanel::backToVerdict()
{
    m_view->hide();
    m_view = nullptr;
    follow(m_shown);
}

void RestorePanel::follow(const restore::RestoreId &id)
{
    const restore::RestoreRecord *record = m_parts.desk.record(id);
    if (!record || record->database != m_target.database)
        return;
    // Somebody is choosing what to bring back of it; the verdict waits behind that.
    if (m_view == m_cameAfter && id == m_shown && record->canBeCompared())
        return;
    if (m_view == m_content && id == m_shown && record->canBeCheckedByContent())
        return;
    m_shown = id;
    if (record->receipt && record->receipt->safetyCopy)
        m_parts.shelf.refresh(); // there is one more
    // A copy is made to be compared.
    if (isVisible() && m_view == m_progress && record->mode == restore::RestoreMode::Copy &&
        record->canBeCompared()) {
        m_verdict->setRecord(*record);
        compare();
        return;
    }
    // There are two of these panels, and to lay out a verdict that nobody sees holds up the other.
    if (isVisible())
        showRestore(*record);
    else
        m_isBehind = true;
    if (record->isToBeAsked()) {
        if (const auto connection = m_target.connection())
            m_parts.desk.settle(id, *connection);
    }
    const bool isProven = record->receipt && record->receipt->verdict == restore::Verdict::Proven;
    const bool hasHelped = record->isInEffect() || record->rowsBroughtBack > 0;
    Q_EMIT doneChanged(record->state != restore::RestoreState::Running && isProven && hasHelped);
}

void RestorePanel::showRestore(const restore::RestoreRecord &record)
{
    if (record.state == restore::RestoreState::Running) {
        m_progress->setStopping(false);
        m_progress->setProgress(m_parts.desk.progress());
        turnTo(m_progress);
    } else {
        m_verdict->setRecord(record);
        turnTo(m_verdict);
    }
    takeFocus();
}

void RestorePanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isBehind)
        follow(m_shown);
}

QWidget *RestorePanel::initialFocus() const
{
    if (m_view == m_choose)
        return m_choose->initialFocus();
    if (m_view == m_plan)
        return m_plan->initialFocus();
    if (m_view == m_progress)
        return m_progress->initialFocus();
    if (m_view == m_verdict)
        return m_verdict->initialFocus();
    if (m_view == m_tables)
        return m_tables->initialFocus();
    if (m_view == m_cameAfter)
        return m_cameAfter->initialFocus();
    if (m_view == m_content)
        return m_content->initialFocus();
    if (m_view == m_objects)
        return m_objects->initialFocus();
    return m_view;
}

} // namespace mayday::ui
