// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/serverwork.h"
#include "restore/restorerecord.h"

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

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

/// "public.products=add". Of a copy, "backup" says better what "before" means.
std::optional<restore::TableDecision> decisionFrom(const QString &text)
{
    const QString table = text.section(u'=', 0, -2);
    const QString key = text.section(u'=', -1);
    const auto choice = restore::choiceFromKey(key == "backup"_L1 ? u"before"_s : key);
    if (table.isEmpty() || !choice)
        return std::nullopt;
    const auto [schema, name] = tableNameFrom(table);
    return restore::TableDecision{.schema = schema, .name = name, .choice = *choice};
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
        return call.output.fail(notConfirmed(*target));
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
