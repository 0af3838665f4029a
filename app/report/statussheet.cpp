// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/statussheet.h"

#include "core/redactor.h"
#include "incident/rtoclock.h"
#include "runbook/placeholders.h"

#include <QSet>

#include <algorithm>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace mayday::report {

namespace {

using incident::Incident;

constexpr QLatin1StringView head =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta http-equiv=\"refresh\" content=\"15\"><title>Mayday status sheet</title>\n"
    "<style>body{font:16px/1.4 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "ul{list-style:none;padding:0}li{break-inside:avoid;margin:.3em 0}"
    "pre{white-space:pre-wrap;border:1px solid;padding:.5em}"
    "td{padding:.2em 1em .2em 0;vertical-align:top}</style></head><body>\n"_L1;

/// A word with each mark: on paper nobody explains a symbol.
QString mark(runbook::StepState state)
{
    switch (state) {
    case runbook::StepState::Open: return u"[ ] open"_s;
    case runbook::StepState::Done: return u"[x] done"_s;
    case runbook::StepState::Sensed: return u"[x] seen by Mayday"_s;
    case runbook::StepState::Overridden: return u"[/] overridden"_s;
    case runbook::StepState::Deferred: return u"[>] put off"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

/// Everything that is not ours passes here: first without secrets, then without markup.
QString safe(const QString &text)
{
    return redacted(text).toHtmlEscaped();
}

QString minuteUtc(const QDateTime &at)
{
    return at.toUTC().toString(u"yyyy-MM-dd HH:mm 'UTC'"_s);
}

/// Not QString::arg(): a "%1" that somebody typed must stay what it is.
QString element(const QString &name, const QString &content)
{
    return u'<' + name + u'>' + content + u"</"_s + name + u">\n"_s;
}

QString row(const QStringList &cells)
{
    QString html;
    for (const QString &cell : cells)
        html += element(u"td"_s, safe(cell));
    return element(u"tr"_s, html);
}

runbook::Lookup valuesOf(const stack::Stack &stack)
{
    return [&stack](const QString &name) {
        return stack.lookup(name);
    };
}

QString stepItem(const Incident &incident, const runbook::Step &step, const stack::Stack &stack)
{
    const runbook::Lookup value = valuesOf(stack);
    const runbook::StepOutcome outcome = incident.checklist.outcome(step.id);
    QString html = element(u"code"_s, mark(outcome.state).toHtmlEscaped()) +
                   safe(runbook::filled(step.action, value).text);
    if (!outcome.reason.isEmpty())
        html += u" ("_s + safe(outcome.reason) + u')';
    for (const runbook::CommandBlock &command : step.commands)
        html += element(u"pre"_s, safe(runbook::filled(command.text, value).text));
    return element(u"li"_s, html);
}

QString leftWords(const incident::RtoReading &clock)
{
    const qint64 minutes = std::abs(clock.left.count()) / 60;
    return clock.isOver ? u"missed by %1 min"_s.arg(minutes) : u"%1 min left"_s.arg(minutes);
}

QString factsOf(const Incident &incident, const QDateTime &now)
{
    const incident::RtoReading clock = incident::readRtoClock(incident, now);
    const QString elapsed =
        u"%1 min since %2"_s.arg(clock.elapsed.count() / 60).arg(minuteUtc(incident.openedAt));
    const QString promise =
        clock.isPromised ? u"%1 min promised, %2"_s.arg(incident.rto.count()).arg(leftWords(clock))
                         : u"nothing promised"_s;
    return element(u"table"_s, row({u"Severity"_s, incident::severityWords(incident.severity)}) +
                                   row({u"Led by"_s, incident.commander}) +
                                   row({u"Running"_s, elapsed}) +
                                   row({u"Recovery time"_s, promise}) +
                                   row({u"Next update due"_s, minuteUtc(incident.nextUpdateDue)}));
}

/// Whether the group is one of several ways, and nobody has chosen yet.
bool isUndecided(const Incident &incident, const runbook::Phase &phase, const runbook::Group &group)
{
    return std::ranges::any_of(incident.checklist.decisions(), [&](const auto &decision) {
        return decision.isOpen() && decision.id.startsWith(phase.slug + u"/decision"_s) &&
               decision.options.contains(group.option);
    });
}

/// On paper nobody can choose: until the choice is made, every way is on the sheet.
QString groupOf(const Incident &incident, const runbook::Phase &phase, const runbook::Group &group,
                const QSet<runbook::StepId> &counting, const stack::Stack &stack)
{
    const bool isOpen = !group.option.isEmpty() && isUndecided(incident, phase, group);
    QString items;
    for (const runbook::Step &step : group.steps) {
        if (isOpen || counting.contains(step.id))
            items += stepItem(incident, step, stack);
    }
    if (items.isEmpty())
        return {};
    const QString heading =
        isOpen ? element(u"h3"_s, u"If you choose: "_s + safe(group.option)) : QString();
    return heading + element(u"ul"_s, items);
}

QString stepsOf(const Incident &incident, const stack::Stack &stack)
{
    QSet<runbook::StepId> counting;
    for (const runbook::Step &step : incident.checklist.order())
        counting.insert(step.id);
    QString html;
    for (const runbook::Phase &phase : incident.checklist.runbook().phases) {
        html += element(u"h2"_s, safe(phase.title));
        for (const runbook::Group &group : phase.groups)
            html += groupOf(incident, phase, group, counting, stack);
    }
    return html;
}

QString nowLine(const QString &words)
{
    return element(u"p"_s, u"Now: "_s + element(u"strong"_s, safe(words)));
}

QString incidentPart(const Incident &incident, const stack::Stack &stack, const QDateTime &now)
{
    const QString banner = incident.drill ? u"DRILL"_s : incident.environment.toUpper();
    QString html = element(u"h1"_s, safe(banner + u": "_s + incident.title));
    if (const runbook::Step *current = incident.checklist.current())
        html += nowLine(runbook::filled(current->action, valuesOf(stack)).text);
    else if (const runbook::Decision *decision = incident.checklist.currentDecision())
        html += nowLine(u"decide: "_s + decision->options.join(u" or "_s));
    return html + factsOf(incident, now) + stepsOf(incident, stack);
}

QString contactPart(const stack::Stack &stack)
{
    QString rows;
    for (const stack::Contact &contact : stack.contacts)
        rows += row({contact.name, contact.phone, contact.url.toString(), contact.note});
    for (const stack::Provider &provider : stack.providers)
        rows += row({provider.name + u" status page"_s, {}, provider.pageUrl.toString(), {}});
    return element(u"h2"_s, u"Contacts"_s) + element(u"table"_s, rows);
}

} // namespace

QByteArray statusSheet(const Incident *running, const stack::Stack &stack, const QDateTime &now)
{
    QString page = head;
    if (running)
        page += incidentPart(*running, stack, now);
    else
        page += element(u"h1"_s, u"No incident is running"_s) +
                element(u"p"_s, u"Stack: "_s + safe(stack.name));
    page += contactPart(stack) + element(u"p"_s, u"Written "_s + minuteUtc(now)) +
            u"</body></html>\n"_s;
    return page.toUtf8();
}

} // namespace mayday::report
