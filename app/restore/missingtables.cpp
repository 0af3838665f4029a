// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/missingtables.h"

#include "postgres/quoting.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

struct NameLists {
    QByteArray schemas;
    QByteArray names;
};

NameLists listsOf(const QList<TableName> &tables)
{
    QStringList schemas;
    QStringList names;
    for (const TableName &table : tables) {
        schemas.append(table.first);
        names.append(table.second);
    }
    return {.schemas = postgres::arrayOf(schemas), .names = postgres::arrayOf(names)};
}

/// $1, $2: schemas and names of tables. What is there of each of them, in their order.
constexpr auto wanted =
    "SELECT w.schema, w.name, n.oid IS NOT NULL, c.oid IS NOT NULL,"
    " n.oid IS NOT NULL AND pg_catalog.has_schema_privilege(n.oid, 'CREATE'),"
    " EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.relnamespace = n.oid"
    "  AND o.relkind IN ('r', 'p'))"
    " FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]))"
    " WITH ORDINALITY AS w(schema, name, number)"
    " LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema"
    " LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name"
    " ORDER BY w.number";

Result<postgres::Rows> askFor(postgres::Session &session, const QList<TableName> &tables,
                              TaskContext &context)
{
    const NameLists lists = listsOf(tables);
    const std::array<QByteArray, 2> values{lists.schemas, lists.names};
    return session.query(wanted, values, context);
}

} // namespace

Result<QList<TableName>> missingTables(postgres::Session &session,
                                       const dump::DumpInspection &inspection, TaskContext &context)
{
    QList<TableName> tables;
    for (const dump::PartitionedInDump &whole : inspection.partitioned)
        tables.append({whole.table.schema, whole.table.name});
    for (const dump::TableInDump &table : inspection.tables)
        tables.append({table.schema, table.name});
    const auto rows = askFor(session, tables, context);
    if (!rows)
        return failure(rows.error());
    QList<TableName> missing;
    for (int i = 0; i < rows->rowCount(); ++i) {
        if (!rows->isTrue(i, 3) && rows->isTrue(i, 4) && rows->isTrue(i, 5))
            missing.append({rows->text(i, 0), rows->text(i, 1)});
    }
    return missing;
}

Result<void> checkMissing(postgres::Session &session, const QList<TableName> &tables,
                          TaskContext &context)
{
    const auto rows = askFor(session, tables, context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        const QString schema = rows->text(i, 0);
        const QString name = schema + u'.' + rows->text(i, 1);
        if (!rows->isTrue(i, 2))
            return failure({.kind = ErrorKind::NotFound,
                            .subject = u"schema "_s + schema,
                            .detail = u"it is missing as a whole; restore all of it"_s});
        if (rows->isTrue(i, 3))
            return failure({.kind = ErrorKind::AlreadyExists,
                            .subject = name,
                            .detail = u"it is there, and a table that is there is never replaced "
                                      "alone"_s,
                            .advice = Advice::BringRowsBack});
        if (!rows->isTrue(i, 4))
            return failure({.kind = ErrorKind::Denied,
                            .subject = u"schema "_s + schema,
                            .detail = u"%1 may not make tables in it"_s.arg(session.facts().user),
                            .advice = Advice::AskForRights,
                            .sqlState = u"42501"_s});
    }
    return {};
}

QList<TableName> withPartitions(const QList<TableName> &tables,
                                const dump::DumpInspection &inspection)
{
    QList<TableName> all = tables;
    for (qsizetype i = 0; i < all.size(); ++i) { // a part may have parts
        for (const dump::PartitionedInDump &whole : inspection.partitioned) {
            if (TableName(whole.table.schema, whole.table.name) != all[i])
                continue;
            for (const dump::QualifiedName &part : whole.parts) {
                if (!all.contains(TableName(part.schema, part.name)))
                    all.append({part.schema, part.name});
            }
        }
    }
    return all;
}

QList<TableName> withWholes(const QList<TableName> &tables, const dump::DumpInspection &inspection,
                            const QList<TableName> &missing)
{
    QList<TableName> all = tables;
    for (qsizetype i = 0; i < all.size(); ++i) { // a whole may be a part
        for (const dump::PartitionedInDump &whole : inspection.partitioned) {
            const TableName name(whole.table.schema, whole.table.name);
            if (whole.parts.contains({.schema = all[i].first, .name = all[i].second}) &&
                missing.contains(name) && !all.contains(name))
                all.append(name);
        }
    }
    return withPartitions(all, inspection);
}

QString inWords(const QList<TableName> &tables)
{
    QStringList names;
    for (const TableName &table : tables)
        names.append(table.first + u'.' + table.second);
    return names.join(u", "_s);
}

} // namespace mayday::restore
