// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/putback.h"

#include "core/latestop.h"
#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/dependents.h"
#include "restore/keptexpiry.h"
#include "restore/livenamesakes.h"
#include "restore/runsql.h"
#include "restore/sidedatabase.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// How long the lock of a table is waited for: of one that is kept, with nothing else held, and
/// then, with all of those, of a live one that it refers to.
struct LockPatience {
    QByteArray kept; ///< "5s"
    QByteArray live;
};

const LockPatience patienceByHand{.kept = "5s", .live = "1s"};
const LockPatience patienceUnattended{.kept = "1s", .live = "200ms"};

Error whoseFateIsUnknown(Error lost)
{
    lost.sqlState = outcomeUnknown;
    lost.detail = u"the connection was lost on the last word, and the server cannot be asked: "
                  "it may be gone"_s;
    return lost;
}

bool isUnanswered(const Error &error)
{
    return error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::Timeout;
}

/// The connection died with the commit on its way: only the server knows, so it is asked.
Result<QList<KeptSchema>> settleDiscard(const postgres::ConnectionString &target,
                                        const QList<KeptSchema> &kept, const Error &lost,
                                        TaskContext &context)
{
    LateStop patient(context);
    auto session =
        postgres::Session::connect(target, patient.context(), {.applicationName = u"mayday"_s});
    if (session && waitForQuiet(*session, patient.context())) {
        const auto isKept = postgres::schemaExists(*session, kept.front().name, patient.context());
        if (isKept && *isKept)
            return failure(lost);
        if (isKept)
            return kept;
    }
    return failure(whoseFateIsUnknown(lost));
}

Error halfGone(Error lost)
{
    lost.kind = ErrorKind::Refused;
    lost.advice = Advice::TryAgain;
    lost.sqlState = halfDropped;
    lost.detail = u"dropping it was interrupted (%1): it is broken and can no longer be put back; "
                  "discard it again"_s.arg(lost.detail);
    return lost;
}

/// The same of a database, after whatever error: cut off, or cancelled by somebody on the server,
/// DROP DATABASE leaves what only looks as if it were there.
Result<KeptSchema> settleDrop(const postgres::ConnectionString &target, const KeptSchema &kept,
                              const Error &lost, TaskContext &context)
{
    LateStop patient(context);
    auto side = SideDatabase::open(target, SideDatabase::Patience::Some, patient.context());
    if (side) {
        using Standing = SideDatabase::Standing;
        const auto standing = side->standing(kept.name, patient.context());
        if (standing && *standing == Standing::Gone)
            return kept;
        if (standing)
            return failure(*standing == Standing::Broken ? halfGone(lost) : lost);
    }
    return failure(isUnanswered(lost) ? whoseFateIsUnknown(lost) : lost);
}

/// A name alone must never be enough to drop what somebody has filled.
Result<void> checkEmpty(const postgres::ConnectionString &target, const QString &name,
                        TaskContext &context)
{
    auto session = postgres::Session::connect(target.withDatabase(name), context,
                                              {.applicationName = u"mayday"_s});
    if (!session)
        return failure(session.error());
    const auto things =
        session->query("SELECT count(*) FROM pg_catalog.pg_class c"
                       " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                       " WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v', 'S')"
                       " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
                       context);
    if (!things)
        return failure(things.error());
    if (things->integer(0, 0) == 0)
        return {};
    return failure({.kind = ErrorKind::Refused,
                    .subject = u"database "_s + name,
                    .detail =
                        u"it is named as if a restore had begun it, but it carries no mark of "
                        "Mayday and has tables; drop it by hand if nobody needs it"_s});
}

Result<KeptSchema> keptAmong(const QList<KeptSchema> &all, const QString &kind, const QString &name)
{
    // Only what carries our mark: a name alone must never be enough to drop somebody's schema.
    const auto kept = std::ranges::find(all, name, &KeptSchema::name);
    if (kept == all.end())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = kind + name,
                        .detail = u"it is not one that Mayday keeps"_s});
    if (!isAside(*kept))
        return failure({.kind = ErrorKind::Refused,
                        .subject = kind + name,
                        .detail = u"somebody has renamed it, so it may be in use: it stays; drop "
                                  "it by hand if nobody needs it"_s});
    return *kept;
}

Result<KeptSchema> dropDatabase(postgres::Session &session,
                                const postgres::ConnectionString &target, const QString &name,
                                TaskContext &context)
{
    // A restore or put-back under way may be about to make this one live.
    auto side = SideDatabase::open(target, SideDatabase::Patience::None, context);
    if (!side)
        return failure(side.error());
    const auto all = keptDatabases(session, session.facts().database, context);
    if (!all)
        return failure(all.error());
    const auto kept = keptAmong(*all, u"database "_s, name);
    if (!kept)
        return kept;
    if (kept->restore.isEmpty() && !kept->isBroken) {
        if (auto empty = checkEmpty(target, kept->name, context); !empty)
            return failure(empty.error());
    }
    session.close();
    const bool mayBeLive = kept->state == KeptState::HandedOver;
    const Result<void> dropped =
        mayBeLive ? side->dropUnused(kept->name, context) : side->drop(kept->name, context);
    if (dropped)
        return kept;
    if (mayBeLive && dropped.error().sqlState == "55006"_L1)
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"database "_s + kept->name,
                        .detail = u"somebody is connected to it, so it may be the one in use: it "
                                  "stays"_s,
                        .advice = Advice::CloseOtherSessions});
    if (dropped.error().kind == ErrorKind::Cancelled) // before it began
        return failure(dropped.error());
    { // its lock must not be waited for
        const SideDatabase over = *std::move(side);
    }
    return settleDrop(target, *kept, dropped.error(), context);
}

Result<void> beginDiscard(postgres::Session &session, const LockPatience &patience,
                          TaskContext &context)
{
    if (auto begun =
            session.execute("BEGIN; SET LOCAL lock_timeout = '" + patience.kept + '\'', context);
        !begun)
        return failure(begun.error());
    // A put-back under way may be about to make this one live.
    return lockForRestore(session, context);
}

/// Those that we may lock. DROP takes the locks of live tables, too, to take a foreign key away;
/// whoever waits for a kept one then must not hold them.
Result<void> lockKept(postgres::Session &session, const QStringList &schemas, TaskContext &context)
{
    QByteArrayList names;
    for (const QString &schema : schemas)
        names.append(postgres::quoteLiteral(schema.toUtf8()));
    const auto tables = session.query(
        "SELECT pg_catalog.string_agg(pg_catalog.format('ONLY %I.%I', n.nspname, c.relname), ', ')"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname IN (" +
            names.join(", ") +
            ") AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')"
            " AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')",
        context);
    if (!tables)
        return failure(tables.error());
    if (tables->isNull(0, 0))
        return {};
    return runSql(session, u"LOCK TABLE %1 IN ACCESS EXCLUSIVE MODE"_s.arg(tables->text(0, 0)),
                  context);
}

/// What the same restore keeps beside this one: half of it is of no use, so whoever discards one
/// after the other by hand may take them in any order.
QStringList companionsOf(const KeptSchema &kept, const QList<KeptSchema> &all)
{
    QStringList names;
    for (const KeptSchema &other : all) {
        if (!kept.restore.isEmpty() && other.restore == kept.restore && isAside(other))
            names.append(other.name);
    }
    return names;
}

/// All or none, within the transaction.
Result<void> dropSchemas(postgres::Session &session, const QStringList &names,
                         const QStringList &companions, const LockPatience &patience,
                         TaskContext &context)
{
    if (auto locked = lockKept(session, names, context); !locked)
        return locked;
    // What stands outside and still uses it would go with it, out of the live data.
    const auto users = usersOfDropped(session, names, companions, context);
    if (!users)
        return failure(users.error());
    if (!users->isEmpty())
        return failure(
            {.kind = ErrorKind::Refused,
             .subject = u"schema "_s + names.join(u", "_s),
             .detail = u"still used, and would be dropped with it: "_s + users->join(u", "_s)});
    QString sql = u"SET LOCAL lock_timeout = '%1'"_s.arg(QLatin1StringView(patience.live));
    for (const QString &name : names)
        sql += u"; "_s + removalOf(name);
    return runSql(session, sql, context);
}

Result<QList<KeptSchema>> commitDrop(postgres::Session &session,
                                     const postgres::ConnectionString &target,
                                     const QList<KeptSchema> &kept, TaskContext &context)
{
    LateStop unstoppable(context);
    const auto committed = session.execute("COMMIT", unstoppable.context());
    if (committed)
        return kept;
    const Error error = LateStop::unanswered(committed.error());
    return isUnanswered(error) ? settleDiscard(target, kept, error, context) : failure(error);
}

Error staying(const KeptSchema &kept, const QString &why)
{
    return {.kind = ErrorKind::Refused,
            .subject = (kept.isDatabase ? u"database "_s : u"schema "_s) + kept.name,
            .detail = why,
            .advice = Advice::TryAgain};
}

/// Behind the lock: that all of it is still there, unchanged, complete and due.
Result<void> checkDue(const QList<KeptSchema> &known, const KeptLook &look,
                      const ExpiryRules &rules, const QDateTime &now)
{
    const QString changed = u"it is no longer what it was when it was looked at"_s;
    for (const KeptSchema &then : known) {
        const auto kept = std::ranges::find(look.kept, then.name, &KeptSchema::name);
        if (kept == look.kept.end() || kept->isDatabase != then.isDatabase ||
            kept->restore != then.restore || kept->at != then.at || kept->state != then.state)
            return failure(staying(then, changed));
        if (std::ranges::count(look.kept, then.restore, &KeptSchema::restore) != known.size())
            return failure(staying(then, changed));
        if (const KeptFate fate = termOf(*kept, look, rules, now).fate; fate != KeptFate::Due)
            return failure(staying(then, u"it stays after all (%1)"_s.arg(fateKey(fate))));
    }
    return {};
}

/// A table that somebody holds is not waited for: what is kept stays until the next time.
Result<postgres::Session> eyeOn(const postgres::ConnectionString &where, TaskContext &context)
{
    return postgres::Session::connect(
        where, context, {.applicationName = u"mayday"_s, .lockTimeout = std::chrono::seconds(1)});
}

Result<void> refuseOnly(const KeptSchema &kept, const Result<QStringList> &only)
{
    if (!only)
        return failure(only.error());
    if (only->isEmpty())
        return {};
    return failure(
        staying(kept, u"it stays after all (%1): it has rows of %2, and what is live has "
                      "none"_s.arg(fateKey(KeptFate::OnlyCopy), only->join(u", "_s))));
}

/// What restores into a database have kept went aside with it, and would go with it.
Result<void> checkInside(const postgres::ConnectionString &target, const KeptSchema &database,
                         const ExpiryRules &rules, const QDateTime &now, TaskContext &context)
{
    auto inside = eyeOn(target.withDatabase(database.name), context);
    if (!inside)
        return failure(inside.error());
    const auto look = lookAtKept(*inside, context);
    if (!look)
        return failure(look.error());
    QHash<QString, QString> sameNames;
    for (const QString &schema : look->withTables)
        sameNames.insert(schema, schema);
    for (const KeptSchema &kept : look->kept) {
        if (const KeptFate fate = termOf(kept, *look, rules, now).fate; fate != KeptFate::Due)
            return failure(staying(database, u"it stays: schema %1 is kept in it and is not due"
                                             " (%2)"_s.arg(kept.name, fateKey(fate))));
        sameNames.remove(kept.name);
    }
    return eyeOn(target, context).and_then([&](postgres::Session live) {
        return refuseOnly(database, tablesOnlyKept(*inside, live, sameNames, context));
    });
}

/// That no table loses its last rows. With sessions of its own, so that nothing live is held.
Result<void> checkCovered(const postgres::ConnectionString &target, const QList<KeptSchema> &known,
                          const ExpiryRules &rules, const QDateTime &now, TaskContext &context)
{
    QHash<QString, QString> liveOf;
    for (const KeptSchema &kept : known) {
        if (!kept.isDatabase)
            liveOf.insert(kept.name, kept.original);
        else if (kept.isBroken)
            continue; // nobody can look into what is half gone
        else if (auto fine = checkInside(target, kept, rules, now, context); !fine)
            return fine;
    }
    if (liveOf.isEmpty())
        return {};
    return eyeOn(target, context).and_then([&](postgres::Session eye) {
        return refuseOnly(known.front(), tablesOnlyKept(eye, eye, liveOf, context));
    });
}

/// One after the other; the first that cannot go ends it.
void dropDatabases(DiscardOutcome &outcome, std::optional<SideDatabase> &side,
                   const postgres::ConnectionString &target, const QList<KeptSchema> &databases,
                   TaskContext &context)
{
    for (const KeptSchema &kept : databases) {
        const Result<void> dropped = side->dropUnused(kept.name, context);
        if (dropped) {
            outcome.gone.append(kept);
            continue;
        }
        outcome.error = dropped.error();
        if (dropped.error().kind == ErrorKind::Cancelled) // before it began
            return;
        side.reset(); // its lock must not be waited for
        const auto settled = settleDrop(target, kept, dropped.error(), context);
        if (settled)
            outcome.gone.append(kept);
        if (!settled)
            outcome.error = settled.error();
        else if (&kept == &databases.back())
            outcome.error.reset();
        if (outcome.error && outcome.error->sqlState == halfDropped)
            outcome.broken.append(kept);
        return;
    }
}

} // namespace

Result<KeptSchema> discardKept(const postgres::ConnectionString &target, const QString &name,
                               TaskContext &context)
{
    auto session = postgres::Session::connect(target, context, {.applicationName = u"mayday"_s});
    if (!session)
        return failure(session.error());
    const auto databases = keptDatabases(*session, session->facts().database, context);
    if (!databases)
        return failure(databases.error());
    if (std::ranges::contains(*databases, name, &KeptSchema::name))
        return dropDatabase(*session, target, name, context);
    if (auto begun = beginDiscard(*session, patienceByHand, context); !begun)
        return failure(begun.error());
    const auto all = keptSchemas(*session, context);
    if (!all)
        return failure(all.error());
    const auto kept = keptAmong(*all, u"schema "_s, name);
    if (!kept)
        return kept;
    if (auto dropped =
            dropSchemas(*session, {name}, companionsOf(*kept, *all), patienceByHand, context);
        !dropped)
        return failure(dropped.error());
    return commitDrop(*session, target, {*kept}, context)
        .transform([](const QList<KeptSchema> &gone) { return gone.front(); });
}

DiscardOutcome discardTogether(const postgres::ConnectionString &target,
                               const QList<KeptSchema> &known, const ExpiryRules &rules,
                               const QDateTime &now, TaskContext &context)
{
    auto session = postgres::Session::connect(target, context, {.applicationName = u"mayday"_s});
    if (!session)
        return {.error = session.error()};
    QStringList schemas;
    QList<KeptSchema> inside;
    QList<KeptSchema> databases;
    for (const KeptSchema &kept : known) {
        (kept.isDatabase ? databases : inside).append(kept);
        if (!kept.isDatabase)
            schemas.append(kept.name);
    }
    std::optional<SideDatabase> side;
    if (!databases.isEmpty()) {
        auto opened = SideDatabase::open(target, SideDatabase::Patience::None, context);
        if (!opened)
            return {.error = opened.error()};
        side.emplace(*std::move(opened));
    }
    const auto ready =
        beginDiscard(*session, patienceUnattended, context)
            .and_then([&] { return lookAtKept(*session, context); })
            .and_then([&](const KeptLook &look) { return checkDue(known, look, rules, now); })
            .and_then([&] { return checkCovered(target, known, rules, now, context); });
    if (!ready)
        return {.error = ready.error()};
    DiscardOutcome outcome;
    if (!schemas.isEmpty()) {
        const auto gone =
            dropSchemas(*session, schemas, {}, patienceUnattended, context).and_then([&] {
                return commitDrop(*session, target, inside, context);
            });
        if (!gone)
            return {.error = gone.error()};
        outcome.gone = *gone;
    }
    session->close(); // a restore into the live one need not wait for files to go
    if (side)
        dropDatabases(outcome, side, target, databases, context);
    return outcome;
}

} // namespace mayday::restore
