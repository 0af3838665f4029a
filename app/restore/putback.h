// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restorereceipt.h"
#include "restore/schemaswap.h"

namespace mayday::restore {

/// What an undo did. The data that stood there is kept too, so that this can be undone as well.
struct PutBackReceipt {
    /// Differences: it is put back, and the notes name what outside is not as it was.
    Verdict verdict = Verdict::NotRestored;
    QString restore = {};           ///< id of the one that was undone, or redone
    bool isUnknown = false;         ///< lost during the commit, and the server could not be asked
    bool isRestoredLive = false;    ///< an undone undo: what the restore had brought is live again
    QStringList schemas = {};       ///< those that got their old content back
    QList<TableResult> tables = {}; ///< rows before and after the renaming
    std::optional<Error> error = std::nullopt;
    QList<Leftover> left = {};
    QStringList notes = {}; ///< one sentence each
    double seconds = 0;
};

/// Puts back what a restore has moved aside: all its schemas in one transaction, counted before and
/// after. restore: its id, or empty for the newest. A blocking worker; the receipt says what is
/// true; on any failure nothing changed, unless it says that it cannot know.
[[nodiscard]] PutBackReceipt putBack(const postgres::ConnectionString &target,
                                     const QString &restore, const QDateTime &now,
                                     TaskContext &context);

/// The id of the restore that a put-back of the newest would undo or redo: for whoever has to write
/// down what is meant before it begins. NotFound when nothing is kept.
[[nodiscard]] Result<QString> newestKept(const postgres::ConnectionString &target,
                                         TaskContext &context);

/// Whether what that restore brought is put back now, that is, kept aside with its mark. Asked
/// after a put-back that nobody saw end.
[[nodiscard]] Result<bool> isPutBack(const postgres::ConnectionString &target,
                                     const QString &restore, TaskContext &context);

/// Drops a kept schema or database for good, and says what it was. There is no undo for this one;
/// refused while a view, a foreign key or the like outside still uses it, while a restore or a
/// put-back runs, and when somebody has renamed it. Whoever is connected to a database is sent
/// away. An error with the state outcomeUnknown means that the connection was lost on the last word
/// and the server could not be asked; after any other nothing changed.
[[nodiscard]] Result<KeptSchema> discardKept(const postgres::ConnectionString &target,
                                             const QString &name, TaskContext &context);

[[nodiscard]] QJsonObject toJson(const PutBackReceipt &receipt);

} // namespace mayday::restore
