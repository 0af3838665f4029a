// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/lossestimate.h"

#include "postgres/quoting.h"
#include "restore/partitions.h"

#include <QHash>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;
using postgres::quoteLiteral;

QString qualified(const QString &schema, const QString &name)
{
    return quoteIdentifier(schema) + u'.' + quoteIdentifier(name);
}

/// Columns by which teams note when a row was written, best first: the change before the creation.
Result<QHash<TableName, QString>> timeColumns(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query(
        "SELECT n.nspname, c.relname, a.attname"
        " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped"
        " AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)"
        " AND a.attname IN ('updated_at', 'modified_at', 'changed_at', 'created_at', 'inserted_at')"
        " ORDER BY 1, 2, pg_catalog.array_position(ARRAY['created_at', 'inserted_at', 'changed_at',"
        " 'modified_at', 'updated_at']::name[], a.attname)",
        context);
    if (!rows)
        return failure(rows.error());
    QHash<TableName, QString> columns;
    for (int i = 0; i < rows->rowCount(); ++i)
        columns.insert({rows->text(i, 0), rows->text(i, 1)}, rows->text(i, 2));
    return columns;
}

/// "No such table" and "no such schema".
bool isAbsence(const Error &error)
{
    return error.sqlState == "42P01"_L1 || error.sqlState == "3F000"_L1;
}

/// A table too big to count in the time is said to be so; a failure of the connection is a failure.
Result<void> countTable(postgres::Session &session, TableLoss &loss, bool withParts,
                        const QDateTime &takenAt, TaskContext &context)
{
    QString sql = u"SELECT pg_catalog.count(*)"_s;
    if (!loss.timeColumn.isEmpty())
        sql += u", pg_catalog.count(*) FILTER (WHERE %1 > %2)"_s.arg(
            quoteIdentifier(loss.timeColumn),
            QString::fromUtf8(quoteLiteral(takenAt.toUTC().toString(Qt::ISODateWithMs).toUtf8())));
    sql += (withParts ? u" FROM "_s : u" FROM ONLY "_s) + qualified(loss.schema, loss.name);
    const auto counts = session.query(sql.toUtf8(), context);
    if (!counts) {
        if (isAbsence(counts.error()))
            loss.rowsLive = 0; // nothing there to lose
        const bool goesOn = !counts.error().sqlState.isEmpty() && !context.stopRequested();
        return goesOn ? Result<void>() : failure(counts.error());
    }
    loss.rowsLive = counts->integer(0, 0);
    if (!loss.isInDump)
        loss.newerRows = loss.rowsLive;
    else if (!loss.timeColumn.isEmpty())
        loss.newerRows = counts->integer(0, 1);
    return {};
}

/// Live tables of the same schemas that the backup does not know: the schema goes aside whole.
Result<QList<TableLoss>> missingInDump(postgres::Session &session,
                                       const dump::DumpInspection &inspection, TaskContext &context)
{
    QSet<TableName> known;
    for (const dump::TableInDump &table : inspection.tables)
        known.insert({table.schema, table.name});
    QList<TableLoss> missing;
    for (const QString &schema : inspection.schemas) {
        const QByteArray name = schema.toUtf8();
        // Names only: asking for the size would wait for whoever has locked the table.
        const auto live = session.query(
            "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 1",
            {&name, 1}, context);
        if (!live)
            return failure(live.error());
        for (int i = 0; i < live->rowCount(); ++i) {
            if (!known.contains({schema, live->text(i, 0)}))
                missing.append({.schema = schema, .name = live->text(i, 0), .isInDump = false});
        }
    }
    return missing;
}

/// What is to be counted, and which of them with their partitions (their rows came through them).
struct Counting {
    QList<TableLoss> tables;
    QSet<TableName> withParts;
};

Result<Counting> toCount(postgres::Session &session, const dump::DumpInspection &inspection,
                         TaskContext &context)
{
    const auto parts = partitionsByRoot(session, context);
    if (!parts)
        return failure(parts.error());
    Counting counting;
    QSet<TableName> countedElsewhere;
    for (const dump::TableInDump &table : inspection.tables) {
        const TableName name(table.schema, table.name);
        if (table.rows == 0 || !parts->contains(name))
            continue;
        counting.withParts.insert(name);
        for (const TableName &part : parts->values(name))
            countedElsewhere.insert(part);
    }
    for (const dump::TableInDump &table : inspection.tables) {
        if (!countedElsewhere.contains({table.schema, table.name}))
            counting.tables.append(
                {.schema = table.schema, .name = table.name, .rowsInDump = table.rows});
    }
    auto missing = missingInDump(session, inspection, context);
    if (!missing)
        return failure(missing.error());
    for (const TableLoss &table : std::as_const(*missing)) {
        if (!countedElsewhere.contains({table.schema, table.name}))
            counting.tables.append(table);
    }
    return counting;
}

void add(LossEstimate &estimate, const TableLoss &loss)
{
    estimate.isExact = estimate.isExact && loss.rowsLive >= 0;
    estimate.newerRows += std::max<qint64>(loss.newerRows, 0);
    if (loss.rowsLive >= 0)
        estimate.rowsBack += std::max<qint64>(loss.rowsInDump - loss.rowsLive, 0);
    if (loss.rowsLive != loss.rowsInDump || loss.newerRows > 0)
        estimate.tables.append(loss);
}

} // namespace

Result<LossEstimate> estimateLoss(postgres::Session &session,
                                  const dump::DumpInspection &inspection, const QDateTime &takenAt,
                                  const QDateTime &now, TaskContext &context)
{
    LossEstimate estimate;
    estimate.takenAt = takenAt;
    estimate.interval = std::chrono::seconds(std::max<qint64>(takenAt.secsTo(now), 0));
    const auto columns = timeColumns(session, context);
    if (!columns)
        return failure(columns.error());
    if (auto limited = session.execute("SET statement_timeout = '5s'", context); !limited)
        return failure(limited.error());
    auto counting = toCount(session, inspection, context);
    if (!counting)
        return failure(counting.error());
    for (TableLoss &loss : counting->tables) {
        const TableName name(loss.schema, loss.name);
        if (loss.isInDump)
            loss.timeColumn = columns->value(name);
        if (auto counted =
                countTable(session, loss, counting->withParts.contains(name), takenAt, context);
            !counted)
            return failure(counted.error());
        add(estimate, loss);
    }
    if (auto unlimited = session.execute("SET statement_timeout = 0", context); !unlimited)
        return failure(unlimited.error());
    return estimate;
}

} // namespace mayday::restore
