// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/tablepair.h"

#include "postgres/quoting.h"
#include "restore/scheduledjobs.h"

#include <QHash>
#include <QMap>

#include <algorithm>
#include <array>
#include <functional>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;

QString tableIn(const QString &schema, const QString &name)
{
    return quoteIdentifier(schema) + u'.' + quoteIdentifier(name);
}

/// "o.a, o.b" of the columns that are wanted, each as the text makes it.
QString list(const QList<PairColumn> &columns,
             const std::function<bool(const PairColumn &)> &isWanted,
             const std::function<QString(const PairColumn &)> &text, const QString &separator)
{
    QStringList parts;
    for (const PairColumn &column : columns) {
        if (isWanted(column))
            parts.append(text(column));
    }
    return parts.join(separator);
}

bool isStored(const PairColumn &column)
{
    return !column.isGenerated;
}

bool isCompared(const PairColumn &column)
{
    return isStored(column) && column.isCompared;
}

bool isKey(const PairColumn &column)
{
    return column.isKey;
}

bool isFetched(const PairColumn &column)
{
    return isStored(column) || column.isKey;
}

/// The whole row as one text: types need no equality of their own, and those that were moved aside
/// are other types now.
QString rowText(const TablePair &pair, QChar alias)
{
    return u"ROW(%1)::text"_s.arg(list(
        pair.columns, isCompared,
        [alias](const PairColumn &c) { return alias + u'.' + quoteIdentifier(c.name); }, u", "_s));
}

QString sameKey(const TablePair &pair)
{
    return list(
        pair.columns, isKey,
        [](const PairColumn &c) {
            const QString name = quoteIdentifier(c.name);
            return (c.isSameType ? u"o.%1 = l.%1"_s
                                 : u"o.%1::text COLLATE \"C\" = l.%1::text COLLATE \"C\""_s)
                .arg(name);
        },
        u" AND "_s);
}

/// A value of the kept row as the live column takes it.
QString keptValue(const PairColumn &column)
{
    if (column.comesOff)
        return u"false"_s;
    const QString value = u"o."_s + quoteIdentifier(column.name);
    return column.isSameType ? value : u"%1::text::%2"_s.arg(value, column.liveType);
}

/// Rows of one table numbered among their equals, and how many equals the other table has: those
/// with a number above that are the surplus.
QString surplusSql(const TablePair &pair, const QString &columns, const QString &from, QChar alias,
                   const QString &other, QChar otherAlias)
{
    return u"SELECT %1 FROM (SELECT %3.*, %3.ctid AS mayday_at, %4 AS mayday_row,"
           " pg_catalog.row_number() OVER (PARTITION BY %4) AS mayday_nr FROM ONLY %2 %3) %3"
           " LEFT JOIN (SELECT %6 AS mayday_row, pg_catalog.count(*) AS mayday_count"
           " FROM ONLY %5 %7 GROUP BY 1) x ON x.mayday_row = %3.mayday_row"
           " WHERE %3.mayday_nr > coalesce(x.mayday_count, 0)"_s.arg(
               columns, from, QString(alias), rowText(pair, alias), other,
               rowText(pair, otherAlias), QString(otherAlias));
}

struct ColumnFacts {
    QString name;
    QString type;
    qint64 typeOid = 0;
    bool isKey = false;
    bool isGenerated = false;
    bool isFixed = false;
    bool isCollatable = false;
};

/// Table name to its columns in their order. Tables of an extension are its own affair: no dump of
/// rows holds them.
Result<QMap<QString, QList<ColumnFacts>>> columnsOf(postgres::Session &session,
                                                    const QString &schema, TaskContext &context)
{
    // With nothing in the path every type is named with its schema.
    if (auto set = session.execute("SET LOCAL search_path = pg_catalog", context); !set)
        return failure(set.error());
    const std::array parameters{schema.toUtf8()};
    const auto rows = session.query(
        "SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),"
        " a.atttypid::bigint, coalesce(a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]), "
        "false), a.attgenerated <> '',"
        " a.attidentity = 'a', a.attcollation <> 0"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
        "a.attisdropped"
        " LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary"
        " WHERE n.nspname = $1 AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM "
        "pg_catalog.pg_depend d"
        " WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid"
        " AND d.deptype = 'e') ORDER BY c.relname, a.attnum",
        parameters, context);
    if (!rows)
        return failure(rows.error());
    if (auto set = session.execute("SET LOCAL search_path TO DEFAULT", context); !set)
        return failure(set.error());
    QMap<QString, QList<ColumnFacts>> tables;
    for (int i = 0; i < rows->rowCount(); ++i) {
        QList<ColumnFacts> &columns = tables[rows->text(i, 0)];
        if (rows->isNull(i, 1)) // a table without any
            continue;
        columns.append({.name = rows->text(i, 1),
                        .type = rows->text(i, 2),
                        .typeOid = rows->integer(i, 3),
                        .isKey = rows->isTrue(i, 4),
                        .isGenerated = rows->isTrue(i, 5),
                        .isFixed = rows->isTrue(i, 6),
                        .isCollatable = rows->isTrue(i, 7)});
    }
    return tables;
}

QStringList keyOf(const QList<ColumnFacts> &columns)
{
    QStringList key;
    for (const ColumnFacts &column : columns) {
        if (column.isKey)
            key.append(column.name);
    }
    std::ranges::sort(key);
    return key;
}

/// Where the numbers of PostgreSQL's own types end, which are the same in every database.
constexpr qint64 firstNumberOfUsers = 16384;

/// Of another database a value comes as text, which is what rows are compared by; only a key is
/// compared as what it is, where the type is PostgreSQL's own. (The name of a table, as regclass
/// has it, may mean nothing in the live one.)
QString fetchType(const ColumnFacts &kept, const ColumnFacts &live)
{
    const bool isOwn = kept.type == live.type && kept.typeOid < firstNumberOfUsers;
    return kept.isKey && isOwn ? live.type : u"text"_s;
}

/// Within one database a number is one type. In another one a collation of the column stays behind.
bool isSameType(const ColumnFacts &kept, const ColumnFacts &live, bool inOneDatabase)
{
    if (inOneDatabase)
        return kept.typeOid == live.typeOid;
    return fetchType(kept, live) == live.type && !live.isCollatable;
}

void pairColumns(TablePair &pair, const QList<ColumnFacts> &kept, const QList<ColumnFacts> &live,
                 bool inOneDatabase)
{
    const bool isSameKey = keyOf(kept) == keyOf(live);
    for (const ColumnFacts &column : kept) {
        const auto other = std::ranges::find(live, column.name, &ColumnFacts::name);
        if (other == live.end()) {
            pair.onlyKeptColumns.append(column.name);
            continue;
        }
        pair.columns.append({.name = column.name,
                             .liveType = other->type,
                             .isSameType = isSameType(column, *other, inOneDatabase),
                             .fetchType = fetchType(column, *other),
                             .isKey = isSameKey && column.isKey,
                             .isGenerated = column.isGenerated || other->isGenerated,
                             .isFixed = other->isFixed});
    }
    for (const ColumnFacts &column : live) {
        if (!std::ranges::contains(kept, column.name, &ColumnFacts::name))
            pair.onlyLiveColumns.append(column.name);
    }
}

/// A backup's jobs stay off until they are switched on, whichever way they come.
void leaveJobsOff(TablePair &pair, bool isCopy)
{
    for (PairColumn &column : pair.columns) {
        column.isCompared = column.isKey || column.liveType != "boolean"_L1 ||
                            !isJobSwitch(pair.liveSchema, pair.name, column.name);
        column.comesOff = !column.isCompared && isCopy;
    }
}

} // namespace

bool TablePair::hasKey() const
{
    return std::ranges::any_of(columns, &PairColumn::isKey);
}

QString TablePair::keptTable() const
{
    return fetchedAs.isEmpty() ? tableIn(keptSchema, name) : tableIn(u"pg_temp"_s, fetchedAs);
}

QString TablePair::liveTable() const
{
    return tableIn(liveSchema, name);
}

QString TablePair::storedColumns() const
{
    return list(
        columns, isStored, [](const PairColumn &c) { return quoteIdentifier(c.name); }, u", "_s);
}

QString TablePair::fetchedColumns() const
{
    return list(
        columns, isFetched, [](const PairColumn &c) { return quoteIdentifier(c.name); }, u", "_s);
}

QStringList TablePair::notComparedColumns() const
{
    QStringList names;
    for (const PairColumn &column : columns) {
        if (!column.isCompared)
            names.append(column.name);
    }
    return names;
}

QByteArray TablePair::digestSql(const QString &schema) const
{
    return u"SELECT pg_catalog.count(*),"
           " coalesce(pg_catalog.sum(pg_catalog.hashtextextended(r, 0)::numeric), 0)::text,"
           " coalesce(pg_catalog.sum(pg_catalog.hashtextextended(r, 1)::numeric), 0)::text"
           " FROM (SELECT %1 COLLATE \"C\" AS r FROM ONLY %2 t) x"_s
               .arg(rowText(*this, u't'), tableIn(schema, name))
               .toUtf8();
}

QByteArray TablePair::createFetchedSql() const
{
    const QString definitions = list(
        columns, isFetched,
        [](const PairColumn &c) { return quoteIdentifier(c.name) + u' ' + c.fetchType; }, u", "_s);
    return u"CREATE TEMPORARY TABLE %1 (%2) ON COMMIT DROP"_s.arg(keptTable(), definitions)
        .toUtf8();
}

QByteArray TablePair::comparisonSql() const
{
    const QString kept = keptTable();
    const QString live = liveTable();
    if (!hasLive)
        return u"SELECT pg_catalog.count(*), 0, 0 FROM ONLY %1"_s.arg(kept).toUtf8();
    if (!hasKey())
        return u"SELECT coalesce(pg_catalog.sum(greatest(o - l, 0)), 0)::bigint,"
               " coalesce(pg_catalog.sum(greatest(l - o, 0)), 0)::bigint, 0"
               " FROM (SELECT pg_catalog.sum(o) AS o, pg_catalog.sum(l) AS l FROM"
               " (SELECT %1 AS r, 1 AS o, 0 AS l FROM ONLY %2 o"
               " UNION ALL SELECT %3, 0, 1 FROM ONLY %4 l) u GROUP BY r) g"_s
                   .arg(rowText(*this, u'o'), kept, rowText(*this, u'l'), live)
                   .toUtf8();
    const auto key = std::ranges::find_if(columns, &PairColumn::isKey);
    return u"SELECT pg_catalog.count(*) FILTER (WHERE l.%1 IS NULL),"
           " pg_catalog.count(*) FILTER (WHERE o.%1 IS NULL),"
           " pg_catalog.count(*) FILTER (WHERE o.%1 IS NOT NULL AND l.%1 IS NOT NULL AND %2 <> %3)"
           " FROM ONLY %4 o FULL JOIN ONLY %5 l ON %6"_s
               .arg(quoteIdentifier(key->name), rowText(*this, u'o'), rowText(*this, u'l'), kept,
                    live, sameKey(*this))
               .toUtf8();
}

QByteArray TablePair::insertSql() const
{
    const QString kept = keptTable();
    const QString live = liveTable();
    const QString values = list(columns, isStored, keptValue, u", "_s);
    const QString rows =
        hasKey()
            ? u"SELECT %1 FROM ONLY %2 o WHERE NOT EXISTS (SELECT FROM ONLY %3 l WHERE %4)"_s.arg(
                  values, kept, live, sameKey(*this))
            : surplusSql(*this, values, kept, u'o', live, u'l');
    return u"INSERT INTO %1 (%2) OVERRIDING SYSTEM VALUE %3"_s.arg(live, storedColumns(), rows)
        .toUtf8();
}

QByteArray TablePair::updateSql() const
{
    const QString set = list(
        columns, [](const PairColumn &c) { return isCompared(c) && !c.isKey && !c.isFixed; },
        [](const PairColumn &c) { return quoteIdentifier(c.name) + u" = "_s + keptValue(c); },
        u", "_s);
    if (!hasKey() || set.isEmpty())
        return {};
    return u"UPDATE ONLY %1 l SET %2 FROM ONLY %3 o WHERE %4 AND %5 <> %6"_s
        .arg(liveTable(), set, keptTable(), sameKey(*this), rowText(*this, u'o'),
             rowText(*this, u'l'))
        .toUtf8();
}

QByteArray TablePair::deleteSql() const
{
    const QString kept = keptTable();
    const QString live = liveTable();
    if (hasKey())
        return u"DELETE FROM ONLY %1 l WHERE NOT EXISTS (SELECT FROM ONLY %2 o WHERE %3)"_s
            .arg(live, kept, sameKey(*this))
            .toUtf8();
    return u"DELETE FROM ONLY %1 l WHERE l.ctid IN (%2)"_s
        .arg(live, surplusSql(*this, u"l.mayday_at"_s, live, u'l', kept, u'o'))
        .toUtf8();
}

Result<QList<TablePair>> tablePairs(postgres::Session &keptIn, postgres::Session &live,
                                    const KeptSchema &schema, TaskContext &context)
{
    const auto kept = columnsOf(keptIn, schema.name, context);
    if (!kept)
        return failure(kept.error());
    const auto there = columnsOf(live, schema.original, context);
    if (!there)
        return failure(there.error());
    QList<TablePair> pairs;
    for (const auto &[name, columns] : kept->asKeyValueRange()) {
        if (schema.only && !schema.only->contains(name))
            continue;
        TablePair pair{.keptSchema = schema.name,
                       .liveSchema = schema.original,
                       .name = name,
                       .columns = {},
                       .onlyKeptColumns = {},
                       .onlyLiveColumns = {},
                       .hasLive = there->contains(name)};
        pairColumns(pair, columns, there->value(name), &keptIn == &live);
        leaveJobsOff(pair, schema.state == KeptState::Copy);
        pairs.append(pair);
    }
    return pairs;
}

} // namespace mayday::restore
