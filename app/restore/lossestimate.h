// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "postgres/session.h"

#include <QDateTime>
#include <QList>

namespace mayday::restore {

/// What one table loses when the backup takes its place.
struct TableLoss {
    QString schema;
    QString name;
    qint64 rowsLive = -1; ///< -1: not counted in time, or not ours to count
    qint64 rowsInDump = 0;
    qint64 newerRows = -1;   ///< live rows written after the backup; -1: no time column to tell by
    QString timeColumn = {}; ///< the column that told; empty: all rows are lost with the table
    bool isInDump = true;    ///< false: the backup has no such table, so it would go aside whole
};

/// The loss shown before the button: everything the live data has that the backup has not.
struct LossEstimate {
    QDateTime takenAt;                ///< when the backup's data was taken, UTC
    std::chrono::seconds interval{0}; ///< from then to now
    QList<TableLoss> tables;          ///< only those that lose or gain something
    qint64 newerRows = 0; ///< in the tables that can tell, and all of those the backup has not
    qint64 rowsBack = 0;  ///< rows the backup has more than the live tables
    bool isExact = true;  ///< false when a table was too big to count in time
};

/// Counts on the live server without changing anything; each count is given five seconds.
[[nodiscard]] Result<LossEstimate> estimateLoss(postgres::Session &session,
                                                const dump::DumpInspection &inspection,
                                                const QDateTime &takenAt, const QDateTime &now,
                                                TaskContext &context);

} // namespace mayday::restore
