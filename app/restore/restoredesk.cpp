// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restoredesk.h"

#include "restore/restorerunner.h"
#include "restore/serverpulse.h"
#include "restore/sidedatabase.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

constexpr std::chrono::milliseconds tick{100};
/// The window turns to the verdict, and the application to its data.
constexpr std::chrono::milliseconds restWhenLive{1000};

} // namespace

RestoreDesk::RestoreDesk(store::Journal &journal, const Clock &clock, QThreadPool &pool,
                         QObject *parent)
    : QObject(parent), m_journal(journal), m_clock(clock), m_pool(pool)
{
    m_ticker.setInterval(tick);
    connect(&m_ticker, &QTimer::timeout, this, &RestoreDesk::followRestore);
}

RestoreDesk::~RestoreDesk()
{
    m_task.requestStop();
    m_following.requestStop();
    m_putBack.requestStop();
    m_bringBack.requestStop();
    m_discard.requestStop();
    m_expiryLook.requestStop();
    m_expiry.requestStop();
    m_contentCheck.requestStop();
}

void RestoreDesk::replay(const QList<store::JournalEvent> &events)
{
    for (const store::JournalEvent &event : events)
        fold(event);
}

void RestoreDesk::fold(const store::JournalEvent &event)
{
    applyEvent(m_records, event);
    if (const QDateTime quiet = quietUntilOf({event}); quiet.isValid())
        m_quietUntil = m_quietUntil.isValid() ? std::max(m_quietUntil, quiet) : quiet;
    if (const auto gone = discardedFrom(event))
        m_discarded.prepend(*gone);
}

const RestoreRecord *RestoreDesk::record(const RestoreId &id) const
{
    const auto found = std::ranges::find(m_records, id, &RestoreRecord::id);
    return found == m_records.end() ? nullptr : &*found;
}

Task<PreflightReport> RestoreDesk::preflight(const RestorePlan &plan,
                                             const dump::DumpInspection &inspection,
                                             const backup::DataTime &taken)
{
    return startTask(m_pool, [plan, inspection, taken](TaskContext &context) {
        return runPreflight(plan, inspection, taken, context);
    });
}

Task<LineInFile> RestoreDesk::lineOf(const QString &file, qint64 line)
{
    return startTask(m_pool, [file, line](TaskContext &context) {
        return restore::lineInFile(file, line, context);
    });
}

void RestoreDesk::start(const RestorePlan &plan, std::optional<dump::DumpInspection> inspection)
{
    if (refuseWhenBusy())
        return;
    setBusy(true);
    append(startedDraft(plan), [this, plan, inspection = std::move(inspection)]() mutable {
        const auto record = std::ranges::find(m_records, plan.id, &RestoreRecord::id);
        if (record != m_records.end())
            record->state = RestoreState::Running;
        m_running = plan.id;
        m_unlooked.reset(); // that one's end is told when its task ends
        m_progress = Latest<RestoreProgress>();
        m_pulse = Latest<ServerPulse>();
        m_ticker.start();
        Q_EMIT restoreChanged(plan.id);
        run(plan, std::move(inspection));
    });
}

void RestoreDesk::run(const RestorePlan &plan, std::optional<dump::DumpInspection> inspection)
{
    m_task = startTask(m_pool,
                       [plan, inspection = std::move(inspection), progress = m_progress,
                        &clock = m_clock](TaskContext &context) mutable -> Result<RestoreReceipt> {
                           RestoreRunner runner(plan, clock, progress);
                           runner.setRestWhenLive(restWhenLive);
                           return runner.run(std::move(inspection), context);
                       });
    if (m_isStopRequested)
        m_task.requestStop();
    m_following = startTask(m_pool, [target = plan.target, progress = m_progress, pulse = m_pulse,
                                     &clock = m_clock](TaskContext &context) {
        return followServer(target, clock, progress, pulse, context);
    });
    m_unconcluded = plan;
    m_task.deliverTo(this, [this, plan, progress = m_progress](Result<RestoreReceipt> outcome) {
        RestoreReceipt receipt;
        receipt.id = plan.id;
        if (outcome)
            receipt = *std::move(outcome);
        else
            receipt.error = outcome.error();
        if (m_unconcluded && m_unconcluded->id == plan.id) {
            conclude(receipt);
            return;
        }
        const auto live = progress.read().live;
        tellLate(plan, receipt, live ? live->notes.size() : 0);
    });
}

void RestoreDesk::followRestore()
{
    const RestoreProgress now = m_progress.read();
    const bool isRunning = m_unconcluded.has_value();
    if (isRunning && now.live) {
        RestoreReceipt receipt = *now.live;
        const bool isToBeLooked = receipt.afterwards && !now.afterwards;
        if (now.afterwards)
            receipt.afterwards = now.afterwards;
        const RestorePlan plan = *m_unconcluded;
        conclude(receipt);
        if (isToBeLooked) {
            m_unlooked = plan;
            m_ticker.start();
        }
    } else if (m_unlooked && now.afterwards) {
        tellAfterwards(*now.afterwards);
    }
    if (isRunning)
        Q_EMIT progressChanged();
}

void RestoreDesk::tellAfterwards(const Afterwards &seen)
{
    m_ticker.stop();
    const RestorePlan plan = *std::exchange(m_unlooked, std::nullopt);
    append(afterwardsDraft(plan, seen), [this, id = plan.id] {
        if (const RestoreRecord *known = record(id))
            Q_EMIT lookedAfterwards(*known);
    });
}

/// What came when the receipt was written already.
void RestoreDesk::tellLate(const RestorePlan &plan, const RestoreReceipt &receipt,
                           qsizetype notesKnown)
{
    const RestoreRecord *known = record(plan.id);
    if (receipt.afterwards && m_unlooked && m_unlooked->id == plan.id)
        tellAfterwards(*receipt.afterwards);
    else if (receipt.afterwards && known && known->receipt &&
             known->receipt->afterwards != receipt.afterwards)
        append(afterwardsDraft(plan, *receipt.afterwards), [] {});
    const QStringList late = receipt.notes.mid(notesKnown);
    // Nobody is told: what is on the screen may be about the next one by now.
    if (!late.isEmpty())
        append(statisticsDraft(plan, late), [] {});
}

RestoreProgress RestoreDesk::progress() const
{
    return m_progress.read().asOf(m_clock.monotonic(), m_pulse.read());
}

/// When the data are live, or will not be: nobody waits for more, and a crash loses nothing of it.
void RestoreDesk::conclude(const RestoreReceipt &receipt)
{
    m_ticker.stop();
    m_following.requestStop();
    const auto plan = std::exchange(m_unconcluded, std::nullopt);
    append(finishedDraft(*plan, receipt), [this, id = plan->id] {
        m_running = {};
        setBusy(false);
        Q_EMIT restoreChanged(id);
    });
}

void RestoreDesk::requestStop()
{
    m_isStopRequested = true;
    m_task.requestStop();
    m_putBack.requestStop();
    m_bringBack.requestStop();
}

void RestoreDesk::putBack(const postgres::ConnectionString &target, const QString &restore)
{
    if (refuseWhenBusy())
        return;
    setBusy(true);
    const RestoreRecord *known = record(RestoreId::parse(restore).value_or(RestoreId{}));
    append(putBackStartedDraft(restore, known ? known->incident : QString()),
           [this, target, restore] { runPutBack(target, restore); });
}

void RestoreDesk::runPutBack(const postgres::ConnectionString &target, const QString &restore)
{
    m_putBack = startTask(
        m_pool,
        [target, restore, now = m_clock.now()](TaskContext &context) -> Result<PutBackReceipt> {
            return restore::putBack(target, restore, now, context);
        });
    if (m_isStopRequested)
        m_putBack.requestStop();
    m_putBack.deliverTo(this, [this, restore](Result<PutBackReceipt> outcome) {
        PutBackReceipt receipt;
        if (outcome)
            receipt = *std::move(outcome);
        else
            receipt.error = outcome.error();
        // "The newest" was meant when none was named; the receipt knows which one that was.
        const QString &meant = restore.isEmpty() ? receipt.restore : restore;
        const auto id = RestoreId::parse(meant).value_or(RestoreId{});
        const RestoreRecord *known = record(id);
        append(putBackDraft(restore, known ? known->incident : QString(), receipt),
               [this, id, receipt] {
                   setBusy(false);
                   Q_EMIT putBackFinished(receipt);
                   Q_EMIT restoreChanged(id);
               });
    });
}

Task<Comparison> RestoreDesk::compare(const postgres::ConnectionString &target,
                                      const QString &restore, const Latest<Comparison> &progress)
{
    return startTask(m_pool, [target, restore, progress](TaskContext &context) {
        return compareWithKept(target, restore, context,
                               [&progress](const Comparison &at) { progress.publish(at); });
    });
}

void RestoreDesk::bringBack(const postgres::ConnectionString &target, const QString &restore,
                            const QList<TableDecision> &decisions)
{
    if (refuseWhenBusy())
        return;
    setBusy(true);
    m_bringBack = startTask(
        m_pool, [target, restore, decisions](TaskContext &context) -> Result<BringBackReceipt> {
            return restore::bringBack(target, restore, decisions, context);
        });
    m_bringBack.deliverTo(this, [this, restore](Result<BringBackReceipt> outcome) {
        BringBackReceipt receipt{.restore = restore};
        if (outcome)
            receipt = *std::move(outcome);
        else
            receipt.error = outcome.error();
        const auto id = RestoreId::parse(receipt.restore).value_or(RestoreId{});
        const RestoreRecord *known = record(id);
        append(bringBackDraft(known ? known->incident : QString(), receipt), [this, id, receipt] {
            setBusy(false);
            Q_EMIT bringBackFinished(receipt);
            Q_EMIT restoreChanged(id);
        });
    });
}

void RestoreDesk::checkContent(const postgres::ConnectionString &target, const RestoreId &restore)
{
    const RestoreRecord *known = record(restore);
    if (!known)
        return;
    m_contentCheck.requestStop();
    m_contentProgress = Latest<ContentProgress>();
    m_contentCheck = startTask(m_pool, [question = ContentQuestion{.file = known->file,
                                                                   .target = target,
                                                                   .tables = known->tables()},
                                        progress = m_contentProgress](TaskContext &context) {
        return restore::checkContent(
            question, context, [&progress](const ContentProgress &at) { progress.publish(at); });
    });
    m_contentCheck.deliverTo(
        this, [this, restore, number = ++m_contentChecks](const Result<ContentCheck> &check) {
            if (number != m_contentChecks)
                return;
            if (!check) {
                Q_EMIT contentCheckFailed(restore, check.error());
                return;
            }
            const RestoreRecord &checked = *record(restore);
            if (!checked.canBeCheckedByContent()) { // put back meanwhile: it is about other rows
                Q_EMIT contentCheckFailed(
                    restore, TaskContext::cancelled(checked.target, u"the data was put back"_s));
                return;
            }
            append(contentDraft(checked, *check),
                   [this, restore, check = *check] { Q_EMIT contentChecked(restore, check); });
        });
}

Task<KeptLook> RestoreDesk::kept(const postgres::ConnectionString &target)
{
    return startTask(m_pool, [target](TaskContext &context) -> Result<KeptLook> {
        auto session =
            postgres::Session::connect(target, context, {.applicationName = u"mayday"_s});
        if (!session)
            return failure(session.error());
        return lookAtKept(*session, context);
    });
}

void RestoreDesk::discard(const postgres::ConnectionString &target, const QStringList &names)
{
    if (refuseWhenBusy())
        return;
    setBusy(true);
    m_gone.clear();
    discardNext(target, names);
}

void RestoreDesk::discardNext(const postgres::ConnectionString &target, QStringList names)
{
    if (names.isEmpty()) {
        setBusy(false);
        Q_EMIT discardFinished(m_gone, std::nullopt);
        return;
    }
    const QString name = names.takeFirst();
    m_discard = startTask(m_pool, [target, name](TaskContext &context) {
        return discardKept(target, name, context);
    });
    m_discard.deliverTo(this, [this, target, name, names](Result<KeptSchema> gone) {
        if (!gone) {
            QList<store::JournalDraft> drafts;
            if (gone.error().sqlState == halfDropped)
                drafts.append(halfGoneDraft(name, {}, target));
            appendAll(drafts, [this, error = gone.error()] {
                setBusy(false);
                Q_EMIT discardFinished(m_gone, error);
            });
            return;
        }
        m_gone.append(*gone);
        append(discardedDraft(*gone, target), [this, target, names, restore = gone->restore] {
            Q_EMIT restoreChanged(RestoreId::parse(restore).value_or(RestoreId{}));
            discardNext(target, names);
        });
    });
}

void RestoreDesk::settle(const RestoreId &id, const postgres::ConnectionString &target)
{
    const RestoreRecord *open = record(id);
    if (!open || !open->isToBeAsked() || m_asked.contains(id) || m_isBusy)
        return;
    m_asked.insert(id);
    const bool isRestore = open->state == RestoreState::Interrupted;
    const bool isNoted = keepsNothing(open->mode);
    auto asking = startTask(
        m_pool, [id, target, isRestore, isNoted, copy = open->safetyCopy](TaskContext &context) {
            if (isRestore && isNoted)
                return settlementByNote(target, id, copy, context);
            return isRestore ? settlementOf(target, id, context)
                             : isPutBack(target, id.text(), context).transform([](bool isBack) {
                                   return Settlement{.committed = isBack};
                               });
        });
    asking.deliverTo(this, [this, id, isRestore](Result<Settlement> answer) {
        const RestoreRecord *known = record(id);
        if (answer && known) {
            append(isRestore ? settledDraft(*known, *answer)
                             : putBackSettledDraft(*known, answer->committed),
                   [this, id] {
                       m_asked.remove(id);
                       Q_EMIT restoreChanged(id);
                   });
            return;
        }
        m_asked.remove(id);
        if (!answer)
            Q_EMIT failed(answer.error());
    });
}

/// What happened is true whether or not it could be written down, so it is applied either way; a
/// start that cannot be written down does not happen.
void RestoreDesk::append(store::JournalDraft draft, std::function<void()> then)
{
    const bool isStart = draft.kind.endsWith(".started"_L1);
    auto writing = m_journal.append(draft);
    writing.deliverTo(
        this, [this, draft, isStart, then = std::move(then)](Result<store::JournalEvent> written) {
            if (!written)
                Q_EMIT failed(written.error());
            if (!written && isStart) {
                setBusy(false);
                return;
            }
            store::JournalEvent event;
            event.kind = draft.kind;
            event.subject = draft.subject;
            event.data = draft.data;
            event.at = m_clock.now();
            fold(written.value_or(event));
            then();
        });
}

void RestoreDesk::setBusy(bool busy)
{
    // It holds locks on what it has read, and what begins now must not wait for a question.
    if (busy) {
        m_contentCheck.requestStop();
        m_task.requestStop(); // statistics of the last restore
        stopExpiry();
    }
    m_isBusy = busy;
    m_isStopRequested = false;
}

bool RestoreDesk::refuseWhenBusy()
{
    if (m_isBusy)
        Q_EMIT failed({.kind = ErrorKind::AlreadyExists,
                       .subject = u"restore"_s,
                       .detail = u"another restore is running; wait for it or stop it first"_s});
    return m_isBusy;
}

} // namespace mayday::restore
