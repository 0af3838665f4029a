// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/objectsmodel.h"

#include "ui/kit/timetext.h"
#include "ui/restore/insidetexts.h"

#include <QHash>

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
    sortFound();
    endResetModel();
}

void ObjectsModel::sort(int column, Qt::SortOrder order)
{
    m_column = column;
    m_order = order;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList held = persistentIndexList();
    QList<qsizetype> objects;
    for (const QModelIndex &one : held)
        objects.append(m_found[one.row()]);
    sortFound();
    QHash<qsizetype, int> rows;
    for (int row = 0; row < rowCount(); ++row)
        rows.insert(m_found[row], row);
    QModelIndexList moved;
    for (qsizetype i = 0; i < held.size(); ++i)
        moved.append(index(rows.value(objects[i]), held[i].column()));
    changePersistentIndexList(held, moved);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

void ObjectsModel::sortFound()
{
    std::ranges::sort(m_found);
    const auto byNumber = [this](auto number) {
        const auto isBefore = [&](qsizetype a, qsizetype b) {
            const qint64 left = number(m_objects.at(a));
            const qint64 right = number(m_objects.at(b));
            if (left < 0 || right < 0) // there is none, and that is not little
                return left >= 0 && right < 0;
            return m_order == Qt::AscendingOrder ? left < right : right < left;
        };
        std::ranges::stable_sort(m_found, isBefore);
    };
    const auto byText = [this](auto text) {
        std::ranges::stable_sort(m_found, [&](qsizetype a, qsizetype b) {
            const int order =
                QString::compare(text(m_objects.at(a)), text(m_objects.at(b)), Qt::CaseInsensitive);
            return m_order == Qt::AscendingOrder ? order < 0 : order > 0;
        });
    };
    switch (m_column) {
    case Kind:
        return byText([](const dump::DumpObject &o) { return insidetexts::kindName(o.kind); });
    case Name: return byText([](const dump::DumpObject &o) { return o.title(); });
    case Rows:
        return byNumber([](const dump::DumpObject &o) { return o.rowBytes > 0 ? o.rows : -1; });
    case Size:
        return byNumber([](const dump::DumpObject &o) { return o.rowBytes > 0 ? o.rowBytes : -1; });
    case Line: return byNumber([](const dump::DumpObject &o) { return o.line; });
    default: return;
    }
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
    case Size: return object.rowBytes > 0 ? timetext::bytes(object.rowBytes) : QString();
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
    if (orientation == Qt::Horizontal && role == Qt::InitialSortOrderRole)
        return static_cast<int>(section == Rows || section == Size ? Qt::DescendingOrder
                                                                   : Qt::AscendingOrder);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Kind: return tr("Kind");
    case Name: return tr("Name");
    case Rows: return tr("Rows");
    case Size: return tr("Size");
    case Line: return tr("Line");
    default: return {};
    }
}

} // namespace mayday::ui
