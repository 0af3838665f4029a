// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/incident/incidentmodel.h"

#include "ui/incident/incidenttexts.h"
#include "ui/kit/stateglyph.h"
#include "ui/kit/tableroles.h"
#include "ui/kit/timetext.h"

namespace mayday::ui {

IncidentModel::IncidentModel(const incident::IncidentDesk &incidents, const Clock &clock,
                             QObject *parent)
    : QAbstractTableModel(parent),
      m_incidents(incidents),
      m_clock(clock),
      m_rows(static_cast<int>(incidents.incidents().size()))
{
    connect(&incidents, &incident::IncidentDesk::incidentChanged, this, &IncidentModel::reload);
}

int IncidentModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int IncidentModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const incident::Incident *IncidentModel::incident(int row) const
{
    return row >= 0 && row < m_rows ? &m_incidents.incidents()[row] : nullptr;
}

QString IncidentModel::text(const incident::Incident &incident, int column) const
{
    switch (column) {
    case Number: return incidenttexts::numberWord(incident);
    case Title: return incident.title;
    case Opened: return timetext::brief(incident.openedAt, m_clock.now());
    case Took: return timetext::duration(incident::readRtoClock(incident, m_clock.now()).elapsed);
    case State: return incident.isRunning() ? tr("Running") : tr("Closed");
    default: return {};
    }
}

QVariant IncidentModel::data(const QModelIndex &index, int role) const
{
    const incident::Incident *row = index.isValid() ? incident(index.row()) : nullptr;
    if (!row)
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(*row, index.column());
    case Qt::ToolTipRole: return timetext::dateClock(row->openedAt, QTimeZone::systemTimeZone());
    case StrongRole: return row->isRunning();
    case ShapeRole:
        if (index.column() == State)
            return static_cast<int>(row->isRunning() ? StateShape::Degraded : StateShape::Ok);
        return {};
    default: return {};
    }
}

QVariant IncidentModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Number: return tr("Number");
    case Title: return tr("Scenario");
    case Opened: return tr("Opened (UTC)");
    case Took: return tr("Took");
    case State: return tr("State");
    default: return {};
    }
}

void IncidentModel::reload()
{
    const int rows = static_cast<int>(m_incidents.incidents().size());
    if (rows != m_rows) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
    } else if (rows > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, ColumnCount - 1));
    }
}

} // namespace mayday::ui
