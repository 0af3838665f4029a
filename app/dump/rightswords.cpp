// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/rightswords.h"

#include "dump/rolewords.h"
#include "dump/sqltokens.h"

namespace mayday::dump {

namespace {

QStringList takeNames(SqlTokens &tokens)
{
    QStringList names;
    do {
        names.append(tokens.next().name());
    } while (tokens.takeSymbol(','));
    return names;
}

/// Default privileges never say ON which object, but on which kind.
void takePart(RightsWords &words, const SqlToken &token, SqlTokens &tokens)
{
    if (words.isDefault && token.is("in") && tokens.take("schema"))
        words.schemas = takeNames(tokens);
    else if (!words.isDefault && token.is("on")) {
        words.hasObject = true;
        if (tokens.take("schema"))
            words.schemas = takeNames(tokens);
    }
}

/// The first one of that use; empty when there is none, or only a word for whoever is connected.
QString firstRole(const DumpStatement &statement, RoleWord::Use use)
{
    for (const RoleWord &role : roleWords(statement)) {
        if (role.use == use && role.isSomebody)
            return role.name;
    }
    return {};
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
    for (const RoleWord &role : roleWords(statement)) {
        if (!role.isSomebody)
            continue;
        if (role.use == RoleWord::Use::Grantee)
            words.grantees.append(role.name);
        else if (role.use == RoleWord::Use::Creator && words.creator.isEmpty())
            words.creator = role.name;
    }
    return words;
}

QString newOwner(const DumpStatement &statement)
{
    return firstRole(statement, RoleWord::Use::Owner);
}

std::optional<QString> newSpeaker(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (tokens.take({"reset", "session", "authorization"}))
        return QString();
    if (!tokens.take({"set", "session", "authorization"}))
        return std::nullopt;
    return firstRole(statement, RoleWord::Use::Speaker);
}

} // namespace mayday::dump
