// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace mayday::bench {

/// What one run of a program took.
struct Spent {
    double seconds = 0;
    double megabytes = 0; ///< the most memory it had
};

/// Runs a program, found as the shell finds it, with its answer thrown away, and waits for its end.
/// One that cannot be started, dies, or ends with a code above highestCode ends the benchmark.
[[nodiscard]] Spent measured(const QString &program, const QStringList &arguments,
                             int highestCode = 0);

/// The one that was built beside this benchmark.
[[nodiscard]] QString besideThis(const QString &program);

} // namespace mayday::bench
