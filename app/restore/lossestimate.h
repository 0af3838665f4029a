// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/datatime.h"
#include "dump/dumpinspection.h"
#include "postgres/session.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>

#include <optional>

namespace mayday::restore {

/// Why a table was not counted.
enum class NotCounted {
    No,      ///< it was
    TooBig,  ///< not within the time that each is given
    Locked,  ///< somebody holds it
    Denied,  ///< the login may not read it
    Refused, ///< the server gave another reason
};

/// What one table loses when the backup takes its place.
struct TableLoss {
    QString schema;
    QString name;
    qint64 rowsLive = -1; ///< -1: not counted
    qint64 rowsInDump = 0;
    qint64 newerRows = -1;   ///< live rows written after the backup; -1: no time column to tell by
    QString timeColumn = {}; ///< the column that told; empty: all rows are lost with the table
    bool isInDump = true;    ///< false: the backup has no such table, so it would go aside whole
    NotCounted notCounted = NotCounted::No;
    /// Of one that was not counted: how many the server's statistics say. An estimate; -1: none.
    qint64 rowsByStatistics = -1;

    /// Rows that it has more than the backup, beyond those that a time column tells to be newer; 0
    /// when nobody has counted them.
    [[nodiscard]] qint64 moreRows() const;
    /// The same by the server's statistics, of one that was not counted.
    [[nodiscard]] qint64 moreByStatistics() const;
};

/// The newest time that a row of the live data bears.
struct NewestRow {
    QDateTime at;                ///< UTC, by the clock of whoever wrote it
    std::chrono::seconds age{0}; ///< by the server's clock, when it was asked; never negative
    QString table;               ///< "public.orders"
    QString column;
    bool isWithoutZone = false; ///< the column says no time zone, so it was taken for UTC
};

/// The loss shown before the button: everything the live data has that the backup has not.
struct LossEstimate {
    backup::DataTime taken; ///< when the backup's data was taken, and who says so
    /// From then to now: at least that by the file's time, at most that by its name.
    std::chrono::seconds interval{0};
    QList<TableLoss> tables; ///< only those that lose or gain something
    qint64 newerRows = 0;    ///< in the tables that can tell, and all of those the backup has not
    qint64 moreRows = 0;     ///< beside those: what counted tables have more than the backup
    qint64 moreByStatistics = 0; ///< the same of those that were not counted: an estimate
    qint64 rowsBack = 0;         ///< rows the backup has more than the live tables
    bool isExact = true;         ///< false when a table was not counted
    /// Nothing: no table has a time column that tells it, or none could be read in time.
    std::optional<NewestRow> newest = std::nullopt;
    /// Since the last commit of anybody in any database of the server: the last change of the live
    /// data is not newer. Only servers with track_commit_timestamp on know it.
    std::optional<std::chrono::seconds> sinceLastCommit = std::nullopt;
};

/// What a count may take before the server's statistics have to do.
inline constexpr std::chrono::milliseconds mostForACount = std::chrono::seconds(5);

/// Counts on the live server without changing anything; each count is given so long. A table that
/// takes longer is asked by an index on a time column, where it has one, for so long again, and its
/// rows are taken from the server's statistics.
[[nodiscard]] Result<LossEstimate> estimateLoss(postgres::Session &session,
                                                const dump::DumpInspection &inspection,
                                                const backup::DataTime &taken, const QDateTime &now,
                                                TaskContext &context,
                                                std::chrono::milliseconds perCount = mostForACount);

/// "the changes of the last 3 h 12 min", "the changes of at least the last 56 s, by the file's
/// time", "the changes since 2026-11-29 00:00 UTC, which is in the file's name".
[[nodiscard]] QString changesInWords(const LossEstimate &loss);
/// "public.orders.created_at", "public.orders.created_at, read as UTC".
[[nodiscard]] QString placeOf(const NewestRow &newest);
/// "newest row written 12 min ago (public.orders.created_at)", or that nothing tells it; and the
/// last commit, where the server knows it.
[[nodiscard]] QString newestInWords(const LossEstimate &loss);
/// "too big to count in time", "locked by somebody"; empty for one that was counted.
[[nodiscard]] QString inWords(NotCounted why);
[[nodiscard]] QJsonObject toJson(const LossEstimate &loss);

} // namespace mayday::restore
