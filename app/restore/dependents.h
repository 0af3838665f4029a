// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QStringList>

namespace mayday::restore {

/// What stands outside of the schemas and would go on pointing at what was in them when they are
/// renamed: views, foreign keys, columns, functions, event triggers, publications ... Each in
/// words: "View reports.daily". What belongs to an extension moves with it and is none of these.
[[nodiscard]] postgres::Question dependentsQuestion(const QStringList &schemas);
[[nodiscard]] Result<QStringList>
outsideDependents(postgres::Session &session, const QStringList &schemas, TaskContext &context);
/// The same when they are dropped, in whatever other schema it stands, be it one that is kept; and
/// what would lose something that nothing depends on: a table of which one of theirs is a part, an
/// extension that lives in them, and what names one of them in a setting or a function. companions:
/// schemas whose losses do not count.
[[nodiscard]] Result<QStringList> usersOfDropped(postgres::Session &session,
                                                 const QStringList &schemas,
                                                 const QStringList &companions,
                                                 TaskContext &context);

} // namespace mayday::restore
