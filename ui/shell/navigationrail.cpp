// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/navigationrail.h"

#include "ui/kit/icon.h"

#include <QEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr QSize placeSize(72, 56);
constexpr int railIconSide = 22;

} // namespace

RailButton::RailButton(const Theme &theme, const PageIdentity &identity, QWidget *parent)
    : QAbstractButton(parent), m_theme(theme), m_iconName(identity.iconName)
{
    setText(identity.title);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setFixedSize(placeSize);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize RailButton::sizeHint() const
{
    return placeSize;
}

void RailButton::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = m_theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? tokens.selection : tokens.soft);
        painter.drawRoundedRect(rect(), metric::cardRadius, metric::cardRadius);
    }
    const QColor ink = isChecked() ? tokens.accent : tokens.ink2;
    painter.drawPixmap((width() - railIconSide) / 2, 9,
                       iconPixmap(m_iconName, ink, railIconSide, devicePixelRatioF()));
    painter.setFont(m_theme.font(isChecked() ? TextStyle::CaptionStrong : TextStyle::Caption));
    painter.setPen(ink);
    const QRect words(2, 33, width() - 4, 16);
    painter.drawText(words, Qt::AlignCenter | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, words.width()));
}

bool RailButton::event(QEvent *event)
{
    if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave)
        update();
    return QAbstractButton::event(event);
}

void RailButton::keyPressEvent(QKeyEvent *event)
{
    // Up and down belong to the rail, which knows the order of the eye.
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        event->ignore();
    else
        QAbstractButton::keyPressEvent(event);
}

void RailButton::nextCheckState()
{
    // A click asks; only the window marks the place where it is.
}

NavigationRail::NavigationRail(const Theme &theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_column(new QVBoxLayout(this))
{
    setFixedWidth(metric::railWidth);
    setAccessibleName(tr("Pages"));
    m_column->setContentsMargins(metric::space8, metric::space12, metric::space8, metric::space12);
    m_column->setSpacing(metric::space4);
    m_column->addStretch(1);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void NavigationRail::addPlace(const PageIdentity &identity, RailPlace place)
{
    if (place == RailPlace::Hidden)
        return;
    auto *button = new RailButton(m_theme, identity, this);
    m_places.append({identity.id, button});
    if (place == RailPlace::Top)
        m_column->insertWidget(m_topCount++, button);
    else
        m_column->addWidget(button);
    const QString id = identity.id;
    connect(button, &QAbstractButton::clicked, this, [this, id] { Q_EMIT chosen(id); });
    const QList<RailButton *> order = fromTopToBottom();
    for (qsizetype index = 1; index < order.size(); ++index)
        setTabOrder(order.at(index - 1), order.at(index));
}

void NavigationRail::setCurrent(const QString &id)
{
    for (const Place &place : std::as_const(m_places))
        place.button->setChecked(place.id == id);
}

void NavigationRail::setKey(const QString &id, const QString &key)
{
    if (RailButton *place = button(id)) {
        place->setToolTip(u"%1 (%2)"_s.arg(place->text(), key));
        place->setAccessibleDescription(tr("Key %1").arg(key));
    }
}

RailButton *NavigationRail::button(const QString &id) const
{
    const auto found = std::ranges::find(m_places, id, &Place::id);
    return found == m_places.end() ? nullptr : found->button;
}

QList<RailButton *> NavigationRail::fromTopToBottom() const
{
    QList<RailButton *> order;
    for (int index = 0; index < m_column->count(); ++index) {
        if (auto *button = qobject_cast<RailButton *>(m_column->itemAt(index)->widget()))
            order.append(button);
    }
    return order;
}

void NavigationRail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().panel);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), m_theme.tokens().line);
}

void NavigationRail::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    const QList<RailButton *> order = fromTopToBottom();
    const auto from =
        std::ranges::find_if(order, [](const RailButton *b) { return b->hasFocus(); });
    if (step == 0 || from == order.end()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const qsizetype to = std::distance(order.begin(), from) + step;
    if (to >= 0 && to < order.size())
        order.at(to)->setFocus(Qt::TabFocusReason);
}

} // namespace mayday::ui
