// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/rowstatistics.h"

#include "postgres/quoting.h"

namespace mayday::restore {

namespace {

/// The collector follows each commit, but a moment later, and begins anew with nothing after a
/// crash or a reset; that it has seen a VACUUM or an ANALYZE since says that it knows the table.
/// That it knows of no rows is believed only where the catalog has none either: they are about to
/// be told to it. Without it the catalog may know more: -1 there means never analysed, and so does
/// 0 of no pages before PostgreSQL 14.
constexpr auto statisticsSql =
    "SELECT n.nspname, c.relname, CASE"
    " WHEN coalesce(pg_catalog.pg_stat_get_last_analyze_time(c.oid),"
    " pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid),"
    " pg_catalog.pg_stat_get_last_vacuum_time(c.oid),"
    " pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)) IS NOT NULL"
    " THEN coalesce(nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0),"
    " greatest(c.reltuples, 0)::bigint)"
    " WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0)"
    " THEN nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0)"
    " ELSE greatest(c.reltuples::bigint, pg_catalog.pg_stat_get_live_tuples(c.oid)) END"
    " FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]))"
    " AS wanted(schema, name)"
    " JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema"
    " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name"
    " WHERE c.relkind = 'r'";

} // namespace

Result<QHash<TableName, qint64>>
rowsByStatistics(postgres::Session &session, const QList<TableName> &tables, TaskContext &context)
{
    if (tables.isEmpty())
        return {};
    QStringList schemas;
    QStringList names;
    for (const TableName &table : tables) {
        schemas.append(table.first);
        names.append(table.second);
    }
    const auto rows =
        session.query({.sql = statisticsSql,
                       .parameters = {postgres::arrayOf(schemas), postgres::arrayOf(names)}},
                      context);
    if (!rows)
        return failure(rows.error());
    QHash<TableName, qint64> known;
    for (int i = 0; i < rows->rowCount(); ++i) {
        if (!rows->isNull(i, 2))
            known.insert({rows->text(i, 0), rows->text(i, 1)}, rows->integer(i, 2));
    }
    return known;
}

} // namespace mayday::restore
