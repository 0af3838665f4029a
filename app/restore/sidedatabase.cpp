// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/sidedatabase.h"

#include "core/latestop.h"
#include "postgres/quoting.h"
#include "restore/runsql.h"

#include <QJsonDocument>
#include <QTimeZone>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using postgres::quoteIdentifier;
using postgres::quoteLiteral;

/// The files of a large database take their time to go.
constexpr std::chrono::minutes dropGrace{1};
/// For an answer that takes the server no time at all.
constexpr std::chrono::seconds hearPatience{3};

QString literal(const QString &text)
{
    return QString::fromUtf8(quoteLiteral(text.toUtf8()));
}

/// Where one can stand while the database itself gets another name.
postgres::ConnectionString besideOf(const postgres::ConnectionString &target)
{
    return target.withDatabase(target.database() == "postgres"_L1 ? u"template1"_s : u"postgres"_s);
}

/// Sends away whoever is connected to a database, again and again, until it goes out of scope: a
/// pool of connections comes back at once, and a database with a guest cannot be renamed.
class Doorkeeper final {
public:
    Doorkeeper(const postgres::ConnectionString &where, const QStringList &databases)
        : m_thread([where, databases](const std::stop_token &ended) {
              TaskContext context(ended);
              auto session =
                  postgres::Session::connect(where, context, {.applicationName = u"mayday swap"_s});
              std::mutex mutex;
              std::condition_variable_any woken;
              std::unique_lock lock(mutex);
              while (session && !ended.stop_requested()) {
                  for (const QString &database : databases) {
                      const QByteArray name = database.toUtf8();
                      (void)session->query("SELECT pg_catalog.pg_terminate_backend(pid) FROM"
                                           " pg_catalog.pg_stat_activity WHERE datname = $1"
                                           " AND pid <> pg_catalog.pg_backend_pid()",
                                           {&name, 1}, context);
                  }
                  woken.wait_for(lock, ended, std::chrono::milliseconds(50), [] { return false; });
              }
          })
    {
    }

private:
    std::jthread m_thread;
};

/// CREATE DATABASE with what cannot be changed afterwards, as of the live one.
Result<QString> creation(postgres::Session &live, const QString &name, TaskContext &context)
{
    // The names of these columns have changed with 15 and 17; through JSON any server answers.
    const auto rows = live.query(
        "SELECT pg_catalog.to_jsonb(d)::text, pg_catalog.pg_encoding_to_char(d.encoding),"
        " pg_catalog.pg_get_userbyid(d.datdba),"
        " pg_catalog.pg_has_role(d.datdba, 'MEMBER') AND pg_catalog.pg_has_role(d.datdba, 'USAGE'),"
        " (SELECT spcname FROM pg_catalog.pg_tablespace t WHERE t.oid = d.dattablespace AND NOT"
        " EXISTS (SELECT FROM pg_catalog.pg_database o WHERE o.datname = 'template0'"
        " AND o.dattablespace = d.dattablespace))"
        " FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()",
        context);
    if (!rows)
        return failure(rows.error());
    const QJsonObject facts = QJsonDocument::fromJson(rows->text(0, 0).toUtf8()).object();
    QString sql = u"CREATE DATABASE %1 TEMPLATE template0 ENCODING %2 LC_COLLATE %3"
                  " LC_CTYPE %4"_s.arg(quoteIdentifier(name), literal(rows->text(0, 1)),
                                       literal(facts["datcollate"_L1].toString()),
                                       literal(facts["datctype"_L1].toString()));
    // Whoever names the one it would have anyway needs a right on it.
    if (!rows->isNull(0, 4))
        sql += u" TABLESPACE "_s + quoteIdentifier(rows->text(0, 4));
    if (rows->isTrue(0, 3))
        sql += u" OWNER "_s + quoteIdentifier(rows->text(0, 2));
    const QString provider = facts["datlocprovider"_L1].toString();
    const QString locale = facts["datlocale"_L1].toString(facts["daticulocale"_L1].toString());
    if (provider == "i"_L1)
        sql += u" LOCALE_PROVIDER icu ICU_LOCALE "_s + literal(locale);
    else if (provider == "b"_L1)
        sql += u" LOCALE_PROVIDER builtin BUILTIN_LOCALE "_s + literal(locale);
    return sql;
}

/// A list stands in the catalogue with its names quoted where that is needed, and an empty one as
/// "", which nobody may write; as literals all of them may be.
QString listSql(const QString &value)
{
    QStringList parts;
    QString part;
    bool isQuoted = false;
    for (const QChar letter : value) {
        if (letter == u'"')
            isQuoted = !isQuoted; // of a doubled one the second turns it back
        if (letter == u',' && !isQuoted)
            parts.append(std::exchange(part, {}).trimmed());
        else
            part += letter;
    }
    parts.append(part.trimmed());
    for (QString &name : parts) {
        if (name.size() > 1 && name.startsWith(u'"') && name.endsWith(u'"'))
            name = name.sliced(1, name.size() - 2).replace(u"\"\""_s, u"\""_s);
        name = literal(name);
    }
    return parts.join(u", "_s);
}

QString settingSql(const QString &setting)
{
    static const QSet<QString> lists = {
        u"local_preload_libraries"_s,  u"search_path"_s,      u"session_preload_libraries"_s,
        u"shared_preload_libraries"_s, u"temp_tablespaces"_s, u"unix_socket_directories"_s};
    const QString name = setting.section(u'=', 0, 0);
    const QString value = setting.section(u'=', 1);
    QStringList parts;
    for (const QString &part : name.split(u'.'))
        parts.append(quoteIdentifier(part));
    return u"%1 TO %2"_s.arg(parts.join(u'.'),
                             lists.contains(name) ? listSql(value) : literal(value));
}

/// With the owner of the live one, where we may give it to that role.
Result<void> makeSchema(postgres::Session &live, postgres::Session &inside, const QString &schema,
                        TaskContext &context)
{
    const QByteArray name = schema.toUtf8();
    const auto owner = live.query(
        "SELECT pg_catalog.pg_get_userbyid(nspowner), pg_catalog.pg_has_role(nspowner, 'MEMBER')"
        " FROM pg_catalog.pg_namespace WHERE nspname = $1",
        {&name, 1}, context);
    if (!owner)
        return failure(owner.error());
    QString sql = u"CREATE SCHEMA IF NOT EXISTS "_s + quoteIdentifier(schema);
    if (owner->rowCount() == 1 && owner->isTrue(0, 1))
        sql += u"; ALTER SCHEMA %1 OWNER TO %2"_s.arg(quoteIdentifier(schema),
                                                      quoteIdentifier(owner->text(0, 0)));
    auto made = runSql(inside, sql, context);
    if (!made && made.error().sqlState == "42501"_L1 && schema == "public"_L1 &&
        inside.facts().versionNumber < publicOfDatabaseOwnerSince) {
        made.error().detail = u"before PostgreSQL 15 schema public of a new database belongs to a "
                              "superuser, and %1 is none"_s.arg(inside.facts().user);
        made.error().advice = Advice::RestoreBesideSchema;
    }
    return made;
}

/// A database cannot be made and marked in one transaction: whoever died in between, or while the
/// server was copying, has left one that only its name tells.
std::optional<KeptSchema> begun(const QString &name, const QString &original)
{
    constexpr auto stamp = "yyyyMMdd_HHmmss"_L1;
    RestorePlan naming;
    naming.mode = RestoreMode::ReplaceDatabase;
    naming.plannedAt = QDateTime::fromString(name.right(stamp.size()), stamp);
    naming.plannedAt.setTimeZone(QTimeZone::UTC);
    if (!naming.plannedAt.isValid() || naming.keptSchemaName(original) != name)
        return std::nullopt;
    return KeptSchema{.name = name,
                      .original = original,
                      .restore = {},
                      .at = naming.plannedAt,
                      .file = {},
                      .state = KeptState::Loading};
}

} // namespace

Result<SideDatabase> SideDatabase::open(const postgres::ConnectionString &target, Patience patience,
                                        TaskContext &context)
{
    auto session = postgres::Session::connect(besideOf(target), context,
                                              {.applicationName = u"mayday restore"_s});
    if (!session)
        return failure(session.error());
    // "mayd", and the database by name: it has another oid after each restore.
    const QString key = u"1835104377, pg_catalog.hashtext(%1)"_s.arg(literal(target.database()));
    if (patience == Patience::Some) {
        if (auto waited =
                runSql(*session,
                       u"SET lock_timeout = '20s'; SELECT pg_catalog.pg_advisory_lock(%1);"
                       " SET lock_timeout = 0"_s.arg(key),
                       context);
            !waited)
            return failure(waited.error());
        return SideDatabase(target, *std::move(session));
    }
    const auto locked =
        session->query(u"SELECT pg_catalog.pg_try_advisory_lock(%1)"_s.arg(key).toUtf8(), context);
    if (!locked)
        return failure(locked.error());
    if (!locked->isTrue(0, 0))
        return failure({.kind = ErrorKind::Refused,
                        .subject = target.display(),
                        .detail = u"another restore or put-back of this database is running"_s,
                        .advice = Advice::CloseOtherSessions});
    return SideDatabase(target, *std::move(session));
}

Result<QStringList> SideDatabase::missingFrom(postgres::Session &live, const QStringList &schemas,
                                              TaskContext &context)
{
    QString names = u"''"_s;
    for (const QString &schema : schemas)
        names += u", "_s + literal(schema);
    // What belongs to an extension comes back with it, and what earlier restores keep goes aside
    // with the rest and can be put back from there.
    const auto rows = live.query(
        u"SELECT 'schema ' || n.nspname FROM pg_catalog.pg_namespace n"
        " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname NOT IN (%1)"
        " AND coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace') NOT LIKE"
        " '{%\"mayday\"%', true)"
        " AND (EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND NOT"
        " EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))"
        " OR EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND NOT"
        " EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'))"
        " OR EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typnamespace = n.oid AND NOT"
        " EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')))"
        " UNION ALL SELECT 'event trigger ' || evtname FROM pg_catalog.pg_event_trigger"
        " UNION ALL SELECT 'publication ' || pubname FROM pg_catalog.pg_publication"
        " UNION ALL SELECT 'foreign server ' || srvname FROM pg_catalog.pg_foreign_server"
        " UNION ALL SELECT 'large objects' WHERE EXISTS"
        " (SELECT FROM pg_catalog.pg_largeobject_metadata) ORDER BY 1"_s.arg(names)
            .toUtf8(),
        context);
    if (!rows)
        return failure(rows.error());
    QStringList missing;
    for (int i = 0; i < rows->rowCount(); ++i)
        missing.append(rows->text(i, 0));
    return missing;
}

Result<bool> SideDatabase::exists(const QString &name, TaskContext &context)
{
    const QByteArray wanted = name.toUtf8();
    return m_session
        .query("SELECT count(*) FROM pg_catalog.pg_database WHERE datname = $1", {&wanted, 1},
               context)
        .transform([](const postgres::Rows &rows) { return rows.integer(0, 0) > 0; });
}

Result<SideDatabase::Standing> SideDatabase::standing(const QString &name, TaskContext &context)
{
    const QByteArray wanted = name.toUtf8();
    return m_session
        .query("SELECT datconnlimit = -2 FROM pg_catalog.pg_database WHERE datname = $1",
               {&wanted, 1}, context)
        .transform([](const postgres::Rows &rows) {
            if (rows.rowCount() == 0)
                return Standing::Gone;
            return rows.isTrue(0, 0) ? Standing::Broken : Standing::Whole;
        });
}

Result<QString> SideDatabase::freeName(RestoreMode mode, const QDateTime &at, TaskContext &context)
{
    RestorePlan naming;
    naming.mode = mode;
    for (naming.plannedAt = at;; naming.plannedAt = naming.plannedAt.addSecs(1)) {
        QString name = naming.keptSchemaName(m_target.database());
        const auto isTaken = exists(name, context);
        if (!isTaken)
            return failure(isTaken.error());
        if (!*isTaken)
            return name;
    }
}

Result<void> SideDatabase::create(postgres::Session &live, const KeptSchema &mark,
                                  const QStringList &schemas, TaskContext &context)
{
    const auto sql = creation(live, mark.name, context);
    if (!sql)
        return failure(sql.error());
    if (auto made = runSql(m_session, *sql, context); !made)
        return failure(made.error());
    // Marked before anything else, so that it is found whatever happens next.
    return runSql(m_session,
                  u"COMMENT ON DATABASE %1 IS %2"_s.arg(
                      quoteIdentifier(mark.name), literal(QString::fromUtf8(commentOf(mark)))),
                  context)
        .and_then([&] { return copySettings(mark.name, context); })
        .and_then([&] { return copyRights(mark.name, context); })
        .and_then([&] { return prepare(live, mark.name, schemas, context); });
}

Result<void> SideDatabase::adopt(const KeptSchema &mark, TaskContext &context)
{
    const Doorkeeper doorkeeper(besideOf(m_target), {mark.name});
    const QByteArray name = mark.name.toUtf8();
    constexpr int attempts = 50;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const auto guests =
            m_session.query("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = $1",
                            {&name, 1}, context);
        if (!guests)
            return failure(guests.error());
        if (guests->integer(0, 0) == 0)
            return runSql(
                m_session,
                u"COMMENT ON DATABASE %1 IS %2"_s.arg(quoteIdentifier(mark.name),
                                                      literal(QString::fromUtf8(commentOf(mark)))),
                context);
        context.pause(std::chrono::milliseconds(100));
        if (context.stopRequested())
            return failure(TaskContext::cancelled(m_target.display(), u"nothing changed"_s));
    }
    return failure({.kind = ErrorKind::Refused,
                    .subject = u"database "_s + mark.name,
                    .detail = u"an earlier restore still works in it"_s,
                    .advice = Advice::CloseOtherSessions});
}

Result<void> SideDatabase::copySettings(const QString &to, TaskContext &context)
{
    const QByteArray name = m_target.database().toUtf8();
    const auto rows = m_session.query(
        "SELECT coalesce(r.rolname, ''), s.setting FROM pg_catalog.pg_db_role_setting c"
        " JOIN pg_catalog.pg_database d ON d.oid = c.setdatabase"
        " LEFT JOIN pg_catalog.pg_roles r ON r.oid = c.setrole,"
        " pg_catalog.unnest(c.setconfig) AS s(setting) WHERE d.datname = $1",
        {&name, 1}, context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        const QString role = rows->text(i, 0);
        const QString what = role.isEmpty() ? u"DATABASE %1"_s.arg(quoteIdentifier(to))
                                            : u"ROLE %1 IN DATABASE %2"_s.arg(quoteIdentifier(role),
                                                                              quoteIdentifier(to));
        if (auto set = runSql(
                m_session, u"ALTER %1 SET %2"_s.arg(what, settingSql(rows->text(i, 1))), context);
            !set) {
            if (!m_staysBeside || role.isEmpty() || set.error().sqlState != "42501"_L1)
                return set;
            m_notTaken.append(u"%1 of role %2"_s.arg(rows->text(i, 1).section(u'=', 0, 0), role));
        }
    }
    return {};
}

Result<void> SideDatabase::copyRights(const QString &to, TaskContext &context)
{
    const QByteArray name = m_target.database().toUtf8();
    const auto rows = m_session.query(
        "SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee) END,"
        " a.privilege_type, a.is_grantable, d.datconnlimit, pg_catalog.pg_get_userbyid(d.datdba),"
        " pg_catalog.pg_has_role(d.datdba, 'USAGE') FROM pg_catalog.pg_database d"
        " LEFT JOIN LATERAL pg_catalog.aclexplode(d.datacl) a ON true WHERE d.datname = $1",
        {&name, 1}, context);
    if (!rows)
        return failure(rows.error());
    QString sql =
        u"ALTER DATABASE %1 CONNECTION LIMIT %2;"_s.arg(quoteIdentifier(to), rows->text(0, 3));
    for (int i = 0; i < rows->rowCount() && !rows->isNull(i, 1); ++i) {
        if (i == 0)
            sql += u"REVOKE ALL ON DATABASE %1 FROM PUBLIC;"_s.arg(quoteIdentifier(to));
        const QString grantee =
            rows->text(i, 0).isEmpty() ? u"PUBLIC"_s : quoteIdentifier(rows->text(i, 0));
        sql += u"GRANT %1 ON DATABASE %2 TO %3%4;"_s.arg(
            rows->text(i, 1), quoteIdentifier(to), grantee,
            rows->isTrue(i, 2) ? u" WITH GRANT OPTION"_s : QString());
    }
    // Who owns the live one, and cannot own this, may do in it what owners may do unasked.
    if (!rows->isTrue(0, 5))
        sql += u"GRANT ALL ON DATABASE %1 TO %2"_s.arg(quoteIdentifier(to),
                                                       quoteIdentifier(rows->text(0, 4)));
    return runSql(m_session, sql, context);
}

/// Schemas and extensions, which a dump of chosen schemas does not bring.
Result<void> SideDatabase::prepare(postgres::Session &live, const QString &name,
                                   const QStringList &schemas, TaskContext &context)
{
    const auto rows =
        live.query("SELECT e.extname, n.nspname, e.extversion FROM pg_catalog.pg_extension e"
                   " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace ORDER BY e.oid",
                   context);
    if (!rows)
        return failure(rows.error());
    auto inside = postgres::Session::connect(m_target.withDatabase(name), context,
                                             {.applicationName = u"mayday restore"_s});
    if (!inside)
        return failure(inside.error());
    for (const QString &schema : schemas) {
        if (auto made = makeSchema(live, *inside, schema, context); !made)
            return made;
    }
    for (int i = 0; i < rows->rowCount(); ++i) {
        const QString schema = quoteIdentifier(rows->text(i, 1));
        const QString wanted = quoteIdentifier(rows->text(i, 0));
        const bool isOwnPlace = rows->text(i, 1).startsWith("pg_"_L1);
        auto made =
            (isOwnPlace ? Result<void>()
                        : runSql(*inside, u"CREATE SCHEMA IF NOT EXISTS "_s + schema, context))
                .and_then([&] {
                    return runSql(*inside,
                                  u"CREATE EXTENSION IF NOT EXISTS %1%2 VERSION %3"_s.arg(
                                      wanted, isOwnPlace ? QString() : u" SCHEMA "_s + schema,
                                      literal(rows->text(i, 2))),
                                  context);
                });
        if (!made)
            return made;
    }
    return {};
}

Result<void> SideDatabase::rename(const QString &name, const KeptSchema &kept, TaskContext &context)
{
    const QByteArray live = m_target.database().toUtf8();
    const auto now =
        m_session.query("SELECT pg_catalog.shobj_description(oid, 'pg_database'),"
                        " (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint"
                        " FROM pg_catalog.pg_database WHERE datname = $1",
                        {&live, 1}, context);
    if (!now)
        return failure(now.error());
    if (now->rowCount() == 0)
        return failure({.kind = ErrorKind::NotFound,
                        .subject = m_target.display(),
                        .detail = u"there is no database of that name now"_s});
    const auto side = keptDatabases(m_session, m_target.database(), context);
    if (!side)
        return failure(side.error());
    const auto own = std::ranges::find(*side, name, &KeptSchema::name);
    const QString comment = own == side->end() ? QString() : own->comment;
    KeptSchema marked = kept;
    marked.comment = now->text(0, 0);
    marked.at = QDateTime::fromMSecsSinceEpoch(now->integer(0, 1), QTimeZone::UTC);
    return runSql(m_session,
                  u"BEGIN; ALTER DATABASE %1 RENAME TO %2; ALTER DATABASE %3 RENAME TO %1;"
                  " COMMENT ON DATABASE %2 IS %4; COMMENT ON DATABASE %1 IS %5"_s.arg(
                      quoteIdentifier(m_target.database()), quoteIdentifier(kept.name),
                      quoteIdentifier(name), literal(QString::fromUtf8(commentOf(marked))),
                      comment.isEmpty() ? u"NULL"_s : literal(comment)),
                  context);
}

Result<void> SideDatabase::swap(const QString &name, const KeptSchema &kept, TaskContext &context)
{
    const Doorkeeper doorkeeper(besideOf(m_target), {m_target.database(), name});
    return commitAlone([&] { return rename(name, kept, context); }, context);
}

Result<void> SideDatabase::handOver(const QString &name, const KeptSchema &given,
                                    TaskContext &context)
{
    const Doorkeeper doorkeeper(besideOf(m_target), {name});
    const QString sql =
        u"BEGIN; ALTER DATABASE %1 RENAME TO %2; COMMENT ON DATABASE %2 IS %3"_s.arg(
            quoteIdentifier(name), quoteIdentifier(given.name),
            literal(QString::fromUtf8(commentOf(given))));
    return commitAlone([&] { return runSql(m_session, sql, context); }, context);
}

/// change: begins it; once more while somebody is connected.
Result<void> SideDatabase::commitAlone(const std::function<Result<void>()> &change,
                                       TaskContext &context)
{
    constexpr int attempts = 3;
    Result<void> renamed;
    for (int attempt = 0; attempt < attempts && !context.stopRequested(); ++attempt) {
        renamed = change();
        if (renamed)
            break;
        LateStop patient(context);
        if (auto back = runSql(m_session, u"ROLLBACK"_s, patient.context()); !back)
            return renamed;
        if (renamed.error().sqlState != "55006"_L1) // somebody is connected
            return renamed;
    }
    if (!renamed)
        return renamed;
    if (context.stopRequested()) {
        LateStop patient(context); // whoever drops it next must not do so within
        (void)runSql(m_session, u"ROLLBACK"_s, patient.context());
        return failure(TaskContext::cancelled(m_target.display(), u"nothing changed"_s));
    }
    // From here on a stop comes too late: the answer to a commit must be heard, not interrupted.
    LateStop unstoppable(context);
    m_mayBeSwapped = true;
    return runSql(m_session, u"COMMIT"_s, unstoppable.context())
        .transform_error(LateStop::unanswered);
}

Result<void> SideDatabase::drop(const QString &name, TaskContext &context)
{
    if (context.stopRequested())
        return failure(TaskContext::cancelled(m_target.display(), u"nothing changed"_s));
    const Doorkeeper doorkeeper(besideOf(m_target), {name});
    constexpr int attempts = 3;
    LateStop late(context, dropGrace);
    Result<void> dropped;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        dropped =
            runSql(m_session, u"DROP DATABASE IF EXISTS "_s + quoteIdentifier(name), late.context())
                .transform_error(LateStop::unanswered);
        if (dropped || dropped.error().sqlState != "55006"_L1)
            break;
    }
    return dropped;
}

Result<void> SideDatabase::hear()
{
    std::stop_source now;
    now.request_stop();
    LateStop brief(TaskContext(now.get_token()), hearPatience);
    return runSql(m_session, u"SELECT"_s, brief.context());
}

Result<void> SideDatabase::dropUnused(const QString &name, TaskContext &context)
{
    if (context.stopRequested())
        return failure(TaskContext::cancelled(m_target.display(), u"nothing changed"_s));
    TaskContext unstoppable;
    return runSql(m_session, u"DROP DATABASE "_s + quoteIdentifier(name), unstoppable)
        .transform_error(LateStop::unanswered);
}

Result<QList<KeptSchema>> keptDatabases(postgres::Session &session, const QString &original,
                                        TaskContext &context)
{
    const auto rows =
        session.query("SELECT datname, pg_catalog.shobj_description(oid, 'pg_database'),"
                      " CASE WHEN pg_catalog.has_database_privilege(oid, 'CONNECT')"
                      " THEN pg_catalog.pg_database_size(oid) ELSE 0 END, datconnlimit = -2"
                      " FROM pg_catalog.pg_database"
                      " WHERE pg_catalog.shobj_description(oid, 'pg_database') LIKE '{%\"mayday\"%'"
                      " OR pg_catalog.shobj_description(oid, 'pg_database') IS NULL"
                      " AND datname ~ '_restoring_[0-9]{8}_[0-9]{6}$'",
                      context);
    if (!rows)
        return failure(rows.error());
    QList<KeptSchema> all;
    for (int i = 0; i < rows->rowCount(); ++i) {
        auto kept = rows->isNull(i, 1) ? begun(rows->text(i, 0), original)
                                       : keptFromComment(rows->text(i, 0), rows->value(i, 1));
        if (!kept || kept->original != original)
            continue;
        kept->isDatabase = true;
        kept->bytes = rows->integer(i, 2);
        kept->isBroken = rows->isTrue(i, 3);
        all.append(*std::move(kept));
    }
    std::ranges::sort(all, std::greater{}, &KeptSchema::at);
    return all;
}

Result<void> waitBeside(const postgres::ConnectionString &target, TaskContext &context)
{
    const auto side = SideDatabase::open(target, SideDatabase::Patience::Some, context);
    return side || side.error().sqlState != "55P03"_L1 ? Result<void>() : failure(side.error());
}

Result<QList<KeptSchema>> allKept(postgres::Session &session, TaskContext &context)
{
    const auto schemas = keptSchemas(session, context);
    if (!schemas)
        return schemas;
    const auto databases = keptDatabases(session, session.facts().database, context);
    if (!databases)
        return databases;
    QList<KeptSchema> all = *schemas + *databases;
    std::ranges::stable_sort(all, std::greater{}, &KeptSchema::at);
    return all;
}

} // namespace mayday::restore
