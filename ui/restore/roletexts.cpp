// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/roletexts.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui::roletexts {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Restore", text);
}

/// "old_owner is new_owner, reader is web"
QString whoIsWho(const restore::RoleMap &roles)
{
    QStringList words;
    for (auto it = roles.cbegin(); it != roles.cend(); ++it)
        words.append(tr("%1 is %2").arg(it.key(), *it));
    return words.join(u", "_s);
}

/// Those that are nobody there, and can be made or be somebody else.
QStringList missing(const restore::PreflightReport &report)
{
    QStringList roles = report.missing.roles;
    for (const restore::RoleChoice &choice : report.roleChoices) {
        if (report.missing.reserved.contains(choice.role))
            roles.append(choice.role);
    }
    return roles;
}

Fact missingFact(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    const QString names = missing(report).join(u", "_s);
    const bool canBeMade = report.canMakeRoles && !report.missing.roles.isEmpty();
    const bool arePoliciesOf = !report.missing.policyRoles.isEmpty();
    Fact fact{tr("Roles"), {}};
    const auto link = [&fact](const QString &words, const QString &target) {
        if (fact.value.back().style == FactStyle::Link)
            fact.value.append({u" \u00b7 "_s});
        fact.value.append({words, FactStyle::Link, target});
    };
    if (plan.makeRoles)
        fact.value = {
            {tr("made first, without a login and without a password: %1").arg(names) + u' '}};
    else // without those of policies there is no restore
        fact.value = {{(arePoliciesOf ? tr("not on this server: %1")
                                      : tr("not on this server, and left out: %1"))
                           .arg(names) +
                       u' '}};
    if (canBeMade && !plan.makeRoles)
        link(tr("Make them, without a login"), makeTarget);
    else if (plan.makeRoles && !arePoliciesOf)
        link(tr("Leave them out"), makeTarget);
    if (!report.roleChoices.isEmpty())
        link(tr("Say who they are here..."), whoTarget);
    return fact;
}

} // namespace

QList<Fact> mappedFacts(const restore::RestorePlan &plan)
{
    if (plan.mappedRoles.isEmpty())
        return {};
    return {fact(tr("Roles"), tr("%1 on this server").arg(whoIsWho(plan.mappedRoles)))};
}

QList<Fact> facts(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    QList<Fact> facts = mappedFacts(plan);
    if (!facts.isEmpty()) {
        facts.front().value.append({u". "_s});
        facts.front().value.append(
            {tr("Change that or take it back..."), FactStyle::Link, whoTarget});
    }
    if (!missing(report).isEmpty())
        facts.append(missingFact(plan, report));
    return facts;
}

ChoiceQuestion question(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    ChoiceQuestion question{
        .title = tr("Who are these roles of the backup on this server?"),
        .text = tr("What belongs to one of them will belong to the role you choose, and that one "
                   "gets its rights and policies."),
        .confirmLabel = tr("Ask the server again"),
        .choices = {}};
    for (const restore::RoleChoice &choice : report.roleChoices) {
        const qsizetype now = choice.there.indexOf(plan.mappedRoles.value(choice.role));
        question.choices.append({.label = tr("%1 is").arg(choice.role),
                                 .options = QStringList{tr("nobody here")} + choice.there,
                                 .chosen = now + 1});
    }
    return question;
}

restore::RoleMap rolesFrom(const restore::PreflightReport &report, const QList<qsizetype> &chosen)
{
    restore::RoleMap roles;
    for (qsizetype i = 0; i < std::min(chosen.size(), report.roleChoices.size()); ++i) {
        const restore::RoleChoice &choice = report.roleChoices[i];
        if (chosen[i] > 0 && chosen[i] <= choice.there.size())
            roles.insert(choice.role, choice.there[chosen[i] - 1]);
    }
    return roles;
}

} // namespace mayday::ui::roletexts
