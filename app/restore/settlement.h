// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/connectionstring.h"
#include "restore/restoreplan.h"

namespace mayday::restore {

/// What the server says about a restore that ended without telling.
struct Settlement {
    bool committed = false; ///< what it kept is there, that is, the swap took place
    /// A database that it has left beside the live one, filled in part or in whole; empty: none.
    /// The next restore of the same file goes on with it.
    QString unfinished = {};
    /// Of a NewDatabase that is committed: its name.
    QString made = {};

    [[nodiscard]] bool operator==(const Settlement &) const = default;
};

/// Asks, and waits until nothing of it is under way any more. A blocking worker.
[[nodiscard]] Result<Settlement> settlementOf(const postgres::ConnectionString &target,
                                              const RestoreId &restore, TaskContext &context);
/// The same of one that keeps nothing there (restoremark.h). safetyCopy: where that was to go.
[[nodiscard]] Result<Settlement> settlementByNote(const postgres::ConnectionString &target,
                                                  const RestoreId &restore,
                                                  const QString &safetyCopy, TaskContext &context);

} // namespace mayday::restore
