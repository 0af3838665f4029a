// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inspectionindex.h"
#include "ctl/command.h"
#include "dump/dumpinspection.h"

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

QString asText(const dump::DumpInspection &inspection, const QJsonObject &json)
{
    QString text = u"%1: %2"_s.arg(json["verdict"_L1].toString(), inspection.format);
    if (!inspection.serverVersion.isEmpty())
        text +=
            u", PostgreSQL %1, pg_dump %2"_s.arg(inspection.serverVersion, inspection.dumpVersion);
    if (!inspection.reader.isEmpty())
        text += u"; read by %1, whose text the lines are of"_s.arg(inspection.reader);
    text += u'\n';
    if (inspection.problem)
        text += u"%1\n"_s.arg(describe(*inspection.problem));
    if (inspection.problem && inspection.problem->advice)
        text += u"What to do: %1\n"_s.arg(adviceText(*inspection.problem->advice));
    for (const dump::TableInDump &table : inspection.tables)
        text += u"%1 rows  %2.%3\n"_s.arg(amount(table.rows).rightJustified(14), table.schema,
                                          table.name);
    for (const QString &warning : inspection.warnings)
        text += u"warning: %1\n"_s.arg(warning);
    return text;
}

} // namespace

ExitCode runInspect(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool again = takeFlag(arguments, u"--again"_s);
    if (const auto unknown = unknownOption(arguments))
        return usageError(call, u"inspect does not know %1"_s.arg(*unknown));
    if (arguments.size() != 1)
        return usageError(call, u"inspect takes one file"_s);
    TaskContext context({}, [&call](qint64 done, qint64 total, const QString &phase) {
        call.output.progress(phase, done, total);
    });
    const QString &file = arguments.front();
    const QDateTime start = call.clock.now();
    const auto inspection =
        again ? backup::inspectAgain(file, context) : backup::inspectUnlessKnown(file, context);
    call.output.endProgress();
    if (!inspection)
        return call.output.fail(inspection.error());
    const QJsonObject json = dump::toJson(*inspection);
    QString text = asText(*inspection, json);
    if (inspection->readAt && *inspection->readAt < start.addSecs(-1))
        text += u"This was found on %1 UTC; the file has the same size, time and both ends since. "
                "--again reads it anew.\n"_s.arg(
                    inspection->readAt->toUTC().toString(u"yyyy-MM-dd HH:mm"_s));
    call.output.answer(json, text);
    return inspection->verdict == dump::DumpVerdict::Complete ? ExitCode::Done : ExitCode::NotDone;
}

} // namespace mayday::ctl
