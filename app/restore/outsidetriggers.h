// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QList>
#include <QStringList>

namespace mayday::restore {

/// A trigger on a table of somebody else's that calls a function of ours, as on a managed host the
/// sign-ups in its own auth.users reach the tables of the application.
struct OutsideTrigger {
    QString dependent; ///< "Trigger a of table auth.users", as outsideDependents() has it
    QByteArray sql;    ///< makes it call the function of that name in the schema that follows
};

/// Those that call a function of schema `from` and could call the one of that name in `to`: the
/// login may replace them (since PostgreSQL 14), they are switched on as every new one is, and the
/// function is there. inBoth: the schemas whose own triggers are none of these.
[[nodiscard]] Result<QList<OutsideTrigger>> outsideTriggers(postgres::Session &session,
                                                            const QString &from, const QString &to,
                                                            const QStringList &inBoth,
                                                            TaskContext &context);
/// What it asks inside of a transaction.
[[nodiscard]] std::vector<postgres::Question>
outsideTriggersQuestions(const postgres::Session &session, const QString &from, const QString &to,
                         const QStringList &inBoth);

} // namespace mayday::restore
