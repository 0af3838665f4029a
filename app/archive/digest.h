// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"

#include <QByteArray>

namespace mayday::archive {

/// SHA-256 of a file as it lies on the disk, 64 lower-case hexadecimal digits. Streams; any thread
/// that may block.
[[nodiscard]] Result<QByteArray> sha256OfFile(const QString &path, const TaskContext &context);

} // namespace mayday::archive
