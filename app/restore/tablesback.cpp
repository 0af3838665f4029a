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

/// How many things are made of these relations: of their columns, or of their rows as a type.
QByteArray usesOf(const QList<TableName> &relations)
{
    return "SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c"
           " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
           " LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype JOIN pg_catalog.pg_depend d"
           " ON (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid)"
           " OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass"
           " AND d.refobjid IN (c.reltype, t.typarray))"
           " WHERE (n.nspname, c.relname) IN (" +
           listOf(relations) + ')';
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
    const auto done = m_session.execute(sql, m_context);
    if (!done && (done.error().sqlState.isEmpty() || !m_session.isOpen()))
        return failure(done.error()); // not the server's answer
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
    return m_session.query(usesOf(m_scope.tables() + m_kept), m_context)
        .transform([](const postgres::Rows &rows) { return rows.integer(0, 0); });
}

/// What is made of a view that came later than it did is tried again: pg_dump writes a view with
/// GROUP BY on a primary key twice, first without its columns' sources.
Result<void> TablesBack::tryOut(const DumpStatement &statement)
{
    const auto isOne = isKept(statement);
    if (!isOne)
        return failure(isOne.error());
    if (!*isOne) {
        m_inVain.append(statement);
        return {};
    }
    for (const DumpStatement &earlier : std::exchange(m_inVain, {})) {
        if (auto again = tryOut(earlier); !again)
            return again;
    }
    return {};
}

/// What went with the tables is made of them; what is missing for any other reason is not.
Result<bool> TablesBack::isKept(const DumpStatement &statement)
{
    const auto decision = m_load.finish().and_then([&] { return m_load.admit(statement); });
    if (!decision)
        return failure(decision.error());
    if (!*decision)
        return false;
    const auto before = uses();
    if (!before)
        return failure(before.error());
    if (auto begun = m_session.execute("SAVEPOINT mayday_try", m_context); !begun)
        return failure(begun.error());
    const auto refused = attempt((*decision)->instead.value_or(statement.sql));
    if (!refused)
        return failure(refused.error());
    const auto after = *refused ? before : uses();
    if (!after)
        return failure(after.error());
    const bool isOne = *after > *before;
    const QString end = isOne ? u"RELEASE SAVEPOINT mayday_try"_s
                              : u"ROLLBACK TO SAVEPOINT mayday_try; RELEASE SAVEPOINT mayday_try"_s;
    if (auto ended = runSql(m_session, end, m_context); !ended)
        return failure(ended.error());
    if (!isOne)
        return false;
    noteKept(statement);
    for (const TableScope::Part &part : m_scope.keep(statement)) {
        if (auto done = carryOut(part); !done)
            return failure(done.error());
    }
    return true;
}

void TablesBack::noteKept(const DumpStatement &tried)
{
    QString kind = u"ROUTINE"_s;
    if (tried.kind == StatementClass::View) {
        m_kept.append({tried.objectSchema, tried.objectName});
        kind = leadingWords(tried.sql, 4).contains("materialized"_L1) ? u"MATERIALIZED VIEW"_s
                                                                      : u"VIEW"_s;
    }
    m_untying.prepend(u"DROP %1 %2.%3"_s.arg(kind, postgres::quoteIdentifier(tried.objectSchema),
                                             postgres::quoteIdentifier(tried.objectName)));
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

/// The partitions first: keys and triggers of the whole then find them.
Result<void> TablesBack::tie()
{
    // Whoever writes in a table that a key ties is waited for, and others wait behind: not for
    // long.
    if (auto limited = m_session.execute("SET LOCAL lock_timeout = '1s'", m_context); !limited)
        return failure(limited.error());
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
    constexpr int attempts = 6;
    constexpr std::chrono::milliseconds rest{500};
    std::optional<Error> refused;
    for (int i = 0; i < attempts; ++i) {
        if (i > 0)
            m_context.pause(rest); // who waits behind goes on meanwhile
        if (m_context.stopRequested())
            return failure(TaskContext::cancelled(inWords(tie.statement), u"nothing changed"_s));
        auto answer = attempt(tie.sql);
        if (!answer)
            return failure(answer.error());
        refused = *std::move(answer);
        if (!refused || refused->sqlState != lockNotGiven)
            break;
    }
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
    // "constraint k on public.a"
    const QString thing = thingMadeBy(statement);
    const QString constraint = thing.mid(11, thing.lastIndexOf(u" on "_s) - 11);
    m_untying.prepend(u"ALTER TABLE %1.%2 DROP CONSTRAINT %3"_s.arg(
        postgres::quoteIdentifier(statement.objectSchema),
        postgres::quoteIdentifier(statement.objectName), postgres::quoteIdentifier(constraint)));
}

} // namespace mayday::restore
