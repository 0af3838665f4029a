// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inspectionindex.h"
#include "ctl/dryrun.h"
#include "ctl/serverwork.h"
#include "restore/missingtables.h"
#include "restore/restorerecord.h"
#include "restore/restorerunner.h"
#include "restore/rolemap.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

/// Watches the worker from beside it: passes signals on and progress out, five times a second.
class Watcher final {
public:
    Watcher(StopOnSignal &stop, const Latest<restore::RestoreProgress> &progress,
            const Output &output)
        : m_thread([&stop, progress, output](const std::stop_token &ended) {
              std::mutex mutex;
              std::condition_variable_any woken;
              std::unique_lock lock(mutex);
              while (!ended.stop_requested()) {
                  woken.wait_for(lock, ended, std::chrono::milliseconds(200), [] { return false; });
                  stop.look();
                  report(progress.read(), output);
              }
          })
    {
    }

private:
    static void report(const restore::RestoreProgress &at, const Output &output)
    {
        using restore::RestorePhase;
        switch (at.phase) {
        case RestorePhase::Inspecting:
            return output.progress(u"inspect"_s, at.bytesDone, at.bytesTotal);
        case RestorePhase::Opening: return output.progress(u"open"_s, at.bytesDone, at.bytesTotal);
        case RestorePhase::SafetyCopy:
            return output.progress(u"safety-copy"_s, at.bytesDone, at.bytesTotal);
        case RestorePhase::Loading: return output.progress(u"load"_s, at.bytesDone, at.bytesTotal);
        case RestorePhase::Proving:
            return output.progress(u"prove"_s, at.tablesDone, at.tablesTotal);
        case RestorePhase::Refining:
            return output.progress(u"statistics"_s, at.tablesDone, at.tablesTotal);
        default: return;
        }
    }

    std::jthread m_thread;
};

ExitCode exitCodeOf(restore::Verdict verdict, bool somethingLeft)
{
    switch (verdict) {
    case restore::Verdict::Proven: return ExitCode::Done;
    case restore::Verdict::Differences: return ExitCode::DoneWithDifferences;
    case restore::Verdict::NotRestored: break;
    }
    return somethingLeft ? ExitCode::NotDoneAndLeft : ExitCode::NotDone;
}

QString leftAsText(const QList<restore::Leftover> &left)
{
    QString text;
    for (const restore::Leftover &one : left) {
        text += u"left: %1\n"_s.arg(one.what);
        if (!one.removeWith.isEmpty())
            text += u"      remove it with: %1\n"_s.arg(one.removeWith);
    }
    return text;
}

/// Of a database of its own: how it is used, and what becomes of the live one.
QString connectionAsText(const restore::RestoreReceipt &receipt)
{
    if (receipt.connection.isEmpty())
        return {};
    return u"connection: %1\n"
           "      with the password that you have: set it where the application has its "
           "connection\n"
           "      string now (DATABASE_URL, or as it is called there), and restart it\n"
           "      what is written to the live database until then is not in the new one; the live\n"
           "      one stays until you drop it\n"_s.arg(receipt.connection);
}

/// What has come to life with the backup.
QString afterwardsAsText(const restore::RestoreReceipt &receipt)
{
    if (!receipt.afterwards)
        return {};
    QString text;
    for (const QString &found : receipt.afterwards->found)
        text += u"afterwards: %1\n"_s.arg(found);
    if (const auto &jobs = receipt.afterwards->jobsOff; !jobs.isEmpty()) {
        text += u"afterwards: %1\n"_s.arg(restore::jobsOffSentence(jobs));
        for (const restore::JobOff &job : jobs)
            text += u"      switch on %1 with: %2\n"_s.arg(restore::jobInWords(job), job.switchOn);
    }
    if (text.isEmpty())
        text = (receipt.afterwards->unseen.isEmpty()
                    ? u"afterwards: nothing found that came to life again (looked at: %1)\n"_s
                    : u"afterwards: nothing found in what could be looked at (%1)\n"_s)
                   .arg(receipt.afterwards->looked.join(u"; "_s));
    for (const QString &unseen : receipt.afterwards->unseen)
        text += u"not looked at: %1\n"_s.arg(unseen);
    return text +
           u"afterwards: people, rights, queues, webhooks and scheduled jobs are those of the "
           "backup; look before they run\n"_s;
}

QString asText(const restore::RestoreReceipt &receipt)
{
    const bool isCopy = receipt.mode == restore::modeKey(restore::RestoreMode::Copy);
    const bool isNew = receipt.mode == restore::modeKey(restore::RestoreMode::NewDatabase);
    const bool isOfTables = receipt.mode == restore::modeKey(restore::RestoreMode::Tables);
    QString text;
    switch (receipt.verdict) {
    case restore::Verdict::Proven:
        text =
            (isOfTables ? u"Back and proven: %1 tables, %2 rows, in %3 s.\n"_s
             : isCopy
                 ? u"Copied and proven: %1 tables, %2 rows, in %3 s. The live data is as it was.\n"_s
             : isNew
                 ? u"Proven, in a database of its own: %1 tables, %2 rows, in %3 s. The live one "
                   "is as it was.\n"_s
                 : u"Proven: %1 tables, %2 rows, in %3 s.\n"_s)
                .arg(receipt.tables.size())
                .arg(receipt.rowsRestored())
                .arg(receipt.seconds, 0, 'f', 1);
        break;
    case restore::Verdict::Differences:
        text =
            (isOfTables ? u"Back, with differences; they are named below.\n"_s
             : isCopy
                 ? u"Copied with differences; they are named below. The live data is as it was.\n"_s
             : isNew
                 ? u"In a database of its own, with differences; they are named below. The live "
                   "one is as it was.\n"_s
                 : u"Restored with differences; they are named below.\n"_s);
        break;
    case restore::Verdict::NotRestored:
        text = receipt.isUnknown() ? u"Not known whether it took place."_s
               : isCopy            ? u"Not copied."_s
                                   : u"Not restored."_s;
        text += receipt.left.isEmpty() && !receipt.isUnknown() ? u" Nothing changed.\n"_s : u"\n"_s;
        break;
    }
    text += errorAsText(receipt.error);
    for (const restore::TableResult &table :
         receipt.isUnknown() ? QList<restore::TableResult>() : receipt.tables)
        text += u"  %1.%2: %3 in the dump, %4 after: %5 %6\n"_s.arg(table.schema, table.name)
                    .arg(table.rowsInDump)
                    .arg(table.rowsAfter)
                    .arg(verdictKey(table.verdict), table.note);
    for (const restore::CheckResult &check : receipt.checks)
        text += u"check %1: %2\n"_s.arg(check.name, check.isTrue ? u"true"_s : check.detail);
    for (const QString &note : receipt.notes)
        text += u"note: %1\n"_s.arg(note);
    text += afterwardsAsText(receipt);
    if (receipt.safetyCopy)
        text += u"safety copy: %1 (%2 bytes, %3 rows in %4 tables)\n"
                "      to undo this restore, restore that file\n"_s.arg(receipt.safetyCopy->file)
                    .arg(receipt.safetyCopy->bytes)
                    .arg(receipt.safetyCopy->rows)
                    .arg(receipt.safetyCopy->tables);
    return text + connectionAsText(receipt) + leftAsText(receipt.left);
}

/// What is about to happen, for the question.
QString intention(const restore::RestorePlan &plan)
{
    const QString target = plan.target.display();
    if (plan.mode == restore::RestoreMode::ReplaceDatabase)
        return u"This replaces %1 as a whole, and disconnects everybody from it for a moment."_s
            .arg(target);
    if (plan.mode == restore::RestoreMode::NewDatabase)
        return u"This loads the backup into a new database beside %1, which stays as it is, and "
               "the live one. What is written to it from now on is not in the new one."_s.arg(
                   target);
    if (plan.mode == restore::RestoreMode::InPlace)
        return u"This drops what is live in %1 and loads the backup there. A safety copy is made "
               "first: %2. Writers wait until the end, readers from when the copy is made."_s.arg(
                   target, plan.safetyCopyFile());
    if (plan.mode == restore::RestoreMode::Tables)
        return u"This brings back %1 in %2, where they are missing. Nothing that is there is "
               "replaced."_s.arg(restore::inWords(plan.tables), target);
    return u"This replaces the data in %1."_s.arg(target);
}

restore::RestorePlan planFor(const Call &call, const QString &file,
                             const postgres::ConnectionString &target)
{
    return {.id = restore::freshRestoreId(call.clock.now()),
            .file = QFileInfo(file).absoluteFilePath(),
            .target = target,
            .environment = {},
            .plannedAt = call.clock.now()};
}

/// --map-role OLD=NEW, each time it was said. Names as the server knows them.
Result<restore::RoleMap> mappedRolesOf(QStringList &arguments)
{
    restore::RoleMap roles;
    for (const QString &pair : takeOptions(arguments, u"--map-role"_s)) {
        const QString ofDump = pair.section(u'=', 0, 0);
        const QString here = pair.section(u'=', 1);
        if (ofDump.isEmpty() || here.isEmpty())
            return failure({.kind = ErrorKind::Unsupported,
                            .subject = pair,
                            .detail = u"--map-role takes OLD=NEW, a role of the backup and one "
                                      "of the server"_s});
        if (roles.value(ofDump, here) != here)
            return failure({.kind = ErrorKind::Unsupported,
                            .subject = pair,
                            .detail = u"--map-role says of %1 that it is two"_s.arg(ofDump)});
        roles.insert(ofDump, here);
    }
    return roles;
}

/// What the arguments ask for, without --yes. An Error's detail is how they are wrong.
Result<restore::RestorePlan> restorePlanOf(const Call &call, QStringList arguments)
{
    const auto wrong = [](const QString &how) {
        return failure(
            {.kind = ErrorKind::Unsupported, .subject = u"the arguments"_s, .detail = how});
    };
    const bool isDatabase = takeFlag(arguments, u"--database"_s);
    const bool isNotSwapped = takeFlag(arguments, u"--no-swap"_s);
    const bool isInPlace = takeFlag(arguments, u"--in-place"_s);
    const bool makeRoles = takeFlag(arguments, u"--make-roles"_s);
    const auto mappedRoles = mappedRolesOf(arguments);
    if (!mappedRoles)
        return failure(mappedRoles.error());
    const QStringList leaveOut = takeOptions(arguments, u"--leave-out"_s);
    QList<restore::TableName> tables;
    for (const QString &table : takeOptions(arguments, u"--table"_s))
        tables.append(tableNameFrom(table));
    const auto safetyFolder = takeOption(arguments, u"--safety-copy-folder"_s);
    const auto connections = takeOption(arguments, u"--connections"_s);
    const QStringList checks = takeOptions(arguments, u"--check"_s);
    const auto target = targetOf(arguments);
    if (!target)
        return failure(target.error());
    if (connections && (!isDatabase || connections->toInt() < 1))
        return wrong(u"--connections takes a number, and goes with --database"_s);
    if (isNotSwapped && !isDatabase)
        return wrong(u"--no-swap goes with --database"_s);
    if (isDatabase && isInPlace)
        return wrong(u"--database and --in-place are two ways; choose one"_s);
    if (!tables.isEmpty() && (isDatabase || isInPlace || makeRoles || !leaveOut.isEmpty()))
        return wrong(u"--table goes with --check, --map-role and --yes only"_s);
    if (safetyFolder && !isInPlace)
        return wrong(u"--safety-copy-folder goes with --in-place"_s);
    if (const auto unknown = unknownOption(arguments))
        return wrong(u"restore does not know %1"_s.arg(*unknown));
    if (arguments.size() != 1)
        return wrong(u"restore takes one file"_s);
    restore::RestorePlan plan = planFor(call, arguments.front(), *target);
    if (isDatabase)
        plan.mode = isNotSwapped ? restore::RestoreMode::NewDatabase
                                 : restore::RestoreMode::ReplaceDatabase;
    if (isInPlace)
        plan.mode = restore::RestoreMode::InPlace;
    if (!tables.isEmpty()) {
        plan.mode = restore::RestoreMode::Tables;
        plan.safetyFolder = call.profile.dataFolder; // where its note goes
    }
    plan.tables = tables;
    if (safetyFolder)
        plan.safetyFolder = QFileInfo(*safetyFolder).absoluteFilePath();
    for (const QString &check : checks)
        plan.checks.append({.name = check, .sql = check});
    plan.makeRoles = makeRoles;
    plan.mappedRoles = *mappedRoles;
    plan.leaveOut = leaveOut;
    plan.connections = connections.value_or(QString()).toInt();
    return plan;
}

/// It was not even begun: with --json a receipt all the same.
ExitCode notBegun(const Call &call, const restore::RestorePlan &plan, const Error &why)
{
    const restore::RestoreReceipt receipt{.id = plan.id,
                                          .mode = restore::modeKey(plan.mode),
                                          .error = why,
                                          .target = plan.target.display(),
                                          .file = plan.file};
    return call.output.fail(why, restore::toJson(receipt));
}

std::optional<Error> missing(const QString &file)
{
    if (QFile::exists(file))
        return std::nullopt;
    return Error{
        .kind = ErrorKind::NotFound, .subject = file, .detail = u"there is no such file"_s};
}

/// Reads the file before anybody is asked, and names what in it runs code or takes rights, and what
/// of it is left out, and whose roles are mapped. Nothing when it cannot be read: the restore says
/// why. An Error when it was stopped, or when it does not have what is to be left out or mapped.
Result<std::optional<dump::DumpInspection>> readBefore(const Call &call,
                                                       const restore::RestorePlan &plan)
{
    StopOnSignal stop;
    const SignalWatcher watcher(stop);
    TaskContext context(stop.context().stopToken(),
                        [&call](qint64 done, qint64 total, const QString &) {
                            call.output.progress(u"inspect"_s, done, total);
                        });
    auto inspection = backup::inspectUnlessKnown(plan.file, context);
    call.output.endProgress();
    if (!inspection && inspection.error().kind == ErrorKind::Cancelled)
        return failure(inspection.error());
    if (!inspection)
        return std::nullopt;
    if (inspection->isEmpty())
        call.output.say(u"warning: the backup "_s + dump::emptyInWords(*inspection));
    for (const QString &warning : std::as_const(inspection->warnings))
        call.output.say(u"warning: "_s + warning);
    if (inspection->verdict == dump::DumpVerdict::Complete && !plan.mappedRoles.isEmpty()) {
        if (auto can = restore::checkRolesOfDump(plan.mappedRoles, *inspection); !can)
            return failure(can.error());
        call.output.say(u"roles mapped: "_s + restore::rolesInWords(plan.mappedRoles));
    }
    if (inspection->verdict == dump::DumpVerdict::Complete && !plan.leaveOut.isEmpty()) {
        if (auto can = restore::checkLeftOut(plan, *inspection); !can)
            return failure(can.error());
        if (restore::loadsDatabase(plan.mode))
            return failure(restore::notWithTheDatabase(plan.leaveOut));
        call.output.say(restore::leftOutNote(*inspection, plan.leaveOut));
    }
    return std::optional(*std::move(inspection));
}

/// With signals, progress and the record. inspection: of the same file, when it has been read.
restore::RestoreReceipt carryOut(const Call &call, const restore::RestorePlan &plan,
                                 std::optional<dump::DumpInspection> inspection)
{
    StopOnSignal stop;
    Latest<restore::RestoreProgress> progress;
    TaskContext context = stop.context();
    Record record(call);
    record.write(restore::startedDraft(plan));
    restore::RestoreReceipt receipt;
    {
        const Watcher watcher(stop, progress, call.output);
        receipt =
            restore::RestoreRunner(plan, call.clock, progress).run(std::move(inspection), context);
    }
    call.output.endProgress();
    record.write(restore::finishedDraft(plan, receipt));
    return receipt;
}

/// Reads the file, and then asks whether to go on, or only tells what that would be.
ExitCode tellOrCarryOut(const Call &call, const restore::RestorePlan &plan, bool yes, bool isDryRun)
{
    if (const auto error = missing(plan.file))
        return notBegun(call, plan, *error);
    auto inspection = readBefore(call, plan);
    if (!inspection)
        return notBegun(call, plan, inspection.error());
    if (isDryRun)
        return tellPlan(call, plan, *inspection);
    if (!isConfirmed(call, yes, intention(plan), plan.target))
        return notBegun(call, plan, notConfirmed(plan.target));
    // Before the record speaks of it: one that is missing later is missed.
    if (!plan.safetyFolder.isEmpty())
        QDir().mkpath(plan.safetyFolder);
    const restore::RestoreReceipt receipt = carryOut(call, plan, *std::move(inspection));
    call.output.answer(restore::toJson(receipt), asText(receipt));
    return exitCodeOf(receipt.verdict, !receipt.left.isEmpty());
}

} // namespace

ExitCode runRestore(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool yes = takeFlag(arguments, u"--yes"_s);
    const bool isDryRun = takeFlag(arguments, u"--dry-run"_s);
    const auto plan = restorePlanOf(call, arguments);
    if (!plan)
        return usageError(call, plan.error().detail);
    if (isDryRun && plan->mode == restore::RestoreMode::Tables)
        return usageError(call, u"--table goes with --check, --map-role and --yes only"_s);
    return tellOrCarryOut(call, *plan, yes, isDryRun);
}

ExitCode runCopy(const Call &call)
{
    QStringList arguments = call.arguments;
    QList<restore::TableName> tables;
    for (const QString &table : takeOptions(arguments, u"--table"_s))
        tables.append(tableNameFrom(table));
    const QStringList leaveOut = takeOptions(arguments, u"--leave-out"_s);
    const auto mappedRoles = mappedRolesOf(arguments);
    if (!mappedRoles)
        return usageError(call, mappedRoles.error().detail);
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (const auto unknown = unknownOption(arguments))
        return usageError(call, u"copy does not know %1"_s.arg(*unknown));
    if (arguments.size() != 1)
        return usageError(call, u"copy takes one file"_s);
    restore::RestorePlan plan = planFor(call, arguments.front(), *target);
    plan.mode = restore::RestoreMode::Copy;
    plan.tables = tables;
    plan.leaveOut = leaveOut;
    plan.mappedRoles = *mappedRoles;
    if (const auto error = missing(plan.file))
        return notBegun(call, plan, *error);
    auto inspection = readBefore(call, plan);
    if (!inspection)
        return notBegun(call, plan, inspection.error());
    const restore::RestoreReceipt receipt = carryOut(call, plan, *std::move(inspection));
    QJsonObject json = restore::toJson(receipt);
    QString text = asText(receipt);
    if (receipt.verdict != restore::Verdict::NotRestored) {
        StopOnSignal stop;
        TaskContext context = stop.context();
        const SignalWatcher watcher(stop);
        const auto comparison = restore::compareWithKept(*target, receipt.id.text(), context, {});
        if (comparison)
            json.insert(u"comparison"_s, restore::toJson(*comparison));
        text += comparison ? asText(*comparison)
                           : u"It could not be compared:\n"_s + errorAsText(comparison.error());
    }
    call.output.answer(json, text);
    return exitCodeOf(receipt.verdict, !receipt.left.isEmpty());
}

ExitCode runPutBack(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool yes = takeFlag(arguments, u"--yes"_s);
    QString restore = takeOption(arguments, u"--restore"_s).value_or(QString());
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (!arguments.isEmpty())
        return usageError(call, u"put-back does not know %1"_s.arg(arguments.front()));
    if (!isConfirmed(call, yes, u"This puts the kept data back in %1."_s.arg(target->display()),
                     *target)) {
        restore::PutBackReceipt refused;
        refused.error = notConfirmed(*target);
        return call.output.fail(*refused.error, restore::toJson(refused));
    }
    StopOnSignal stop;
    TaskContext context = stop.context();
    const Latest<restore::RestoreProgress> silent;
    Record record(call);
    restore::PutBackReceipt receipt;
    {
        const Watcher watcher(stop, silent, call.output);
        if (restore.isEmpty()) // an intention without a name is found by nobody after a crash
            restore = restore::newestKept(*target, context).value_or(QString());
        record.write(restore::putBackStartedDraft(restore, {}));
        receipt = restore::putBack(*target, restore, call.clock.now(), context);
    }
    record.write(restore::putBackDraft(restore, {}, receipt));
    QString text;
    switch (receipt.verdict) {
    case restore::Verdict::Proven:
        text = u"Put back: %1.\n"_s.arg(receipt.schemas.join(u", "_s));
        break;
    case restore::Verdict::Differences:
        text = u"Put back: %1. Outside of it there are differences; they are named below.\n"_s.arg(
            receipt.schemas.join(u", "_s));
        break;
    case restore::Verdict::NotRestored:
        text = receipt.isUnknown ? u"Not known whether it is put back.\n"_s
                                 : u"Not put back. Nothing changed.\n"_s;
        break;
    }
    text += errorAsText(receipt.error);
    for (const QString &note : receipt.notes)
        text += u"note: %1\n"_s.arg(note);
    text += leftAsText(receipt.left);
    call.output.answer(restore::toJson(receipt), text);
    return exitCodeOf(receipt.verdict, receipt.isUnknown);
}

} // namespace mayday::ctl
