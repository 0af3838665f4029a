// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/restoreplan.h"

#include <QMultiHash>

namespace mayday::restore {

/// From each partitioned table of the database, at any level, to all its parts.
[[nodiscard]] Result<QMultiHash<TableName, TableName>> partitionsByRoot(postgres::Session &session,
                                                                        TaskContext &context);

} // namespace mayday::restore
