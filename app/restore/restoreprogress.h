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

/// How far the server is with the indexes it builds now.
struct IndexBuild {
    int count = 0;
    double read = 0;    ///< share of the tables, 0 to 1
    double written = 0; ///< share of the rows that are sorted and written, 0 to 1; 0 while it reads
};

/// What a second connection has seen of the server.
struct ServerPulse {
    std::chrono::milliseconds at{0}; ///< of the monotonic clock; 0: nothing yet
    std::optional<IndexBuild> index = std::nullopt;
    /// While it takes in rows by COPY: all it has so far, not what was sent and is on its way.
    std::optional<qint64> rowsTaken = std::nullopt;
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
    /// From the moment the data are live on: all there is to say but what came to life, and
    /// notes on full statistics.
    std::optional<RestoreReceipt> live = std::nullopt;
    /// What came to life with them, once that has been looked at.
    std::optional<Afterwards> afterwards = std::nullopt;
    std::chrono::milliseconds phaseElapsed{0};
    std::chrono::milliseconds sinceAnswer{0}; ///< since the server last said anything
    /// When all this was true, by the monotonic clock; 0: unknown.
    std::chrono::milliseconds publishedAt{0};
    std::optional<IndexBuild> index = std::nullopt;
    std::optional<qint64> rowsTaken = std::nullopt; ///< as the server says, of a load

    /// The same as of now: durations have gone on since, while the worker waits for one answer, and
    /// a second connection may have heard from the server.
    [[nodiscard]] RestoreProgress asOf(std::chrono::milliseconds now,
                                       const ServerPulse &pulse) const;
    [[nodiscard]] double rowsPerSecond() const; ///< in this phase; 0 while unknown
    /// Bytes of the file per second in this phase; 0 while unknown.
    [[nodiscard]] double bytesPerSecond() const;
    /// What remains of the phase at the present rate; negative while unknown. The screen shows a
    /// range around it: the rate of a load is never steady.
    [[nodiscard]] std::chrono::seconds remaining() const;
};

} // namespace mayday::restore
