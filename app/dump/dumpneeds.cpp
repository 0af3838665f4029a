// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpneeds.h"

#include "dump/rightswords.h"
#include "dump/sqltokens.h"

#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

void add(QStringList &names, const QString &name)
{
    if (!name.isEmpty() && !names.contains(name))
        names.append(name);
}

/// Words that stand for somebody who is always there.
bool isAlwaysThere(const SqlToken &role)
{
    return role.is("public") || role.is("current_user") || role.is("session_user") ||
           role.is("current_role");
}

void noteGrant(const DumpStatement &statement, DumpNeeds &needs)
{
    const RightsWords words = rightsWords(statement);
    // Who is a member of which role is never restored.
    if (!words.isDefault && !words.hasObject)
        return;
    add(needs.grantees, words.creator);
    for (const QString &role : words.grantees) {
        if (role != "public"_L1)
            add(needs.grantees, role);
    }
}

/// CREATE POLICY name ON table [AS ...] [FOR ...] TO role, role USING (...)
void notePolicy(const DumpStatement &statement, DumpNeeds &needs)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take({"create", "policy"}) && !tokens.take({"alter", "policy"}))
        return;
    int depth = 0;
    for (SqlToken token = tokens.next(); token.kind != SqlToken::Kind::End; token = tokens.next()) {
        depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        if (depth != 0 || !token.is("to"))
            continue;
        do {
            if (const SqlToken role = tokens.next(); !isAlwaysThere(role))
                add(needs.policyRoles, role.name());
        } while (tokens.takeSymbol(','));
        return;
    }
}

void noteExtension(const DumpStatement &statement, DumpNeeds &needs)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take({"create", "extension"}))
        return;
    tokens.take({"if", "not", "exists"});
    add(needs.extensions, tokens.next().name());
}

void noteSession(const DumpStatement &statement, DumpNeeds &needs)
{
    if (const auto speaker = newSpeaker(statement))
        add(needs.owners, *speaker);
    else
        add(needs.settings, settingOf(statement));
}

} // namespace

void noteNeeds(const DumpStatement &statement, DumpNeeds &needs)
{
    switch (statement.kind) {
    case StatementClass::Session: return noteSession(statement, needs);
    case StatementClass::Owner: return add(needs.owners, newOwner(statement));
    case StatementClass::Grant: return noteGrant(statement, needs);
    case StatementClass::Policy: return notePolicy(statement, needs);
    case StatementClass::Extension: return noteExtension(statement, needs);
    default: return;
    }
}

QString settingOf(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    if (!tokens.take("set"))
        return {};
    if (!tokens.take("local"))
        tokens.take("session");
    static const QSet<QString> others = {u"role"_s, u"authorization"_s, u"constraints"_s,
                                         u"time"_s, u"transaction"_s,   u"characteristics"_s};
    const QString name = tokens.next().name();
    return others.contains(name) || tokens.takeSymbol('.') ? QString() : name;
}

QJsonObject toJson(const DumpNeeds &needs)
{
    return {{u"extensions"_s, QJsonArray::fromStringList(needs.extensions)},
            {u"owners"_s, QJsonArray::fromStringList(needs.owners)},
            {u"grantees"_s, QJsonArray::fromStringList(needs.grantees)},
            {u"policyRoles"_s, QJsonArray::fromStringList(needs.policyRoles)},
            {u"settings"_s, QJsonArray::fromStringList(needs.settings)}};
}

DumpNeeds needsFromJson(const QJsonObject &json)
{
    const auto names = [&json](QLatin1StringView key) {
        return json[key].toVariant().toStringList();
    };
    return {.extensions = names("extensions"_L1),
            .owners = names("owners"_L1),
            .grantees = names("grantees"_L1),
            .policyRoles = names("policyRoles"_L1),
            .settings = names("settings"_L1)};
}

} // namespace mayday::dump
