// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/objectentry.h"

#include "dump/relationof.h"

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

/// Enough to tell two functions apart.
constexpr qsizetype mostOfArguments = 4000;

SqlTokens tokensIn(const DumpStatement &statement)
{
    return SqlTokens(statement.sql, statement.plainStringsEscape);
}

EntryRole roleOf(const DumpStatement &statement)
{
    const SqlToken first = tokensIn(statement).next();
    if (statement.kind == StatementClass::Session)
        return EntryRole::Settings;
    if (statement.kind == StatementClass::Data && first.is("insert"))
        return EntryRole::Inserts;
    if (first.is("drop"))
        return EntryRole::Drops;
    return makesSomething(statement) ? EntryRole::Makes : EntryRole::Changes;
}

/// ALTER TABLE ONLY a ADD CONSTRAINT c ...; empty when it has no name.
QString constraintMadeBy(const DumpStatement &statement)
{
    SqlTokens tokens = tokensIn(statement);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.is("add"))
            return tokens.take("constraint") ? tokens.next().name() : QString();
    }
    return {};
}

/// Whether the words come behind which a name with arguments stands.
bool seekRoutine(SqlTokens &tokens)
{
    constexpr int farEnough = 12; // GRANT SELECT, INSERT, ... ON FUNCTION
    for (int words = 0; words < farEnough; ++words) {
        const SqlToken token = tokens.next();
        for (const char *word : {"function", "procedure", "aggregate", "routine"}) {
            if (token.is(word))
                return true;
        }
    }
    return false;
}

bool isWordLike(const SqlToken &token)
{
    return token.isName() || token.kind == SqlToken::Kind::Number ||
           token.kind == SqlToken::Kind::String;
}

/// The list in parentheses behind the name, without defaults, as pg_dump writes it in ALTER and
/// COMMENT too: "(a integer, VARIADIC b text[])".
QString argumentsOf(const DumpStatement &statement)
{
    SqlTokens tokens = tokensIn(statement);
    if (statement.about != StatementClass::Function || !seekRoutine(tokens))
        return {};
    (void)takeName(tokens);
    if (!tokens.takeSymbol('('))
        return {};
    QByteArray text = "(";
    bool isDefault = false;
    bool wasWord = false;
    int depth = 1;
    while (depth > 0 && text.size() < mostOfArguments) {
        const SqlToken token = tokens.next();
        if (token.kind == SqlToken::Kind::End)
            break;
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        const bool isNext = depth == 1 && token.isSymbol(',');
        isDefault = !isNext && depth > 0 &&
                    (isDefault || token.is("default") || (depth == 1 && token.isSymbol('=')));
        if (isDefault)
            continue;
        text += wasWord && isWordLike(token) ? " " : "";
        text += token.text;
        text += isNext ? " " : "";
        wasWord = isWordLike(token);
    }
    return QString::fromUtf8(text);
}

/// SELECT pg_catalog.lo_create('16400'), ALTER LARGE OBJECT 16400 OWNER TO a: a number is its name.
QString numberOfLargeObject(const DumpStatement &statement)
{
    SqlTokens tokens = tokensIn(statement);
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        if (token.kind == SqlToken::Kind::Number)
            return QString::fromLatin1(token.text);
        if (token.kind == SqlToken::Kind::String)
            return token.value();
    }
    return {};
}

} // namespace

bool makesSomething(const DumpStatement &statement)
{
    const SqlToken first = tokensIn(statement).next();
    switch (statement.kind) {
    case StatementClass::Session:
    case StatementClass::Data:
    case StatementClass::SequenceSet:
    case StatementClass::Owner:
    case StatementClass::Comment:
    case StatementClass::Grant: return false;
    case StatementClass::Constraint:
    case StatementClass::ForeignKey: return first.is("alter") || first.is("create");
    case StatementClass::LargeObject: return statement.sql.contains("lo_create");
    default: return first.is("create");
    }
}

DumpEntry entryOf(const DumpStatement &statement)
{
    DumpEntry entry{.kind = statement.kind,
                    .about = statement.about,
                    .role = roleOf(statement),
                    .escapes = statement.plainStringsEscape,
                    .schema = statement.objectSchema,
                    .name = statement.objectName,
                    .arguments = argumentsOf(statement),
                    .table = statement.objectTable,
                    .other = sequenceOwnerIn(statement),
                    .offset = statement.offset,
                    .end = statement.end,
                    .line = statement.line};
    if (entry.role == EntryRole::Inserts)
        return entry;
    if (entry.other.name.isEmpty())
        entry.other = attachedBy(statement);
    const bool isConstraint =
        entry.kind == StatementClass::Constraint || entry.kind == StatementClass::ForeignKey;
    if (entry.role == EntryRole::Makes && isConstraint && entry.about == StatementClass::Table) {
        entry.table = entry.name;
        entry.name = constraintMadeBy(statement);
    }
    const bool isNumbered = entry.role == EntryRole::Makes || entry.kind != entry.about;
    if (entry.about == StatementClass::LargeObject && isNumbered)
        entry.name = numberOfLargeObject(statement);
    return entry;
}

} // namespace mayday::dump
