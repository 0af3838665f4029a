// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "store/journalevent.h"

namespace mayday::store {

/// Puts a new journal in the place of one that cannot be read to its end. The damaged file is kept
/// beside it as <name>.damaged-<time>.sqlite; its readable records are carried over after a
/// journal.salvaged record that says so. Blocks on the disk.
///
/// May be killed anywhere: the new file is finished before the old one moves, and
/// finishSalvage() takes up from there.
[[nodiscard]] Result<void> salvage(const QString &path, const Error &why, const Clock &clock);
/// Completes the moves of a salvage that was interrupted; does nothing when there was none.
[[nodiscard]] Result<void> finishSalvage(const QString &path, const Clock &clock);

} // namespace mayday::store
