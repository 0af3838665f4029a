// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/dumpopener.h"
#include "ctl/command.h"
#include "dump/dumpinspection.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

QString amount(qint64 value)
{
    return QLocale(QLocale::English).toString(value);
}

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
    if (const auto unknown = unknownOption(call.arguments))
        return usageError(call, u"inspect does not know %1"_s.arg(*unknown));
    if (call.arguments.size() != 1)
        return usageError(call, u"inspect takes one file"_s);
    TaskContext context({}, [&call](qint64 done, qint64 total, const QString &phase) {
        call.output.progress(phase, done, total);
    });
    const auto inspection = backup::inspectDump(call.arguments.front(), context);
    call.output.endProgress();
    if (!inspection)
        return call.output.fail(inspection.error());
    const QJsonObject json = dump::toJson(*inspection);
    call.output.answer(json, asText(*inspection, json));
    return inspection->verdict == dump::DumpVerdict::Complete ? ExitCode::Done : ExitCode::NotDone;
}

} // namespace mayday::ctl
