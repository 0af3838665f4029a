// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace mayday::stack {

/// The known name that a misspelt one most likely meant; empty when none is near (a third of its
/// length in edits, a swap of neighbours counting as one). Case does not matter.
[[nodiscard]] QString nearestName(QStringView misspelt, const QStringList &known);

} // namespace mayday::stack
