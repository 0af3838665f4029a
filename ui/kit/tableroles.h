// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qnamespace.h>

namespace mayday::ui {

/// What a model may say about a cell's look, without a colour or a pixel. All optional.
enum TableRole : int {
    ShapeRole = Qt::UserRole + 700, ///< int(StateShape): drawn before the text, sets the colour
    InkRole,                        ///< int(Ink): colour of the text
    StrongRole,                     ///< bool: semibold
    MarkedRole,                     ///< bool, of column 0: the row is the one being worked on
    CopyRole,                       ///< QString: what Ctrl+C takes instead of the shown text
};

} // namespace mayday::ui
