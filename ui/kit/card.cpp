// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/card.h"

#include "ui/kit/textlabel.h"

#include <QPainter>
#include <QVBoxLayout>

namespace mayday::ui {

Card::Card(const Theme &theme, QWidget *parent)
    : QFrame(parent), m_theme(theme), m_body(new QVBoxLayout(this))
{
    m_body->setContentsMargins(metric::space16, metric::space16, metric::space16, metric::space16);
    m_body->setSpacing(metric::space8);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

Card::Card(const Theme &theme, const QString &title, QWidget *parent) : Card(theme, parent)
{
    setAccessibleName(title);
    m_body->addWidget(sectionLabel(theme, title, this));
}

void Card::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.tokens().line, 1));
    painter.setBrush(m_theme.tokens().panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::cardRadius,
                            metric::cardRadius);
}

TextLabel *sectionLabel(const Theme &theme, const QString &text, QWidget *parent)
{
    auto *label = new TextLabel(theme, TextStyle::BaseStrong, Ink::Second, parent);
    label->setText(text);
    return label;
}

} // namespace mayday::ui
