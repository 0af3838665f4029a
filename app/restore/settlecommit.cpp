// SPDX-License-Identifier: GPL-3.0-or-later
// What the server says of a commit whose answer nobody has heard.
#include "core/latestop.h"
#include "postgres/catalog.h"
#include "restore/missingtables.h"
#include "restore/restoremark.h"
#include "restore/restorerunner.h"
#include "restore/settlement.h"
#include "restore/sidedatabase.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Of one that died before its mark: by the moment in both names, give or take those that were
/// taken already.
bool isBegunBy(const RestoreId &restore, const KeptSchema &unmarked)
{
    constexpr qint64 mostTaken = 5; // seconds
    if (!unmarked.restore.isEmpty())
        return false;
    const QDateTime planned = plannedAtOf(restore);
    const qint64 later = planned.secsTo(unmarked.at);
    return planned.isValid() && later >= 0 && later <= mostTaken;
}

} // namespace

/// The connection died with the commit on its way: only the server knows, so it is asked.
Result<void> RestoreRunner::settleCommit(const Error &lost, TaskContext &context)
{
    LateStop patient(context);
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto session = postgres::Session::connect(m_plan.target, patient.context(),
                                                  {.applicationName = u"mayday restore"_s});
        if (!session)
            continue;
        if (!waitForQuiet(*session, patient.context()))
            continue;
        const auto committed =
            keepsNothing(m_plan.mode)
                ? isNotedAsCommitted(*session, m_plan.safetyCopyFile(), m_plan.id,
                                     patient.context())
                : postgres::schemaExists(*session, m_kept.front().name, patient.context());
        if (committed)
            return *committed ? Result<void>() : failure(lost);
    }
    Error unknown = lost;
    unknown.sqlState = outcomeUnknown;
    unknown.detail =
        u"the connection was lost during the commit, and the server cannot be asked: it may "
        "have taken place"_s;
    for (const KeptSchema &kept : std::as_const(m_kept))
        m_receipt.left.append(
            {(kept.state == KeptState::Copy ? u"possibly: schema %1: a copy of the backup"_s
                                            : u"possibly: schema %1: the data as it was before"_s)
                 .arg(kept.name),
             QString()});
    if (m_plan.mode == RestoreMode::InPlace)
        m_receipt.left.append({u"possibly: the backup in place of what was live"_s, QString()});
    if (m_plan.mode == RestoreMode::Tables)
        m_receipt.left.append({u"possibly: "_s + inWords(m_plan.tables), m_undoTables});
    return failure(unknown);
}

Result<Settlement> settlementByNote(const postgres::ConnectionString &target,
                                    const RestoreId &restore, const QString &safetyCopy,
                                    TaskContext &context)
{
    auto session = postgres::Session::connect(target, context, {.applicationName = u"mayday"_s});
    if (!session)
        return failure(session.error());
    if (auto quiet = waitForQuiet(*session, context); !quiet)
        return failure(quiet.error());
    return isNotedAsCommitted(*session, safetyCopy, restore, context).transform([](bool isNoted) {
        return Settlement{.committed = isNoted};
    });
}

Result<Settlement> settlementOf(const postgres::ConnectionString &target, const RestoreId &restore,
                                TaskContext &context)
{
    auto session = postgres::Session::connect(target, context, {.applicationName = u"mayday"_s});
    if (!session)
        return failure(session.error());
    if (auto quiet = waitForQuiet(*session, context); !quiet)
        return failure(quiet.error());
    if (auto quiet = waitBeside(target, context); !quiet)
        return failure(quiet.error());
    const auto kept = allKept(*session, context);
    if (!kept)
        return failure(kept.error());
    Settlement settlement;
    for (const KeptSchema &one : *kept) {
        if (one.restore != restore.text() && !isBegunBy(restore, one))
            continue;
        if (one.state == KeptState::Loading)
            settlement.unfinished = one.name;
        else
            settlement.committed = true;
        if (one.state == KeptState::HandedOver)
            settlement.made = one.name;
    }
    return settlement;
}

} // namespace mayday::restore
