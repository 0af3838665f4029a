// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

namespace mayday::restore {

/// One statement, or several, whose count of rows nobody wants to know.
[[nodiscard]] inline Result<void> runSql(postgres::Session &session, const QString &sql,
                                         TaskContext &context)
{
    return session.execute(sql.toUtf8(), context).transform([](qint64) {});
}

} // namespace mayday::restore
