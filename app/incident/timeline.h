// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/id.h"
#include "store/journalevent.h"

#include <optional>

namespace mayday::incident {

using IncidentId = Id<struct IncidentTag>;

/// One line of an incident's record, in English (it goes into the report).
struct TimelineEntry {
    qint64 sequence = 0;
    QDateTime at = {};
    QString who = {};  ///< a name, or "Mayday"
    QString kind = {}; ///< the journal's: "step.done"
    QString text = {};

    [[nodiscard]] bool operator==(const TimelineEntry &) const = default;
};

/// Which incident the event is about; none for events of other things.
[[nodiscard]] IncidentId incidentOf(const store::JournalEvent &event);
/// The event in words; nothing for kinds that do not belong into a timeline.
[[nodiscard]] std::optional<TimelineEntry> timelineEntry(const store::JournalEvent &event);

} // namespace mayday::incident
