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

/// "$1": the schemas. Partitions are counted with their whole.
constexpr QByteArrayView columnsSql(
    "SELECT n.nspname, c.relname, c.reltuples::pg_catalog.int8, a.attname,"
    " pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcategory,"
    " coalesce(a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]), false),"
    " pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT"
    " pg_catalog.row_security_active(c.oid)"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
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
                              .isKey = rows.isTrue(i, 6)});
    }
    for (const auto &[key, live] : tables.asKeyValueRange()) {
        const QString keptSchema = keptNameOf.value(key.first);
        const auto kept = tables.constFind({keptSchema, key.second});
        if (!keptSchema.isEmpty() && kept != tables.constEnd())
            add(key.first, keptSchema, key.second, live, *kept);
    }
}

void SignIns::add(const QString &schema, const QString &keptSchema, const QString &name,
                  const Table &live, const Table &kept)
{
    Pair pair{.live = schema + u'.' + name,
              .liveSql = quoteIdentifier(schema) + u'.' + quoteIdentifier(name),
              .keptSql = quoteIdentifier(keptSchema) + u'.' + quoteIdentifier(name)};
    QStringList sameKey;
    for (const Column &column : live.columns) {
        const Column *was = kept.find(column.name);
        const bool isSame = was && was->type == column.type;
        if (column.isKey && was)
            sameKey.append((isSame ? u"l.%1 = o.%1"_s : u"l.%1::text = o.%1::text"_s)
                               .arg(quoteIdentifier(column.name)));
        else if (column.isKey)
            return m_unseen.append(u"%1: it had another primary key"_s.arg(pair.live));
        const QString out = shutOutBy(column.name, column.category);
        if (!out.isEmpty() && was && was->category == column.category) {
            pair.shutOut.append(out);
            pair.shutOutBy.append(column.name);
        }
        pair.expires =
            pair.expires || (column.name == "expires_at"_L1 && column.category == "D"_L1);
    }
    if (sameKey.isEmpty())
        return m_unseen.append(u"%1: it has no primary key"_s.arg(pair.live));
    if (!live.isVisible || !kept.isVisible)
        return m_unseen.append(u"%1: not all of its rows may be seen"_s.arg(pair.live));
    if (live.rows > mostRowsCounted || kept.rows > mostRowsCounted)
        return m_unseen.append(u"%1: it is too large to be looked at in passing"_s.arg(pair.live));
    pair.sameKey = sameKey.join(u" AND "_s);
    m_pairs.append(pair);
}

QByteArrayList SignIns::counts() const
{
    QByteArrayList questions;
    for (const Pair &pair : m_pairs) {
        const QString alive =
            u"NOT "_s + anyOf(pair.shutOut, u'l') +
            (pair.expires ? u" AND coalesce(l.expires_at > pg_catalog.now(), true)"_s : QString());
        const QString in =
            pair.shutOut.isEmpty()
                ? u"0"_s
                : u"(SELECT pg_catalog.count(*) FROM %1 l JOIN %2 o ON %3 WHERE %4 AND %5)"_s.arg(
                      pair.liveSql, pair.keptSql, pair.sameKey, anyOf(pair.shutOut, u'o'), alive);
        questions.append(u"SELECT %1, (SELECT pg_catalog.count(*) FROM %2 l WHERE %3 AND NOT EXISTS"
                         " (SELECT FROM %4 o WHERE %5))"_s
                             .arg(in, pair.liveSql, alive, pair.keptSql, pair.sameKey)
                             .toUtf8());
    }
    return questions;
}

QStringList SignIns::told(const QList<std::pair<qint64, qint64>> &answers) const
{
    QStringList told;
    for (qsizetype i = 0; i < std::min(answers.size(), m_pairs.size()); ++i) {
        const Pair &pair = m_pairs[i];
        const auto &[enabled, back] = answers[i];
        if (enabled > 0)
            told.append(u"%1 shut out (%2) %3 in again"_s.arg(rowsOf(enabled, pair.live),
                                                              pair.shutOutBy.join(u", "_s),
                                                              enabled == 1 ? u"is"_s : u"are"_s));
        if (back > 0)
            told.append(u"%1 deleted %2 there again"_s.arg(rowsOf(back, pair.live),
                                                           back == 1 ? u"is"_s : u"are"_s));
    }
    return told;
}

} // namespace mayday::restore
