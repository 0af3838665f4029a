// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/restoreplan.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QStringList>

namespace mayday::restore {

/// A schema that a restore, or the undo of one, has moved aside. Known from the comment that Mayday
/// writes on it, so it is found from any machine and after any crash.
struct KeptSchema {
    QString name;            ///< "public_before_20261123_081500"
    QString original;        ///< "public"
    QString restore;         ///< id of the restore that moved it
    QDateTime at = {};       ///< UTC, by the server's clock
    QString file;            ///< the file that took its place
    QString comment = {};    ///< what its own comment said before ours
    bool isRestored = false; ///< what the restore brought, not what stood there before it
    qint64 bytes = 0;
    qint64 tables = 0;
};

/// Keys: name, original, restore, at, file, holds ("before" or "restored"), tables, bytes.
[[nodiscard]] QJsonObject toJson(const KeptSchema &kept);

/// Everything Mayday keeps in this database, newest first.
[[nodiscard]] Result<QList<KeptSchema>> keptSchemas(postgres::Session &session,
                                                    TaskContext &context);

/// All schemas of one restore that are kept here, each once, in its newest state; the newest
/// restore when none is named. NotFound when there are none.
[[nodiscard]] Result<QList<KeptSchema>> keptOf(postgres::Session &session, const QString &restore,
                                               TaskContext &context);

/// The name a schema's content is kept under as of then, or the next one that is not taken: long
/// names differ behind the part there is room for, and two undos may fall into one second.
[[nodiscard]] Result<QString> freeKeptName(postgres::Session &session, const QString &schema,
                                           const QDateTime &at, TaskContext &context);

/// The statement that takes a kept schema away by hand.
[[nodiscard]] QString removalOf(const QString &keptName);

/// Renames the schema to kept.name with the comment that makes it findable, and makes an empty one
/// with the same owner, rights and relocatable extensions in its place; returns notes on what is
/// different. Inside the caller's transaction; of a schema that is not there an empty one is kept.
/// Waits as long as the caller's lock_timeout says.
[[nodiscard]] Result<QStringList> moveAside(postgres::Session &session, const KeptSchema &kept,
                                            TaskContext &context);

/// Gives a kept schema its old name back; what stands there now is kept under parkedName. Inside
/// the caller's transaction.
[[nodiscard]] Result<void> moveBack(postgres::Session &session, const KeptSchema &kept,
                                    const QString &parkedName, TaskContext &context);

/// Waits, twenty seconds at most, until nothing that holds the lock of restores is under way: a
/// server may be committing for somebody who is long dead. What is seen after it is final. Timeout
/// when it did not end. Outside a transaction.
[[nodiscard]] Result<void> waitForQuiet(postgres::Session &session, TaskContext &context);

/// Takes the lock that only one restore or put-back of a database may hold, until the transaction
/// ends. Refused when somebody else has it.
[[nodiscard]] Result<void> lockForRestore(postgres::Session &session, TaskContext &context);

} // namespace mayday::restore
