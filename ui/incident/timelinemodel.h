// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/incident.h"

#include <QAbstractTableModel>

namespace mayday::ui {

/// The timeline of one incident: when (UTC), who, what. Grows at the end.
class TimelineModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { At, Who, What, ColumnCount };

    explicit TimelineModel(QObject *parent = nullptr);
    void setTimeline(const QList<incident::TimelineEntry> &timeline);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    QList<incident::TimelineEntry> m_timeline;
};

} // namespace mayday::ui
