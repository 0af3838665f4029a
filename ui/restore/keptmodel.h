// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "restore/keptexpiry.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// What restores have kept on the server, newest first, one row each, and when each goes.
class KeptModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { What, Since, Size, Goes, Name, ColumnCount };

    explicit KeptModel(const Clock &clock, QObject *parent = nullptr)
        : QAbstractTableModel(parent), m_clock(clock)
    {
    }

    void setLook(const restore::KeptLook &look, const restore::ExpiryRules &rules);
    [[nodiscard]] const QList<restore::KeptSchema> &kept() const { return m_look.kept; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] restore::KeptTerm termOf(const restore::KeptSchema &kept) const;
    [[nodiscard]] QString tipFor(const restore::KeptSchema &kept, int column) const;

    const Clock &m_clock;
    restore::KeptLook m_look;
    restore::ExpiryRules m_rules;
};

} // namespace mayday::ui
