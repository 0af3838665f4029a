// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/rtoclock.h"
#include "ui/kit/themetokens.h"

#include <QString>

namespace mayday::ui::incidenttexts {

/// What the incident screens say; pure and translated.
/// "06:12 gone · 08:48 left · about 5 min to go"
[[nodiscard]] QString clockWords(const incident::RtoReading &clock);
/// Warn when the forecast is late, Down when the promise is broken.
[[nodiscard]] Ink clockInk(const incident::RtoReading &clock);
/// "in 03:40", "overdue by 00:30"
[[nodiscard]] QString updateWords(std::chrono::seconds until);
[[nodiscard]] Ink updateInk(std::chrono::seconds until);
/// "PRODUCTION", "DRILL", "STAGING": never two that look alike (R6).
[[nodiscard]] QString modeWord(const incident::Incident &incident);
/// "Drill 3" or "Incident 14"
[[nodiscard]] QString numberWord(const incident::Incident &incident);

} // namespace mayday::ui::incidenttexts
