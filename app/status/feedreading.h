// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/reading.h"

#include <QList>
#include <QUrl>

namespace mayday::status {

/// How bad the vendor itself calls it.
enum class Impact { None, Maintenance, Minor, Major, Critical, Unknown };

/// "none", "maintenance", "minor", "major", "critical", "unknown".
[[nodiscard]] QString impactKey(Impact impact);

struct FeedComponent {
    QString name;
    State state = State::Unknown;
    QString word; ///< as the page wrote it: "degraded performance"
};

/// An incident or a maintenance that is going on.
struct FeedIncident {
    QString name;
    QString phase; ///< "investigating", "monitoring", "in progress"
    Impact impact = Impact::Unknown;
    QDateTime startedAt;
    QString latestText; ///< plain text, at most 500 characters
    QUrl url;           ///< http or https, or empty
};

/// What one answer of a vendor's page said. A value.
struct FeedReading {
    Reading reading;
    Impact impact = Impact::Unknown;
    QString pageName;
    QList<FeedComponent> components; ///< those of interest; groups left out
    QList<FeedIncident> incidents;
    QList<FeedIncident> maintenances; ///< in progress only
};

} // namespace mayday::status
