// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/contentmodel.h"

#include "ui/kit/stateglyph.h"
#include "ui/kit/tableroles.h"
#include "ui/kit/timetext.h"
#include "ui/restore/contenttexts.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

using restore::ContentVerdict;

void ContentModel::setCheck(const restore::ContentCheck &check)
{
    beginResetModel();
    m_tables = check.tables;
    std::ranges::stable_partition(m_tables, [](const restore::TableContent &table) {
        return table.verdict != ContentVerdict::Same;
    });
    endResetModel();
}

int ContentModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_tables.size());
}

int ContentModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ContentModel::text(int row, int column) const
{
    const restore::TableContent &table = m_tables[row];
    const bool isCompared = table.why.isEmpty();
    switch (column) {
    case Table: return table.schema + u'.' + table.name;
    case InBackup: return isCompared ? timetext::count(table.inFile.rows()) : QString();
    case Now: return isCompared ? timetext::count(table.inDatabase.rows()) : QString();
    // Enough to tell two apart; Ctrl+C takes all of it.
    case Digest: return isCompared ? table.inFile.text().first(12) : QString();
    case Verdict: return contenttexts::verdict(table);
    default: return {};
    }
}

QVariant ContentModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_tables.size())
        return {};
    const restore::TableContent &table = m_tables[index.row()];
    switch (role) {
    case Qt::DisplayRole: return text(index.row(), index.column());
    case CopyRole:
        if (index.column() == Digest && table.why.isEmpty())
            return table.inFile.text();
        return {};
    case ShapeRole:
        if (index.column() == Verdict)
            return static_cast<int>(contenttexts::shape(table.verdict));
        return {};
    case StrongRole: return index.column() == Verdict;
    default: return {};
    }
}

QVariant ContentModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Table: return tr("Table");
    case InBackup: return tr("Rows in the backup");
    case Now: return tr("Rows now");
    case Digest: return tr("Digest");
    case Verdict: return tr("Letter by letter");
    default: return {};
    }
}

} // namespace mayday::ui
