// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "incident/incidentdesk.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// All incidents and drills, newest first.
class IncidentModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Number, Title, Opened, Took, State, ColumnCount };

    IncidentModel(const incident::IncidentDesk &incidents, const Clock &clock,
                  QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    /// nullptr for a row that is not there.
    [[nodiscard]] const incident::Incident *incident(int row) const;

private:
    [[nodiscard]] QString text(const incident::Incident &incident, int column) const;
    void reload();

    const incident::IncidentDesk &m_incidents;
    const Clock &m_clock;
    int m_rows = 0;
};

} // namespace mayday::ui
