// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/incident.h"

namespace mayday::incident {

/// Every incident there was: a pure fold over journal events, the same for what happens now and for
/// what a start reads back. A value; cheap to copy.
class IncidentHistory final {
public:
    /// Applies one event and tells which incident it changed; none when it was about something
    /// else. Refused, NotFound or AlreadyExists when the event does not fit: nothing changed then.
    Result<IncidentId> apply(const store::JournalEvent &event);

    /// Newest first.
    [[nodiscard]] const QList<Incident> &incidents() const { return m_incidents; }
    /// Pointers live until the next apply().
    [[nodiscard]] const Incident *find(const IncidentId &id) const;
    [[nodiscard]] const Incident *running() const;

private:
    [[nodiscard]] Result<void> open(const store::JournalEvent &event);

    QList<Incident> m_incidents;
};

} // namespace mayday::incident
