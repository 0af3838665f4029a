// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QHash>
#include <QStringList>

namespace mayday::restore {

/// Tables of kept schemas that have rows, while the live one of the same name has none or is not
/// there: what is kept of them may be the only copy. liveOf says which schema takes the place of
/// each; there and live may be sessions of two databases. "public.products", by the live name.
///
/// Blocking; waits for a table's lock as long as the sessions do. An Error where a table cannot be
/// read, and where row security would hide rows.
[[nodiscard]] Result<QStringList> tablesOnlyKept(postgres::Session &there, postgres::Session &live,
                                                 const QHash<QString, QString> &liveOf,
                                                 TaskContext &context);

} // namespace mayday::restore
