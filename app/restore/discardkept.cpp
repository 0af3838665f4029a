// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/putback.h"

#include "core/latestop.h"
#include "postgres/catalog.h"
#include "restore/dependents.h"
#include "restore/sidedatabase.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// What is to be dropped.
struct Discard {
    QStringList names;
    QByteArray patience;          ///< for a lock: "5s"
    QList<KeptSchema> known = {}; ///< their marks, if they must be what they were
};

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
    Error unknown = lost;
    unknown.sqlState = outcomeUnknown;
    unknown.detail = u"the connection was lost on the last word, and the server cannot be asked: "
                     "it may be gone"_s;
    return failure(unknown);
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

Result<KeptSchema> dropDatabase(const postgres::ConnectionString &target, const KeptSchema &kept,
                                TaskContext &context)
{
    if (kept.restore.isEmpty()) {
        if (auto empty = checkEmpty(target, kept.name, context); !empty)
            return failure(empty.error());
    }
    // A restore or put-back under way may be about to make this one live.
    auto side = SideDatabase::open(target, SideDatabase::Patience::None, context);
    if (!side)
        return failure(side.error());
    if (auto dropped = side->drop(kept.name, context); !dropped)
        return failure(dropped.error());
    return kept;
}

/// Only what carries our mark: a name alone must never be enough to drop somebody's schema.
Result<QList<KeptSchema>> marked(const QList<KeptSchema> &all, const Discard &discard,
                                 const QString &kind)
{
    QList<KeptSchema> found;
    for (const QString &name : discard.names) {
        const auto kept = std::ranges::find(all, name, &KeptSchema::name);
        if (kept == all.end())
            return failure({.kind = ErrorKind::NotFound,
                            .subject = kind + name,
                            .detail = u"it is not one that Mayday keeps"_s});
        const auto known = std::ranges::find(discard.known, name, &KeptSchema::name);
        if (known != discard.known.end() && (kept->restore != known->restore ||
                                             kept->at != known->at || kept->state != known->state))
            return failure({.kind = ErrorKind::Refused,
                            .subject = kind + name,
                            .detail = u"it is no longer what it was when it was looked at"_s,
                            .advice = Advice::TryAgain});
        found.append(*kept);
    }
    return found;
}

/// All or none.
Result<QList<KeptSchema>> dropSchemas(postgres::Session &session,
                                      const postgres::ConnectionString &target,
                                      const Discard &discard, TaskContext &context)
{
    if (auto begun =
            session.execute("BEGIN; SET LOCAL lock_timeout = '" + discard.patience + '\'', context);
        !begun)
        return failure(begun.error());
    // A put-back under way may be about to make this one live.
    if (auto locked = lockForRestore(session, context); !locked)
        return failure(locked.error());
    const auto all = keptSchemas(session, context);
    if (!all)
        return failure(all.error());
    const auto kept = marked(*all, discard, u"schema "_s);
    if (!kept)
        return kept;
    // What stands outside and still uses it would go with it, out of the live data.
    const auto users = outsideDependents(session, discard.names, context);
    if (!users)
        return failure(users.error());
    if (!users->isEmpty())
        return failure(
            {.kind = ErrorKind::Refused,
             .subject = u"schema "_s + discard.names.join(u", "_s),
             .detail = u"still used, and would be dropped with it: "_s + users->join(u", "_s)});
    for (const QString &name : discard.names) {
        if (auto dropped = session.execute(removalOf(name).toUtf8(), context); !dropped)
            return failure(dropped.error());
    }
    LateStop unstoppable(context);
    const auto committed = session.execute("COMMIT", unstoppable.context());
    if (committed)
        return kept;
    const Error error = LateStop::unanswered(committed.error());
    if (error.kind != ErrorKind::Unreachable && error.kind != ErrorKind::Timeout)
        return failure(error);
    return settleDiscard(target, *kept, error, context);
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
    if (const auto found = std::ranges::find(*databases, name, &KeptSchema::name);
        found != databases->end()) {
        session->close();
        return dropDatabase(target, *found, context);
    }
    return dropSchemas(*session, target, {.names = {name}, .patience = "5s"}, context)
        .transform([](const QList<KeptSchema> &gone) { return gone.front(); });
}

Result<QList<KeptSchema>> discardTogether(const postgres::ConnectionString &target,
                                          const QList<KeptSchema> &known, TaskContext &context)
{
    auto session = postgres::Session::connect(
        target, context, {.applicationName = u"mayday"_s, .lockTimeout = std::chrono::seconds(5)});
    if (!session)
        return failure(session.error());
    Discard schemas{.names = {}, .patience = "1s", .known = known};
    Discard databases = schemas;
    for (const KeptSchema &kept : known)
        (kept.isDatabase ? databases : schemas).names.append(kept.name);
    QList<KeptSchema> gone;
    if (!schemas.names.isEmpty()) {
        const auto dropped = dropSchemas(*session, target, schemas, context);
        if (!dropped)
            return dropped;
        gone = *dropped;
    }
    if (databases.names.isEmpty())
        return gone;
    const auto all = keptDatabases(*session, session->facts().database, context);
    if (!all)
        return failure(all.error());
    const auto still = marked(*all, databases, u"database "_s);
    session->close();
    if (!still)
        return still;
    for (const KeptSchema &kept : *still) {
        if (auto dropped = dropDatabase(target, kept, context); !dropped)
            return failure(dropped.error());
        gone.append(kept);
    }
    return gone;
}

} // namespace mayday::restore
