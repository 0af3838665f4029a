// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/sideload.h"

#include "postgres/servererror.h"
#include "restore/sqlwords.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

constexpr qint64 advanceEvery = 1024 * 1024;

/// The server counts lines inside the COPY data; people look for lines of the file.
Error inFile(Error error, const dump::CopyHeader &copy)
{
    error.subject = copy.schema.isEmpty() ? copy.table : copy.schema + u'.' + copy.table;
    error.line = copy.statement.line + postgres::copyLineOf(error).value_or(0);
    return error;
}

Error inFile(Error error, const dump::DumpStatement &statement)
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

} // namespace

SideLoad::SideLoad(postgres::Session &session, const StatementFilter &filter, TaskContext &context)
    : m_session(session), m_filter(filter), m_context(context)
{
}

Result<void> SideLoad::statement(const dump::DumpStatement &statement)
{
    const StatementDecision decision = m_filter.decide(statement);
    switch (decision.kind) {
    case StatementDecision::Kind::Skip: note(decision); return {};
    case StatementDecision::Kind::Refuse: return failure(*decision.error);
    case StatementDecision::Kind::Run: break;
    }
    const Result<qint64> rows = m_session.execute(statement.sql, m_context);
    if (!rows)
        return failure(inFile(rows.error(), statement));
    // A statement that ended our transaction would have ended the protection of the live data.
    if (!m_session.inTransaction())
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"statement at line %1"_s.arg(statement.line),
                        .detail = u"it ended the transaction of the restore"_s,
                        .advice = Advice::MakeBackupWithPgDump,
                        .line = statement.line});
    if (statement.kind == dump::StatementClass::Table)
        return noteCreatedTable(statement);
    if (statement.kind == dump::StatementClass::Data)
        tally(statement.objectSchema, statement.objectName, *rows);
    return {};
}

/// A table that gets no rows is proven to be empty, so it has to be on the list.
Result<void> SideLoad::noteCreatedTable(const dump::DumpStatement &statement)
{
    const QStringList words = leadingWords(statement.sql, 3);
    const bool creates = words.value(0) == "create"_L1 &&
                         (words.value(1) == "table"_L1 || words.value(1) == "unlogged"_L1);
    if (creates && !statement.objectName.isEmpty())
        tally(statement.objectSchema, statement.objectName, 0);
    return {};
}

Result<void> SideLoad::copyBegin(const dump::CopyHeader &header)
{
    const StatementDecision decision = m_filter.decide(header.statement);
    if (decision.kind == StatementDecision::Kind::Refuse)
        return failure(*decision.error);
    m_copy = header;
    if (auto begun = m_session.copyInBegin(header.statement.sql, m_context); !begun)
        return failure(inFile(begun.error(), header));
    m_inCopy = true;
    return {};
}

Result<void> SideLoad::copyData(QByteArrayView rows)
{
    if (auto written = m_session.copyInWrite(rows, m_context); !written) {
        m_inCopy = false;
        return failure(inFile(written.error(), m_copy));
    }
    m_bytesSinceAdvance += rows.size();
    if (m_bytesSinceAdvance >= advanceEvery && m_onAdvance) {
        m_bytesSinceAdvance = 0;
        m_onAdvance(*this);
    }
    return {};
}

Result<void> SideLoad::copyEnd(qint64 rows, qint64, qint64 line)
{
    m_inCopy = false;
    const Result<qint64> taken = m_session.copyInFinish(m_context);
    if (!taken)
        return failure(inFile(taken.error(), m_copy));
    if (*taken != rows)
        return failure(
            {.kind = ErrorKind::Corrupt,
             .subject = m_copy.table,
             .detail = u"the file has %1 rows for it, the server took %2"_s.arg(rows).arg(*taken),
             .advice = Advice::SendReport,
             .line = line});
    tally(m_copy.schema, m_copy.table, rows);
    if (m_onAdvance)
        m_onAdvance(*this);
    return {};
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

void SideLoad::tally(const QString &schema, const QString &name, qint64 rows)
{
    const QPair key(schema, name);
    if (!m_rowsOf.contains(key))
        m_order.append(key);
    m_rowsOf[key] += rows;
    m_rows += rows;
}

} // namespace mayday::restore
