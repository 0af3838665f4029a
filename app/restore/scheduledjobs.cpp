// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/scheduledjobs.h"

#include "postgres/quoting.h"

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

const QString cronSchema = QStringLiteral("cron");

/// What the server has said to one statement: rows, or why not.
struct JobsAnswer {
    std::optional<postgres::Rows> rows = std::nullopt;
    QString why = {};
};

/// A statement that the server may refuse without ending the transaction it is in.
Result<JobsAnswer> answerTo(postgres::Session &session, const QByteArray &sql, TaskContext &context)
{
    if (auto begun = session.execute("SAVEPOINT mayday_jobs", context); !begun)
        return failure(begun.error());
    auto rows = session.query(sql, context);
    if (rows)
        return session.execute("RELEASE SAVEPOINT mayday_jobs", context).transform([&](qint64) {
            return JobsAnswer{.rows = *std::move(rows)};
        });
    const Error why = rows.error();
    if (!session.isOpen() || why.kind == ErrorKind::Cancelled)
        return failure(why);
    return session.execute("ROLLBACK TO SAVEPOINT mayday_jobs", context).transform([&](qint64) {
        return JobsAnswer{.why = why.detail};
    });
}

/// One row when the table is there and has what a table of jobs has: whether this login sees all
/// of it, and whether pg_cron's function is there, too.
Result<postgres::Rows> jobTable(postgres::Session &session, const QString &schema,
                                TaskContext &context)
{
    const std::array parameters{schema.toUtf8()};
    return session.query(
        "SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND"
        " pg_catalog.has_table_privilege(c.oid, 'SELECT') AND"
        " NOT pg_catalog.row_security_active(c.oid), EXISTS (SELECT FROM pg_catalog.pg_proc p"
        " WHERE p.pronamespace = n.oid AND p.proname = 'alter_job' AND 'job_id' = ANY"
        " (p.proargnames) AND 'active' = ANY (p.proargnames))"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'active'"
        " AND a.atttypid = 'pg_catalog.bool'::pg_catalog.regtype"
        " JOIN pg_catalog.pg_attribute i ON i.attrelid = c.oid AND i.attname = 'jobid'"
        " AND i.atttypid = ANY ('{pg_catalog.int4,pg_catalog.int8}'::pg_catalog.regtype[])"
        " WHERE n.nspname = $1 AND c.relname = 'job' AND c.relkind = 'r'",
        parameters, context);
}

QByteArray activeSql(const QString &schema)
{
    return "SELECT jobid FROM " + postgres::quoteIdentifier(schema).toUtf8() +
           ".job WHERE active ORDER BY jobid";
}

QString switchOn(qint64 job, bool hasFunction)
{
    return (hasFunction ? u"SELECT cron.alter_job(job_id := %1, active := true);"_s
                        : u"UPDATE cron.job SET active = true WHERE jobid = %1;"_s)
        .arg(job);
}

QString stillOn(qint64 count, const QString &why)
{
    const QString jobs =
        count == 1
            ? u"1 scheduled job of cron.job came with the backup and is active: it"_s
            : u"%1 scheduled jobs of cron.job came with the backup and are active: they"_s.arg(
                  count);
    return jobs + u" could not be switched off ("_s + why + u')';
}

} // namespace

bool isJobTable(const QString &schema, const QString &table)
{
    return schema == cronSchema && table == "job"_L1;
}

bool isJobSwitch(const QString &schema, const QString &table, const QString &column)
{
    return isJobTable(schema, table) && column == "active"_L1;
}

Result<JobsOff> switchJobsOff(postgres::Session &session, TaskContext &context)
{
    const auto table = jobTable(session, cronSchema, context);
    if (!table)
        return failure(table.error());
    if (table->rowCount() == 0)
        return JobsOff{};
    const auto before = answerTo(session, activeSql(cronSchema), context);
    if (!before)
        return failure(before.error());
    if (!before->rows)
        return JobsOff{.differences = {u"the scheduled jobs of cron.job came with the backup and "
                                       "may be active: they could not be switched off (%1)"_s.arg(
                                           before->why)}};
    const bool hasFunction = table->isTrue(0, 1);
    auto done = answerTo(session, "UPDATE cron.job SET active = false WHERE active", context);
    if (done && !done->rows && hasFunction)
        done = answerTo(session,
                        "SELECT cron.alter_job(job_id := j.jobid, active := false)"
                        " FROM cron.job j WHERE j.active",
                        context);
    if (!done)
        return failure(done.error());
    // A trigger or a rule of the table may have had other plans.
    const auto now = answerTo(session, activeSql(cronSchema), context);
    if (!now)
        return failure(now.error());
    QSet<qint64> active;
    for (int i = 0; now->rows && i < now->rows->rowCount(); ++i)
        active.insert(now->rows->integer(i, 0));
    JobsOff result;
    for (int i = 0; i < before->rows->rowCount(); ++i) {
        const qint64 job = before->rows->integer(i, 0);
        if (!active.contains(job))
            result.off.append({.id = job, .switchOn = switchOn(job, hasFunction)});
    }
    if (!active.isEmpty())
        result.differences.append(stillOn(
            active.size(), done->why.isEmpty() ? u"the table did not take it"_s : done->why));
    if (!table->isTrue(0, 0))
        result.differences.append(u"scheduled jobs of others may be active: this login sees its "
                                  "own in cron.job only"_s);
    return result;
}

Result<std::optional<QSet<qint64>>> activeJobs(postgres::Session &session, const QString &schema,
                                               TaskContext &context)
{
    const auto table = jobTable(session, schema, context);
    if (!table)
        return failure(table.error());
    QSet<qint64> jobs;
    if (table->rowCount() == 0)
        return jobs;
    if (!table->isTrue(0, 0))
        return std::nullopt;
    const auto seen = answerTo(session, activeSql(schema), context);
    if (!seen)
        return failure(seen.error());
    if (!seen->rows)
        return std::nullopt;
    for (int i = 0; i < seen->rows->rowCount(); ++i)
        jobs.insert(seen->rows->integer(i, 0));
    return jobs;
}

} // namespace mayday::restore
