// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskcontext.h"
#include "postgres/session.h"
#include "restore/statementfilter.h"

namespace mayday::restore {

/// What the server has in the schemas that are left out, so that whatever of the dump is not among
/// it can be told.
[[nodiscard]] Result<LeftOut> leftOutFacts(postgres::Session &session, const QStringList &schemas,
                                           TaskContext &context);

/// What is done with a statement about a schema that is left out; nothing when it is about another,
/// or when it would change rows there. Refused: what belongs to both sides (a partition and its
/// table), and what does not say on which it is. Pure.
///
/// databaseThings: of TargetFacts.
[[nodiscard]] std::optional<StatementDecision> decideLeftOut(const dump::DumpStatement &statement,
                                                             const LeftOut &leftOut,
                                                             const QSet<QString> &databaseThings);

} // namespace mayday::restore
