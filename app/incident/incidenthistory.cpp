// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/incidenthistory.h"

#include "incident/rtoclock.h"
#include "incident/runbooksnapshot.h"

#include <QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::incident {

namespace {

using store::JournalEvent;
using Change = Result<void> (*)(Incident &incident, const JournalEvent &event);

Error refused(const Incident &incident, const QString &why)
{
    return {.kind = ErrorKind::Refused, .subject = incident.title, .detail = why};
}

Result<void> close(Incident &incident, const JournalEvent &event)
{
    if (const QStringList ends = incident.openEnds(); !ends.isEmpty())
        return failure(refused(incident, ends.join(u"; "_s)));
    incident.closedAt = event.at;
    return {};
}

Result<void> changeSeverity(Incident &incident, const JournalEvent &event)
{
    incident.severity =
        severityFromKey(event.data["severity"_L1].toString()).value_or(incident.severity);
    return {};
}

Result<void> changeCommander(Incident &incident, const JournalEvent &event)
{
    const QString name = event.data["commander"_L1].toString();
    if (name.isEmpty())
        return failure(refused(incident, u"somebody has to lead"_s));
    incident.commander = name;
    return {};
}

Result<void> choose(Incident &incident, const JournalEvent &event)
{
    const Choice choice{.decision = event.data["decision"_L1].toString(),
                        .option = event.data["option"_L1].toString(),
                        .reason = event.data["reason"_L1].toString(),
                        .by = event.data["by"_L1].toString(),
                        .at = event.at};
    return incident.checklist.choose(choice.decision, choice.option).transform([&] {
        incident.choices.append(choice);
    });
}

Result<void> keepEvidence(Incident &incident, const JournalEvent &event)
{
    incident.evidence.append({.folder = event.data["folder"_L1].toString(),
                              .files = event.data["files"_L1].toVariant().toStringList(),
                              .manifestHash = event.data["manifestHash"_L1].toString(),
                              .at = event.at});
    return {};
}

Result<void> restartUpdateClock(Incident &incident, const JournalEvent &event)
{
    ++incident.updatesSent;
    incident.nextUpdateDue = nextUpdateDue(event.at);
    return {};
}

template <runbook::StepState state>
Result<void> step(Incident &incident, const JournalEvent &event)
{
    return incident.checklist.apply({event.data["step"_L1].toString()},
                                    {.state = state,
                                     .at = event.at,
                                     .by = event.data["by"_L1].toString(),
                                     .reason = event.data["reason"_L1].toString()});
}

Result<void> onlyTimeline(Incident &, const JournalEvent &)
{
    return {};
}

Result<void> restore(Incident &incident, const JournalEvent &event)
{
    applyRestoreEvent(incident.restores, event);
    return {};
}

/// What an incident says of itself ends with it; a restore may still come to its end.
bool isOverFor(const Incident &incident, const JournalEvent &event)
{
    return !incident.isRunning() && !event.kind.startsWith("restore."_L1);
}

const QHash<QString, Change> &changes()
{
    using runbook::StepState;
    static const QHash<QString, Change> all = {
        {u"incident.closed"_s, close},
        {u"incident.severity"_s, changeSeverity},
        {u"incident.command"_s, changeCommander},
        {u"incident.choice"_s, choose},
        {u"incident.evidence"_s, keepEvidence},
        {u"incident.message"_s, restartUpdateClock},
        {u"incident.update"_s, restartUpdateClock},
        {u"incident.note"_s, onlyTimeline},
        {u"step.done"_s, step<StepState::Done>},
        {u"step.sensed"_s, step<StepState::Sensed>},
        {u"step.overridden"_s, step<StepState::Overridden>},
        {u"step.deferred"_s, step<StepState::Deferred>},
        {u"step.reopened"_s, step<StepState::Open>},
        {u"incident.status"_s, onlyTimeline},
        {u"restore.started"_s, restore},
        {u"restore.finished"_s, restore},
        {u"restore.statistics"_s, restore},
        {u"restore.afterwards"_s, restore},
        {u"restore.settled"_s, restore},
        {u"restore.putback"_s, restore},
        {u"restore.putback.started"_s, restore},
        {u"restore.putback.settled"_s, restore},
        {u"restore.broughtback"_s, restore},
        {u"restore.discarded"_s, restore},
        {u"restore.content"_s, restore},
    };
    return all;
}

Incident incidentFrom(const JournalEvent &event, runbook::Runbook runbook, int number)
{
    const QJsonObject &data = event.data;
    return {.id = incidentOf(event),
            .number = number,
            .title = data["title"_L1].toString(),
            .runbook = runbook.id,
            .runbookTitle = runbook.title,
            .severity = severityFromKey(data["severity"_L1].toString()).value_or(Severity::Sev2),
            .environment = data["environment"_L1].toString(),
            .drill = data["drill"_L1].toBool(),
            .security = data["security"_L1].toBool(),
            .openedAt = event.at,
            .commander = data["commander"_L1].toString(),
            .rto = std::chrono::minutes(data["rtoMinutes"_L1].toInt()),
            .checklist = runbook::Checklist(std::move(runbook)),
            .nextUpdateDue = firstUpdateDue(event.at)};
}

} // namespace

Result<void> IncidentHistory::open(const JournalEvent &event)
{
    if (const Incident *other = running())
        return failure({.kind = ErrorKind::AlreadyExists,
                        .subject = other->title,
                        .detail = u"this incident is running; close it first"_s});
    if (find(incidentOf(event)))
        return failure({.kind = ErrorKind::AlreadyExists,
                        .subject = event.subject,
                        .detail = u"there is an incident of that name"_s});
    auto runbook = unpackRunbook(event.data["runbook"_L1].toObject());
    if (!runbook)
        return failure(runbook.error());
    m_incidents.prepend(
        incidentFrom(event, *std::move(runbook), static_cast<int>(m_incidents.size()) + 1));
    return {};
}

Result<IncidentId> IncidentHistory::apply(const JournalEvent &event)
{
    IncidentId id = incidentOf(event);
    const Change change = changes().value(event.kind, nullptr);
    const bool opens = event.kind == "incident.opened"_L1;
    if (id.isNone() || (!change && !opens))
        return IncidentId{};
    if (opens) {
        if (auto opened = open(event); !opened)
            return failure(opened.error());
    }
    const auto incident = std::ranges::find(m_incidents, id, &Incident::id);
    if (incident == m_incidents.end())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = id.text(),
                        .detail = u"there is no such incident"_s});
    if (!opens) {
        if (isOverFor(*incident, event))
            return failure(refused(*incident, u"this incident is closed"_s));
        if (auto changed = change(*incident, event); !changed)
            return failure(changed.error());
    }
    if (const auto entry = timelineEntry(event))
        incident->timeline.append(*entry);
    return id;
}

const Incident *IncidentHistory::find(const IncidentId &id) const
{
    const auto found = std::ranges::find(m_incidents, id, &Incident::id);
    return found == m_incidents.end() ? nullptr : &*found;
}

const Incident *IncidentHistory::running() const
{
    const auto found = std::ranges::find_if(m_incidents, &Incident::isRunning);
    return found == m_incidents.end() ? nullptr : &*found;
}

} // namespace mayday::incident
