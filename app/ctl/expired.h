// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/command.h"
#include "postgres/connectionstring.h"
#include "restore/keptexpiry.h"
#include "stack/stack.h"

namespace mayday::ctl {

[[nodiscard]] Result<stack::Stack> stackIn(const QString &file);

/// What the stack says of that database, which it knows by host, port and name, and what the record
/// of this profile knows of incidents and restores. NotFound when the stack has no such database.
[[nodiscard]] Result<restore::ExpiryRules> rulesIn(const Call &call, const stack::Stack &stack,
                                                   const postgres::ConnectionString &target);

/// `discard --expired`: what the window does by itself.
[[nodiscard]] ExitCode discardExpired(const Call &call, QStringList arguments, bool yes);

} // namespace mayday::ctl
