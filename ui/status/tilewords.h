// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/boardsnapshot.h"
#include "status/outage.h"
#include "ui/kit/tile.h"

/// The one place where states become words of the window. Pure functions over values; every text
/// that leaves here is translated, except what vendors and servers said themselves.
namespace mayday::ui {

/// One of our own probes as a tile. Lost rows and stale readings are states of their own.
[[nodiscard]] TileFacts tileFor(const status::ProbeSnapshot &probe,
                                const status::BoardSnapshot &board);
/// What a vendor says; when our probes there see something else the detail names it (R11).
[[nodiscard]] TileFacts tileFor(const status::ProviderSnapshot &vendor,
                                const status::BoardSnapshot &board);

/// The shape before the page's sentence.
[[nodiscard]] StateShape shapeOf(const status::Verdict &verdict,
                                 const status::BoardSnapshot &board);
/// Whether anything was ever asked.
[[nodiscard]] bool hasAnyReading(const status::BoardSnapshot &board);

/// "works", "degraded", "down": lower case, for the middle of a line.
[[nodiscard]] QString stateWord(status::State state);
/// "Database shop: works → down, no answer"
[[nodiscard]] QString changeWords(const status::StatusChange &change);
/// "database shop" -> "Database shop", "service Backend API" -> "Backend API"
[[nodiscard]] QString shownName(const QString &name);

} // namespace mayday::ui
