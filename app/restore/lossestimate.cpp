// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/lossestimate.h"

#include "postgres/quoting.h"

#include <QHash>

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
Result<QHash<QString, QString>> timeColumns(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query(
        "SELECT n.nspname || '.' || c.relname, a.attname"
        " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped"
        " AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)"
        " AND a.attname IN ('updated_at', 'modified_at', 'changed_at', 'created_at', 'inserted_at')"
        " ORDER BY 1, pg_catalog.array_position(ARRAY['created_at', 'inserted_at', 'changed_at',"
        " 'modified_at', 'updated_at']::name[], a.attname)",
        context);
    if (!rows)
        return failure(rows.error());
    QHash<QString, QString> columns;
    for (int i = 0; i < rows->rowCount(); ++i)
        columns.insert(rows->text(i, 0), rows->text(i, 1));
    return columns;
}

/// A table too big to count in the time is said to be so; a failure of the connection is a failure.
Result<void> countTable(postgres::Session &session, TableLoss &loss, const QDateTime &takenAt,
                        TaskContext &context)
{
    QString sql = u"SELECT pg_catalog.count(*)"_s;
    if (!loss.timeColumn.isEmpty())
        sql += u", pg_catalog.count(*) FILTER (WHERE %1 > %2)"_s.arg(
            quoteIdentifier(loss.timeColumn),
            QString::fromUtf8(quoteLiteral(takenAt.toUTC().toString(Qt::ISODateWithMs).toUtf8())));
    sql += u" FROM ONLY "_s + qualified(loss.schema, loss.name);
    const auto counts = session.query(sql.toUtf8(), context);
    if (!counts) {
        const bool goesOn = !counts.error().sqlState.isEmpty() && !context.stopRequested();
        return goesOn ? Result<void>() : failure(counts.error());
    }
    loss.rowsLive = counts->integer(0, 0);
    if (!loss.timeColumn.isEmpty())
        loss.newerRows = counts->integer(0, 1);
    return {};
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
    for (const dump::TableInDump &table : inspection.tables) {
        TableLoss loss{.schema = table.schema, .name = table.name, .rowsInDump = table.rows};
        loss.timeColumn = columns->value(table.schema + u'.' + table.name);
        if (auto counted = countTable(session, loss, takenAt, context); !counted)
            return failure(counted.error());
        add(estimate, loss);
    }
    if (auto unlimited = session.execute("SET statement_timeout = 0", context); !unlimited)
        return failure(unlimited.error());
    return estimate;
}

} // namespace mayday::restore
