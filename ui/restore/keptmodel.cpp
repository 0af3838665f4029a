// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/keptmodel.h"

#include "ui/kit/timetext.h"
#include "ui/restore/kepttexts.h"

namespace mayday::ui {

namespace {

QString wordFor(const restore::KeptSchema &kept)
{
    if (kept.isBroken)
        return KeptModel::tr("Broken: dropping it was interrupted");
    switch (kept.state) {
    case restore::KeptState::Before: return KeptModel::tr("The data from before a restore");
    case restore::KeptState::Restored: return KeptModel::tr("What a restore had brought");
    case restore::KeptState::Copy: return KeptModel::tr("A copy of a backup");
    case restore::KeptState::HandedOver:
        return KeptModel::tr("A restored database of its own, perhaps in use");
    case restore::KeptState::Loading: return KeptModel::tr("An unfinished restore");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

void KeptModel::setLook(const restore::KeptLook &look, const restore::ExpiryRules &rules)
{
    beginResetModel();
    m_look = look;
    m_rules = rules;
    endResetModel();
}

restore::KeptTerm KeptModel::termOf(const restore::KeptSchema &kept) const
{
    return restore::termOf(kept, m_look, m_rules, m_clock.now());
}

QString KeptModel::tipFor(const restore::KeptSchema &kept, int column) const
{
    if (column == Since)
        return timetext::dateClock(keptSince(kept), QTimeZone::systemTimeZone());
    return column == Goes ? kepttexts::whyThen(termOf(kept)) : tr("Because of %1").arg(kept.file);
}

int KeptModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kept().size());
}

int KeptModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant KeptModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_look.kept.size())
        return {};
    const restore::KeptSchema &kept = m_look.kept[index.row()];
    if (role == Qt::ToolTipRole)
        return tipFor(kept, index.column());
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case What: return wordFor(kept);
    case Since: return timetext::age(keptSince(kept), m_clock.now());
    case Size: return timetext::bytes(kept.bytes);
    case Goes: return kepttexts::goes(termOf(kept), m_clock.now());
    case Name: return (kept.isDatabase ? tr("database %1") : tr("schema %1")).arg(kept.name);
    default: return {};
    }
}

QVariant KeptModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case What: return tr("Kept");
    case Since: return tr("Since");
    case Size: return tr("Size");
    case Goes: return tr("Goes");
    case Name: return tr("On the server as");
    default: return {};
    }
}

} // namespace mayday::ui
