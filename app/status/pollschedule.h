// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

#include <chrono>
#include <optional>

namespace mayday::status {

/// How often to look. Vendors' pages: what public clients do, once in five minutes and once a
/// minute while something is wrong. A value.
struct PollIntervals {
    std::chrono::milliseconds pageCalm = std::chrono::minutes(5);
    std::chrono::milliseconds pageTrouble = std::chrono::minutes(1);
    std::chrono::milliseconds probeCalm = std::chrono::minutes(1);
    std::chrono::milliseconds probeTrouble = std::chrono::seconds(15);
    std::chrono::milliseconds backoffUnit =
        std::chrono::minutes(1);                               ///< failing pages: 1, 2, 5 units
    std::chrono::milliseconds least = std::chrono::seconds(5); ///< between two polls, also by hand
    double jitter = 0.1;                                       ///< of the interval, either way

    /// Everything stands on this machine: every two seconds, no jitter, no backoff to speak of.
    [[nodiscard]] static PollIntervals practice();
};

/// When one target is polled next: never two polls at once, jitter, backoff. Pure; times are those
/// of Clock::monotonic().
class PollSchedule final {
public:
    explicit PollSchedule(std::chrono::milliseconds firstAt) : m_due(firstAt) {}

    [[nodiscard]] bool isDue(std::chrono::milliseconds now) const
    {
        return !m_running && m_due <= now;
    }
    [[nodiscard]] bool isRunning() const { return m_running; }
    /// None while a poll is running.
    [[nodiscard]] std::optional<std::chrono::milliseconds> due() const;

    void started(std::chrono::milliseconds now);
    /// chance: -1 to 1, how much of the jitter.
    void succeeded(std::chrono::milliseconds now, std::chrono::milliseconds interval, double chance,
                   const PollIntervals &intervals);
    /// refused: the page said that it does not want us (4xx); no haste then.
    void failed(std::chrono::milliseconds now, bool refused, double chance,
                const PollIntervals &intervals);
    /// Polls as soon as good manners allow.
    void hurry(std::chrono::milliseconds now, const PollIntervals &intervals);

private:
    std::chrono::milliseconds m_due;
    std::optional<std::chrono::milliseconds> m_startedAt;
    std::chrono::milliseconds m_notBefore{0}; ///< a 4xx's wish, also against haste
    int m_failures = 0;
    bool m_running = false;
};

} // namespace mayday::status
