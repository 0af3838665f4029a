// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/rowsonly.h"

#include "postgres/quoting.h"
#include "restore/missingtables.h"

#include <QSet>

#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Tables with rows of their own that pg_dump would write.
Result<QList<TableName>> liveTables(postgres::Session &session, const QStringList &schemas,
                                    TaskContext &context)
{
    const QByteArray names = postgres::arrayOf(schemas);
    const auto rows = session.query(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = ANY ($1::text[])"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'"
        " AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid)"
        " ORDER BY 1, 2",
        {&names, 1}, context);
    if (!rows)
        return failure(rows.error());
    QList<TableName> tables;
    for (int i = 0; i < rows->rowCount(); ++i)
        tables.append({rows->text(i, 0), rows->text(i, 1)});
    return tables;
}

/// Those of them that have rows now. A dump of INSERTs does not name tables that have none.
Result<QList<TableName>> filled(postgres::Session &session, const QList<TableName> &tables,
                                TaskContext &context)
{
    std::vector<QByteArray> questions;
    for (const TableName &table : tables)
        questions.push_back(u"SELECT EXISTS (SELECT FROM ONLY %1.%2)"_s
                                .arg(postgres::quoteIdentifier(table.first),
                                     postgres::quoteIdentifier(table.second))
                                .toUtf8());
    const auto answers = session.queryBatch(questions, context);
    if (!answers)
        return failure(answers.error());
    QList<TableName> some;
    for (qsizetype i = 0; i < tables.size(); ++i) {
        if ((*answers)[static_cast<size_t>(i)].isTrue(0, 0))
            some.append(tables[i]);
    }
    return some;
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

Result<void> checkRowsOnly(postgres::Session &session, const dump::DumpInspection &inspection,
                           RestoreMode mode, TaskContext &context)
{
    const auto refused = [](ErrorKind kind, const QString &detail, Advice advice) {
        return failure(
            {.kind = kind, .subject = u"the backup"_s, .detail = detail, .advice = advice});
    };
    if (auto possible = checkRowsOnlyWay(mode); !possible)
        return possible;
    const auto live = liveTables(session, inspection.schemas, context);
    if (!live)
        return failure(live.error());
    QList<TableName> inDump;
    for (const dump::TableInDump &table : inspection.tables)
        inDump.append({table.schema, table.name});
    if (const QList<TableName> lost = without(inDump, *live); !lost.isEmpty())
        return refused(
            ErrorKind::NotFound,
            u"it has rows only, and the server has no table %1 for them"_s.arg(someOf(lost)),
            Advice::TakeAnotherBackup);
    if (mode != RestoreMode::Replace)
        return {};
    const auto emptied = filled(session, without(*live, inDump), context);
    if (!emptied)
        return failure(emptied.error());
    if (!emptied->isEmpty())
        return refused(ErrorKind::Refused,
                       u"it has rows only, and none of %1, which would be empty afterwards"_s.arg(
                           someOf(*emptied)),
                       Advice::BringRowsBack);
    return {};
}

} // namespace mayday::restore
