// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/outgoingtriggers.h"

#include "postgres/quoting.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// The number of the trigger a partition has it from came with 13; through JSON any server answers.
constexpr QByteArrayView triggersSql(
    "SELECT n.nspname, c.relname, t.tgname, t.tgenabled IN ('O', 'A'),"
    " pg_catalog.md5(t.tgargs::text || p.prosrc), CASE"
    " WHEN f.nspname IN ('supabase_functions', 'net')"
    "  OR p.prosrc ~* '\\m(net\\.http_|https?_(request|post|get|put|patch|delete))' THEN 'HTTP'"
    " WHEN p.prosrc ~* '\\mdblink' THEN 'dblink'"
    " WHEN p.prosrc ~* '\\mpg_notify\\s*\\(|\\mnotify\\s+\"?\\w+\"?\\s*[,;]' THEN 'NOTIFY'"
    " WHEN EXISTS (SELECT FROM pg_catalog.pg_class o WHERE o.relkind = 'f'"
    "  AND p.prosrc ~ ('\\m' || pg_catalog.regexp_replace(o.relname::text, '(\\W)', '\\\\\\1', 'g')"
    "  || '\\M')) THEN 'a foreign table'"
    " ELSE '' END"
    " FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid"
    " JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace"
    " WHERE n.nspname = ANY ($1::pg_catalog.text[]) AND NOT t.tgisinternal"
    " AND coalesce(pg_catalog.to_jsonb(t) ->> 'tgparentid', '0') = '0' ORDER BY 1, 2, 3");

QString titleOf(const OutgoingTrigger &trigger)
{
    return u"trigger %1 on %2"_s.arg(trigger.name, trigger.table);
}

} // namespace

QByteArray triggersQuestion(const QStringList &schemas)
{
    return triggersSql.toByteArray().replace("$1",
                                             postgres::quoteLiteral(postgres::arrayOf(schemas)));
}

QList<OutgoingTrigger> triggersFrom(const postgres::Rows &rows,
                                    const QHash<QString, QString> &liveNameOf)
{
    QList<OutgoingTrigger> triggers;
    for (int i = 0; i < rows.rowCount(); ++i) {
        if (const auto live = liveNameOf.constFind(rows.text(i, 0)); live != liveNameOf.constEnd())
            triggers.append({.table = *live + u'.' + rows.text(i, 1),
                             .name = rows.text(i, 2),
                             .way = rows.text(i, 5),
                             .digest = rows.text(i, 4),
                             .isOn = rows.isTrue(i, 3)});
    }
    return triggers;
}

QStringList awakened(const QList<OutgoingTrigger> &before, const QList<OutgoingTrigger> &now)
{
    QStringList told;
    for (const OutgoingTrigger &trigger : now) {
        if (!trigger.isOn || trigger.way.isEmpty())
            continue;
        const auto was = std::ranges::find_if(before, [&](const OutgoingTrigger &one) {
            return one.table == trigger.table && one.name == trigger.name;
        });
        const QString name = titleOf(trigger);
        if (was == before.end())
            told.append(u"%1 calls out (%2): it was not there before"_s.arg(name, trigger.way));
        else if (!was->isOn)
            told.append(u"%1 calls out again (%2): it was switched off"_s.arg(name, trigger.way));
        else if (was->digest != trigger.digest)
            told.append(u"%1 calls out as in the backup again (%2): it was another one"_s.arg(
                name, trigger.way));
    }
    return told;
}

QStringList switchedOn(const QList<OutgoingTrigger> &now)
{
    QStringList told;
    for (const OutgoingTrigger &trigger : now) {
        if (trigger.isOn && !trigger.way.isEmpty())
            told.append(u"%1 calls out (%2); whether it did before is not known"_s.arg(
                titleOf(trigger), trigger.way));
    }
    return told;
}

} // namespace mayday::restore
