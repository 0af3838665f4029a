// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/timeline.h"

#include "incident/restorenote.h"
#include "incident/severity.h"

#include <QHash>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace mayday::incident {

namespace {

using Data = const QJsonObject &;
using Words = QString (*)(Data data, const QString &subject);

QString value(Data data, QLatin1StringView key)
{
    return data[key].toString();
}

QString inBrackets(const QString &text)
{
    return text.isEmpty() ? text : u" (%1)"_s.arg(text);
}

QString severityOf(Data data)
{
    const auto severity = severityFromKey(value(data, "severity"_L1));
    return severity ? severityWords(*severity) : value(data, "severity"_L1);
}

QString opened(Data data, const QString &)
{
    return u"%1 opened in %2: %3. Severity %4, checklist \"%5\", led by %6"_s.arg(
        data["drill"_L1].toBool() ? u"Drill"_s : u"Incident"_s, value(data, "environment"_L1),
        value(data, "title"_L1), severityOf(data), value(data, "runbookTitle"_L1),
        value(data, "commander"_L1));
}

QString sent(Data data, const QString &)
{
    constexpr qsizetype mostText = 600;
    QString text = value(data, "text"_L1);
    if (text.size() > mostText) {
        const bool isHalf = text.at(mostText - 1).isHighSurrogate();
        text = text.first(isHalf ? mostText - 1 : mostText) + u" ..."_s;
    }
    return u"Message \"%1\" copied: %2"_s.arg(value(data, "which"_L1), text);
}

QString chosen(Data data, const QString &)
{
    return u"Decision: %1"_s.arg(value(data, "option"_L1)) + inBrackets(value(data, "reason"_L1));
}

QString kept(Data data, const QString &)
{
    return u"Evidence kept: %1 files in %2"_s.arg(data["files"_L1].toArray().size())
        .arg(value(data, "folder"_L1));
}

QString statusChanged(Data data, const QString &)
{
    return u"%1: %2, before %3"_s.arg(value(data, "what"_L1), value(data, "to"_L1),
                                      value(data, "from"_L1)) +
           inBrackets(value(data, "words"_L1));
}

QString overridden(Data data, const QString &)
{
    return u"Overridden: %1. Reason: %2"_s.arg(value(data, "action"_L1), value(data, "reason"_L1));
}

const QHash<QString, Words> &vocabulary()
{
    static const QHash<QString, Words> words = {
        {u"incident.opened"_s, opened},
        {u"incident.closed"_s,
         [](Data data, const QString &) {
             return data["drill"_L1].toBool() ? u"Drill closed"_s : u"Incident closed"_s;
         }},
        {u"incident.note"_s,
         [](Data data, const QString &) {
             return value(data, "text"_L1);
         }},
        {u"incident.message"_s, sent},
        {u"incident.update"_s,
         [](Data, const QString &) {
             return u"Update sent"_s;
         }},
        {u"incident.severity"_s,
         [](Data data, const QString &) {
             return u"Severity is now "_s + severityOf(data);
         }},
        {u"incident.command"_s,
         [](Data data, const QString &) {
             return u"%1 takes command"_s.arg(value(data, "commander"_L1));
         }},
        {u"incident.choice"_s, chosen},
        {u"incident.evidence"_s, kept},
        {u"step.done"_s,
         [](Data data, const QString &) {
             return u"Done: "_s + value(data, "action"_L1);
         }},
        {u"step.sensed"_s,
         [](Data data, const QString &) {
             return u"Seen by Mayday: %1"_s.arg(value(data, "action"_L1)) +
                    inBrackets(value(data, "reason"_L1));
         }},
        {u"step.overridden"_s, overridden},
        {u"step.deferred"_s,
         [](Data data, const QString &) {
             return u"Put off until later: "_s + value(data, "action"_L1);
         }},
        {u"step.reopened"_s,
         [](Data data, const QString &) {
             return u"Taken back: "_s + value(data, "action"_L1);
         }},
        {u"incident.status"_s, statusChanged},
        {u"restore.started"_s, restoreStartedWords},
        {u"restore.finished"_s, restoreFinishedWords},
        {u"restore.statistics"_s, statisticsWords},
        {u"restore.afterwards"_s, afterwardsWords},
        {u"restore.settled"_s, restoreSettledWords},
        {u"restore.putback"_s, putBackWords},
        {u"restore.putback.started"_s, putBackStartedWords},
        {u"restore.putback.settled"_s, putBackSettledWords},
        {u"restore.broughtback"_s, bringBackWords},
        {u"restore.discarded"_s, discardedWords},
        {u"restore.content"_s, contentWords},
    };
    return words;
}

} // namespace

IncidentId incidentOf(const store::JournalEvent &event)
{
    const bool isOwn = event.kind.startsWith("incident."_L1) || event.kind.startsWith("step."_L1);
    return IncidentId::parse(isOwn ? event.subject : event.data["incident"_L1].toString())
        .value_or(IncidentId{});
}

std::optional<TimelineEntry> timelineEntry(const store::JournalEvent &event)
{
    const Words words = vocabulary().value(event.kind, nullptr);
    if (!words)
        return std::nullopt;
    const QString who = value(event.data, "by"_L1);
    return TimelineEntry{.sequence = event.sequence,
                         .at = event.at,
                         .who = who.isEmpty() ? u"Mayday"_s : who,
                         .kind = event.kind,
                         .text = words(event.data, event.subject)};
}

} // namespace mayday::incident
