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

QByteArray renameSql(const QString &from, const QString &to)
{
    return sql(u"ALTER SCHEMA %1 RENAME TO %2"_s.arg(quoteIdentifier(from), quoteIdentifier(to)));
}

Result<void> rename(postgres::Session &session, const QString &from, const QString &to,
                    TaskContext &context)
{
    return session.execute(renameSql(from, to), context).transform([](qint64) {});
}

struct Standing {
    bool isThere = false;
    QString comment = {};
    QString owner = {};
    bool mayGiveToOwner = false;
    QDateTime at = {};
};

/// What a schema that is about to be moved says of itself, and when that is by the server's clock:
/// the order of what is kept must not hang on the clocks of several laptops.
postgres::Question standingQuestion(const QString &schema)
{
    return {.sql = "SELECT n.oid IS NOT NULL, pg_catalog.obj_description(n.oid, 'pg_namespace'),"
                   " pg_catalog.pg_get_userbyid(n.nspowner),"
                   " pg_catalog.pg_has_role(n.nspowner, CASE WHEN"
                   " pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER'"
                   " ELSE 'SET' END),"
                   " (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint"
                   " FROM (VALUES (1)) always LEFT JOIN pg_catalog.pg_namespace n"
                   " ON n.nspname = $1",
            .parameters = {schema.toUtf8()}};
}

Result<Standing> standing(postgres::Session &session, const QString &schema, TaskContext &context)
{
    return session.query(standingQuestion(schema), context)
        .transform([](const postgres::Rows &rows) {
            return Standing{.isThere = rows.isTrue(0, 0),
                            .comment = rows.text(0, 1),
                            .owner = rows.text(0, 2),
                            .mayGiveToOwner = rows.isTrue(0, 3),
                            .at =
                                QDateTime::fromMSecsSinceEpoch(rows.integer(0, 4), QTimeZone::UTC)};
        });
}

QByteArray commentSql(const QString &schema, const QByteArray &comment)
{
    return "COMMENT ON SCHEMA " + quoteIdentifier(schema).toUtf8() + " IS " +
           (comment.isEmpty() ? QByteArray("NULL") : quoteLiteral(comment));
}

Result<void> setComment(postgres::Session &session, const QString &schema,
                        const QByteArray &comment, TaskContext &context)
{
    return session.execute(commentSql(schema, comment), context).transform([](qint64) {});
}

postgres::Question extensionsQuestion(const QString &schema)
{
    return {.sql = "SELECT e.extname, e.extrelocatable FROM pg_catalog.pg_extension e"
                   " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname = $1"
                   " ORDER BY 1",
            .parameters = {schema.toUtf8()}};
}

/// Extensions live in a schema and would go aside with it; the new one needs them under its name.
/// Refused when one of them cannot be moved at all.
Result<QStringList> extensionsIn(postgres::Session &session, const QString &schema,
                                 TaskContext &context)
{
    const auto rows = session.query(extensionsQuestion(schema), context);
    if (!rows)
        return failure(rows.error());
    QStringList extensions;
    for (int i = 0; i < rows->rowCount(); ++i) {
        extensions.append(rows->text(i, 0));
        if (!rows->isTrue(i, 1))
            return failure(
                {.kind = ErrorKind::Unsupported,
                 .subject = u"extension "_s + extensions.last(),
                 .detail = u"it lives in schema %1 and cannot be moved, so nothing can be "
                           "loaded beside it"_s.arg(schema),
                 .advice = std::nullopt});
    }
    return extensions;
}

QByteArray moveSql(const QString &extension, const QString &to)
{
    return u"ALTER EXTENSION %1 SET SCHEMA %2"_s
        .arg(quoteIdentifier(extension), quoteIdentifier(to))
        .toUtf8();
}

/// Also of an extension that anybody may install the objects belong to a superuser.
Error notMoved(Error error, const QString &extension, const QString &from)
{
    if (error.sqlState != "42501"_L1)
        return error;
    error.subject = u"extension "_s + extension;
    error.detail =
        u"it lives in schema %1 and only a superuser may move it, so nothing can be "
        "loaded beside it; a restore of the whole database leaves it where it is"_s.arg(from);
    return error;
}

Result<void> moveExtensions(postgres::Session &session, const QString &from, const QString &to,
                            TaskContext &context)
{
    const auto extensions = extensionsIn(session, from, context);
    if (!extensions)
        return failure(extensions.error());
    for (const QString &extension : *extensions) {
        if (auto moved = session.execute(moveSql(extension, to), context); !moved)
            return failure(notMoved(moved.error(), extension, from));
    }
    return {};
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

std::vector<postgres::Question> moveAsideQuestions(const QString &schema)
{
    return {standingQuestion(schema), extensionsQuestion(schema)};
}

Result<QStringList> moveAside(postgres::Session &session, const KeptSchema &kept,
                              TaskContext &context, const BehindMove &behind)
{
    const auto now = standing(session, kept.original, context);
    if (!now)
        return failure(now.error());
    if (!now->isThere) {
        if (auto made = makeEmptySchema(session, kept.original, context); !made)
            return failure(made.error());
        return keepNothing(session, kept, context);
    }
    const auto extensions = extensionsIn(session, kept.original, context);
    if (!extensions)
        return failure(extensions.error());
    // Made as the old owner where we may; otherwise it is ours, and the receipt says so.
    const QString owner = now->mayGiveToOwner ? now->owner : session.facts().user;
    QStringList notes;
    if (!now->mayGiveToOwner)
        notes.append(u"schema %1 now belongs to %2; it belonged to %3"_s.arg(kept.original, owner,
                                                                             now->owner));
    KeptSchema marked = kept;
    marked.comment = now->comment;
    marked.at = now->at;
    const QString name = quoteIdentifier(kept.original);
    std::vector<QByteArray> statements;
    statements.push_back(renameSql(kept.original, kept.name));
    statements.push_back(
        sql(u"CREATE SCHEMA "_s + name +
            (now->mayGiveToOwner ? u" AUTHORIZATION "_s + quoteIdentifier(owner) : QString())));
    const qsizetype firstMove = std::ssize(statements);
    for (const QString &extension : *extensions)
        statements.push_back(moveSql(extension, kept.original));
    statements.push_back(commentSql(kept.name, commentOf(marked)));
    if (behind)
        std::ranges::copy(behind(owner), std::back_inserter(statements));
    QList<qint64> done;
    const auto moved = session.executeBatch(statements, done, context);
    if (moved)
        return notes;
    const QString culprit = extensions->value(done.size() - firstMove);
    return failure(culprit.isEmpty() ? moved.error()
                                     : notMoved(moved.error(), culprit, kept.original));
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

postgres::Question lockQuestion()
{
    return {.sql = sql(u"SELECT pg_catalog.pg_try_advisory_xact_lock(%1)"_s.arg(advisoryKey))};
}

Result<void> lockForRestore(postgres::Session &session, TaskContext &context)
{
    // Of a session that has just ended the server keeps the locks for another moment.
    constexpr int attempts = 20;
    constexpr std::chrono::milliseconds between{50};
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (attempt > 0) {
            // Who has the lock changes what was asked ahead.
            session.forgetAnswers();
            context.pause(between);
        }
        const auto locked = session.query(lockQuestion(), context);
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
