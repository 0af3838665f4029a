// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/incident/timelinemodel.h"

#include "ui/kit/timetext.h"

namespace mayday::ui {

TimelineModel::TimelineModel(QObject *parent) : QAbstractTableModel(parent) {}

void TimelineModel::setTimeline(const QList<incident::TimelineEntry> &timeline)
{
    const bool grows =
        timeline.size() > m_timeline.size() && timeline.first(m_timeline.size()) == m_timeline;
    if (grows) {
        beginInsertRows({}, static_cast<int>(m_timeline.size()),
                        static_cast<int>(timeline.size()) - 1);
        m_timeline = timeline;
        endInsertRows();
    } else if (timeline != m_timeline) {
        beginResetModel();
        m_timeline = timeline;
        endResetModel();
    }
}

int TimelineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_timeline.size());
}

int TimelineModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_timeline.size())
        return {};
    const incident::TimelineEntry &entry = m_timeline[index.row()];
    if (role == Qt::ToolTipRole)
        return index.column() == At ? timetext::dateClock(entry.at, QTimeZone::systemTimeZone())
                                    : entry.text;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case At: return timetext::utcSeconds(entry.at);
    case Who: return entry.who;
    case What: return entry.text;
    default: return {};
    }
}

QVariant TimelineModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case At: return tr("When");
    case Who: return tr("Who");
    case What: return tr("What");
    default: return {};
    }
}

} // namespace mayday::ui
