// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/backupshelf.h"
#include "core/clock.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// The shelf as a table: newest first, one row a backup. Owns nothing; the shelf must outlive it.
class BackupModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { File, Taken, Size, Tables, Rows, State, ColumnCount };

    BackupModel(const backup::BackupShelf &shelf, const Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    /// nullptr for a row that is not there.
    [[nodiscard]] const backup::BackupEntry *entry(int row) const;

private:
    [[nodiscard]] QString text(const backup::BackupEntry &entry, int column) const;
    void reload();

    const backup::BackupShelf &m_shelf;
    const Clock &m_clock;
    QList<backup::BackupEntry> m_entries;
};

} // namespace mayday::ui
