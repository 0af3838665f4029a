// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stack/stack.h"
#include "status/feedreading.h"
#include "status/probe.h"
#include "status/rowwatch.h"
#include "status/statuschange.h"

#include <QList>

namespace mayday::status {

/// What is known about one thing that is watched: the newest reading, and the last that said
/// something.
struct Watched {
    Reading reading = Reading::notAskedYet();
    std::optional<Reading> lastKnown;      ///< the newest that was not Unknown
    std::chrono::milliseconds interval{0}; ///< between the readings; ages are judged by it
    QDateTime since;                       ///< when lastKnown's state began
    QDateTime failingSince;                ///< valid while lastKnown is Degraded or Down

    [[nodiscard]] Freshness freshness(const QDateTime &now) const;
    /// The state that may be concluded from now: Unknown when stale.
    [[nodiscard]] State trusted(const QDateTime &now) const;
    /// Zero when it is not failing.
    [[nodiscard]] std::chrono::milliseconds failingFor(const QDateTime &now) const;
};

struct ProviderSnapshot {
    stack::ProviderId id;
    QString name;
    QUrl pageUrl;
    Watched watched;
    FeedReading feed; ///< of lastKnown; incidents and components as of then
};

struct ProbeSnapshot {
    ProbeId id;
    ProbeKind kind = ProbeKind::Health;
    QString name; ///< "database shop", "service Backend API"
    stack::ProviderId provider;
    Watched watched;
    bool answers = false; ///< it replied as it should, whatever its tables hold
    std::optional<int> certificateDays;
    QList<TableRows> tables; ///< of the newest reading that counted them
};

/// Everything the board knows at one moment. A value; any thread.
struct BoardSnapshot {
    QDateTime now;
    QList<ProviderSnapshot> providers;
    QList<ProbeSnapshot> probes;
    QList<StatusChange> changes; ///< newest last

    [[nodiscard]] const ProviderSnapshot *provider(const stack::ProviderId &id) const;
    [[nodiscard]] const ProbeSnapshot *probe(const ProbeId &id) const;
};

} // namespace mayday::status
