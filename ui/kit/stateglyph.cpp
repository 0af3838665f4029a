// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/stateglyph.h"

#include <QAccessible>
#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace mayday::ui {

namespace {

/// A square of 20 units, the grid the shapes are drawn on.
constexpr double unit = 20.0;

void paintSolid(QPainter &painter, const QColor &color, const QPainterPath &path)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPath(path);
}

QPainterPath triangle()
{
    QPainterPath path;
    path.moveTo(10, 2.2);
    path.lineTo(18.8, 17.8);
    path.lineTo(1.2, 17.8);
    path.closeSubpath();
    return path;
}

QPainterPath disc()
{
    QPainterPath path;
    path.addEllipse(QPointF(10, 10), 8, 8);
    return path;
}

QPainterPath square()
{
    QPainterPath path;
    path.addRoundedRect(QRectF(2, 2, 16, 16), 1.5, 1.5);
    return path;
}

void paintDashedCircle(QPainter &painter, const QColor &color)
{
    QPen pen(color, 2);
    constexpr double circumference = 2 * M_PI * 7;
    constexpr double dash = circumference / 10 / 2 / 2; // ten dashes, in units of the pen's width
    pen.setDashPattern({dash * 1.15, dash * 0.85});
    pen.setCapStyle(Qt::FlatCap);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(QPointF(10, 10), 7, 7);
}

void paintHatched(QPainter &painter, const QColor &color)
{
    painter.setPen(QPen(color, 1.75));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(QPointF(10, 10), 7.1, 7.1);
    painter.setClipPath(disc());
    for (double x = -6; x <= 26; x += 4)
        painter.drawLine(QPointF(x - 8, 18), QPointF(x + 8, 2));
}

void paintDiamond(QPainter &painter, const QColor &color)
{
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    const QPointF corners[] = {{10, 2.6}, {17.4, 10}, {10, 17.4}, {2.6, 10}};
    painter.drawPolygon(corners, 4);
}

} // namespace

Ink inkOf(StateShape shape)
{
    switch (shape) {
    case StateShape::Ok: return Ink::Ok;
    case StateShape::Degraded: return Ink::Warn;
    case StateShape::Down: return Ink::Down;
    case StateShape::Unknown:
    case StateShape::Stale: return Ink::Unknown;
    case StateShape::Maintenance: return Ink::Accent;
    }
    Q_UNREACHABLE_RETURN(Ink::Unknown);
}

QString wordOf(StateShape shape)
{
    switch (shape) {
    case StateShape::Ok: return StateGlyph::tr("Works");
    case StateShape::Degraded: return StateGlyph::tr("Degraded");
    case StateShape::Down: return StateGlyph::tr("Down");
    case StateShape::Unknown: return StateGlyph::tr("Unknown");
    case StateShape::Stale: return StateGlyph::tr("Stale");
    case StateShape::Maintenance: return StateGlyph::tr("Maintenance");
    }
    Q_UNREACHABLE_RETURN({});
}

void paintState(QPainter &painter, const QRectF &area, StateShape shape, const QColor &color)
{
    const double side = std::min(area.width(), area.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(area.center() - QPointF(side / 2, side / 2));
    painter.scale(side / unit, side / unit);
    switch (shape) {
    case StateShape::Ok: paintSolid(painter, color, disc()); break;
    case StateShape::Degraded: paintSolid(painter, color, triangle()); break;
    case StateShape::Down: paintSolid(painter, color, square()); break;
    case StateShape::Unknown: paintDashedCircle(painter, color); break;
    case StateShape::Stale: paintHatched(painter, color); break;
    case StateShape::Maintenance: paintDiamond(painter, color); break;
    }
    painter.restore();
}

QPixmap statePixmap(const Theme &theme, StateShape shape, int size, qreal ratio)
{
    QPixmap pixmap(QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintState(painter, QRectF(0, 0, size, size), shape, theme.color(inkOf(shape)));
    return pixmap;
}

StateGlyph::StateGlyph(const Theme &theme, StateShape shape, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_shape(shape)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(wordOf(shape));
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void StateGlyph::setShape(StateShape shape)
{
    m_shape = shape;
    setAccessibleName(wordOf(shape));
    update();
}

void StateGlyph::setExtent(int pixels)
{
    m_extent = pixels;
    updateGeometry();
}

QSize StateGlyph::sizeHint() const
{
    return {m_extent, m_extent};
}

void StateGlyph::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintState(painter, rect(), m_shape, m_theme.color(inkOf(m_shape)));
}

} // namespace mayday::ui
