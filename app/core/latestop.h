// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskcontext.h"

#include <thread>

namespace mayday {

/// A stop that is heeded late. A commit whose answer must be heard, or the removal of what was
/// begun, goes on after somebody asked to stop; but a connection that fell silent never answers, so
/// the wait ends the grace after that. Nobody asks: it waits for ever.
///
/// Lives on the worker's stack, with a thread of its own.
class LateStop final {
public:
    static constexpr std::chrono::seconds usualGrace{10};

    explicit LateStop(const TaskContext &asked, std::chrono::milliseconds grace = usualGrace)
        : m_context(m_stop.get_token()),
          m_thread([this, asked = asked.stopToken(), grace](const std::stop_token &over) {
              watch(asked, grace, over);
          })
    {
    }

    [[nodiscard]] TaskContext &context() { return m_context; }

    /// The error of such work: whom nobody answered did not stop by its own choice.
    [[nodiscard]] static Error unanswered(Error error)
    {
        if (error.kind != ErrorKind::Cancelled)
            return error;
        error.kind = ErrorKind::Timeout;
        error.detail = QStringLiteral("the server did not answer");
        error.advice = Advice::CheckNetwork;
        return error;
    }

private:
    void watch(const std::stop_token &asked, std::chrono::milliseconds grace,
               const std::stop_token &over)
    {
        const std::stop_callback onAsked(asked, [this] {
            const std::scoped_lock lock(m_mutex);
            m_wake.notify_all();
        });
        std::unique_lock lock(m_mutex);
        if (!m_wake.wait(lock, over, [&asked] { return asked.stop_requested(); }))
            return;
        m_wake.wait_for(lock, over, grace, [] { return false; });
        if (!over.stop_requested())
            m_stop.request_stop();
    }

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::stop_source m_stop;
    TaskContext m_context;
    std::jthread m_thread; // last: it uses the rest
};

} // namespace mayday
