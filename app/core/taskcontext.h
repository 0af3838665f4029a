// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

namespace mayday {

/// What blocking work may ask of its surroundings: was a stop requested, and where to say how far
/// it is. Lives on the worker's stack; pass by reference.
class TaskContext final {
public:
    /// done and total in the unit of the phase; total 0 means unknown. Called on the worker.
    using ProgressSink = std::function<void(qint64 done, qint64 total, const QString &phase)>;

    TaskContext() = default;
    explicit TaskContext(std::stop_token stop, ProgressSink sink = {})
        : m_stop(std::move(stop)), m_sink(std::move(sink))
    {
    }

    [[nodiscard]] bool stopRequested() const { return m_stop.stop_requested(); }
    [[nodiscard]] std::stop_token stopToken() const { return m_stop; }
    void progress(qint64 done, qint64 total, const QString &phase) const
    {
        if (m_sink)
            m_sink(done, total, phase);
    }

    /// Waits so long, or until a stop is requested.
    void pause(std::chrono::milliseconds time) const
    {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, m_stop, time, [] { return false; });
    }

    /// The error of work that stopped because it was asked to. left: what remains behind, in words.
    [[nodiscard]] static Error cancelled(const QString &subject, const QString &left)
    {
        return Error{.kind = ErrorKind::Cancelled,
                     .subject = subject,
                     .detail = left,
                     .advice = std::nullopt};
    }

private:
    std::stop_token m_stop;
    ProgressSink m_sink;
};

} // namespace mayday
