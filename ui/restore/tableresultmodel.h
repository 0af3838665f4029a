// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restorereceipt.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// Tables of a restore with what the dump says and what the server counts.
class TableResultModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    /// The answer stands where a narrow window still shows it.
    enum Column { Table, Verdict, InDump, Now, Sequence, Constraints, ColumnCount };

    explicit TableResultModel(QObject *parent = nullptr);

    /// isCounting: rows not counted yet are shown as waiting, the first of them as being counted.
    void setResults(const QList<restore::TableResult> &results, bool isCounting);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] bool isCurrent(int row) const;

    QList<restore::TableResult> m_results;
    bool m_isCounting = false;
};

} // namespace mayday::ui
