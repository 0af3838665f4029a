// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/tablepainter.h"

#include "ui/kit/actiontable.h"
#include "ui/kit/stateglyph.h"

#include <QPainter>

namespace mayday::ui {

namespace {

constexpr int cellPadding = 12;
constexpr int glyphSide = 14;

} // namespace

TablePainter::TablePainter(const Theme &theme, ActionTable &table)
    : QStyledItemDelegate(&table), m_theme(theme), m_table(table)
{
}

void TablePainter::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    painter->save();
    paintGround(*painter, option, index);
    QRect area = option.rect.adjusted(cellPadding, 0, -cellPadding, 0);
    const QVariant shape = index.data(ShapeRole);
    const QColor ink = inkFor(index);
    if (shape.isValid()) {
        const QRectF mark(area.left(), area.center().y() - glyphSide / 2.0 + 0.5, glyphSide,
                          glyphSide);
        paintState(*painter, mark, static_cast<StateShape>(shape.toInt()), ink);
        area.setLeft(area.left() + glyphSide + 6);
    }
    painter->setFont(fontOf(index));
    painter->setPen(ink);
    const Qt::Alignment side =
        m_table.isNumberColumn(index.column()) ? Qt::AlignRight : Qt::AlignLeft;
    painter->drawText(
        area, static_cast<int>(side | Qt::AlignVCenter) | Qt::TextSingleLine,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, area.width()));
    painter->restore();
}

QSize TablePainter::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const QFontMetrics metrics(fontOf(index));
    int width = metrics.horizontalAdvance(index.data().toString()) + 2 * cellPadding + 2;
    if (index.data(ShapeRole).isValid())
        width += glyphSide + 6;
    return {width, metric::tableRowHeight};
}

QFont TablePainter::fontOf(const QModelIndex &index) const
{
    if (m_table.isMonoColumn(index.column()))
        return m_theme.font(TextStyle::Mono);
    const bool heavy = index.data(StrongRole).toBool() || index.data(ShapeRole).isValid();
    const TextStyle style = heavy ? TextStyle::BaseStrong : TextStyle::Base;
    return m_table.isNumberColumn(index.column()) ? m_theme.tabularFont(style)
                                                  : m_theme.font(style);
}

QColor TablePainter::inkFor(const QModelIndex &index) const
{
    const QVariant ink = index.data(InkRole);
    if (ink.isValid())
        return m_theme.color(static_cast<Ink>(ink.toInt()));
    const QVariant shape = index.data(ShapeRole);
    if (shape.isValid())
        return m_theme.color(inkOf(static_cast<StateShape>(shape.toInt())));
    return m_theme.tokens().ink;
}

void TablePainter::paintGround(QPainter &painter, const QStyleOptionViewItem &option,
                               const QModelIndex &index) const
{
    const Tokens &tokens = m_theme.tokens();
    const bool marked = index.siblingAtColumn(0).data(MarkedRole).toBool();
    if (option.state.testFlag(QStyle::State_Selected) || marked)
        painter.fillRect(option.rect, tokens.selection);
    else if (m_table.hoveredRow() == index.row())
        painter.fillRect(option.rect, tokens.soft);
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                     tokens.line);
    const bool current = m_table.hasFocus() && m_table.currentIndex().row() == index.row();
    if (current && index.column() == 0)
        painter.fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
                         tokens.accent);
}

} // namespace mayday::ui
