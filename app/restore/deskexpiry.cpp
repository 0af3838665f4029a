// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log.h"
#include "restore/restoredesk.h"
#include "restore/schemaswap.h"
#include "restore/sidedatabase.h"
#include "store/journalreader.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// From the file, because maydayctl may have written to it; only what is on the disk is believed.
Result<ExpiryGround> groundOf(const postgres::ConnectionString &target, const QString &journalFile,
                              TaskContext &context)
{
    const auto events = store::readJournal(journalFile, {.kindPrefix = u"restore."_s});
    if (!events)
        return failure(events.error());
    const auto incidents = store::readJournal(journalFile, {.kindPrefix = u"incident."_s});
    if (!incidents)
        return failure(incidents.error());
    QList<RestoreRecord> records;
    for (const store::JournalEvent &event : *events)
        applyEvent(records, event);
    // Sizes are asked for, and whoever holds a table is not waited for.
    auto session = postgres::Session::connect(
        target, context, {.applicationName = u"mayday"_s, .lockTimeout = std::chrono::seconds(5)});
    if (!session)
        return failure(session.error());
    // A server may still be at what a dead process has asked for.
    const bool isToBeAsked = std::ranges::any_of(
        records, [](const RestoreRecord &record) { return !record.discarding.isEmpty(); });
    if (isToBeAsked) {
        const auto quiet =
            waitForQuiet(*session, context).and_then([&] { return waitBeside(target, context); });
        if (!quiet)
            return failure(quiet.error());
    }
    return lookAtKept(*session, context).transform([&](KeptLook look) {
        auto settled = settledDiscards(records, look.kept, target);
        return ExpiryGround{.look = std::move(look),
                            .ended = endedOf(records, target),
                            .quietUntil = quietUntilOf(*events + *incidents),
                            .settled = std::move(settled)};
    });
}

QStringList namesOf(const QList<KeptSchema> &kept)
{
    QStringList names;
    for (const KeptSchema &one : kept)
        names.append(one.name);
    return names;
}

QList<KeptSchema> leftOf(const QList<KeptSchema> &together, const DiscardOutcome &outcome)
{
    QList<KeptSchema> left = together;
    left.removeIf([&outcome](const KeptSchema &kept) {
        return std::ranges::contains(outcome.gone, kept.name, &KeptSchema::name);
    });
    return left;
}

} // namespace

ExpiryRules RestoreDesk::expiryRules(const postgres::ConnectionString &target, int keepDays) const
{
    ExpiryRules rules{.keepDays = keepDays,
                      .isIncidentOpen = m_isIncidentOpen,
                      .ended = endedOf(m_records, target),
                      .quietUntil = m_quietUntil,
                      .inStack = m_inStack};
    const bool isLookedAt = m_expiring && isSameDatabase(m_expiring->target, target);
    if (isLookedAt && m_expiryGround) {
        rules.ended = m_expiryGround->ended;
        if (!rules.quietUntil.isValid() || m_expiryGround->quietUntil > rules.quietUntil)
            rules.quietUntil = m_expiryGround->quietUntil;
    }
    return rules;
}

void RestoreDesk::setIncidentOpen(bool open)
{
    if (m_isIncidentOpen && !open)
        m_quietUntil = m_clock.now().addDuration(quietAfter);
    m_isIncidentOpen = open;
    if (open)
        stopExpiry();
}

void RestoreDesk::stopExpiry()
{
    m_isExpiryStopped = true;
    m_expiryLook.requestStop();
    m_expiry.requestStop();
}

void RestoreDesk::discardExpired(const postgres::ConnectionString &target, int keepDays)
{
    if (m_expiring)
        return;
    m_expiring = ExpiryReport{.target = target, .at = m_clock.now(), .keepDays = keepDays};
    m_isExpiryStopped = false;
    if (!mayExpire() || keepDays <= 0) {
        QMetaObject::invokeMethod(this, &RestoreDesk::endExpiry, Qt::QueuedConnection);
        return;
    }
    m_expiryLook = startTask(m_pool, [target, file = m_journal.path()](TaskContext &context) {
        return groundOf(target, file, context);
    });
    m_expiryLook.deliverTo(this, [this](const Result<ExpiryGround> &ground) {
        if (!ground) {
            if (ground.error().kind != ErrorKind::Cancelled)
                m_expiring->troubles.append({.names = {}, .why = ground.error()});
            endExpiry();
            return;
        }
        m_expiryGround = *ground;
        appendAll(ground->settled, [this, look = ground->look] {
            expireNext(
                dueOf(look, expiryRules(m_expiring->target, m_expiring->keepDays), m_clock.now()));
        });
    });
}

/// Asked anew before each: in between an incident may have been opened, or a restore begun.
void RestoreDesk::expireNext(QList<QList<KeptSchema>> due)
{
    if (due.isEmpty() || !mayExpire() || m_isExpiryStopped) {
        endExpiry();
        return;
    }
    const QList<KeptSchema> together = due.takeFirst();
    auto writing =
        m_journal.append(discardingDraft(together, m_expiring->target, m_expiring->keepDays));
    writing.deliverTo(this, [this, together, due](const Result<store::JournalEvent> &written) {
        if (!written) { // nobody would know that it went
            m_expiring->troubles.append({.names = namesOf(together), .why = written.error()});
            expireNext(due);
            return;
        }
        fold(*written);
        dropTogether(together, due);
    });
}

void RestoreDesk::dropTogether(const QList<KeptSchema> &together,
                               const QList<QList<KeptSchema>> &due)
{
    if (!mayExpire() || m_isExpiryStopped) {
        recordExpired(together, {}, [this] { endExpiry(); });
        return;
    }
    m_expiry = startTask(m_pool,
                         [target = m_expiring->target, together, now = m_clock.now(),
                          rules = expiryRules(m_expiring->target, m_expiring->keepDays)](
                             TaskContext &context) -> Result<DiscardOutcome> {
                             return discardTogether(target, together, rules, now, context);
                         });
    m_expiry.deliverTo(this, [this, together, due](const Result<DiscardOutcome> &done) {
        const DiscardOutcome outcome = done ? *done : DiscardOutcome{.error = done.error()};
        if (outcome.error && outcome.error->kind != ErrorKind::Cancelled)
            m_expiring->troubles.append(
                {.names = namesOf(leftOf(together, outcome)), .why = *outcome.error});
        recordExpired(together, outcome, [this, due] { expireNext(due); });
    });
}

/// Of what nobody knows nothing is written: the next look asks.
void RestoreDesk::recordExpired(const QList<KeptSchema> &together, const DiscardOutcome &outcome,
                                const std::function<void()> &then)
{
    const postgres::ConnectionString target = m_expiring->target;
    const QString restore = together.front().restore;
    m_expiring->gone += outcome.gone;
    QList<store::JournalDraft> drafts;
    for (const KeptSchema &kept : outcome.gone)
        drafts.append(discardedDraft(kept, target, m_expiring->keepDays));
    for (const KeptSchema &kept : outcome.broken)
        drafts.append(halfGoneDraft(kept.name, restore, target));
    const QStringList left = namesOf(leftOf(together, outcome));
    const bool isUnknown = outcome.error && outcome.error->sqlState == outcomeUnknown;
    if (!left.isEmpty() && !isUnknown)
        drafts.append(stayedDraft(restore, left, target));
    const bool isChanged = !outcome.gone.isEmpty() || !outcome.broken.isEmpty();
    appendAll(drafts, [this, isChanged, restore, then] {
        if (isChanged)
            Q_EMIT restoreChanged(RestoreId::parse(restore).value_or(RestoreId{}));
        then();
    });
}

void RestoreDesk::appendAll(QList<store::JournalDraft> drafts, const std::function<void()> &then)
{
    if (drafts.isEmpty()) {
        then();
        return;
    }
    const store::JournalDraft draft = drafts.takeFirst();
    append(draft, [this, drafts = std::move(drafts), then] { appendAll(drafts, then); });
}

void RestoreDesk::endExpiry()
{
    const ExpiryReport report = *std::exchange(m_expiring, std::nullopt);
    m_expiryGround.reset();
    for (const KeptSchema &kept : report.gone)
        log::info(u"restore", u"discarded after %1 days: %2"_s.arg(report.keepDays).arg(kept.name));
    for (const ExpiryReport::Trouble &trouble : report.troubles)
        log::warning(u"restore", u"not discarded: %1: %2"_s.arg(trouble.names.join(u", "_s),
                                                                describe(trouble.why)));
    Q_EMIT expiryEnded(report);
}

} // namespace mayday::restore
