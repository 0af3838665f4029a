// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/schemaswap.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"

#include <QJsonDocument>
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

QByteArray commentOf(const KeptSchema &kept)
{
    const QJsonObject json{{u"mayday"_s, 1},
                           {u"original"_s, kept.original},
                           {u"restore"_s, kept.restore},
                           {u"at"_s, kept.at.toUTC().toString(Qt::ISODateWithMs)},
                           {u"file"_s, kept.file},
                           {u"comment"_s, kept.comment},
                           {u"restored"_s, kept.isRestored}};
    return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

std::optional<KeptSchema> keptFromComment(const QString &name, QByteArrayView comment)
{
    const QJsonObject json = QJsonDocument::fromJson(comment.toByteArray()).object();
    if (json["mayday"_L1].toInt() != 1 || json["original"_L1].toString().isEmpty())
        return std::nullopt;
    return KeptSchema{.name = name,
                      .original = json["original"_L1].toString(),
                      .restore = json["restore"_L1].toString(),
                      .at = QDateTime::fromString(json["at"_L1].toString(), Qt::ISODate),
                      .file = json["file"_L1].toString(),
                      .comment = json["comment"_L1].toString(),
                      .isRestored = json["restored"_L1].toBool()};
}

Result<void> run(postgres::Session &session, const QString &text, TaskContext &context)
{
    return session.execute(sql(text), context).transform([](qint64) {});
}

Result<void> rename(postgres::Session &session, const QString &from, const QString &to,
                    TaskContext &context)
{
    return run(session,
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
    return run(session,
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
        if (auto moved = run(session,
                             u"ALTER EXTENSION %1 SET SCHEMA %2"_s.arg(quoteIdentifier(extension),
                                                                       quoteIdentifier(to)),
                             context);
            !moved)
            return moved;
    }
    return {};
}

/// The rights on the schema itself; those on its tables come with the dump.
Result<QStringList> copyRights(postgres::Session &session, const QString &from, const QString &to,
                               TaskContext &context)
{
    const QByteArray name = from.toUtf8();
    const auto rows = session.query(
        "SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee) END,"
        " a.privilege_type, a.is_grantable FROM pg_catalog.pg_namespace n,"
        " LATERAL pg_catalog.aclexplode(n.nspacl) a WHERE n.nspname = $1",
        {&name, 1}, context);
    if (!rows)
        return failure(rows.error());
    QStringList notes;
    for (int i = 0; i < rows->rowCount(); ++i) {
        const QString grantee =
            rows->text(i, 0).isEmpty() ? u"PUBLIC"_s : quoteIdentifier(rows->text(i, 0));
        const QString option = rows->isTrue(i, 2) ? u" WITH GRANT OPTION"_s : QString();
        auto granted = run(session,
                           u"GRANT %1 ON SCHEMA %2 TO %3%4"_s.arg(
                               rows->text(i, 1), quoteIdentifier(to), grantee, option),
                           context);
        if (!granted)
            return failure(granted.error());
    }
    return notes;
}

/// Made as the old owner where we may; otherwise it is ours, and the receipt says so.
Result<QStringList> createLike(postgres::Session &session, const QString &kept, const QString &name,
                               TaskContext &context)
{
    const QByteArray keptName = kept.toUtf8();
    const auto owner = session.query(
        "SELECT pg_catalog.pg_get_userbyid(nspowner), pg_catalog.pg_has_role(nspowner, 'MEMBER')"
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
    if (auto made = run(session, u"CREATE SCHEMA %1%2"_s.arg(quoteIdentifier(name), authorization),
                        context);
        !made)
        return failure(made.error());
    auto rights = copyRights(session, kept, name, context);
    if (!rights)
        return rights;
    return notes + *rights;
}

/// The state before was that there was none: an empty schema with the mark stands for it, so that
/// the restore can be found after a crash and undone like any other.
Result<QStringList> keepNothing(postgres::Session &session, const KeptSchema &kept,
                                TaskContext &context)
{
    if (auto made = run(session, u"CREATE SCHEMA "_s + quoteIdentifier(kept.name), context); !made)
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

Result<QList<KeptSchema>> keptSchemas(postgres::Session &session, TaskContext &context)
{
    const auto rows = session.query(
        "SELECT n.nspname, pg_catalog.obj_description(n.oid, 'pg_namespace'),"
        " coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0)::bigint, count(c.oid)"
        " FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c"
        " ON c.relnamespace = n.oid AND c.relkind IN ('r', 'm')"
        " WHERE pg_catalog.obj_description(n.oid, 'pg_namespace') LIKE '{%\"mayday\"%'"
        " GROUP BY n.oid, n.nspname",
        context);
    if (!rows)
        return failure(rows.error());
    QList<KeptSchema> all;
    for (int i = 0; i < rows->rowCount(); ++i) {
        auto kept = keptFromComment(rows->text(i, 0), rows->value(i, 1));
        if (!kept)
            continue;
        kept->bytes = rows->integer(i, 2);
        kept->tables = rows->integer(i, 3);
        all.append(*std::move(kept));
    }
    std::ranges::sort(all, [](const KeptSchema &a, const KeptSchema &b) {
        return a.at != b.at ? a.at > b.at : a.name < b.name;
    });
    return all;
}

Result<QList<KeptSchema>> keptOf(postgres::Session &session, const QString &restore,
                                 TaskContext &context)
{
    auto all = keptSchemas(session, context);
    if (!all)
        return all;
    if (all->isEmpty())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = session.subject(),
                        .detail = u"no earlier state is kept here"_s});
    const QString wanted = restore.isEmpty() ? all->front().restore : restore;
    QList<KeptSchema> matching;
    for (const KeptSchema &kept : std::as_const(*all)) {
        // Several states of one schema: a restore, put back, put back again. The newest counts.
        const bool isKnown = std::ranges::contains(matching, kept.original, &KeptSchema::original);
        if (kept.restore == wanted && !isKnown)
            matching.append(kept);
    }
    if (matching.isEmpty())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = session.subject(),
                        .detail = u"nothing of restore %1 is kept here"_s.arg(wanted)});
    return matching;
}

Result<QString> freeKeptName(postgres::Session &session, const QString &schema, const QDateTime &at,
                             TaskContext &context)
{
    RestorePlan naming;
    for (naming.plannedAt = at;; naming.plannedAt = naming.plannedAt.addSecs(1)) {
        QString name = naming.keptSchemaName(schema);
        const auto isTaken = postgres::schemaExists(session, name, context);
        if (!isTaken)
            return failure(isTaken.error());
        if (!*isTaken)
            return name;
    }
}

Result<QStringList> moveAside(postgres::Session &session, const KeptSchema &kept,
                              TaskContext &context)
{
    const auto exists = postgres::schemaExists(session, kept.original, context);
    if (!exists)
        return failure(exists.error());
    if (!*exists) {
        if (auto made = run(session, u"CREATE SCHEMA "_s + quoteIdentifier(kept.original), context);
            !made)
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
    if (*exists) {
        const auto now = standing(session, kept.original, context);
        if (!now)
            return failure(now.error());
        KeptSchema parked = kept;
        parked.name = parkedName;
        parked.comment = now->comment;
        parked.at = now->at;
        parked.isRestored = !kept.isRestored;
        if (auto renamed = rename(session, kept.original, parkedName, context); !renamed)
            return renamed;
        if (auto done = setComment(session, parkedName, commentOf(parked), context); !done)
            return done;
    }
    if (auto renamed = rename(session, kept.name, kept.original, context); !renamed)
        return renamed;
    if (auto done = setComment(session, kept.original, kept.comment.toUtf8(), context); !done)
        return done;
    return *exists ? moveExtensions(session, parkedName, kept.original, context) : Result<void>();
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

QJsonObject toJson(const KeptSchema &kept)
{
    return {
        {u"name"_s, kept.name},       {u"original"_s, kept.original},
        {u"restore"_s, kept.restore}, {u"at"_s, kept.at.toString(Qt::ISODateWithMs)},
        {u"file"_s, kept.file},       {u"holds"_s, kept.isRestored ? u"restored"_s : u"before"_s},
        {u"tables"_s, kept.tables},   {u"bytes"_s, kept.bytes}};
}

QString removalOf(const QString &keptName)
{
    return u"DROP SCHEMA %1 CASCADE"_s.arg(postgres::quoteIdentifier(keptName));
}

Result<void> lockForRestore(postgres::Session &session, TaskContext &context)
{
    const auto locked = session.query(
        sql(u"SELECT pg_catalog.pg_try_advisory_xact_lock(%1)"_s.arg(advisoryKey)), context);
    if (!locked)
        return failure(locked.error());
    if (!locked->isTrue(0, 0))
        return failure({.kind = ErrorKind::Refused,
                        .subject = session.subject(),
                        .detail = u"another restore or put-back of this database is running"_s,
                        .advice = Advice::CloseOtherSessions});
    return {};
}

} // namespace mayday::restore
