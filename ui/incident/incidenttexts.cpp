// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/incident/incidenttexts.h"

#include "ui/kit/timetext.h"

#include <QCoreApplication>

namespace mayday::ui::incidenttexts {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Incident", text);
}

} // namespace

QString clockWords(const incident::RtoReading &clock)
{
    QString words = tr("%1 gone").arg(timetext::countdown(clock.elapsed));
    if (clock.isPromised && clock.left.count() >= 0)
        words += tr(" · %1 left").arg(timetext::countdown(clock.left));
    else if (clock.isPromised)
        words += tr(" · %1 over the promise").arg(timetext::countdown(-clock.left));
    if (const auto toGo = clock.forecast - clock.elapsed; toGo.count() > 0)
        words += tr(" · about %1 min to go").arg((toGo.count() + 59) / 60);
    return words;
}

Ink clockInk(const incident::RtoReading &clock)
{
    if (clock.isPromised && clock.left.count() < 0)
        return Ink::Down;
    return clock.willMiss ? Ink::Warn : Ink::Primary;
}

QString updateWords(std::chrono::seconds until)
{
    return until.count() >= 0 ? tr("in %1").arg(timetext::countdown(until))
                              : tr("overdue by %1").arg(timetext::countdown(-until));
}

Ink updateInk(std::chrono::seconds until)
{
    if (until.count() < 0)
        return Ink::Down;
    return until < std::chrono::minutes(2) ? Ink::Warn : Ink::Primary;
}

QString modeWord(const incident::Incident &incident)
{
    return incident.drill ? tr("DRILL") : incident.environment.toUpper();
}

QString numberWord(const incident::Incident &incident)
{
    return (incident.drill ? tr("Drill %1") : tr("Incident %1")).arg(incident.number);
}

} // namespace mayday::ui::incidenttexts
