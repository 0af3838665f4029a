// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/keyhint.h"

#include <QFontMetrics>
#include <QPainter>

namespace mayday::ui {

namespace {

constexpr int capHeight = 19;
constexpr int capPadding = 6;

} // namespace

QSize keyCapSize(const Theme &theme, const QString &key)
{
    const QFontMetrics metrics(theme.font(TextStyle::MonoCaption));
    return {std::max(capHeight, metrics.horizontalAdvance(key) + 2 * capPadding), capHeight};
}

void paintKeyCap(QPainter &painter, const QRect &area, const QString &key, const Theme &theme)
{
    const Tokens &tokens = theme.tokens();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    // A second line below makes the cap look like one without a shadow.
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.line);
    painter.drawRoundedRect(area, 4, 4);
    painter.setBrush(tokens.panel);
    painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -2), 3, 3);
    painter.setPen(tokens.ink2);
    painter.setFont(theme.font(TextStyle::MonoCaption));
    painter.drawText(area.adjusted(0, 0, 0, -1), Qt::AlignCenter, key);
    painter.restore();
}

KeyHint::KeyHint(const Theme &theme, const QString &key, QWidget *parent)
    : KeyHint(theme, key, {}, parent)
{
}

KeyHint::KeyHint(const Theme &theme, const QString &key, const QString &meaning, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_key(key), m_meaning(meaning)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(meaning.isEmpty() ? tr("Key %1").arg(key)
                                        : tr("%1: key %2").arg(meaning, key));
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize KeyHint::sizeHint() const
{
    QSize size = keyCapSize(m_theme, m_key);
    if (!m_meaning.isEmpty()) {
        const QFontMetrics metrics(m_theme.font(TextStyle::Base));
        size.rwidth() += metric::space4 + metrics.horizontalAdvance(m_meaning) + 1;
        size.setHeight(20);
    }
    return size;
}

void KeyHint::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QSize cap = keyCapSize(m_theme, m_key);
    paintKeyCap(painter, {QPoint(0, (height() - cap.height()) / 2), cap}, m_key, m_theme);
    painter.setFont(m_theme.font(TextStyle::Base));
    painter.setPen(m_theme.tokens().ink2);
    painter.drawText(rect().adjusted(cap.width() + metric::space4, 0, 0, 0),
                     Qt::AlignLeft | Qt::AlignVCenter, m_meaning);
}

} // namespace mayday::ui
