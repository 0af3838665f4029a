// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/inplace.h"

#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/dependents.h"
#include "restore/schemaswap.h"
#include "restore/sqlwords.h"

#include <QElapsedTimer>

#include <algorithm>
#include <array>
#include <ranges>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using std::chrono::milliseconds;

/// Who comes while we ask for a lock waits as long. The long ones reach beyond the second after
/// which the server ends a VACUUM of its own that stands in the way.
constexpr std::array lockTries{milliseconds(100), milliseconds(300), milliseconds(1500)};
constexpr milliseconds betweenTries{200};
constexpr milliseconds lockPatience{30000};

constexpr qsizetype mostNamed = 5;

/// "a, b, c and 4 more".
QString firstOf(const QStringList &all)
{
    const QString named = all.first(std::min(mostNamed, all.size())).join(u", "_s);
    return all.size() <= mostNamed ? named
                                   : u"%1 and %2 more"_s.arg(named).arg(all.size() - mostNamed);
}

bool isPublication(const QString &dependent)
{
    return dependent.startsWith("Publication "_L1);
}

Error refusedInPlace(const postgres::Session &session, ErrorKind kind, const QString &detail)
{
    return {.kind = kind,
            .subject = session.subject(),
            .detail = u"in place, everything in the schema has to go first, and "_s + detail,
            .advice =
                kind == ErrorKind::Denied ? std::optional(Advice::AskForRights) : std::nullopt,
            .sqlState = kind == ErrorKind::Denied ? u"42501"_s : QString()};
}

/// Nothing could be loaded there.
Result<void> checkMayMake(postgres::Session &session, const QStringList &schemas,
                          TaskContext &context)
{
    for (const QString &schema : schemas) {
        const QByteArray name = schema.toUtf8();
        const auto may = session.query(
            "SELECT CASE WHEN n.oid IS NULL THEN pg_catalog.has_database_privilege("
            "pg_catalog.current_database(), 'CREATE')"
            " ELSE pg_catalog.has_schema_privilege(n.oid, 'CREATE')"
            "  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') END, n.oid IS NULL"
            " FROM (SELECT) one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $1",
            {&name, 1}, context);
        if (!may)
            return failure(may.error());
        if (!may->isTrue(0, 0))
            return failure(
                {.kind = ErrorKind::Denied,
                 .subject = u"schema "_s + schema,
                 .detail = (may->isTrue(0, 1) ? u"it is not there, and %1 may not make it"_s
                                              : u"%1 may not make anything in it"_s)
                               .arg(session.facts().user),
                 .advice = Advice::AskForRights,
                 .sqlState = u"42501"_s});
    }
    return {};
}

} // namespace

Result<InPlaceFacts> checkInPlace(postgres::Session &session, const QStringList &schemas,
                                  TaskContext &context)
{
    if (auto able = checkMayMake(session, schemas, context); !able)
        return failure(able.error());
    const auto things = thingsIn(session, schemas, context);
    if (!things)
        return failure(things.error());
    if (const QString others = whatIsOfOthers(*things); !others.isEmpty())
        return failure(refusedInPlace(
            session, ErrorKind::Denied,
            u"%1 may not drop what is not its own: %2"_s.arg(session.facts().user, others)));
    auto outside = outsideDependents(session, schemas, context);
    if (!outside)
        return failure(outside.error());
    InPlaceFacts facts{.things = things->size(),
                       .tables = std::ranges::count_if(*things, &SchemaThing::isTable)};
    std::ranges::copy_if(*outside, std::back_inserter(facts.published), isPublication);
    outside->removeIf(isPublication);
    if (!outside->isEmpty())
        return failure(refusedInPlace(
            session, ErrorKind::Refused,
            u"%1 outside of it would go too: %2"_s.arg(
                outside->size() == 1 ? u"1 thing"_s : u"%1 things"_s.arg(outside->size()),
                firstOf(*outside))));
    const auto lost = inNoDumpOf(session, schemas, context);
    if (!lost)
        return failure(lost.error());
    if (!lost->isEmpty())
        return failure(
            refusedInPlace(session, ErrorKind::Refused,
                           u"what goes with it would be in no safety copy: "_s + firstOf(*lost)));
    const auto referenced = referencedOutside(session, schemas, context);
    if (!referenced)
        return failure(referenced.error());
    facts.lockedOutside = referenced->values();
    return facts;
}

QStringList InPlace::tables() const
{
    QStringList names;
    for (const SchemaThing &thing : m_things) {
        if (thing.isTable())
            names.append(thing.name);
    }
    return names;
}

Result<void> InPlace::findExisting(TaskContext &context)
{
    m_existing.clear();
    for (const QString &schema : std::as_const(m_schemas)) {
        const auto exists = postgres::schemaExists(m_session, schema, context);
        if (!exists)
            return failure(exists.error());
        if (*exists)
            m_existing.append(schema);
    }
    return {};
}

Result<void> InPlace::holdWriters(TaskContext &context)
{
    QStringList held;
    for (;;) {
        auto things = thingsIn(m_session, m_schemas, context);
        if (!things)
            return failure(things.error());
        m_things = *std::move(things);
        const QStringList wanted = tables();
        if (wanted == held)
            return findExisting(context);
        const QString lock =
            u"LOCK TABLE ONLY %1 IN EXCLUSIVE MODE"_s.arg(wanted.join(u", ONLY "_s));
        if (auto locked = patiently({lock.toUtf8()}, false, context); !locked)
            return locked;
        held = wanted; // somebody may have made another one before
    }
}

/// All of them, or none with their locks.
Result<void> InPlace::patiently(const std::vector<QByteArray> &statements, bool mayEndOthers,
                                TaskContext &context)
{
    QElapsedTimer waited;
    waited.start();
    for (size_t tries = 0;; ++tries) {
        const milliseconds hold = lockTries[tries % lockTries.size()];
        std::vector<QByteArray> all{"SAVEPOINT mayday_room",
                                    "SET LOCAL lock_timeout = " +
                                        QByteArray::number(qint64(hold.count()))};
        std::ranges::copy(statements, std::back_inserter(all));
        all.emplace_back("SET LOCAL lock_timeout = '5s'");
        all.emplace_back("RELEASE SAVEPOINT mayday_room");
        const auto done = m_session.executeBatch(all, context);
        if (done)
            return {};
        // A lock that is not to be had, and one that would have been a deadlock.
        const QString &state = done.error().sqlState;
        if (state != "55P03"_L1 && state != "40P01"_L1)
            return done;
        const auto back = m_session.execute(
            "ROLLBACK TO SAVEPOINT mayday_room; RELEASE SAVEPOINT mayday_room", context);
        if (!back)
            return failure(back.error());
        if (waited.durationElapsed() > lockPatience)
            return failure(inTheWay(context));
        if (mayEndOthers) {
            if (auto ended = endThoseThatWaitForUs(context); !ended)
                return ended;
        }
        context.pause(betweenTries);
        if (context.stopRequested())
            return failure(TaskContext::cancelled(m_session.subject(), u"nothing changed"_s));
    }
}

/// Who has read and now wants to write has what we wait for, and waits for us: neither would ever
/// get on. Our wait is the longer story, so their statement ends, with an error that says so.
Result<void> InPlace::endThoseThatWaitForUs(TaskContext &context)
{
    const std::array<QByteArray, 2> questions{
        postgres::lookAnew.toByteArray(),
        "SELECT pg_catalog.count(pg_catalog.pg_cancel_backend(s.pid))"
        " FROM pg_catalog.pg_stat_activity s WHERE s.pid IN (SELECT w.pid"
        "  FROM pg_catalog.pg_locks w JOIN pg_catalog.pg_locks h ON h.pid = w.pid AND h.granted"
        "   AND h.locktype = 'relation' JOIN pg_catalog.pg_class c ON c.oid = h.relation"
        "   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN (" +
            quotedList(m_schemas) +
            ")"
            "  WHERE NOT w.granted AND w.locktype = 'relation' AND w.database = h.database"
            "  AND pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(w.pid)))"
            " AND s.datname = pg_catalog.current_database()"
            " AND s.pid <> pg_catalog.pg_backend_pid()"
            // Whoever may not end it would be told so by an error, and the transaction were lost.
            " AND (pg_catalog.pg_has_role(s.usesysid, 'USAGE')"
            "  OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))"
            " AND ((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"
            "  OR NOT (SELECT rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = s.usesysid))"};
    const auto ended = m_session.queryBatch(questions, context);
    if (!ended)
        return failure(ended.error());
    m_ended += ended->back().integer(0, 0);
    return {};
}

Error InPlace::inTheWay(TaskContext &context)
{
    const std::array<QByteArray, 2> questions{
        postgres::lookAnew.toByteArray(),
        "SELECT DISTINCT s.pid, s.usename, s.application_name FROM pg_catalog.pg_locks l"
        " JOIN pg_catalog.pg_class c ON c.oid = l.relation"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN (" +
            quotedList(m_schemas) +
            ") JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid"
            " WHERE l.granted AND l.pid <> pg_catalog.pg_backend_pid() ORDER BY 1"};
    const auto answers = m_session.queryBatch(questions, context);
    QStringList who;
    for (int i = 0; answers && i < answers->back().rowCount(); ++i) {
        const postgres::Rows &holders = answers->back();
        who.append(u"process %1 (%2 as %3)"_s.arg(holders.text(i, 0), holders.text(i, 2),
                                                  holders.text(i, 1)));
    }
    return {.kind = ErrorKind::Refused,
            .subject = m_session.subject(),
            .detail = u"its tables could not be had within half a minute; %1"_s.arg(
                who.isEmpty() ? u"somebody kept using them"_s : u"in the way: "_s + firstOf(who)),
            .advice = Advice::CloseOtherSessions,
            .sqlState = u"55P03"_s};
}

/// The tables could not be written, but whoever may can make another thing at any time.
Result<void> InPlace::checkUnchanged(TaskContext &context)
{
    auto now = thingsIn(m_session, m_schemas, context);
    if (!now)
        return failure(now.error());
    QHash<SchemaThing::Id, SchemaThing> before;
    for (const SchemaThing &thing : std::as_const(m_things))
        before.insert(thing.id, thing);
    for (const SchemaThing &thing : std::as_const(*now)) {
        const auto known = before.constFind(thing.id);
        if (known == before.constEnd() || known->version != thing.version)
            return failure({.kind = ErrorKind::Refused,
                            .subject = thing.kind + u' ' + thing.name,
                            .detail = u"somebody %1 it while the safety copy was made"_s.arg(
                                known == before.constEnd() ? u"made"_s : u"changed"_s),
                            .advice = Advice::TryAgain});
    }
    m_things = *std::move(now);
    return {};
}

Result<void> InPlace::rememberSequences(TaskContext &context)
{
    const auto rows =
        m_session.query("SELECT schemaname, sequencename, last_value, increment_by < 0"
                        " FROM pg_catalog.pg_sequences WHERE last_value IS NOT NULL AND NOT cycle"
                        " AND schemaname IN (" +
                            quotedList(m_schemas) + ')',
                        context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i)
        m_sequences.append({.schema = rows->text(i, 0),
                            .name = rows->text(i, 1),
                            .value = rows->value(i, 2).toByteArray(),
                            .descends = rows->isTrue(i, 3)});
    return {};
}

Result<void> InPlace::empty(TaskContext &context)
{
    if (auto same = checkUnchanged(context); !same)
        return same;
    const auto facts = checkInPlace(m_session, m_schemas, context);
    if (!facts)
        return failure(facts.error());
    const auto outside = thingsOutside(m_session, m_schemas, context);
    if (!outside)
        return failure(outside.error());
    const auto mayBeLocked = referencedOutside(m_session, m_schemas, context);
    if (!mayBeLocked)
        return failure(mayBeLocked.error());
    if (auto remembered = rememberSequences(context); !remembered)
        return remembered;
    std::vector<QByteArray> statements;
    if (const QStringList names = tables(); !names.isEmpty())
        statements.push_back("LOCK TABLE ONLY " + names.join(u", ONLY "_s).toUtf8() +
                             " IN ACCESS EXCLUSIVE MODE");
    for (const SchemaThing &thing : std::as_const(m_things))
        statements.push_back(thing.dropSql());
    if (auto dropped = patiently(statements, true, context); !dropped)
        return dropped;
    if (auto untouched = checkOutside(*outside, *mayBeLocked, context); !untouched)
        return untouched;
    if (m_ended > 0)
        m_notes.append(
            u"others had read these tables and waited to write to them; so many of their "
            "statements were ended, because neither side would have got on: %1"_s.arg(m_ended));
    for (const QString &publication : facts->published)
        m_differences.append(publication + u" may have lost tables of these schemas: look, and add "
                                           "them again"_s);
    for (const QString &schema : std::as_const(m_schemas)) {
        if (m_existing.contains(schema))
            continue;
        if (auto made = makeEmptySchema(m_session, schema, context); !made)
            return made;
    }
    return takeBackDefaults(context);
}

/// The server says what it has taken along: all of it is locked by us until the transaction ends.
Result<void> InPlace::checkOutside(const QHash<SchemaThing::Id, QString> &before,
                                   const QMap<qint64, QString> &mayBeLocked, TaskContext &context)
{
    const auto locked = m_session.query(
        "SELECT CASE locktype WHEN 'relation' THEN 'pg_class'::regclass::oid ELSE classid END,"
        " CASE locktype WHEN 'relation' THEN relation ELSE objid END FROM pg_catalog.pg_locks"
        " WHERE pid = pg_catalog.pg_backend_pid() AND granted AND mode = 'AccessExclusiveLock'"
        " AND locktype IN ('relation', 'object') AND database = (SELECT oid FROM"
        " pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
        context);
    if (!locked)
        return failure(locked.error());
    for (int i = 0; i < locked->rowCount(); ++i) {
        const auto thing = before.constFind({locked->integer(i, 0), locked->integer(i, 1)});
        if (thing == before.constEnd() || mayBeLocked.contains(locked->integer(i, 1)))
            continue;
        return failure({.kind = ErrorKind::Refused,
                        .subject = *thing,
                        .detail = u"it depends on what has to go first, and would have gone too"_s,
                        .advice = Advice::TryAgain});
    }
    return {};
}

/// What new things get by default in the schemas (ALTER DEFAULT PRIVILEGES IN SCHEMA): the dump
/// writes rights as if there were none of these, and its own behind them. With the comment it is
/// all that a schema keeps when it is emptied.
Result<void> InPlace::takeBackDefaults(TaskContext &context)
{
    const auto rows = m_session.query(
        "SELECT DISTINCT n.nspname, pg_catalog.pg_get_userbyid(d.defaclrole),"
        " CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'"
        " WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' END,"
        " CASE a.grantee WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee) END"
        " FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n"
        " ON n.oid = d.defaclnamespace AND n.nspname IN (" +
            quotedList(m_existing) +
            "), LATERAL pg_catalog.aclexplode(d.defaclacl) a"
            " WHERE pg_catalog.pg_has_role(d.defaclrole, 'USAGE')"
            " AND pg_catalog.has_schema_privilege(d.defaclrole, n.oid, 'CREATE')"
            " AND d.defaclobjtype IN ('r', 'S', 'f', 'T') ORDER BY 1, 2, 3, 4",
        context);
    if (!rows)
        return failure(rows.error());
    std::vector<QByteArray> statements;
    for (int i = 0; i < rows->rowCount(); ++i) {
        const QString grantee = rows->text(i, 3);
        statements.push_back(
            u"ALTER DEFAULT PRIVILEGES FOR ROLE %1 IN SCHEMA %2 REVOKE ALL ON %3 FROM %4"_s
                .arg(postgres::quoteIdentifier(rows->text(i, 1)),
                     postgres::quoteIdentifier(rows->text(i, 0)), rows->text(i, 2),
                     grantee.isEmpty() ? u"PUBLIC"_s : postgres::quoteIdentifier(grantee))
                .toUtf8());
    }
    if (!statements.empty())
        m_notes.append(u"the default privileges in these schemas are those of the backup"_s);
    return m_session.executeBatch(statements, context);
}

Result<void> InPlace::advanceSequences(TaskContext &context)
{
    std::vector<QByteArray> statements;
    for (const Sequence &sequence : std::as_const(m_sequences)) {
        const QByteArray schema = postgres::quoteLiteral(sequence.schema.toUtf8());
        const QByteArray name = postgres::quoteLiteral(sequence.name.toUtf8());
        const QByteArray beyond = sequence.descends ? " > " : " < ";
        statements.push_back(
            "SELECT pg_catalog.setval(c.oid, " + sequence.value +
            ") FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_catalog.pg_sequences s ON s.schemaname = n.nspname"
            " AND s.sequencename = c.relname WHERE n.nspname = " +
            schema + " AND c.relname = " + name +
            " AND c.relkind = 'S' AND NOT s.cycle AND pg_catalog.sign(s.increment_by) = " +
            (sequence.descends ? "-1" : "1") + " AND " + sequence.value +
            " BETWEEN s.min_value AND s.max_value AND (s.last_value IS NULL OR s.last_value" +
            beyond + sequence.value + ") AND pg_catalog.has_sequence_privilege(c.oid, 'UPDATE')");
    }
    QList<qint64> moved;
    if (auto done = m_session.executeBatch(statements, moved, context); !done)
        return done;
    QStringList names;
    for (const auto &[sequence, rows] : std::views::zip(m_sequences, moved)) {
        if (rows > 0)
            names.append(sequence.name);
    }
    if (!names.isEmpty())
        m_notes.append(u"so that no number is given out twice, sequences go on beyond where they "
                       "stood before: "_s +
                       names.join(u", "_s));
    return {};
}

} // namespace mayday::restore
