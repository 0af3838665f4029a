// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/incidentdesk.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace mayday::incident {

using runbook::StepState;

IncidentDesk::IncidentDesk(store::Journal &journal, const Clock &clock, QObject *parent)
    : QObject(parent), m_journal(journal), m_clock(clock)
{
    // Also what other modules write: a restore belongs into the timeline of its incident.
    connect(&journal, &store::Journal::appended, this, &IncidentDesk::fold);
}

void IncidentDesk::replay(const QList<store::JournalEvent> &events)
{
    // What does not fit changed nothing when it was written, and changes nothing now.
    for (const store::JournalEvent &event : events)
        (void)m_shown.apply(event);
    m_planned = m_shown;
}

void IncidentDesk::fold(const store::JournalEvent &event)
{
    const Incident *before = m_shown.running();
    const IncidentId ranBefore = before ? before->id : IncidentId();
    const IncidentId changed = m_shown.apply(event).value_or(IncidentId());
    if (m_underWay == 0)
        m_planned = m_shown;
    if (changed.isNone())
        return;
    const Incident *after = m_shown.running();
    if (ranBefore != (after ? after->id : IncidentId()))
        Q_EMIT runningChanged();
    Q_EMIT incidentChanged(changed);
}

/// Tried on the plan first: what the rules refuse must not reach the record.
void IncidentDesk::submit(const store::JournalDraft &draft)
{
    store::JournalEvent event;
    event.at = m_clock.now();
    event.kind = draft.kind;
    event.subject = draft.subject;
    event.data = store::redactedData(draft.data);
    if (const auto fits = m_planned.apply(event); !fits) {
        Q_EMIT failed(fits.error());
        return;
    }
    ++m_underWay;
    auto writing = m_journal.append(draft);
    writing.deliverTo(this, [this](const Result<store::JournalEvent> &written) {
        settle();
        if (!written)
            Q_EMIT failed(written.error());
    });
}

/// Once nothing is on its way, the plan is what is on the disk; a failed append is forgotten so.
void IncidentDesk::settle()
{
    if (--m_underWay == 0)
        m_planned = m_shown;
}

void IncidentDesk::submitToRunning(const QString &kind, QJsonObject data)
{
    const Incident *incident = m_planned.running();
    if (!incident) {
        Q_EMIT failed({.kind = ErrorKind::NotFound,
                       .subject = u"incident"_s,
                       .detail = u"none is running"_s});
        return;
    }
    data[u"by"_s] = incident->commander;
    submit({.kind = kind, .subject = incident->id.text(), .data = data});
}

void IncidentDesk::open(const runbook::Runbook &runbook, const SharedSources &shared,
                        const OpenOptions &options)
{
    const QJsonObject packed = packRunbook(runbook, shared);
    const auto kept = unpackRunbook(packed);
    if (!kept || kept->phases != runbook.phases) {
        Q_EMIT failed({.kind = ErrorKind::Internal,
                       .subject = runbook.title,
                       .detail = u"the checklist cannot be kept as it is shown; shared phases are "
                                 "missing"_s,
                       .advice = Advice::SendReport});
        return;
    }
    const QString stamp = m_clock.now().toUTC().toString(u"yyyyMMdd-HHmmss-zzz"_s);
    submit(
        {.kind = u"incident.opened"_s,
         .subject = (options.drill ? u"drill-"_s : u"incident-"_s) + stamp,
         .data = {{u"title"_s, options.title},
                  {u"runbook"_s, packed},
                  {u"runbookTitle"_s, runbook.title},
                  {u"severity"_s, severityKey(options.severity)},
                  {u"drill"_s, options.drill},
                  {u"security"_s, options.security},
                  {u"environment"_s, options.environment},
                  {u"commander"_s, options.commander},
                  {u"rtoMinutes"_s, static_cast<qint64>(runbook.rto.value_or(options.rto).count())},
                  {u"by"_s, options.commander}}});
}

void IncidentDesk::changeStep(const QString &kind, const runbook::StepId &step, StepState state,
                              const QString &reason)
{
    const Incident *incident = m_planned.running();
    const runbook::Step *known = incident ? incident->checklist.step(step) : nullptr;
    if (known && incident->checklist.state(step) == state)
        return;
    submitToRunning(kind, {{u"step"_s, step.value},
                           {u"action"_s, known ? known->action : step.value},
                           {u"reason"_s, reason}});
}

void IncidentDesk::tick(const runbook::StepId &step)
{
    changeStep(u"step.done"_s, step, StepState::Done, {});
}

void IncidentDesk::senseDone(const runbook::StepId &step, const QString &evidence)
{
    changeStep(u"step.sensed"_s, step, StepState::Sensed, evidence);
}

void IncidentDesk::overrideStep(const runbook::StepId &step, const QString &reason)
{
    changeStep(u"step.overridden"_s, step, StepState::Overridden, reason);
}

void IncidentDesk::defer(const runbook::StepId &step)
{
    changeStep(u"step.deferred"_s, step, StepState::Deferred, {});
}

void IncidentDesk::reopen(const runbook::StepId &step)
{
    changeStep(u"step.reopened"_s, step, StepState::Open, {});
}

void IncidentDesk::recordChoice(const QString &decision, const QString &option,
                                const QString &reason)
{
    submitToRunning(u"incident.choice"_s,
                    {{u"decision"_s, decision}, {u"option"_s, option}, {u"reason"_s, reason}});
}

void IncidentDesk::addNote(const QString &text)
{
    if (!text.trimmed().isEmpty())
        submitToRunning(u"incident.note"_s, {{u"text"_s, text.trimmed()}});
}

void IncidentDesk::messageCopied(const QString &which, const QString &text)
{
    submitToRunning(u"incident.message"_s, {{u"which"_s, which}, {u"text"_s, text}});
}

void IncidentDesk::updateSent()
{
    submitToRunning(u"incident.update"_s, {});
}

void IncidentDesk::evidenceKept(const QString &folder, const QStringList &files,
                                const QString &manifestHash)
{
    submitToRunning(u"incident.evidence"_s, {{u"folder"_s, folder},
                                             {u"files"_s, QJsonArray::fromStringList(files)},
                                             {u"manifestHash"_s, manifestHash}});
}

void IncidentDesk::statusChanged(const QString &what, const QString &from, const QString &to,
                                 const QString &words)
{
    const Incident *incident = m_planned.running();
    if (incident)
        submit(
            {.kind = u"incident.status"_s,
             .subject = incident->id.text(),
             .data = {{u"what"_s, what}, {u"from"_s, from}, {u"to"_s, to}, {u"words"_s, words}}});
}

void IncidentDesk::setSeverity(Severity severity)
{
    const Incident *incident = m_planned.running();
    if (!incident || incident->severity != severity)
        submitToRunning(u"incident.severity"_s, {{u"severity"_s, severityKey(severity)}});
}

void IncidentDesk::takeCommand(const QString &name)
{
    submitToRunning(u"incident.command"_s, {{u"commander"_s, name.trimmed()}});
}

void IncidentDesk::close()
{
    const Incident *incident = m_planned.running();
    submitToRunning(u"incident.closed"_s, {{u"drill"_s, incident && incident->drill}});
}

} // namespace mayday::incident
