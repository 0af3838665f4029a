// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpindex.h"
#include "dump/dumpstatement.h"
#include "postgres/session.h"
#include "restore/loadledger.h"
#include "restore/statementfilter.h"

#include <QByteArrayList>
#include <QStringList>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

namespace mayday::restore {

/// Several connections that fill the tables of one database at the same time, each from its own
/// place in the dump, and make its indexes and constraints.
///
/// Each job is a transaction of its own, so the database must be one that nobody looks at yet. Owns
/// the sessions and a thread for each; the first Error stops them all. add...() and wait() belong
/// to one thread.
class LoadCrew final {
public:
    /// What all of them read. filter: outlives the crew.
    struct Source {
        QString file;
        archive::AccessPoints points;
        const StatementFilter &filter;
        LoadLedger ledger = {}; ///< each job is noted there in its own transaction
    };

    LoadCrew(std::vector<postgres::Session> sessions, Source source, const TaskContext &context);
    ~LoadCrew();
    Q_DISABLE_COPY_MOVE(LoadCrew)

    /// The rows of one table, whole and checked, or an Error with the line of the file. isAlone:
    /// nothing else brings rows to it. settings: the SETs that are in force there in the file.
    void addBlock(const dump::DataBlock &block, bool isAlone, const QByteArrayList &settings);
    /// Of the dump; or of our own, which has no place in it and is noted nowhere.
    void addStatement(const dump::DumpStatement &statement, const QByteArrayList &settings);
    void addOwn(const QByteArray &sql, const QByteArrayList &settings, const QString &about);
    /// Until everything is done, or the first Error. onTick: about ten times a second.
    [[nodiscard]] Result<void> wait(const std::function<void()> &onTick);

    /// Of all blocks that were added.
    [[nodiscard]] qint64 rowsGiven() const { return m_rowsGiven; }
    [[nodiscard]] qint64 rowsDone() const { return m_rows; }
    /// Since the server last answered any of them.
    [[nodiscard]] std::chrono::milliseconds sinceLastAnswer() const;
    [[nodiscard]] qint64 bytesDone() const { return m_bytes; } ///< of rows, uncompressed
    /// What each connection is at, "" for one that waits.
    [[nodiscard]] QStringList work() const;

private:
    struct Block {
        dump::DataBlock block;
        bool isAlone = false;
        QByteArrayList settings = {};
    };
    struct Statement {
        dump::DumpStatement statement;
        QByteArrayList settings = {};
    };
    using Job = std::variant<Block, Statement>;
    class Member;

    void add(Job job);
    void run(Member &member, const std::stop_token &ended);
    [[nodiscard]] std::optional<Job> next(Member &member, const std::stop_token &ended);
    void finished(const Result<void> &outcome);

    Source m_source;
    std::stop_source m_stop; ///< of the work under way
    std::stop_callback<std::function<void()>> m_onOuterStop;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Job> m_jobs;
    int m_atWork = 0;
    std::optional<Error> m_error;
    qint64 m_rowsGiven = 0;
    std::atomic<qint64> m_rows = 0;
    std::atomic<qint64> m_bytes = 0;
    std::vector<std::unique_ptr<Member>> m_members;
    std::vector<std::jthread> m_threads; // last: joined before what they use goes
};

} // namespace mayday::restore
