// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/atomicfile.h"
#include "ctl/command.h"
#include "runbook/runbookreader.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

/// Included files stand beside the runbook or among the shipped ones.
std::optional<QByteArray> included(const QDir &folder, const QString &name)
{
    for (const QString &path :
         {folder.filePath(name + u".md"_s), u":/runbooks/%1.md"_s.arg(name)}) {
        if (auto text = readWholeFile(path, runbook::maxRunbookBytes))
            return *text;
    }
    return std::nullopt;
}

QString asText(const QString &file, const runbook::RunbookReading &reading)
{
    QString text = reading.runbook ? u"%1: %2, %3 steps\n"_s.arg(file, reading.runbook->title)
                                         .arg(reading.runbook->stepCount())
                                   : u"%1: cannot be used\n"_s.arg(file);
    for (const runbook::Finding &finding : reading.findings) {
        text += u"%1:%2: %3: %4\n"_s.arg(file)
                    .arg(finding.line)
                    .arg(runbook::severityKey(finding.severity), finding.title);
        if (!finding.nearest.isEmpty())
            text += u"    did you mean \"%1\"?\n"_s.arg(finding.nearest);
    }
    return text;
}

} // namespace

ExitCode runRunbook(const Call &call)
{
    if (const auto unknown = unknownOption(call.arguments))
        return usageError(call, u"runbook does not know %1"_s.arg(*unknown));
    if (call.arguments.value(0) != "check"_L1 || call.arguments.size() != 2)
        return usageError(call, u"it is: runbook check FILE"_s);
    const QString file = call.arguments[1];
    const auto markdown = readWholeFile(file, runbook::maxRunbookBytes);
    if (!markdown)
        return call.output.fail(markdown.error());
    const QDir folder = QFileInfo(file).absoluteDir();
    const auto reading = runbook::readRunbook(
        *markdown, QFileInfo(file).fileName(), runbook::VerbRegistry::standard(),
        [&folder](const QString &name) { return included(folder, name); });
    call.output.answer(runbook::toJson(reading, file), asText(file, reading));
    if (reading.hasErrors() || !reading.runbook)
        return ExitCode::NotDone;
    return reading.findings.isEmpty() ? ExitCode::Done : ExitCode::DoneWithDifferences;
}

} // namespace mayday::ctl
