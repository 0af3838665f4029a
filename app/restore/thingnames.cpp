// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/thingnames.h"

#include "dump/sqltokens.h"
#include "postgres/quoting.h"
#include "restore/plainnames.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::DumpStatement;
using dump::QualifiedName;
using dump::SqlToken;
using dump::SqlTokens;
using dump::StatementClass;

QString inWords(const QString &kind, const QString &schema, const QString &name)
{
    return u"%1 %2.%3"_s.arg(kind, schema, name);
}

/// "trigger a on auth.users", from behind its kind.
QString onTable(const QString &kind, SqlTokens tokens, const char *before)
{
    const QString name = tokens.next().name();
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (!token.is(before))
            continue;
        tokens.take("only");
        const QualifiedName table = dump::takeName(tokens);
        return inWords(u"%1 %2 on"_s.arg(kind, name), table.schema, table.name);
    }
    return {};
}

/// ALTER TABLE ONLY auth.users ADD CONSTRAINT ..., ENABLE ROW LEVEL SECURITY; ALTER PUBLICATION p
/// ADD TABLE ...
QString addedBy(const DumpStatement &statement, SqlTokens tokens)
{
    if (tokens.take("publication")) {
        const QString name = tokens.next().name();
        if (!tokens.take({"add", "table"}))
            return {};
        tokens.take("only");
        const QualifiedName table = dump::takeName(tokens);
        return inWords(u"publication %1 of"_s.arg(name), table.schema, table.name);
    }
    const auto on = [&statement](const QString &what) {
        return inWords(what + u" on"_s, statement.objectSchema, statement.objectName);
    };
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("add") && tokens.take("constraint"))
            return on(u"constraint "_s + tokens.next().name());
        const bool isForced = token.is("force");
        if ((isForced || token.is("enable")) && tokens.take({"row", "level", "security"}))
            return on(isForced ? u"forced row level security"_s : u"row level security"_s);
    }
    return {};
}

/// "auth.find(a integer, b text)" of a function's name and arguments: there may be others of that
/// name. Without what versions and options of pg_dump write in different ways: quotes, IN,
/// defaults.
QString routine(SqlTokens tokens)
{
    const QualifiedName name = dump::takeName(tokens);
    tokens.takeSymbol('(');
    QStringList arguments{QString()};
    int depth = 1;
    bool isDefault = false;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth == 0)
            break;
        if (depth == 1 && token.isSymbol(',')) {
            arguments.append(QString());
            isDefault = false;
            continue;
        }
        QString &argument = arguments.last();
        isDefault = isDefault || token.is("default");
        if (isDefault || (argument.isEmpty() && token.is("in")))
            continue;
        if (!argument.isEmpty())
            argument += u' ';
        argument += token.isName() ? token.name() : QString::fromUtf8(token.text);
    }
    return u"%1.%2(%3)"_s.arg(name.schema, name.name, arguments.join(u", "_s));
}

/// The words between CREATE and the name of what has no class of its own.
QString kindInWords(SqlTokens tokens)
{
    for (const std::initializer_list<const char *> words :
         {std::initializer_list<const char *>{"text", "search", "configuration"},
          {"text", "search", "dictionary"},
          {"text", "search", "parser"},
          {"text", "search", "template"},
          {"operator", "class"},
          {"operator", "family"},
          {"operator"},
          {"aggregate"},
          {"collation"},
          {"conversion"},
          {"statistics"},
          {"type"}}) {
        if (!SqlTokens(tokens).take(words))
            continue;
        QStringList all;
        for (const char *word : words)
            all.append(QString::fromLatin1(word));
        return all.join(u' ');
    }
    return tokens.take("domain") ? u"type"_s : QString();
}

/// $1: the schemas.
constexpr QByteArrayView thingsThere(
    "WITH n AS (SELECT oid, nspname AS s FROM pg_catalog.pg_namespace"
    "  WHERE nspname = ANY ($1::text[])),"
    " r AS (SELECT c.*, s || '.' || relname AS name FROM pg_catalog.pg_class c"
    "  JOIN n ON n.oid = c.relnamespace),"
    " t AS (SELECT d.oid, s || '.' || typname AS name FROM pg_catalog.pg_type d"
    "  JOIN n ON n.oid = typnamespace),"
    " things (kind, space, name) AS ("
    " SELECT 'collation', collnamespace, collname FROM pg_catalog.pg_collation"
    " UNION ALL SELECT 'statistics', stxnamespace, stxname FROM pg_catalog.pg_statistic_ext"
    " UNION ALL SELECT 'conversion', connamespace, conname FROM pg_catalog.pg_conversion"
    " UNION ALL SELECT 'operator', oprnamespace, oprname FROM pg_catalog.pg_operator"
    " UNION ALL SELECT 'operator class', opcnamespace, opcname FROM pg_catalog.pg_opclass"
    " UNION ALL SELECT 'operator family', opfnamespace, opfname FROM pg_catalog.pg_opfamily"
    " UNION ALL SELECT 'text search configuration', cfgnamespace, cfgname"
    "  FROM pg_catalog.pg_ts_config"
    " UNION ALL SELECT 'text search dictionary', dictnamespace, dictname"
    "  FROM pg_catalog.pg_ts_dict"
    " UNION ALL SELECT 'text search parser', prsnamespace, prsname FROM pg_catalog.pg_ts_parser"
    " UNION ALL SELECT 'text search template', tmplnamespace, tmplname"
    "  FROM pg_catalog.pg_ts_template"
    " UNION ALL SELECT 'aggregate', pronamespace, proname FROM pg_catalog.pg_proc"
    "  WHERE prokind = 'a')"
    " SELECT kind || ' ' || s || '.' || name FROM things JOIN n ON n.oid = space"
    " UNION ALL SELECT 'type ' || name FROM t"
    " UNION ALL SELECT CASE WHEN relkind IN ('v', 'm') THEN 'view' WHEN relkind = 'S'"
    "  THEN 'sequence' WHEN relkind IN ('i', 'I') THEN 'index' ELSE 'table' END || ' ' || name"
    "  FROM r"
    " UNION ALL SELECT 'row level security on ' || name FROM r WHERE relrowsecurity"
    " UNION ALL SELECT 'forced row level security on ' || name FROM r WHERE relforcerowsecurity"
    " UNION ALL SELECT CASE prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END"
    "  || pg_catalog.quote_ident(s) || '.' || pg_catalog.quote_ident(proname) || '('"
    "  || pg_catalog.pg_get_function_arguments(p.oid) || ')' FROM pg_catalog.pg_proc p"
    "  JOIN n ON n.oid = pronamespace WHERE prokind <> 'a'"
    " UNION ALL SELECT 'constraint ' || conname || ' on ' || coalesce(r.name, t.name)"
    "  FROM pg_catalog.pg_constraint LEFT JOIN r ON r.oid = conrelid"
    "  LEFT JOIN t ON t.oid = contypid WHERE coalesce(r.name, t.name) IS NOT NULL"
    " UNION ALL SELECT 'trigger ' || tgname || ' on ' || name"
    "  FROM pg_catalog.pg_trigger JOIN r ON r.oid = tgrelid"
    " UNION ALL SELECT 'policy ' || polname || ' on ' || name"
    "  FROM pg_catalog.pg_policy JOIN r ON r.oid = polrelid"
    " UNION ALL SELECT 'rule ' || rulename || ' on ' || name"
    "  FROM pg_catalog.pg_rewrite JOIN r ON r.oid = ev_class"
    " UNION ALL SELECT 'publication ' || pubname || ' of ' || name"
    "  FROM pg_catalog.pg_publication_rel JOIN r ON r.oid = prrelid"
    "  JOIN pg_catalog.pg_publication p ON p.oid = prpubid"
    " UNION ALL SELECT 'extension ' || extname FROM pg_catalog.pg_extension");

QString inOneForm(const QString &thing)
{
    const QByteArray text = thing.toUtf8();
    SqlTokens tokens{text};
    if (tokens.take("function"))
        return u"function "_s + routine(tokens);
    return tokens.take("procedure") ? u"procedure "_s + routine(tokens) : thing;
}

} // namespace

QString thingMadeBy(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (tokens.take("alter"))
        return addedBy(statement, tokens);
    if (!tokens.take("create"))
        return {};
    tokens.take({"or", "replace"});
    tokens.take("constraint");
    tokens.take("default");
    if (tokens.take("trigger"))
        return onTable(u"trigger"_s, tokens, "on");
    if (tokens.take("policy"))
        return onTable(u"policy"_s, tokens, "on");
    if (tokens.take("rule"))
        return onTable(u"rule"_s, tokens, "to");
    if (tokens.take("function"))
        return u"function "_s + routine(tokens);
    if (tokens.take("procedure"))
        return u"procedure "_s + routine(tokens);
    switch (statement.kind) {
    case StatementClass::Extension: return u"extension "_s + statement.objectName;
    case StatementClass::Table:
    case StatementClass::View:
    case StatementClass::Sequence:
    case StatementClass::Index:
        return inWords(kindWord(statement.kind), statement.objectSchema, statement.objectName);
    default: break;
    }
    const QString kind = kindInWords(tokens);
    return kind.isEmpty() ? QString() : inWords(kind, statement.objectSchema, statement.objectName);
}

QString routineNamedBy(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take("alter")) {
        SqlToken token = tokens.next();
        while (token.kind != SqlToken::Kind::End && !token.is("on"))
            token = tokens.next();
    }
    for (const char *kind : {"function", "procedure"}) {
        if (tokens.take(kind))
            return QString::fromLatin1(kind) + u' ' + routine(tokens);
    }
    return {};
}

Result<QSet<QString>> thingNamesIn(postgres::Session &session, const QStringList &schemas,
                                   TaskContext &context)
{
    const auto rows = askWithPlainNames(
        session,
        thingsThere.toByteArray().replace("$1", postgres::quoteLiteral(postgres::arrayOf(schemas))),
        context);
    if (!rows)
        return failure(rows.error());
    QSet<QString> things;
    for (int i = 0; i < rows->rowCount(); ++i)
        things.insert(inOneForm(rows->text(i, 0)));
    return things;
}

} // namespace mayday::restore
