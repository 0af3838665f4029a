// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/outsidetriggers.h"

#include "postgres/quoting.h"
#include "restore/plainnames.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// CREATE OR REPLACE TRIGGER; not one of a constraint, and the same again for each partition.
constexpr int firstVersion = 140000;

/// $1: from, $2: to, $3: in both.
constexpr QByteArrayView question(
    "SELECT 'Trigger ' || t.tgname || ' of table ' || n.nspname || '.' || c.relname,"
    " pg_catalog.pg_get_triggerdef(t.oid), pg_catalog.quote_ident($1) || '.' FROM "
    "pg_catalog.pg_trigger t"
    " JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid"
    " JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace AND f.nspname = $1"
    " WHERE NOT t.tgisinternal AND t.tgconstraint = 0 AND t.tgparentid = 0 AND t.tgenabled = 'O'"
    " AND n.nspname <> ALL ($3::text[])"
    " AND coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') NOT LIKE '{%\"mayday\"%'"
    " AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')"
    " AND pg_catalog.has_table_privilege(c.oid, 'TRIGGER')"
    // Made anew it would be switched on in each partition.
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) part"
    "  JOIN pg_catalog.pg_trigger k ON k.tgrelid = part.relid AND k.tgname = t.tgname"
    "  WHERE k.tgenabled <> 'O' OR NOT pg_catalog.has_table_privilege(part.relid, 'TRIGGER'))"
    " AND EXISTS (SELECT FROM pg_catalog.pg_proc q"
    "  JOIN pg_catalog.pg_namespace s ON s.oid = q.pronamespace AND s.nspname = $2"
    "  WHERE q.proname = p.proname AND q.pronargs = 0 AND q.prorettype = p.prorettype"
    "  AND pg_catalog.has_function_privilege(q.oid, 'EXECUTE')) ORDER BY 1");

QByteArray questionFor(const QString &from, const QString &to, const QStringList &inBoth)
{
    QByteArray sql = question.toByteArray();
    sql.replace("$1", postgres::quoteLiteral(from.toUtf8()));
    sql.replace("$2", postgres::quoteLiteral(to.toUtf8()));
    sql.replace("$3", postgres::quoteLiteral(postgres::arrayOf(inBoth)));
    return sql;
}

} // namespace

std::vector<postgres::Question> outsideTriggersQuestions(const postgres::Session &session,
                                                         const QString &from, const QString &to,
                                                         const QStringList &inBoth)
{
    if (session.facts().versionNumber < firstVersion)
        return {};
    return questionsWithPlainNames(questionFor(from, to, inBoth));
}

Result<QList<OutsideTrigger>> outsideTriggers(postgres::Session &session, const QString &from,
                                              const QString &to, const QStringList &inBoth,
                                              TaskContext &context)
{
    if (session.facts().versionNumber < firstVersion)
        return {};
    const auto rows = askWithPlainNames(session, questionFor(from, to, inBoth), context);
    if (!rows)
        return failure(rows.error());
    const QByteArray create = "CREATE TRIGGER ";
    QList<OutsideTrigger> triggers;
    for (int i = 0; i < rows->rowCount(); ++i) {
        QByteArray definition = rows->text(i, 1).toUtf8();
        const QByteArray was = rows->text(i, 2).toUtf8();
        // Once, for the function: then there is no doubt about what is to be another one.
        if (!definition.startsWith(create) || definition.count(was) != 1)
            continue;
        definition.replace(was, postgres::quoteIdentifier(to).toUtf8() + '.');
        triggers.append({.dependent = rows->text(i, 0),
                         .sql = "CREATE OR REPLACE TRIGGER " + definition.mid(create.size())});
    }
    return triggers;
}

} // namespace mayday::restore
