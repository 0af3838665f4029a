// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/task.h"
#include "store/journalreader.h"

#include <QObject>

#include <memory>

namespace mayday::store {

class JournalWriter;

/// The record: append-only, hash-chained, on the disk before anybody is told that it is.
///
/// Lives on the thread that opened it (GUI); owns the writing thread. Several processes may append
/// to the same file. A damaged chain is tolerated and reported, never silently mended. An append
/// that fails (NoSpace, Denied, Timeout when another process does not let go) leaves nothing
/// behind, and the next one may succeed.
class Journal final : public QObject {
    Q_OBJECT

public:
    /// Opens or makes the file. When it is not a journal, or cannot be read to its end, it is kept
    /// as journal.damaged-<time>.sqlite, what could be read is carried over, and the new journal
    /// begins with journal.salvaged, which says so. The clock must outlive the journal.
    [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const QString &path,
                                                               const Clock &clock);
    ~Journal() override;

    /// On the disk when the task ends; secrets are taken out of every string of the data.
    [[nodiscard]] Task<JournalEvent> append(JournalDraft draft);
    /// Blocks until it is on the disk. For workers and programs without a window.
    [[nodiscard]] Result<JournalEvent> appendNow(JournalDraft draft);
    [[nodiscard]] Result<QList<JournalEvent>> read(const JournalFilter &filter = {}) const;
    /// As of the opening.
    [[nodiscard]] const JournalHealth &health() const { return m_health; }
    [[nodiscard]] const QString &path() const { return m_path; }

Q_SIGNALS:
    /// A record of this process is on the disk; in the order of writing, on the journal's thread.
    void appended(const mayday::store::JournalEvent &event);

private:
    Journal(QString path, JournalHealth health, const Clock &clock);

    QString m_path;
    JournalHealth m_health;
    std::unique_ptr<JournalWriter> m_writer;
};

} // namespace mayday::store
