// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/restore/plantexts.h"

#include "ui/kit/timetext.h"
#include "ui/restore/agetexts.h"
#include "ui/restore/insidetexts.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/roletexts.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mayday::ui::plantexts {

namespace {

using restore::RestoreMode;
using restore::Verdict;
using restoretexts::rows;
using restoretexts::tables;

QString tr(const char *text)
{
    return QCoreApplication::translate("Restore", text);
}

QString wayText(RestoreMode mode)
{
    switch (mode) {
    case RestoreMode::ReplaceDatabase:
        return tr("the whole database, over several connections; everybody is disconnected for a "
                  "moment");
    case RestoreMode::NewDatabase:
        return tr("into a new database, over several connections; nothing is swapped: you switch "
                  "the application to it, or nobody does");
    case RestoreMode::InPlace:
        return tr("in place: what is live goes, and the backup is loaded there, in one "
                  "transaction");
    case RestoreMode::Tables:
        return tr("only what is missing, where it was, in one transaction; nothing that is there "
                  "is replaced");
    case RestoreMode::Replace:
    case RestoreMode::Copy: break;
    }
    return tr("schema by schema, over one connection");
}

/// "public.products, public.listings and 3 others"
QString someOf(const QList<restore::TableName> &names)
{
    constexpr qsizetype mostNamed = 4;
    QStringList words;
    for (const restore::TableName &name : names.first(std::min(names.size(), mostNamed)))
        words.append(name.first + u'.' + name.second);
    const QString text = words.join(u", "_s);
    const qsizetype others = names.size() - words.size();
    return others == 0   ? text
           : others == 1 ? tr("%1 and 1 other").arg(text)
                         : tr("%1 and %2 others").arg(text, timetext::count(others));
}

qint64 rowsOf(const dump::DumpInspection &inspection, const QList<restore::TableName> &names)
{
    qint64 count = 0;
    for (const dump::TableInDump &table : inspection.tables)
        count += names.contains(restore::TableName(table.schema, table.name)) ? table.rows : 0;
    return count;
}

/// "1 table with 12 rows"
QString amountOf(const dump::DumpInspection &inspection, const QList<restore::TableName> &names)
{
    return tr("%1 with %2").arg(tables(names.size()), rows(rowsOf(inspection, names)));
}

/// Tables of the backup that the server lacks: they can come back alone.
QList<Fact> missingFacts(const backup::BackupEntry &backup, const restore::PreflightReport &report)
{
    if (!backup.inspection || report.missingTables.isEmpty())
        return {};
    return {{tr("Missing there"),
             {{someOf(report.missingTables), FactStyle::Strong},
              {u": "_s +
               tr("%1 in the backup. ").arg(amountOf(*backup.inspection, report.missingTables))},
              {tr("Bring back only what is missing"), FactStyle::Link, missingTarget}}}};
}

/// What comes back, and what that does to everybody else.
QList<Fact> tablesFacts(const backup::BackupEntry &backup, const restore::RestorePlan &plan)
{
    QList<Fact> facts;
    if (backup.inspection)
        facts.append(
            {tr("Comes back"),
             {{someOf(plan.tables), FactStyle::Strong},
              {u": "_s + tr("%1, with indexes, keys, triggers, policies and rights, and the views "
                            "and functions made of them")
                             .arg(amountOf(*backup.inspection, plan.tables))}}});
    facts.append(fact(tr("Stays"), tr("everything that is there, to the last row")));
    facts.append(
        fact(tr("Waiting"),
             tr("at the end, while foreign keys are checked, whoever writes in tables that "
                "have one with these")));
    return facts;
}

/// How it goes, and by which links it goes other ways.
Fact wayFact(const restore::RestorePlan &plan, const restore::RestoreWay &way)
{
    QString text = wayText(plan.mode);
    if (plan.mode == RestoreMode::Tables) {
        return {
            tr("Way"),
            {{text + u". "_s},
             {tr("Replace everything instead"), FactStyle::Link, restore::modeKey(way.proposed)}}};
    }
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
    if (way.noDatabase) {
        const bool isBehindALink = fact.value.back().style == FactStyle::Link;
        fact.value.append(
            {(isBehindALink ? u". "_s : QString()) +
             tr("The whole database cannot be swapped: %1. ").arg(way.noDatabase->detail)});
    } else if (plan.mode != RestoreMode::ReplaceDatabase)
        link(tr("Swap the whole database"), u"beside-database"_s);
    if (plan.mode != RestoreMode::NewDatabase && !way.noNewDatabase)
        link(tr("Load it into a new database, and swap nothing"), u"new-database"_s);
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

/// How much is there and how fresh it is, or that nothing tells.
Fact liveFact(const restore::PreflightReport &report)
{
    const QString size = timetext::bytes(report.liveBytes());
    if (report.liveBytes() == 0 || !report.loss)
        return fact(tr("Live data"), size);
    const restore::LossEstimate &loss = *report.loss;
    QString text = tr("%1, age unknown: no time column tells it").arg(size);
    if (loss.newest)
        text = (loss.isExact ? tr("%1, newest row written %2 (%3)")
                             : tr("%1, newest row that was seen written %2 (%3)"))
                   .arg(size, timetext::age(loss.newest->age), restore::placeOf(*loss.newest));
    if (loss.sinceLastCommit)
        text += u"; "_s +
                tr("last commit on the whole server %1").arg(timetext::age(*loss.sinceLastCommit));
    return fact(tr("Live data"), text);
}

/// Whose server it is, and what that keeps from being restored.
QList<Fact> hostFacts(const restore::HostProfile &host)
{
    if (host.name.isEmpty())
        return {};
    return {{tr("Host"),
             {{host.name, FactStyle::Strong},
              {u"  "_s + tr("(told by %1). %2").arg(host.toldBy, host.leavesOut.join(u' '))}}}};
}

/// What this backup has and is not made there, whoever's server it is.
QList<Fact> notMadeFacts(const restore::PreflightReport &report, RestoreMode mode)
{
    const QStringList sentences = restore::inWords(report.notMade, mode);
    if (sentences.isEmpty())
        return {};
    return {fact(tr("Left out here"), sentences.join(u' '))};
}

/// What no restore does there.
QList<Fact> byHandFacts(const restore::HostProfile &host)
{
    if (host.byHand.isEmpty())
        return {};
    return {fact(tr("By hand"), host.byHand.join(u' '))};
}

/// How much room is left for sessions, and that nothing stands in between.
QList<Fact> sessionFacts(const restore::PreflightReport &report)
{
    const restore::ServerLimits &limits = report.limits;
    if (limits.most == 0)
        return {};
    QString text = tr("%1 of %2 in use, %3 of them in this database")
                       .arg(timetext::count(limits.sessions), timetext::count(limits.most),
                            timetext::count(limits.sessionsHere));
    if (report.isPoolerExcluded)
        text += u"; "_s + tr("no transaction pooler found in between");
    return {fact(tr("Sessions"), text)};
}

/// "2 tables with 12 rows of the backup are not restored"
QString notRestored(const dump::DumpInspection &whole, const QStringList &schemas)
{
    const auto [tableCount, rowCount] = restore::amountIn(whole, schemas);
    return tableCount == 1 ? tr("1 table with %1 of the backup is not restored").arg(rows(rowCount))
                           : tr("%1 with %2 of the backup are not restored")
                                 .arg(tables(tableCount), rows(rowCount));
}

/// How many rows are loaded.
qint64 rowsTaken(const backup::BackupEntry &backup, const restore::RestorePlan &plan,
                 const restore::PreflightReport &report)
{
    if (!backup.inspection || restore::loadsDatabase(plan.mode))
        return backup.rows();
    if (plan.mode == RestoreMode::Tables)
        return rowsOf(*backup.inspection, plan.tables);
    return backup.rows() - restore::amountIn(*backup.inspection, report.leftOut).rows;
}

/// Schemas of the backup that stay as they are, by choice or because they have to.
QList<Fact> leftOutFacts(const backup::BackupEntry &backup, const restore::PreflightReport &report)
{
    if (!backup.inspection || report.leftOut.isEmpty())
        return {};
    const QString names = report.leftOut.join(u", "_s);
    const QString what = notRestored(*backup.inspection, report.leftOut);
    if (!report.platform.isEmpty() && !report.way.noDatabase)
        return {{tr("Taken in"),
                 {{names, FactStyle::Strong},
                  {u": "_s + tr("only with the whole database. ")},
                  {tr("Restore without them"), FactStyle::Link, leftOutTarget}}}};
    if (report.hindrance && !report.platform.isEmpty())
        return {{tr("In the way"),
                 {{report.hindrance->detail + u". "_s, FactStyle::Danger},
                  {tr("Restore without them"), FactStyle::Link, leftOutTarget},
                  {u"  "_s + tr("%1 then.").arg(what)}}}};
    return {{tr("Left out"),
             {{names, FactStyle::Strong},
              {u": "_s + tr("%1; what is there stays as it is. ").arg(what), FactStyle::Danger},
              {tr("Take them in again"), FactStyle::Link, leftOutTarget}}},
            fact(tr("Note"), tr("Rights, policies and triggers of your own on their tables are not "
                                "restored either; the verdict names policies and triggers "
                                "that are missing."))};
}

/// What stands above everything else.
QList<Fact> alarms(const restore::PreflightReport &report)
{
    QList<Fact> facts;
    for (const restore::PreflightNote &note : report.notes) {
        if (note.weight == restore::PreflightNote::Weight::Alarm)
            facts.append(fact(tr("Stop"), note.text, FactStyle::Danger));
    }
    return facts;
}

/// What it means that nothing is swapped.
QList<Fact> newDatabaseFacts(const restore::RestorePlan &plan)
{
    return {fact(tr("You will lose"),
                 tr("nothing, as long as nobody switches; what is written to %1 meanwhile is not "
                    "in the new database")
                     .arg(plan.target.database())),
            fact(tr("Afterwards"),
                 tr("the verdict shows the new connection string, without its password; the live "
                    "database stays until you drop it"))};
}

/// What undoes it.
Fact undoFact(const restore::RestorePlan &plan)
{
    if (plan.mode == RestoreMode::NewDatabase)
        return fact(tr("Undo"), tr("Nothing to undo: nothing that is live changes. Backups "
                                   "discards the new database while nobody is connected to it"));
    if (plan.mode == RestoreMode::Tables)
        return fact(tr("Undo"), tr("The verdict tells the statements that take them away again"));
    if (plan.mode == RestoreMode::InPlace)
        return fact(tr("Undo"), tr("Restore the safety copy; nothing is kept on the server"));
    return fact(
        tr("Undo"),
        plan.keepDays > 0
            ? tr("Put back, for %1 days or until you discard the kept data").arg(plan.keepDays)
            : tr("Put back, until you discard the kept data"));
}

/// What the server only believes, of tables that could not be counted; empty when all were.
QString uncountedSentence(const restore::LossEstimate &loss)
{
    qint64 believed = 0;
    qint64 unknown = 0;
    for (const restore::TableLoss &table : loss.tables) {
        if (table.rowsLive < 0)
            ++(table.rowsByStatistics < 0 ? unknown : believed);
    }
    QString text;
    if (believed > 0)
        text += u' ' + tr("In %1 that could not be counted about %2 more, by the server's "
                          "statistics: an estimate.")
                           .arg(tables(believed), rows(loss.moreByStatistics));
    if (unknown > 0)
        text += u' ' + tr("Nothing is known of %1.").arg(tables(unknown));
    return text;
}

/// What is lost when no row tells more, and as far as it is known when the data was taken.
QString changesOf(const restore::LossEstimate &loss)
{
    const QString interval = timetext::duration(loss.interval);
    switch (loss.taken.source) {
    case backup::DataTimeSource::FileTime:
        return tr("The changes of at least the last %1").arg(interval);
    case backup::DataTimeSource::FileName:
        return tr("The changes since %1, which is in the file's name")
            .arg(loss.taken.at.toUTC().toString(u"yyyy-MM-dd HH:mm 'UTC'"));
    case backup::DataTimeSource::Dump:
    case backup::DataTimeSource::Manifest: break;
    }
    return tr("The changes of the last %1").arg(interval);
}

/// The same where rows follow.
QString losingOf(const restore::LossEstimate &loss)
{
    if (loss.taken.source == backup::DataTimeSource::FileName)
        return changesOf(loss);
    const QString interval = timetext::duration(loss.interval);
    return loss.taken.isRecorded() ? tr("%1 of changes").arg(interval)
                                   : tr("At least %1 of changes").arg(interval);
}

QString uncountedLine(const restore::TableLoss &table)
{
    const QString why = restore::inWords(table.notCounted);
    const QString inDump = timetext::count(table.rowsInDump);
    if (table.rowsByStatistics < 0)
        return tr("%1, and the server has no statistics of it; %2 in the backup").arg(why, inDump);
    return tr("%1; about %2 by the server's statistics, %3 in the backup")
        .arg(why, rows(table.rowsByStatistics), inDump);
}

} // namespace

QString lossSentence(const restore::LossEstimate &loss)
{
    const auto losing = std::ranges::count_if(loss.tables, [](const restore::TableLoss &t) {
        return t.newerRows > 0 || t.moreRows() > 0;
    });
    const QString uncounted = uncountedSentence(loss);
    if (losing == 0)
        return tr("%1; no newer row was found.").arg(changesOf(loss)) + uncounted;
    // More rows than before are all that can be told where no time column is, and the data of a
    // file that was copied is older than the file.
    const bool isAll =
        loss.isExact && loss.moreRows == 0 && loss.taken.source != backup::DataTimeSource::FileTime;
    return tr("%1: %2%3 in %4.")
               .arg(losingOf(loss), isAll ? QString() : tr("at least "),
                    rows(loss.newerRows + loss.moreRows), tables(losing)) +
           uncounted;
}

QString lossDetails(const restore::LossEstimate &loss)
{
    QStringList lines;
    for (const restore::TableLoss &table : loss.tables) {
        QString line = table.schema + u'.' + table.name + u": "_s;
        line += table.rowsLive < 0
                    ? uncountedLine(table)
                    : tr("%1 now, %2 in the backup")
                          .arg(rows(table.rowsLive), timetext::count(table.rowsInDump));
        if (table.newerRows > 0 && !table.timeColumn.isEmpty())
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

namespace {

Fact timeFact(const backup::BackupEntry &backup, const restore::RestorePlan &plan,
              const restore::PreflightReport &report, const QList<restore::RestoreRecord> &past)
{
    const QString forecast = timeForecast(rowsTaken(backup, plan, report), past);
    return fact(tr("Time"), forecast.isEmpty()
                                ? tr("not measured on this server yet; progress shows it")
                                : forecast);
}

} // namespace

QList<Fact> planFacts(const backup::BackupEntry &backup, const restore::RestorePlan &plan,
                      const restore::PreflightReport &report,
                      const QList<restore::RestoreRecord> &past, const QDateTime &now)
{
    QList<Fact> facts;
    if (plan.mode != RestoreMode::Tables)
        facts += alarms(report);
    const qsizetype tableCount = backup.inspection ? backup.inspection->tables.size() : 0;
    facts.append({tr("Backup"),
                  {{backup.fileName, FactStyle::Mono},
                   {u"  "_s + tr("%1, %2, %3")
                                  .arg(tables(tableCount), rows(backup.rows()),
                                       agetexts::taken(backup.dataTime(), now))}}});
    if (backup.dataTime().source == backup::DataTimeSource::FileTime)
        facts.append(fact(tr("Age"), agetexts::doubt(backup.dataTime())));
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
                   {tr("  PostgreSQL %1").arg(report.serverVersion.section(u' ', 0, 0))}}});
    facts.append(liveFact(report));
    facts += hostFacts(report.host);
    if (backup.inspection)
        facts += insidetexts::planFacts(*backup.inspection);
    facts += insidetexts::manifestFacts(backup.manifest);
    if (plan.mode == RestoreMode::Tables)
        return facts + tablesFacts(backup, plan) + roletexts::mappedFacts(plan) +
               QList<Fact>{wayFact(plan, report.way), timeFact(backup, plan, report, past),
                           undoFact(plan)};
    facts += missingFacts(backup, report);
    if (plan.mode == RestoreMode::NewDatabase)
        facts += newDatabaseFacts(plan);
    else if (report.loss)
        facts.append({tr("You will lose"),
                      {{lossSentence(*report.loss) + u' ', FactStyle::Danger},
                       {tr("See which"), FactStyle::Link, u"loss"_s}}});
    facts += leftOutFacts(backup, report);
    facts += notMadeFacts(report, plan.mode);
    facts.append(wayFact(plan, report.way));
    if (plan.mode == RestoreMode::InPlace)
        facts += inPlaceFacts(plan, report);
    facts.append(timeFact(backup, plan, report, past));
    facts.append(undoFact(plan));
    facts += sessionFacts(report);
    facts += byHandFacts(report.host);
    facts += roletexts::facts(plan, report);
    for (const restore::PreflightNote &note : report.notes) {
        if (note.weight == restore::PreflightNote::Weight::Alarm ||
            (note.isOfBeside && plan.mode == RestoreMode::InPlace))
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
    if (plan.mode == RestoreMode::Tables)
        return facts + QList<Fact>{fact(tr("Comes back"), someOf(plan.tables))} +
               roletexts::mappedFacts(plan) + QList<Fact>{undoFact(plan)};
    facts = alarms(report) + facts;
    if (plan.mode == RestoreMode::NewDatabase)
        return facts + newDatabaseFacts(plan) + roletexts::mappedFacts(plan) +
               QList<Fact>{undoFact(plan)};
    if (report.loss)
        facts.append(fact(tr("You will lose"), lossSentence(*report.loss), FactStyle::Danger));
    if (plan.mode == RestoreMode::ReplaceDatabase)
        facts.append(fact(tr("At the swap"), tr("Everybody is disconnected for a moment"),
                          FactStyle::Danger));
    if (plan.mode == RestoreMode::InPlace)
        facts += inPlaceFacts(plan, report);
    if (!plan.leaveOut.isEmpty())
        facts.append(fact(tr("Left out"),
                          tr("%1: not restored, stays as it is").arg(plan.leaveOut.join(u", "_s)),
                          FactStyle::Danger));
    facts += roletexts::mappedFacts(plan);
    facts.append(undoFact(plan));
    return facts;
}

QString planSentence(RestoreMode mode)
{
    if (mode == RestoreMode::Tables)
        return tr("Bring back what is missing, where it was, and prove it before it is committed. "
                  "Nothing that is there is replaced, and everybody goes on working.");
    if (mode == RestoreMode::ReplaceDatabase)
        return tr("Load it into a database of its own, prove it, then swap the names. Everybody "
                  "works with the old data until the swap, and has to connect again then; the old "
                  "database stays to be put back.");
    if (mode == RestoreMode::NewDatabase)
        return tr("Load it into a new database beside the live one, and prove it there. The live "
                  "one stays as it is, and live: whoever is to use the restored data is switched "
                  "to the new one by you.");
    if (mode == RestoreMode::InPlace)
        return tr("Make a safety copy of what is live and read it back; then drop what is live, "
                  "load the backup in its place and prove it, all in one transaction. If anything "
                  "fails, nothing has happened. Others wait meanwhile.");
    return tr("Load it beside the live data, prove it, then swap. Readers keep the old data until "
              "the swap, and the old data stays to be put back.");
}

QString replaceVerb(const restore::RestorePlan &plan, const restore::PreflightReport &report)
{
    if (plan.mode == RestoreMode::Tables)
        return tr("Bring back %1 in %2 on %3")
            .arg(plan.tables.size() == 1 ? someOf(plan.tables) : tables(plan.tables.size()),
                 plan.target.database(),
                 u"%1:%2"_s.arg(plan.target.host()).arg(plan.target.port()));
    if (plan.mode == RestoreMode::ReplaceDatabase)
        return tr("Replace database %1 on %2")
            .arg(plan.target.database(),
                 u"%1:%2"_s.arg(plan.target.host()).arg(plan.target.port()));
    if (plan.mode == RestoreMode::NewDatabase)
        return tr("Restore into a new database beside %1 on %2")
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

} // namespace mayday::ui::plantexts
