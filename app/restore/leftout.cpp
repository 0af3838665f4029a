// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/leftout.h"

#include "dump/rightswords.h"
#include "dump/schemaof.h"
#include "dump/sqltokens.h"
#include "restore/databasething.h"
#include "restore/sqlwords.h"
#include "restore/thingnames.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::DumpStatement;
using dump::QualifiedName;
using dump::SqlToken;
using dump::SqlTokens;
using dump::StatementClass;
using Kind = StatementDecision::Kind;

SqlTokens tokensOf(const DumpStatement &statement)
{
    return SqlTokens(statement.sql, statement.plainStringsEscape);
}

// What cannot be told apart

/// The schemas of a search_path, from behind its name: words and literals, one or several in each.
bool namesLeftOut(SqlTokens tokens, const LeftOut &leftOut)
{
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        const QString text = token.kind == SqlToken::Kind::String ? token.value() : token.name();
        for (const QString &one : text.split(u',')) {
            if (leftOut.schemas.contains(one.trimmed().remove(u'"')))
                return true;
        }
    }
    return false;
}

/// SET search_path = auth, pg_catalog and its like: what follows says no schema, so that nobody
/// could tell what is in one that is left out.
bool speaksWithoutNames(const DumpStatement &statement, const LeftOut &leftOut)
{
    SqlTokens tokens = tokensOf(statement);
    if (tokens.take("set")) {
        if (!tokens.take("local"))
            tokens.take("session");
        return (tokens.take("search_path") || tokens.take("schema")) &&
               namesLeftOut(tokens, leftOut);
    }
    if (!tokens.take("select"))
        return false;
    if (tokens.take("pg_catalog"))
        tokens.takeSymbol('.');
    return tokens.take("set_config") && tokens.takeSymbol('(') &&
           tokens.next().value() == "search_path"_L1 && namesLeftOut(tokens, leftOut);
}

/// The tables that one is made a part of, or that are made a part of it.
QList<QualifiedName> relatives(const DumpStatement &statement)
{
    if (statement.kind != StatementClass::Table && statement.kind != StatementClass::Index)
        return {};
    QList<QualifiedName> names;
    SqlTokens tokens = tokensOf(statement);
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth != 0)
            continue;
        if ((token.is("attach") && tokens.take("partition")) ||
            (token.is("partition") && tokens.take("of")) || token.is("inherit"))
            names.append(dump::takeName(tokens));
        if (token.is("inherits") && tokens.takeSymbol('(')) {
            do
                names.append(dump::takeName(tokens));
            while (tokens.takeSymbol(','));
            tokens.takeSymbol(')');
        }
    }
    return names;
}

StatementDecision refused(const DumpStatement &statement, const QString &detail)
{
    return refusal(ErrorKind::Unsupported, statement.line, detail);
}

/// Left out and restored at once.
std::optional<StatementDecision> decideBoth(const DumpStatement &statement, const LeftOut &leftOut)
{
    const bool isOut = leftOut.schemas.contains(statement.objectSchema);
    for (const QualifiedName &relative : relatives(statement)) {
        if (leftOut.schemas.contains(relative.schema) != isOut)
            return refused(statement,
                           u"%1.%2 and %3.%4 are parts of one table, and only one of them is left "
                           "out"_s.arg(statement.objectSchema, statement.objectName,
                                       relative.schema, relative.name));
    }
    if (statement.kind != StatementClass::Grant)
        return std::nullopt;
    const QStringList schemas = dump::rightsWords(statement).schemas;
    const auto out = std::ranges::count_if(
        schemas, [&](const QString &schema) { return leftOut.schemas.contains(schema); });
    if (out == 0 || out == schemas.size())
        return std::nullopt;
    return refused(statement, u"it gives rights in schemas that are left out and in others"_s);
}

/// The rows of its tables are not restored, so that one of them is not there is no more than that;
/// services make and drop some every day. Nor is what is on such a table.
bool isTableAway(const QString &thing, const DumpStatement &statement, const LeftOut &leftOut)
{
    if (statement.kind == StatementClass::Table || statement.kind == StatementClass::Sequence)
        return true;
    const qsizetype on = thing.lastIndexOf(u" on "_s);
    QString table = on < 0 ? QString() : thing.mid(on + 4);
    if (statement.kind == StatementClass::Index) {
        SqlTokens tokens = tokensOf(statement);
        for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End && !token.is("on");
             token = tokens.next()) {
        }
        tokens.take("only");
        const QualifiedName name = dump::takeName(tokens);
        table = name.schema + u'.' + name.name;
    }
    const auto isThere = [&](const QString &kind) {
        return leftOut.things.contains(kind + u' ' + table);
    };
    return !table.isEmpty() && !isThere(u"table"_s) && !isThere(u"view"_s) && !isThere(u"type"_s);
}

StatementDecision leftOutDecision(const QString &thing, const QString &schema, bool isMissing)
{
    if (!isMissing)
        return {.kind = Kind::Skip};
    return {.kind = Kind::Skip,
            .note = u"%1 is not made: schema %2 is left out, and has none"_s.arg(thing, schema),
            .isDifference = true};
}

/// Casts and transforms are in no schema, but their types are.
std::optional<StatementDecision> decideTypes(const DumpStatement &statement, const LeftOut &leftOut,
                                             const QSet<QString> &databaseThings)
{
    const QString thing = databaseThing(statement);
    if (!thing.startsWith("cast "_L1) && !thing.startsWith("transform "_L1))
        return std::nullopt;
    const QByteArray text = thing.toUtf8();
    SqlTokens tokens{text};
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (!token.isName() || !tokens.peek().isSymbol('.') ||
            !leftOut.schemas.contains(token.name()))
            continue;
        const bool isThere = std::ranges::any_of(databaseThings, [&thing](const QString &one) {
            return QString(one).remove(u'"') == QString(thing).remove(u'"');
        });
        const bool isMissing = leftOut.isCompared && tokensOf(statement).take("create") && !isThere;
        return leftOutDecision(thing, token.name(), isMissing);
    }
    return std::nullopt;
}

} // namespace

Result<LeftOut> leftOutFacts(postgres::Session &session, const QStringList &schemas,
                             TaskContext &context)
{
    LeftOut facts{.schemas = QSet<QString>(schemas.begin(), schemas.end())};
    if (schemas.isEmpty())
        return facts;
    auto things = thingNamesIn(session, schemas, context);
    if (!things)
        return failure(things.error());
    facts.things = *std::move(things);
    return facts;
}

std::optional<StatementDecision> decideLeftOut(const DumpStatement &statement,
                                               const LeftOut &leftOut,
                                               const QSet<QString> &databaseThings)
{
    if (leftOut.schemas.isEmpty())
        return std::nullopt;
    if (speaksWithoutNames(statement, leftOut))
        return refused(statement, u"from there on the dump names things without their schema, so "
                                  "none can be left out of it"_s);
    if (auto both = decideBoth(statement, leftOut))
        return both;
    if (auto types = decideTypes(statement, leftOut, databaseThings))
        return types;
    const QString schema = dump::schemaOf(statement);
    if (!leftOut.schemas.contains(schema) || changesRows(leadingWords(statement.sql, 1).value(0)))
        return std::nullopt;
    const QString thing = thingMadeBy(statement);
    const bool isMissing =
        !thing.isEmpty() && leftOut.isCompared && !leftOut.things.contains(thing);
    if (isMissing && isTableAway(thing, statement, leftOut))
        return StatementDecision{
            .kind = Kind::Skip,
            .note = u"schema %1 is left out, and does not have all tables that it has in the "
                    "backup"_s.arg(schema)};
    return leftOutDecision(thing, schema, isMissing);
}

} // namespace mayday::restore
