// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/defaultrights.h"

#include "postgres/quoting.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;

QString beginning(const QString &creator, const QString &schema)
{
    const QString text = u"ALTER DEFAULT PRIVILEGES FOR ROLE %1 "_s.arg(quoteIdentifier(creator));
    return schema.isEmpty() ? text : text + u"IN SCHEMA %1 "_s.arg(quoteIdentifier(schema));
}

} // namespace

postgres::Question DefaultRights::question(const QStringList &schemas)
{
    return {
        .sql =
            "SELECT pg_catalog.pg_get_userbyid(d.defaclrole), CASE d.defaclobjtype WHEN 'r' THEN "
            "'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'"
            " WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END, a.privilege_type,"
            " CASE a.grantee WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee) END,"
            " a.is_grantable, coalesce(n.nspname, '') FROM pg_catalog.pg_default_acl d"
            " LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace"
            " LEFT JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) a ON true"
            " WHERE (d.defaclnamespace = 0 OR n.nspname = ANY ($1::text[])) AND "
            "pg_catalog.pg_has_role(d.defaclrole, CASE WHEN"
            " pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER'"
            " ELSE 'USAGE' END) ORDER BY 1, 2, 4, 3",
        .parameters = {postgres::arrayOf(schemas)}};
}

Result<DefaultRights::State> DefaultRights::now(postgres::Session &session,
                                                TaskContext &context) const
{
    const auto rows = session.query(question(m_schemas), context);
    if (!rows)
        return failure(rows.error());
    State state;
    for (int i = 0; i < rows->rowCount(); ++i) {
        if (rows->isNull(i, 1))
            continue; // of a kind that is not known yet
        QList<Right> &rights = state[{
            .creator = rows->text(i, 0), .kind = rows->text(i, 1), .schema = rows->text(i, 5)}];
        const QString grantee = rows->text(i, 3);
        if (!rows->isNull(i, 2))
            rights.append({.privilege = rows->text(i, 2),
                           .grantee = grantee.isEmpty() ? u"PUBLIC"_s : quoteIdentifier(grantee),
                           .isGrantable = rows->isTrue(i, 4)});
    }
    return state;
}

/// PostgreSQL's manual, "Privileges", table of the default ones. What a schema has comes on top.
QList<DefaultRights::Right> DefaultRights::builtIn(const Key &key)
{
    if (!key.schema.isEmpty())
        return {};
    QList<Right> rights{{.privilege = u"ALL"_s, .grantee = quoteIdentifier(key.creator)}};
    if (key.kind == "FUNCTIONS"_L1 || key.kind == "TYPES"_L1)
        rights.append({.privilege = u"ALL"_s, .grantee = u"PUBLIC"_s});
    return rights;
}

/// What ends as the built-in one leaves no trace: the server removes its row.
QList<QByteArray> DefaultRights::change(const Key &key, const QList<Right> &from,
                                        const QList<Right> &to)
{
    QStringList holders{u"PUBLIC"_s, quoteIdentifier(key.creator)};
    for (const Right &right : from) {
        if (!holders.contains(right.grantee))
            holders.append(right.grantee);
    }
    const QString start = beginning(key.creator, key.schema);
    QList<QByteArray> statements{
        (start + u"REVOKE ALL ON %1 FROM %2"_s.arg(key.kind, holders.join(u", "_s))).toUtf8()};
    for (const Right &right : to)
        statements.append((start + u"GRANT %1 ON %2 TO %3%4"_s.arg(
                                       right.privilege, key.kind, right.grantee,
                                       right.isGrantable ? u" WITH GRANT OPTION"_s : QString()))
                              .toUtf8());
    return statements;
}

Result<DefaultRights> DefaultRights::leave(postgres::Session &session, const QStringList &schemas,
                                           TaskContext &context)
{
    DefaultRights rights;
    rights.m_schemas = schemas;
    auto before = rights.now(session, context);
    if (!before)
        return failure(before.error());
    rights.m_before = *std::move(before);
    return rights;
}

Result<DefaultRights> DefaultRights::setAside(postgres::Session &session,
                                              const QStringList &schemas, TaskContext &context)
{
    auto rights = leave(session, schemas, context);
    if (!rights)
        return rights;
    QList<QByteArray> statements;
    for (const auto &[key, held] : rights->m_before.asKeyValueRange())
        statements += change(key, held, builtIn(key));
    return session.executeBatch(statements, context).transform([&] { return *rights; });
}

Result<QStringList> DefaultRights::bringBack(postgres::Session &session, TaskContext &context) const
{
    const std::vector<postgres::Question> asMyself{
        {.sql = "RESET SESSION AUTHORIZATION"}, {.sql = "RESET ROLE"}, question(m_schemas)};
    if (auto asked = session.askAhead(asMyself, context); !asked)
        return failure(asked.error());
    const auto after = now(session, context);
    if (!after)
        return failure(after.error());
    QStringList notes;
    QList<QByteArray> statements;
    for (const auto &[key, held] : after->asKeyValueRange()) {
        const bool isSame = m_before.contains(key) && m_before.value(key) == held;
        if (isSame)
            continue;
        notes.append(
            u"default privileges of %1 for %2 left out: they hold for the whole database"_s.arg(
                key.creator, key.kind.toLower()));
        if (!m_before.contains(key))
            statements += change(key, held, builtIn(key));
    }
    for (const auto &[key, held] : m_before.asKeyValueRange()) {
        if (after->value(key) != held || !after->contains(key))
            statements += change(key, after->value(key), held);
    }
    return session.executeBatch(statements, context).transform([&] { return notes; });
}

} // namespace mayday::restore
