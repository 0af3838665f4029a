// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/partitions.h"

namespace mayday::restore {

Result<QMultiHash<TableName, TableName>> partitionsByRoot(postgres::Session &session,
                                                          TaskContext &context)
{
    const auto rows = session.query(
        "WITH RECURSIVE tree AS (SELECT oid AS root, oid AS part FROM pg_catalog.pg_class"
        " WHERE relkind = 'p' UNION ALL SELECT t.root, i.inhrelid FROM tree t"
        " JOIN pg_catalog.pg_inherits i ON i.inhparent = t.part)"
        " SELECT rn.nspname, r.relname, pn.nspname, p.relname FROM tree t"
        " JOIN pg_catalog.pg_class r ON r.oid = t.root"
        " JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace"
        " JOIN pg_catalog.pg_class p ON p.oid = t.part"
        " JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE t.root <> t.part",
        context);
    if (!rows)
        return failure(rows.error());
    QMultiHash<TableName, TableName> parts;
    for (int i = 0; i < rows->rowCount(); ++i)
        parts.insert({rows->text(i, 0), rows->text(i, 1)}, {rows->text(i, 2), rows->text(i, 3)});
    return parts;
}

} // namespace mayday::restore
