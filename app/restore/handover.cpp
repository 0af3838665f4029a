// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/handover.h"

#include "core/latestop.h"
#include "postgres/catalog.h"
#include "postgres/quoting.h"

#include <QSet>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using std::chrono::milliseconds;

/// Whoever comes meanwhile waits as long. Below a second, at which the server would look for
/// deadlocks and might end somebody else's statement.
constexpr milliseconds longestHold{100};
/// Older than this, a transaction does not end within a hold.
constexpr milliseconds longTransaction{250};
/// With one transaction that does not end; and with many that do, and leave no gap.
constexpr milliseconds patienceWithOne{5000};
constexpr milliseconds patience{30000};
/// With whoever writes to the table of a trigger that is to follow: that one then stays behind.
constexpr milliseconds patienceForTriggers{5000};

/// Mostly briefly, and often: a try fails mostly because somebody has one table and waits for
/// another that we have, and then neither gets on. Longer now and then, for those who only need
/// their time.
milliseconds holdOf(int attempt)
{
    static constexpr std::array<milliseconds::rep, 8> holds{20, 10, 20, 50, 10, 20, 10, 100};
    return milliseconds(holds[static_cast<size_t>(attempt) % holds.size()]);
}

const QByteArray mark = QByteArrayLiteral("SAVEPOINT mayday_swap");
const QByteArray backToMark = QByteArrayLiteral("ROLLBACK TO SAVEPOINT mayday_swap");

QString inSchema(const QString &schema, const QString &name)
{
    return postgres::quoteIdentifier(schema) + u'.' + postgres::quoteIdentifier(name);
}

/// Moves a new sequence beyond where the old one stands, in its own direction, and by one more for
/// each other session: so many numbers may still be taken from the old one before everybody waits.
QByteArray advanceSql(const QString &was, const QString &becomes)
{
    const QString literal = QString::fromUtf8(postgres::quoteLiteral(becomes.toUtf8()));
    return u"SELECT pg_catalog.setval(s.seqrelid, CASE WHEN s.seqincrement > 0"
           " THEN least(o.last_value::numeric + s.seqincrement * b.others, s.seqmax)"
           " ELSE greatest(o.last_value::numeric + s.seqincrement * b.others, s.seqmin)"
           " END::bigint) FROM %1 o, %2 n, pg_catalog.pg_sequence s,"
           " (SELECT pg_catalog.count(*) AS others FROM pg_catalog.pg_stat_activity WHERE"
           " datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()) b"
           " WHERE s.seqrelid = %3::regclass AND o.is_called"
           " AND o.last_value BETWEEN s.seqmin AND s.seqmax"
           " AND (CASE WHEN s.seqincrement > 0 THEN o.last_value > n.last_value"
           " ELSE o.last_value < n.last_value END"
           " OR (o.last_value = n.last_value AND NOT n.is_called))"_s.arg(was, becomes, literal)
               .toUtf8();
}

/// "process 4711 (psql as app)".
QString inWords(const postgres::Rows &rows, int row)
{
    if (rows.isNull(row, 1))
        return u"a prepared transaction"_s;
    const QString who = rows.text(row, 3).isEmpty()
                            ? rows.text(row, 2)
                            : u"%1 as %2"_s.arg(rows.text(row, 3), rows.text(row, 2));
    return u"process %1 (%2)"_s.arg(rows.text(row, 1), who);
}

/// The server looked at it and said no, and the session goes on.
bool isAnswer(const Error &error)
{
    return !error.sqlState.isEmpty() && error.kind != ErrorKind::Unreachable;
}

postgres::Question sequencesQuestion(const NameChange &change)
{
    return {.sql =
                "SELECT o.relname FROM pg_catalog.pg_class o"
                " JOIN pg_catalog.pg_namespace f ON f.oid = o.relnamespace AND f.nspname = $1"
                " JOIN pg_catalog.pg_namespace t ON t.nspname = $2"
                " JOIN pg_catalog.pg_class n ON n.relnamespace = t.oid AND n.relname = o.relname"
                " JOIN pg_catalog.pg_sequence os ON os.seqrelid = o.oid"
                " JOIN pg_catalog.pg_sequence ns ON ns.seqrelid = n.oid"
                " WHERE pg_catalog.sign(os.seqincrement) = pg_catalog.sign(ns.seqincrement)"
                " AND NOT ns.seqcycle AND pg_catalog.has_sequence_privilege(os.seqrelid, 'SELECT')"
                " AND pg_catalog.has_sequence_privilege(ns.seqrelid, 'SELECT')"
                " AND pg_catalog.has_sequence_privilege(ns.seqrelid, 'UPDATE') ORDER BY 1",
            .parameters = {change.from.toUtf8(), change.to.toUtf8()}};
}

postgres::Question typesQuestion(const NameChange &change)
{
    return {.sql = "SELECT pg_catalog.string_agg(n.typname, ', ' ORDER BY n.typname),"
                   " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity"
                   "   WHERE datname = pg_catalog.current_database()"
                   "   AND pid <> pg_catalog.pg_backend_pid()"
                   "   AND application_name <> 'mayday pulse'"
                   "   AND coalesce(backend_type, 'client backend') = 'client backend')"
                   " FROM pg_catalog.pg_type o JOIN pg_catalog.pg_namespace f"
                   " ON f.oid = o.typnamespace AND f.nspname = $1"
                   " JOIN pg_catalog.pg_namespace t ON t.nspname = $2"
                   " JOIN pg_catalog.pg_type n ON n.typnamespace = t.oid AND n.typname = o.typname"
                   " WHERE n.typtype IN ('e', 'd', 'r')",
            .parameters = {change.from.toUtf8(), change.to.toUtf8()}};
}

} // namespace

Handover::Handover(postgres::Session &session, QList<NameChange> changes)
    : m_session(session), m_changes(std::move(changes))
{
}

QByteArray Handover::oldSchemas() const
{
    QByteArrayList names;
    for (const NameChange &change : m_changes)
        names.append(postgres::quoteLiteral(change.from.toUtf8()));
    return names.join(", ");
}

QStringList Handover::ours() const
{
    QStringList schemas;
    for (const NameChange &change : m_changes)
        schemas += {change.from, change.to};
    return schemas;
}

std::vector<QByteArray> Handover::looking() const
{
    const QByteArray tables = " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                              " ON n.oid = c.relnamespace AND n.nspname IN (" +
                              oldSchemas() + ")";
    return {postgres::lookAnew.toByteArray(),
            "SELECT c.oid, n.nspname, c.relname" + tables +
                " WHERE c.relkind IN ('r', 'p')"
                " AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') ORDER BY 1",
            "SELECT c.oid, l.pid, s.usename, s.application_name,"
            " pg_catalog.bool_and(l.mode = 'ShareUpdateExclusiveLock'), l.virtualtransaction,"
            " coalesce(1000 * extract(epoch FROM pg_catalog.clock_timestamp() - s.xact_start),"
            " 0)::bigint" +
                tables +
                " JOIN pg_catalog.pg_locks l ON l.relation = c.oid AND l.locktype = 'relation'"
                " AND l.granted AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()"
                " AND l.database = (SELECT oid FROM pg_catalog.pg_database"
                " WHERE datname = pg_catalog.current_database())"
                " LEFT JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid"
                " WHERE c.relkind IN ('r', 'p') GROUP BY 1, 2, 3, 4, 6, 7 ORDER BY 2"};
}

/// All that is asked before the first try, and the mark that tries go back to.
Result<void> Handover::askAhead(TaskContext &context)
{
    std::vector<postgres::Question> questions;
    for (const NameChange &change : m_changes) {
        questions.push_back(sequencesQuestion(change));
        std::ranges::move(outsideTriggersQuestions(m_session, change.from, change.to, ours()),
                          std::back_inserter(questions));
        questions.push_back(typesQuestion(change));
    }
    questions.push_back({.sql = mark});
    if (!m_changes.isEmpty()) {
        for (const QByteArray &sql : looking())
            questions.push_back({.sql = sql});
    }
    return m_session.askAhead(questions, context);
}

Result<void> Handover::commit(TaskContext &context)
{
    if (auto asked = askAhead(context); !asked)
        return asked;
    if (auto found = findSequences(context); !found)
        return found;
    if (auto found = findTriggers(context); !found)
        return found;
    if (auto noted = noteTypes(context); !noted)
        return noted;
    const auto locked = lockAndCommit(context);
    if (!locked)
        return failure(locked.error());
    if (*locked)
        return {};
    // Better now and said than never: what was loaded is proven.
    if (auto done = attempt({}, longestHold, context); !done || *done)
        return done.transform([](bool) {});
    m_triggers.clear();
    m_sequences.clear();
    m_differences.append(u"the sequences stand where the dump says, and may give out numbers that "
                         "were given out since"_s);
    return attempt({}, longestHold, context).and_then([this](bool done) -> Result<void> {
        if (done)
            return {};
        return failure({.kind = ErrorKind::Refused,
                        .subject = m_session.subject(),
                        .detail = u"the server did not take the commit"_s});
    });
}

/// False when somebody did not let go, who is then among the differences.
Result<bool> Handover::lockAndCommit(TaskContext &context)
{
    m_waited.start();
    for (int tries = 0;;) {
        const auto standing = look(context);
        if (!standing)
            return failure(standing.error());
        const auto waited = m_waited.durationElapsed();
        const bool isLastTry =
            waited > patience || (waited > patienceWithOne && standing->age > patienceWithOne);
        const bool isHeldForLong = standing->age > longTransaction;
        const milliseconds hold = holdOf(tries);
        if (!isHeldForLong || isLastTry) {
            if (tries > 0 && !m_triggers.isEmpty()) {
                if (auto found = findTriggers(context); !found)
                    return failure(found.error());
            }
            ++tries;
            const auto done = attempt(*standing, hold, context);
            if (!done)
                return done;
            if (isLastTry && (isHeldForLong || !*done)) {
                for (const QString &session : standing->inTheWay)
                    m_differences.append(
                        u"%1 was still using the old tables at the swap: what it goes on to read "
                        "or to write there is not live"_s.arg(session));
            }
            if (*done || isLastTry)
                return *done;
        }
        context.pause(hold);
        if (context.stopRequested())
            return failure(TaskContext::cancelled(m_session.subject(), u"nothing changed"_s));
    }
}

/// The pairs that we may read and set.
Result<void> Handover::findSequences(TaskContext &context)
{
    for (const NameChange &change : m_changes) {
        const auto rows = m_session.query(sequencesQuestion(change), context);
        if (!rows)
            return failure(rows.error());
        for (int i = 0; i < rows->rowCount(); ++i) {
            const QString name = rows->text(i, 0);
            m_sequences.append(
                {.name = name,
                 .advance = advanceSql(inSchema(change.from, name), inSchema(change.to, name))});
        }
    }
    return {};
}

/// Those that we may make call the new functions, as they are now.
Result<void> Handover::findTriggers(TaskContext &context)
{
    m_triggers.clear();
    for (const NameChange &change : m_changes) {
        auto triggers = outsideTriggers(m_session, change.from, change.to, ours(), context);
        if (!triggers)
            return failure(triggers.error());
        m_triggers += *std::move(triggers);
    }
    m_triggers.removeIf(
        [this](const OutsideTrigger &trigger) { return m_leftBehind.contains(trigger.dependent); });
    return {};
}

/// A trigger could not be made anew: at once, when it is no matter of waiting.
void Handover::leaveBehind(const OutsideTrigger &trigger, const Error &why)
{
    const bool isLocked = why.sqlState == "55P03"_L1 || why.sqlState == "40P01"_L1;
    if (!isLocked || m_waited.durationElapsed() > patienceForTriggers)
        m_leftBehind.append(trigger.dependent);
}

/// A type that came with the dump is another one of the same name: the server refuses what a
/// session has prepared with the old one, until the session prepares it again.
Result<void> Handover::noteTypes(TaskContext &context)
{
    for (const NameChange &change : m_changes) {
        const auto rows = m_session.query(typesQuestion(change), context);
        if (!rows)
            return failure(rows.error());
        if (!rows->isNull(0, 0) && rows->integer(0, 1) > 0)
            m_notes.append(u"sessions that are connected since before (%1) have to prepare their "
                           "statements with these types of schema %2 again, or to connect again: "
                           "%3"_s.arg(rows->text(0, 1), change.to, rows->text(0, 0)));
    }
    return {};
}

/// VACUUM and ANALYZE are not waited for: nobody's statement is torn by what they do, and their
/// tables stay unlocked.
Result<Handover::Standing> Handover::look(TaskContext &context)
{
    if (m_changes.isEmpty())
        return Standing();
    const auto answers = m_session.queryBatch(looking(), context);
    if (!answers)
        return failure(answers.error());
    const postgres::Rows &all = (*answers)[1];
    const postgres::Rows &holders = answers->back();
    Standing standing;
    QSet<qint64> held;
    QSet<qint64> used;
    const auto now = std::chrono::ceil<milliseconds>(m_waited.durationElapsed());
    for (int i = 0; i < holders.rowCount(); ++i) {
        const bool isUpkeep = holders.isTrue(i, 4);
        // Since when it runs is not for every role to see; that it is the same one as before is.
        const QString transaction = holders.text(i, 5);
        if (!m_seen.contains(transaction))
            m_seen.insert(transaction, now);
        const milliseconds age =
            std::max(milliseconds(holders.integer(i, 6)), now - m_seen.value(transaction));
        (isUpkeep || age > longTransaction ? held : used).insert(holders.integer(i, 0));
        if (isUpkeep)
            continue;
        standing.age = std::max(standing.age, age);
        if (const QString who = inWords(holders, i); !standing.inTheWay.contains(who))
            standing.inTheWay.append(who);
    }
    for (int i = 0; i < all.rowCount(); ++i) {
        const qint64 id = all.integer(i, 0);
        if (!held.contains(id))
            (used.contains(id) ? standing.used : standing.idle)
                .append(inSchema(all.text(i, 1), all.text(i, 2)));
    }
    return standing;
}

/// Those in use one by one, so that it is seen which one could not be had. A transaction goes from
/// a parent to its child or the other way; who locks in another order than everybody else stands in
/// their way and never comes through.
QStringList Handover::locksOf(const Standing &tables) const
{
    QStringList inOrder = tables.used;
    std::ranges::stable_sort(inOrder, std::ranges::less(), [this](const QString &table) {
        const qsizetype place = m_first.indexOf(table);
        return place < 0 ? m_first.size() : place;
    });
    if (!tables.idle.isEmpty())
        inOrder.append(tables.idle.join(u", ONLY "_s));
    return inOrder;
}

/// True when it was committed, false when a lock could not be had. One message, so that others
/// wait for the server alone and not for the way to it.
Result<bool> Handover::attempt(const Standing &tables, milliseconds hold, TaskContext &context)
{
    const QStringList locks = locksOf(tables);
    std::vector<QByteArray> statements{"SET LOCAL lock_timeout = " +
                                       QByteArray::number(qint64(hold.count()))};
    // A sign-up has its own table first and ours behind it; in this order it goes through or waits.
    for (const OutsideTrigger &trigger : std::as_const(m_triggers))
        statements.push_back(trigger.sql);
    const qsizetype firstLock = std::ssize(statements);
    for (const QString &lock : locks)
        statements.push_back("LOCK TABLE ONLY " + lock.toUtf8() + " IN ACCESS EXCLUSIVE MODE");
    statements.push_back(postgres::lookAnew.toByteArray());
    const qsizetype first = std::ssize(statements);
    for (const Sequence &sequence : std::as_const(m_sequences))
        statements.push_back(sequence.advance);
    statements.emplace_back("COMMIT");
    // From here on a stop comes too late: the answer to a commit must be heard, not interrupted.
    LateStop unstoppable(context);
    QList<qint64> rows;
    const auto done = m_session.executeBatch(statements, rows, unstoppable.context());
    if (done) {
        noteSequences(std::span(rows).subspan(first, m_sequences.size()));
        noteTriggers();
        return true;
    }
    m_mayHaveHappened = !isAnswer(done.error());
    if (m_mayHaveHappened || !m_session.inTransaction())
        return failure(LateStop::unanswered(done.error()));
    if (const qsizetype trigger = rows.size() - 1; trigger >= 0 && trigger < m_triggers.size())
        leaveBehind(m_triggers[trigger], done.error());
    if (const qsizetype culprit = rows.size() - firstLock;
        culprit >= 0 && culprit < tables.used.size()) {
        m_first.removeOne(locks[culprit]);
        m_first.prepend(locks[culprit]);
    }
    return m_session.execute(backToMark, unstoppable.context()).transform([](qint64) {
        return false;
    });
}

void Handover::noteTriggers()
{
    for (const OutsideTrigger &trigger : std::as_const(m_triggers)) {
        m_followed.append(trigger.dependent);
        m_notes.append(trigger.dependent + u" calls the function that is live now"_s);
    }
}

void Handover::noteSequences(std::span<const qint64> moved)
{
    QStringList names;
    for (qsizetype i = 0; i < m_sequences.size(); ++i) {
        if (moved[i] > 0)
            names.append(m_sequences[i].name);
    }
    if (!names.isEmpty())
        m_notes.append(u"so that no number is given out twice, sequences go on beyond where they "
                       "stood before: "_s +
                       names.join(u", "_s));
}

} // namespace mayday::restore
