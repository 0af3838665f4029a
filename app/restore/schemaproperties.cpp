// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/schemaproperties.h"

#include "dump/rightswords.h"
#include "dump/sqltokens.h"
#include "postgres/quoting.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::SqlTokens;
using dump::StatementClass;
using postgres::quoteIdentifier;

QByteArray onSchema(const QString &what, const QString &schema, const QString &whom)
{
    return u"%1 ON SCHEMA %2 %3"_s.arg(what, quoteIdentifier(schema), whom).toUtf8();
}

QString quotedGrantee(const QString &name)
{
    return name.isEmpty() ? u"PUBLIC"_s : quoteIdentifier(name);
}

} // namespace

/// What every new database has. The manual of pg_dump does not say so, but pg_dump compares with
/// this also where the schema has been made anew (getNamespaces in pg_dump.c).
QList<SchemaProperties::Right> SchemaProperties::standardRights(const QString &schema) const
{
    constexpr int closedSince = 150000;
    if (schema != "public"_L1)
        return {};
    QList<Right> rights{{.grantee = u"PUBLIC"_s, .privilege = u"USAGE"_s}};
    if (m_server.versionNumber < closedSince)
        rights.append({.grantee = u"PUBLIC"_s, .privilege = u"CREATE"_s});
    return rights;
}

QString SchemaProperties::standardComment(const QString &schema) const
{
    const bool isMade = m_schemas.value(schema).isMadeByDump;
    return schema == "public"_L1 && !isMade ? u"standard public schema"_s : QString();
}

postgres::Question SchemaProperties::question(const QString &schema)
{
    return {.sql =
                "SELECT pg_catalog.obj_description(n.oid, 'pg_namespace'), a.privilege_type,"
                " CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee) END,"
                " a.is_grantable, a.grantee = n.nspowner FROM pg_catalog.pg_namespace n"
                " LEFT JOIN LATERAL pg_catalog.aclexplode(n.nspacl) a ON true WHERE n.nspname = $1"
                " ORDER BY 3, 2",
            .parameters = {schema.toUtf8()}};
}

Result<void> SchemaProperties::remember(postgres::Session &session, const QString &schema,
                                        TaskContext &context)
{
    const auto rows = session.query(question(schema), context);
    if (!rows)
        return failure(rows.error());
    Properties &properties = m_schemas[schema];
    properties.wasThere = rows->rowCount() > 0;
    if (!properties.wasThere)
        properties.rights = standardRights(schema);
    for (int i = 0; i < rows->rowCount(); ++i) {
        properties.comment = rows->text(i, 0);
        if (!rows->isNull(i, 1) && !rows->isTrue(i, 4))
            properties.rights.append({.grantee = quotedGrantee(rows->text(i, 2)),
                                      .privilege = rows->text(i, 1),
                                      .isGrantable = rows->isTrue(i, 3)});
    }
    return {};
}

QList<QByteArray> SchemaProperties::lendTo(const QString &schema, const QString &owner)
{
    Properties &properties = m_schemas[schema];
    properties.owner = quoteIdentifier(owner);
    QList<QByteArray> statements;
    for (const Right &right : std::as_const(properties.rights)) {
        statements.append(onSchema(u"GRANT "_s + right.privilege, schema,
                                   u"TO "_s + right.grantee +
                                       (right.isGrantable ? u" WITH GRANT OPTION"_s : QString())));
        if (!properties.holders.contains(right.grantee))
            properties.holders.append(right.grantee);
        if (right.privilege == "CREATE"_L1)
            properties.makers.insert(right.grantee);
    }
    return statements;
}

/// What schema public of a new database has, and the old one does not have any more.
QList<QByteArray> SchemaProperties::withdrawn(const QString &schema) const
{
    const Properties properties = m_schemas.value(schema);
    QList<QByteArray> statements;
    for (const Right &right : standardRights(schema)) {
        if (properties.wasThere && !properties.rights.contains(right))
            statements.append(
                onSchema(u"REVOKE "_s + right.privilege, schema, u"FROM "_s + right.grantee));
    }
    return statements;
}

Result<void> SchemaProperties::lend(postgres::Session &session, const QString &schema,
                                    TaskContext &context, Lending lending)
{
    const QByteArray name = schema.toUtf8();
    const auto owner =
        session.query("SELECT pg_catalog.pg_get_userbyid(nspowner) FROM pg_catalog.pg_namespace"
                      " WHERE nspname = $1",
                      {&name, 1}, context);
    if (!owner)
        return failure(owner.error());
    const QList<QByteArray> statements = withdrawn(schema) + lendTo(schema, owner->text(0, 0));
    return lending == Lending::Done ? Result<void>() : session.executeBatch(statements, context);
}

void SchemaProperties::hear(const dump::DumpStatement &statement)
{
    m_saysRights = m_saysRights || statement.kind == StatementClass::Grant;
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    // A security label, which is of that class too, does not tell of comments.
    m_saysComments = m_saysComments ||
                     (statement.kind == StatementClass::Comment && tokens.peek().is("comment"));
    const bool isAbout = m_schemas.contains(statement.objectName);
    if (isAbout && statement.kind == StatementClass::Schema && tokens.take({"create", "schema"}))
        m_schemas[statement.objectName].isMadeByDump = true;
    else if (isAbout && statement.kind == StatementClass::Comment &&
             tokens.take({"comment", "on", "schema"}))
        m_schemas[statement.objectName].hasComment = true;
}

QList<QByteArray> SchemaProperties::inFrontOf(const dump::DumpStatement &statement)
{
    QList<QByteArray> statements;
    if (statement.kind == StatementClass::Owner) {
        const QString role = dump::newOwner(statement);
        const bool isMe = role.isEmpty(); // CURRENT_USER
        if (m_schemas.contains(statement.objectSchema))
            return m_server.isSuperuser || isMe ? statements
                                                : letMake(statement.objectSchema, role);
        if (SqlTokens(statement.sql).take({"alter", "schema"}))
            m_schemas[statement.objectName].owner = quoteIdentifier(isMe ? m_server.user : role);
    } else if (statement.kind == StatementClass::Grant) {
        const dump::RightsWords words = dump::rightsWords(statement);
        for (const QString &schema : words.schemas) {
            if (!words.isDefault && m_schemas.contains(schema))
                statements += startOver(schema);
        }
    } else if (statement.kind == StatementClass::Session && !m_saysRights) {
        const QString role = dump::newSpeaker(statement).value_or(QString());
        for (auto it = m_schemas.keyBegin(); !role.isEmpty() && it != m_schemas.keyEnd(); ++it)
            statements += letMake(*it, role);
        // It may be somebody else who speaks just now.
        if (!statements.isEmpty())
            statements.prepend(m_server.isSuperuser ? "RESET SESSION AUTHORIZATION" : "RESET ROLE");
    }
    return statements;
}

QList<QByteArray> SchemaProperties::letMake(const QString &schema, const QString &role)
{
    Properties &properties = m_schemas[schema];
    const QString whom = quoteIdentifier(role);
    if (whom == properties.owner || properties.makers.contains(whom))
        return {};
    properties.makers.insert(whom);
    if (!properties.holders.contains(whom))
        properties.holders.append(whom);
    return {onSchema(u"GRANT USAGE, CREATE"_s, schema, u"TO "_s + whom)};
}

/// What the dump says it says of a schema as it is in every new database.
QList<QByteArray> SchemaProperties::startOver(const QString &schema)
{
    Properties &properties = m_schemas[schema];
    if (std::exchange(properties.isAsInDump, true))
        return {};
    QList<QByteArray> statements;
    properties.holders.removeAll(properties.owner);
    if (!properties.holders.isEmpty())
        statements.append(onSchema(u"REVOKE ALL"_s, schema,
                                   u"FROM %1 CASCADE"_s.arg(properties.holders.join(u", "_s))));
    for (const Right &right : standardRights(schema))
        statements.append(
            onSchema(u"GRANT "_s + right.privilege, schema, u"TO "_s + right.grantee));
    return statements;
}

/// Only what was lent to make things with.
QList<QByteArray> SchemaProperties::takeBack(const QString &schema)
{
    const Properties &properties = m_schemas[schema];
    QList<QByteArray> statements;
    for (const QString &maker : properties.makers) {
        const auto had = [&](const QString &privilege) {
            return std::ranges::any_of(properties.rights, [&](const Right &right) {
                return right.grantee == maker && right.privilege == privilege;
            });
        };
        if (maker == properties.owner || had(u"CREATE"_s))
            continue;
        statements.append(onSchema(had(u"USAGE"_s) ? u"REVOKE CREATE"_s : u"REVOKE ALL"_s, schema,
                                   u"FROM "_s + maker));
    }
    return statements;
}

QList<QByteArray> SchemaProperties::commentAgain(const QString &schema, QStringList &notes) const
{
    const Properties properties = m_schemas.value(schema);
    if (properties.hasComment)
        return {};
    const bool stays = properties.wasThere && !m_saysComments;
    const QString comment = stays ? properties.comment : standardComment(schema);
    if (stays && !comment.isEmpty() && comment != standardComment(schema))
        notes.append(
            u"the comment on schema %1 stays as it was: the dump has no comments"_s.arg(schema));
    if (comment.isEmpty())
        return {};
    return {"COMMENT ON SCHEMA " + quoteIdentifier(schema).toUtf8() + " IS " +
            postgres::quoteLiteral(comment.toUtf8())};
}

Result<QStringList> SchemaProperties::settle(postgres::Session &session, TaskContext &context)
{
    QStringList notes;
    QList<QByteArray> statements{"RESET SESSION AUTHORIZATION", "RESET ROLE"};
    for (auto it = m_schemas.keyBegin(); it != m_schemas.keyEnd(); ++it) {
        const Properties &properties = m_schemas[*it];
        if (m_saysRights || !properties.wasThere) {
            statements += startOver(*it);
        } else {
            statements += takeBack(*it);
            if (properties.rights != standardRights(*it))
                notes.append(u"the rights on schema %1 stay as they were: the dump says nothing "
                             "about rights"_s.arg(*it));
        }
        statements += commentAgain(*it, notes);
    }
    return session.executeBatch(statements, context).transform([&] { return notes; });
}

} // namespace mayday::restore
