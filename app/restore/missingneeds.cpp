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

/// Who is not there when the load begins.
QStringList absent(const MissingNeeds &missing, QStringList roles, bool madeRoles)
{
    if (madeRoles)
        roles.removeIf([&missing](const QString &role) { return missing.roles.contains(role); });
    return roles;
}

/// Nobody makes them, and nobody is one of them.
bool isPostgresOwn(const QString &role)
{
    return role.startsWith("pg_"_L1);
}

/// Of one name, each statement in a text of its own.
QByteArrayList makingOf(const QString &role, bool isSuperuser)
{
    const QByteArray name = postgres::quoteIdentifier(role).toUtf8();
    QByteArrayList sql{"CREATE ROLE " + name + " NOLOGIN"};
    if (!isSuperuser)
        sql.append("GRANT " + name + " TO CURRENT_USER");
    return sql;
}

/// insufficient_privilege, as Supabase's supautils says it; reserved_name, as PostgreSQL itself.
bool isRefusal(const Error &error)
{
    return error.sqlState == "42501"_L1 || error.sqlState == "42939"_L1;
}

/// All of the statements or none; a failure leaves the session's transaction, if there is one, as
/// it was.
Result<void> tryTogether(postgres::Session &session, QByteArrayList sql, TaskContext &context)
{
    const bool isInside = session.inTransaction();
    if (isInside) {
        sql.prepend("SAVEPOINT mayday_roles");
        sql.append("RELEASE SAVEPOINT mayday_roles");
    }
    auto done = session.executeBatch(sql, context);
    if (done || !isInside || !isRefusal(done.error()))
        return done;
    const auto back = session.execute("ROLLBACK TO SAVEPOINT mayday_roles", context);
    return back ? done : failure(back.error());
}

/// "public.docs.embedding, index public.docs_idx and 3 others"
QString someNamed(const QStringList &names, qint64 count)
{
    constexpr qsizetype mostShown = 4;
    const QStringList shown = names.first(std::min(names.size(), mostShown));
    const qint64 more = count - shown.size();
    if (more <= 0)
        return shown.join(u", "_s);
    return shown.join(u", "_s) +
           (more == 1 ? u" and 1 other"_s : u" and %1 others"_s.arg(QString::number(more)));
}

QString whatNeedsAll(const QStringList &extensions, const dump::ExtensionUses &uses)
{
    QStringList parts;
    for (const QString &extension : extensions)
        parts.append(whatNeeds(extension, uses.value(extension)));
    return parts.join(u"; "_s);
}

} // namespace

QString whatNeeds(const QString &extension, const dump::ExtensionUse &use)
{
    const QString may =
        use.mayUserCount > 0 ? someNamed(use.mayUsers, use.mayUserCount) : QString();
    if (use.userCount > 0)
        return u"%1 is needed by %2"_s.arg(extension, someNamed(use.users, use.userCount)) +
               (may.isEmpty() ? may : u", perhaps by "_s + may);
    return may.isEmpty() ? u"which tables need %1 is not known"_s.arg(extension)
                         : u"%1 is perhaps needed by %2"_s.arg(extension, may);
}

Error withWhatNeedsIt(Error error, const dump::ExtensionUses &uses)
{
    constexpr QLatin1StringView mark = "extension "_L1;
    if (error.advice == Advice::InstallExtension && error.subject.startsWith(mark)) {
        const QString extension = error.subject.sliced(mark.size());
        error.detail += u"; "_s + whatNeeds(extension, uses.value(extension));
    }
    return error;
}

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
    for (const QString &extension : missing.extensions + missing.guardedExtensions) {
        if (needs.uses.contains(extension))
            missing.uses.insert(extension, needs.uses.value(extension));
    }
    for (const QString &owner : needs.owners) {
        if (facts.roles.contains(owner) && !facts.rolesWeMayUse.contains(owner))
            missing.ownersOfOthers.append(owner);
    }
    missing.roles = missing.owners + missing.grantees + missing.policyRoles;
    missing.roles.removeDuplicates();
    std::ranges::copy_if(missing.roles, std::back_inserter(missing.reserved),
                         [&facts](const QString &role) { return facts.host.isReserved(role); });
    missing.roles.removeIf([&facts](const QString &role) { return facts.host.isReserved(role); });
    return missing;
}

QList<RoleChoice> roleChoices(const dump::DumpNeeds &needs, const TargetFacts &facts)
{
    const auto sorted = [](const QSet<QString> &roles) {
        QStringList names = roles.values();
        names.removeIf(isPostgresOwn);
        names.sort();
        return names;
    };
    const QStringList all = sorted(facts.roles);
    const QStringList ours = sorted(facts.rolesWeMayUse);
    // Also of a name that nobody can make here: to be another's is the way out for its policies.
    const MissingNeeds missing = missingNeeds(needs, facts);
    QList<RoleChoice> choices;
    for (const QString &role : missing.roles + missing.reserved) {
        if (!isPostgresOwn(role))
            choices.append({.role = role, .there = needs.owners.contains(role) ? ours : all});
    }
    return choices;
}

std::optional<Error> hindrance(const MissingNeeds &missing, bool madeRoles)
{
    if (!missing.extensions.isEmpty())
        return Error{.kind = ErrorKind::Unsupported,
                     .subject = u"extension "_s + missing.extensions.join(u", "_s),
                     .detail = u"the dump needs it and this server does not offer it; "_s +
                               whatNeedsAll(missing.extensions, missing.uses),
                     .advice = Advice::InstallExtension};
    return missingPolicyRole(missing, madeRoles);
}

std::optional<Error> missingPolicyRole(const MissingNeeds &missing, bool madeRoles)
{
    const QStringList roles = absent(missing, missing.policyRoles, madeRoles);
    if (roles.isEmpty())
        return std::nullopt;
    const bool isReserved = std::ranges::any_of(
        roles, [&missing](const QString &role) { return missing.reserved.contains(role); });
    return Error{.kind = ErrorKind::NotFound,
                 .subject = u"role "_s + roles.join(u", "_s),
                 .detail = u"a policy of the dump is for it and this server has no such role"_s +
                           (isReserved ? u"; nobody can make one of that name here"_s : QString()),
                 .advice = Advice::CreateRole};
}

QList<PreflightNote> notesOf(const MissingNeeds &missing, const QString &user, bool madeRoles)
{
    using Weight = PreflightNote::Weight;
    QList<PreflightNote> notes;
    const auto note = [&notes](Weight weight, const QStringList &names, const QString &text) {
        if (!names.isEmpty())
            notes.append({weight, text.arg(names.join(u", "_s))});
    };
    note(Weight::Fact, absent(missing, missing.owners, madeRoles),
         u"Owners unknown to this server: %1. What is theirs will belong to "_s + user + u'.');
    note(Weight::Warning, absent(missing, missing.grantees, madeRoles),
         u"Roles unknown to this server: %1. Their rights will be missing, and the verdict "
         "will say so."_s);
    note(Weight::Fact, missing.ownersOfOthers,
         user + u" may not act as %1: what is theirs will belong to "_s + user + u'.');
    if (madeRoles)
        note(Weight::Fact, missing.reserved, u"No role can be made here with the name %1."_s);
    if (!missing.extensions.isEmpty())
        notes.append({Weight::Warning, u"Extensions that this server does not offer: %1."_s.arg(
                                           whatNeedsAll(missing.extensions, missing.uses))});
    note(Weight::Fact, missing.newExtensions, u"Extensions that will be installed: %1."_s);
    QStringList needed = missing.guardedExtensions;
    needed.removeIf([&missing](const QString &name) { return !missing.uses.contains(name); });
    note(Weight::Warning, missing.guardedExtensions,
         u"Extensions that PostgreSQL lets only a superuser install: %1"_s +
             (needed.isEmpty() ? QString() : u" ("_s + whatNeedsAll(needed, missing.uses) + u')') +
             u". Some hosts make an exception; otherwise the restore stops there, and nothing "
             "changes."_s);
    note(Weight::Fact, missing.settings, u"Settings unknown to this server, left out: %1."_s);
    return notes;
}

Result<void> makeMissingRoles(postgres::Session &session, const dump::DumpNeeds &needs,
                              TargetFacts &facts, MadeRoles &roles, TaskContext &context)
{
    const auto tryAll = [&](const QStringList &names) {
        QByteArrayList sql;
        for (const QString &role : names)
            sql += makingOf(role, facts.isSuperuser);
        return tryTogether(session, sql, context).transform([&] {
            roles.made += names;
            facts.roles += QSet<QString>(names.begin(), names.end());
            facts.rolesWeMayUse += QSet<QString>(names.begin(), names.end());
        });
    };
    const QStringList wanted = missingNeeds(needs, facts).roles;
    if (wanted.isEmpty())
        return {};
    const auto atOnce = tryAll(wanted);
    if (atOnce || !isRefusal(atOnce.error()))
        return atOnce;
    for (const QString &role : wanted) {
        const auto alone = tryAll({role});
        if (!alone && !isRefusal(alone.error()))
            return alone;
        if (!alone)
            roles.refused.append(role);
    }
    return {};
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
