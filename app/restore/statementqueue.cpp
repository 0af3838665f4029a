// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/statementqueue.h"

#include "postgres/servererror.h"
#include "restore/smallcopy.h"

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

constexpr qsizetype firstBatch = 32;
constexpr qsizetype largestBatch = 512;
constexpr qsizetype mostBytes = 512 * 1024;
/// A batch should take about so long beyond the way itself: no reaction is to wait for more.
constexpr std::chrono::milliseconds slow{400};
constexpr std::chrono::milliseconds quick{200};

const QByteArray mark = QByteArrayLiteral("SAVEPOINT mayday_rows");
const QByteArray unmark = QByteArrayLiteral("RELEASE SAVEPOINT mayday_rows");
const QByteArray backToMark = QByteArrayLiteral("ROLLBACK TO SAVEPOINT mayday_rows");

/// The server looked at it and said no, as against a stop or a loss.
bool isAnswer(const Error &error)
{
    return !error.sqlState.isEmpty() && error.kind != ErrorKind::Cancelled &&
           error.kind != ErrorKind::Unreachable;
}

} // namespace

Error atStatement(Error error, const dump::DumpStatement &statement)
{
    if (error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::Unreachable)
        return error;
    error.subject =
        statement.objectName.isEmpty()
            ? u"statement at line %1"_s.arg(statement.line)
            : u"%1 (statement at line %2)"_s.arg(statement.objectName).arg(statement.line);
    error.line = statement.line;
    return error;
}

QByteArray frozen(const QByteArray &copySql)
{
    return copySql.endsWith(" FROM stdin") ? copySql + " WITH (FREEZE)" : copySql;
}

Error atCopyRow(Error error, const dump::DumpStatement &copy)
{
    error.subject =
        copy.objectSchema.isEmpty() ? copy.objectName : copy.objectSchema + u'.' + copy.objectName;
    const auto row = postgres::copyLineOf(error);
    error.line = row ? copy.line + copy.sql.count('\n') + *row : copy.line;
    return error;
}

StatementQueue::StatementQueue(postgres::Session &session, TaskContext &context, Done done)
    : m_session(session), m_context(context), m_done(std::move(done)), m_most(firstBatch)
{
}

Result<void> StatementQueue::add(const dump::DumpStatement &statement)
{
    return push({.statement = statement});
}

Result<bool> StatementQueue::addCopy(const dump::CopyHeader &header, const QByteArray &text,
                                     qint64 rows)
{
    const bool isUtf8 = m_session.clientEncoding() == "UTF8";
    auto insert = insertFor(header.statement.sql, text, isUtf8);
    if (!insert)
        return false;
    Entry entry{.statement = header.statement, .insert = *std::move(insert), .text = text};
    entry.statement.objectSchema = header.schema;
    entry.statement.objectName = header.table;
    entry.rows = rows;
    return push(std::move(entry)).transform([] { return true; });
}

Result<void> StatementQueue::push(Entry entry)
{
    m_bytes += entry.insert.isEmpty() ? entry.statement.sql.size() : entry.insert.size();
    m_entries.append(std::move(entry));
    return m_entries.size() >= m_most || m_bytes >= mostBytes ? flush() : Result<void>();
}

Result<void> StatementQueue::flush()
{
    while (!m_entries.isEmpty()) {
        if (auto sent = send(); !sent)
            return sent;
    }
    return {};
}

/// One batch: everything that waits, or up to the block that has to go as a COPY after all.
Result<void> StatementQueue::send()
{
    std::vector<QByteArray> batch;
    std::vector<qsizetype> lastOf; // the place of the last statement of each entry
    for (const Entry &entry : std::as_const(m_entries)) {
        if (entry.insert.isEmpty())
            batch.push_back(entry.statement.sql);
        else
            batch.insert(batch.end(), {mark, entry.insert, unmark});
        lastOf.push_back(static_cast<qsizetype>(batch.size()) - 1);
    }
    const auto start = std::chrono::steady_clock::now();
    QList<qint64> rows;
    const Result<void> ran = m_session.executeBatch(batch, rows, m_context);
    adapt(rows.size(), std::chrono::steady_clock::now() - start);
    if (!ran && !isAnswer(ran.error()))
        return ran; // stopped or lost, and with it the whole transaction
    if (auto open = stillOpen(); !open)
        return open;
    const auto behind = std::ranges::lower_bound(lastOf, rows.size());
    const qsizetype whole = behind - lastOf.begin();
    for (qsizetype i = 0; i < whole; ++i) {
        const bool isBlock = !m_entries[i].insert.isEmpty();
        if (auto settled = settle(m_entries[i], rows[lastOf[i] - (isBlock ? 1 : 0)]); !settled)
            return settled;
    }
    const QList<Entry> done = m_entries.first(std::min(whole + 1, m_entries.size()));
    m_entries.remove(0, done.size());
    if (m_entries.isEmpty())
        m_bytes = 0;
    if (ran)
        return {};
    const Entry &culprit = done.last();
    if (culprit.insert.isEmpty())
        return failure(atStatement(ran.error(), culprit.statement));
    return copyInstead(culprit);
}

/// What ends the transaction ends the protection of the live data.
Result<void> StatementQueue::stillOpen() const
{
    if (m_session.inTransaction())
        return {};
    const qint64 first = m_entries.first().statement.line;
    const qint64 last = m_entries.last().statement.line;
    return failure({.kind = ErrorKind::Refused,
                    .subject = u"statements at lines %1 to %2"_s.arg(first).arg(last),
                    .detail = u"one of them ended the transaction of the restore"_s,
                    .advice = Advice::MakeBackupWithPgDump,
                    .line = first});
}

Result<void> StatementQueue::settle(const Entry &entry, qint64 rows)
{
    if (!entry.insert.isEmpty() && rows != entry.rows)
        return failure(
            {.kind = ErrorKind::Corrupt,
             .subject = entry.statement.objectName,
             .detail =
                 u"the file has %1 rows for it, the server took %2"_s.arg(entry.rows).arg(rows),
             .advice = Advice::SendReport,
             .line = entry.statement.line});
    return m_done(entry.statement, rows);
}

Result<void> StatementQueue::copyInstead(const Entry &entry)
{
    const auto copied = [&]() -> Result<qint64> {
        if (auto back = m_session.execute(backToMark, m_context); !back)
            return back;
        if (auto begun = m_session.copyInBegin(entry.statement.sql, m_context); !begun)
            return failure(begun.error());
        if (auto written = m_session.copyInWrite(entry.text, m_context); !written)
            return failure(written.error());
        return m_session.copyInFinish(m_context);
    }();
    if (!copied)
        return failure(atCopyRow(copied.error(), entry.statement));
    if (auto released = m_session.execute(unmark, m_context); !released)
        return failure(released.error());
    return settle(entry, *copied);
}

void StatementQueue::adapt(qsizetype sent, std::chrono::steady_clock::duration took)
{
    m_roundTrip = std::min(m_roundTrip, took);
    if (took - m_roundTrip > slow)
        m_most = std::max<qsizetype>(m_most / 4, 1);
    else if (took - m_roundTrip < quick && sent >= m_most)
        m_most = std::min(m_most * 2, largestBatch);
}

} // namespace mayday::restore
