// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/afterwards.h"

#include <QHash>

namespace mayday::restore {

/// Looks at what has come to life with a backup that is live now: triggers that call out, scheduled
/// jobs, people who are let in again. It reads only, waits for nobody, and gives up a question
/// after two seconds: what it does not learn is named as unseen, and nothing fails by it. Two round
/// trips, or one where there is nothing to count. Belongs to one call on one worker.
class Awakening final {
public:
    /// schemas: those that came. keptNameOf: what was live before, as schemas of the same database.
    Awakening(QStringList schemas, QHash<QString, QString> keptNameOf);

    /// What was live before is another database.
    void setBefore(postgres::Session &database) { m_before = &database; }
    /// What was live before is gone.
    void setBeforeGone() { m_isGone = true; }

    /// live: not in a transaction.
    [[nodiscard]] Afterwards look(postgres::Session &live, TaskContext &context);

private:
    void lookAtTriggers(const postgres::Rows &rows, TaskContext &context);
    [[nodiscard]] QByteArray jobsQuestion() const;
    void lookAtJobs(const postgres::Rows &rows, qint64 active);
    [[nodiscard]] QByteArray activeJobs(const postgres::Rows &rows) const;

    QStringList m_schemas;
    QHash<QString, QString> m_keptNameOf;
    postgres::Session *m_before = nullptr;
    bool m_isGone = false;
    Afterwards m_seen;
};

} // namespace mayday::restore
