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
    QStringList owners = {};            ///< who is not there and would own something
    QStringList grantees = {};          ///< who would have rights
    QStringList policyRoles = {};       ///< without whom a policy cannot be made: it is refused
    QStringList ownersOfOthers = {}; ///< they are there, and the connected role may not act as them
    QStringList settings = {};       ///< unknown here

    [[nodiscard]] bool operator==(const MissingNeeds &) const = default;
};

/// Pure. facts: of the database the dump goes to; one that is yet to be made has no extensions.
[[nodiscard]] MissingNeeds missingNeeds(const dump::DumpNeeds &needs, const TargetFacts &facts);

/// Why the load cannot end well; nothing when it can. madeRoles: the missing ones are made first.
[[nodiscard]] std::optional<Error> hindrance(const MissingNeeds &missing, bool madeRoles);
/// The part of it that the load itself would find out last: policies stand at the end of a dump.
[[nodiscard]] std::optional<Error> missingPolicyRole(const MissingNeeds &missing, bool madeRoles);

/// One sentence for each that somebody may want to know before; user: whose session it is.
[[nodiscard]] QList<PreflightNote> notesOf(const MissingNeeds &missing, const QString &user,
                                           bool madeRoles);

/// Makes the missing roles, without a login and without a password; in the session's transaction,
/// if there is one. A user who is no superuser becomes a member, to be able to give them things.
/// facts learn of them. Their names; those that only PostgreSQL itself could make are left out.
[[nodiscard]] Result<QStringList> makeMissingRoles(postgres::Session &session,
                                                   const dump::DumpNeeds &needs, TargetFacts &facts,
                                                   TaskContext &context);
/// Takes them away again, when nothing of the load is left; what stays and why is an Error.
[[nodiscard]] Result<void> dropRoles(postgres::Session &session, const QStringList &roles,
                                     TaskContext &context);

} // namespace mayday::restore
