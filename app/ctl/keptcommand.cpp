// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/bytetext.h"
#include "ctl/expired.h"
#include "ctl/serverwork.h"
#include "restore/keptexpiry.h"

#include <QJsonArray>
#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

QString holdsWords(const restore::KeptSchema &kept)
{
    if (kept.isBroken)
        return u"broken: dropping it was interrupted, and nobody can connect to it any more"_s;
    switch (kept.state) {
    case restore::KeptState::Before:
        return u"%1 as it was before %2 took its place"_s.arg(kept.original, kept.file);
    case restore::KeptState::Restored: return u"what %1 had brought"_s.arg(kept.file);
    case restore::KeptState::Loading:
        return kept.file.isEmpty()
                   ? u"just begun by a restore that is under way or has died; nothing is in it"_s
                   : u"unfinished: %1, whose restore is under way or has died"_s.arg(kept.file);
    case restore::KeptState::HandedOver:
        return u"%1, proven, in a database of its own that may be in use"_s.arg(kept.file);
    case restore::KeptState::Copy: break;
    }
    return kept.only ? u"a copy of %1 from %2"_s.arg(kept.only->join(u", "_s), kept.file)
                     : u"a copy of %1"_s.arg(kept.file);
}

QString daysText(qint64 days)
{
    return days == 1 ? u"1 day"_s : u"%1 days"_s.arg(days);
}

QString ageText(const QDateTime &at, const QDateTime &now)
{
    const qint64 hours = std::max<qint64>(at.secsTo(now), 0) / 3600;
    if (!at.isValid())
        return u"for an unknown time"_s;
    return hours < 48 ? u"for %1 h"_s.arg(hours) : u"for "_s + daysText(hours / 24);
}

/// "goes on 14 December 2026, in 6 days"
QString fateText(const restore::KeptTerm &term, const QDateTime &now)
{
    switch (term.fate) {
    case restore::KeptFate::ByHand: return u"stays until it is discarded"_s;
    case restore::KeptFate::Later: {
        const qint64 days = now.toUTC().date().daysTo(term.goesAt.date());
        return u"goes on %1, %2"_s.arg(QLocale::c().toString(term.goesAt.date(), u"d MMMM yyyy"),
                                       days > 0 ? u"in "_s + daysText(days) : u"today"_s);
    }
    case restore::KeptFate::Due: return u"due to go"_s;
    case restore::KeptFate::Renamed:
        return u"stays: somebody has renamed it, so it may be in use"_s;
    case restore::KeptFate::IncidentOpen: return u"due, and stays while an incident is open"_s;
    case restore::KeptFate::Unsettled:
        return u"stays: this record has not seen how its restore or put-back ended"_s;
    case restore::KeptFate::OnlyCopy:
        return u"due, and stays: nothing is live under its name, so it may be the only copy"_s;
    case restore::KeptFate::InUse:
        return u"due, and stays while somebody is connected to it or stack.yaml names it"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QString asLine(const restore::KeptSchema &kept)
{
    const QString size = kept.isDatabase
                             ? u"a database of "_s + byteText(kept.bytes)
                             : u"%1 tables, %2"_s.arg(kept.tables).arg(byteText(kept.bytes));
    const QString whose = kept.restore.isEmpty() ? QString() : u", restore "_s + kept.restore;
    return u"  %1: %2; %3%4\n"_s.arg(kept.name, holdsWords(kept), size, whose);
}

/// Without rules nobody knows when it goes, and nothing is said of it.
QString asText(const restore::KeptLook &look, const std::optional<restore::ExpiryRules> &rules,
               const QDateTime &now, const postgres::ConnectionString &target)
{
    if (look.kept.isEmpty())
        return u"Restores keep nothing in %1.\n"_s.arg(target.display());
    qint64 bytes = 0;
    QString lines;
    for (const restore::KeptSchema &kept : look.kept) {
        bytes += kept.bytes;
        lines += asLine(kept) + u"    kept "_s + ageText(keptSince(kept), look.serverNow);
        if (rules)
            lines += u"; "_s + fateText(restore::termOf(kept, look, *rules, now), now);
        lines += u'\n';
    }
    return u"Kept in %1, newest first, %2 in all:\n"_s.arg(target.display(), byteText(bytes)) +
           lines + u"put-back makes it live again; discard takes it away for good.\n"_s;
}

QJsonObject asJson(const restore::KeptSchema &kept, const restore::KeptLook &look,
                   const std::optional<restore::ExpiryRules> &rules, const QDateTime &now)
{
    QJsonObject json = restore::toJson(kept);
    if (!rules)
        return json;
    const restore::KeptTerm term = restore::termOf(kept, look, *rules, now);
    json.insert(u"fate"_s, restore::fateKey(term.fate));
    if (term.goesAt.isValid())
        json.insert(u"goesAt"_s, term.goesAt.toString(Qt::ISODateWithMs));
    return json;
}

Result<restore::KeptLook> keptIn(const postgres::ConnectionString &target)
{
    TaskContext context;
    auto session = postgres::Session::connect(target, context, {.applicationName = u"maydayctl"_s});
    if (!session)
        return failure(session.error());
    return restore::lookAtKept(*session, context);
}

Result<QStringList> olderThan(const postgres::ConnectionString &target, const QDateTime &limit)
{
    const auto look = keptIn(target);
    if (!look)
        return failure(look.error());
    QStringList names;
    for (const restore::KeptSchema &one : look->kept) {
        // By its mark, not by its name alone, nor without it.
        const bool isOurs = !one.restore.isEmpty() && restore::isAside(one) &&
                            one.state != restore::KeptState::HandedOver;
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
            const bool isHalfGone = gone.error().sqlState == restore::halfDropped;
            if (isHalfGone)
                Record(call).write(restore::halfGoneDraft(name, {}, target));
            const bool isUnknown = isHalfGone || gone.error().sqlState == restore::outcomeUnknown;
            return call.output.fail(gone.error(), isUnknown || !list.isEmpty()
                                                      ? ExitCode::NotDoneAndLeft
                                                      : ExitCode::NotDone);
        }
        Record(call).write(restore::discardedDraft(*gone, target));
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
    const auto stackFile = takeOption(arguments, u"--stack"_s);
    const auto target = targetOf(arguments);
    if (!target)
        return usageError(call, target.error().detail);
    if (!arguments.isEmpty())
        return usageError(call, u"kept does not know %1"_s.arg(arguments.front()));
    std::optional<restore::ExpiryRules> rules;
    if (stackFile) {
        const auto stack = stackIn(*stackFile);
        if (!stack)
            return call.output.fail(stack.error());
        const auto found = rulesIn(call, *stack, *target);
        if (!found)
            return call.output.fail(found.error());
        rules = *found;
    }
    const auto look = keptIn(*target);
    if (!look)
        return call.output.fail(look.error());
    const QDateTime now = call.clock.now();
    QJsonArray list;
    for (const restore::KeptSchema &one : look->kept)
        list.append(asJson(one, *look, rules, now));
    QJsonObject answer{{u"target"_s, target->display()}, {u"kept"_s, list}};
    if (rules)
        answer.insert(u"keepDays"_s, rules->keepDays);
    call.output.answer(answer, asText(*look, rules, now, *target));
    return ExitCode::Done;
}

ExitCode runDiscard(const Call &call)
{
    QStringList arguments = call.arguments;
    const bool yes = takeFlag(arguments, u"--yes"_s);
    if (takeFlag(arguments, u"--expired"_s))
        return discardExpired(call, arguments, yes);
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
