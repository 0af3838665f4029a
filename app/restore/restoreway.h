// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "postgres/session.h"
#include "restore/restoreplan.h"

namespace mayday::restore {

/// Which way a restore is proposed to go, with the reason, and whether there are others.
struct RestoreWay {
    RestoreMode proposed = RestoreMode::Replace;
    QString reason; ///< why this one, a clause: "the backup is small"
    /// Why the whole database cannot be swapped; nothing when it can.
    std::optional<Error> noDatabase = std::nullopt;
    /// Why no database of its own can be made; nothing when one can.
    std::optional<Error> noNewDatabase = std::nullopt;
    /// Why nothing can be loaded beside the schemas; nothing when it can.
    std::optional<Error> noSchema = std::nullopt;
    /// Why the schemas cannot be emptied to load there; nothing when they can.
    std::optional<Error> noPlace = std::nullopt;

    /// Of the ways to replace what is live, and of the one that leaves it.
    [[nodiscard]] bool isPossible(RestoreMode mode) const;
    /// Without the way beside the schemas: the one that is left, those that keep the old data
    /// first. What was in the way when there is none.
    [[nodiscard]] Result<void> turnFromSchema();
};

/// Refused when the whole database cannot be swapped for one made of this backup: for want of
/// rights, or because something that is live would be missing afterwards.
[[nodiscard]] Result<void> checkWholeDatabase(postgres::Session &live,
                                              const dump::DumpInspection &inspection,
                                              TaskContext &context);

/// Refused when the login may not make a database.
[[nodiscard]] Result<void> checkNewDatabase(const postgres::Session &live);

/// What is in the live database and would not be in one made of this backup.
[[nodiscard]] Result<QStringList> missingFromBackup(postgres::Session &live,
                                                    const dump::DumpInspection &inspection,
                                                    TaskContext &context);

/// Asks, changes nothing. Swapping the database disconnects everybody, so it is proposed only where
/// its several connections save minutes.
[[nodiscard]] Result<RestoreWay>
proposeWay(postgres::Session &live, const dump::DumpInspection &inspection, TaskContext &context);

} // namespace mayday::restore
