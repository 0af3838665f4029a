// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/rightswords.h"

#include "dump/sqltokens.h"

namespace mayday::dump {

namespace {

QStringList takeNames(SqlTokens &tokens)
{
    QStringList names;
    do {
        tokens.take("group");
        names.append(tokens.next().name());
    } while (tokens.takeSymbol(','));
    return names;
}

/// Both kinds say to or from whom; default privileges never say ON which object, but on which kind.
void takePart(RightsWords &words, const SqlToken &token, SqlTokens &tokens)
{
    if (token.is("to") || token.is("from"))
        words.grantees = takeNames(tokens);
    else if (words.isDefault && token.is("for") && (tokens.take("role") || tokens.take("user")))
        words.creator = tokens.next().name();
    else if (words.isDefault && token.is("in") && tokens.take("schema"))
        words.schemas = takeNames(tokens);
    else if (!words.isDefault && token.is("on")) {
        words.hasObject = true;
        if (tokens.take("schema"))
            words.schemas = takeNames(tokens);
    }
}

} // namespace

RightsWords rightsWords(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    RightsWords words;
    words.isDefault = tokens.take({"alter", "default", "privileges"});
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth == 0)
            takePart(words, token, tokens);
    }
    return words;
}

QString newOwner(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    while (!tokens.take({"owner", "to"})) {
        if (tokens.next().kind == SqlToken::Kind::End)
            return {};
    }
    return tokens.next().name();
}

std::optional<QString> newSpeaker(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (tokens.take({"reset", "session", "authorization"}))
        return QString();
    if (!tokens.take({"set", "session", "authorization"}))
        return std::nullopt;
    const SqlToken role = tokens.next();
    if (role.is("default"))
        return QString();
    return role.kind == SqlToken::Kind::String ? role.value() : role.name();
}

} // namespace mayday::dump
