// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/restoretexts.h"

#include "ui/kit/timetext.h"
#include "ui/restore/insidetexts.h"

#include <QFileInfo>

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

QString tables(qsizetype count)
{
    return count == 1 ? tr("1 table") : tr("%1 tables").arg(timetext::count(count));
}

QString rows(qint64 count)
{
    return count == 1 ? tr("1 row") : tr("%1 rows").arg(timetext::count(count));
}

QString wayText(RestoreMode mode)
{
    switch (mode) {
    case RestoreMode::ReplaceDatabase:
        return tr("the whole database, over several connections; everybody is disconnected for a "
                  "moment");
    case RestoreMode::InPlace:
        return tr("in place: what is live goes, and the backup is loaded there, in one "
                  "transaction");
    case RestoreMode::Replace:
    case RestoreMode::Copy: break;
    }
    return tr("schema by schema, over one connection");
}

/// How it goes, and by which links it goes other ways.
Fact wayFact(const restore::RestorePlan &plan, const restore::RestoreWay &way)
{
    QString text = wayText(plan.mode);
    if (plan.mode == way.proposed)
        text += tr(", because %1").arg(way.reason);
    Fact fact{tr("Way"), {{text + u". "_s}}};
    const auto link = [&fact](const QString &words, const QString &target) {
        if (fact.value.back().style == FactStyle::Link)
            fact.value.append({u" \u00b7 "_s});
        fact.value.append({words, FactStyle::Link, target});
    };
    if (plan.mode != RestoreMode::Replace && !way.noSchema)
        link(plan.mode == RestoreMode::InPlace ? tr("Load it beside the live data")
                                               : tr("Replace the schemas only"),
             u"beside-schema"_s);
    if (way.noDatabase)
        fact.value.append(
            {tr("The whole database cannot be swapped: %1. ").arg(way.noDatabase->detail)});
    else if (plan.mode != RestoreMode::ReplaceDatabase)
        link(tr("Swap the whole database"), u"beside-database"_s);
    if (plan.mode != RestoreMode::InPlace && !way.noPlace)
        link(tr("Empty the schemas and load it in place"), u"in-place"_s);
    return fact;
}

/// What a restore in place does to what is there, and to everybody else.
QList<Fact> inPlaceFacts(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    const restore::InPlaceFacts place = report.inPlace.value_or(restore::InPlaceFacts());
    if (place.things == 0)
        return {fact(tr("Goes first"), tr("nothing: there is nothing there yet")),
                fact(tr("Safety copy"), tr("none is needed"))};
    QList<Fact> facts;
    // Statistics that nobody has gathered yet would say that there is none.
    const QString content =
        report.liveRows() > 0
            ? tr("%1 with about %2").arg(tables(place.tables), rows(report.liveRows()))
            : tables(place.tables);
    facts.append(fact(tr("Goes first"),
                      tr("%1, %2, and %3 other things, such as views and functions")
                          .arg(content, timetext::bytes(report.liveBytes()),
                               timetext::count(place.things - place.tables)),
                      FactStyle::Danger));
    facts.append(fact(tr("Writers"),
                      tr("wait from the start until it has ended, so that nothing is written that "
                         "is in neither; who has read and then wants to write is stopped"),
                      FactStyle::Danger));
    facts.append(fact(tr("Readers"),
                      tr("read on while the safety copy is made, and wait from then until it has "
                         "ended"),
                      FactStyle::Danger));
    if (!place.lockedOutside.isEmpty())
        facts.append(fact(
            tr("Waiting too"),
            tr("whoever uses %1: foreign keys point there").arg(place.lockedOutside.join(u", "_s)),
            FactStyle::Danger));
    if (!place.published.isEmpty())
        facts.append(fact(tr("Warning"),
                          tr("%1 would lose the tables; they have to be added again.")
                              .arg(place.published.join(u", "_s)),
                          FactStyle::Danger));
    const QString room = report.safetySpace < 0
                             ? tr("how much is free there is not known")
                             : tr("%1 are free there").arg(timetext::bytes(report.safetySpace));
    facts.append({tr("Safety copy"),
                  {{plan.safetyCopyFile(), FactStyle::Mono},
                   {u"  "_s + tr("compressed, mostly much less than the %1 that are live; %2")
                                  .arg(timetext::bytes(report.liveBytes()), room)}}});
    return facts;
}

/// What undoes it.
Fact undoFact(const restore::RestorePlan &plan)
{
    return fact(tr("Undo"), plan.mode == RestoreMode::InPlace
                                ? tr("Restore the safety copy; nothing is kept on the server")
                                : tr("Put back, until you discard the kept data"));
}

bool isInPlace(const restore::RestoreReceipt &receipt)
{
    return receipt.mode == restore::modeKey(RestoreMode::InPlace);
}

bool isCopy(const restore::RestoreReceipt &receipt)
{
    return receipt.mode == restore::modeKey(RestoreMode::Copy);
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

} // namespace

QString lossSentence(const restore::LossEstimate &loss)
{
    const QString interval = timetext::duration(loss.interval);
    const auto losing = std::ranges::count_if(
        loss.tables, [](const restore::TableLoss &t) { return t.newerRows > 0; });
    if (loss.newerRows == 0)
        return tr("The changes of the last %1; no newer row was found.").arg(interval);
    return tr("%1 of changes: %2%3 in %4.")
        .arg(interval, loss.isExact ? QString() : tr("at least "), rows(loss.newerRows),
             tables(losing));
}

QString lossDetails(const restore::LossEstimate &loss)
{
    QStringList lines;
    for (const restore::TableLoss &table : loss.tables) {
        QString line = table.schema + u'.' + table.name + u": "_s;
        line += table.rowsLive < 0
                    ? tr("too big to count in time")
                    : tr("%1 now, %2 in the backup")
                          .arg(rows(table.rowsLive), timetext::count(table.rowsInDump));
        if (table.newerRows > 0)
            line += u", "_s +
                    tr("%1 newer (by %2)").arg(timetext::count(table.newerRows), table.timeColumn);
        lines.append(line);
    }
    return lines.isEmpty() ? tr("Every table has as many rows as the backup.") : lines.join(u'\n');
}

QString timeForecast(qint64 rowCount, const QList<restore::RestoreRecord> &past)
{
    for (const restore::RestoreRecord &record : past) {
        // A copy does without much of what a restore does.
        const bool isUsable = record.mode == RestoreMode::Replace && record.receipt &&
                              record.receipt->verdict != Verdict::NotRestored &&
                              record.receipt->rowsRestored() > 0 && record.receipt->seconds > 0;
        if (!isUsable)
            continue;
        const double share =
            static_cast<double>(rowCount) / static_cast<double>(record.receipt->rowsRestored());
        const double seconds = std::max(1.0, record.receipt->seconds * share);
        const auto low = std::chrono::seconds(std::llround(std::floor(seconds * 0.8)));
        const auto high = std::chrono::seconds(std::llround(std::ceil(seconds * 1.5)));
        return tr("%1, from the restore of %2")
            .arg(timetext::range(low, high), timetext::utcMinutes(record.startedAt));
    }
    return {};
}

QList<Fact> planFacts(const backup::BackupEntry &backup, const restore::RestorePlan &plan,
                      const restore::PreflightReport &report,
                      const QList<restore::RestoreRecord> &past, const QDateTime &now)
{
    QList<Fact> facts;
    const qsizetype tableCount = backup.inspection ? backup.inspection->tables.size() : 0;
    facts.append({tr("Backup"),
                  {{backup.fileName, FactStyle::Mono},
                   {u"  "_s + tr("%1, %2, taken %3")
                                  .arg(tables(tableCount), rows(backup.rows()),
                                       timetext::age(backup.takenAt(), now))}}});
    QStringList schemas;
    for (const restore::SchemaFacts &schema : report.schemas)
        schemas.append(schema.name);
    facts.append({tr("Target"),
                  {{tr("schema ")},
                   {schemas.join(u", "_s), FactStyle::Strong},
                   {tr(" in ")},
                   {plan.target.database(), FactStyle::Strong},
                   {tr(" on ")},
                   {u"%1:%2"_s.arg(plan.target.host()).arg(plan.target.port()), FactStyle::Mono},
                   {tr("  PostgreSQL %1, %2 live")
                        .arg(report.serverVersion.section(u' ', 0, 0),
                             timetext::bytes(report.liveBytes()))}}});
    if (backup.inspection)
        facts += insidetexts::planFacts(*backup.inspection);
    if (report.loss)
        facts.append({tr("You will lose"),
                      {{lossSentence(*report.loss) + u' ', FactStyle::Danger},
                       {tr("See which"), FactStyle::Link, u"loss"_s}}});
    facts.append(wayFact(plan, report.way));
    if (plan.mode == RestoreMode::InPlace)
        facts += inPlaceFacts(plan, report);
    const QString forecast = timeForecast(backup.rows(), past);
    facts.append(fact(tr("Time"), forecast.isEmpty()
                                      ? tr("not measured on this server yet; progress shows it")
                                      : forecast));
    facts.append(undoFact(plan));
    for (const restore::PreflightNote &note : report.notes) {
        if (note.isOfBeside && plan.mode == RestoreMode::InPlace)
            continue;
        facts.append(
            fact(note.weight == restore::PreflightNote::Weight::Fact ? tr("Note") : tr("Warning"),
                 note.text,
                 note.weight == restore::PreflightNote::Weight::Fact ? FactStyle::Plain
                                                                     : FactStyle::Danger));
    }
    return facts;
}

QList<Fact> confirmFacts(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    QList<Fact> facts = {fact(tr("Environment"), plan.environment),
                         fact(tr("Target"), plan.target.display(), FactStyle::Mono)};
    if (report.loss)
        facts.append(fact(tr("You will lose"), lossSentence(*report.loss), FactStyle::Danger));
    if (plan.mode == RestoreMode::ReplaceDatabase)
        facts.append(fact(tr("At the swap"), tr("Everybody is disconnected for a moment"),
                          FactStyle::Danger));
    if (plan.mode == RestoreMode::InPlace)
        facts += inPlaceFacts(plan, report);
    facts.append(undoFact(plan));
    return facts;
}

QString planSentence(RestoreMode mode)
{
    if (mode == RestoreMode::ReplaceDatabase)
        return tr("Load it into a database of its own, prove it, then swap the names. Everybody "
                  "works with the old data until the swap, and has to connect again then; the old "
                  "database stays to be put back.");
    if (mode == RestoreMode::InPlace)
        return tr("Make a safety copy of what is live and read it back; then drop what is live, "
                  "load the backup in its place and prove it, all in one transaction. If anything "
                  "fails, nothing has happened. Others wait meanwhile.");
    return tr("Load it beside the live data, prove it, then swap. Readers keep the old data until "
              "the swap, and the old data stays to be put back.");
}

QString replaceVerb(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    if (plan.mode == RestoreMode::ReplaceDatabase)
        return tr("Replace database %1 on %2")
            .arg(plan.target.database(),
                 u"%1:%2"_s.arg(plan.target.host()).arg(plan.target.port()));
    QStringList schemas;
    for (const restore::SchemaFacts &schema : report.schemas)
        schemas.append(schema.name);
    return (plan.mode == RestoreMode::InPlace ? tr("Empty and refill schema %1 in %2 on %3")
                                              : tr("Replace schema %1 in %2 on %3"))
        .arg(schemas.join(u", "_s), plan.target.database(),
             u"%1:%2"_s.arg(plan.target.host()).arg(plan.target.port()));
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
        return (progress.mode == RestoreMode::InPlace
                    ? tr("Loading in place: %1 of %2")
                    : tr("Loading beside the live data: %1 of %2"))
            .arg(progress.tablesDone)
            .arg(tables(progress.tablesTotal));
    case RestorePhase::Proving:
        return tr("Proving the copy: %1 of %2")
            .arg(progress.tablesDone)
            .arg(tables(progress.tablesTotal));
    case RestorePhase::Analysing:
        return tr("Gathering statistics, so that queries are fast at once");
    case RestorePhase::Swapping:
        if (progress.mode == RestoreMode::InPlace)
            return tr("Committing");
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
    const QString live =
        isInPlace && progress.phase >= RestorePhase::Loading
            ? tr("Readers and writers wait. Until the commit, a stop or an error leaves everything "
                 "as it was.")
        : isInPlace && progress.phase == RestorePhase::SafetyCopy
            ? tr("Writers wait, readers do not. The live data has not been touched.")
            : tr("The live data has not been touched.");
    if (progress.index)
        return indexSentence(*progress.index) + u' ' + live;
    return progress.phase == RestorePhase::Loading && !progress.table.isEmpty()
               ? tr("Loading %1. %2").arg(progress.table, live)
               : live;
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
    const bool isCopy = progress.mode == RestoreMode::Copy;
    const bool isInPlace = progress.mode == RestoreMode::InPlace;
    QList<std::pair<RestorePhase, QString>> order = {
        {RestorePhase::Inspecting, tr("Inspect")},
        {RestorePhase::Preflight, tr("Preflight")},
        {RestorePhase::Loading, isInPlace ? tr("Load") : tr("Load beside")},
        {RestorePhase::Proving, tr("Prove")},
        {RestorePhase::Analysing, tr("Statistics")},
        {RestorePhase::Swapping, isInPlace ? tr("Commit")
                                 : isCopy  ? tr("Leave beside")
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
        return (isCopy(receipt) ? tr("The copy is proven: %1 with %2 are as in the backup.")
                                : tr("Proven: %1 with %2 are as in the backup."))
            .arg(tables(receipt.tables.size()), rows(receipt.rowsRestored()));
    case Verdict::Differences:
        if (receipt.checksFailed() > 0)
            return receipt.checksFailed() == 1
                       ? tr("Restored as in the backup, but one of your own checks fails.")
                       : tr("Restored as in the backup, but %1 of your own checks fail.")
                             .arg(receipt.checksFailed());
        return isCopy(receipt) ? tr("The copy has differences. Each is named below.")
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
        parts.append(isInPlace(receipt) ? undoOf(receipt)
                     : isCopy(receipt)
                         ? tr("The live data is as it was; the copy stands beside it.")
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
    for (const restore::CheckResult &check : receipt.checks)
        lines.append(check.isTrue ? tr("Your check is true: %1").arg(check.name)
                                  : tr("Your check fails: %1: %2").arg(check.name, check.detail));
    lines += receipt.notes;
    return lines.join(u'\n');
}

QStringList whatNext(const restore::RestoreRecord &record)
{
    if (!record.isInEffect())
        return {};
    QStringList lines;
    if (record.mode == RestoreMode::InPlace && record.receipt && record.receipt->safetyCopy)
        lines.append(tr("Keep the safety copy until you are sure: it is the only way back, and "
                        "nobody removes it."));
    if (record.mode == RestoreMode::ReplaceDatabase)
        lines.append(
            tr("Everybody was disconnected: restart what does not connect again by itself, "
               "and redeploy what keeps the old database's name or number."));
    lines +=
        {tr("Try the application as a customer would, before you say that it works."),
         tr("People and rights are those of the backup: whoever lost access since has it again."),
         tr("Scheduled jobs, queues and webhooks are those of the backup: look before they run."),
         tr("Tell people: the button beside the verdict copies it for the chat.")};
    return lines;
}

QString interruptedSentence(const restore::RestoreRecord &record)
{
    const QString started = timetext::utcMinutes(record.startedAt);
    if (record.committed && record.mode == RestoreMode::Copy)
        return (*record.committed
                    ? tr("The copy of %1 was interrupted, and it stands beside the "
                         "live data.")
                    : tr("The copy of %1 was interrupted, and nothing is left of it."))
            .arg(started);
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
        record.mode == RestoreMode::ReplaceDatabase)
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

} // namespace mayday::ui::restoretexts
