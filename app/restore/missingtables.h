// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "postgres/session.h"
#include "restore/restoreplan.h"

namespace mayday::restore {

/// Tables of the dump that the server lacks in schemas that it has and that are not empty: they
/// can come back alone.
[[nodiscard]] Result<QList<TableName>> missingTables(postgres::Session &session,
                                                     const dump::DumpInspection &inspection,
                                                     TaskContext &context);

/// Refused when one of the tables is there, or may not be made where it was.
[[nodiscard]] Result<void> checkMissing(postgres::Session &session, const QList<TableName> &tables,
                                        TaskContext &context);

/// The same with what belongs together: the partitions of those that have some, without which they
/// are empty; and of what is missing the tables that they are partitions of.
[[nodiscard]] QList<TableName> withWholes(const QList<TableName> &tables,
                                          const dump::DumpInspection &inspection,
                                          const QList<TableName> &missing);
/// Only the first of it.
[[nodiscard]] QList<TableName> withPartitions(const QList<TableName> &tables,
                                              const dump::DumpInspection &inspection);

/// "public.a, public.b"
[[nodiscard]] QString inWords(const QList<TableName> &tables);

} // namespace mayday::restore
