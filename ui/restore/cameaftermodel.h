// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/bringback.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// The tables that differ between what is kept (what a restore moved aside, or a copy of a backup)
/// and what is live, each with what is to happen to it.
class CameAfterModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Table, OnlyKept, OnlyLive, Changed, Choice, ColumnCount };

    explicit CameAfterModel(QObject *parent = nullptr);

    /// Choices made for tables that are still there are kept; for the others the rows that came
    /// after the backup are added.
    void setComparison(const restore::Comparison &comparison);
    /// Ignored for a table that the live schema has not.
    void choose(int row, restore::TableChoice choice);
    [[nodiscard]] restore::TableChoice choice(int row) const;
    [[nodiscard]] bool canChoose(int row) const;
    /// All that change something.
    [[nodiscard]] QList<restore::TableDecision> decisions() const;
    /// Rows that will be added, changed and removed by the choices.
    [[nodiscard]] qint64 rowsToAdd() const;
    [[nodiscard]] qint64 rowsToChange() const;
    [[nodiscard]] qint64 rowsToRemove() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

Q_SIGNALS:
    void choicesChanged();

private:
    struct Line {
        restore::TableComparison table;
        restore::TableChoice choice = restore::TableChoice::LeaveAsRestored;
    };
    [[nodiscard]] QString text(const Line &line, int column) const;

    QList<Line> m_lines;
    bool m_isCopy = false;
};

/// "Leave as restored", "Add what came after", "As before the restore"; of a copy of a backup
/// "Leave as it is", "Add what is missing", "As in the backup".
[[nodiscard]] QString choiceWord(restore::TableChoice choice, bool isCopy);

} // namespace mayday::ui
