// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "runbook/runbooklibrary.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// The scenarios at hand, critical ones first, each with its promise and its last review (R27).
class RunbookModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Title, TierColumn, Promise, Steps, Reviewed, ColumnCount };

    explicit RunbookModel(const Clock &clock, QObject *parent = nullptr);
    void setLibrary(const runbook::RunbookLibrary &library);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    /// nullptr for a row that is not there.
    [[nodiscard]] const runbook::Runbook *runbook(int row) const;

private:
    [[nodiscard]] QString text(const runbook::Runbook &runbook, int column) const;
    [[nodiscard]] bool isOverdue(const runbook::Runbook &runbook) const;

    const Clock &m_clock;
    QList<runbook::Runbook> m_runbooks;
};

} // namespace mayday::ui
