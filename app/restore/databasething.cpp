// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/databasething.h"

#include "dump/sqltokens.h"
#include "postgres/quoting.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::SqlToken;
using dump::SqlTokens;

QString named(QLatin1StringView kind, SqlTokens &tokens)
{
    if (!tokens.take({"if", "not", "exists"}))
        tokens.take({"if", "exists"});
    return kind + u' ' + tokens.next().name();
}

/// "(money AS uuid)", as the dump writes it.
QString cast(SqlTokens &tokens)
{
    const SqlToken open = tokens.next();
    int depth = open.isSymbol('(') ? 1 : 0;
    SqlToken last = open;
    while (depth > 0) {
        last = tokens.next();
        if (last.kind == SqlToken::Kind::End)
            return {};
        depth += last.isSymbol('(') ? 1 : last.isSymbol(')') ? -1 : 0;
    }
    const QByteArrayView text(open.text.data(), last.text.data() + last.text.size());
    return u"cast "_s + QString::fromUtf8(text);
}

/// FOR a type LANGUAGE a language.
QString transform(SqlTokens &tokens)
{
    const SqlToken first = tokens.next();
    SqlToken last = first;
    while (!tokens.take("language")) {
        last = tokens.next();
        if (last.kind == SqlToken::Kind::End)
            return {};
    }
    const QByteArrayView type(first.text.data(), last.text.data() + last.text.size());
    return u"transform for %1 language %2"_s.arg(QString::fromUtf8(type), tokens.next().name());
}

QString userMapping(SqlTokens &tokens)
{
    tokens.take({"if", "not", "exists"});
    tokens.take("for");
    const QString user = tokens.next().name();
    tokens.take("server");
    return u"user mapping for %1 on %2"_s.arg(user, tokens.next().name());
}

/// Behind CREATE, ALTER, COMMENT ON, GRANT ... ON.
QString thingAt(SqlTokens tokens)
{
    tokens.take("trusted");
    tokens.take("procedural");
    if (tokens.take("language"))
        return named("language"_L1, tokens);
    if (tokens.take({"access", "method"}))
        return named("access method"_L1, tokens);
    if (tokens.take({"foreign", "data", "wrapper"}))
        return named("foreign data wrapper"_L1, tokens);
    if (tokens.take("server") || tokens.take({"foreign", "server"}))
        return named("server"_L1, tokens);
    if (tokens.take({"user", "mapping"}))
        return userMapping(tokens);
    if (tokens.take("cast"))
        return cast(tokens);
    return tokens.take({"transform", "for"}) ? transform(tokens) : QString();
}

} // namespace

QString databaseThing(const dump::DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (tokens.take("create")) {
        tokens.take({"or", "replace"});
        return thingAt(tokens);
    }
    if (tokens.take("alter") || tokens.take({"comment", "on"}))
        return thingAt(tokens);
    if (!tokens.take("grant") && !tokens.take("revoke"))
        return {};
    while (!tokens.take("on")) {
        if (tokens.next().kind == SqlToken::Kind::End)
            return {};
    }
    return thingAt(tokens);
}

postgres::Question thingsQuestion(const QStringList &schemas)
{
    QByteArrayList names{"''"};
    for (const QString &schema : schemas)
        names.append(postgres::quoteLiteral(schema.toUtf8()));
    // Types as pg_dump names them: with their schema, unless that is the server's own.
    return {
        .sql =
            "WITH types AS (SELECT t.oid, CASE n.nspname WHEN 'pg_catalog' THEN"
            " pg_catalog.format_type(t.oid, NULL) ELSE pg_catalog.quote_ident(n.nspname) || '.' ||"
            " pg_catalog.quote_ident(t.typname) END AS name FROM pg_catalog.pg_type t"
            " JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname NOT IN (" +
            names.join(", ") +
            "))"
            " SELECT 'language ' || lanname FROM pg_catalog.pg_language"
            " UNION ALL SELECT 'access method ' || amname FROM pg_catalog.pg_am"
            " UNION ALL SELECT 'foreign data wrapper ' || fdwname"
            "  FROM pg_catalog.pg_foreign_data_wrapper"
            " UNION ALL SELECT 'server ' || srvname FROM pg_catalog.pg_foreign_server"
            " UNION ALL SELECT 'user mapping for ' || usename || ' on ' || srvname"
            "  FROM pg_catalog.pg_user_mappings"
            " UNION ALL SELECT 'cast (' || s.name || ' AS ' || t.name || ')'"
            "  FROM pg_catalog.pg_cast c JOIN types s ON s.oid = c.castsource"
            "  JOIN types t ON t.oid = c.casttarget"
            " UNION ALL SELECT 'transform for ' || t.name || ' language ' || l.lanname"
            "  FROM pg_catalog.pg_transform f JOIN types t ON t.oid = f.trftype"
            "  JOIN pg_catalog.pg_language l ON l.oid = f.trflang"};
}

Result<QSet<QString>> databaseThings(postgres::Session &session, const QStringList &schemas,
                                     TaskContext &context)
{
    const auto rows = session.query(thingsQuestion(schemas), context);
    if (!rows)
        return failure(rows.error());
    QSet<QString> things;
    things.reserve(rows->rowCount());
    for (int i = 0; i < rows->rowCount(); ++i)
        things.insert(rows->text(i, 0));
    return things;
}

} // namespace mayday::restore
