// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/latest.h"
#include "postgres/connectionstring.h"
#include "restore/restoreprogress.h"

namespace mayday::restore {

/// Looks at the server from beside a restore, by a connection of its own: whether it answers while
/// the restore waits for one long answer, how far it is with an index, and how many rows it has
/// really taken in. From Loading until the swap, twice a second; what comes of it goes into pulse.
///
/// A blocking worker. Only for the screen: it ends when it may not connect or is sent away, and the
/// restore goes on. progress: of that restore, which says when.
[[nodiscard]] Result<void> followServer(const postgres::ConnectionString &target,
                                        const Clock &clock, const Latest<RestoreProgress> &progress,
                                        const Latest<ServerPulse> &pulse, TaskContext &context);

/// What is asked each time; before PostgreSQL 14 a server does not tell how far a COPY is.
[[nodiscard]] QByteArray pulseQuestion(int serverVersion);

} // namespace mayday::restore
