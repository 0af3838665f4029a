// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bytetext.h"
#include "ctl/serverwork.h"
#include "restore/restorerecord.h"
#include "restore/sidedatabase.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

QString holdsWords(const restore::KeptSchema &kept)
{
    switch (kept.state) {
    case restore::KeptState::Before:
        return u"%1 as it was before %2 took its place"_s.arg(kept.original, kept.file);
    case restore::KeptState::Restored: return u"what %1 had brought"_s.arg(kept.file);
    case restore::KeptState::Loading:
        return kept.file.isEmpty()
                   ? u"just begun by a restore that is under way or has died; nothing is in it"_s
                   : u"unfinished: %1, whose restore is under way or has died"_s.arg(kept.file);
    case restore::KeptState::Copy: break;
    }
    return kept.only ? u"a copy of %1 from %2"_s.arg(kept.only->join(u", "_s), kept.file)
                     : u"a copy of %1"_s.arg(kept.file);
}

QString asLine(const restore::KeptSchema &kept)
{
    const QString size = kept.isDatabase
                             ? u"a database of "_s + byteText(kept.bytes)
                             : u"%1 tables, %2"_s.arg(kept.tables).arg(byteText(kept.bytes));
    const QString whose = kept.restore.isEmpty() ? QString() : u", restore "_s + kept.restore;
    return u"  %1: %2; %3%4\n"_s.arg(kept.name, holdsWords(kept), size, whose);
}

QString asText(const QList<restore::KeptSchema> &all, const postgres::ConnectionString &target)
{
    if (all.isEmpty())
        return u"Restores keep nothing in %1.\n"_s.arg(target.display());
    qint64 bytes = 0;
    QString lines;
    for (const restore::KeptSchema &kept : all) {
        bytes += kept.bytes;
        lines += asLine(kept);
    }
    return u"Kept in %1, newest first, %2 in all:\n"_s.arg(target.display(), byteText(bytes)) +
           lines + u"put-back makes it live again; discard takes it away for good.\n"_s;
}

Result<QList<restore::KeptSchema>> keptIn(const postgres::ConnectionString &target)
{
    TaskContext context;
    auto session = postgres::Session::connect(target, context, {.applicationName = u"maydayctl"_s});
    if (!session)
        return failure(session.error());
    return restore::allKept(*session, context);
}

Result<QStringList> olderThan(const postgres::ConnectionString &target, const QDateTime &limit)
{
    const auto kept = keptIn(target);
    if (!kept)
        return failure(kept.error());
    QStringList names;
    for (const restore::KeptSchema &one : *kept) {
        const bool isOurs = !one.restore.isEmpty(); // by its mark, not by its name alone
        if (isOurs && one.at.isValid() && one.at < limit)
            names.append(one.name);
    }
    return names;
}

/// One after the other; the first that cannot go ends it, and those before it are told.
ExitCode discardAll(const Call &call, const postgres::ConnectionString &target,
                    const QStringList &names, bool isOne)
{
    StopOnSignal stop;
    TaskContext context = stop.context();
    const SignalWatcher watcher(stop);
    QJsonArray list;
    QString text = names.isEmpty() ? u"Nothing is that old.\n"_s : u"Discarded:\n"_s;
    for (const QString &name : names) {
        const auto gone = restore::discardKept(target, name, context);
        if (!gone) {
            const bool isUnknown = gone.error().sqlState == restore::outcomeUnknown;
            return call.output.fail(gone.error(), isUnknown || !list.isEmpty()
                                                      ? ExitCode::NotDoneAndLeft
                                                      : ExitCode::NotDone);
        }
        Record(call).write(restore::discardedDraft(*gone));
        list.append(restore::toJson(*gone));
        text += asLine(*gone);
    }
    call.output.answer({{u"discarded"_s, isOne ? list.first() : QJsonValue(list)}}, text);
    return ExitCode::Done;
}

} // namespace

ExitCode runKept(const Call &call)
{
    QStringList arguments = call.arguments;
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (!arguments.isEmpty())
        return usageError(call, u"kept does not know %1"_s.arg(arguments.front()));
    const auto kept = keptIn(*target);
    if (!kept)
        return call.output.fail(kept.error());
    QJsonArray list;
    for (const restore::KeptSchema &one : *kept)
        list.append(restore::toJson(one));
    call.output.answer({{u"target"_s, target->display()}, {u"kept"_s, list}},
                       asText(*kept, *target));
    return ExitCode::Done;
}

ExitCode runDiscard(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool yes = takeFlag(arguments, u"--yes"_s);
    const auto days = takeOption(arguments, u"--older-than"_s);
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (const auto option = unknownOption(arguments))
        return usageError(call, u"discard does not know %1"_s.arg(*option));
    if (days && (days->toInt() < 1 || !arguments.isEmpty()))
        return usageError(call, u"--older-than takes a number of days, and no name beside it"_s);
    if (!days && arguments.size() != 1)
        return usageError(call, u"discard wants the name of one kept schema; kept lists them"_s);
    QStringList names = arguments;
    if (days) {
        const auto old = olderThan(*target, call.clock.now().addDays(-days->toInt()));
        if (!old)
            return call.output.fail(old.error());
        names = *old;
    }
    if (!names.isEmpty() && !isConfirmed(call, yes,
                                         u"This drops %1 in %2 for good: there is no undo."_s.arg(
                                             names.join(u", "_s), target->display()),
                                         *target))
        return call.output.fail(notConfirmed(*target));
    return discardAll(call, *target, names, !days);
}

} // namespace mayday::ctl
