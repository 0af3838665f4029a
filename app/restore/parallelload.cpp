// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/parallelload.h"

#include "restore/sqlwords.h"

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// "CREATE INDEX i ON ONLY a.b USING ...": a.b. Empty when it is said in another way.
TableName tableOfIndex(const dump::DumpStatement &statement)
{
    QStringList words = leadingWords(statement.sql, 14);
    words.remove(0, words.indexOf("on"_L1) + 1);
    if (words.value(0) == "only"_L1)
        words.removeFirst();
    const bool isQualified = words.value(1) == "."_L1;
    return isQualified ? TableName(words.value(0), words.value(2))
                       : TableName(statement.objectSchema, words.value(0));
}

/// What a dump by hand may count on until its end: constraints that wait, rows that come frozen,
/// rows of which nobody knows how many they were.
bool wantsOneTransaction(const dump::DumpStatement &statement)
{
    const QByteArray sql = statement.sql.toLower();
    if (statement.kind != dump::StatementClass::Data || statement.objectName.isEmpty())
        return sql.contains("deferrable") || sql.contains("all deferred");
    return sql.startsWith("copy")
               ? sql.sliced(std::max<qsizetype>(sql.indexOf(" from "), 0)).contains("freeze")
               : sql.contains("select");
}

} // namespace

ParallelLoad::ParallelLoad(postgres::Session &session, SideLoad &load, LoadCrew &crew,
                           QList<dump::DataBlock> blocks, LoadLedger ledger, TaskContext &context)
    : m_session(session),
      m_load(load),
      m_crew(crew),
      m_blocks(std::move(blocks)),
      m_ledger(std::move(ledger)),
      m_context(context),
      m_reached(m_ledger.reached())
{
    for (const dump::DataBlock &block : std::as_const(m_blocks))
        m_large.insert({block.schema, block.table});
}

void ParallelLoad::countBlocks(const QList<dump::DataBlock> &all)
{
    for (const dump::DataBlock &block : all)
        ++m_blocksOf[{block.schema, block.table}];
}

void ParallelLoad::fillInOrder(const QSet<TableName> &large, qint64 commitEvery)
{
    m_large += large;
    m_commitEvery = commitEvery;
}

ParallelLoad::Stage ParallelLoad::stageOf(const dump::DumpStatement &statement)
{
    const QString first = leadingWords(statement.sql, 1).value(0);
    switch (statement.kind) {
    case dump::StatementClass::Index: return first == "create"_L1 ? Stage::Indexes : Stage::Other;
    case dump::StatementClass::Constraint:
        return first == "alter"_L1 ? Stage::Indexes : Stage::Other;
    case dump::StatementClass::ForeignKey:
        return first == "alter"_L1 ? Stage::ForeignKeys : Stage::Other;
    default: return Stage::Other;
    }
}

bool ParallelLoad::isOnLargeTable(const dump::DumpStatement &statement) const
{
    return m_large.contains(statement.kind == dump::StatementClass::Index
                                ? tableOfIndex(statement)
                                : TableName(statement.objectSchema, statement.objectName));
}

Result<void> ParallelLoad::statement(const dump::DumpStatement &statement)
{
    if (auto passed = passBlocks(statement.offset); !passed)
        return passed;
    if (m_isCrewBusy && statement.kind == dump::StatementClass::Comment) {
        m_comments.append(statement);
        return {};
    }
    const bool isSetting = statement.kind == dump::StatementClass::Session ||
                           statement.kind == dump::StatementClass::SequenceSet;
    const Stage stage = stageOf(statement);
    // Settings and the values of sequences have nothing to do with rows.
    if (m_isCrewBusy && !isSetting && (stage == Stage::Other || stage != m_stage)) {
        if (auto settled = settle(); !settled)
            return settled;
    }
    if (!isSetting)
        m_stage = stage;
    const auto admitted = m_load.admit(
        statement, isBehindUs(statement) ? SideLoad::Standing::DealtWith : SideLoad::Standing::New);
    if (!admitted)
        return failure(admitted.error());
    if (!*admitted)
        return {};
    const bool isForCrew = (stage == Stage::Indexes && isOnLargeTable(statement)) ||
                           (stage == Stage::ForeignKeys && !m_large.isEmpty());
    if (isForCrew)
        return m_ledger.isDone(statement.offset) ? Result<void>()
                                                 : giveToCrew(statement, **admitted);
    if (statement.kind == dump::StatementClass::Session)
        remember((*admitted)->instead.value_or(statement.sql));
    if (m_commitEvery && wantsOneTransaction(statement))
        m_commitEvery.reset();
    if (isBehindUs(statement)) {
        m_load.passBy(statement, **admitted);
        return {};
    }
    if (statement.kind == dump::StatementClass::Data && !statement.objectName.isEmpty()) {
        if (auto committed = commitSometimes(); !committed)
            return committed;
        m_bytesRead += statement.sql.size();
    }
    m_reached = std::max(m_reached, statement.offset);
    return m_load.send(statement, **admitted);
}

/// Between the rows of two tables or two INSERTs, never inside what has to be one transaction, as
/// the parts of a large object.
Result<void> ParallelLoad::commitSometimes()
{
    const bool isEnough = m_commitEvery && m_bytesRead - m_bytesCommitted > *m_commitEvery;
    return isEnough ? commit() : Result<void>();
}

/// A setting is the session's own; a comment may have waited for what it is about, and can be said
/// twice.
bool ParallelLoad::isBehindUs(const dump::DumpStatement &statement) const
{
    return statement.offset <= m_ledger.reached() &&
           statement.kind != dump::StatementClass::Session &&
           statement.kind != dump::StatementClass::Comment;
}

/// A later one of the same name takes the place of the earlier.
void ParallelLoad::remember(const QByteArray &setting)
{
    const auto nameIn = [](const QByteArray &sql) {
        const QStringList words = leadingWords(sql, 3);
        const bool isLong = words.value(1) == "session"_L1 || words.value(1) == "local"_L1;
        return words.value(0) == "set"_L1 ? words.value(isLong ? 2 : 1) : QString();
    };
    const QString name = nameIn(setting);
    m_settings.removeIf([&](const QByteArray &earlier) {
        return name.isEmpty() ? earlier == setting : nameIn(earlier) == name;
    });
    m_settings.append(setting);
}

Result<void> ParallelLoad::giveToCrew(const dump::DumpStatement &statement,
                                      const StatementDecision &decision)
{
    // What it needs may stand in our own open transaction.
    if (auto committed = m_isCrewBusy ? Result<void>() : commit(); !committed)
        return committed;
    dump::DumpStatement given = statement;
    given.sql = decision.instead.value_or(statement.sql);
    m_crew.addStatement(given, m_settings);
    m_isCrewBusy = true;
    return {};
}

Result<void> ParallelLoad::copyBegin(const dump::CopyHeader &header)
{
    if (auto passed = passBlocks(header.statement.offset); !passed)
        return passed;
    if (m_commitEvery && wantsOneTransaction(header.statement))
        m_commitEvery.reset();
    m_passedBy.reset();
    if (header.statement.offset <= m_ledger.reached()) {
        m_passedBy.emplace(header.schema, header.table);
        return {};
    }
    m_reached = std::max(m_reached, header.statement.offset);
    return m_load.copyBegin(header);
}

Result<void> ParallelLoad::copyEnd(qint64 rows, qint64 bytes, qint64 line)
{
    if (!m_passedBy)
        return m_load.copyEnd(rows, bytes, line).and_then([this] { return commitSometimes(); });
    m_load.addRows(m_passedBy->first, m_passedBy->second, rows);
    m_passedBy.reset();
    return {};
}

/// The blocks that stand before the place the reading has come to.
Result<void> ParallelLoad::passBlocks(qint64 offset)
{
    if (m_blocks.isEmpty() || m_blocks.first().offset >= offset)
        return {};
    if (auto committed = commit(); !committed)
        return committed;
    while (!m_blocks.isEmpty() && m_blocks.first().offset < offset) {
        const dump::DataBlock block = m_blocks.takeFirst();
        if (!m_ledger.isDone(block.offset))
            m_crew.addBlock(block, m_blocksOf.value({block.schema, block.table}) == 1, m_settings);
        m_load.addRows(block.schema, block.table, block.rows);
    }
    m_isCrewBusy = true;
    return {};
}

/// Everything under way is done, and what has waited for it follows.
Result<void> ParallelLoad::settle()
{
    if (auto committed = commit(); !committed)
        return committed;
    if (auto done = m_crew.wait(m_onTick); !done)
        return done;
    m_isCrewBusy = false;
    for (const dump::DumpStatement &comment : std::exchange(m_comments, {})) {
        if (auto said = m_load.statement(comment); !said)
            return said;
    }
    return {};
}

/// Of each transaction of ours.
QByteArray ParallelLoad::lastWords() const
{
    return m_ledger.isKept() ? m_ledger.noteReached(m_reached) + "; " : QByteArray();
}

/// So that the crew sees it and no lock of ours is in its way.
Result<void> ParallelLoad::commit()
{
    return m_load.finish()
        .and_then([&] { return m_session.execute(lastWords() + "COMMIT; BEGIN", m_context); })
        .transform([this](qint64) {
            m_bytesCommitted = m_bytesRead;
            m_load.noteCommit();
        });
}

Result<void> ParallelLoad::finish()
{
    return passBlocks(std::numeric_limits<qint64>::max())
        .and_then([&] { return settle(); })
        .and_then([&] { return m_load.finish(); })
        .and_then([&] { return m_session.execute(lastWords() + "COMMIT", m_context); })
        .transform([](qint64) {});
}

} // namespace mayday::restore
