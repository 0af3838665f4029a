// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

namespace mayday::ui {

/// The small style sheet for Qt's own controls (fields, menus, headers, scroll bars, tooltips).
[[nodiscard]] QString styleSheetFor(const Tokens &tokens);

} // namespace mayday::ui
