// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/command.h"
#include "dump/dumpinspection.h"
#include "restore/restoreplan.h"

namespace mayday::ctl {

/// What a restore of it would be, asked of the server and told; nothing is changed and nothing is
/// written down. Done: it could be carried out as planned. NotDone: it could not, and why.
[[nodiscard]] ExitCode tellPlan(const Call &call, const restore::RestorePlan &plan,
                                const std::optional<dump::DumpInspection> &inspection);

} // namespace mayday::ctl
