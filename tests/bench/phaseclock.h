// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/latest.h"
#include "core/taskcontext.h"
#include "restore/restoreprogress.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

namespace mayday::bench {

/// How long a restore stays in each of its phases, to a hundredth of a second: looked at from a
/// thread of its own, as the window does.
class PhaseClock final {
public:
    explicit PhaseClock(const Latest<restore::RestoreProgress> &progress)
        : m_looking([this, progress](const std::stop_token &stop) {
              using namespace std::chrono_literals;
              TaskContext context(stop);
              auto before = std::chrono::steady_clock::now();
              while (!context.stopRequested()) {
                  context.pause(10ms);
                  const auto now = std::chrono::steady_clock::now();
                  m_seconds[progress.read().phase] +=
                      std::chrono::duration<double>(now - before).count();
                  before = now;
              }
          })
    {
    }

    /// Ends the looking.
    void print()
    {
        m_looking.request_stop();
        m_looking.join();
        for (const auto &[phase, seconds] : m_seconds)
            std::printf("  %s %.2f s", names[static_cast<size_t>(phase)], seconds);
        std::printf("\n");
    }

private:
    static constexpr std::array names{"waiting",  "inspecting", "opening", "preflight",
                                      "copy",     "loading",    "proving", "analysing",
                                      "swapping", "refining",   "finished"};

    std::map<restore::RestorePhase, double> m_seconds;
    std::jthread m_looking;
};

} // namespace mayday::bench
