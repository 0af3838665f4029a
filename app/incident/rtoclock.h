// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/incident.h"

namespace mayday::incident {

/// The recovery-time clock at one moment. A closed incident's clock stands still.
struct RtoReading {
    std::chrono::seconds elapsed{0};
    bool isPromised = false;      ///< without a promise there is nothing left or over
    std::chrono::seconds left{0}; ///< negative when over
    std::chrono::seconds forecast{
        0}; ///< from the opening to the end, if the rest takes as estimated
    bool isOver = false;
    bool willMiss = false; ///< not over yet, but the forecast is

    [[nodiscard]] bool operator==(const RtoReading &) const = default;
};

[[nodiscard]] RtoReading readRtoClock(const Incident &incident, const QDateTime &now);

/// The first public word is due five minutes after the opening, each further one twenty after the
/// one before.
[[nodiscard]] QDateTime firstUpdateDue(const QDateTime &opened);
[[nodiscard]] QDateTime nextUpdateDue(const QDateTime &lastUpdate);
/// Until the next update is due; negative when it is late. 0 for a closed incident.
[[nodiscard]] std::chrono::seconds untilNextUpdate(const Incident &incident, const QDateTime &now);

} // namespace mayday::incident
