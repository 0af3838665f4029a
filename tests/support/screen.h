// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/actionbutton.h"
#include "ui/kit/textlabel.h"

#include <QApplication>
#include <QTest>

namespace mayday::tests {

/// All text a person can read now, one line a label. Header only, because it needs the kit of ui/.
inline QString seenText(const QWidget &window)
{
    QStringList texts;
    for (const ui::TextLabel *label : window.findChildren<ui::TextLabel *>()) {
        if (label->isVisible() && !label->plainText().isEmpty())
            texts.append(label->plainText());
    }
    return texts.join(u'\n');
}

/// The visible button whose text begins so; nullptr when there is none.
inline ui::ActionButton *seenButton(const QWidget &window, const QString &beginning)
{
    for (ui::ActionButton *button : window.findChildren<ui::ActionButton *>()) {
        if (button->isVisible() && button->text().startsWith(beginning))
            return button;
    }
    return nullptr;
}

/// The visible part of that kind; nullptr when there is none.
template <typename Part>
Part *seen(const QWidget &window)
{
    for (Part *part : window.findChildren<Part *>()) {
        if (part->isVisible())
            return part;
    }
    return nullptr;
}

/// Texts and buttons with less room than they need, once every layout has had its turn: a text that
/// grew just now gets its room with the next events.
inline QStringList clippedTexts(const QWidget &window)
{
    constexpr int nested = 4; // a layout asks the one around it
    for (int i = 0; i < nested; ++i)
        QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    QStringList clipped;
    for (const ui::TextLabel *label : window.findChildren<ui::TextLabel *>()) {
        const int needed =
            label->wordWrap() ? label->heightForWidth(label->width()) : label->sizeHint().height();
        const bool isNarrow = !label->wordWrap() &&
                              label->sizePolicy().horizontalPolicy() != QSizePolicy::Ignored &&
                              label->width() < label->sizeHint().width();
        if (label->isVisible() && (label->height() < needed || isNarrow))
            clipped.append(label->plainText());
    }
    for (const ui::ActionButton *button : window.findChildren<ui::ActionButton *>()) {
        if (button->isVisible() && button->width() < button->sizeHint().width())
            clipped.append(button->text());
    }
    return clipped;
}

/// A key for whoever has the focus, or for the window when nobody has.
inline void press(QWidget &window, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QWidget *focus = QApplication::focusWidget();
    QTest::keyClick(focus ? focus : &window, key, modifiers);
}

} // namespace mayday::tests
