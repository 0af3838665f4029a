// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/temppostgres.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QStringList>

namespace mayday::bench {

/// Twelve tables in a new database: text, JSON, numbers and times that compress about 5:1, with
/// keys and indexes; about so many bytes as pg_dump writes them.
void fillShop(tests::TempPostgres &server, const QString &database, qint64 plainBytes);

/// With the server's password in its environment.
void prepare(QProcess &process, const tests::TempPostgres &server);
/// Waits for its end; a failure ends the benchmark.
void runOrDie(QProcess &process, const QString &program, const QStringList &arguments);

[[nodiscard]] inline double seconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e9;
}

} // namespace mayday::bench
