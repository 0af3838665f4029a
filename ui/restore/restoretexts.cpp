// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/restoretexts.h"

#include "restore/rolemap.h"
#include "ui/kit/timetext.h"

#include <QFileInfo>
#include <QLocale>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mayday::ui::restoretexts {

namespace {

using restore::RestoreMode;
using restore::RestorePhase;
using restore::Verdict;

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("Restore", text, nullptr, n);
}

bool isInPlace(const restore::RestoreReceipt &receipt)
{
    return receipt.mode == restore::modeKey(RestoreMode::InPlace);
}

bool isCopy(const restore::RestoreReceipt &receipt)
{
    return receipt.mode == restore::modeKey(RestoreMode::Copy);
}

bool isNew(const restore::RestoreReceipt &receipt)
{
    return receipt.mode == restore::modeKey(RestoreMode::NewDatabase);
}

bool isOfTables(const restore::RestoreReceipt &receipt)
{
    return receipt.mode == restore::modeKey(RestoreMode::Tables);
}

/// Of a restore in place.
QString undoOf(const restore::RestoreReceipt &receipt)
{
    if (!receipt.safetyCopy)
        return tr("Nothing was there before.");
    return tr("The data that was there before is in the safety copy %1: %2 with %3, %4. To undo "
              "this, restore that file.")
        .arg(receipt.safetyCopy->file, tables(receipt.safetyCopy->tables),
             rows(receipt.safetyCopy->rows), timetext::bytes(receipt.safetyCopy->bytes));
}

QStringList notLookedAt(const restore::Afterwards &seen)
{
    QStringList lines;
    for (const QString &unseen : seen.unseen)
        lines.append(tr("Not looked at: %1.").arg(unseen));
    return lines;
}

/// What to think of after any restore, and whether anything was found that came to life: nobody
/// looks at everything.
QStringList whatWasLookedAt(const std::optional<restore::Afterwards> &seen)
{
    QStringList lines = {
        tr("People and rights are those of the backup: whoever lost access since has it again."),
        tr("Scheduled jobs, queues and webhooks are those of the backup: look before they run.")};
    if (!seen)
        return lines;
    const QString looked = seen->looked.join(u"; "_s);
    if (seen->found.isEmpty() && !looked.isEmpty())
        lines.append((seen->unseen.isEmpty() ? tr("Nothing found that came to life. Looked at: %1.")
                                             : tr("Nothing found in what could be looked at: %1."))
                         .arg(looked));
    lines += notLookedAt(*seen);
    return lines;
}

QString indexSentence(const restore::IndexBuild &build)
{
    const auto percent = [](double share) {
        return std::clamp<int>(static_cast<int>(std::lround(share * 100)), 0, 100);
    };
    if (build.count > 1)
        return tr("The server builds %1 indexes: %2 % of the tables read.")
            .arg(build.count)
            .arg(percent(build.read));
    return build.written > 0
               ? tr("The server builds an index: %1 % of it written.").arg(percent(build.written))
               : tr("The server builds an index: %1 % of the table read.").arg(percent(build.read));
}

/// "The server has taken 1.2 of 1.4 million rows."
QString intakeSentence(qint64 taken, qint64 total)
{
    constexpr qint64 million = 1'000'000;
    if (total < million)
        return tr("The server has taken %1 of %2.").arg(timetext::count(taken), rows(total));
    const auto millions = [](qint64 count) {
        // Down: nothing is there before it is.
        const double tenths = std::floor(static_cast<double>(count) / (million / 10.0));
        return QLocale(QLocale::English).toString(tenths / 10, 'f', 1);
    };
    return tr("The server has taken %1 of %2 million rows.").arg(millions(taken), millions(total));
}

} // namespace

QString tables(qsizetype count)
{
    return count == 1 ? tr("1 table") : tr("%1 tables").arg(timetext::count(count));
}

QString rows(qint64 count)
{
    return count == 1 ? tr("1 row") : tr("%1 rows").arg(timetext::count(count));
}

QString progressSentence(const restore::RestoreProgress &progress)
{
    switch (progress.phase) {
    case RestorePhase::Waiting: return tr("Writing the intention into the record");
    case RestorePhase::Inspecting: return tr("Reading the backup to its end");
    case RestorePhase::Opening: return tr("Unpacking the backup");
    case RestorePhase::Preflight: return tr("Asking the server what is there");
    case RestorePhase::SafetyCopy: return tr("Making a safety copy of what is live");
    case RestorePhase::Loading:
        return (progress.mode == RestoreMode::InPlace ? tr("Loading in place: %1 of %2")
                : progress.mode == RestoreMode::Tables
                    ? tr("Bringing back what is missing: %1 of %2")
                    : tr("Loading beside the live data: %1 of %2"))
            .arg(progress.tablesDone)
            .arg(tables(progress.tablesTotal));
    case RestorePhase::Proving:
        return (progress.mode == RestoreMode::Tables ? tr("Proving what came back: %1 of %2")
                                                     : tr("Proving the copy: %1 of %2"))
            .arg(progress.tablesDone)
            .arg(tables(progress.tablesTotal));
    case RestorePhase::Analysing:
        return tr("Gathering statistics, so that queries are fast at once");
    case RestorePhase::Swapping:
        if (restore::keepsNothing(progress.mode))
            return tr("Committing");
        if (progress.mode == RestoreMode::NewDatabase)
            return tr("Leaving it in a database of its own");
        return progress.mode == RestoreMode::Copy ? tr("Leaving the copy beside the live data")
                                                  : tr("Swapping");
    case RestorePhase::Refining: return tr("The restored data is live");
    case RestorePhase::Finished: return tr("Writing the receipt into the record");
    }
    Q_UNREACHABLE_RETURN({});
}

QString stoppingSentence(const restore::RestoreProgress &progress)
{
    return progress.phase >= RestorePhase::Refining
               ? tr("The restored data is live; its statistics stay as they are")
               : tr("Stopping, and leaving the live data as it was");
}

QString connectionLines(const restore::RestoreProgress &progress)
{
    QStringList lines;
    int number = 0;
    for (const QString &work : progress.connections)
        lines.append(tr("Connection %1: %2")
                         .arg(++number)
                         .arg(work.isEmpty() ? tr("nothing to do at the moment") : work));
    return lines.join(u'\n');
}

QString progressDetail(const restore::RestoreProgress &progress)
{
    const bool isInPlace = progress.mode == RestoreMode::InPlace;
    if (progress.phase == RestorePhase::Refining)
        return tr("Completing the statistics. Until that is done, queries are planned from small "
                  "samples.");
    if (progress.phase == RestorePhase::Finished)
        return {}; // the verdict tells what came of it
    QString live =
        isInPlace && progress.phase >= RestorePhase::Loading
            ? tr("Readers and writers wait. Until the commit, a stop or an error leaves everything "
                 "as it was.")
        : isInPlace && progress.phase == RestorePhase::SafetyCopy
            ? tr("Writers wait, readers do not. The live data has not been touched.")
            : tr("The live data has not been touched.");
    if (progress.index)
        return indexSentence(*progress.index) + u' ' + live;
    if (progress.phase != RestorePhase::Loading)
        return live;
    const QString rest = progress.rowsTaken
                             ? intakeSentence(*progress.rowsTaken, progress.rowsTotal) + u' ' + live
                             : live;
    return progress.table.isEmpty() ? rest : tr("Loading %1. %2").arg(progress.table, rest);
}

QString silenceSentence(const restore::RestoreProgress &progress)
{
    constexpr std::chrono::seconds patience{30};
    const bool isOnServer =
        progress.phase >= RestorePhase::Loading && progress.phase < RestorePhase::Swapping;
    if (!isOnServer || progress.sinceAnswer < patience)
        return {};
    return tr("The server has not answered for %1. Go on waiting, or stop? Either way the live "
              "data "
              "stays as it was.")
        .arg(timetext::duration(progress.sinceAnswer));
}

ProgressFacts progressFacts(const restore::RestoreProgress &progress)
{
    ProgressFacts facts;
    facts.bytesDone = progress.bytesDone;
    facts.bytesTotal = progress.bytesTotal;
    facts.itemsDone = progress.rowsDone;
    facts.itemsTotal = progress.rowsTotal;
    facts.itemWord = tr("rows");
    if (progress.phase == RestorePhase::Proving || progress.phase == RestorePhase::Refining) {
        facts = {.bytesDone = 0,
                 .bytesTotal = 0,
                 .itemsDone = progress.tablesDone,
                 .itemsTotal = progress.tablesTotal,
                 .itemWord = tr("tables")};
    }
    facts.bytesPerSecond = progress.bytesPerSecond();
    facts.itemsPerSecond = progress.rowsPerSecond();
    if (const auto left = progress.remaining(); left.count() >= 0)
        facts.left = std::pair(
            left, std::chrono::seconds(std::llround(static_cast<double>(left.count()) * 1.4) + 1));
    if (progress.phase > RestorePhase::Opening) // no server before
        facts.sinceAnswer = progress.sinceAnswer;
    return facts;
}

QList<ProgressPhase> progressPhases(const restore::RestoreProgress &progress)
{
    const bool isCopy = restore::leavesLive(progress.mode);
    const bool isInPlace = progress.mode == RestoreMode::InPlace;
    const bool isAlone = restore::keepsNothing(progress.mode);
    QList<std::pair<RestorePhase, QString>> order = {
        {RestorePhase::Inspecting, tr("Inspect")},
        {RestorePhase::Preflight, tr("Preflight")},
        {RestorePhase::Loading, isAlone ? tr("Load") : tr("Load beside")},
        {RestorePhase::Proving, tr("Prove")},
        {RestorePhase::Analysing, tr("Statistics")},
        {RestorePhase::Swapping, isAlone  ? tr("Commit")
                                 : isCopy ? tr("Leave beside")
                                          : tr("Swap")}};
    if (isInPlace)
        order.insert(2, {RestorePhase::SafetyCopy, tr("Safety copy")});
    const RestorePhase now =
        progress.phase == RestorePhase::Opening ? RestorePhase::Inspecting : progress.phase;
    QList<ProgressPhase> phases;
    for (const auto &[step, text] : order) {
        const PhaseState state = step < now    ? PhaseState::Done
                                 : step == now ? PhaseState::Current
                                               : PhaseState::Todo;
        phases.append({text, state});
    }
    return phases;
}

QString verdictSentence(const restore::RestoreReceipt &receipt)
{
    switch (receipt.verdict) {
    case Verdict::Proven:
        return (isCopy(receipt)  ? tr("The copy is proven: %1 with %2 are as in the backup.")
                : isNew(receipt) ? tr("Proven, in a database of its own; the live one is as it "
                                      "was. %1 with %2 are as in the backup.")
                : isOfTables(receipt) ? tr("Back and proven: %1 with %2 are as in the backup.")
                                      : tr("Proven: %1 with %2 are as in the backup."))
            .arg(tables(receipt.tables.size()), rows(receipt.rowsRestored()));
    case Verdict::Differences:
        if (receipt.checksFailed() > 0)
            return receipt.checksFailed() == 1
                       ? tr("Restored as in the backup, but one of your own checks fails.")
                       : tr("Restored as in the backup, but %1 of your own checks fail.")
                             .arg(receipt.checksFailed());
        return isCopy(receipt)       ? tr("The copy has differences. Each is named below.")
               : isNew(receipt)      ? tr("In a database of its own, with differences. Each is "
                                               "named below; the live one is as it was.")
               : isOfTables(receipt) ? tr("Back, with differences. Each is named below.")
                                     : tr("Restored with differences. Each is named below.");
    case Verdict::NotRestored: break;
    }
    if (!receipt.left.isEmpty())
        return isCopy(receipt)
                   ? tr("Not copied, and something may be left. The live data is as it was.")
                   : tr("Not restored, and something may be left. Read below before you go on.");
    return receipt.error && receipt.error->kind == ErrorKind::Cancelled
               ? tr("Stopped. Nothing changed: the live data is as it was.")
               : (isCopy(receipt)
                      ? tr("Not copied. Nothing changed: the live data is as it was.")
                      : tr("Not restored. Nothing changed: the live data is as it was."));
}

QString verdictDetail(const restore::RestoreReceipt &receipt)
{
    QStringList parts;
    if (receipt.verdict != Verdict::NotRestored) {
        parts.append(tr("Took %1.")
                         .arg(timetext::duration(
                             std::chrono::milliseconds(std::llround(receipt.seconds * 1000)))));
        parts.append(
            isInPlace(receipt)    ? undoOf(receipt)
            : isOfTables(receipt) ? tr("They were missing before; everything else is as it was.")
            : isCopy(receipt)     ? tr("The live data is as it was; the copy stands beside it.")
            : isNew(receipt) ? tr("The live database is as it was, and stays until you drop it.")
                             : tr("The data that was there before is kept and can be put back."));
    } else if (receipt.error) {
        if (receipt.error->line > 0)
            parts.append(tr("Line %1 of the dump.").arg(timetext::count(receipt.error->line)));
        if (!receipt.error->sqlState.isEmpty())
            parts.append(tr("SQLSTATE %1.").arg(receipt.error->sqlState));
        if (receipt.safetyCopy) // nobody knows whether it was committed
            parts.append(undoOf(receipt));
    }
    return parts.join(u' ');
}

StateShape verdictShape(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Proven: return StateShape::Ok;
    case Verdict::Differences: return StateShape::Degraded;
    case Verdict::NotRestored: return StateShape::Down;
    }
    Q_UNREACHABLE_RETURN(StateShape::Unknown);
}

QString verdictWord(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Proven: return tr("Proven");
    case Verdict::Differences: return tr("Differs");
    case Verdict::NotRestored: return tr("Not restored");
    }
    Q_UNREACHABLE_RETURN({});
}

QString verdictForChat(const restore::RestoreReceipt &receipt)
{
    QStringList lines = {verdictSentence(receipt), tr("Target: %1").arg(receipt.target),
                         tr("Backup: %1").arg(QFileInfo(receipt.file).fileName())};
    if (receipt.error)
        lines.append(describe(*receipt.error));
    if (!receipt.connection.isEmpty())
        lines.append(tr("New database: %1").arg(receipt.connection));
    for (const restore::CheckResult &check : receipt.checks)
        lines.append(check.isTrue ? tr("Your check is true: %1").arg(check.name)
                                  : tr("Your check fails: %1: %2").arg(check.name, check.detail));
    lines += receipt.notes;
    if (receipt.afterwards) {
        for (const QString &found : receipt.afterwards->found)
            lines.append(tr("After the restore: %1").arg(found));
        if (const auto &jobs = receipt.afterwards->jobsOff; !jobs.isEmpty()) {
            lines.append(tr("After the restore: %1").arg(restore::jobsOffSentence(jobs)));
            for (const restore::JobOff &job : jobs)
                lines.append(tr("Switch on %1: %2").arg(restore::jobInWords(job), job.switchOn));
        }
        lines += notLookedAt(*receipt.afterwards);
    }
    return lines.join(u'\n');
}

QStringList cameToLife(const restore::RestoreRecord &record)
{
    if (!record.isInEffect() || !record.receipt || !record.receipt->afterwards)
        return {};
    QStringList lines;
    if (const auto &jobs = record.receipt->afterwards->jobsOff; !jobs.isEmpty())
        lines.append(restore::jobsOffSentence(jobs) + u'.');
    for (const QString &found : std::as_const(record.receipt->afterwards->found))
        lines.append(found + u'.'); // it may begin with a name
    return lines;
}

namespace {

QString smokeTest()
{
    return tr("Run the smoke test: try the application as a customer would, before you say that it "
              "works.");
}

QString tellPeople()
{
    return tr("Tell people: the button beside the verdict copies it for the chat.");
}

/// Whether a connection variable has to be changed. The name stays on every way that changes what
/// is live; who was connected elsewhere, only they know.
QString variables(const restore::RestoreRecord &record)
{
    const auto where = postgres::ConnectionString::parse(record.connection);
    const QString name =
        where && !where->database().isEmpty() && !where->host().isEmpty()
            ? u"%1 on %2:%3"_s.arg(where->database(), where->host()).arg(where->port())
            : tr("the database");
    return tr("No connection variable changes: %1 keeps its name. If DATABASE_URL, or what it is "
              "called there, leads elsewhere, switch it and redeploy.")
        .arg(name);
}

/// Who has to connect, or ask, anew.
QStringList restarts(RestoreMode mode)
{
    const QString caches = tr("Empty the application's caches: they hold what was there before.");
    switch (mode) {
    case RestoreMode::ReplaceDatabase:
        return {tr("Everybody was disconnected: restart or redeploy what does not connect again by "
                   "itself, pools and poolers too."),
                caches};
    case RestoreMode::Replace:
    case RestoreMode::InPlace:
        return {tr("Nobody was disconnected: restart or redeploy what says \"cached plan must not "
                   "change result type\"."),
                caches};
    case RestoreMode::Tables:
        return {tr("Nobody was disconnected: restart or redeploy what has given up on these "
                   "tables, or remembers which tables there are.")};
    case RestoreMode::Copy:
    case RestoreMode::NewDatabase: return {};
    }
    Q_UNREACHABLE_RETURN({});
}

/// Nobody uses it before somebody switches; the verdict says how.
QStringList afterNewDatabase()
{
    return {tr("Before you switch, look at the new database, and stop what writes to the live one: "
               "what is written there is not in the new one."),
            tr("After the switch, restart or redeploy whoever was connected, pools and poolers "
               "too, and empty caches."),
            smokeTest(), tellPeople()};
}

/// Nothing leads to a copy by itself.
QStringList afterCopy(const restore::RestoreRecord &record)
{
    QStringList lines{tr("The live data and its name stay, so no connection variable has to be "
                         "changed, and nothing has to be restarted.")};
    restore::RestorePlan naming;
    naming.mode = RestoreMode::Copy;
    naming.plannedAt = restore::plannedAtOf(record.id);
    QStringList schemas;
    for (const restore::TableName &table : record.tables())
        schemas.append(naming.keptSchemaName(table.first));
    schemas.removeDuplicates();
    if (naming.plannedAt.isValid() && !schemas.isEmpty())
        lines.append(tr("What is to read the copy needs another connection: switch DATABASE_URL, "
                        "or what it is called there, to the same address with "
                        "options=-csearch_path=%1, and redeploy it.")
                         .arg(schemas.join(u',')));
    lines.append(tr("Before you say that rows are back, compare, bring them back, and run the "
                    "smoke test: the copy alone changes nothing for customers."));
    lines.append(tr("Tell people that it is a copy: the button beside the verdict copies it for "
                    "the chat."));
    return lines;
}

/// A database that was loaded in part and not swapped.
QStringList afterUnfinished(const restore::RestoreRecord &record)
{
    return {tr("The live data and its name stay, so no connection variable has to be changed, and "
               "nothing has to be restarted."),
            tr("Do not switch DATABASE_URL, or what it is called there, to database %1: it is "
               "unfinished, and nothing in it is proven.")
                .arg(record.unfinished),
            tr("Tell people that the restore did not take place: the button beside the verdict "
               "copies it for the chat.")};
}

} // namespace

bool replacesLive(RestoreMode mode)
{
    return mode != RestoreMode::Tables && mode != RestoreMode::NewDatabase;
}

QString harmlessText(RestoreMode mode)
{
    return mode == RestoreMode::NewDatabase
               ? tr("Proven there, and left beside the live database, which stays as it is.")
               : tr("In one transaction, proven before it is committed.");
}

QStringList whatNext(const restore::RestoreRecord &record)
{
    if (record.mode == RestoreMode::Copy && record.canBeCompared())
        return afterCopy(record);
    if (!record.newConnection().isEmpty())
        return afterNewDatabase();
    if (record.committed && !*record.committed && !record.unfinished.isEmpty())
        return afterUnfinished(record);
    if (!record.isInEffect())
        return {};
    QStringList lines;
    if (record.mode == RestoreMode::InPlace && record.receipt && record.receipt->safetyCopy)
        lines.append(tr("Keep the safety copy until you are sure: it is the only way back, and "
                        "nobody removes it."));
    lines.append(variables(record));
    lines += restarts(record.mode);
    lines.append(smokeTest());
    if (record.mode == RestoreMode::Tables) {
        lines.append(tr("What was written to these tables after the backup is not in them."));
        lines.append(tr("Rows that others deleted with them, by a foreign key, do not come back by "
                        "themselves: look at the tables around them."));
    } else {
        lines += record.receipt ? whatWasLookedAt(record.receipt->afterwards)
                                : whatWasLookedAt(std::nullopt);
    }
    lines.append(tellPeople());
    return lines;
}

namespace {

QString whatBecameOf(const restore::RestoreRecord &record)
{
    const QString started = timetext::utcMinutes(record.startedAt);
    if (record.committed && record.mode == RestoreMode::Copy)
        return (*record.committed
                    ? tr("The copy of %1 was interrupted, and it stands beside the "
                         "live data.")
                    : tr("The copy of %1 was interrupted, and nothing is left of it."))
            .arg(started);
    if (record.committed && *record.committed && record.mode == RestoreMode::NewDatabase)
        return tr("The restore of %1 was interrupted, and it had been proven: the backup stands in "
                  "a database of its own, %2. The live one is as it was.")
            .arg(started, record.made);
    if (record.committed && *record.committed && record.mode == RestoreMode::Tables)
        return tr("The restore of %1 was interrupted, and it had taken place: what was missing is "
                  "back (%2).")
            .arg(started, record.wanted);
    if (record.committed && *record.committed && record.mode == RestoreMode::InPlace)
        return tr("The restore of %1 was interrupted, and it had taken place. What was there "
                  "before, if anything was, is in the safety copy %2.")
            .arg(started, record.safetyCopy);
    if (record.committed && !*record.committed && !record.unfinished.isEmpty())
        return tr("The restore of %1 was interrupted, and the live data is as it was. An "
                  "unfinished copy was left on the server, database %2: restoring the same file "
                  "again goes on with it where it can, and Backups discards it.")
            .arg(started, record.unfinished);
    if (record.committed && !*record.committed && record.isLeftKnown &&
        restore::loadsDatabase(record.mode))
        return tr("The restore of %1 was interrupted, and nothing changed: nothing of it is left "
                  "on the server.")
            .arg(started);
    if (record.committed)
        return *record.committed ? tr("The restore of %1 was interrupted, and it had taken place: "
                                      "the server keeps the old data.")
                                       .arg(started)
                                 : tr("The restore of %1 was interrupted, and nothing changed: the "
                                      "server rolled it back.")
                                       .arg(started);
    return tr("The restore of %1 was interrupted. What is true is not known until the server "
              "answers.")
        .arg(started);
}

} // namespace

QString interruptedSentence(const restore::RestoreRecord &record)
{
    const QString sentence = whatBecameOf(record);
    return record.mappedRoles.isEmpty() ? sentence
                                        : sentence + u' ' +
                                              tr("Roles of the backup that are others there: %1.")
                                                  .arg(restore::rolesInWords(record.mappedRoles));
}

} // namespace mayday::ui::restoretexts
