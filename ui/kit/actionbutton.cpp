// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/actionbutton.h"

#include "ui/kit/buttonkeys.h"
#include "ui/kit/icon.h"
#include "ui/kit/keyhint.h"

#include <QAction>
#include <QEvent>
#include <QKeyEvent>
#include <QPainter>

namespace mayday::ui {

namespace {

constexpr int padding = 14;
constexpr int iconSide = 18;

} // namespace

struct ActionButton::Look {
    QColor ground;
    QColor border;
    QColor text;
};

ActionButton::ActionButton(const Theme &theme, ButtonKind kind, const QString &text,
                           QWidget *parent)
    : QPushButton(parent), m_theme(theme), m_kind(kind)
{
    setText(text);
    setKind(kind);
    setAutoDefault(false);
    setFocusPolicy(Qt::TabFocus); // after a click Space and Enter still are the page's
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

ActionButton::ActionButton(const Theme &theme, ButtonKind kind, QAction *action, QWidget *parent)
    : ActionButton(theme, kind, action->text(), parent)
{
    follow(action);
    connect(action, &QAction::changed, this, [this, action] { follow(action); });
    connect(this, &QPushButton::clicked, action, &QAction::trigger);
}

void ActionButton::follow(QAction *action)
{
    setText(action->text());
    setEnabled(action->isEnabled());
    setVisible(action->isVisible());
    // Without an own tooltip the action's is its text once more.
    setToolTip(action->toolTip() == action->text() ? QString() : action->toolTip());
    setKeyHint(action->shortcut().toString(QKeySequence::NativeText));
}

void ActionButton::setKind(ButtonKind kind)
{
    m_kind = kind;
    QFont font = m_theme.font(TextStyle::Base);
    const bool heavy = kind == ButtonKind::Primary || kind == ButtonKind::Danger;
    font.setWeight(heavy ? QFont::DemiBold : QFont::Medium);
    setFont(font);
    updateGeometry();
    update();
}

void ActionButton::setLarge(bool large)
{
    m_large = large;
    updateGeometry();
    update();
}

void ActionButton::setKeyHint(const QString &key)
{
    m_key = key;
    setAccessibleDescription(key.isEmpty() ? QString() : tr("Key %1").arg(key));
    updateGeometry();
    update();
}

void ActionButton::setIconName(const QString &name)
{
    m_iconName = name;
    updateGeometry();
    update();
}

QSize ActionButton::sizeHint() const
{
    int width = 2 * padding + fontMetrics().horizontalAdvance(text()) + 2;
    if (!m_iconName.isEmpty())
        width += iconSide + metric::space8;
    if (!m_key.isEmpty())
        width += metric::space8 + keyCapSize(m_theme, m_key).width();
    return {width, m_large ? metric::largeControlHeight : metric::controlHeight};
}

QSize ActionButton::minimumSizeHint() const
{
    const QSize full = sizeHint();
    return {std::min(full.width(), 160), full.height()};
}

ActionButton::Look ActionButton::look() const
{
    const Tokens &tokens = m_theme.tokens();
    const QColor ground = isDown() ? tokens.selection : underMouse() ? tokens.soft : tokens.panel;
    if (!isEnabled())
        return {tokens.bg, tokens.line, tokens.ink3};
    switch (m_kind) {
    case ButtonKind::Primary: {
        const QColor filled = isDown()       ? tokens.accent.darker(118)
                              : underMouse() ? tokens.accent.darker(108)
                                             : tokens.accent;
        return {filled, filled, tokens.accentInk};
    }
    case ButtonKind::Danger:
        return {underMouse() || isDown() ? tokens.downBg : tokens.panel, tokens.down, tokens.down};
    case ButtonKind::Quiet:
        return {underMouse() || isDown() ? ground : Qt::transparent, Qt::transparent,
                tokens.accent};
    case ButtonKind::Secondary: break;
    }
    return {ground, tokens.line, tokens.ink};
}

void ActionButton::paintEvent(QPaintEvent *)
{
    const Look colors = look();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors.border, 1));
    painter.setBrush(colors.ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::controlRadius,
                            metric::controlRadius);

    QRect area = rect().adjusted(padding, 0, -padding, 0);
    const bool centred = !m_large && m_key.isEmpty();
    if (centred && width() > sizeHint().width())
        area.setLeft((width() - sizeHint().width()) / 2 + padding);
    if (!m_iconName.isEmpty()) {
        const QPixmap drawn = iconPixmap(m_iconName, colors.text, iconSide, devicePixelRatioF());
        painter.drawPixmap(area.left(), (height() - iconSide) / 2, drawn);
        area.setLeft(area.left() + iconSide + metric::space8);
    }
    if (!m_key.isEmpty()) {
        const QSize cap = keyCapSize(m_theme, m_key);
        paintKeyCap(painter,
                    {QPoint(area.right() + 1 - cap.width(), (height() - cap.height()) / 2), cap},
                    m_key, m_theme);
        area.setRight(area.right() - cap.width() - metric::space8);
    }
    painter.setFont(font());
    painter.setPen(colors.text);
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fontMetrics().elidedText(text(), Qt::ElideRight, area.width()));
}

void ActionButton::keyPressEvent(QKeyEvent *event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && m_kind == ButtonKind::Danger) {
        event->accept(); // not handed on either: a dialogue would press its default button
        return;
    }
    if (enter) {
        event->accept();
        click();
        return;
    }
    QPushButton::keyPressEvent(event);
}

bool ActionButton::event(QEvent *event)
{
    if (keepsButtonKey(event))
        return true;
    if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave)
        update();
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty() && width() < sizeHint().width())
        setToolTip(text());
    return QPushButton::event(event);
}

} // namespace mayday::ui
