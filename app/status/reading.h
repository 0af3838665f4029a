// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QDateTime>
#include <QString>

#include <chrono>
#include <optional>

namespace mayday::status {

/// How something is. Unknown is what everything is until it was asked, and never shown as well.
enum class State { Operational, Degraded, Down, Maintenance, Unknown };

/// "operational", "degraded", "down", "maintenance", "unknown": for JSON, logs and comparing.
[[nodiscard]] QString stateKey(State state);
/// Degraded or Down.
[[nodiscard]] bool isTrouble(State state);
/// The one that matters more: Down, Degraded, Maintenance, Unknown, Operational.
[[nodiscard]] State worseOf(State one, State other);

/// One status value with its time. A value.
struct Reading {
    State state = State::Unknown;
    QString word;   ///< the source's own short word: "major outage", "200", "not asked yet"
    QString detail; ///< technical, one line
    QDateTime at;   ///< invalid: never asked
    std::chrono::milliseconds latency{0};
    std::optional<Error> error = std::nullopt; ///< why it is Unknown or Down

    [[nodiscard]] static Reading notAskedYet();
};

/// How far a reading may be believed (R11).
enum class Freshness {
    Fresh,
    Stale, ///< older than three intervals
    None,  ///< there is no reading at all
};

[[nodiscard]] std::chrono::milliseconds ageOf(const Reading &reading, const QDateTime &now);
[[nodiscard]] Freshness freshnessOf(const Reading &reading, std::chrono::milliseconds interval,
                                    const QDateTime &now);
/// What may be concluded now: the reading's state while it is fresh, else Unknown.
[[nodiscard]] State trustedState(const Reading &reading, std::chrono::milliseconds interval,
                                 const QDateTime &now);
/// "40 seconds", "14 minutes", "2 hours", "3 days": whole units, rounded down.
[[nodiscard]] QString durationWords(std::chrono::milliseconds time);

} // namespace mayday::status
