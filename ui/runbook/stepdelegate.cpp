// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/stepdelegate.h"

#include "ui/runbook/steplistmodel.h"

#include <QPainter>
#include <QPainterPath>

namespace mayday::ui {

namespace {

constexpr int markSize = 16;
constexpr int markLeft = 10;
constexpr int textLeft = 36;
constexpr int rowPadding = 6;
constexpr int headingTop = 18;

bool isHeading(const QModelIndex &index)
{
    return index.data(StepListModel::KindRole).toInt() ==
           static_cast<int>(StepListModel::Kind::Phase);
}

void paintTick(QPainter &painter, const QRectF &area, const QColor &color)
{
    QPainterPath tick;
    tick.moveTo(area.left() + area.width() * 0.25, area.top() + area.height() * 0.52);
    tick.lineTo(area.left() + area.width() * 0.43, area.top() + area.height() * 0.70);
    tick.lineTo(area.left() + area.width() * 0.76, area.top() + area.height() * 0.32);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(tick);
}

} // namespace

StepDelegate::StepDelegate(const Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent), m_theme(theme)
{
}

QFont StepDelegate::fontFor(const QModelIndex &index) const
{
    const bool isStrong = isHeading(index) || index.data(StepListModel::ShownRole).toBool() ||
                          index.data(StepListModel::CurrentRole).toBool();
    QFont font = m_theme.font(isHeading(index) ? TextStyle::BaseStrong : TextStyle::Detail);
    if (isStrong)
        font.setWeight(QFont::DemiBold);
    return font;
}

QRect StepDelegate::textArea(const QRect &row, bool isHeadingRow) const
{
    return isHeadingRow ? row.adjusted(4, headingTop, -8, -4)
                        : row.adjusted(textLeft, rowPadding, -8, -rowPadding);
}

void StepDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    const Tokens &tokens = m_theme.tokens();
    const bool heading = isHeading(index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (index.data(StepListModel::ShownRole).toBool()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.selection);
        painter->drawRoundedRect(option.rect.adjusted(0, 1, 0, -1), metric::controlRadius,
                                 metric::controlRadius);
    }
    if (option.state & QStyle::State_HasFocus && !heading) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tokens.accent, metric::focusRing));
        painter->drawRoundedRect(option.rect.adjusted(1, 2, -1, -2), metric::controlRadius,
                                 metric::controlRadius);
    }
    if (!heading) {
        const QRect mark(option.rect.left() + markLeft, option.rect.top() + rowPadding + 1,
                         markSize, markSize);
        paintMark(*painter, mark,
                  static_cast<runbook::StepState>(index.data(StepListModel::StateRole).toInt()),
                  index.data(StepListModel::SensedRole).toBool());
    }
    const bool isCurrent = index.data(StepListModel::CurrentRole).toBool() ||
                           index.data(StepListModel::ShownRole).toBool();
    painter->setFont(fontFor(index));
    painter->setPen(heading || !isCurrent ? tokens.ink2 : tokens.ink);
    painter->drawText(textArea(option.rect, heading),
                      Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop,
                      index.data(Qt::DisplayRole).toString());
    painter->restore();
}

void StepDelegate::paintMark(QPainter &painter, const QRect &area, runbook::StepState state,
                             bool isSensed) const
{
    using runbook::StepState;
    const Tokens &tokens = m_theme.tokens();
    const QRectF box = QRectF(area).adjusted(1, 1, -1, -1);
    const bool isFilled = state == StepState::Done || state == StepState::Sensed;
    painter.setPen(isFilled ? QPen(Qt::NoPen) : QPen(tokens.ink3, 1.6));
    painter.setBrush(isFilled ? QBrush(tokens.ok) : QBrush(Qt::NoBrush));
    if (isSensed)
        painter.drawEllipse(box);
    else
        painter.drawRoundedRect(box, 3, 3);
    if (isFilled) {
        paintTick(painter, box, tokens.panel);
    } else if (state == StepState::Overridden) {
        painter.setPen(QPen(tokens.warn, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(box.bottomLeft() + QPointF(3, -3), box.topRight() + QPointF(-3, 3));
    } else if (state == StepState::Deferred) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(tokens.warn);
        const QPointF centre = box.center();
        painter.drawPolygon(QPolygonF(
            {centre + QPointF(-2.5, -4), centre + QPointF(4, 0), centre + QPointF(-2.5, 4)}));
    }
}

QSize StepDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const bool heading = isHeading(index);
    const int width = option.rect.width() > 0 ? option.rect.width() : 240;
    const QRect area = textArea(QRect(0, 0, width, 1000), heading);
    const QRect text =
        QFontMetrics(fontFor(index))
            .boundingRect(area, Qt::TextWordWrap, index.data(Qt::DisplayRole).toString());
    return {width, text.height() + (heading ? headingTop + 4 : 2 * rowPadding)};
}

} // namespace mayday::ui
