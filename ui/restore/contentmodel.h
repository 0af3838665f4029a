// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/contentcheck.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// Tables whose rows were compared with the backup's to the letter.
class ContentModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    /// The answer stands where a narrow window still shows it.
    enum Column { Table, Verdict, InBackup, Now, Digest, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setCheck(const restore::ContentCheck &check);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(int row, int column) const;

    QList<restore::TableContent> m_tables; ///< what is not the same first
};

} // namespace mayday::ui
