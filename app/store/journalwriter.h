// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/task.h"
#include "store/journalevent.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace mayday::store {

class Database;

/// The only thread that writes to the journal: "mayday-journal". Appends come out in the order they
/// went in; each is on the disk (WAL, synchronous=FULL) before its task ends.
class JournalWriter final {
public:
    using Appended = std::function<void(const JournalEvent &)>;

    /// appended is called on the writer's thread after each record, before its task ends.
    JournalWriter(QString path, const Clock &clock, Appended appended);
    /// Writes what is queued, then ends.
    ~JournalWriter();
    Q_DISABLE_COPY_MOVE(JournalWriter)

    [[nodiscard]] Task<JournalEvent> append(JournalDraft draft);

private:
    struct Job {
        JournalDraft draft;
        TaskPromise<JournalEvent> promise;
    };
    void work(const std::stop_token &stop);
    void finish(Job job);
    [[nodiscard]] Result<JournalEvent> write(const JournalDraft &draft);

    QString m_path;
    const Clock &m_clock;
    Appended m_appended;
    std::mutex m_mutex;
    std::condition_variable_any m_woken;
    std::deque<Job> m_jobs;
    std::unique_ptr<Database> m_database; ///< of the thread
    std::jthread m_thread;
};

} // namespace mayday::store
