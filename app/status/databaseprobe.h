// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/taskcontext.h"
#include "status/probe.h"

#include <functional>

namespace mayday::status {

/// The password behind a name in the keychain. Called on a worker; may block.
using PasswordSource = std::function<Result<Secret>(const QString &credential)>;

/// Connects, asks "select 1", and counts the watched tables, each within two seconds. Blocks up to
/// 5 s to connect; run it on a pool. No connection is Down; a refused login is Degraded, for the
/// server lives; a password we do not have is Unknown, for nothing was asked.
[[nodiscard]] Result<ProbeReading> probeDatabase(const stack::Database &database,
                                                 const PasswordSource &passwords,
                                                 const Clock &clock, TaskContext &context);

} // namespace mayday::status
