// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/restorereceipt.h"

namespace mayday::restore {

/// Asks the team's own questions about what was loaded: one SELECT each, whose one answer must be
/// true. Each in a read-only subtransaction that is rolled back, with these schemas as its
/// search_path, for a minute at most. Inside the caller's transaction, which goes on whatever a
/// check does. An Error only when the connection was lost or a stop was asked for.
[[nodiscard]] Result<QList<CheckResult>> runChecks(postgres::Session &session,
                                                   const QList<TeamCheck> &checks,
                                                   const QStringList &schemas,
                                                   TaskContext &context);

/// Whether it is a question: a statement that could end the transaction is none.
[[nodiscard]] bool isQuestion(const QString &sql);

} // namespace mayday::restore
