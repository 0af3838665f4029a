// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/tablesback.h"

#include "dump/sqltokens.h"
#include "postgres/quoting.h"
#include "restore/runsql.h"
#include "restore/sqlwords.h"
#include "restore/thingnames.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

using dump::DumpStatement;
using dump::StatementClass;
using Use = TableScope::Use;

constexpr auto rowsWithoutPartner = "23503"_L1;
constexpr auto lockNotGiven = "55P03"_L1;
constexpr auto isNotThere = "42704"_L1;
constexpr auto hasNoRelation = "42P01"_L1;

/// "foreign key k on public.a"
QString inWords(const DumpStatement &key)
{
    const QString thing = thingMadeBy(key); // "constraint k on public.a"
    return u"foreign key"_s + thing.mid(thing.indexOf(u' '));
}

/// "('public', 'a'), ('public', 'b')"
QByteArray listOf(const QList<TableName> &relations)
{
    QByteArrayList names;
    for (const TableName &relation : relations)
        names.append('(' + postgres::quoteLiteral(relation.first.toUtf8()) + ", " +
                     postgres::quoteLiteral(relation.second.toUtf8()) + ')');
    return names.join(", ");
}

/// How many things are made of these relations, of their columns or of their rows as a type, and of
/// these routines.
QByteArray usesOf(const QList<TableName> &relations, const QByteArrayList &routines)
{
    return "WITH c AS (SELECT r.oid, r.reltype FROM pg_catalog.pg_class r"
           " JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE (n.nspname, r.relname)"
           " IN (" +
           listOf(relations) +
           ")) SELECT pg_catalog.count(*) FROM pg_catalog.pg_depend d WHERE (d.refclassid ="
           " 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid IN (SELECT oid FROM c))"
           " OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (SELECT"
           " reltype FROM c UNION ALL SELECT t.typarray FROM pg_catalog.pg_type t WHERE t.oid IN"
           " (SELECT reltype FROM c)))"
           " OR (d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refobjid = ANY "
           "('{" +
           routines.join(',') + "}'::pg_catalog.oid[]))";
}

/// How many routines of that name there are, whatever their arguments, and the newest.
QByteArray routinesNamed(const DumpStatement &routine)
{
    return "SELECT pg_catalog.count(*), pg_catalog.max(p.oid),"
           " pg_catalog.max(p.oid)::pg_catalog.regprocedure FROM pg_catalog.pg_proc p"
           " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = " +
           postgres::quoteLiteral(routine.objectSchema.toUtf8()) +
           " AND p.proname = " + postgres::quoteLiteral(routine.objectName.toUtf8());
}

} // namespace

Result<void> TablesBack::statement(const DumpStatement &statement)
{
    const auto parts = m_scope.take(statement);
    if (!parts)
        return m_load.finish().and_then([&] { return Result<void>(failure(parts.error())); });
    for (const TableScope::Part &part : *parts) {
        if (auto done = carryOut(part); !done)
            return done;
    }
    return {};
}

Result<void> TablesBack::carryOut(const TableScope::Part &part)
{
    switch (part.use) {
    case Use::Now: return m_load.statement(part.statement);
    case Use::Spare: return runSpare(part.statement);
    case Use::Try: return tryOut(part.statement);
    case Use::Last: break;
    }
    return m_load.admit(part.statement)
        .transform([&](const std::optional<StatementDecision> &decision) {
            if (decision)
                m_ties.append({.statement = part.statement,
                               .sql = decision->instead.value_or(part.statement.sql)});
        });
}

/// One statement that may fail and leave everything before it as it is: then with why.
Result<std::optional<Error>> TablesBack::attempt(const QByteArray &sql)
{
    if (auto begun = m_session.execute("SAVEPOINT mayday_spare", m_context); !begun)
        return failure(begun.error());
    // By a message that can hold one statement only, whatever is in it.
    const auto done = m_session.query(sql, m_context);
    // No answer of the server, or one that says nothing about the statement.
    if (!done && (done.error().sqlState.isEmpty() || !m_session.isOpen() ||
                  done.error().kind == ErrorKind::NoSpace))
        return failure(done.error());
    const QString end =
        done ? u"RELEASE SAVEPOINT mayday_spare"_s
             : u"ROLLBACK TO SAVEPOINT mayday_spare; RELEASE SAVEPOINT mayday_spare"_s;
    return runSql(m_session, end, m_context).transform([&] {
        return done ? std::nullopt : std::optional(done.error());
    });
}

Result<void> TablesBack::runSpare(const DumpStatement &statement)
{
    const auto decision = m_load.finish().and_then([&] { return m_load.admit(statement); });
    if (!decision)
        return failure(decision.error());
    if (!*decision)
        return {};
    return attempt((*decision)->instead.value_or(statement.sql))
        .transform([&](const std::optional<Error> &refused) {
            if (refused)
                noteRefused(statement, *refused);
        });
}

void TablesBack::noteRefused(const DumpStatement &statement, const Error &why)
{
    const QString thing = thingMadeBy(statement);
    const dump::QualifiedName relation = dump::relationOf(statement);
    // It was the sequence of another table that is missing.
    if (statement.kind == StatementClass::SequenceSet && why.sqlState == hasNoRelation)
        return;
    // What is said of a trigger that is not made is not worth another word.
    if (thing.isEmpty() && why.sqlState == isNotThere && m_incomplete.contains(relation))
        return;
    m_incomplete.append(relation);
    m_differences.append(u"%1 is not made: %2"_s.arg(
        thing.isEmpty() ? QString::fromUtf8(statement.sql) : thing, why.detail));
}

Result<qint64> TablesBack::uses()
{
    return m_session.query(usesOf(m_scope.tables() + m_kept, m_routines), m_context)
        .transform([](const postgres::Rows &rows) { return rows.integer(0, 0); });
}

/// What is made of a view that came later than it did is tried again: pg_dump writes a view with
/// GROUP BY on a primary key twice, first without its columns' sources.
Result<void> TablesBack::tryOut(const DumpStatement &statement)
{
    Try now{.statement = statement};
    const auto isOne = isKept(now);
    if (!isOne)
        return failure(isOne.error());
    if (!*isOne) {
        m_inVain.append(now);
        return {};
    }
    for (const Try &earlier : std::exchange(m_inVain, {})) {
        if (auto again = tryOut(earlier.statement); !again)
            return again;
    }
    return {};
}

/// What went with the tables is made of them; what is missing for any other reason is not. Nothing
/// that is there is replaced: what looks missing may be there in other words.
Result<bool> TablesBack::isKept(Try &what)
{
    const DumpStatement &statement = what.statement;
    const bool isRoutine = statement.kind == StatementClass::Function;
    const auto decision = m_load.finish().and_then([&] { return m_load.admit(statement); });
    if (!decision)
        return failure(decision.error());
    if (!*decision)
        return false;
    const std::vector<QByteArray> looks{usesOf(m_scope.tables() + m_kept, m_routines),
                                        routinesNamed(statement)};
    const auto before = m_session.queryBatch(looks, m_context);
    if (!before)
        return failure(before.error());
    if (auto begun = m_session.execute("SAVEPOINT mayday_try", m_context); !begun)
        return failure(begun.error());
    const auto refused = attempt((*decision)->instead.value_or(statement.sql));
    if (!refused)
        return failure(refused.error());
    what.why = *refused ? (*refused)->detail : QString();
    bool isOne = !*refused;
    if (isOne) {
        const auto after = m_session.queryBatch(looks, m_context);
        if (!after)
            return failure(after.error());
        isOne = after->front().integer(0, 0) > before->front().integer(0, 0) &&
                (!isRoutine || after->back().integer(0, 0) > before->back().integer(0, 0));
    }
    const QString end = isOne ? u"RELEASE SAVEPOINT mayday_try"_s
                              : u"ROLLBACK TO SAVEPOINT mayday_try; RELEASE SAVEPOINT mayday_try"_s;
    if (auto ended = runSql(m_session, end, m_context); !ended)
        return failure(ended.error());
    if (!isOne)
        return false;
    if (auto noted = noteKept(statement); !noted)
        return failure(noted.error());
    for (const TableScope::Part &part : m_scope.keep(statement)) {
        if (auto done = carryOut(part); !done)
            return failure(done.error());
    }
    return true;
}

Result<void> TablesBack::noteKept(const DumpStatement &tried)
{
    const QString name = postgres::quoteIdentifier(tried.objectSchema) + u'.' +
                         postgres::quoteIdentifier(tried.objectName);
    if (tried.kind == StatementClass::View) {
        m_kept.append({tried.objectSchema, tried.objectName});
        const bool isMaterialized = leadingWords(tried.sql, 4).contains("materialized"_L1);
        m_untying.prepend((isMaterialized ? u"DROP MATERIALIZED VIEW "_s : u"DROP VIEW "_s) + name);
        return {};
    }
    return m_session.query(routinesNamed(tried), m_context)
        .transform([&](const postgres::Rows &rows) {
            m_routines.append(rows.text(0, 1).toLatin1());
            m_untying.prepend(u"DROP ROUTINE "_s + rows.text(0, 2));
        });
}

void TablesBack::giveUpTries()
{
    for (const Try &one : std::exchange(m_inVain, {}))
        m_scope.giveUp(one.statement, one.why);
}

Result<void> TablesBack::copyBegin(const dump::CopyHeader &header)
{
    m_isPassedBy = !m_scope.takesRows(header.schema, header.table);
    return m_isPassedBy ? Result<void>() : m_load.copyBegin(header);
}

Result<void> TablesBack::copyData(QByteArrayView rows)
{
    return m_isPassedBy ? Result<void>() : m_load.copyData(rows);
}

Result<void> TablesBack::copyEnd(qint64 rows, qint64 bytes, qint64 line)
{
    return m_isPassedBy ? Result<void>() : m_load.copyEnd(rows, bytes, line);
}

/// Tables that were live all the time, and that a tie locks.
QList<TableName> TablesBack::othersTied() const
{
    QList<TableName> others;
    const auto add = [&](const dump::QualifiedName &table) {
        const TableName name(table.schema, table.name);
        if (!table.name.isEmpty() && !m_scope.isOurs(table.schema, table.name) &&
            !others.contains(name))
            others.append(name);
    };
    for (const Tie &tie : m_ties) {
        if (tie.statement.kind != StatementClass::Index) {
            add(dump::relationOf(tie.statement));
            add(dump::referencedBy(tie.statement));
        }
    }
    return others;
}

/// All at once, and each try shorter than the second after which the server looks for a deadlock:
/// who waits behind us goes on in between, and nobody is stopped for our sake.
Result<void> TablesBack::holdOthers()
{
    constexpr int attempts = 12;
    constexpr std::chrono::milliseconds rest{500};
    QStringList names;
    for (const TableName &table : othersTied())
        names.append(postgres::quoteIdentifier(table.first) + u'.' +
                     postgres::quoteIdentifier(table.second));
    if (auto limited = m_session.execute("SET LOCAL lock_timeout = '400ms'", m_context); !limited)
        return failure(limited.error());
    const QByteArray hold =
        u"LOCK TABLE %1 IN SHARE ROW EXCLUSIVE MODE"_s.arg(names.join(u", "_s)).toUtf8();
    for (int i = 0; i < attempts && !names.isEmpty(); ++i) {
        if (i > 0)
            m_context.pause(rest);
        if (m_context.stopRequested())
            return failure(TaskContext::cancelled(names.front(), u"nothing changed"_s));
        const auto refused = attempt(hold);
        if (!refused)
            return failure(refused.error());
        // Without the right to lock it a key can be made all the same.
        if (!*refused || (*refused)->sqlState != lockNotGiven)
            break;
    }
    return {};
}

/// The partitions first: keys and triggers of the whole then find them.
Result<void> TablesBack::tie()
{
    if (auto held = holdOthers(); !held)
        return held;
    for (const bool attaches : {true, false}) {
        for (const Tie &tie : std::as_const(m_ties)) {
            if (dump::attachedBy(tie.statement).name.isEmpty() == attaches)
                continue;
            if (auto tied = tieOne(tie); !tied)
                return tied;
        }
    }
    return noteNewIndexes();
}

/// To a part that is attached the server gives every index of the whole, also one that the part
/// did not have.
Result<void> TablesBack::noteNewIndexes()
{
    const bool attached = std::ranges::any_of(
        m_ties, [](const Tie &tie) { return !dump::attachedBy(tie.statement).name.isEmpty(); });
    if (!attached)
        return {};
    const auto rows =
        m_session.query("SELECT n.nspname, i.relname, t.relname FROM pg_catalog.pg_index x"
                        " JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid"
                        " JOIN pg_catalog.pg_class t ON t.oid = x.indrelid"
                        " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
                        " WHERE i.relispartition AND (n.nspname, t.relname) IN (" +
                            listOf(m_scope.tables()) + ") ORDER BY 1, 2",
                        m_context);
    if (!rows)
        return failure(rows.error());
    for (int i = 0; i < rows->rowCount(); ++i) {
        if (!m_scope.isOurs(rows->text(i, 0), rows->text(i, 1)))
            m_differences.append(u"index %1.%2 is new: the table that %3 is a part of has it"_s.arg(
                rows->text(i, 0), rows->text(i, 1), rows->text(i, 2)));
    }
    return {};
}

Result<void> TablesBack::tieOne(const Tie &tie)
{
    const auto answer = attempt(tie.sql);
    if (!answer)
        return failure(answer.error());
    const std::optional<Error> &refused = *answer;
    const bool isKey = tie.statement.kind == StatementClass::ForeignKey;
    if (!refused && isKey)
        noteTied(tie);
    else if (refused && isKey && refused->sqlState == rowsWithoutPartner)
        return tieUnchecked(tie, *refused);
    else if (refused && isKey)
        m_differences.append(u"%1 is not made: %2. To make it: %3"_s.arg(
            inWords(tie.statement), refused->detail, QString::fromUtf8(tie.sql)));
    else if (refused)
        noteRefused(tie.statement, *refused);
    return {};
}

/// Rows were written since whose partners the backup does not have; or the other way round.
Result<void> TablesBack::tieUnchecked(const Tie &tie, const Error &why)
{
    const auto refused = attempt(tie.sql + " NOT VALID");
    if (!refused)
        return failure(refused.error());
    if (!*refused)
        noteTied(tie);
    m_differences.append(
        *refused ? u"%1 is not made: %2"_s.arg(inWords(tie.statement), why.detail)
                 : u"%1 holds for new rows only: some that are there have no partner"_s.arg(
                       inWords(tie.statement)));
    return {};
}

/// A key of a table that was live all the time has to go before the table it points to.
void TablesBack::noteTied(const Tie &tie)
{
    const DumpStatement &statement = tie.statement;
    if (m_scope.takesRows(statement.objectSchema, statement.objectName))
        return;
    dump::SqlTokens tokens(statement.sql, statement.plainStringsEscape);
    while (!tokens.take({"add", "constraint"})) {
        if (tokens.next().kind == dump::SqlToken::Kind::End)
            return;
    }
    const QString constraint = tokens.next().name();
    m_untying.prepend(u"ALTER TABLE %1.%2 DROP CONSTRAINT %3"_s.arg(
        postgres::quoteIdentifier(statement.objectSchema),
        postgres::quoteIdentifier(statement.objectName), postgres::quoteIdentifier(constraint)));
}

} // namespace mayday::restore
