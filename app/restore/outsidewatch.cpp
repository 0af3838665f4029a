// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/outsidewatch.h"

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// What INSERT, UPDATE and DELETE take, CREATE INDEX, and then TRUNCATE, ALTER and DROP. A foreign
/// key to a table outside takes others, and is right (public.profiles to auth.users).
const QByteArray lockedForChange =
    "SELECT relation FROM pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid()"
    " AND locktype = 'relation' AND granted AND mode IN ('RowExclusiveLock', 'ShareLock',"
    " 'ExclusiveLock', 'AccessExclusiveLock') AND database = (SELECT oid FROM"
    " pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";

} // namespace

Result<OutsideWatch> OutsideWatch::begin(postgres::Session &session, TaskContext &context)
{
    const std::array<QByteArray, 2> questions{
        "SET LOCAL lock_timeout = 0",
        "SELECT c.oid, n.nspname || '.' || c.relname, c.relkind = 'S' FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'S') AND n.nspname !~ '^pg_'"
        " AND n.nspname <> 'information_schema' AND c.oid NOT IN (" +
            lockedForChange + ')'};
    const auto answers = session.queryBatch(questions, context);
    if (!answers)
        return failure(answers.error());
    const postgres::Rows &rows = answers->back();
    OutsideWatch watch;
    watch.m_things.reserve(rows.rowCount());
    for (int i = 0; i < rows.rowCount(); ++i)
        watch.m_things.insert(rows.integer(i, 0), {rows.text(i, 1), rows.isTrue(i, 2)});
    return watch;
}

Result<void> OutsideWatch::verify(postgres::Session &session, TaskContext &context) const
{
    // Deferred triggers and constraints belong to the load, and not behind its proof.
    const std::array<QByteArray, 2> questions{"SET CONSTRAINTS ALL IMMEDIATE", lockedForChange};
    const auto answers = session.queryBatch(questions, context);
    if (!answers)
        return failure(answers.error());
    const postgres::Rows &rows = answers->back();
    for (int i = 0; i < rows.rowCount(); ++i) {
        const auto thing = m_things.constFind(rows.integer(i, 0));
        if (thing == m_things.constEnd())
            continue;
        return failure({.kind = ErrorKind::Refused,
                        .subject = thing->name,
                        .detail = thing->isSequence
                                      ? u"the dump uses this sequence, which is no part of the "
                                        "restore; a sequence that has moved does not go back"_s
                                      : u"the dump changes it, and it is no part of the restore"_s,
                        .advice = Advice::MakeBackupWithPgDump});
    }
    return {};
}

} // namespace mayday::restore
