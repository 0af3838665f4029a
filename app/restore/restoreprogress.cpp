// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restoreprogress.h"

#include <algorithm>

namespace mayday::restore {

namespace {

/// Before this much time a rate says more about buffers than about the server.
constexpr std::chrono::milliseconds warmUp{700};

} // namespace

RestoreProgress RestoreProgress::asOf(std::chrono::milliseconds now, const ServerPulse &pulse) const
{
    RestoreProgress at = *this;
    if (publishedAt.count() == 0)
        return at;
    at.phaseElapsed += now - publishedAt;
    // In the other phases the worker asks many short questions and seldom publishes.
    if (phase < RestorePhase::Loading || phase >= RestorePhase::Swapping)
        return at;
    at.sinceAnswer += now - publishedAt;
    if (pulse.at.count() == 0)
        return at;
    at.sinceAnswer = std::min(at.sinceAnswer, now - pulse.at);
    constexpr std::chrono::seconds stale{3};
    if (now - pulse.at < stale)
        at.index = pulse.index;
    // We count a table when it is over, and the server counts in the middle of one.
    if (phase == RestorePhase::Loading && now - pulse.at < stale && pulse.rowsTaken) {
        at.rowsDone = std::max(at.rowsDone, std::min(*pulse.rowsTaken, at.rowsTotal));
        at.rowsTaken = at.rowsDone;
    }
    return at;
}

double RestoreProgress::rowsPerSecond() const
{
    if (phaseElapsed < warmUp || rowsDone <= 0 || phase != RestorePhase::Loading)
        return 0;
    return static_cast<double>(rowsDone) * 1000.0 / static_cast<double>(phaseElapsed.count());
}

double RestoreProgress::bytesPerSecond() const
{
    if (phaseElapsed < warmUp || bytesDone <= 0)
        return 0;
    return static_cast<double>(bytesDone) * 1000.0 / static_cast<double>(phaseElapsed.count());
}

std::chrono::seconds RestoreProgress::remaining() const
{
    const double rate = bytesPerSecond();
    if (rate <= 0 || bytesTotal < bytesDone)
        return std::chrono::seconds{-1};
    return std::chrono::seconds{
        static_cast<qint64>(static_cast<double>(bytesTotal - bytesDone) / rate)};
}

} // namespace mayday::restore
