// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/expired.h"

#include "core/atomicfile.h"
#include "core/bytetext.h"
#include "ctl/serverwork.h"
#include "incident/incidenthistory.h"
#include "restore/putback.h"
#include "restore/schemaswap.h"
#include "restore/sidedatabase.h"
#include "stack/stackreader.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::ctl {

namespace {

/// What came of all databases of the stack.
struct Round {
    QJsonArray gone = {};
    QJsonArray stays = {};
    QString text = {};
    QStringList unrecorded = {}; ///< gone, and the record does not say so
    bool isUnknown = false;
};

Result<postgres::ConnectionString> connectionOf(const stack::Database &database)
{
    return postgres::ConnectionString::parse(database.connection).and_then(filledIn);
}

QSet<QString> namesIn(const stack::Stack &stack)
{
    QSet<QString> names;
    for (const stack::Database &database : stack.databases) {
        if (const auto where = connectionOf(database))
            names.insert(where->database());
    }
    return names;
}

/// What the stack says of one of its databases.
struct Keeping {
    postgres::ConnectionString target;
    int days = 0;
    QSet<QString> inStack = {};
};

/// What the record of this profile says.
struct Ground {
    restore::ExpiryRules rules = {};
    QList<restore::RestoreRecord> records = {};
};

/// Without a record there is no restore and no incident; one that cannot be read may have them.
Result<Ground> groundOf(const Call &call, const Keeping &keeping)
{
    Ground ground{.rules = {.keepDays = keeping.days, .inStack = keeping.inStack}};
    if (!QFile::exists(call.profile.journalFile()))
        return ground;
    const auto events = store::Journal::open(call.profile.journalFile(), call.clock)
                            .and_then([](const std::unique_ptr<store::Journal> &journal) {
                                return journal->read();
                            });
    if (!events)
        return failure(events.error());
    incident::IncidentHistory incidents;
    for (const store::JournalEvent &event : *events) {
        (void)incidents.apply(event); // most are about something else
        restore::applyEvent(ground.records, event);
    }
    ground.rules.isIncidentOpen = incidents.running() != nullptr;
    ground.rules.ended = restore::endedOf(ground.records, keeping.target);
    ground.rules.quietUntil = restore::quietUntilOf(*events);
    return ground;
}

/// The one password would be shown to all of them.
bool isPasswordForSeveral(const stack::Stack &stack)
{
    QSet<QString> servers;
    for (const stack::Database &database : stack.databases) {
        if (const auto where = connectionOf(database); database.keepDays > 0 && where)
            servers.insert(u"%1:%2"_s.arg(where->host()).arg(where->port()));
    }
    return servers.size() > 1 && !qEnvironmentVariableIsEmpty("PGPASSWORD");
}

void addTrouble(Round &round, const QString &where, const QStringList &names, const Error &why)
{
    round.stays.append(QJsonObject{{u"target"_s, where},
                                   {u"names"_s, QJsonArray::fromStringList(names)},
                                   {u"error"_s, toJson(why)}});
    const bool isUnknown = why.sqlState == restore::outcomeUnknown;
    round.text += u"%1%2 in %3: %4\n"_s.arg(
        isUnknown ? u"Nobody knows whether it is gone"_s : u"Not discarded"_s,
        names.isEmpty() ? QString() : u": "_s + names.join(u", "_s), where, describe(why));
    round.isUnknown = round.isUnknown || isUnknown;
}

/// What stays whatever its age, and what its days have passed of and stays all the same.
void addStaying(Round &round, const restore::KeptLook &look, const restore::ExpiryRules &rules,
                const QDateTime &now, const QString &where)
{
    using restore::KeptFate;
    for (const restore::KeptSchema &kept : look.kept) {
        const KeptFate fate = restore::termOf(kept, look, rules, now).fate;
        if (fate == KeptFate::ByHand || fate == KeptFate::Later || fate == KeptFate::Due)
            continue;
        round.stays.append(QJsonObject{{u"target"_s, where},
                                       {u"names"_s, QJsonArray{kept.name}},
                                       {u"fate"_s, restore::fateKey(fate)}});
        round.text += u"Stays in %1: %2 (%3)\n"_s.arg(where, kept.name, restore::fateKey(fate));
    }
}

/// What came of it, in the record. Of what nobody knows nothing is said: the next time it is asked.
void recordOutcome(Record &record, const postgres::ConnectionString &target,
                   const QList<restore::KeptSchema> &together, int keepDays,
                   const restore::DiscardOutcome &outcome, Round &round)
{
    const auto write = [&](const QString &name, const store::JournalDraft &draft) {
        if (const auto written = record.tryWrite(draft); !written) {
            round.unrecorded.append(name);
            round.text += u"The record could not be written about %1: %2\n"_s.arg(
                name, describe(written.error()));
        }
    };
    const QString &id = together.front().restore;
    QStringList left;
    for (const restore::KeptSchema &kept : together) {
        if (std::ranges::contains(outcome.gone, kept.name, &restore::KeptSchema::name))
            write(kept.name, restore::discardedDraft(kept, target, keepDays));
        else
            left.append(kept.name);
    }
    for (const restore::KeptSchema &kept : outcome.broken)
        write(kept.name, restore::halfGoneDraft(kept.name, id, target));
    const bool isUnknown = outcome.error && outcome.error->sqlState == restore::outcomeUnknown;
    if (!left.isEmpty() && !isUnknown)
        write(left.join(u", "_s), restore::stayedDraft(id, left, target));
}

/// What one restore keeps; in between somebody was asked, which may have taken its time.
void discardOne(const Call &call, const Keeping &keeping,
                const QList<restore::KeptSchema> &together, Round &round)
{
    const postgres::ConnectionString &target = keeping.target;
    const QString where = target.display();
    QStringList names;
    for (const restore::KeptSchema &kept : together)
        names.append(kept.name);
    StopOnSignal stop; // not before: Ctrl+C at the question ends the program
    TaskContext context = stop.context();
    const SignalWatcher watcher(stop);
    const auto ground = groundOf(call, keeping);
    if (!ground)
        return addTrouble(round, where, names, ground.error());
    Record record(call);
    // Not written down beforehand, it would be lost with this process that it went.
    if (const auto intended =
            record.tryWrite(restore::discardingDraft(together, target, keeping.days));
        !intended)
        return addTrouble(round, where, names, intended.error());
    const restore::DiscardOutcome outcome =
        restore::discardTogether(target, together, ground->rules, call.clock.now(), context);
    recordOutcome(record, target, together, keeping.days, outcome, round);
    for (const restore::KeptSchema &kept : outcome.gone) {
        names.removeAll(kept.name);
        QJsonObject json = restore::toJson(kept);
        json.insert(u"target"_s, where);
        round.gone.append(json);
        round.text += u"Discarded after %1 days in %2: %3 (%4)\n"_s.arg(keeping.days)
                          .arg(where, kept.name, byteText(kept.bytes));
    }
    if (outcome.error)
        addTrouble(round, where, names, *outcome.error);
}

/// What is kept there, and in the record what became of that which was about to go when a process
/// ended.
Result<restore::KeptLook> lookIn(const Call &call, const postgres::ConnectionString &target,
                                 const QList<restore::RestoreRecord> &records)
{
    TaskContext looking;
    auto session = postgres::Session::connect(
        target, looking,
        {.applicationName = u"maydayctl"_s, .lockTimeout = std::chrono::seconds(5)});
    if (!session)
        return failure(session.error());
    const bool isToBeAsked = std::ranges::any_of(
        records, [](const restore::RestoreRecord &one) { return !one.discarding.isEmpty(); });
    if (isToBeAsked) { // a server may still be at what a dead process has asked for
        const auto quiet = restore::waitForQuiet(*session, looking).and_then([&] {
            return restore::waitBeside(target, looking);
        });
        if (!quiet)
            return failure(quiet.error());
    }
    auto look = restore::lookAtKept(*session, looking);
    if (!look)
        return look;
    const auto drafts = restore::settledDiscards(records, look->kept, target);
    if (drafts.isEmpty())
        return look;
    Record record(call);
    for (const store::JournalDraft &draft : drafts) {
        if (const auto written = record.tryWrite(draft); !written)
            return failure(written.error());
    }
    return look;
}

void discardIn(const Call &call, const Keeping &keeping, const Ground &ground, bool yes,
               Round &round)
{
    const postgres::ConnectionString &target = keeping.target;
    const restore::ExpiryRules &rules = ground.rules;
    const QString where = target.display();
    const auto look = lookIn(call, target, ground.records);
    if (!look)
        return addTrouble(round, where, {}, look.error());
    addStaying(round, *look, rules, call.clock.now(), where);
    for (const auto &together : restore::dueOf(*look, rules, call.clock.now())) {
        QStringList names;
        for (const restore::KeptSchema &kept : together)
            names.append(kept.name);
        if (isConfirmed(call, yes,
                        u"This drops %1 in %2 for good: there is no undo."_s.arg(
                            names.join(u", "_s), where),
                        target))
            discardOne(call, keeping, together, round);
        else
            addTrouble(round, where, names, notConfirmed(target));
    }
}

} // namespace

Result<stack::Stack> stackIn(const QString &file)
{
    return readWholeFile(file, stack::maxStackBytes).and_then([&file](const QByteArray &yaml) {
        return stack::parseStack(yaml, file);
    });
}

Result<restore::ExpiryRules> rulesIn(const Call &call, const stack::Stack &stack,
                                     const postgres::ConnectionString &target)
{
    const auto isIt = [&target](const stack::Database &one) {
        const auto known = connectionOf(one);
        return known && restore::isSameDatabase(*known, target);
    };
    const auto found = std::ranges::find_if(stack.databases, isIt);
    if (found == stack.databases.end())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = target.display(),
                        .detail = u"the stack has no such database"_s,
                        .advice = Advice::EditStackFile});
    return groundOf(call, {.target = target, .days = found->keepDays, .inStack = namesIn(stack)})
        .transform([](const Ground &ground) { return ground.rules; });
}

ExitCode discardExpired(const Call &call, QStringList arguments, bool yes)
{
    const QString file = takeOption(arguments, u"--stack"_s).value_or(call.profile.stackFile());
    if (!arguments.isEmpty())
        return usageError(call, u"discard --expired does not know %1"_s.arg(arguments.front()));
    const auto stack = stackIn(file);
    if (!stack)
        return call.output.fail(stack.error());
    if (isPasswordForSeveral(*stack))
        return call.output.fail({.kind = ErrorKind::Refused,
                                 .subject = u"PGPASSWORD"_s,
                                 .detail = u"keep-days is said of databases on several servers, "
                                           "and one password would go to all of them; put "
                                           "theirs into ~/.pgpass instead"_s});
    Round round;
    bool isAnyAsked = false;
    for (const stack::Database &database : stack->databases) {
        if (stack->practice || database.keepDays <= 0)
            continue;
        isAnyAsked = true;
        const auto target = connectionOf(database);
        if (!target) {
            addTrouble(round, database.name, {}, target.error());
            continue;
        }
        const Keeping keeping{
            .target = *target, .days = database.keepDays, .inStack = namesIn(*stack)};
        // Anew for each: the one before may have taken its time.
        const auto ground = groundOf(call, keeping);
        if (!ground)
            return call.output.fail(ground.error());
        discardIn(call, keeping, *ground, yes, round);
    }
    if (!isAnyAsked)
        round.text = u"No database of the stack has keep-days, so nothing goes by itself.\n"_s;
    else if (round.text.isEmpty())
        round.text = u"Nothing is due.\n"_s;
    QJsonObject answer{{u"discarded"_s, round.gone}, {u"stays"_s, round.stays}};
    if (!round.unrecorded.isEmpty())
        answer.insert(u"unrecorded"_s, QJsonArray::fromStringList(round.unrecorded));
    call.output.answer(answer, round.text);
    const bool hasTrouble = std::ranges::any_of(
        round.stays, [](const QJsonValue &one) { return !one["error"_L1].isUndefined(); });
    if (!round.unrecorded.isEmpty())
        return ExitCode::NotDoneAndLeft;
    if (!hasTrouble)
        return ExitCode::Done;
    return round.isUnknown || !round.gone.isEmpty() ? ExitCode::NotDoneAndLeft : ExitCode::NotDone;
}

} // namespace mayday::ctl
