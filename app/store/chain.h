// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/database.h"
#include "store/journalevent.h"

namespace mayday::store {

/// One row of the table exactly as it is stored: what is hashed is what is on the disk, so that a
/// change which JSON would forgive is found as well.
struct StoredRecord {
    qint64 sequence = 0;
    QByteArray at = {};
    QByteArray kind = {};
    QByteArray subject = {};
    QByteArray data = {};
    QByteArray previousHash = {};
    QByteArray hash = {};

    /// The hash that the other columns ask for.
    [[nodiscard]] QByteArray expectedHash() const;
    [[nodiscard]] JournalEvent event() const;
    [[nodiscard]] static StoredRecord from(const Statement &row);
};

/// The columns StoredRecord::from() reads, in its order.
inline constexpr const char *storedColumns =
    "sequence, at, kind, subject, data, previous_hash, hash";

/// Makes the table when it is not there. Corrupt when the file is a database of somebody else;
/// Unsupported when a newer Mayday made it.
[[nodiscard]] Result<void> prepareSchema(Database &database);
/// Sets the modes that survive a power cut, on this connection.
[[nodiscard]] Result<void> makeDurable(Database &database);
/// Adds the next record after the last one, inside the caller's transaction.
[[nodiscard]] Result<JournalEvent> addNext(Database &database, const JournalDraft &draft,
                                           const QDateTime &at);
/// addNext() in one transaction of its own; several processes may do so at once.
[[nodiscard]] Result<JournalEvent> appendTo(Database &database, const JournalDraft &draft,
                                            const QDateTime &at);
/// Walks the chain from the first record to the last.
[[nodiscard]] Result<JournalHealth> checkChain(const Database &database);

} // namespace mayday::store
