// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "postgres/session.h"

#include <chrono>
#include <functional>
#include <optional>

namespace mayday::restore {

/// Statements of a dump on their way to the server, many in one round trip, in the order of the
/// file, inside the caller's transaction. Small COPY blocks travel among them as INSERTs, each
/// behind a savepoint: when the server refuses one, the same rows are sent as the COPY they were,
/// which either takes them or says exactly what is wrong.
///
/// As many at a time as are done in a fraction of a second, so that a stop, the heartbeat and the
/// progress stay prompt on a slow server, and a long way costs little. Lives on one worker.
class StatementQueue final {
public:
    /// What became of one entry: its statement, and the rows it brought.
    using Done = std::function<Result<void>(const dump::DumpStatement &, qint64 rows)>;

    StatementQueue(postgres::Session &session, TaskContext &context, Done done);

    /// Fails for an earlier one, when the queue had to be emptied.
    [[nodiscard]] Result<void> add(const dump::DumpStatement &statement);
    /// A whole COPY block of so many rows in COPY's text format; false when it cannot travel here.
    [[nodiscard]] Result<bool> addCopy(const dump::CopyHeader &header, const QByteArray &text,
                                       qint64 rows);
    /// Sends what is left and waits for it. The first Error has the line of the file, the object
    /// and the SQLSTATE; what came behind it was not done.
    [[nodiscard]] Result<void> flush();

private:
    struct Entry {
        dump::DumpStatement statement; ///< of a block: its COPY
        QByteArray insert = {};        ///< empty: a plain statement
        QByteArray text = {};
        qint64 rows = 0;
    };
    [[nodiscard]] Result<void> push(Entry entry);
    [[nodiscard]] Result<void> send();
    [[nodiscard]] Result<void> stillOpen() const;
    [[nodiscard]] Result<void> settle(const Entry &entry, qint64 rows);
    [[nodiscard]] Result<void> copyInstead(const Entry &entry);
    void adapt(qsizetype sent, std::chrono::steady_clock::duration took);

    postgres::Session &m_session;
    TaskContext &m_context;
    Done m_done;
    QList<Entry> m_entries;
    qsizetype m_bytes = 0;
    qsizetype m_most;
    /// The shortest a batch took: about the way there and back.
    std::chrono::steady_clock::duration m_roundTrip = std::chrono::steady_clock::duration::max();
};

/// The Error of a statement, at its place in the file.
[[nodiscard]] Error atStatement(Error error, const dump::DumpStatement &statement);
/// The COPY of a table that this transaction has made or emptied: its rows come frozen, so that
/// nobody who reads them first has to write hints on every page. As it is when it has options.
[[nodiscard]] QByteArray frozen(const QByteArray &copySql);
/// The Error of a COPY block: the server counts lines inside it, people look for lines of the file.
[[nodiscard]] Error atCopyRow(Error error, const dump::DumpStatement &copy);

} // namespace mayday::restore
