// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

namespace mayday::restore {

/// Asks while search_path is pg_catalog alone, so that what the server prints of functions, types
/// and expressions has the name of its schema everywhere; then search_path is again what it was.
/// One round trip; outside of a transaction it makes one of its own.
[[nodiscard]] Result<postgres::Rows>
askWithPlainNames(postgres::Session &session, const QByteArray &question, TaskContext &context);
/// The same as it is asked inside of a transaction, to be asked ahead.
[[nodiscard]] std::vector<postgres::Question> questionsWithPlainNames(const QByteArray &question);

} // namespace mayday::restore
