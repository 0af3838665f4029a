// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/signins.h"

#include "postgres/quoting.h"

#include <QMap>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;

/// More would take longer than anybody waits for a list.
constexpr qint64 mostRowsCounted = 2'000'000;
constexpr qsizetype mostTables = 20;
/// Of both sides; for tables of which the server does not know how many rows they have.
constexpr qint64 mostBytesCounted = 512LL * 1024 * 1024;

/// "$1": the schemas. Partitions are counted with their whole. Of what is about time only that
/// can be compared with now; a key has to be compared by what every server has, whatever the path.
constexpr QByteArrayView columnsSql(
    "SELECT n.nspname, c.relname, (WITH RECURSIVE part(id) AS (SELECT c.oid UNION ALL"
    " SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN part ON h.inhparent = part.id)"
    " SELECT pg_catalog.sum(greatest(p.reltuples, 0))::pg_catalog.int8 FROM part"
    " JOIN pg_catalog.pg_class p ON p.oid = part.id), a.attname,"
    " pg_catalog.format_type(a.atttypid, a.atttypmod), CASE WHEN t.typcategory = 'D' AND b.oid NOT"
    " IN ('pg_catalog.date'::pg_catalog.regtype, 'pg_catalog.timestamp'::pg_catalog.regtype,"
    " 'pg_catalog.timestamptz'::pg_catalog.regtype) THEN '' ELSE t.typcategory::text END,"
    " coalesce(a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]), false),"
    " pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT"
    " pg_catalog.row_security_active(c.oid),"
    " b.typnamespace = 'pg_catalog'::pg_catalog.regnamespace OR b.typtype = 'e'"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " JOIN pg_catalog.pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)"
    " LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary"
    " WHERE n.nspname = ANY ($1::pg_catalog.text[]) AND c.relkind IN ('r', 'p')"
    " AND NOT c.relispartition AND c.relname ~* '(^|_)(users?|accounts?|profiles?|members?"
    "|memberships?|customers?|employees?|staff|admins?|logins?|people|persons?|(api_?)?keys?"
    "|(api_|access_|refresh_|auth_)?tokens?|sessions?|invitations?|invites?|credentials?"
    "|grants?|devices?)$' ORDER BY 1, 2, a.attnum");

/// Words that shut somebody out, as columns have them: banned_at, banned_until, is_banned, banned.
const QSet<QString> &wordsForOut()
{
    static const QSet<QString> words{
        u"disabled"_s,   u"deleted"_s,   u"banned"_s,      u"blocked"_s,    u"locked"_s,
        u"revoked"_s,    u"suspended"_s, u"deactivated"_s, u"removed"_s,    u"archived"_s,
        u"terminated"_s, u"cancelled"_s, u"canceled"_s,    u"invalidated"_s};
    return words;
}

/// The expression, on a row called @, that is true of who is shut out by this column; empty when
/// it has nothing to do with that.
QString shutOutBy(const QString &column, const QString &category)
{
    QString quoted = u"@."_s + quoteIdentifier(column);
    QString word = column.toLower();
    if (word.startsWith("is_"_L1))
        word = word.sliced(3);
    const auto endsAsOut = [&word](QLatin1StringView suffix) {
        return word.endsWith(suffix) && wordsForOut().contains(word.chopped(suffix.size()));
    };
    if (category == "D"_L1 && (endsAsOut("_at"_L1) || endsAsOut("_on"_L1)))
        return quoted + u" IS NOT NULL"_s;
    if (category == "D"_L1 && endsAsOut("_until"_L1))
        return quoted + u" > pg_catalog.now()"_s;
    if (category == "B"_L1 && wordsForOut().contains(word))
        return quoted;
    if (category == "B"_L1 && (word == "active"_L1 || word == "enabled"_L1))
        return u"NOT "_s + quoted;
    if ((category == "S"_L1 || category == "E"_L1) && (word == "status"_L1 || word == "state"_L1)) {
        QStringList words{u"'inactive'"_s};
        for (const QString &one : wordsForOut())
            words.append(u'\'' + one + u'\'');
        words.sort();
        return u"pg_catalog.lower(%1::pg_catalog.text) IN (%2)"_s.arg(quoted, words.join(u", "_s));
    }
    return {};
}

QString anyOf(const QStringList &expressions, QChar alias)
{
    QStringList parts;
    for (QString one : expressions)
        parts.append(u"coalesce(%1, false)"_s.arg(one.replace(u'@', alias)));
    return parts.isEmpty() ? u"false"_s : u'(' + parts.join(u" OR "_s) + u')';
}

QString sqlOf(const QString &schema, const QString &table)
{
    return quoteIdentifier(schema) + u'.' + quoteIdentifier(table);
}

QString rowsOf(qint64 count, const QString &table)
{
    return count == 1 ? u"1 row of %1 that was"_s.arg(table)
                      : u"%1 rows of %2 that were"_s.arg(count).arg(table);
}

} // namespace

QByteArray SignIns::question(const QStringList &schemas)
{
    return columnsSql.toByteArray().replace("$1",
                                            postgres::quoteLiteral(postgres::arrayOf(schemas)));
}

const SignIns::Column *SignIns::Table::find(const QString &name) const
{
    const auto found = std::ranges::find(columns, name, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

SignIns::SignIns(const postgres::Rows &rows, const QHash<QString, QString> &keptNameOf)
{
    QMap<std::pair<QString, QString>, Table> tables;
    for (int i = 0; i < rows.rowCount(); ++i) {
        Table &table = tables[{rows.text(i, 0), rows.text(i, 1)}];
        table.rows = rows.integer(i, 2);
        table.isVisible = rows.isTrue(i, 7);
        table.columns.append({.name = rows.text(i, 3),
                              .type = rows.text(i, 4),
                              .category = rows.text(i, 5),
                              .isKey = rows.isTrue(i, 6),
                              .isPlain = rows.isTrue(i, 8)});
    }
    for (const auto &[key, live] : tables.asKeyValueRange()) {
        const QString keptSchema = keptNameOf.value(key.first);
        const auto kept = tables.constFind({keptSchema, key.second});
        if (keptSchema.isEmpty())
            continue;
        Pair pair{.live = key.first + u'.' + key.second, .liveSql = sqlOf(key.first, key.second)};
        if (kept == tables.constEnd()) {
            addNew(std::move(pair), live);
        } else {
            pair.keptSql = sqlOf(keptSchema, key.second);
            add(std::move(pair), live, *kept);
        }
    }
    if (const qsizetype more = m_pairs.size() - mostTables; more > 0) {
        m_pairs.resize(mostTables);
        m_unseen.append(
            u"%1 more tables of users, keys or sessions: they are too many"_s.arg(more));
    }
}

/// Who was not shut out, of a row called l.
QString SignIns::aliveBy(const Table &live)
{
    QStringList out;
    QString expires;
    for (const Column &column : live.columns) {
        if (const QString one = shutOutBy(column.name, column.category); !one.isEmpty())
            out.append(one);
        if (column.name == "expires_at"_L1 && column.category == "D"_L1)
            expires = u" AND coalesce(l.expires_at > pg_catalog.now(), true)"_s;
    }
    return u"NOT "_s + anyOf(out, u'l') + expires;
}

/// Says why when it is not to be counted.
bool SignIns::canBeCounted(const QString &name, const Table &table)
{
    if (!table.isVisible)
        m_unseen.append(u"%1: not all of its rows may be seen"_s.arg(name));
    else if (table.rows > mostRowsCounted)
        m_unseen.append(tooLarge(name));
    else
        return true;
    return false;
}

/// There was no such table before.
void SignIns::addNew(Pair pair, const Table &live)
{
    if (!canBeCounted(pair.live, live))
        return;
    pair.alive = aliveBy(live);
    m_pairs.append(pair);
}

void SignIns::add(Pair pair, const Table &live, const Table &kept)
{
    QStringList sameKey;
    for (const Column &column : live.columns) {
        if (!column.isKey)
            continue;
        const Column *was = kept.find(column.name);
        if (!was)
            return m_unseen.append(u"%1: it had another primary key"_s.arg(pair.live));
        if (!column.isPlain || !was->isPlain)
            return m_unseen.append(
                u"%1: its primary key is of the type %2"_s.arg(pair.live, column.type));
        sameKey.append((was->type == column.type ? u"l.%1 = o.%1"_s : u"l.%1::text = o.%1::text"_s)
                           .arg(quoteIdentifier(column.name)));
    }
    if (sameKey.isEmpty())
        return m_unseen.append(u"%1: it has no primary key"_s.arg(pair.live));
    if (!canBeCounted(pair.live, live) || !canBeCounted(pair.live, kept))
        return;
    // Who was shut out by a column that came after the backup is in again all the more.
    for (const Column &column : kept.columns) {
        const QString out = shutOutBy(column.name, column.category);
        if (out.isEmpty())
            continue;
        pair.shutOut.append(out);
        pair.shutOutBy.append(live.find(column.name) ? column.name
                                                     : column.name + u" which the backup lacks"_s);
    }
    pair.alive = aliveBy(live);
    pair.sameKey = sameKey.join(u" AND "_s);
    m_pairs.append(pair);
}

QByteArrayList SignIns::counts() const
{
    // With partitions, and what inherits.
    const auto sizeOf = [](const QString &table) {
        return u"(WITH RECURSIVE part(id) AS (SELECT %1::pg_catalog.regclass::pg_catalog.oid UNION"
               " ALL SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN part ON h.inhparent ="
               " part.id) SELECT coalesce(pg_catalog.sum(pg_catalog.pg_relation_size(id)), 0)"
               " FROM part)"_s.arg(QString::fromUtf8(postgres::quoteLiteral(table.toUtf8())));
    };
    QByteArrayList questions;
    for (const Pair &pair : m_pairs) {
        QString in = u"0"_s;
        QString back =
            u"(SELECT pg_catalog.count(*) FROM %1 l WHERE %2"_s.arg(pair.liveSql, pair.alive);
        QString bytes = sizeOf(pair.liveSql);
        if (!pair.keptSql.isEmpty()) {
            back +=
                u" AND NOT EXISTS (SELECT FROM %1 o WHERE %2)"_s.arg(pair.keptSql, pair.sameKey);
            bytes += u" + "_s + sizeOf(pair.keptSql);
        }
        if (!pair.shutOut.isEmpty())
            in = u"(SELECT pg_catalog.count(*) FROM %1 l JOIN %2 o ON %3 WHERE %4 AND %5)"_s.arg(
                pair.liveSql, pair.keptSql, pair.sameKey, anyOf(pair.shutOut, u'o'), pair.alive);
        questions.append(u"SELECT s.large, CASE WHEN s.large THEN 0 ELSE %1 END,"
                         " CASE WHEN s.large THEN 0 ELSE %2) END"
                         " FROM (SELECT %3 > %4 AS large OFFSET 0) s"_s
                             .arg(in, back, bytes, QString::number(mostBytesCounted))
                             .toUtf8());
    }
    return questions;
}

QString SignIns::tooLarge(const QString &table)
{
    return u"%1: it is too large to be looked at in passing"_s.arg(table);
}

QStringList SignIns::told(qsizetype which, qint64 enabled, qint64 back) const
{
    const Pair &pair = m_pairs[which];
    QStringList told;
    if (enabled > 0)
        told.append(u"%1 shut out (%2) %3 in again"_s.arg(rowsOf(enabled, pair.live),
                                                          pair.shutOutBy.join(u", "_s),
                                                          enabled == 1 ? u"is"_s : u"are"_s));
    if (back > 0 && pair.keptSql.isEmpty())
        told.append(u"%1 is there again, with %2: there was no such table before"_s.arg(
            pair.live, back == 1 ? u"1 row"_s : u"%1 rows"_s.arg(back)));
    else if (back > 0)
        told.append(u"%1 deleted %2 there again"_s.arg(rowsOf(back, pair.live),
                                                       back == 1 ? u"is"_s : u"are"_s));
    return told;
}

} // namespace mayday::restore
