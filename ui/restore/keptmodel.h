// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "restore/keptschema.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// What restores have kept on the server, newest first, one row each.
class KeptModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { What, Since, Size, Name, ColumnCount };

    explicit KeptModel(const Clock &clock, QObject *parent = nullptr)
        : QAbstractTableModel(parent), m_clock(clock)
    {
    }

    void setKept(const QList<restore::KeptSchema> &kept);
    [[nodiscard]] const QList<restore::KeptSchema> &kept() const { return m_kept; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    const Clock &m_clock;
    QList<restore::KeptSchema> m_kept;
};

} // namespace mayday::ui
