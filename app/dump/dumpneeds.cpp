// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpneeds.h"

#include "dump/rightswords.h"
#include "dump/schemaof.h"
#include "dump/sqltokens.h"

#include <QJsonArray>
#include <QSet>

#include <utility>

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

/// What no restore makes needs no owner.
void noteOwner(const DumpStatement &statement, DumpNeeds &needs)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    tokens.take("alter");
    if (!tokens.take("publication") && !tokens.take("subscription") &&
        !tokens.take({"event", "trigger"}))
        add(needs.owners, newOwner(statement));
}

DumpNeeds needsOf(const DumpStatement &statement)
{
    DumpNeeds needs;
    switch (statement.kind) {
    case StatementClass::Session: add(needs.settings, settingOf(statement)); break;
    case StatementClass::Owner: noteOwner(statement, needs); break;
    case StatementClass::Grant: noteGrant(statement, needs); break;
    case StatementClass::Policy: notePolicy(statement, needs); break;
    case StatementClass::Extension: noteExtension(statement, needs); break;
    default: break;
    }
    return needs;
}

void addAll(DumpNeeds &needs, const DumpNeeds &more)
{
    for (const auto list : {&DumpNeeds::extensions, &DumpNeeds::owners, &DumpNeeds::grantees,
                            &DumpNeeds::policyRoles, &DumpNeeds::settings}) {
        for (const QString &name : more.*list)
            add(needs.*list, name);
    }
}

} // namespace

void NeedsReader::hear(const DumpStatement &statement)
{
    DumpNeeds more = needsOf(statement);
    if (statement.kind != StatementClass::Session)
        add(more.owners, m_speaker);
    else if (auto speaker = newSpeaker(statement))
        m_speaker = *std::move(speaker);
    if (more != DumpNeeds())
        addAll(m_needs[schemaOf(statement)], more);
}

DumpNeeds together(const NeedsBySchema &needs)
{
    DumpNeeds all;
    for (const DumpNeeds &some : needs)
        addAll(all, some);
    return all;
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

QJsonObject toJson(const NeedsBySchema &needs)
{
    QJsonObject json;
    for (auto it = needs.cbegin(); it != needs.cend(); ++it)
        json.insert(it.key(), toJson(it.value()));
    return json;
}

NeedsBySchema needsFromJson(const QJsonObject &json)
{
    NeedsBySchema needs;
    for (auto it = json.begin(); it != json.end(); ++it) {
        const auto names = [&it](QLatin1StringView key) {
            return it.value()[key].toVariant().toStringList();
        };
        needs.insert(it.key(), {.extensions = names("extensions"_L1),
                                .owners = names("owners"_L1),
                                .grantees = names("grantees"_L1),
                                .policyRoles = names("policyRoles"_L1),
                                .settings = names("settings"_L1)});
    }
    return needs;
}

} // namespace mayday::dump
