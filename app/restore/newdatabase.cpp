// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's way into a database of its own that is not swapped: for whoever may not rename
// the live one, and for whoever would rather switch the application by hand.
#include "core/latestop.h"
#include "postgres/quoting.h"
#include "restore/restorerunner.h"
#include "restore/restoreway.h"
#include "restore/sidedatabase.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace mayday::restore {

/// Whether the live one may be swapped for it; of one that stays beside, only that it may be made.
Result<void> RestoreRunner::checkDatabaseWay(postgres::Session &live, TaskContext &context)
{
    if (m_plan.mode != RestoreMode::NewDatabase)
        return checkWholeDatabase(live, m_inspection, context);
    if (auto can = checkNewDatabase(live); !can)
        return can;
    return missingFromBackup(live, m_inspection, context)
        .transform([this](const QStringList &missing) {
            if (missing.isEmpty())
                return;
            m_receipt.notes.append(
                u"in the live database, and not in the new one, because the backup has it not: "_s +
                missing.join(u", "_s));
            m_hasDifferences = true;
        });
}

/// It is proven: the name and the mark under which it stays, in one transaction.
Result<void> RestoreRunner::handOver(SideDatabase &side, const QString &name, TaskContext &context)
{
    enter(RestorePhase::Swapping, 0);
    const auto free = side.freeName(RestoreMode::NewDatabase, m_plan.plannedAt, context);
    if (!free) {
        takeAway(side, name, context);
        return failure(free.error());
    }
    const KeptSchema given{.name = *free,
                           .original = m_plan.target.database(),
                           .restore = m_plan.id.text(),
                           .file = QFileInfo(m_plan.file).fileName(),
                           .state = KeptState::HandedOver,
                           .isDatabase = true};
    auto done = side.handOver(name, given, context);
    if (!done &&
        (done.error().kind == ErrorKind::Unreachable || done.error().kind == ErrorKind::Timeout))
        done = handOverAgain(name, given, done.error(), context);
    if (!done) {
        if (done.error().kind == ErrorKind::Cancelled) {
            takeAway(side, name, context);
        } else if (m_receipt.left.isEmpty()) {
            m_receipt.left.append(
                {u"database %1: the backup, whole and proven, under its first name; the live "
                 "database is untouched"_s.arg(name),
                 u"DROP DATABASE "_s + postgres::quoteIdentifier(name)});
            tellRolesLeft();
        }
        return done;
    }
    m_kept = {given};
    m_receipt.verdict = m_hasDifferences ? Verdict::Differences : Verdict::Proven;
    m_receipt.seconds = secondsSinceStart();
    m_receipt.notes += notesOfRoles();
    m_receipt.connection = m_plan.target.withDatabase(given.name).withoutPassword();
    tellWhatIsLeft();
    return {};
}

/// The connection died with the last word on its way: only the server knows, and what has not taken
/// place does so now, unless the user wanted it to stop.
Result<void> RestoreRunner::handOverAgain(const QString &name, const KeptSchema &given,
                                          const Error &lost, TaskContext &context)
{
    LateStop patient(context);
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto side =
            SideDatabase::open(m_plan.target, SideDatabase::Patience::Some, patient.context());
        const auto isGiven = side ? side->exists(given.name, patient.context())
                                  : Result<bool>(failure(side.error()));
        if (!isGiven)
            continue;
        if (*isGiven)
            return {};
        if (context.stopRequested())
            return failure(lost);
        if (auto again = side->handOver(name, given, context))
            return {};
    }
    Error unknown = lost;
    unknown.sqlState = outcomeUnknown;
    unknown.detail = u"the connection was lost when the proven database was to get its name, and "
                     "the server cannot be asked; the live database is as it was"_s;
    m_receipt.left.append({u"possibly: database %1, or under its first name %2: the backup, whole "
                           "and proven"_s.arg(given.name, name),
                           QString()});
    tellRolesLeft();
    return failure(unknown);
}

} // namespace mayday::restore
