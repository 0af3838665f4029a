// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpneeds.h"

#include "dump/rightswords.h"
#include "dump/rolewords.h"
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

/// What no restore makes needs no owner.
bool isNeverMade(const DumpStatement &statement)
{
    SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    tokens.take("alter");
    return tokens.take("publication") || tokens.take("subscription") ||
           tokens.take({"event", "trigger"});
}

void noteRoles(const DumpStatement &statement, DumpNeeds &needs)
{
    using Use = RoleWord::Use;
    for (const RoleWord &role : roleWords(statement)) {
        if (!role.isSomebody)
            continue;
        switch (role.use) {
        case Use::Owner:
            add(isNeverMade(statement) ? needs.otherRoles : needs.owners, role.name);
            break;
        case Use::Grantee:
        case Use::Creator: add(needs.grantees, role.name); break;
        case Use::PolicyRole: add(needs.policyRoles, role.name); break;
        case Use::Speaker: break; // only when something is said in that name
        case Use::Other: add(needs.otherRoles, role.name); break;
        }
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

DumpNeeds needsOf(const DumpStatement &statement)
{
    DumpNeeds needs;
    noteRoles(statement, needs);
    if (statement.kind == StatementClass::Session)
        add(needs.settings, settingOf(statement));
    else if (statement.kind == StatementClass::Extension)
        noteExtension(statement, needs);
    return needs;
}

void addAll(DumpNeeds &needs, const DumpNeeds &more)
{
    for (const auto list :
         {&DumpNeeds::extensions, &DumpNeeds::owners, &DumpNeeds::grantees, &DumpNeeds::policyRoles,
          &DumpNeeds::otherRoles, &DumpNeeds::settings}) {
        for (const QString &name : more.*list)
            add(needs.*list, name);
    }
    for (auto it = more.uses.begin(); it != more.uses.end(); ++it)
        needs.uses[it.key()].add(it.value());
}

} // namespace

QStringList rolesIn(const DumpNeeds &needs)
{
    QStringList roles = needs.owners + needs.grantees + needs.policyRoles + needs.otherRoles;
    roles.removeDuplicates();
    return roles;
}

void NeedsReader::hear(const DumpStatement &statement)
{
    DumpNeeds more = needsOf(statement);
    more.uses = m_uses.hear(statement);
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
            {u"otherRoles"_s, QJsonArray::fromStringList(needs.otherRoles)},
            {u"settings"_s, QJsonArray::fromStringList(needs.settings)},
            {u"extensionUses"_s, toJson(needs.uses)}};
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
        needs.insert(it.key(),
                     {.extensions = names("extensions"_L1),
                      .owners = names("owners"_L1),
                      .grantees = names("grantees"_L1),
                      .policyRoles = names("policyRoles"_L1),
                      .otherRoles = names("otherRoles"_L1),
                      .settings = names("settings"_L1),
                      .uses = extensionUsesFromJson(it.value()["extensionUses"_L1].toObject())});
    }
    return needs;
}

} // namespace mayday::dump
