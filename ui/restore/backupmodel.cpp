// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/backupmodel.h"

#include "ui/kit/stateglyph.h"
#include "ui/kit/tableroles.h"
#include "ui/kit/timetext.h"
#include "ui/restore/agetexts.h"
#include "ui/restore/insidetexts.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

StateShape shapeOf(const backup::BackupEntry &entry)
{
    if (entry.error)
        return StateShape::Down;
    if (!entry.inspection)
        return StateShape::Unknown;
    if (entry.doubt == backup::BackupDoubt::Shrunk)
        return StateShape::Degraded;
    return entry.isTrusted() ? StateShape::Ok : StateShape::Down;
}

QString stateWord(const backup::BackupEntry &entry)
{
    if (entry.error)
        return BackupModel::tr("Cannot be read");
    if (!entry.inspection)
        return BackupModel::tr("Being read");
    switch (entry.inspection->verdict) {
    case dump::DumpVerdict::Complete: break;
    case dump::DumpVerdict::Truncated: return BackupModel::tr("Cut off");
    case dump::DumpVerdict::Damaged: return BackupModel::tr("Damaged");
    case dump::DumpVerdict::NotADump: return BackupModel::tr("Not a dump");
    }
    switch (entry.doubt) {
    case backup::BackupDoubt::None: return BackupModel::tr("Complete");
    case backup::BackupDoubt::Empty: return BackupModel::tr("Empty");
    case backup::BackupDoubt::TooSmall: return BackupModel::tr("Too small");
    case backup::BackupDoubt::Shrunk: return BackupModel::tr("Complete, shrunk");
    }
    Q_UNREACHABLE_RETURN({});
}

QString whenTaken(const backup::DataTime &time)
{
    const QString clock = timetext::dateClock(time.at, QTimeZone::systemTimeZone());
    const QString doubt = agetexts::doubt(time);
    return doubt.isEmpty() ? clock : clock + u"\n"_s + doubt;
}

} // namespace

BackupModel::BackupModel(const backup::BackupShelf &shelf, const Clock &clock, QObject *parent)
    : QAbstractTableModel(parent), m_shelf(shelf), m_clock(clock), m_entries(shelf.entries())
{
    connect(&shelf, &backup::BackupShelf::changed, this, &BackupModel::reload);
}

int BackupModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int BackupModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const backup::BackupEntry *BackupModel::entry(int row) const
{
    return row >= 0 && row < m_entries.size() ? &m_entries[row] : nullptr;
}

QString BackupModel::text(const backup::BackupEntry &entry, int column) const
{
    switch (column) {
    case File: return entry.fileName;
    case Taken: return agetexts::cell(entry.dataTime(), m_clock.now());
    case Size: return timetext::bytes(entry.bytes);
    case Tables:
        return entry.inspection ? timetext::count(entry.inspection->tables.size()) : QString();
    case Rows: return entry.inspection ? timetext::count(entry.rows()) : QString();
    case State: return stateWord(entry);
    default: return {};
    }
}

QVariant BackupModel::data(const QModelIndex &index, int role) const
{
    const backup::BackupEntry *row = index.isValid() ? entry(index.row()) : nullptr;
    if (!row)
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(*row, index.column());
    case Qt::ToolTipRole:
        if (index.column() == State && row->inspection && row->inspection->problem)
            return describe(*row->inspection->problem);
        if (index.column() == State && row->doubt != backup::BackupDoubt::None)
            return insidetexts::doubt(*row);
        return index.column() == Taken ? whenTaken(row->dataTime()) : row->path;
    case ShapeRole:
        if (index.column() == State)
            return static_cast<int>(shapeOf(*row));
        return {};
    case CopyRole:
        if (index.column() == File)
            return row->path;
        return {};
    default: return {};
    }
}

QVariant BackupModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case File: return tr("File");
    case Taken: return tr("Taken");
    case Size: return tr("Size");
    case Tables: return tr("Tables");
    case Rows: return tr("Rows");
    case State: return tr("Read to the end");
    default: return {};
    }
}

void BackupModel::reload()
{
    const auto &fresh = m_shelf.entries();
    const bool sameRows = fresh.size() == m_entries.size() &&
                          std::ranges::equal(fresh, m_entries, {}, &backup::BackupEntry::path,
                                             &backup::BackupEntry::path);
    if (!sameRows) {
        beginResetModel();
        m_entries = fresh;
        endResetModel();
        return;
    }
    m_entries = fresh;
    if (!m_entries.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

} // namespace mayday::ui
