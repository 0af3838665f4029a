// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "postgres/session.h"
#include "restore/restoreplan.h"

namespace mayday::restore {

/// A dump of rows alone (--data-only) is loaded into the structure that is live: that is made anew
/// beside it, the rows come in, and then the indexes, keys and triggers, so that none of them is in
/// the way of rows and all of them hold for every row.
///
/// Refused for the ways that have no such structure.
[[nodiscard]] Result<void> checkRowsOnlyWay(RestoreMode mode);
/// The same, and: NotFound when the server lacks a table; Refused when it would replace what is
/// live, and a table that is live would be empty for want of rows.
[[nodiscard]] Result<void> checkRowsOnly(postgres::Session &session,
                                         const dump::DumpInspection &inspection, RestoreMode mode,
                                         TaskContext &context);

} // namespace mayday::restore
