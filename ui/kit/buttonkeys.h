// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeyEvent>

namespace mayday::ui {

/// The keys that press a button are its own while it has the focus, whatever they mean to the page
/// around it. Call it first in event(); true when the event is dealt with.
[[nodiscard]] inline bool keepsButtonKey(QEvent *event)
{
    if (event->type() != QEvent::ShortcutOverride)
        return false;
    const QKeyCombination pressed = static_cast<QKeyEvent *>(event)->keyCombination();
    const Qt::Key key = pressed.key();
    const bool isPlain =
        (pressed.keyboardModifiers() & ~Qt::KeypadModifier) == Qt::KeyboardModifiers();
    if (!isPlain || (key != Qt::Key_Space && key != Qt::Key_Return && key != Qt::Key_Enter))
        return false;
    event->accept();
    return true;
}

} // namespace mayday::ui
