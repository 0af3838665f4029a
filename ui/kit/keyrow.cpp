// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/keyrow.h"

#include "ui/kit/keyhint.h"

#include <algorithm>

namespace mayday::ui {

KeyRow::KeyRow(const Theme &theme, const QList<std::pair<QString, QString>> &keys, QWidget *parent)
    : QWidget(parent)
{
    for (const auto &[key, meaning] : keys)
        m_hints.append(new KeyHint(theme, key, meaning, this));
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

QSize KeyRow::sizeHint() const
{
    QSize size(0, 0);
    for (const KeyHint *hint : m_hints)
        size = {size.width() + hint->sizeHint().width() + metric::space12,
                std::max(size.height(), hint->sizeHint().height())};
    return size;
}

QSize KeyRow::minimumSizeHint() const
{
    const QSize last = m_hints.isEmpty() ? QSize(0, 0) : m_hints.last()->sizeHint();
    return {last.width(), sizeHint().height()};
}

void KeyRow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void KeyRow::arrange()
{
    const int reserved = minimumSizeHint().width();
    int left = 0;
    bool hasRoom = true;
    for (KeyHint *hint : std::as_const(m_hints)) {
        const QSize size = hint->sizeHint();
        const bool isLast = hint == m_hints.last();
        hasRoom = hasRoom && left + size.width() + metric::space12 + reserved <= width();
        hint->setVisible(hasRoom || isLast);
        if (!hasRoom && !isLast)
            continue;
        hint->setGeometry(QRect(QPoint(left, (height() - size.height()) / 2), size));
        left += size.width() + metric::space12;
    }
}

} // namespace mayday::ui
