// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

namespace mayday::dump {

/// Whether a tar file of pg_dump -Ft is there to its end: every member as long as its header says,
/// and the empty block behind the last. Reads the headers only. Corrupt, with the member that is
/// cut.
///
/// pg_restore cannot be asked: with a file that is cut amid rows it ends with 0, and with one that
/// is cut amid its list of contents it never ends (17.11).
[[nodiscard]] Result<void> checkTarIsWhole(const QString &path);

} // namespace mayday::dump
