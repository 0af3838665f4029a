// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/afterwards.h"

#include <QSet>

#include <optional>

namespace mayday::restore {

/// Where pg_cron keeps its jobs: cron.job, and nowhere else.
[[nodiscard]] bool isJobTable(const QString &schema, const QString &table);
/// Whether a job of it runs. A restore switches it off, so it says nothing about the rows.
[[nodiscard]] bool isJobSwitch(const QString &schema, const QString &table, const QString &column);

/// What has become of the jobs that are loaded.
struct JobsOff {
    QList<JobOff> off = {};       ///< by number; wasActive is not filled in
    QStringList differences = {}; ///< what is on all the same, and why
};

/// Switches off every job of cron.job, inside the caller's transaction: by an UPDATE, or where the
/// login may not, by pg_cron's own function. What the server refuses is a difference and leaves the
/// transaction as it was; an Error is a lost connection or a stop. A table of that name that holds
/// no jobs is left alone. A blocking worker; some ten round trips.
[[nodiscard]] Result<JobsOff> switchJobsOff(postgres::Session &session, TaskContext &context);

/// The numbers of the jobs that are on in the table "job" of this schema: none where there is no
/// such table, nothing where the login cannot see them all. Inside the caller's transaction, which
/// stays as it was.
[[nodiscard]] Result<std::optional<QSet<qint64>>>
activeJobs(postgres::Session &session, const QString &schema, TaskContext &context);

} // namespace mayday::restore
