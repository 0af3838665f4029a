// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QStringList>

namespace mayday::restore {

/// Looks for rows without their parent, for loads that switched the server's own checks off
/// (session_replication_role, DISABLE TRIGGER). Corrupt, with table and constraint, when there is
/// one. Constraints that say themselves they were never validated are not asked.
[[nodiscard]] Result<void> checkForeignKeys(postgres::Session &session, const QStringList &schemas,
                                            TaskContext &context);

} // namespace mayday::restore
