// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's look at what came to life with the backup.
#include "restore/awakening.h"
#include "restore/restorerunner.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

/// The data are live and the time it took is taken. live: nullptr when there is no connection.
void RestoreRunner::lookAfterwards(postgres::Session *live, TaskContext &context)
{
    // A copy is nobody's; of tables that were missing everything comes back that went with them.
    if (m_plan.mode == RestoreMode::Copy || m_plan.mode == RestoreMode::Tables)
        return;
    enter(RestorePhase::Refining, 0);
    Afterwards seen{.found = m_awakenedRights, .unseen = {}};
    std::optional<postgres::Session> before;
    QHash<QString, QString> keptNameOf;
    if (m_plan.mode == RestoreMode::Replace) {
        for (const KeptSchema &kept : std::as_const(m_kept)) {
            if (!m_keptEmpty.contains(kept.name))
                keptNameOf.insert(kept.original, kept.name);
        }
    }
    Awakening awakening(m_inspection.schemas, keptNameOf);
    if (m_plan.mode == RestoreMode::InPlace)
        awakening.setBeforeGone();
    if (live && m_plan.mode == RestoreMode::ReplaceDatabase) {
        auto kept = postgres::Session::connect(m_plan.target.withDatabase(m_kept.front().name),
                                               context, {.applicationName = u"mayday restore"_s});
        if (kept) {
            before = *std::move(kept);
            awakening.setBefore(*before);
        } else {
            live = nullptr;
        }
    }
    if (live) {
        const Afterwards now = awakening.look(*live, context);
        seen.found += now.found;
        seen.unseen += now.unseen;
    } else {
        seen.unseen.append(u"triggers that call out, scheduled jobs, and who is let in: there was "
                           "no connection to look by"_s);
    }
    m_receipt.afterwards = seen;
}

} // namespace mayday::restore
