// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QIcon>
#include <QPixmap>

namespace mayday::ui {

/// ":/icons/<name>.svg" in a colour of the theme; follows the theme by itself, sharp at every
/// scale, accent or dimmed when the icon is checked or disabled. An unknown name is an empty icon.
[[nodiscard]] QIcon icon(const QString &name, const Theme &theme, Ink ink = Ink::Second);
/// size in device-independent pixels.
[[nodiscard]] QPixmap iconPixmap(const QString &name, const QColor &color, int size, qreal ratio);
/// The application's own mark, in its own colours.
[[nodiscard]] QIcon applicationIcon();
/// Whether the resource holds it.
[[nodiscard]] bool hasIcon(const QString &name);

} // namespace mayday::ui
