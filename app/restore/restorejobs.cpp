// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's part about scheduled jobs: those of the backup stay off until they are switched
// on, because they would send, charge and delete by themselves from the moment they are live.
#include "core/timelimit.h"
#include "restore/restorerunner.h"
#include "restore/scheduledjobs.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// For one question, just before the swap.
constexpr std::chrono::milliseconds longestJobsQuestion{3000};

} // namespace

/// A copy is never where pg_cron looks.
bool RestoreRunner::bringsJobs() const
{
    return m_plan.mode != RestoreMode::Copy &&
           std::ranges::any_of(m_inspection.tables, [this](const dump::TableInDump &table) {
               return table.rows > 0 && isJobTable(table.schema, table.name) && isTaken(table);
           });
}

/// session: where what is live now is seen, in a transaction.
Result<void> RestoreRunner::rememberJobs(postgres::Session &session, TaskContext &context)
{
    if (!bringsJobs())
        return {};
    return activeJobs(session, u"cron"_s, context)
        .transform(
            [this](std::optional<QSet<qint64>> &&before) { m_jobsBefore = std::move(before); });
}

/// The last thing before anybody can see the jobs, in the transaction that makes them visible; of
/// a database of its own, in the one before its name is given to it.
Result<void> RestoreRunner::keepJobsOff(postgres::Session &session, TaskContext &context)
{
    if (!bringsJobs())
        return {};
    auto done = switchJobsOff(session, context);
    if (!done)
        return failure(done.error());
    m_jobsOff = std::move(done->off);
    m_receipt.notes += done->differences;
    m_hasDifferences = m_hasDifferences || !done->differences.isEmpty();
    if (m_plan.mode == RestoreMode::Tables)
        m_jobsBefore.emplace(); // it was missing
    for (const KeptSchema &kept : std::as_const(m_kept)) {
        if (m_plan.mode != RestoreMode::Replace || kept.original != "cron"_L1)
            continue;
        auto before = activeJobs(session, kept.name, context);
        if (!before)
            return failure(before.error());
        m_jobsBefore = *std::move(before);
    }
    noteJobsBefore();
    return {};
}

void RestoreRunner::noteJobsBefore()
{
    for (JobOff &job : m_jobsOff)
        job.wasActive = m_jobsBefore ? std::optional(m_jobsBefore->contains(job.id)) : std::nullopt;
}

/// What is live is another database. Without an answer the swap takes place all the same, and what
/// was on before is said not to be known.
void RestoreRunner::rememberJobsOfDatabase(TaskContext &context)
{
    if (m_jobsOff.isEmpty())
        return;
    TimeLimit limit(context, longestJobsQuestion);
    auto live = postgres::Session::connect(m_plan.target, limit.context(),
                                           {.applicationName = u"mayday restore"_s});
    if (!live || !live->execute("BEGIN READ ONLY", limit.context()) ||
        !rememberJobs(*live, limit.context()))
        return;
    noteJobsBefore();
}

} // namespace mayday::restore
