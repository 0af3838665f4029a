// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/access.h"

#include "postgres/quoting.h"
#include "restore/afterwards.h"
#include "restore/plainnames.h"

#include <QRegularExpression>

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// The rest is counted.
constexpr qsizetype mostTold = 8;

/// Rows: object, whom, what, whether it is the owner's own. One row of an object has nothing else:
/// that it is there.
constexpr auto question = R"(
WITH spaces AS (SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY ($1::pg_catalog.text[])),
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

/// What the server prints of an expression, in one form: text that was never dumped and loaded has
/// its casts of literals elsewhere (col IN ('a', 'b') of a varchar column).
QString inOneForm(QString text)
{
    static const QRegularExpression casts(
        u"::(?:character varying|character|bpchar|text)(?:\\(\\d+\\))?(?:\\[\\])?"_s);
    static const QRegularExpression literal(u"\\(('(?:[^']|'')*')\\)"_s);
    static const QRegularExpression array(u"\\((ARRAY\\[[^\\]]*\\])\\)"_s);
    text.remove(casts).replace(literal, u"\\1"_s);
    for (QString before; before != text;) {
        before = text;
        text.replace(array, u"\\1"_s);
    }
    return text;
}

QString sentence(const QString &beginning, const QStringList &all)
{
    QString text = beginning + all.mid(0, mostTold).join(u"; "_s);
    if (all.size() > mostTold)
        text += u"; and %1 more"_s.arg(all.size() - mostTold);
    return text;
}

QByteArray questionAbout(const QStringList &schemas)
{
    return QByteArray(question).replace("$1", postgres::quoteLiteral(postgres::arrayOf(schemas)));
}

} // namespace

std::vector<postgres::Question> Access::questions(const QStringList &schemas)
{
    return questionsWithPlainNames(questionAbout(schemas));
}

Result<Access> Access::of(postgres::Session &session, const QStringList &schemas,
                          TaskContext &context)
{
    Access access;
    if (schemas.isEmpty())
        return access;
    // search_path is another one before and after the load.
    const auto rows = askWithPlainNames(session, questionAbout(schemas), context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        const Fact fact{.object = rows->text(i, 0),
                        .whom = rows->text(i, 1),
                        .what = inOneForm(rows->text(i, 2)),
                        .isOwn = rows->text(i, 3) == "t"_L1};
        if (fact.what.isEmpty())
            access.m_objects.insert(fact.object);
        else
            access.m_facts.append(fact);
    }
    return access;
}

/// Of things that are in both.
QList<Access::Fact> Access::surplusOver(const Access &other, bool withOwn) const
{
    QSet<Fact> known(other.m_facts.begin(), other.m_facts.end());
    for (const Fact &fact : other.m_facts)
        known.insert(fact.named()); // a policy of that name: another sentence's
    QList<Fact> surplus;
    std::ranges::copy_if(m_facts, std::back_inserter(surplus), [&](const Fact &fact) {
        return other.m_objects.contains(fact.object) && !known.contains(fact.named()) &&
               (!fact.isOwn || withOwn);
    });
    return surplus;
}

QList<Access::Fact> Access::otherwiseIn(const Access &other) const
{
    const QSet<Fact> known(other.m_facts.begin(), other.m_facts.end());
    QSet<Fact> named;
    for (const Fact &fact : other.m_facts)
        named.insert(fact.named());
    QList<Fact> otherwise;
    std::ranges::copy_if(m_facts, std::back_inserter(otherwise), [&](const Fact &fact) {
        return !known.contains(fact) && named.contains(fact.named()) &&
               other.m_objects.contains(fact.object);
    });
    return otherwise;
}

QStringList Access::beyond(const Access &other, bool withOwn) const
{
    QStringList told;
    const QList<Fact> surplus = surplusOver(other, withOwn);
    const Fact *last = nullptr;
    for (const Fact &fact : surplus) {
        // "SELECT, INSERT on public.products for reader": those of one role stand together.
        if (last && !fact.whom.isEmpty() && last->object == fact.object && last->whom == fact.whom)
            told.last().insert(told.last().lastIndexOf(u" on "_s), u", "_s + fact.what);
        else
            told.append(fact.words());
        last = &fact;
    }
    return told;
}

QStringList Access::readingOtherwise(const Access &other) const
{
    QStringList told;
    const QList<Fact> otherwise = otherwiseIn(other);
    for (const Fact &fact : otherwise)
        told.append(fact.words());
    return told;
}

QStringList Access::awakenedIn(const Access &after) const
{
    QStringList rights;
    QStringList guards;
    const QList<Fact> come = after.surplusOver(*this, false);
    for (const Fact &fact : come) {
        const QString ending = u" on %1 again"_s.arg(fact.object);
        const QString beginning = fact.whom + u" may "_s;
        if (fact.whom.isEmpty()) // a policy lets in more, unless it is a restrictive one
            guards.append(fact.words() + u" is there again"_s);
        else if (!rights.isEmpty() && rights.last().startsWith(beginning) &&
                 rights.last().endsWith(ending))
            rights.last().insert(rights.last().size() - ending.size(), u", "_s + fact.what);
        else
            rights.append(beginning + fact.what + ending);
    }
    const QList<Fact> gone = surplusOver(after, false);
    for (const Fact &fact : gone) {
        if (fact.whom.isEmpty())
            guards.append(fact.words() + (fact.what.startsWith("row security"_L1)
                                              ? u" is off again"_s
                                              : u" is gone again"_s));
    }
    const QList<Fact> otherwise = otherwiseIn(after);
    for (const Fact &fact : otherwise)
        guards.append(fact.words() + u" reads as in the backup again"_s);
    return shortened(rights) + shortened(guards);
}

QStringList Access::changesTo(const Access &after) const
{
    QStringList sentences;
    const auto tell = [&sentences](const QString &beginning, const QStringList &all) {
        if (!all.isEmpty())
            sentences.append(sentence(beginning, all));
    };
    tell(u"was there before the restore and is not now: "_s, beyond(after, true));
    tell(u"was not there before the restore and is now: "_s, after.beyond(*this, false));
    tell(u"reads otherwise than before the restore: "_s, readingOtherwise(after));
    return sentences;
}

Access::Fact Access::Fact::named() const
{
    return {.object = object, .whom = whom, .what = what.section(u'\n', 0, 0)};
}

QString Access::Fact::words() const
{
    return named().what + u" on "_s + object + (whom.isEmpty() ? QString() : u" for "_s + whom);
}

} // namespace mayday::restore
