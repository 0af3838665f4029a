// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/pollschedule.h"

#include <algorithm>
#include <array>

namespace mayday::status {

namespace {

std::chrono::milliseconds jittered(std::chrono::milliseconds interval, double chance, double jitter)
{
    const double factor = 1.0 + jitter * std::clamp(chance, -1.0, 1.0);
    return std::chrono::milliseconds(
        static_cast<qint64>(static_cast<double>(interval.count()) * factor));
}

} // namespace

PollIntervals PollIntervals::practice()
{
    constexpr auto all = std::chrono::seconds(2);
    return {.pageCalm = all,
            .pageTrouble = all,
            .probeCalm = all,
            .probeTrouble = all,
            .backoffUnit = all,
            .least = std::chrono::milliseconds(200),
            .jitter = 0.0};
}

std::optional<std::chrono::milliseconds> PollSchedule::due() const
{
    return m_running ? std::nullopt : std::optional(m_due);
}

void PollSchedule::started(std::chrono::milliseconds now)
{
    m_running = true;
    m_startedAt = now;
}

void PollSchedule::succeeded(std::chrono::milliseconds now, std::chrono::milliseconds interval,
                             double chance, const PollIntervals &intervals)
{
    m_running = false;
    m_failures = 0;
    m_notBefore = std::chrono::milliseconds(0);
    m_due = now + jittered(interval, chance, intervals.jitter);
}

void PollSchedule::failed(std::chrono::milliseconds now, bool refused, double chance,
                          const PollIntervals &intervals)
{
    static constexpr std::array<int, 3> units = {1, 2, 5};
    m_running = false;
    const size_t step =
        refused ? units.size() - 1 : std::min(static_cast<size_t>(m_failures), units.size() - 1);
    ++m_failures;
    m_due = now + jittered(units[step] * intervals.backoffUnit, chance, intervals.jitter);
    if (refused)
        m_notBefore = m_due;
}

void PollSchedule::hurry(std::chrono::milliseconds now, const PollIntervals &intervals)
{
    const auto polite = m_startedAt ? std::max(now, *m_startedAt + intervals.least) : now;
    m_due = std::min(m_due, std::max(polite, m_notBefore));
}

} // namespace mayday::status
