// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/sideload.h"

#include "dump/inspector.h"
#include "restore/sqlwords.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

constexpr qint64 advanceEvery = 1024 * 1024;
/// Beyond this a COPY's own round trips are the smaller cost.
constexpr qsizetype smallBlock = 32 * 1024;

/// Rules, policies and triggers do; nobody knows what a block has made.
bool changesInserts(const dump::DumpStatement &statement)
{
    using enum dump::StatementClass;
    if (statement.kind == Other) {
        const QString first = leadingWords(statement.sql, 1).value(0);
        return first == "do"_L1 || first == "call"_L1 || first == "select"_L1;
    }
    return statement.kind == Rule || statement.kind == Policy || statement.kind == Trigger;
}

bool isInsert(const dump::DumpStatement &statement)
{
    return statement.kind == dump::StatementClass::Data &&
           leadingWords(statement.sql, 1).value(0) == "insert"_L1;
}

} // namespace

SideLoad::SideLoad(postgres::Session &session, const StatementFilter &filter,
                   SchemaProperties &schemas, std::optional<CopyScope> scope, TaskContext &context)
    : m_session(session),
      m_filter(filter),
      m_schemas(schemas),
      m_scope(std::move(scope)),
      m_context(context),
      m_queue(session, context, [this](const dump::DumpStatement &statement, qint64 rows) {
          return noteDone(statement, rows);
      })
{
}

Result<void> SideLoad::statement(const dump::DumpStatement &statement)
{
    const auto admitted = admit(statement);
    if (!admitted)
        return failure(admitted.error());
    return *admitted ? send(statement, **admitted) : Result<void>();
}

Result<std::optional<StatementDecision>> SideLoad::admit(const dump::DumpStatement &statement,
                                                         Standing standing)
{
    using Answer = Result<std::optional<StatementDecision>>;
    // What stands before it in the file fails before it.
    const auto refuse = [this](const Error &error) {
        return finish().and_then([&] { return Answer(failure(error)); });
    };
    m_schemas.hear(statement);
    if (m_made.isAboutKept(statement, m_filter.largeObjectsThatStay())) {
        note({.note = u"large objects that are there already stay as they are: they belong to the "
                      "whole database"_s,
              .isDifference = true});
        return std::nullopt;
    }
    StatementDecision decision = m_filter.decide(statement);
    switch (decision.kind) {
    case StatementDecision::Kind::Skip:
        return leaveOut(statement, decision, standing).transform([] {
            return std::optional<StatementDecision>();
        });
    case StatementDecision::Kind::Refuse: return refuse(*decision.error);
    case StatementDecision::Kind::Run: break;
    }
    if (m_scope && m_scope->leavesOut(statement))
        return std::nullopt;
    if (!m_made.mayWrite(statement))
        return refuse({.kind = ErrorKind::Refused,
                       .subject = u"statement at line %1"_s.arg(statement.line),
                       .detail = u"it writes into a large object that the dump has not made"_s,
                       .advice = Advice::MakeBackupWithPgDump,
                       .line = statement.line});
    m_isAfterData = m_isAfterData || changesInserts(statement);
    if (decision.isSpeaker) {
        m_otherSpeaker = decision;
    } else {
        if (statement.kind != dump::StatementClass::Session)
            noteWho();
        note(decision);
    }
    m_made.note(statement);
    return decision;
}

Result<void> SideLoad::send(const dump::DumpStatement &statement, const StatementDecision &decision)
{
    // A role that may not be used, or is not there, can be given nothing either.
    const QList<QByteArray> before =
        decision.isDifference ? QList<QByteArray>() : m_schemas.inFrontOf(statement);
    for (const QByteArray &sql : before) {
        if (auto added = m_queue.add({.sql = sql, .line = statement.line}); !added)
            return added;
    }
    dump::DumpStatement sent = statement;
    sent.sql = decision.instead.value_or(statement.sql);
    return m_queue.add(sent);
}

void SideLoad::passBy(const dump::DumpStatement &statement, const StatementDecision &decision)
{
    if (!decision.isDifference)
        (void)m_schemas.inFrontOf(statement);
    const qint64 rows = isInsert(statement) ? dump::rowsOfInsert(statement) : 0;
    // It is as many as it was when they were counted by the server.
    if (auto counted = noteDone(statement, rows); counted)
        m_fresh.clear();
}

/// A DROP is moot in an empty schema, and not behind what the dump itself has made.
Result<void> SideLoad::leaveOut(const dump::DumpStatement &statement,
                                const StatementDecision &decision, Standing standing)
{
    note(decision);
    if (standing == Standing::DealtWith)
        return {};
    const auto harmless = decision.isDrop ? m_made.harmless(statement) : std::nullopt;
    if (!harmless)
        return {};
    dump::DumpStatement drop = statement;
    drop.sql = *harmless;
    return m_queue.add(drop);
}

Result<void> SideLoad::noteDone(const dump::DumpStatement &statement, qint64 rows)
{
    if (isInsert(statement) && rows < dump::rowsOfInsert(statement))
        return failure(
            {.kind = ErrorKind::Corrupt,
             .subject =
                 u"%1 (statement at line %2)"_s.arg(statement.objectName).arg(statement.line),
             .detail =
                 u"it has %1 rows, and the server took %2"_s.arg(dump::rowsOfInsert(statement))
                     .arg(rows),
             .advice = Advice::TakeAnotherBackup,
             .line = statement.line});
    if (statement.kind == dump::StatementClass::Table)
        noteCreatedTable(statement, rows);
    if (statement.kind == dump::StatementClass::Data)
        tally(statement.objectSchema, statement.objectName, rows);
    if (m_onAdvance)
        m_onAdvance(*this);
    return {};
}

/// A table that gets no rows is proven to be empty, so it has to be on the list. rows: of CREATE
/// TABLE ... AS.
void SideLoad::noteCreatedTable(const dump::DumpStatement &statement, qint64 rows)
{
    const QStringList words = leadingWords(statement.sql, 3);
    const bool creates = words.value(0) == "create"_L1 &&
                         (words.value(1) == "table"_L1 || words.value(1) == "unlogged"_L1);
    const bool isTaken =
        !m_scope || m_scope->takesRows(statement.objectSchema, statement.objectName);
    if (creates && dump::holdsRows(statement))
        m_fresh.insert({statement.objectSchema, statement.objectName});
    if (creates && isTaken && !statement.objectName.isEmpty())
        tally(statement.objectSchema, statement.objectName, rows);
}

Result<void> SideLoad::copyBegin(const dump::CopyHeader &header)
{
    const StatementDecision decision = m_filter.decide(header.statement);
    if (decision.kind == StatementDecision::Kind::Refuse)
        return finish().and_then([&] { return Result<void>(failure(*decision.error)); });
    m_isPassedBy = decision.kind == StatementDecision::Kind::Skip ||
                   (m_scope && !m_scope->takesRows(header.schema, header.table));
    if (m_isPassedBy)
        return {};
    noteWho();
    m_copy = header;
    m_copy.statement.objectSchema = header.schema;
    m_copy.statement.objectName = header.table;
    m_copy.statement.kind = dump::StatementClass::Data;
    m_inCopy = true;
    m_isStreaming = false;
    m_waiting.clear();
    return m_isAfterData ? beginStream() : Result<void>();
}

/// The block is not small, or no INSERT can say it: everything before it goes first.
Result<void> SideLoad::beginStream()
{
    if (auto sent = finish(); !sent)
        return sent;
    const QByteArray &sql = m_copy.statement.sql;
    const bool isFresh = m_fresh.contains({m_copy.schema, m_copy.table});
    if (auto begun = m_session.copyInBegin(isFresh ? frozen(sql) : sql, m_context); !begun)
        return failure(atCopyRow(begun.error(), m_copy.statement));
    m_isStreaming = true;
    return m_waiting.isEmpty() ? Result<void>() : write(std::exchange(m_waiting, {}));
}

Result<void> SideLoad::write(QByteArrayView rows)
{
    if (auto written = m_session.copyInWrite(rows, m_context); !written) {
        m_inCopy = false;
        return failure(atCopyRow(written.error(), m_copy.statement));
    }
    m_bytesSinceAdvance += rows.size();
    if (m_bytesSinceAdvance >= advanceEvery && m_onAdvance) {
        m_bytesSinceAdvance = 0;
        m_onAdvance(*this);
    }
    return {};
}

Result<void> SideLoad::copyData(QByteArrayView rows)
{
    if (m_isPassedBy)
        return {};
    if (m_isStreaming)
        return write(rows);
    m_waiting += rows;
    return m_waiting.size() > smallBlock ? beginStream() : Result<void>();
}

Result<void> SideLoad::copyEnd(qint64 rows, qint64, qint64 line)
{
    if (std::exchange(m_isPassedBy, false))
        return {};
    if (!m_isStreaming) {
        const Result<bool> queued = m_queue.addCopy(m_copy, m_waiting, rows);
        m_inCopy = false;
        if (!queued)
            return failure(queued.error());
        if (*queued)
            return {};
        if (auto begun = beginStream(); !begun)
            return begun;
    }
    m_inCopy = false;
    const Result<qint64> taken = m_session.copyInFinish(m_context);
    if (!taken)
        return failure(atCopyRow(taken.error(), m_copy.statement));
    if (*taken != rows)
        return failure(
            {.kind = ErrorKind::Corrupt,
             .subject = m_copy.table,
             .detail = u"the file has %1 rows for it, the server took %2"_s.arg(rows).arg(*taken),
             .advice = Advice::SendReport,
             .line = line});
    return noteDone(m_copy.statement, rows);
}

QList<TableTally> SideLoad::tallies() const
{
    QList<TableTally> all;
    for (const auto &key : m_order)
        all.append({.schema = key.first, .name = key.second, .rows = m_rowsOf.value(key)});
    return all;
}

QString SideLoad::currentTable() const
{
    return m_inCopy ? m_copy.schema + u'.' + m_copy.table : QString();
}

void SideLoad::note(const StatementDecision &decision)
{
    m_hasDifferences = m_hasDifferences || decision.isDifference;
    if (!decision.note.isEmpty() && !m_notes.contains(decision.note))
        m_notes.append(decision.note);
}

/// Who speaks is another one than in the dump only when something is said.
void SideLoad::noteWho()
{
    if (m_otherSpeaker)
        note(*std::exchange(m_otherSpeaker, std::nullopt));
}

void SideLoad::tally(const QString &schema, const QString &name, qint64 rows)
{
    const QPair key(schema, name);
    if (!m_rowsOf.contains(key))
        m_order.append(key);
    m_rowsOf[key] += rows;
    m_rows += rows;
}

} // namespace mayday::restore
