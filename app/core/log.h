// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

namespace mayday::log {

/// Starts the log: rotating files (5 of 2 MB) in the folder, every line redacted. Until it is
/// called, and when the folder cannot be written, lines go to stderr from "warning" up. Call once,
/// early.
Result<void> open(const QString &folder);
/// Writes everything out; the last call before the process ends.
void close();

/// area: the module ("restore"). Any thread.
void info(QStringView area, const QString &text);
void warning(QStringView area, const QString &text);
void error(QStringView area, const QString &text);

} // namespace mayday::log
