// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "store/journalevent.h"

#include <QList>

namespace mayday::store {

/// Which events to read; the default is all of them.
struct JournalFilter {
    QString kindPrefix = {}; ///< "incident."
    QString subject = {};
    qint64 afterSequence = 0;
};

/// Reads a journal through a read-only connection of its own, in the order of writing. Any thread.
[[nodiscard]] Result<QList<JournalEvent>> readJournal(const QString &path,
                                                      const JournalFilter &filter = {});
/// Everything up to the first record that cannot be read; for saving what a damaged file still
/// holds.
[[nodiscard]] QList<JournalEvent> readableEvents(const QString &path);
/// Walks the chain from the first record to the last. Corrupt when the file is no journal.
[[nodiscard]] Result<JournalHealth> checkJournal(const QString &path);

} // namespace mayday::store
