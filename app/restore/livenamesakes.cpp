// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/livenamesakes.h"

#include "postgres/quoting.h"
#include "restore/runsql.h"

#include <QSet>

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Schema and name.
using Namesake = std::pair<QString, QString>;

/// So many are asked about at once.
constexpr qsizetype namesakesAtOnce = 200;

/// Those of extensions come with them. A partition is counted with what it is a part of.
Result<QList<Namesake>> namesakesIn(postgres::Session &session, const QStringList &schemas,
                                    TaskContext &context)
{
    QByteArrayList names{"''"};
    for (const QString &schema : schemas)
        names.append(postgres::quoteLiteral(schema.toUtf8()));
    const auto rows = session.query(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN (" +
            names.join(", ") +
            ") AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid"
            " AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'e')"
            " ORDER BY 1, 2",
        context);
    if (!rows)
        return failure(rows.error());
    QList<Namesake> tables;
    for (int i = 0; i < rows->rowCount(); ++i)
        tables.append({rows->text(i, 0), rows->text(i, 1)});
    return tables;
}

/// Those with at least one row.
Result<QList<Namesake>> filledAmong(postgres::Session &session, const QList<Namesake> &tables,
                                    TaskContext &context)
{
    QList<Namesake> filled;
    for (qsizetype first = 0; first < tables.size(); first += namesakesAtOnce) {
        const QList<Namesake> some = tables.mid(first, namesakesAtOnce);
        QStringList questions;
        for (const auto &[schema, name] : some)
            questions.append(u"SELECT %1 WHERE EXISTS (SELECT FROM %2.%3)"_s.arg(
                QString::number(questions.size()), postgres::quoteIdentifier(schema),
                postgres::quoteIdentifier(name)));
        const auto rows = session.query(questions.join(u" UNION ALL "_s).toUtf8(), context);
        if (!rows)
            return failure(rows.error());
        for (int i = 0; i < rows->rowCount(); ++i)
            filled.append(some[rows->integer(i, 0)]);
    }
    return filled;
}

/// Rows that a policy hides are rows; who may not see them is told, not shown none.
Result<QList<Namesake>> filledNamesakes(postgres::Session &session, const QStringList &schemas,
                                        TaskContext &context)
{
    return runSql(session, u"SET row_security = off"_s, context)
        .and_then([&] { return namesakesIn(session, schemas, context); })
        .and_then(
            [&](const QList<Namesake> &tables) { return filledAmong(session, tables, context); });
}

} // namespace

Result<QStringList> tablesOnlyKept(postgres::Session &there, postgres::Session &live,
                                   const QHash<QString, QString> &liveOf, TaskContext &context)
{
    if (liveOf.isEmpty())
        return {};
    const auto kept = filledNamesakes(there, liveOf.keys(), context);
    if (!kept)
        return failure(kept.error());
    if (kept->isEmpty())
        return {};
    const auto covered = filledNamesakes(live, liveOf.values(), context);
    if (!covered)
        return failure(covered.error());
    const QSet<Namesake> known(covered->cbegin(), covered->cend());
    QStringList only;
    for (const auto &[schema, name] : *kept) {
        const QString &original = *liveOf.constFind(schema);
        if (!known.contains({original, name}))
            only.append(original + u'.' + name);
    }
    return only;
}

} // namespace mayday::restore
