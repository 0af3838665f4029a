// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/serverwork.h"
#include "restore/restorerecord.h"

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

/// Passes signals on while the work blocks this thread.
class SignalWatcher final {
public:
    explicit SignalWatcher(StopOnSignal &stop)
        : m_thread([&stop](const std::stop_token &ended) {
              std::mutex mutex;
              std::condition_variable_any woken;
              std::unique_lock lock(mutex);
              while (!ended.stop_requested()) {
                  woken.wait_for(lock, ended, std::chrono::milliseconds(100), [] { return false; });
                  stop.look();
              }
          })
    {
    }

private:
    std::jthread m_thread;
};

QString asText(const restore::Comparison &comparison)
{
    QString text;
    for (const restore::TableComparison &table : comparison.tables) {
        if (table.isSame())
            continue;
        text += u"  %1.%2: %3 came after the backup, %4 only in the backup, %5 changed%6\n"_s
                    .arg(table.pair.liveSchema, table.pair.name)
                    .arg(table.onlyKept)
                    .arg(table.onlyLive)
                    .arg(table.different)
                    .arg(table.pair.hasLive ? QString() : u" (the backup has no such table)"_s);
    }
    if (text.isEmpty())
        return u"Nothing differs: %1 tables hold the same rows as before the restore.\n"_s.arg(
            comparison.tables.size());
    return u"%1 rows came after the backup and are not live now:\n"_s.arg(comparison.onlyKept()) +
           text;
}

QString asText(const restore::BringBackReceipt &receipt)
{
    QString text;
    if (receipt.verdict == restore::Verdict::Proven)
        text = u"Brought back and proven: %1 rows.\n"_s.arg(receipt.inserted());
    else
        text = receipt.isUnknown ? u"Not known whether the rows came back.\n"_s
                                 : u"Not brought back. Nothing changed.\n"_s;
    text += errorAsText(receipt.error);
    for (const restore::TableBroughtBack &table : receipt.tables)
        text += u"  %1.%2: %3 added, %4 changed, %5 removed\n"_s.arg(table.schema, table.name)
                    .arg(table.inserted)
                    .arg(table.updated)
                    .arg(table.deleted);
    for (const QString &note : receipt.notes)
        text += u"note: %1\n"_s.arg(note);
    return text;
}

/// "public.products=add"; the schema may be left out where it is public.
std::optional<restore::TableDecision> decisionFrom(const QString &text)
{
    const QString table = text.section(u'=', 0, -2);
    const auto choice = restore::choiceFromKey(text.section(u'=', -1));
    if (table.isEmpty() || !choice)
        return std::nullopt;
    const bool isQualified = table.contains(u'.');
    return restore::TableDecision{.schema = isQualified ? table.section(u'.', 0, 0) : u"public"_s,
                                  .name = isQualified ? table.section(u'.', 1) : table,
                                  .choice = *choice};
}

ExitCode exitCodeOf(const restore::BringBackReceipt &receipt)
{
    if (receipt.verdict == restore::Verdict::Proven)
        return ExitCode::Done;
    return receipt.isUnknown ? ExitCode::NotDoneAndLeft : ExitCode::NotDone;
}

} // namespace

ExitCode runCompare(const Call &call)
{
    QStringList arguments = call.arguments;
    const QString restore = takeOption(arguments, u"--restore"_s).value_or(QString());
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (!arguments.isEmpty())
        return usageError(call, u"compare does not know %1"_s.arg(arguments.front()));
    StopOnSignal stop;
    TaskContext context = stop.context();
    const SignalWatcher watcher(stop);
    const auto comparison = restore::compareWithKept(*target, restore, context, {});
    if (!comparison)
        return call.output.fail(comparison.error());
    call.output.answer(restore::toJson(*comparison), asText(*comparison));
    return comparison->isSame() ? ExitCode::Done : ExitCode::DoneWithDifferences;
}

ExitCode runBringBack(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool yes = takeFlag(arguments, u"--yes"_s);
    const QString restore = takeOption(arguments, u"--restore"_s).value_or(QString());
    QList<restore::TableDecision> decisions;
    while (const auto text = takeOption(arguments, u"--table"_s)) {
        const auto decision = decisionFrom(*text);
        if (!decision)
            return usageError(
                call,
                u"--table wants NAME=add, NAME=before or NAME=leave, not \"%1\""_s.arg(*text));
        decisions.append(*decision);
    }
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (!arguments.isEmpty())
        return usageError(call, u"bring-back does not know %1"_s.arg(arguments.front()));
    if (decisions.isEmpty())
        return usageError(call, u"bring-back wants a --table; compare tells which differ"_s);
    if (!isConfirmed(
            call, yes,
            u"This changes %1 tables in %2."_s.arg(decisions.size()).arg(target->display()),
            *target))
        return notConfirmed(call, *target);
    StopOnSignal stop;
    TaskContext context = stop.context();
    restore::BringBackReceipt receipt;
    {
        const SignalWatcher watcher(stop);
        receipt = restore::bringBack(*target, restore, decisions, context);
    }
    Record(call).write(restore::bringBackDraft({}, receipt));
    call.output.answer(restore::toJson(receipt), asText(receipt));
    return exitCodeOf(receipt);
}

} // namespace mayday::ctl
