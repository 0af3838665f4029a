// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/restoreplan.h"

namespace mayday::restore {

/// What tells afterwards whether a restore was committed of which nothing is kept on the server:
/// the number of its transaction and what it made, in a hidden file beside the safety copy. The
/// server remembers for a long time how each transaction ended, and tells everybody.
///
/// Inside the caller's transaction, before its commit.
[[nodiscard]] Result<void> noteTransaction(postgres::Session &session, const QString &safetyCopy,
                                           const RestoreId &restore, TaskContext &context);

/// Whether it was committed. Never noted is never committed; nor is what a crash or a standby that
/// took over has lost. An Error when the server does not know any more, or it is still under way.
[[nodiscard]] Result<bool> isNotedAsCommitted(postgres::Session &session, const QString &safetyCopy,
                                              const RestoreId &restore, TaskContext &context);

/// ".shop_before_20261123_081500.sql.gz.mayday-restore"
[[nodiscard]] QString noteFileOf(const QString &safetyCopy);

} // namespace mayday::restore
