// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journalwriter.h"

#include "store/chain.h"

#ifdef Q_OS_LINUX
#include <pthread.h>
#endif

namespace mayday::store {

JournalWriter::JournalWriter(QString path, const Clock &clock, Appended appended)
    : m_path(std::move(path)),
      m_clock(clock),
      m_appended(std::move(appended)),
      m_thread([this](const std::stop_token &stop) { work(stop); })
{
}

JournalWriter::~JournalWriter() = default;

Task<JournalEvent> JournalWriter::append(JournalDraft draft)
{
    Job job{.draft = std::move(draft), .promise = {}};
    auto task = job.promise.task();
    {
        const std::scoped_lock lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_woken.notify_one();
    return task;
}

void JournalWriter::work(const std::stop_token &stop)
{
#ifdef Q_OS_LINUX
    pthread_setname_np(pthread_self(), "mayday-journal");
#endif
    while (true) {
        std::unique_lock lock(m_mutex);
        // A stop ends the waiting, never what is queued: that was promised to be written.
        if (!m_woken.wait(lock, stop, [this] { return !m_jobs.empty(); }))
            return;
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        finish(std::move(job));
    }
}

void JournalWriter::finish(Job job)
{
    auto event = write(job.draft);
    if (event)
        m_appended(*event);
    job.promise.finish(std::move(event));
}

Result<JournalEvent> JournalWriter::write(const JournalDraft &draft)
{
    if (!m_database) {
        auto opened = Database::open(m_path, Database::Mode::ReadWrite);
        if (!opened)
            return failure(opened.error());
        auto ready = makeDurable(*opened).and_then([&] { return prepareSchema(*opened); });
        if (!ready)
            return failure(ready.error());
        m_database = std::make_unique<Database>(*std::move(opened));
    }
    // The connection is kept when an append fails: a new one would read the log from its beginning
    // and could find a record whole whose sync failed, and which was reported as not written.
    return appendTo(*m_database, draft, m_clock.now());
}

} // namespace mayday::store
