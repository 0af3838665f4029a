// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/id.h"
#include "stack/stack.h"
#include "status/reading.h"

#include <QList>

#include <optional>

namespace mayday::status {

enum class ProbeKind { Health, Database };

/// "service.backend", "database.main".
using ProbeId = Id<struct ProbeTag>;
[[nodiscard]] ProbeId probeIdOf(const stack::Service &service);
[[nodiscard]] ProbeId probeIdOf(const stack::Database &database);

/// The rows of one watched table at one moment.
struct TableCount {
    QString table;
    std::optional<qint64> rows; ///< none: could not be counted
    QString problem;            ///< why not: "counting took longer than 2 s"
};

/// What one check of ours found. A value.
struct ProbeReading {
    Reading reading;
    bool answers = false; ///< it replied as it should, whatever else is wrong
    std::optional<int> certificateDays = std::nullopt; ///< until it ends; negative: it has ended
    QList<TableCount> counts = {};
};

} // namespace mayday::status
