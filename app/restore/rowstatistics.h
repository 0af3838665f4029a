// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/restoreplan.h"

#include <QHash>

namespace mayday::restore {

/// How many rows each of these tables has by the server's own statistics, partitions counted apart.
/// An estimate, and nothing is waited for: no table is locked or read. A table of which the server
/// knows nothing is left out. One round trip; none when there are no tables.
[[nodiscard]] Result<QHash<TableName, qint64>>
rowsByStatistics(postgres::Session &session, const QList<TableName> &tables, TaskContext &context);

} // namespace mayday::restore
