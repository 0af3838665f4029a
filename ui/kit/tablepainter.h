// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/theme.h"

#include <QStyledItemDelegate>

namespace mayday::ui {

class ActionTable;

/// Draws a cell of an ActionTable from its roles. Owned by the table.
class TablePainter final : public QStyledItemDelegate {
    Q_OBJECT
public:
    TablePainter(const Theme &theme, ActionTable &table);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

private:
    [[nodiscard]] QFont fontOf(const QModelIndex &index) const;
    [[nodiscard]] QColor inkFor(const QModelIndex &index) const;
    void paintGround(QPainter &painter, const QStyleOptionViewItem &option,
                     const QModelIndex &index) const;

    const Theme &m_theme;
    const ActionTable &m_table;
};

} // namespace mayday::ui
