// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/tag.h"

#include <QFontMetrics>
#include <QPainter>

namespace mayday::ui {

Tag::Tag(const Theme &theme, const QString &word, Ink ink, bool filled, QWidget *parent)
    : QWidget(parent), m_theme(theme)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    set(word, ink, filled);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Tag::set(const QString &word, Ink ink, bool filled)
{
    m_word = word;
    m_ink = ink;
    m_filled = filled;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QFont Tag::tagFont() const
{
    QFont font = m_theme.font(TextStyle::Base);
    font.setWeight(QFont::Bold);
    font.setLetterSpacing(QFont::AbsoluteSpacing, 0.4);
    return font;
}

QSize Tag::sizeHint() const
{
    return {QFontMetrics(tagFont()).horizontalAdvance(m_word) + 20, 26};
}

void Tag::paintEvent(QPaintEvent *)
{
    const QColor color = m_theme.color(m_ink);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 2));
    painter.setBrush(m_filled ? QBrush(color) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    painter.setFont(tagFont());
    if (m_filled)
        painter.setPen(m_theme.isDark() ? m_theme.tokens().bg : m_theme.tokens().panel);
    painter.drawText(rect(), Qt::AlignCenter, m_word);
}

} // namespace mayday::ui
