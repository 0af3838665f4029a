// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/comparison.h"

#include "restore/keptsource.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

qint64 Comparison::onlyKept() const
{
    qint64 rows = 0;
    for (const TableComparison &table : tables)
        rows += table.onlyKept;
    return rows;
}

bool Comparison::isSame() const
{
    return std::ranges::all_of(tables, &TableComparison::isSame);
}

Result<void> compareTable(postgres::Session &session, TableComparison &table, TaskContext &context)
{
    const auto counts = session.query(table.pair.comparisonSql(), context);
    if (!counts) {
        Error error = counts.error();
        error.subject = table.pair.liveSchema + u'.' + table.pair.name;
        return failure(error);
    }
    table.onlyKept = counts->integer(0, 0);
    table.onlyLive = counts->integer(0, 1);
    table.different = counts->integer(0, 2);
    return {};
}

Result<Comparison> compareWithKept(const postgres::ConnectionString &target, const QString &restore,
                                   TaskContext &context,
                                   const std::function<void(const Comparison &)> &onTable)
{
    auto session =
        postgres::Session::connect(target, context, {.applicationName = u"mayday compare"_s});
    if (!session)
        return failure(session.error());
    if (auto begun = session->execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ", context);
        !begun)
        return failure(begun.error());
    auto source = KeptSource::open(*session, target, restore, context);
    if (!source)
        return failure(source.error());
    // Rows of another database come into temporary tables, which are made here.
    if (source->database().isEmpty()) {
        if (auto set = session->execute("SET TRANSACTION READ ONLY", context); !set)
            return failure(set.error());
    }
    Comparison comparison{
        .restore = source->restore(), .isCopy = source->isCopy(), .database = source->database()};
    const auto pairs = source->pairs(context);
    if (!pairs)
        return failure(pairs.error());
    for (const TablePair &pair : *pairs) {
        TableComparison table{.pair = pair};
        if (auto compared = source->compare(table, context); !compared)
            return failure(compared.error());
        comparison.tables.append(table);
        if (onTable)
            onTable(comparison);
    }
    return comparison;
}

QJsonObject toJson(const Comparison &comparison)
{
    QJsonArray tables;
    for (const TableComparison &table : comparison.tables)
        tables.append(QJsonObject{
            {u"schema"_s, table.pair.liveSchema},
            {u"name"_s, table.pair.name},
            {u"kept"_s, table.pair.keptSchema},
            {u"hasLive"_s, table.pair.hasLive},
            {u"byKey"_s, table.pair.hasKey()},
            {u"onlyKept"_s, table.onlyKept},
            {u"onlyLive"_s, table.onlyLive},
            {u"different"_s, table.different},
            {u"onlyKeptColumns"_s, QJsonArray::fromStringList(table.pair.onlyKeptColumns)},
            {u"onlyLiveColumns"_s, QJsonArray::fromStringList(table.pair.onlyLiveColumns)},
            {u"notComparedColumns"_s,
             QJsonArray::fromStringList(table.pair.notComparedColumns())}});
    return {{u"restore"_s, comparison.restore},
            {u"isCopy"_s, comparison.isCopy},
            {u"database"_s, comparison.database},
            {u"tables"_s, tables}};
}

} // namespace mayday::restore
