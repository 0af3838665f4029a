// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inspectionindex.h"
#include "backup/manifest.h"
#include "ctl/command.h"
#include "ctl/inspectobjects.h"
#include "dump/dumpinspection.h"

#include <QJsonArray>

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
    if (inspection.isEmpty())
        text += u"warning: it %1\n"_s.arg(dump::emptyInWords(inspection));
    for (const QString &warning : inspection.warnings)
        text += u"warning: %1\n"_s.arg(warning);
    return text;
}

QString asText(const backup::ManifestCheck &manifest)
{
    if (!manifest.isThere)
        return {};
    if (!manifest.isUsable)
        return u"manifest: not used: %1\n"_s.arg(manifest.problems.join(u"; "_s));
    const QString text = u"manifest of %1 UTC: %2 tables, %3 rows; "_s.arg(
        manifest.takenAt.toUTC().toString(u"yyyy-MM-dd HH:mm"_s), amount(manifest.tables),
        amount(manifest.rows));
    return manifest.agrees()
               ? text + u"agrees with the file\n"_s
               : text +
                     u"does not agree with the file: %1\n"_s.arg(backup::fewOf(manifest.problems));
}

QJsonValue asJson(const backup::ManifestCheck &manifest)
{
    if (!manifest.isThere)
        return {};
    return QJsonObject{{u"isUsable"_s, manifest.isUsable},
                       {u"agrees"_s, manifest.agrees()},
                       {u"takenAt"_s, manifest.takenAt.toUTC().toString(Qt::ISODate)},
                       {u"tables"_s, manifest.tables},
                       {u"rows"_s, manifest.rows},
                       {u"problems"_s, QJsonArray::fromStringList(manifest.problems)}};
}

/// One that was written for this file, and has what the file has not.
bool isLacking(const backup::ManifestCheck &manifest)
{
    return manifest.isUsable && !manifest.agrees();
}

/// What cannot be asked together.
QString clashIn(const ObjectQuestion &question, bool isJson)
{
    if (question.wantsList && !question.name.isEmpty())
        return u"--objects lists all, --show says one"_s;
    if (question.wantsRows && question.name.isEmpty())
        return u"--with-rows belongs to --show NAME"_s;
    if (question.wantsRows && isJson)
        return u"rows do not go into JSON; leave --json out"_s;
    return {};
}

} // namespace

ExitCode runInspect(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool again = takeFlag(arguments, u"--again"_s);
    const ObjectQuestion question{.wantsList = takeFlag(arguments, u"--objects"_s),
                                  .name = takeOption(arguments, u"--show"_s).value_or(QString()),
                                  .wantsRows = takeFlag(arguments, u"--with-rows"_s)};
    if (const auto unknown = unknownOption(arguments))
        return usageError(call, u"inspect does not know %1"_s.arg(*unknown));
    if (arguments.size() != 1)
        return usageError(call, u"inspect takes one file"_s);
    if (const QString clash = clashIn(question, call.output.isJson()); !clash.isEmpty())
        return usageError(call, clash);
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
    if (question.isAsked())
        return answerAboutObjects(call, file, *inspection, question);
    backup::ManifestCheck manifest = backup::checkManifest(file, *inspection);
    const auto other = again ? backup::otherThanWritten(file, context) : QString();
    if (!other)
        return call.output.fail(other.error());
    if (!other->isEmpty())
        manifest.problems.prepend(*other);
    QJsonObject json = dump::toJson(*inspection);
    json.insert(u"manifest"_s, asJson(manifest));
    QString text = asText(*inspection, json) + asText(manifest);
    if (inspection->readAt && *inspection->readAt < start.addSecs(-1))
        text += u"This was found on %1 UTC; the file has the same size, time and both ends since. "
                "--again reads it anew.\n"_s.arg(
                    inspection->readAt->toUTC().toString(u"yyyy-MM-dd HH:mm"_s));
    call.output.answer(json, text);
    if (inspection->verdict != dump::DumpVerdict::Complete)
        return ExitCode::NotDone;
    return isLacking(manifest) || inspection->isEmpty() ? ExitCode::DoneWithDifferences
                                                        : ExitCode::Done;
}

} // namespace mayday::ctl
