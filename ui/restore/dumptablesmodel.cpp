// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/dumptablesmodel.h"

#include "ui/kit/timetext.h"

namespace mayday::ui {

void DumpTablesModel::setTables(const QList<dump::TableInDump> &tables,
                                const QList<restore::TableName> &missing)
{
    beginResetModel();
    m_missing = QSet<restore::TableName>(missing.begin(), missing.end());
    m_tables = tables;
    m_tables.removeIf([this](const dump::TableInDump &table) {
        return table.rows == 0 && !m_missing.contains({table.schema, table.name});
    });
    endResetModel();
}

int DumpTablesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_tables.size());
}

int DumpTablesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DumpTablesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_tables.size() || role != Qt::DisplayRole)
        return {};
    const dump::TableInDump &table = m_tables[index.row()];
    switch (index.column()) {
    case Table: return QString(table.schema + u'.' + table.name);
    case Rows: return timetext::count(table.rows);
    case Size: return timetext::bytes(table.bytes);
    case There: return isMissing(index.row()) ? tr("missing") : tr("there");
    default: return {};
    }
}

QVariant DumpTablesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Table: return tr("Table");
    case Rows: return tr("Rows in the backup");
    case Size: return tr("Size");
    case There: return tr("On the server");
    default: return {};
    }
}

} // namespace mayday::ui
