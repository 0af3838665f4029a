// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log.h"
#include "restore/restoredesk.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

ExpiryRules RestoreDesk::expiryRules(int keepDays) const
{
    return {.keepDays = keepDays,
            .isIncidentOpen = m_isIncidentOpen,
            .unsettled = unsettledOf(m_records)};
}

void RestoreDesk::setIncidentOpen(bool open)
{
    m_isIncidentOpen = open;
    if (!open)
        return;
    m_expiryLook.requestStop();
    m_expiry.requestStop();
}

void RestoreDesk::discardExpired(const postgres::ConnectionString &target, int keepDays)
{
    if (m_expiring)
        return;
    m_expiring = ExpiryReport{.target = target, .at = m_clock.now(), .keepDays = keepDays};
    if (!mayExpire() || keepDays <= 0) {
        QMetaObject::invokeMethod(this, &RestoreDesk::endExpiry, Qt::QueuedConnection);
        return;
    }
    m_expiryLook = startTask(m_pool, [target](TaskContext &context) -> Result<KeptLook> {
        // Sizes are asked for, and whoever holds a table is not waited for.
        auto session = postgres::Session::connect(
            target, context,
            {.applicationName = u"mayday"_s, .lockTimeout = std::chrono::seconds(5)});
        if (!session)
            return failure(session.error());
        return lookAtKept(*session, context);
    });
    m_expiryLook.deliverTo(this, [this](const Result<KeptLook> &look) {
        if (!look) {
            if (look.error().kind != ErrorKind::Cancelled)
                m_expiring->troubles.append({.names = {}, .why = look.error()});
            endExpiry();
            return;
        }
        expireNext(dueOf(*look, expiryRules(m_expiring->keepDays), m_clock.now()));
    });
}

/// Asked anew before each: in between an incident may have been opened, or a restore begun.
void RestoreDesk::expireNext(QList<QList<KeptSchema>> due)
{
    if (due.isEmpty() || !mayExpire()) {
        endExpiry();
        return;
    }
    const QList<KeptSchema> together = due.takeFirst();
    m_expiry = startTask(m_pool, [target = m_expiring->target, together](TaskContext &context) {
        return discardTogether(target, together, context);
    });
    m_expiry.deliverTo(this, [this, together, due](Result<QList<KeptSchema>> gone) {
        if (gone) {
            recordExpired(*gone, due);
            return;
        }
        if (gone.error().kind != ErrorKind::Cancelled) {
            QStringList names;
            for (const KeptSchema &kept : together)
                names.append(kept.name);
            m_expiring->troubles.append({.names = names, .why = gone.error()});
        }
        expireNext(due);
    });
}

void RestoreDesk::recordExpired(const QList<KeptSchema> &gone, const QList<QList<KeptSchema>> &due)
{
    m_expiring->gone += gone;
    for (const KeptSchema &kept : gone) {
        const bool isLast = &kept == &gone.back();
        append(discardedDraft(kept, m_expiring->target, m_expiring->keepDays),
               [this, isLast, due, restore = kept.restore] {
                   if (!isLast)
                       return;
                   Q_EMIT restoreChanged(RestoreId::parse(restore).value_or(RestoreId{}));
                   expireNext(due);
               });
    }
}

void RestoreDesk::endExpiry()
{
    const ExpiryReport report = *std::exchange(m_expiring, std::nullopt);
    for (const KeptSchema &kept : report.gone)
        log::info(u"restore", u"discarded after %1 days: %2"_s.arg(report.keepDays).arg(kept.name));
    for (const ExpiryReport::Trouble &trouble : report.troubles)
        log::warning(u"restore", u"not discarded: %1: %2"_s.arg(trouble.names.join(u", "_s),
                                                                describe(trouble.why)));
    Q_EMIT expiryEnded(report);
}

} // namespace mayday::restore
