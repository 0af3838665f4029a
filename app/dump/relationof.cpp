// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/relationof.h"

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

SqlTokens tokensOf(const DumpStatement &statement)
{
    return SqlTokens(statement.sql, statement.plainStringsEscape);
}

/// Goes behind the next such bare word outside of parentheses.
bool seek(SqlTokens &tokens, const char *word)
{
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth == 0 && token.is(word))
            return true;
    }
    return false;
}

/// Whether the words of a relation's kind come; the tokens are behind them then.
bool takeRelationKind(SqlTokens &tokens)
{
    for (const auto &words :
         {std::array<const char *, 2>{"materialized", "view"}, {"foreign", "table"}}) {
        if (tokens.take({words[0], words[1]}))
            return true;
    }
    for (const char *word : {"table", "view", "sequence", "index"}) {
        if (tokens.take(word))
            return true;
    }
    return false;
}

QualifiedName ownNameOf(const DumpStatement &statement)
{
    return {.schema = statement.objectSchema, .name = statement.objectName};
}

/// ALTER TABLE ... OWNER TO, COMMENT ON COLUMN, SECURITY LABEL FOR whom ON TABLE: of many kinds.
QualifiedName relationIn(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    const bool isOwner = tokens.take("alter");
    if (!isOwner && !seek(tokens, "on"))
        return {};
    const bool isRelation = takeRelationKind(tokens) || (!isOwner && tokens.take("column"));
    return isRelation ? ownNameOf(statement) : QualifiedName();
}

/// GRANT ... ON TABLE a, ON a, ON SEQUENCE a; not ON FUNCTION f(integer) and the like.
QualifiedName relationOfGrant(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    (void)tokens.next();
    if (tokens.take("default") || !seek(tokens, "on") || statement.objectName.isEmpty())
        return {};
    if (!takeRelationKind(tokens)) {
        const SqlToken first = tokens.next();
        const SqlToken second = tokens.peek();
        // "ON SCHEMA a" has two words; "ON a TO b" and "ON a.b" have one name.
        const bool isOneName =
            second.isSymbol('.') || second.isSymbol(',') || second.is("to") || second.is("from");
        if (!first.isName() || !isOneName)
            return {};
    }
    return ownNameOf(statement);
}

/// CREATE STATISTICS s (kinds) ON a, b FROM t
QualifiedName tableOfStatistics(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    if (!tokens.take({"create", "statistics"}) || !seek(tokens, "from"))
        return {};
    return takeName(tokens);
}

} // namespace

QualifiedName relationOf(const DumpStatement &statement)
{
    if (!statement.objectTable.isEmpty())
        return {.schema = statement.objectSchema, .name = statement.objectTable};
    switch (statement.kind) {
    case StatementClass::Table:
    case StatementClass::Data:
    case StatementClass::Sequence:
    case StatementClass::SequenceSet:
    case StatementClass::View:
    case StatementClass::Index:
    case StatementClass::ForeignKey:
    case StatementClass::Constraint:
    case StatementClass::Trigger:
    case StatementClass::Policy:
    case StatementClass::Rule: return ownNameOf(statement); // what ALTER TABLE says
    case StatementClass::Owner:
    case StatementClass::Comment: return relationIn(statement);
    case StatementClass::Grant: return relationOfGrant(statement);
    case StatementClass::Type: return tableOfStatistics(statement);
    default: return {};
    }
}

QualifiedName referencedBy(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    if (statement.kind != StatementClass::ForeignKey || !seek(tokens, "references"))
        return {};
    tokens.take("only");
    return takeName(tokens);
}

QualifiedName attachedBy(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    if (!tokens.take("alter"))
        return {};
    while (seek(tokens, "attach")) {
        if (tokens.take("partition"))
            return takeName(tokens);
    }
    return {};
}

QList<QualifiedName> sequencesUsedBy(const DumpStatement &statement)
{
    QList<QualifiedName> names;
    SqlTokens tokens = tokensOf(statement);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (!token.is("nextval") || !tokens.takeSymbol('('))
            continue;
        const QByteArray literal = tokens.next().value().toUtf8();
        SqlTokens inside{literal};
        names.append(takeName(inside));
    }
    return names;
}

QualifiedName sequenceOwnerIn(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    if (statement.kind != StatementClass::Sequence || !tokens.take("alter") ||
        !seek(tokens, "owned") || !tokens.take("by"))
        return {};
    QStringList parts{tokens.next().name()};
    while (tokens.takeSymbol('.'))
        parts.append(tokens.next().name());
    if (parts.size() < 2)
        return {}; // OWNED BY NONE
    return {.schema = parts.size() > 2 ? parts[parts.size() - 3] : QString(),
            .name = parts[parts.size() - 2]};
}

QList<QualifiedName> grantedOn(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    if (statement.kind != StatementClass::Grant || tokens.take({"alter", "default"}) ||
        !seek(tokens, "on"))
        return {};
    if (tokens.take("all")) {
        (void)tokens.next();
        return tokens.take({"in", "schema"}) ? QList<QualifiedName>{{tokens.next().name(), u"*"_s}}
                                             : QList<QualifiedName>();
    }
    takeRelationKind(tokens);
    QList<QualifiedName> names;
    do
        names.append(takeName(tokens));
    while (tokens.takeSymbol(','));
    return names;
}

bool doesOneThing(const DumpStatement &statement)
{
    SqlTokens tokens = tokensOf(statement);
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth == 0 && token.isSymbol(','))
            return false;
    }
    return true;
}

QList<QualifiedName> namesIn(const DumpStatement &statement)
{
    QList<QualifiedName> names;
    SqlTokens tokens = tokensOf(statement);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (!token.isName() || !tokens.peek().isSymbol('.'))
            continue;
        tokens.takeSymbol('.');
        names.append({.schema = token.name(), .name = tokens.next().name()});
    }
    return names;
}

} // namespace mayday::dump
