// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpneeds.h"
#include "postgres/session.h"
#include "restore/preflightnote.h"
#include "restore/statementfilter.h"

namespace mayday::restore {

/// What a dump takes for granted and the target has not, found out before the load. A value.
struct MissingNeeds {
    QStringList extensions = {};        ///< not offered here: the restore is refused
    QStringList guardedExtensions = {}; ///< offered, and PostgreSQL lets only a superuser make them
    QStringList newExtensions = {};     ///< will be made
    QStringList roles = {};             ///< that the server does not have and somebody can make
    QStringList reserved = {};          ///< missing too, and only the host itself can make them
    QStringList owners = {};            ///< who is not there and would own something
    QStringList grantees = {};          ///< who would have rights
    QStringList policyRoles = {};       ///< without whom a policy cannot be made: it is refused
    QStringList ownersOfOthers = {}; ///< they are there, and the connected role may not act as them
    QStringList settings = {};       ///< unknown here
    dump::ExtensionUses uses = {};   ///< what needs those that are not offered, or are guarded

    [[nodiscard]] bool operator==(const MissingNeeds &) const = default;
};

/// Pure. facts: of the database the dump goes to; one that is yet to be made has no extensions.
[[nodiscard]] MissingNeeds missingNeeds(const dump::DumpNeeds &needs, const TargetFacts &facts);

/// A role of the dump that the server lacks, and whom it could be there instead. A value.
struct RoleChoice {
    QString role;
    QStringList there = {}; ///< sorted; none of PostgreSQL's own
    [[nodiscard]] bool operator==(const RoleChoice &) const = default;
};
/// Whoever is to own something has to be somebody that the connected role may act as. Pure. needs:
/// with the dump's own roles.
[[nodiscard]] QList<RoleChoice> roleChoices(const dump::DumpNeeds &needs, const TargetFacts &facts);

/// "vector is needed by public.docs.embedding, index public.docs_idx and 3 others"; what is only
/// possible is told as that, and that nothing is known too.
[[nodiscard]] QString whatNeeds(const QString &extension, const dump::ExtensionUse &use);
/// An Error that the dump's extension is not offered, with what needs it; any other as it is.
[[nodiscard]] Error withWhatNeedsIt(Error error, const dump::ExtensionUses &uses);

/// Why the load cannot end well; nothing when it can. madeRoles: the missing ones are made first.
[[nodiscard]] std::optional<Error> hindrance(const MissingNeeds &missing, bool madeRoles);
/// The part of it that the load itself would find out last: policies stand at the end of a dump.
[[nodiscard]] std::optional<Error> missingPolicyRole(const MissingNeeds &missing, bool madeRoles);

/// One sentence for each that somebody may want to know before; user: whose session it is.
[[nodiscard]] QList<PreflightNote> notesOf(const MissingNeeds &missing, const QString &user,
                                           bool madeRoles);

/// What became of roles that were to be made. A value.
struct MadeRoles {
    QStringList made = {};
    QStringList refused = {}; ///< the server lets nobody, or not this login, make them
};

/// Makes the missing roles, without a login and without a password; in the session's transaction,
/// if there is one. A user who is no superuser becomes a member, to be able to give them things.
/// Those that are reserved are not tried; one that the server refuses to this login is as missing
/// as before, and nothing else fails for it. facts learn of those that were made; so does roles,
/// also when it fails then. One round trip, and when a name is refused two more for each name.
[[nodiscard]] Result<void> makeMissingRoles(postgres::Session &session,
                                            const dump::DumpNeeds &needs, TargetFacts &facts,
                                            MadeRoles &roles, TaskContext &context);
/// Takes them away again, when nothing of the load is left; what stays and why is an Error.
[[nodiscard]] Result<void> dropRoles(postgres::Session &session, const QStringList &roles,
                                     TaskContext &context);

} // namespace mayday::restore
