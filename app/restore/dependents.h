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

} // namespace mayday::restore
