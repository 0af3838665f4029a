// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/palettemodel.h"

#include "ui/shell/fuzzymatch.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

PaletteModel::PaletteModel(QObject *parent) : QAbstractListModel(parent) {}

void PaletteModel::setEntries(const QList<PaletteEntry> &entries)
{
    m_entries = entries;
    apply();
}

void PaletteModel::setFilter(const QString &typed)
{
    m_filter = typed;
    apply();
}

void PaletteModel::apply()
{
    QList<std::pair<int, PaletteEntry>> ranked;
    for (const PaletteEntry &entry : std::as_const(m_entries)) {
        // The page's name helps to find, but less than the words of the action itself.
        const auto own = fuzzyScore(m_filter, entry.text);
        const auto wide = fuzzyScore(m_filter, entry.text + u' ' + entry.place);
        if (own || wide)
            ranked.append({own.value_or(*wide / 2), entry});
    }
    if (!m_filter.trimmed().isEmpty())
        std::ranges::stable_sort(ranked, std::greater<>{}, &std::pair<int, PaletteEntry>::first);
    beginResetModel();
    m_shown.clear();
    for (const auto &[score, entry] : std::as_const(ranked))
        m_shown.append(entry);
    endResetModel();
}

QAction *PaletteModel::action(const QModelIndex &index) const
{
    return index.isValid() ? m_shown.at(index.row()).action.data() : nullptr;
}

int PaletteModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

QVariant PaletteModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const PaletteEntry &entry = m_shown.at(index.row());
    switch (role) {
    case Qt::DisplayRole: return entry.text;
    case Qt::AccessibleTextRole: {
        QStringList parts{entry.text, entry.place, entry.keys};
        parts.removeAll(QString());
        return parts.join(u", "_s);
    }
    case PlaceRole: return entry.place;
    case KeysRole: return entry.keys;
    default: return {};
    }
}

} // namespace mayday::ui
