// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/kit/tableroles.h"
#include "ui/kit/theme.h"

#include <QSet>
#include <QTableView>

namespace mayday::ui {

/// The table of every list: whole rows, keyboard, hairlines, Ctrl+C as tab-separated lines with a
/// header, right-aligned numbers, mono columns, a text in the middle while it is empty. Does not
/// own its model. Enter and double click emit QTableView::activated().
class ActionTable final : public QTableView {
    Q_OBJECT
public:
    explicit ActionTable(const Theme &theme, QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    /// Columns of numbers: right-aligned, header too.
    void setNumberColumns(const QSet<int> &columns);
    void setMonoColumns(const QSet<int> &columns);
    /// The column that takes what is left; -1: the last.
    void setStretchColumn(int column);
    /// "No backups yet.", "Make one with ...".
    void setEmptyText(const QString &headline, const QString &detail);
    /// The selected rows (all when none is) as text.
    [[nodiscard]] QString asText() const;
    /// No frame and no ground of its own, for use on a Card.
    void setFrameless(bool frameless);

    [[nodiscard]] bool isNumberColumn(int column) const { return m_numbers.contains(column); }
    [[nodiscard]] bool isMonoColumn(int column) const { return m_mono.contains(column); }
    /// The row under the mouse, or -1.
    [[nodiscard]] int hoveredRow() const { return m_hoveredRow; }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void copySelection() const;
    void fitColumns();
    void widen(const QModelIndex &from, const QModelIndex &to);

    const Theme &m_theme;
    QSet<int> m_numbers;
    QSet<int> m_mono;
    int m_stretch = -1;
    int m_hoveredRow = -1;
    QString m_emptyHeadline;
    QString m_emptyDetail;
};

} // namespace mayday::ui
