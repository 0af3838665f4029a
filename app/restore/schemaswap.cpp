// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/schemaswap.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/runsql.h"

#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;
using postgres::quoteLiteral;

/// Any number will do as long as every Mayday uses the same: the bytes of "mayday".
constexpr qint64 advisoryKey = 0x6d6179646179;

QByteArray sql(const QString &text)
{
    return text.toUtf8();
}

Result<void> rename(postgres::Session &session, const QString &from, const QString &to,
                    TaskContext &context)
{
    return runSql(session,
                  u"ALTER SCHEMA %1 RENAME TO %2"_s.arg(quoteIdentifier(from), quoteIdentifier(to)),
                  context);
}

struct Standing {
    QString comment = {};
    QDateTime at = {};
};

/// What a schema that is about to be moved says of itself, and when that is by the server's clock:
/// the order of what is kept must not hang on the clocks of several laptops.
Result<Standing> standing(postgres::Session &session, const QString &schema, TaskContext &context)
{
    const QByteArray name = schema.toUtf8();
    return session
        .query("SELECT (SELECT pg_catalog.obj_description(oid, 'pg_namespace')"
               " FROM pg_catalog.pg_namespace WHERE nspname = $1),"
               " (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint",
               {&name, 1}, context)
        .transform([](const postgres::Rows &rows) {
            return Standing{.comment = rows.text(0, 0),
                            .at =
                                QDateTime::fromMSecsSinceEpoch(rows.integer(0, 1), QTimeZone::UTC)};
        });
}

Result<void> setComment(postgres::Session &session, const QString &schema,
                        const QByteArray &comment, TaskContext &context)
{
    const QByteArray value = comment.isEmpty() ? QByteArray("NULL") : quoteLiteral(comment);
    return runSql(session,
                  u"COMMENT ON SCHEMA %1 IS "_s.arg(quoteIdentifier(schema)) +
                      QString::fromUtf8(value),
                  context);
}

/// Extensions live in a schema and would go aside with it; the new one needs them under its name.
Result<void> moveExtensions(postgres::Session &session, const QString &from, const QString &to,
                            TaskContext &context)
{
    const QByteArray name = from.toUtf8();
    const auto rows = session.query(
        "SELECT e.extname, e.extrelocatable FROM pg_catalog.pg_extension e"
        " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname = $1"
        " ORDER BY 1",
        {&name, 1}, context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        const QString extension = rows->text(i, 0);
        if (!rows->isTrue(i, 1))
            return failure(
                {.kind = ErrorKind::Unsupported,
                 .subject = u"extension "_s + extension,
                 .detail = u"it lives in schema %1 and cannot be moved, so nothing can be "
                           "loaded beside it"_s.arg(from),
                 .advice = std::nullopt});
        if (auto moved = runSql(session,
                                u"ALTER EXTENSION %1 SET SCHEMA %2"_s.arg(
                                    quoteIdentifier(extension), quoteIdentifier(to)),
                                context);
            !moved) {
            // Also of an extension that anybody may install the objects belong to a superuser.
            if (moved.error().sqlState == "42501"_L1) {
                moved.error().subject = u"extension "_s + extension;
                moved.error().detail =
                    u"it lives in schema %1 and only a superuser may move it, so nothing can be "
                    "loaded beside it; a restore of the whole database leaves it where it is"_s.arg(
                        from);
            }
            return moved;
        }
    }
    return {};
}

/// Made as the old owner where we may; otherwise it is ours, and the receipt says so.
Result<QStringList> createLike(postgres::Session &session, const QString &kept, const QString &name,
                               TaskContext &context)
{
    const QByteArray keptName = kept.toUtf8();
    const auto owner = session.query(
        "SELECT pg_catalog.pg_get_userbyid(nspowner), pg_catalog.pg_has_role(nspowner, CASE WHEN"
        " pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER'"
        " ELSE 'SET' END)"
        " FROM pg_catalog.pg_namespace WHERE nspname = $1",
        {&keptName, 1}, context);
    if (!owner)
        return failure(owner.error());
    QStringList notes;
    QString authorization;
    if (owner->rowCount() == 1 && owner->isTrue(0, 1))
        authorization = u" AUTHORIZATION "_s + quoteIdentifier(owner->text(0, 0));
    else if (owner->rowCount() == 1)
        notes.append(u"schema %1 now belongs to %2; it belonged to %3"_s.arg(
            name, session.facts().user, owner->text(0, 0)));
    return runSql(session, u"CREATE SCHEMA %1%2"_s.arg(quoteIdentifier(name), authorization),
                  context)
        .transform([&] { return notes; });
}

/// What stands under the name of the original goes aside under its kept one, marked.
Result<void> park(postgres::Session &session, const KeptSchema &parked, TaskContext &context)
{
    const auto now = standing(session, parked.original, context);
    if (!now)
        return failure(now.error());
    KeptSchema marked = parked;
    marked.comment = now->comment;
    marked.at = now->at;
    if (auto renamed = rename(session, parked.original, parked.name, context); !renamed)
        return renamed;
    return setComment(session, parked.name, commentOf(marked), context);
}

/// extensionsFrom: where the extensions of the original wait, or empty.
Result<void> giveNameBack(postgres::Session &session, const KeptSchema &kept,
                          const QString &extensionsFrom, TaskContext &context)
{
    if (auto renamed = rename(session, kept.name, kept.original, context); !renamed)
        return renamed;
    if (auto done = setComment(session, kept.original, kept.comment.toUtf8(), context); !done)
        return done;
    return extensionsFrom.isEmpty()
               ? Result<void>()
               : moveExtensions(session, extensionsFrom, kept.original, context);
}

/// The rows in a copy have none of the policies that guard them in their place.
Result<void> closeToOthers(postgres::Session &session, const QString &schema, TaskContext &context)
{
    const QByteArray name = schema.toUtf8();
    const auto rows = session.query(
        "SELECT DISTINCT CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee)"
        " END FROM pg_catalog.pg_namespace n, LATERAL pg_catalog.aclexplode(n.nspacl) a"
        " WHERE n.nspname = $1 AND a.grantee <> n.nspowner ORDER BY 1",
        {&name, 1}, context);
    if (!rows)
        return failure(rows.error());
    QStringList grantees;
    for (int i = 0; i < rows->rowCount(); ++i)
        grantees.append(rows->text(i, 0).isEmpty() ? u"PUBLIC"_s
                                                   : quoteIdentifier(rows->text(i, 0)));
    if (grantees.isEmpty())
        return {};
    return runSql(
        session,
        u"REVOKE ALL ON SCHEMA %1 FROM %2"_s.arg(quoteIdentifier(schema), grantees.join(u", "_s)),
        context);
}

/// The state before was that there was none: an empty schema with the mark stands for it, so that
/// the restore can be found after a crash and undone like any other.
Result<QStringList> keepNothing(postgres::Session &session, const KeptSchema &kept,
                                TaskContext &context)
{
    if (auto made = runSql(session, u"CREATE SCHEMA "_s + quoteIdentifier(kept.name), context);
        !made)
        return failure(made.error());
    const auto now = standing(session, kept.name, context);
    if (!now)
        return failure(now.error());
    KeptSchema marked = kept;
    marked.at = now->at;
    if (auto done = setComment(session, kept.name, commentOf(marked), context); !done)
        return failure(done.error());
    return QStringList();
}

} // namespace

Result<void> makeEmptySchema(postgres::Session &session, const QString &name, TaskContext &context)
{
    QString authorization;
    if (name == "public"_L1) {
        const auto standard = session.query(
            "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = 'pg_database_owner'"
            " AND pg_catalog.pg_has_role(oid, 'MEMBER')",
            context);
        if (!standard)
            return failure(standard.error());
        if (standard->rowCount() == 1)
            authorization = u" AUTHORIZATION pg_database_owner"_s;
    }
    return runSql(session, u"CREATE SCHEMA %1%2"_s.arg(quoteIdentifier(name), authorization),
                  context);
}

Result<QStringList> moveAside(postgres::Session &session, const KeptSchema &kept,
                              TaskContext &context)
{
    const auto exists = postgres::schemaExists(session, kept.original, context);
    if (!exists)
        return failure(exists.error());
    if (!*exists) {
        if (auto made = makeEmptySchema(session, kept.original, context); !made)
            return failure(made.error());
        return keepNothing(session, kept, context);
    }
    const auto now = standing(session, kept.original, context);
    if (!now)
        return failure(now.error());
    if (auto renamed = rename(session, kept.original, kept.name, context); !renamed)
        return failure(renamed.error());
    auto notes = createLike(session, kept.name, kept.original, context);
    if (!notes)
        return notes;
    if (auto moved = moveExtensions(session, kept.name, kept.original, context); !moved)
        return failure(moved.error());
    KeptSchema marked = kept;
    marked.comment = now->comment;
    marked.at = now->at;
    if (auto done = setComment(session, kept.name, commentOf(marked), context); !done)
        return failure(done.error());
    return notes;
}

Result<void> moveBack(postgres::Session &session, const KeptSchema &kept, const QString &parkedName,
                      TaskContext &context)
{
    const auto exists = postgres::schemaExists(session, kept.original, context);
    if (!exists)
        return failure(exists.error());
    KeptSchema parked = kept;
    parked.name = parkedName;
    parked.state = kept.state == KeptState::Before ? KeptState::Restored : KeptState::Before;
    if (*exists) {
        if (auto done = park(session, parked, context); !done)
            return done;
    }
    return giveNameBack(session, kept, *exists ? parkedName : QString(), context);
}

Result<void> leaveAsCopy(postgres::Session &session, const KeptSchema &kept, const KeptSchema &copy,
                         bool wasThere, TaskContext &context)
{
    if (auto done = park(session, copy, context); !done)
        return done;
    if (auto done = closeToOthers(session, copy.name, context); !done)
        return done;
    if (wasThere)
        return giveNameBack(session, kept, copy.name, context);
    return runSql(session, u"DROP SCHEMA "_s + quoteIdentifier(kept.name), context);
}

Result<void> waitForQuiet(postgres::Session &session, TaskContext &context)
{
    const auto quiet = session.execute(
        sql(u"BEGIN; SET LOCAL lock_timeout = '20s'; SELECT pg_catalog.pg_advisory_xact_lock(%1); "
            "COMMIT"_s.arg(advisoryKey)),
        context);
    if (quiet)
        return {};
    if (quiet.error().sqlState != "55P03"_L1)
        return failure(quiet.error());
    return failure({.kind = ErrorKind::Timeout,
                    .subject = session.subject(),
                    .detail = u"a restore or put-back of this database is still under way on the "
                              "server, so its outcome is not known yet"_s,
                    .advice = Advice::TryAgain});
}

Result<void> lockForRestore(postgres::Session &session, TaskContext &context)
{
    // Of a session that has just ended the server keeps the locks for another moment.
    constexpr int attempts = 20;
    constexpr std::chrono::milliseconds between{50};
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (attempt > 0)
            context.pause(between);
        const auto locked = session.query(
            sql(u"SELECT pg_catalog.pg_try_advisory_xact_lock(%1)"_s.arg(advisoryKey)), context);
        if (!locked)
            return failure(locked.error());
        if (locked->isTrue(0, 0))
            return {};
    }
    return failure({.kind = ErrorKind::Refused,
                    .subject = session.subject(),
                    .detail = u"another restore or put-back of this database is running"_s,
                    .advice = Advice::CloseOtherSessions});
}

} // namespace mayday::restore
