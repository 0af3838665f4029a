// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "postgres/session.h"

#include <QSet>
#include <QString>

namespace mayday::restore {

/// What a statement of a dump makes, in words that are the same for the same thing on a server:
/// "table public.a", "policy p on public.a", "function public.f(a integer)". Empty: nothing of a
/// schema. Pure.
[[nodiscard]] QString thingMadeBy(const dump::DumpStatement &statement);

/// The routine that an ALTER, a COMMENT ON, a GRANT or a REVOKE is about, in the same words.
[[nodiscard]] QString routineNamedBy(const dump::DumpStatement &statement);

/// All that these schemas of the server have, in the words of thingMadeBy().
[[nodiscard]] Result<QSet<QString>> thingNamesIn(postgres::Session &session,
                                                 const QStringList &schemas, TaskContext &context);

} // namespace mayday::restore
