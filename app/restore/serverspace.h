// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "postgres/session.h"
#include "restore/preflightnote.h"

namespace mayday::restore {

/// The room a load takes on the server's disk until the old state is discarded, in bytes.
struct ServerSpace {
    qint64 needed = 0; ///< at most about so much: a table with its indexes, from its text
    qint64 free = -1;  ///< -1: not known, as PostgreSQL does not tell
};

/// Asks, changes nothing. What is free is known of a server on this machine whose files this user
/// may see.
[[nodiscard]] Result<ServerSpace> serverSpace(postgres::Session &session,
                                              const dump::DumpInspection &inspection,
                                              TaskContext &context);

/// A warning when it is too little; nothing to say of a load that is small.
[[nodiscard]] std::optional<PreflightNote> noteOf(const ServerSpace &space);

} // namespace mayday::restore
