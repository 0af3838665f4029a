// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QByteArrayView>
#include <QList>
#include <QString>

namespace mayday::postgres {

/// A table or partition that holds rows.
struct TableFacts {
    QString schema = {};
    QString name = {};
    qint64 estimatedRows = 0; ///< the planner's; -1 when never analysed
    qint64 bytes = 0;         ///< with indexes and TOAST
};

struct SequenceFacts {
    QString schema = {};
    QString name = {};
    qint64 lastValue = 0;
    bool isCalled = false;   ///< false: the next value is lastValue itself
    QString ownerTable = {}; ///< of the column it feeds; empty when it feeds none
    QString ownerColumn = {};
};

/// Somebody else's connection that touches a schema.
struct OtherSession {
    qint64 pid = 0;
    QString user = {};
    QString application = {};
    QString state = {};  ///< "active", "idle in transaction"
    qint64 seconds = 0;  ///< since the state began
    bool writes = false; ///< holds a lock stronger than a reader's
};

[[nodiscard]] Result<QList<TableFacts>> tables(Session &session, const QString &schema,
                                               TaskContext &context);
/// Counts; reads the whole table.
[[nodiscard]] Result<qint64> exactRowCount(Session &session, const QString &schema,
                                           const QString &table, TaskContext &context);
[[nodiscard]] Result<QList<SequenceFacts>> sequences(Session &session, const QString &schema,
                                                     TaskContext &context);
[[nodiscard]] Question schemaExistsQuestion(const QString &schema);
[[nodiscard]] Result<bool> schemaExists(Session &session, const QString &schema,
                                        TaskContext &context);
/// What pg_stat_activity says stands still for the rest of a transaction, from when it was asked
/// first (the manual's chapter on viewing statistics). Behind this statement it is asked anew.
inline constexpr QByteArrayView lookAnew("SELECT pg_catalog.pg_stat_clear_snapshot()");
/// Sessions that hold locks on tables of the schema now. A login without rights sees their pids and
/// little else.
[[nodiscard]] Result<QList<OtherSession>> sessionsUsing(Session &session, const QString &schema,
                                                        TaskContext &context);
/// Asks the server itself: does a setting survive, does the same backend answer every time? A
/// pooler that is idle may hide; looksLikeTransactionPooler() reads the address.
[[nodiscard]] Result<bool> isTransactionPooler(Session &session, TaskContext &context);
/// Leaves a mark in the session that nobody else would.
[[nodiscard]] Question markSessionQuestion(const Session &session);
/// Whether the mark is still there and the same backend answers. Inside of a transaction it is the
/// same one until its end.
[[nodiscard]] Question isMarkedQuestion();
[[nodiscard]] Result<bool> isMarked(Session &session, TaskContext &context);

} // namespace mayday::postgres
