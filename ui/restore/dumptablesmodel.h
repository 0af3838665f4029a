// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "restore/restoreplan.h"

#include <QAbstractTableModel>
#include <QSet>

namespace mayday::ui {

/// The tables inside a backup that hold rows, in the order of the file.
class DumpTablesModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Table, Rows, Size, There, ColumnCount };

    explicit DumpTablesModel(QObject *parent = nullptr) : QAbstractTableModel(parent) {}

    /// Without those that are empty: there is nothing to take from them, unless they are missing.
    /// missing: those that the server lacks.
    void setTables(const QList<dump::TableInDump> &tables,
                   const QList<restore::TableName> &missing);
    [[nodiscard]] bool isMissing(int row) const
    {
        return m_missing.contains({m_tables[row].schema, m_tables[row].name});
    }
    [[nodiscard]] const dump::TableInDump &table(int row) const { return m_tables[row]; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    QList<dump::TableInDump> m_tables;
    QSet<restore::TableName> m_missing;
};

} // namespace mayday::ui
