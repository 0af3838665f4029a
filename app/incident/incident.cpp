// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/incident.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::incident {

QList<runbook::Step> Incident::lastDone(qsizetype most) const
{
    QList<runbook::Step> finished;
    for (const runbook::Step &step : checklist.order()) {
        const runbook::StepState state = checklist.state(step.id);
        if (state != runbook::StepState::Open && state != runbook::StepState::Deferred)
            finished.append(step);
    }
    std::ranges::stable_sort(
        finished, {}, [this](const runbook::Step &step) { return checklist.outcome(step.id).at; });
    return finished.last(std::min(most, finished.size()));
}

QStringList Incident::openEnds() const
{
    QStringList ends;
    for (const runbook::Decision &decision : checklist.decisions()) {
        if (decision.isOpen())
            ends.append(u"not decided: "_s + decision.options.join(u" or "_s));
    }
    for (const runbook::StepId &id : checklist.blocking()) {
        const runbook::Step *step = checklist.step(id);
        const bool isDeferred = checklist.state(id) == runbook::StepState::Deferred;
        ends.append((isDeferred ? u"put off: "_s : u"open: "_s) + (step ? step->action : id.value));
    }
    return ends;
}

} // namespace mayday::incident
