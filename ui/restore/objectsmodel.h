// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpobjects.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// Everything in a backup that is called so, in its order or sorted by a column. Tens of thousands
/// are a list of numbers.
class ObjectsModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Kind, Name, Rows, Size, Line, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setObjects(const QList<dump::DumpObject> &objects);
    /// All words have to be in the kind or in the name; empty: all.
    void find(const QString &words);
    /// By a column; -1: in the order of the file. What is the same keeps that order, and what has
    /// no rows comes after what has, whichever way they are sorted by rows or size.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    /// Its number among all.
    [[nodiscard]] qsizetype object(int row) const { return m_found[row]; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(const dump::DumpObject &object, int column) const;
    void sortFound();

    QList<dump::DumpObject> m_objects;
    QList<qsizetype> m_found;
    int m_column = -1; ///< that it is sorted by; -1: the order of the file
    Qt::SortOrder m_order = Qt::AscendingOrder;
};

} // namespace mayday::ui
