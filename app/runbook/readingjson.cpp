// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/runbookreader.h"

#include <QJsonArray>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

struct Counts {
    int sensed = 0;
    int commands = 0;
};

QJsonArray phasesJson(const Runbook &runbook, Counts &counts)
{
    QJsonArray phases;
    for (const Phase &phase : runbook.phases) {
        int steps = 0;
        QJsonArray options;
        for (const Group &group : phase.groups) {
            steps += int(group.steps.size());
            if (!group.option.isEmpty())
                options.append(group.option);
            for (const Step &step : group.steps) {
                counts.sensed += step.isSensed() ? 1 : 0;
                counts.commands += int(step.commands.size());
            }
        }
        phases.append(
            QJsonObject{{u"title"_s, phase.title}, {u"steps"_s, steps}, {u"options"_s, options}});
    }
    return phases;
}

QJsonObject runbookJson(const Runbook &runbook)
{
    Counts counts;
    QJsonObject json{{u"id"_s, runbook.id.text()},
                     {u"title"_s, runbook.title},
                     {u"tier"_s, tierKey(runbook.tier)},
                     {u"steps"_s, runbook.stepCount()},
                     {u"phases"_s, phasesJson(runbook, counts)}};
    json.insert(u"sensed"_s, counts.sensed);
    json.insert(u"commands"_s, counts.commands);
    if (runbook.rto)
        json.insert(u"rtoMinutes"_s, qint64(runbook.rto->count()));
    QJsonArray templates;
    for (const MessageTemplate &message : runbook.templates)
        templates.append(message.name);
    json.insert(u"templates"_s, templates);
    return json;
}

QJsonObject findingJson(const Finding &finding)
{
    QJsonObject json{{u"severity"_s, severityKey(finding.severity)},
                     {u"key"_s, finding.key},
                     {u"title"_s, finding.title},
                     {u"explanation"_s, finding.explanation},
                     {u"line"_s, finding.line}};
    if (!finding.nearest.isEmpty())
        json.insert(u"nearest"_s, finding.nearest);
    return json;
}

} // namespace

QJsonObject toJson(const RunbookReading &reading, const QString &fileName)
{
    QJsonArray findings;
    int counts[3] = {0, 0, 0};
    for (const Finding &finding : reading.findings) {
        findings.append(findingJson(finding));
        ++counts[finding.severity];
    }
    const QString name =
        fileName.isEmpty() && reading.runbook ? reading.runbook->fileName : fileName;
    QJsonObject json{{u"file"_s, name},
                     {u"usable"_s, reading.runbook.has_value()},
                     {u"findings"_s, findings},
                     {u"errors"_s, counts[Finding::Error]},
                     {u"warnings"_s, counts[Finding::Warning]},
                     {u"notes"_s, counts[Finding::Note]}};
    if (reading.runbook)
        json.insert(u"runbook"_s, runbookJson(*reading.runbook));
    return json;
}

} // namespace mayday::runbook
