// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "postgres/session.h"

#include <QSet>
#include <QStringList>

namespace mayday::restore {

/// What a statement is about when that belongs to the whole database and to no schema, in words
/// that name it: "language plperl", "server far", "cast (money AS uuid)". Empty for all others.
[[nodiscard]] QString databaseThing(const dump::DumpStatement &statement);

[[nodiscard]] postgres::Question thingsQuestion(const QStringList &schemas);
/// All there are, in the same words. Of casts and transforms only those between types that are in
/// none of the schemas: the others go aside with their types and are made anew.
[[nodiscard]] Result<QSet<QString>>
databaseThings(postgres::Session &session, const QStringList &schemas, TaskContext &context);

} // namespace mayday::restore
