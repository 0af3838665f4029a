// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/access.h"

#include "postgres/quoting.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// The rest is counted.
constexpr qsizetype mostTold = 8;

/// Rows: object, whom, what, whether it is the owner's own. One row of an object has nothing else:
/// that it is there. Schema-qualified throughout but for what the server prints by itself, which
/// follows the role's own search_path before and after.
constexpr auto question = R"(
WITH spaces AS (SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY ($1::text[])),
relations AS (
  SELECT c.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS name,
    c.relowner AS owner, c.relkind, c.relacl, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_catalog.pg_class c JOIN spaces n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
things AS (
  SELECT name, owner, '' AS part, coalesce(relacl, pg_catalog.acldefault(
    CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::pg_catalog."char", owner)) AS acl FROM relations
  UNION ALL
  SELECT r.name, r.owner, ' (' || pg_catalog.quote_ident(a.attname) || ')', a.attacl
  FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
  WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
  UNION ALL
  SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '(' ||
    pg_catalog.pg_get_function_identity_arguments(p.oid) || ')', p.proowner, '',
    coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
  FROM pg_catalog.pg_proc p JOIN spaces n ON n.oid = p.pronamespace)
SELECT name, '' AS whom, '' AS what, false AS own FROM things WHERE part = ''
UNION ALL
SELECT t.name, coalesce(r.rolname, 'everybody'), a.privilege_type || t.part ||
    CASE WHEN a.is_grantable AND a.grantee <> t.owner THEN ' with grant option' ELSE '' END,
  a.grantee = t.owner
FROM things t CROSS JOIN LATERAL pg_catalog.aclexplode(t.acl) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee WHERE a.grantee = 0 OR NOT r.rolsuper
UNION ALL
SELECT name, '', 'row security', false FROM relations WHERE relrowsecurity
UNION ALL
SELECT name, '', 'row security for the owner too', false FROM relations WHERE relforcerowsecurity
UNION ALL
SELECT r.name, '', pg_catalog.format(E'policy %I\n%s %s %s using %s check %s', p.polname, p.polcmd,
    p.polpermissive, ARRAY(SELECT pg_catalog.pg_get_userbyid(o) FROM pg_catalog.unnest(p.polroles) o
      ORDER BY 1), pg_catalog.pg_get_expr(p.polqual, p.polrelid),
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)), false
FROM relations r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
ORDER BY 1, 2, 3)";

QString sentence(const QString &beginning, const QStringList &all)
{
    QString text = beginning + all.mid(0, mostTold).join(u"; "_s);
    if (all.size() > mostTold)
        text += u"; and %1 more"_s.arg(all.size() - mostTold);
    return text;
}

} // namespace

Result<Access> Access::of(postgres::Session &session, const QStringList &schemas,
                          TaskContext &context)
{
    Access access;
    if (schemas.isEmpty())
        return access;
    const QByteArray names = postgres::arrayOf(schemas);
    const auto rows = session.query(question, {&names, 1}, context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        const Fact fact{.object = rows->text(i, 0),
                        .whom = rows->text(i, 1),
                        .what = rows->text(i, 2),
                        .isOwn = rows->text(i, 3) == "t"_L1};
        if (fact.what.isEmpty())
            access.m_objects.insert(fact.object);
        else
            access.m_facts.append(fact);
    }
    return access;
}

QStringList Access::beyond(const Access &other, bool withOwn) const
{
    const QSet<Fact> known(other.m_facts.begin(), other.m_facts.end());
    QStringList told;
    const Fact *last = nullptr;
    for (const Fact &fact : m_facts) {
        if (!other.m_objects.contains(fact.object) || known.contains(fact) ||
            (fact.isOwn && !withOwn))
            continue;
        const QString what = fact.what.section(u'\n', 0, 0);
        // "SELECT, INSERT on public.products for reader": those of one role stand together.
        if (last && !fact.whom.isEmpty() && last->object == fact.object && last->whom == fact.whom)
            told.last().insert(told.last().lastIndexOf(u" on "_s), u", "_s + what);
        else
            told.append(what + u" on "_s + fact.object +
                        (fact.whom.isEmpty() ? QString() : u" for "_s + fact.whom));
        last = &fact;
    }
    return told;
}

QStringList Access::changesTo(const Access &after) const
{
    QStringList sentences;
    if (const QStringList gone = beyond(after, true); !gone.isEmpty())
        sentences.append(
            sentence(u"was there before the restore and is not in the backup: "_s, gone));
    if (const QStringList come = after.beyond(*this, false); !come.isEmpty())
        sentences.append(
            sentence(u"was not there before the restore and came back with the backup: "_s, come));
    return sentences;
}

} // namespace mayday::restore
