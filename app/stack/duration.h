// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace mayday::stack {

/// "90 s", "5m", "10-30 min", "1-4 h", "2 hours 30 min": of a range the longer end. nullopt when it
/// is not a length of time, or more than a year.
[[nodiscard]] std::optional<std::chrono::seconds> parseDuration(const QString &text);

} // namespace mayday::stack
