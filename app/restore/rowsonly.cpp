// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/rowsonly.h"

#include "dump/sqltokens.h"
#include "postgres/quoting.h"
#include "restore/missingtables.h"
#include "restore/partitions.h"

#include <QSet>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

Result<QList<TableName>> tablesFrom(const Result<postgres::Rows> &rows)
{
    if (!rows)
        return failure(rows.error());
    QList<TableName> tables;
    for (int i = 0; i < rows->rowCount(); ++i)
        tables.append({rows->text(i, 0), rows->text(i, 1)});
    return tables;
}

/// Tables with rows of their own that pg_dump would write.
Result<QList<TableName>> ownTables(postgres::Session &session, const QStringList &schemas,
                                   TaskContext &context)
{
    const QByteArray names = postgres::arrayOf(schemas);
    return tablesFrom(session.query(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = ANY ($1::text[])"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'"
        " AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid)"
        " ORDER BY 1, 2",
        {&names, 1}, context));
}

/// Whatever rows may be written to.
Result<QList<TableName>> anyTables(postgres::Session &session, const QStringList &schemas,
                                   TaskContext &context)
{
    const QByteArray names = postgres::arrayOf(schemas);
    return tablesFrom(
        session.query("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
                      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                      " WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname = ANY ($1::text[])",
                      {&names, 1}, context));
}

QList<TableName> tablesOf(const dump::DumpInspection &inspection)
{
    QList<TableName> tables;
    for (const dump::TableInDump &table : inspection.tables)
        tables.append({table.schema, table.name});
    return tables;
}

QList<TableName> without(const QList<TableName> &tables, const QList<TableName> &others)
{
    const QSet<TableName> gone(others.begin(), others.end());
    QList<TableName> rest = tables;
    rest.removeIf([&gone](const TableName &table) { return gone.contains(table); });
    return rest;
}

/// "public.a, public.b and 3 others"
QString someOf(const QList<TableName> &tables)
{
    constexpr qsizetype mostNamed = 5;
    const qsizetype others = tables.size() - mostNamed;
    const QString names = inWords(tables.mid(0, mostNamed));
    return others > 0 ? u"%1 and %2 others"_s.arg(names).arg(others) : names;
}

/// All parts of wholes that the dump fills in their stead (--load-via-partition-root).
Result<QSet<TableName>> partsOfFilled(postgres::Session &session,
                                      const dump::DumpInspection &inspection, TaskContext &context)
{
    const auto byRoot = partitionsByRoot(session, context);
    if (!byRoot)
        return failure(byRoot.error());
    QSet<TableName> parts;
    for (const TableName &table : tablesOf(inspection)) {
        for (const TableName &part : byRoot->values(table))
            parts.insert(part);
    }
    return parts;
}

/// Why tables would be empty.
QString emptyWords(const QList<TableName> &emptied, const QSet<TableName> &partsOfFilled)
{
    const bool isPart = std::ranges::any_of(
        emptied, [&](const TableName &table) { return partsOfFilled.contains(table); });
    return isPart ? u"it has rows only, and those of partitioned tables go into the whole "
                    "(--load-via-partition-root): nobody can tell whether those of each part are "
                    "among them, and %1 might be empty afterwards"_s.arg(someOf(emptied))
                  : u"it has rows only, and none of %1, which would be empty afterwards"_s.arg(
                        someOf(emptied));
}

} // namespace

Result<void> checkRowsOnlyWay(RestoreMode mode)
{
    if (mode == RestoreMode::Replace || mode == RestoreMode::Copy)
        return {};
    return failure({.kind = ErrorKind::Refused,
                    .subject = u"the backup"_s,
                    .detail = u"it has rows only, and this way has no tables to load them into"_s,
                    .advice = Advice::RestoreBesideSchema});
}

Result<QList<TableName>> tablesWithoutRows(postgres::Session &session, const QStringList &schemas,
                                           const dump::DumpInspection &inspection,
                                           TaskContext &context)
{
    const auto own = ownTables(session, schemas, context);
    if (!own)
        return failure(own.error());
    QSet<QString> inDump;
    for (const TableName &table : tablesOf(inspection))
        inDump.insert(table.second);
    // By name alone: what is kept has another schema.
    QList<TableName> others = *own;
    if (schemas == inspection.schemas)
        others = without(*own, tablesOf(inspection));
    else
        others.removeIf([&](const TableName &table) { return inDump.contains(table.second); });
    // A dump of INSERTs does not name tables that have none.
    std::vector<QByteArray> questions;
    for (const TableName &table : std::as_const(others))
        questions.push_back(u"SELECT EXISTS (SELECT FROM ONLY %1.%2)"_s
                                .arg(postgres::quoteIdentifier(table.first),
                                     postgres::quoteIdentifier(table.second))
                                .toUtf8());
    const auto answers = session.queryBatch(questions, context);
    if (!answers)
        return failure(answers.error());
    QList<TableName> filled;
    for (qsizetype i = 0; i < others.size(); ++i) {
        if ((*answers)[static_cast<size_t>(i)].isTrue(0, 0))
            filled.append(others[i]);
    }
    return filled;
}

Result<void> checkRowsOnly(postgres::Session &session, const dump::DumpInspection &inspection,
                           const RestorePlan &plan, TaskContext &context)
{
    const auto refused = [](ErrorKind kind, const QString &detail, Advice advice) {
        return failure(
            {.kind = kind, .subject = u"the backup"_s, .detail = detail, .advice = advice});
    };
    if (auto possible = checkRowsOnlyWay(plan.mode); !possible)
        return possible;
    const auto there = anyTables(session, inspection.schemas, context);
    if (!there)
        return failure(there.error());
    const bool areChosen = plan.mode == RestoreMode::Copy && !plan.tables.isEmpty();
    const QList<TableName> wanted = areChosen ? plan.tables : tablesOf(inspection);
    if (const QList<TableName> lost = without(wanted, *there); !lost.isEmpty())
        return refused(
            ErrorKind::NotFound,
            u"it has rows only, and the server has no table %1 for them"_s.arg(someOf(lost)),
            Advice::BringRowsBack);
    if (plan.mode != RestoreMode::Replace)
        return {};
    // A policy must not hide that there are rows, and nobody is waited for without end.
    if (auto begun = session.execute(
            "BEGIN; SET LOCAL row_security = off; SET LOCAL lock_timeout = '2s'", context);
        !begun)
        return failure(begun.error());
    const auto emptied = tablesWithoutRows(session, inspection.schemas, inspection, context);
    auto parts = Result<QSet<TableName>>();
    if (emptied && !emptied->isEmpty())
        parts = partsOfFilled(session, inspection, context);
    if (auto ended = session.execute("ROLLBACK", context); !ended)
        return failure(ended.error());
    if (!emptied && emptied.error().sqlState.isEmpty())
        return failure(emptied.error());
    if (!emptied)
        return refused(ErrorKind::Refused,
                       u"it has rows only, and nobody can say whether the tables that it has none "
                       "of would be empty afterwards: "_s +
                           emptied.error().detail,
                       Advice::BringRowsBack);
    if (!parts)
        return failure(parts.error());
    if (!emptied->isEmpty())
        return refused(ErrorKind::Refused, emptyWords(*emptied, *parts), Advice::BringRowsBack);
    return {};
}

Result<QHash<TableName, QStringList>> RowsIntoStructure::columnsOf(postgres::Session &session,
                                                                   const QStringList &schemas,
                                                                   TaskContext &context)
{
    const QByteArray names = postgres::arrayOf(schemas);
    const auto rows =
        session.query("SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_attribute a"
                      " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
                      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                      " WHERE n.nspname = ANY ($1::text[]) AND a.attnum > 0 AND NOT a.attisdropped"
                      " AND a.attgenerated = '' ORDER BY 1, 2, a.attnum",
                      {&names, 1}, context);
    if (!rows)
        return failure(rows.error());
    QHash<TableName, QStringList> columns;
    for (int i = 0; i < rows->rowCount(); ++i)
        columns[{rows->text(i, 0), rows->text(i, 1)}].append(rows->text(i, 2));
    return columns;
}

Result<void> RowsIntoStructure::look(const dump::DumpStatement &statement, const TableName &table)
{
    dump::SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take("copy"))
        tokens.take({"insert", "into"});
    (void)dump::takeName(tokens);
    if (!tokens.takeSymbol('('))
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = table.first + u'.' + table.second,
                        .detail = u"the dump has its rows only, and does not say of which columns: "
                                  "they may have changed since (pg_dump --column-inserts, or "
                                  "without --inserts, says it)"_s,
                        .advice = Advice::TakeAnotherBackup,
                        .line = statement.line});
    QStringList missing = m_columns.take(table); // each table once
    do
        missing.removeAll(tokens.next().name());
    while (tokens.takeSymbol(','));
    if (!missing.isEmpty())
        m_differences.append(
            u"%1.%2: the backup has nothing for %3; its rows get the default"_s.arg(
                table.first, table.second, missing.join(u", "_s)));
    return {};
}

Result<void> RowsIntoStructure::statement(const dump::DumpStatement &statement)
{
    if (statement.kind == dump::StatementClass::Data) {
        if (auto clear = look(statement, {statement.objectSchema, statement.objectName}); !clear)
            return clear;
    }
    return m_load.statement(statement);
}

Result<void> RowsIntoStructure::copyBegin(const dump::CopyHeader &header)
{
    return look(header.statement, {header.schema, header.table}).and_then([&] {
        return m_load.copyBegin(header);
    });
}

} // namespace mayday::restore
