// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/rtoclock.h"

#include <algorithm>

namespace mayday::incident {

using std::chrono::seconds;

RtoReading readRtoClock(const Incident &incident, const QDateTime &now)
{
    const QDateTime end = incident.closedAt.value_or(now);
    RtoReading reading;
    // The wall clock may have been set back since.
    reading.elapsed = seconds(std::max<qint64>(incident.openedAt.secsTo(end), 0));
    reading.forecast = reading.elapsed;
    if (incident.isRunning())
        reading.forecast += incident.checklist.remaining();
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
