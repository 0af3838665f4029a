// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/catalog.h"

#include "postgres/quoting.h"
#include "postgres/session.h"

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::postgres {

namespace {

constexpr int probeCount = 5;

QByteArray markOf(const Session &session)
{
    return "mayday-" + QByteArray::number(session.facts().backendPid);
}

} // namespace

Result<QList<TableFacts>> tables(Session &session, const QString &schema, TaskContext &context)
{
    const std::array parameters{schema.toUtf8()};
    const Result<Rows> rows = session.query(R"sql(
SELECT n.nspname, c.relname, c.reltuples::bigint, pg_catalog.pg_total_relation_size(c.oid)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname)sql",
                                            parameters, context);
    if (!rows)
        return failure(rows.error());
    QList<TableFacts> found;
    for (int row = 0; row < rows->rowCount(); ++row) {
        found.append({.schema = rows->text(row, 0),
                      .name = rows->text(row, 1),
                      .estimatedRows = rows->integer(row, 2),
                      .bytes = rows->integer(row, 3)});
    }
    return found;
}

Result<qint64> exactRowCount(Session &session, const QString &schema, const QString &table,
                             TaskContext &context)
{
    const QString sql = u"SELECT pg_catalog.count(*) FROM ONLY %1.%2"_s.arg(quoteIdentifier(schema),
                                                                            quoteIdentifier(table));
    return session.query(sql.toUtf8(), context).transform([](const Rows &rows) {
        return rows.integer(0, 0);
    });
}

Result<QList<SequenceFacts>> sequences(Session &session, const QString &schema,
                                       TaskContext &context)
{
    const std::array parameters{schema.toUtf8()};
    const Result<Rows> listed = session.query(R"sql(
SELECT n.nspname, c.relname, t.relname, a.attname
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
       AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
       AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE n.nspname = $1 AND c.relkind = 'S' ORDER BY c.relname)sql",
                                              parameters, context);
    if (!listed)
        return failure(listed.error());
    QList<SequenceFacts> found;
    QStringList parts;
    for (int row = 0; row < listed->rowCount(); ++row) {
        found.append({.schema = listed->text(row, 0),
                      .name = listed->text(row, 1),
                      .ownerTable = listed->text(row, 2),
                      .ownerColumn = listed->text(row, 3)});
        parts.append(u"SELECT %1, last_value, is_called FROM %2.%3"_s.arg(row).arg(
            quoteIdentifier(found.last().schema), quoteIdentifier(found.last().name)));
    }
    if (found.isEmpty())
        return found;
    // The catalogue view hides whether the last value was used; only the sequence itself tells.
    const Result<Rows> states = session.query(parts.join(u" UNION ALL "_s).toUtf8(), context);
    if (!states)
        return failure(states.error());
    for (int row = 0; row < states->rowCount(); ++row) {
        SequenceFacts &sequence = found[states->integer(row, 0)];
        sequence.lastValue = states->integer(row, 1);
        sequence.isCalled = states->isTrue(row, 2);
    }
    return found;
}

Question schemaExistsQuestion(const QString &schema)
{
    return {.sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1",
            .parameters = {schema.toUtf8()}};
}

Result<bool> schemaExists(Session &session, const QString &schema, TaskContext &context)
{
    return session.query(schemaExistsQuestion(schema), context).transform([](const Rows &rows) {
        return rows.rowCount() > 0;
    });
}

Result<QList<OtherSession>> sessionsUsing(Session &session, const QString &schema,
                                          TaskContext &context)
{
    const std::array parameters{schema.toUtf8()};
    const Result<Rows> rows = session.query(R"sql(
SELECT l.pid, pg_catalog.max(s.usename), pg_catalog.max(s.application_name),
       pg_catalog.max(s.state),
       COALESCE(pg_catalog.max(EXTRACT(epoch FROM pg_catalog.now() - s.state_change)), 0)::bigint,
       pg_catalog.bool_or(l.mode <> 'AccessShareLock')
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_class c ON c.oid = l.relation
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid
 WHERE l.locktype = 'relation' AND n.nspname = $1 AND l.pid <> pg_catalog.pg_backend_pid()
   AND l.database = (SELECT oid FROM pg_catalog.pg_database
                      WHERE datname = pg_catalog.current_database())
 GROUP BY l.pid ORDER BY l.pid)sql",
                                            parameters, context);
    if (!rows)
        return failure(rows.error());
    QList<OtherSession> found;
    for (int row = 0; row < rows->rowCount(); ++row) {
        found.append({.pid = rows->integer(row, 0),
                      .user = rows->text(row, 1),
                      .application = rows->text(row, 2),
                      .state = rows->text(row, 3),
                      .seconds = rows->integer(row, 4),
                      .writes = rows->isTrue(row, 5)});
    }
    return found;
}

Question markSessionQuestion(const Session &session)
{
    return {.sql = "SELECT pg_catalog.set_config('mayday.probe', $1, false)",
            .parameters = {markOf(session)}};
}

Question isMarkedQuestion()
{
    return {.sql = "SELECT pg_catalog.current_setting('mayday.probe', true),"
                   " pg_catalog.pg_backend_pid()"};
}

Result<bool> isMarked(Session &session, TaskContext &context)
{
    return session.query(isMarkedQuestion(), context).transform([&](const Rows &rows) {
        return rows.value(0, 0) == markOf(session) &&
               rows.integer(0, 1) == session.facts().backendPid;
    });
}

Result<bool> isTransactionPooler(Session &session, TaskContext &context)
{
    const auto set = session.query(markSessionQuestion(session), context);
    if (!set)
        return failure(set.error());
    for (int probe = 0; probe < probeCount; ++probe) {
        const auto marked = isMarked(session, context);
        if (!marked || !*marked)
            return marked.transform([](bool) { return true; });
    }
    return false;
}

} // namespace mayday::postgres
