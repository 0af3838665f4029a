// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskcontext.h"

#include <thread>

namespace mayday {

/// Work that nobody waits for any longer than this: its context is asked to stop when the time is
/// over, or when the one it was made of is.
///
/// Lives on the worker's stack, with a thread of its own.
class TimeLimit final {
public:
    TimeLimit(const TaskContext &asked, std::chrono::milliseconds time)
        : m_context(m_stop.get_token()),
          m_onAsked(asked.stopToken(), Stop{&m_stop}),
          m_thread([this, time](const std::stop_token &over) {
              TaskContext(over).pause(time);
              if (!over.stop_requested())
                  m_stop.request_stop();
          })
    {
    }

    [[nodiscard]] TaskContext &context() { return m_context; }

private:
    struct Stop {
        std::stop_source *stop;
        void operator()() const { stop->request_stop(); }
    };

    std::stop_source m_stop;
    TaskContext m_context;
    std::stop_callback<Stop> m_onAsked;
    std::jthread m_thread; // last: it uses the rest
};

} // namespace mayday
