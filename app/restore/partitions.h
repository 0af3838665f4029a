// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QMultiHash>

namespace mayday::restore {

/// From each partitioned table of the database, at any level, to all its parts; names as
/// "public.events".
[[nodiscard]] Result<QMultiHash<QString, QString>> partitionsByRoot(postgres::Session &session,
                                                                    TaskContext &context);

} // namespace mayday::restore
