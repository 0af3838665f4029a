// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/windowmode.h"

#include <QPainter>

namespace mayday::ui {

QString modeWord(WindowMode mode)
{
    switch (mode) {
    case WindowMode::Practice: return ModeFrame::tr("PRACTICE");
    case WindowMode::Drill: return ModeFrame::tr("DRILL");
    case WindowMode::Production:
    case WindowMode::ProductionIncident: break;
    }
    return ModeFrame::tr("PRODUCTION");
}

ModeFrame::ModeFrame(const Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

int ModeFrame::thickness() const
{
    return m_mode == WindowMode::Drill || m_mode == WindowMode::ProductionIncident ? metric::space4
                                                                                   : 0;
}

void ModeFrame::setMode(WindowMode mode)
{
    m_mode = mode;
    const int edge = thickness();
    setContentsMargins(edge, edge, edge, edge);
    update();
}

void ModeFrame::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = m_theme.tokens();
    QPainter painter(this);
    painter.fillRect(rect(), tokens.bg);
    const int edge = thickness();
    if (edge == 0)
        return;
    const QRegion inside(rect().adjusted(edge, edge, -edge, -edge));
    painter.setClipRegion(QRegion(rect()).subtracted(inside));
    if (m_mode == WindowMode::ProductionIncident) {
        painter.fillRect(rect(), tokens.down);
        return;
    }
    painter.fillRect(rect(), tokens.drillBg);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokens.drill, metric::space4));
    constexpr int pitch = metric::space16;
    for (int x = -height(); x < width(); x += pitch)
        painter.drawLine(x, height(), x + height(), 0);
}

} // namespace mayday::ui
