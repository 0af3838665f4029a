// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runbook/steplistmodel.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ui {

namespace {

QString stateWord(runbook::StepState state, bool isSensed)
{
    switch (state) {
    case runbook::StepState::Open:
        return isSensed ? StepListModel::tr("open, checks itself") : StepListModel::tr("open");
    case runbook::StepState::Done: return StepListModel::tr("done");
    case runbook::StepState::Sensed: return StepListModel::tr("seen to be so");
    case runbook::StepState::Overridden: return StepListModel::tr("overridden");
    case runbook::StepState::Deferred: return StepListModel::tr("deferred");
    }
    Q_UNREACHABLE_RETURN({});
}

/// "Immediate" of "Immediate (0-15 min)": the time stands in the heading of the step itself.
QString shortTitle(const QString &title)
{
    return title.section(u" ("_s, 0, 0);
}

} // namespace

StepListModel::StepListModel(QObject *parent) : QAbstractListModel(parent) {}

QList<StepListModel::Row> StepListModel::rowsOf(const runbook::Checklist &checklist,
                                                const runbook::StepId &shown)
{
    QList<Row> rows;
    const QList<runbook::Step> order = checklist.order();
    const runbook::Step *current = checklist.current();
    const runbook::Decision *decision = checklist.currentDecision();
    for (const runbook::Phase &phase : checklist.runbook().phases) {
        const qsizetype heading = rows.size();
        for (const runbook::Step &step : order) {
            if (checklist.phaseOf(step.id) == &phase)
                rows.append({.kind = Kind::Step,
                             .text = step.action,
                             .step = step.id,
                             .state = checklist.state(step.id),
                             .isSensed = step.isSensed(),
                             .isCurrent = current && current->id == step.id,
                             .isShown = step.id == shown});
        }
        if (decision && decision->id.section(u'/', 0, 0) == phase.slug)
            rows.append({.kind = Kind::Decision,
                         .text = tr("Choose the way: %1").arg(decision->options.join(tr(" or "))),
                         .isCurrent = true,
                         .isShown = shown.value.isEmpty()});
        if (rows.size() > heading)
            rows.insert(heading, {.kind = Kind::Phase,
                                  .text = tr("%1 · %2 of %3")
                                              .arg(shortTitle(phase.title))
                                              .arg(checklist.doneIn(phase.slug))
                                              .arg(checklist.total(phase.slug))});
    }
    return rows;
}

void StepListModel::setChecklist(const runbook::Checklist &checklist, const runbook::StepId &shown)
{
    QList<Row> fresh = rowsOf(checklist, shown);
    if (fresh == m_rows)
        return;
    const bool sameSteps = std::ranges::equal(fresh, m_rows, [](const Row &one, const Row &other) {
        return one.kind == other.kind && one.step == other.step;
    });
    if (!sameSteps)
        beginResetModel();
    m_rows = std::move(fresh);
    if (!sameSteps)
        endResetModel();
    else
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int StepListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QString StepListModel::spoken(const Row &row)
{
    return row.kind == Kind::Step ? row.text + u", "_s + stateWord(row.state, row.isSensed)
                                  : row.text;
}

QVariant StepListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const Row &row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole: return row.text;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: return spoken(row);
    case KindRole: return static_cast<int>(row.kind);
    case StateRole: return static_cast<int>(row.state);
    case SensedRole: return row.isSensed;
    case CurrentRole: return row.isCurrent;
    case ShownRole: return row.isShown;
    default: return {};
    }
}

Qt::ItemFlags StepListModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const bool isStep = m_rows[index.row()].kind == Kind::Step;
    return isStep ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::ItemFlags(Qt::ItemIsEnabled);
}

runbook::StepId StepListModel::stepAt(const QModelIndex &index) const
{
    return index.isValid() && index.row() < m_rows.size() ? m_rows[index.row()].step
                                                          : runbook::StepId();
}

QModelIndex StepListModel::indexOf(const runbook::StepId &step) const
{
    const auto row = std::ranges::find(m_rows, step, &Row::step);
    return row == m_rows.end() ? QModelIndex() : index(static_cast<int>(row - m_rows.begin()));
}

QModelIndex StepListModel::indexOfDecision() const
{
    const auto row = std::ranges::find(m_rows, Kind::Decision, &Row::kind);
    return row == m_rows.end() ? QModelIndex() : index(static_cast<int>(row - m_rows.begin()));
}

StepListModel::Kind StepListModel::kindAt(const QModelIndex &index) const
{
    return index.isValid() && index.row() < m_rows.size() ? m_rows[index.row()].kind : Kind::Phase;
}

} // namespace mayday::ui
