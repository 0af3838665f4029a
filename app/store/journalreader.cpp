// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journalreader.h"

#include "store/chain.h"

namespace mayday::store {

Result<QList<JournalEvent>> readJournal(const QString &path, const JournalFilter &filter)
{
    const auto database = Database::open(path, Database::Mode::ReadOnly);
    if (!database)
        return failure(database.error());
    Statement rows =
        database->prepare((QByteArray("SELECT ") + storedColumns +
                           " FROM journal WHERE sequence > ?1 AND substr(kind, 1, length(?2)) = ?2"
                           " AND (?3 = '' OR subject = ?3) ORDER BY sequence")
                              .constData());
    rows.bind(1, filter.afterSequence);
    rows.bind(2, filter.kindPrefix.toUtf8());
    rows.bind(3, filter.subject.toUtf8());
    QList<JournalEvent> events;
    while (true) {
        const auto row = rows.step();
        if (!row)
            return failure(row.error());
        if (!*row)
            return events;
        events.append(StoredRecord::from(rows).event());
    }
}

Result<JournalHealth> checkJournal(const QString &path)
{
    const auto database = Database::open(path, Database::Mode::ReadOnly);
    return database ? checkChain(*database) : failure(database.error());
}

} // namespace mayday::store
