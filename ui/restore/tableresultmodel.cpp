// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/tableresultmodel.h"

#include "ui/kit/stateglyph.h"
#include "ui/kit/tableroles.h"
#include "ui/kit/timetext.h"
#include "ui/restore/restoretexts.h"

using namespace Qt::StringLiterals;

namespace mayday::ui {

TableResultModel::TableResultModel(QObject *parent) : QAbstractTableModel(parent) {}

void TableResultModel::setResults(const QList<restore::TableResult> &results, bool isCounting)
{
    const bool sameRows = results.size() == m_results.size();
    if (!sameRows)
        beginResetModel();
    m_results = results;
    m_isCounting = isCounting;
    if (!sameRows)
        endResetModel();
    else if (!m_results.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int TableResultModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_results.size());
}

int TableResultModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

/// The first that has no count yet.
bool TableResultModel::isCurrent(int row) const
{
    return m_isCounting && m_results[row].rowsAfter < 0 &&
           (row == 0 || m_results[row - 1].rowsAfter >= 0);
}

QString TableResultModel::text(int row, int column) const
{
    const restore::TableResult &result = m_results[row];
    const bool isCounted = result.rowsAfter >= 0;
    switch (column) {
    case Table: return result.schema + u'.' + result.name;
    case InDump: return timetext::count(result.rowsInDump);
    case Now: return isCounted ? timetext::count(result.rowsAfter) : QString();
    case Sequence: return result.sequence;
    case Constraints: return isCounted ? tr("%1 valid").arg(result.constraints) : QString();
    case Verdict:
        if (m_isCounting && !isCounted)
            return isCurrent(row) ? tr("Counting") : tr("Waiting");
        return result.note.isEmpty()
                   ? restoretexts::verdictWord(result.verdict)
                   : restoretexts::verdictWord(result.verdict) + u": "_s + result.note;
    default: return {};
    }
}

QVariant TableResultModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_results.size())
        return {};
    const bool isWaiting = m_isCounting && m_results[index.row()].rowsAfter < 0;
    switch (role) {
    case Qt::DisplayRole: return text(index.row(), index.column());
    case MarkedRole: return isCurrent(index.row());
    case ShapeRole:
        if (index.column() == Verdict && !isWaiting)
            return static_cast<int>(restoretexts::verdictShape(m_results[index.row()].verdict));
        return {};
    case StrongRole: return index.column() == Verdict && !isWaiting;
    default: return {};
    }
}

QVariant TableResultModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Table: return tr("Table");
    case InDump: return tr("Rows in the dump");
    case Now: return tr("Rows now");
    case Sequence: return tr("Sequence");
    case Constraints: return tr("Constraints");
    case Verdict: return tr("Verdict");
    default: return {};
    }
}

} // namespace mayday::ui
