// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/afterwards.h"

#include <QHash>

namespace mayday::restore {

/// Looks at what has come to life with a backup that is live now: triggers that call out, scheduled
/// jobs, people who are let in again. It reads only, and gives up a question after two seconds, and
/// one that waits for a lock after one: what it does not learn is named as unseen, and nothing
/// fails by it. No question waits for another's failure, and each counted table is let go before
/// the next. One round trip, one more for jobs, and one for each table to count. Belongs to one
/// call on one worker.
class Awakening final {
public:
    /// schemas: those that came. keptNameOf: what was live before, as schemas of the same database.
    Awakening(QStringList schemas, QHash<QString, QString> keptNameOf);

    /// What was live before is another database.
    void setBefore(postgres::Session &database) { m_before = &database; }
    /// What was live before cannot be asked; why, in words.
    void setBeforeGone(const QString &why) { m_gone = why; }

    /// live: not in a transaction.
    [[nodiscard]] Afterwards look(postgres::Session &live, TaskContext &context);
    /// All that look() looks at, in words.
    [[nodiscard]] static QString all();

private:
    void miss(const QString &what, const Error &why);
    void lookAtTriggers(const postgres::Rows &rows, TaskContext &context);
    [[nodiscard]] QByteArray jobsQuestion() const;
    void lookAtJobs(postgres::Session &live, const postgres::Rows &rows, TaskContext &context);
    void lookAtSignIns(postgres::Session &live, const postgres::Rows &rows, TaskContext &context);

    QStringList m_schemas;
    QHash<QString, QString> m_keptNameOf;
    postgres::Session *m_before = nullptr;
    QString m_gone;
    Afterwards m_seen;
};

} // namespace mayday::restore
