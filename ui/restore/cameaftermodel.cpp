// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/cameaftermodel.h"

#include "ui/kit/tableroles.h"
#include "ui/kit/timetext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

using restore::TableChoice;
using restore::TableComparison;

CameAfterModel::CameAfterModel(QObject *parent) : QAbstractTableModel(parent) {}

void CameAfterModel::setComparison(const restore::Comparison &comparison)
{
    QList<Line> lines;
    for (const TableComparison &table : comparison.tables) {
        if (table.isSame())
            continue;
        const auto known = std::ranges::find_if(m_lines, [&table](const Line &line) {
            return line.table.pair.liveSchema == table.pair.liveSchema &&
                   line.table.pair.name == table.pair.name;
        });
        const bool hasMissing = table.onlyKept > 0 && table.pair.hasLive;
        const TableChoice first =
            hasMissing ? TableChoice::AddMissing : TableChoice::LeaveAsRestored;
        // "Add" without anything to add is no choice any more.
        const bool isKept =
            known != m_lines.end() && (hasMissing || known->choice != TableChoice::AddMissing);
        lines.append({.table = table, .choice = isKept ? known->choice : first});
    }
    // What can be brought back first; the rest is only worth knowing.
    std::ranges::stable_sort(lines, std::ranges::greater{},
                             [](const Line &line) { return line.table.onlyKept > 0; });
    beginResetModel();
    m_isCopy = comparison.isCopy;
    m_lines = std::move(lines);
    endResetModel();
    Q_EMIT choicesChanged();
}

bool CameAfterModel::canChoose(int row) const
{
    return row >= 0 && row < m_lines.size() && m_lines[row].table.pair.hasLive;
}

void CameAfterModel::choose(int row, TableChoice choice)
{
    if (!canChoose(row) || m_lines[row].choice == choice)
        return;
    m_lines[row].choice = choice;
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    Q_EMIT choicesChanged();
}

TableChoice CameAfterModel::choice(int row) const
{
    return row >= 0 && row < m_lines.size() ? m_lines[row].choice : TableChoice::LeaveAsRestored;
}

QList<restore::TableDecision> CameAfterModel::decisions() const
{
    QList<restore::TableDecision> all;
    for (const Line &line : m_lines) {
        if (line.choice != TableChoice::LeaveAsRestored)
            all.append({.schema = line.table.pair.liveSchema,
                        .name = line.table.pair.name,
                        .choice = line.choice});
    }
    return all;
}

qint64 CameAfterModel::rowsToAdd() const
{
    qint64 rows = 0;
    for (const Line &line : m_lines)
        rows += line.choice == TableChoice::LeaveAsRestored ? 0 : line.table.onlyKept;
    return rows;
}

qint64 CameAfterModel::rowsToChange() const
{
    qint64 rows = 0;
    for (const Line &line : m_lines)
        rows += line.choice == TableChoice::AsBefore ? line.table.different : 0;
    return rows;
}

qint64 CameAfterModel::rowsToRemove() const
{
    qint64 rows = 0;
    for (const Line &line : m_lines)
        rows += line.choice == TableChoice::AsBefore ? line.table.onlyLive : 0;
    return rows;
}

int CameAfterModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int CameAfterModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString CameAfterModel::text(const Line &line, int column) const
{
    const TableComparison &table = line.table;
    switch (column) {
    case Table: return table.pair.liveSchema + u'.' + table.pair.name;
    case OnlyKept: return timetext::count(table.onlyKept);
    case OnlyLive: return timetext::count(table.onlyLive);
    case Changed: return table.pair.hasKey() ? timetext::count(table.different) : tr("no key");
    case Choice:
        if (!table.pair.hasLive)
            return m_isCopy ? tr("There is no such table live")
                            : tr("The backup has no such table");
        return choiceWord(line.choice, m_isCopy);
    default: return {};
    }
}

QVariant CameAfterModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_lines.size())
        return {};
    const Line &line = m_lines[index.row()];
    if (role == Qt::DisplayRole)
        return text(line, index.column());
    if (role == StrongRole)
        return index.column() == Choice && line.choice != TableChoice::LeaveAsRestored;
    return {};
}

QVariant CameAfterModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Table: return tr("Table");
    case OnlyKept: return m_isCopy ? tr("Only in the backup") : tr("Came after");
    case OnlyLive: return m_isCopy ? tr("Written since") : tr("Only in the backup");
    case Changed: return m_isCopy ? tr("Changed since") : tr("Changed");
    case Choice: return tr("What happens");
    default: return {};
    }
}

QString choiceWord(TableChoice choice, bool isCopy)
{
    switch (choice) {
    case TableChoice::LeaveAsRestored:
        return isCopy ? CameAfterModel::tr("Leave as it is")
                      : CameAfterModel::tr("Leave as restored");
    case TableChoice::AddMissing:
        return isCopy ? CameAfterModel::tr("Add what is missing")
                      : CameAfterModel::tr("Add what came after");
    case TableChoice::AsBefore: break;
    }
    return isCopy ? CameAfterModel::tr("As in the backup")
                  : CameAfterModel::tr("As before the restore");
}

} // namespace mayday::ui
