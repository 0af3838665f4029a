// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/partitions.h"

namespace mayday::restore {

postgres::Question partitionsQuestion()
{
    return {
        .sql =
            "WITH RECURSIVE tree AS (SELECT oid AS root, oid AS part FROM pg_catalog.pg_class"
            " WHERE relkind = 'p' UNION ALL SELECT t.root, i.inhrelid FROM tree t"
            " JOIN pg_catalog.pg_inherits i ON i.inhparent = t.part)"
            " SELECT rn.nspname, r.relname, pn.nspname, p.relname FROM tree t"
            " JOIN pg_catalog.pg_class r ON r.oid = t.root"
            " JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace"
            " JOIN pg_catalog.pg_class p ON p.oid = t.part"
            " JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE t.root <> t.part"};
}

Result<QMultiHash<TableName, TableName>> partitionsByRoot(postgres::Session &session,
                                                          TaskContext &context)
{
    const auto rows = session.query(partitionsQuestion(), context);
    if (!rows)
        return failure(rows.error());
    QMultiHash<TableName, TableName> parts;
    for (int i = 0; i < rows->rowCount(); ++i)
        parts.insert({rows->text(i, 0), rows->text(i, 1)}, {rows->text(i, 2), rows->text(i, 3)});
    return parts;
}

postgres::Question aboveForeignQuestion()
{
    return {
        .sql =
            "WITH RECURSIVE above AS (SELECT i.inhparent AS oid FROM pg_catalog.pg_inherits i"
            " JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relkind = 'f'"
            " UNION SELECT i.inhparent FROM above a JOIN pg_catalog.pg_inherits i"
            " ON i.inhrelid = a.oid)"
            " SELECT n.nspname, c.relname FROM above a JOIN pg_catalog.pg_class c ON c.oid = a.oid"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"};
}

Result<QSet<TableName>> tablesAboveForeign(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query(aboveForeignQuestion(), context);
    if (!rows)
        return failure(rows.error());
    QSet<TableName> tables;
    for (int i = 0; i < rows->rowCount(); ++i)
        tables.insert({rows->text(i, 0), rows->text(i, 1)});
    return tables;
}

} // namespace mayday::restore
