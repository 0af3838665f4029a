// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/runbookmodel.h"

#include "ui/kit/tableroles.h"
#include "ui/kit/theme.h"
#include "ui/kit/timetext.h"

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

constexpr qint64 reviewDays = 90; ///< R27

QString tierWord(runbook::Tier tier)
{
    switch (tier) {
    case runbook::Tier::Critical: return RunbookModel::tr("Critical");
    case runbook::Tier::Major: return RunbookModel::tr("Major");
    case runbook::Tier::Catastrophic: return RunbookModel::tr("Catastrophic");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

RunbookModel::RunbookModel(const Clock &clock, QObject *parent)
    : QAbstractTableModel(parent), m_clock(clock)
{
}

void RunbookModel::setLibrary(const runbook::RunbookLibrary &library)
{
    beginResetModel();
    m_runbooks = library.list();
    endResetModel();
}

int RunbookModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runbooks.size());
}

int RunbookModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const runbook::Runbook *RunbookModel::runbook(int row) const
{
    return row >= 0 && row < m_runbooks.size() ? &m_runbooks[row] : nullptr;
}

bool RunbookModel::isOverdue(const runbook::Runbook &runbook) const
{
    return !runbook.reviewed || runbook.reviewed->daysTo(m_clock.now().date()) > reviewDays;
}

QString RunbookModel::text(const runbook::Runbook &runbook, int column) const
{
    switch (column) {
    case Title: return runbook.title;
    case TierColumn: return tierWord(runbook.tier);
    case Promise: return runbook.rto ? timetext::promise(*runbook.rto) : tr("none");
    case Steps: return timetext::count(runbook.stepCount());
    case Reviewed:
        if (!runbook.reviewed)
            return tr("never");
        return isOverdue(runbook) ? tr("%1, overdue").arg(runbook.reviewed->toString(Qt::ISODate))
                                  : runbook.reviewed->toString(Qt::ISODate);
    default: return {};
    }
}

QVariant RunbookModel::data(const QModelIndex &index, int role) const
{
    const runbook::Runbook *row = index.isValid() ? runbook(index.row()) : nullptr;
    if (!row)
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(*row, index.column());
    case Qt::ToolTipRole: return row->summary;
    case StrongRole: return index.column() == Title;
    case InkRole:
        if (index.column() == Reviewed && isOverdue(*row))
            return static_cast<int>(Ink::Warn);
        return {};
    default: return {};
    }
}

QVariant RunbookModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Title: return tr("Scenario");
    case TierColumn: return tr("Tier");
    case Promise: return tr("Promised within");
    case Steps: return tr("Steps");
    case Reviewed: return tr("Last reviewed");
    default: return {};
    }
}

} // namespace mayday::ui
