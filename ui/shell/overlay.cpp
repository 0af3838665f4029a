// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/overlay.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace mayday::ui {

namespace {

constexpr int cardWidth = 640;
constexpr int cardHeight = 540;
constexpr int fromTop = 72;
constexpr float veil = 0.72F;

} // namespace

Overlay::Overlay(const Theme &theme, const QString &title, QWidget &window)
    : QWidget(&window), m_theme(theme), m_window(window), m_card(new Card(theme, this))
{
    setAccessibleName(title);
    m_card->setAccessibleName(title);
    window.installEventFilter(this);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    hide();
}

void Overlay::open(QWidget *first)
{
    if (!isOpen())
        m_focusBefore = QApplication::focusWidget();
    cover();
    show();
    raise();
    first->setFocus(Qt::ShortcutFocusReason);
}

void Overlay::close()
{
    if (!isOpen())
        return;
    hide();
    if (m_focusBefore != nullptr && m_focusBefore->isVisible())
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    Q_EMIT closed();
}

void Overlay::cover()
{
    setGeometry(m_window.rect());
    const int cardsWidth = std::min(cardWidth, width() - 2 * metric::space24);
    const int top = std::min(fromTop, height() / 10);
    m_card->setGeometry((width() - cardsWidth) / 2, top, cardsWidth,
                        std::min(cardHeight, height() - 2 * top));
}

/// While it covers the window, no key is a shortcut: not the Esc of a restore below either.
bool Overlay::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void Overlay::paintEvent(QPaintEvent *)
{
    QColor ground = m_theme.tokens().bg;
    ground.setAlphaF(veil);
    QPainter painter(this);
    painter.fillRect(rect(), ground);
}

void Overlay::mousePressEvent(QMouseEvent *event)
{
    if (!m_card->geometry().contains(event->position().toPoint()))
        close();
}

void Overlay::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        close();
    event->accept(); // nothing below may react while it is covered
}

bool Overlay::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && isOpen())
        cover();
    return QWidget::eventFilter(watched, event);
}

bool Overlay::focusNextPrevChild(bool next)
{
    QList<QWidget *> stops;
    for (QWidget *child : findChildren<QWidget *>()) {
        if ((child->focusPolicy() & Qt::TabFocus) != 0 && child->isVisible() && child->isEnabled())
            stops.append(child);
    }
    if (stops.isEmpty())
        return true;
    const qsizetype from = stops.indexOf(QApplication::focusWidget());
    const qsizetype to = (from + (next ? 1 : -1) + stops.size()) % stops.size();
    stops.at(to)->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    return true;
}

} // namespace mayday::ui
