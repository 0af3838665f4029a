// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/objectsmodel.h"

#include "ui/kit/timetext.h"
#include "ui/restore/insidetexts.h"

#include <algorithm>

namespace mayday::ui {

void ObjectsModel::setObjects(const QList<dump::DumpObject> &objects)
{
    m_objects = objects;
    find({});
}

void ObjectsModel::find(const QString &words)
{
    const QStringList parts = words.simplified().split(u' ', Qt::SkipEmptyParts);
    beginResetModel();
    m_found.clear();
    for (qsizetype i = 0; i < m_objects.size(); ++i) {
        const QString kind = insidetexts::kindName(m_objects[i].kind);
        const QString name = m_objects[i].title();
        const bool isFound = std::ranges::all_of(parts, [&](const QString &part) {
            return name.contains(part, Qt::CaseInsensitive) ||
                   kind.contains(part, Qt::CaseInsensitive);
        });
        if (isFound)
            m_found.append(i);
    }
    endResetModel();
}

int ObjectsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_found.size());
}

int ObjectsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ObjectsModel::text(const dump::DumpObject &object, int column) const
{
    switch (column) {
    case Kind: return insidetexts::kindName(object.kind);
    case Name: return object.title();
    case Rows: return object.rowBytes > 0 ? timetext::count(object.rows) : QString();
    case Line: return timetext::count(object.line);
    default: return {};
    }
}

QVariant ObjectsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_found.size() || role != Qt::DisplayRole)
        return {};
    return text(m_objects[m_found[index.row()]], index.column());
}

QVariant ObjectsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Kind: return tr("Kind");
    case Name: return tr("Name");
    case Rows: return tr("Rows");
    case Line: return tr("Line");
    default: return {};
    }
}

} // namespace mayday::ui
