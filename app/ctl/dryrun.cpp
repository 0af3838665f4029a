// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/dryrun.h"

#include "backup/datatime.h"
#include "ctl/serverwork.h"
#include "restore/preflight.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

/// What is in the way of this plan; nothing when it could be carried out.
std::optional<Error> inTheWay(const restore::RestorePlan &plan,
                              const restore::PreflightReport &report)
{
    if (report.blocker)
        return report.blocker;
    using restore::RestoreMode;
    if (plan.mode == RestoreMode::NewDatabase)
        return report.way.noNewDatabase;
    if (report.hindrance)
        return report.hindrance;
    if (plan.mode == RestoreMode::ReplaceDatabase)
        return report.way.noDatabase;
    return plan.mode == RestoreMode::InPlace ? report.way.noPlace : report.way.noSchema;
}

QString hostAsText(const restore::HostProfile &host)
{
    if (host.name.isEmpty())
        return {};
    QString text = u"Host: %1\n"_s.arg(restore::inWords(host));
    for (const QString &sentence : host.leavesOut)
        text += u"      %1\n"_s.arg(sentence);
    for (const QString &sentence : host.byHand)
        text += u"by hand: %1\n"_s.arg(sentence);
    return text;
}

/// What was counted and what the server only believes are told apart.
QString lossAsText(const restore::LossEstimate &loss)
{
    const bool isByName = loss.taken.source == backup::DataTimeSource::FileName;
    QString text = u"Loss: %1; %2 newer than %3\n"_s.arg(
        restore::changesInWords(loss),
        loss.newerRows == 1 ? u"1 row in the live data is"_s
                            : u"%1 rows in the live data are"_s.arg(amount(loss.newerRows)),
        isByName ? u"that"_s : u"the backup"_s);
    if (loss.moreRows > 0)
        text += u"      %1 rows more than the backup has, where no time tells which\n"_s.arg(
            amount(loss.moreRows));
    for (const restore::TableLoss &table : loss.tables) {
        if (table.rowsLive >= 0)
            continue;
        const QString name = table.schema + u'.' + table.name;
        const QString why = restore::inWords(table.notCounted);
        text +=
            table.rowsByStatistics < 0
                ? u"      %1: not counted (%2), and the server has no statistics of it; %3 rows "
                  "in the backup\n"_s.arg(name, why, amount(table.rowsInDump))
                : u"      %1: not counted (%2); about %3 rows by the server's statistics, %4 in "
                  "the backup\n"_s.arg(name, why, amount(table.rowsByStatistics),
                                       amount(table.rowsInDump));
    }
    return text;
}

QString planAsText(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    QString text = u"Target: %1, PostgreSQL %2\n"_s.arg(report.target,
                                                        report.serverVersion.section(u' ', 0, 0));
    for (const restore::SchemaFacts &schema : report.schemas)
        text += schema.exists ? u"  schema %1: %2 tables, about %3 rows, %4 bytes\n"_s.arg(
                                    schema.name, amount(schema.tables), amount(schema.rows),
                                    amount(schema.bytes))
                              : u"  schema %1: not there yet\n"_s.arg(schema.name);
    if (report.loss && report.liveBytes() > 0)
        text += u"Live data: %1 bytes, %2\n"_s.arg(amount(report.liveBytes()),
                                                   restore::newestInWords(*report.loss));
    text += hostAsText(report.host);
    if (const QString sessions = restore::sessionsInWords(report); !sessions.isEmpty())
        text += u"Sessions: %1\n"_s.arg(sessions);
    if (!report.leftOut.isEmpty())
        text += u"Left out: %1\n"_s.arg(report.leftOut.join(u", "_s));
    for (const QString &sentence : restore::inWords(report.notMade, plan.mode))
        text += u"Left out here: %1\n"_s.arg(sentence);
    if (!report.missing.roles.isEmpty() && report.canMakeRoles)
        text += (plan.makeRoles ? u"Roles made first, without a login: %1\n"_s
                                : u"Roles not on this server: %1; --make-roles makes them\n"_s)
                    .arg(report.missing.roles.join(u", "_s));
    if (plan.mode == restore::RestoreMode::NewDatabase)
        text += u"Loss: none while nobody switches; what is written to the live database meanwhile "
                "is not in the new one\n"_s;
    else if (report.loss)
        text += lossAsText(*report.loss);
    for (const restore::PreflightNote &note : report.notes) {
        if (note.isOfBeside && plan.mode == restore::RestoreMode::InPlace)
            continue;
        const bool isWarning = note.weight != restore::PreflightNote::Weight::Fact;
        text += (isWarning ? u"warning: "_s : u"note: "_s) + note.text + u'\n';
    }
    return text;
}

/// Why a file cannot be restored that has been read, or that could not be.
Error notAWholeDump(const restore::RestorePlan &plan,
                    const std::optional<dump::DumpInspection> &inspection)
{
    Error error = inspection && inspection->problem
                      ? *inspection->problem
                      : Error{.kind = ErrorKind::Corrupt,
                              .subject = {},
                              .detail = u"the file is not a complete dump"_s};
    error.subject = QFileInfo(plan.file).fileName();
    if (!error.advice)
        error.advice = Advice::TakeAnotherBackup;
    return error;
}

} // namespace

ExitCode tellPlan(const Call &call, const restore::RestorePlan &plan,
                  const std::optional<dump::DumpInspection> &inspection)
{
    if (!inspection || inspection->verdict != dump::DumpVerdict::Complete)
        return call.output.fail(notAWholeDump(plan, inspection));
    StopOnSignal stop;
    const SignalWatcher watcher(stop);
    TaskContext context = stop.context();
    const auto report = restore::runPreflight(plan, *inspection,
                                              backup::dataTimeOf(plan.file, *inspection), context);
    if (!report)
        return call.output.fail(report.error());
    const auto hindered = inTheWay(plan, *report);
    QJsonObject json = restore::toJson(*report);
    json.insert(u"mode"_s, restore::modeKey(plan.mode));
    json.insert(u"error"_s, hindered ? QJsonValue(toJson(*hindered)) : QJsonValue());
    call.output.answer(json,
                       planAsText(plan, *report) +
                           (hindered ? u"It could not be restored so:\n"_s + errorAsText(hindered)
                                     : u"It could be restored so. Nothing was changed.\n"_s));
    return hindered ? ExitCode::NotDone : ExitCode::Done;
}

} // namespace mayday::ctl
