// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/restorenote.h"
#include "incident/severity.h"
#include "incident/timeline.h"
#include "runbook/checklist.h"

#include <chrono>

namespace mayday::incident {

/// One way that was taken where the checklist offered several.
struct Choice {
    QString decision;
    QString option;
    QString reason = {};
    QString by = {};
    QDateTime at = {};

    [[nodiscard]] bool operator==(const Choice &) const = default;
};

/// Evidence that was written down, and the sum that proves it is unchanged.
struct KeptEvidence {
    QString folder;
    QStringList files = {};
    QString manifestHash = {}; ///< SHA-256 of manifest.json
    QDateTime at = {};

    [[nodiscard]] bool operator==(const KeptEvidence &) const = default;
};

/// One outage, or one drill, from declared to closed. A snapshot, folded from the journal alone.
struct Incident {
    IncidentId id = {};
    int number = 0; ///< 1, 2, 3 ... in the order of opening
    QString title = {};
    runbook::RunbookId runbook = {};
    QString runbookTitle = {};
    Severity severity = Severity::Sev2;
    QString environment = {};
    bool drill = false;
    bool security = false; ///< delete nothing, keep evidence, hold back messages
    QDateTime openedAt = {};
    std::optional<QDateTime> closedAt = std::nullopt;
    QString commander = {};
    std::chrono::minutes rto{0}; ///< what was promised; 0: nothing
    runbook::Checklist checklist{runbook::Runbook{}};
    QList<TimelineEntry> timeline = {};
    QList<RestoreNote> restores = {};
    QList<Choice> choices = {};
    QList<KeptEvidence> evidence = {};
    QDateTime nextUpdateDue = {};
    int updatesSent = 0;

    [[nodiscard]] bool isRunning() const { return !closedAt; }
    /// The steps finished last, newest last: where an interrupted person was.
    [[nodiscard]] QList<runbook::Step> lastDone(qsizetype most) const;
    /// What stands in the way of closing, one line each; empty when nothing does.
    [[nodiscard]] QStringList openEnds() const;
};

} // namespace mayday::incident
