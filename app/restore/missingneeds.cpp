// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/missingneeds.h"

#include "postgres/quoting.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

QStringList without(const QStringList &names, const QSet<QString> &there)
{
    QStringList missing;
    std::ranges::copy_if(names, std::back_inserter(missing),
                         [&there](const QString &name) { return !there.contains(name); });
    return missing;
}

/// Roles that come with PostgreSQL, a newer one then: nobody can make them.
bool isPostgresOwn(const QString &role)
{
    return role.startsWith("pg_"_L1);
}

/// Who is not there when the load begins.
QStringList absent(QStringList roles, bool madeRoles)
{
    if (madeRoles)
        roles.removeIf([](const QString &role) { return !isPostgresOwn(role); });
    return roles;
}

} // namespace

MissingNeeds missingNeeds(const dump::DumpNeeds &needs, const TargetFacts &facts)
{
    MissingNeeds missing{.owners = without(needs.owners, facts.roles),
                         .grantees = without(needs.grantees, facts.roles),
                         .policyRoles = without(needs.policyRoles, facts.roles),
                         .settings = without(needs.settings, facts.settings)};
    for (const QString &extension : without(needs.extensions, facts.extensions)) {
        if (!facts.availableExtensions.contains(extension))
            missing.extensions.append(extension);
        else if (facts.guardedExtensions.contains(extension) && !facts.isSuperuser)
            missing.guardedExtensions.append(extension);
        else
            missing.newExtensions.append(extension);
    }
    for (const QString &owner : needs.owners) {
        if (facts.roles.contains(owner) && !facts.rolesWeMayUse.contains(owner))
            missing.ownersOfOthers.append(owner);
    }
    missing.roles = missing.owners + missing.grantees + missing.policyRoles;
    missing.roles.removeDuplicates();
    missing.roles.removeIf(isPostgresOwn);
    return missing;
}

std::optional<Error> hindrance(const MissingNeeds &missing, bool madeRoles)
{
    if (!missing.extensions.isEmpty())
        return Error{.kind = ErrorKind::Unsupported,
                     .subject = u"extension "_s + missing.extensions.join(u", "_s),
                     .detail = u"the dump needs it and this server does not offer it"_s,
                     .advice = Advice::InstallExtension};
    return missingPolicyRole(missing, madeRoles);
}

std::optional<Error> missingPolicyRole(const MissingNeeds &missing, bool madeRoles)
{
    if (const QStringList roles = absent(missing.policyRoles, madeRoles); !roles.isEmpty())
        return Error{.kind = ErrorKind::NotFound,
                     .subject = u"role "_s + roles.join(u", "_s),
                     .detail = u"a policy of the dump is for it and this server has no such role"_s,
                     .advice = Advice::CreateRole};
    return std::nullopt;
}

QList<PreflightNote> notesOf(const MissingNeeds &missing, const QString &user, bool madeRoles)
{
    using Weight = PreflightNote::Weight;
    QList<PreflightNote> notes;
    const auto note = [&notes](Weight weight, const QStringList &names, const QString &text) {
        if (!names.isEmpty())
            notes.append({weight, text.arg(names.join(u", "_s))});
    };
    note(Weight::Fact, absent(missing.owners, madeRoles),
         u"Owners unknown to this server: %1. What is theirs will belong to "_s + user + u'.');
    note(Weight::Warning, absent(missing.grantees, madeRoles),
         u"Roles unknown to this server: %1. Their rights will be missing, and the verdict "
         "will say so."_s);
    note(Weight::Fact, missing.ownersOfOthers,
         user + u" may not act as %1: what is theirs will belong to "_s + user + u'.');
    note(Weight::Fact, missing.newExtensions, u"Extensions that will be installed: %1."_s);
    note(Weight::Warning, missing.guardedExtensions,
         u"Extensions that PostgreSQL lets only a superuser install: %1. Some hosts make an "
         "exception; otherwise the restore stops there, and nothing changes."_s);
    note(Weight::Fact, missing.settings, u"Settings unknown to this server, left out: %1."_s);
    return notes;
}

Result<QStringList> makeMissingRoles(postgres::Session &session, const dump::DumpNeeds &needs,
                                     TargetFacts &facts, TaskContext &context)
{
    QStringList made = missingNeeds(needs, facts).roles;
    QByteArrayList sql;
    for (const QString &role : made) {
        const QByteArray name = postgres::quoteIdentifier(role).toUtf8();
        sql.append("CREATE ROLE " + name + " NOLOGIN");
        if (!facts.isSuperuser)
            sql.append("GRANT " + name + " TO CURRENT_USER");
    }
    if (sql.isEmpty())
        return made;
    // In one message, so that there are all of them or none.
    if (auto done = session.execute(sql.join("; "), context); !done)
        return failure(done.error());
    facts.roles += QSet<QString>(made.begin(), made.end());
    facts.rolesWeMayUse += QSet<QString>(made.begin(), made.end());
    return made;
}

Result<void> dropRoles(postgres::Session &session, const QStringList &roles, TaskContext &context)
{
    for (const QString &role : roles) {
        const QByteArray name = postgres::quoteIdentifier(role).toUtf8();
        if (auto gone = session.execute("DROP ROLE IF EXISTS " + name, context); !gone)
            return failure(gone.error());
    }
    return {};
}

} // namespace mayday::restore
