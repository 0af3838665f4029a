// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/rtoclock.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::incident {

using std::chrono::seconds;

namespace {

constexpr seconds unknownStep{60};

/// The promise is about the recovery; what comes after it takes hours and days by design.
bool isAftermath(const runbook::Phase &phase)
{
    return phase.slug.startsWith("after"_L1) || phase.slug.startsWith("follow"_L1);
}

seconds toRecovery(const runbook::Checklist &checklist)
{
    seconds sum = checklist.remaining();
    for (const runbook::Step &step : checklist.order()) {
        const runbook::Phase *phase = checklist.phaseOf(step.id);
        const runbook::StepState state = checklist.state(step.id);
        const bool isToDo =
            state == runbook::StepState::Open || state == runbook::StepState::Deferred;
        if (isToDo && phase && isAftermath(*phase))
            sum -= step.estimate.value_or(unknownStep);
    }
    return std::max(sum, seconds(0));
}

} // namespace

RtoReading readRtoClock(const Incident &incident, const QDateTime &now)
{
    const QDateTime end = incident.closedAt.value_or(now);
    RtoReading reading;
    // The wall clock may have been set back since.
    reading.elapsed = seconds(std::max<qint64>(incident.openedAt.secsTo(end), 0));
    reading.forecast = reading.elapsed;
    if (incident.isRunning())
        reading.forecast += toRecovery(incident.checklist);
    reading.isPromised = incident.rto.count() > 0;
    if (reading.isPromised) {
        reading.left = incident.rto - reading.elapsed;
        reading.isOver = reading.left < seconds(0);
        reading.willMiss = !reading.isOver && reading.forecast > incident.rto;
    }
    return reading;
}

QDateTime firstUpdateDue(const QDateTime &opened)
{
    return opened.addDuration(std::chrono::minutes(5));
}

QDateTime nextUpdateDue(const QDateTime &lastUpdate)
{
    return lastUpdate.addDuration(std::chrono::minutes(20));
}

seconds untilNextUpdate(const Incident &incident, const QDateTime &now)
{
    return incident.isRunning() ? seconds(now.secsTo(incident.nextUpdateDue)) : seconds(0);
}

} // namespace mayday::incident
