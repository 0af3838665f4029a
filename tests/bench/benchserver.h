// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "restore/restoreplan.h"
#include "support/temppostgres.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QStringList>

namespace mayday::bench {

/// Tables of one size in a new database, products_0 and so on: text, JSON, numbers and times that
/// compress about 5:1, with keys and indexes; about so many bytes together as pg_dump writes them.
void fillShop(tests::TempPostgres &server, const QString &database, qint64 plainBytes,
              int tables = 12);

/// With the server's password in its environment.
void prepare(QProcess &process, const tests::TempPostgres &server);
/// Waits for its end; a failure ends the benchmark.
void runOrDie(QProcess &process, const QString &program, const QStringList &arguments);
/// pg_dump of that database to a file or a folder.
void dumpTo(tests::TempPostgres &server, const QString &database, const QString &path,
            const QStringList &options);

/// In seconds.
struct RestoreTimes {
    double untilLive = 0;
    double untilRefined = 0; ///< until the statistics are full
};
/// One restore under a new id, of a file that was inspected or will be; anything but a proven one
/// ends the benchmark.
RestoreTimes restoreProven(restore::RestorePlan plan,
                           const std::optional<dump::DumpInspection> &inspection);

[[nodiscard]] inline double seconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e9;
}

} // namespace mayday::bench
