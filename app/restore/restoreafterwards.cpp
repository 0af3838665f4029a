// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner at the moment the data are live, and its look at what came to life with them.
#include "core/timelimit.h"
#include "restore/awakening.h"
#include "restore/restorerunner.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Of the whole look; the statistics wait behind it.
constexpr std::chrono::milliseconds longestLook{3000};

} // namespace

/// A copy is nobody's, nor is a database that nobody has switched to; of tables that were missing
/// everything comes back that went with them.
bool RestoreRunner::wakesAnything() const
{
    return !leavesLive(m_plan.mode) && m_plan.mode != RestoreMode::Tables;
}

/// From here on the verdict can be seen: nothing more is asked of the server before.
void RestoreRunner::noteItIsLive()
{
    m_receipt.verdict = m_hasDifferences ? Verdict::Differences : Verdict::Proven;
    m_receipt.seconds = secondsSinceStart();
    m_receipt.notes += notesOfRoles();
    tellWhatIsLeft();
    if (wakesAnything())
        m_receipt.afterwards =
            Afterwards{.found = m_awakenedRights,
                       .unseen = {Awakening::all() + u": the look was going on"_s},
                       .looked = {u"rights and row security"_s},
                       .jobsOff = m_jobsOff};
    else if (!m_jobsOff.isEmpty())
        m_receipt.afterwards = Afterwards{.jobsOff = m_jobsOff};
    m_now.live = m_receipt;
    enter(RestorePhase::Refining, 0);
}

/// What was live before, by the live name of each schema that was there.
QHash<QString, QString> RestoreRunner::keptNames() const
{
    QHash<QString, QString> names;
    if (m_plan.mode != RestoreMode::Replace)
        return names;
    for (const KeptSchema &kept : m_kept) {
        if (!m_keptEmpty.contains(kept.name))
            names.insert(kept.original, kept.name);
    }
    return names;
}

/// The data are live, and the verdict is out. live: nullptr when there is no connection.
void RestoreRunner::lookAfterwards(postgres::Session *live, TaskContext &context)
{
    if (!wakesAnything()) {
        m_now.afterwards = m_receipt.afterwards;
        return;
    }
    Afterwards &seen = *m_receipt.afterwards;
    seen.unseen.clear();
    TimeLimit limit(context, longestLook);
    Awakening awakening(m_inspection.schemas, keptNames());
    if (m_plan.mode == RestoreMode::InPlace)
        awakening.setBeforeGone(u"what was live before is gone"_s);
    std::optional<postgres::Session> before;
    if (live && m_plan.mode == RestoreMode::ReplaceDatabase) {
        auto kept =
            postgres::Session::connect(m_plan.target.withDatabase(m_kept.front().name),
                                       limit.context(), {.applicationName = u"mayday restore"_s});
        if (kept) {
            before = *std::move(kept);
            awakening.setBefore(*before);
        } else {
            awakening.setBeforeGone(
                u"%1 cannot be asked what was live before"_s.arg(m_kept.front().name));
        }
    }
    if (live) {
        const Afterwards now = awakening.look(*live, limit.context());
        seen.found += now.found;
        seen.unseen += now.unseen;
        seen.looked += now.looked;
    } else {
        seen.unseen.append(Awakening::all() + u": there was no connection to look by"_s);
    }
    m_now.afterwards = seen;
    m_lastPublished = {};
    publish(nullptr);
}

} // namespace mayday::restore
