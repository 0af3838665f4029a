// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restorereceipt.h"

#include <chrono>
#include <optional>

namespace mayday::restore {

enum class RestorePhase {
    Waiting,
    Inspecting,
    Opening, ///< what is wrapped is unpacked
    Preflight,
    SafetyCopy, ///< of a restore in place
    Loading,
    Proving,
    Analysing,
    Swapping,
    Refining, ///< live already: statistics in full
    Finished
};

/// A snapshot for the screen, published by the worker at most a few times a second and at every
/// change of phase.
struct RestoreProgress {
    RestorePhase phase = RestorePhase::Waiting;
    RestoreMode mode = RestoreMode::Replace;
    qint64 bytesDone = 0; ///< of the file in the current phase
    qint64 bytesTotal = 0;
    qint64 rowsDone = 0;
    qint64 rowsTotal = 0; ///< known after the inspection
    int tablesDone = 0;
    int tablesTotal = 0;
    QString table = {};           ///< the one being worked on, "public.products"
    QStringList connections = {}; ///< of several, what each is at
    QList<TableResult> tables = {};
    /// From the moment the data are live on: all there is to say but notes on full statistics.
    std::optional<RestoreReceipt> live = std::nullopt;
    std::chrono::milliseconds phaseElapsed{0};
    std::chrono::milliseconds sinceAnswer{0}; ///< since the server last said anything

    /// Bytes of the file per second in this phase; 0 while unknown.
    [[nodiscard]] double bytesPerSecond() const;
    /// What remains of the phase at the present rate; negative while unknown. The screen shows a
    /// range around it: the rate of a load is never steady.
    [[nodiscard]] std::chrono::seconds remaining() const;
};

} // namespace mayday::restore
