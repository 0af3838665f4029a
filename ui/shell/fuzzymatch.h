// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

#include <optional>

namespace mayday::ui {

/// How well a few typed letters fit a text; nothing when they do not occur in it in that order.
/// Higher is better: beginnings of words and letters in a row count most, then short texts.
/// Blanks in the pattern and upper case are ignored.
[[nodiscard]] std::optional<int> fuzzyScore(QStringView pattern, QStringView text);

} // namespace mayday::ui
