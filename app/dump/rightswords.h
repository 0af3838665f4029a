// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"

#include <QStringList>

#include <optional>

namespace mayday::dump {

/// What a GRANT, a REVOKE or an ALTER DEFAULT PRIVILEGES says about whom. Names as the server knows
/// them: a role "to" is one, the word TO is none.
struct RightsWords {
    bool isDefault = false;    ///< ALTER DEFAULT PRIVILEGES
    bool hasObject = false;    ///< it says ON what; who is a member of which role does not
    QString creator = {};      ///< of default privileges: FOR ROLE whom
    QStringList schemas = {};  ///< ON SCHEMA, or of default privileges IN SCHEMA
    QStringList grantees = {}; ///< PUBLIC is "public"
};

[[nodiscard]] RightsWords rightsWords(const DumpStatement &statement);

/// The role in ALTER ... OWNER TO; empty when there is none.
[[nodiscard]] QString newOwner(const DumpStatement &statement);

/// Who speaks from SET SESSION AUTHORIZATION on; empty for the connected role itself again (RESET,
/// DEFAULT). Nothing for any other statement.
[[nodiscard]] std::optional<QString> newSpeaker(const DumpStatement &statement);

} // namespace mayday::dump
