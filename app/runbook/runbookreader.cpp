// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/runbookreader.h"

#include "runbook/frontmatter.h"
#include "runbook/markdowntree.h"
#include "runbook/phasebuilder.h"
#include "runbook/sharedphases.h"
#include "runbook/variables.h"
#include "stack/nearestname.h"

#include <QFileInfo>

#include <algorithm>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

/// One file by itself, without what it includes.
RunbookReading readAlone(const QByteArray &markdown, const QString &fileName,
                         const VerbRegistry &verbs)
{
    RunbookReading reading;
    const SourceText source = readSource(markdown, reading.findings);
    if (!source.readable)
        return reading;
    Runbook runbook;
    runbook.source = markdown;
    runbook.fileName = fileName;
    readFrontMatter(source, runbook, reading.findings);
    PhaseBuilder(verbs, runbook, reading.findings).build(parseMarkdown(source.body));
    judgeVariables(source.body, reading.findings);
    const QString baseName = QFileInfo(fileName).completeBaseName();
    if (runbook.id.isNone())
        runbook.id = RunbookId::parse(slugOf(baseName)).value_or(RunbookId());
    if (runbook.id.isNone())
        runbook.id = RunbookId::parse(u"runbook"_s).value_or(RunbookId());
    if (runbook.title.isEmpty())
        runbook.title = baseName;
    reading.runbook = std::move(runbook);
    return reading;
}

void addShared(RunbookReading &reading, const VerbRegistry &verbs, const IncludeSource &include)
{
    QList<Runbook> shared;
    for (const QString &name : std::as_const(reading.runbook->include)) {
        const std::optional<QByteArray> markdown = include ? include(name) : std::nullopt;
        const RunbookReading other =
            markdown ? readAlone(*markdown, name + u".md"_s, verbs) : RunbookReading{};
        if (other.runbook && other.runbook->stepCount() > 0)
            shared.append(*other.runbook);
        else
            reading.findings.append({.severity = Finding::Warning,
                                     .key = u"missing-include"_s,
                                     .title = u"No steps came from the included \"%1\""_s.arg(name),
                                     .explanation = u"The runbook works without them."_s,
                                     .line = 1});
        if (other.runbook && !other.runbook->include.isEmpty())
            reading.findings.append({.severity = Finding::Warning,
                                     .key = u"nested-include"_s,
                                     .title = u"\"%1\" includes others itself"_s.arg(name),
                                     .explanation = u"Only its own phases were taken."_s,
                                     .line = 1});
    }
    mergeShared(*reading.runbook, shared);
}

void judgeTemplateNames(RunbookReading &reading)
{
    QStringList names;
    for (const MessageTemplate &message : std::as_const(reading.runbook->templates))
        names += message.name;
    const auto judgeStep = [&](const Step &step) {
        for (const VerbCall &call : step.actions) {
            const QString wanted = call.parameter(u"template"_s);
            if (wanted.isEmpty() || names.contains(wanted))
                continue;
            reading.findings.append({.severity = Finding::Warning,
                                     .key = u"unknown-template"_s,
                                     .title = u"There is no message template \"%1\""_s.arg(wanted),
                                     .explanation =
                                         u"The message begins empty. Add a heading that ends in "
                                         "\"message\" with a block quote below."_s,
                                     .line = call.line,
                                     .nearest = stack::nearestName(wanted, names)});
        }
    };
    for (const Phase &phase : std::as_const(reading.runbook->phases)) {
        for (const Group &group : phase.groups)
            std::ranges::for_each(group.steps, judgeStep);
    }
}

} // namespace

bool RunbookReading::hasErrors() const
{
    return std::ranges::contains(findings, Finding::Error, &Finding::severity);
}

RunbookReading readRunbook(const QByteArray &markdown, const QString &fileName,
                           const VerbRegistry &verbs, const IncludeSource &include)
{
    RunbookReading reading = readAlone(markdown, fileName, verbs);
    if (!reading.runbook)
        return reading;
    if (reading.runbook->stepCount() == 0) {
        reading.runbook.reset();
        reading.findings.append(
            {.severity = Finding::Error,
             .key = u"no-steps"_s,
             .title = u"There is no step in this file"_s,
             .explanation =
                 u"Write steps as \"- [ ] text\" or \"1. text\" under a \"##\" heading."_s});
        return reading;
    }
    addShared(reading, verbs, include);
    assignStepIds(*reading.runbook);
    judgeTemplateNames(reading);
    std::ranges::stable_sort(reading.findings, {}, &Finding::line);
    return reading;
}

} // namespace mayday::runbook
