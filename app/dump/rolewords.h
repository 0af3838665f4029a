// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"

#include <QList>

namespace mayday::dump {

/// A place in a statement where its grammar has the name of a role. A value.
struct RoleWord {
    enum class Use {
        Owner,      ///< ALTER ... OWNER TO whom
        Grantee,    ///< to or from whom a right goes
        Creator,    ///< of default privileges: FOR ROLE whom
        PolicyRole, ///< to whom a policy applies
        Speaker,    ///< SET SESSION AUTHORIZATION
        Other, ///< SET ROLE, AUTHORIZATION, GRANTED BY, members, user mappings, the role itself
    };
    Use use = Use::Other;
    QString name = {};       ///< as the server knows it: "App" without its quotes
    qsizetype begin = 0;     ///< in the statement's bytes, quotes included
    qsizetype end = 0;       ///< behind its last byte
    qsizetype comma = -1;    ///< that divides it from the one before it in a list; -1: the first
    bool isSomebody = false; ///< false for PUBLIC, CURRENT_USER, SESSION_USER: no role's name
};

/// All of them, in their order: the one place that knows where a dump names roles. Found by the
/// tokens of the statement, so that no column, literal or body is taken for one. A role that is
/// made or dropped is not among them.
[[nodiscard]] QList<RoleWord> roleWords(const DumpStatement &statement);

} // namespace mayday::dump
