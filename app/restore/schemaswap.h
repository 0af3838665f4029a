// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/keptschema.h"

namespace mayday::restore {

/// What is to be done in the same round trip, told to whom the new schema belongs.
using BehindMove = std::function<QList<QByteArray>(const QString &owner)>;

/// What moveAside() asks of a schema.
[[nodiscard]] std::vector<postgres::Question> moveAsideQuestions(const QString &schema);

/// Renames the schema to kept.name with the comment that makes it findable, and makes an empty one
/// with the same owner and relocatable extensions in its place; returns notes on what is different.
/// Inside the caller's transaction; of a schema that is not there an empty one is kept, and nothing
/// is behind it. Waits as long as the caller's lock_timeout says.
[[nodiscard]] Result<QStringList> moveAside(postgres::Session &session, const KeptSchema &kept,
                                            TaskContext &context, const BehindMove &behind = {});

/// An empty one, of whom it would belong to in a new database. Inside the caller's transaction.
[[nodiscard]] Result<void> makeEmptySchema(postgres::Session &session, const QString &name,
                                           TaskContext &context);

/// Gives a kept schema its old name back; what stands there now is kept under parkedName. Inside
/// the caller's transaction.
[[nodiscard]] Result<void> moveBack(postgres::Session &session, const KeptSchema &kept,
                                    const QString &parkedName, TaskContext &context);

/// Makes a copy beside the live data of what was loaded in its place: the kept schema gets its name
/// back, or nothing does where there was none, and what was loaded stands under copy.name, marked
/// with copy's facts, closed to everybody but its owner. Inside the caller's transaction.
[[nodiscard]] Result<void> leaveAsCopy(postgres::Session &session, const KeptSchema &kept,
                                       const KeptSchema &copy, bool wasThere, TaskContext &context);

/// Waits, twenty seconds at most, until nothing that holds the lock of restores is under way: a
/// server may be committing for somebody who is long dead. What is seen after it is final. Timeout
/// when it did not end. Outside a transaction.
[[nodiscard]] Result<void> waitForQuiet(postgres::Session &session, TaskContext &context);

/// The first thing that lockForRestore() asks.
[[nodiscard]] postgres::Question lockQuestion();
/// Takes the lock that only one restore or put-back of a database may hold, until the transaction
/// ends. Refused when somebody else has it, and still does a second later.
[[nodiscard]] Result<void> lockForRestore(postgres::Session &session, TaskContext &context);

} // namespace mayday::restore
