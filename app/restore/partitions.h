// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/restoreplan.h"

#include <QMultiHash>
#include <QSet>

namespace mayday::restore {

[[nodiscard]] postgres::Question partitionsQuestion();
/// From each partitioned table of the database, at any level, to all its parts.
[[nodiscard]] Result<QMultiHash<TableName, TableName>> partitionsByRoot(postgres::Session &session,
                                                                        TaskContext &context);

[[nodiscard]] postgres::Question aboveForeignQuestion();
/// Tables, partitioned or inherited from, that have a part on a foreign server: whoever asks for
/// all their rows asks that server.
[[nodiscard]] Result<QSet<TableName>> tablesAboveForeign(postgres::Session &session,
                                                         TaskContext &context);

} // namespace mayday::restore
