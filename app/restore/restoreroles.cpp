// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's part about roles that the dump names and the server lacks.
#include "core/latestop.h"
#include "postgres/quoting.h"
#include "restore/missingneeds.h"
#include "restore/restorerunner.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

/// A copy gives nobody any rights; tables that come back do without what is for nobody.
Result<void> RestoreRunner::makeRoles(postgres::Session &session, TargetFacts &facts,
                                      TaskContext &context)
{
    if (m_plan.mode == RestoreMode::Copy || m_plan.mode == RestoreMode::Tables)
        return {};
    // Before anything is loaded, and in place before anybody waits.
    if (auto hindered =
            missingPolicyRole(missingNeeds(together(m_inspection.needs), facts), m_plan.makeRoles))
        return failure(*std::move(hindered));
    if (!m_plan.makeRoles)
        return {};
    const dump::DumpNeeds needs = together(m_inspection.needs);
    MadeRoles roles;
    const auto tried = makeMissingRoles(session, needs, facts, roles, context);
    m_madeRoles = roles.made;
    if (!tried)
        return tried;
    for (const QString &role : std::as_const(roles.refused))
        m_receipt.notes.append(u"role %1 was not made: the server does not let %2 make it"_s.arg(
            role, session.facts().user));
    m_hasDifferences = m_hasDifferences || !roles.refused.isEmpty();
    if (auto hindered = missingPolicyRole(missingNeeds(needs, facts), false))
        return failure(*std::move(hindered));
    return {};
}

QStringList RestoreRunner::notesOfRoles() const
{
    QStringList notes;
    for (const QString &role : m_madeRoles)
        notes.append(
            u"role %1 was made, without a login and without a password; %2 does not take it away"_s
                .arg(role, m_plan.mode == RestoreMode::NewDatabase ? u"discarding the database"_s
                                                                   : u"a put-back"_s));
    return notes;
}

/// Those of a load that was taken away. Everywhere else they went with the transaction.
void RestoreRunner::takeRolesAway(TaskContext &context)
{
    if (m_madeRoles.isEmpty())
        return;
    LateStop unstoppable(context);
    auto session = postgres::Session::connect(m_plan.target, unstoppable.context(),
                                              {.applicationName = u"mayday restore"_s});
    const auto gone = session ? dropRoles(*session, m_madeRoles, unstoppable.context())
                              : Result<void>(failure(session.error()));
    if (!gone)
        tellRolesLeft();
}

void RestoreRunner::tellRolesLeft()
{
    for (const QString &role : std::as_const(m_madeRoles))
        m_receipt.left.append({u"role %1, made for this restore, without a login"_s.arg(role),
                               u"DROP ROLE IF EXISTS "_s + postgres::quoteIdentifier(role)});
}

} // namespace mayday::restore
