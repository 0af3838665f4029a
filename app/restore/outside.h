// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/statementfilter.h"

namespace mayday::restore {

/// What is done with a statement about something that is not restored: another schema, the
/// database, the roles of the server. Nothing when it is about the restored schemas, or when its
/// words do not tell; then OutsideWatch sees what it did.
///
/// words: the first twelve of the statement.
[[nodiscard]] std::optional<StatementDecision> decideOutside(const dump::DumpStatement &statement,
                                                             const QStringList &words,
                                                             const QSet<QString> &schemas);

} // namespace mayday::restore
