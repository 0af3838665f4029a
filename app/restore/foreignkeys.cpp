// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/foreignkeys.h"

#include "postgres/quoting.h"

#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// One row for each foreign key: its table, its name, and the question for an orphan. By the
/// operators of the constraint itself; MATCH SIMPLE, as nearly all are: a NULL has no parent.
QByteArray questionsAbout(const QStringList &schemas)
{
    QByteArrayList names;
    for (const QString &schema : schemas)
        names.append(postgres::quoteLiteral(schema.toUtf8()));
    return "SELECT n.nspname || '.' || c.relname, k.conname, pg_catalog.format("
           "'SELECT 1 FROM %s%s c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s) LIMIT 1',"
           " CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, k.conrelid::regclass,"
           " pg_catalog.string_agg(pg_catalog.format('c.%I IS NOT NULL', a.attname), ' AND '),"
           " k.confrelid::regclass,"
           " pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) c.%I', b.attname,"
           " os.nspname, o.oprname, a.attname), ' AND '))"
           " FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid"
           " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,"
           " LATERAL pg_catalog.generate_subscripts(k.conkey, 1) i"
           " JOIN pg_catalog.pg_attribute a ON true JOIN pg_catalog.pg_attribute b ON true"
           " JOIN pg_catalog.pg_operator o ON true"
           " JOIN pg_catalog.pg_namespace os ON os.oid = o.oprnamespace"
           " WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0"
           " AND a.attrelid = k.conrelid AND a.attnum = k.conkey[i]"
           " AND b.attrelid = k.confrelid AND b.attnum = k.confkey[i]"
           " AND o.oid = k.conpfeqop[i] AND n.nspname IN (" +
           names.join(", ") +
           ") GROUP BY k.oid, k.conname, k.conrelid, k.confrelid, c.relkind, c.relname, n.nspname";
}

} // namespace

Result<void> checkForeignKeys(postgres::Session &session, const QStringList &schemas,
                              TaskContext &context)
{
    if (schemas.isEmpty())
        return {};
    const auto keys = session.query(questionsAbout(schemas), context);
    if (!keys)
        return failure(keys.error());
    std::vector<QByteArray> questions;
    questions.reserve(static_cast<size_t>(keys->rowCount()));
    for (int i = 0; i < keys->rowCount(); ++i)
        questions.push_back(keys->text(i, 2).toUtf8());
    const auto orphans = session.queryBatch(questions, context);
    if (!orphans)
        return failure(orphans.error());
    for (int i = 0; i < keys->rowCount(); ++i) {
        if ((*orphans)[static_cast<size_t>(i)].rowCount() > 0)
            return failure(
                {.kind = ErrorKind::Corrupt,
                 .subject = keys->text(i, 0),
                 .detail = u"rows of it break the foreign key %1; the dump had switched off the "
                           "server's own check"_s.arg(keys->text(i, 1)),
                 .advice = Advice::TakeAnotherBackup});
    }
    return {};
}

} // namespace mayday::restore
