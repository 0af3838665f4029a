// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/incident.h"
#include "stack/stack.h"

namespace mayday::report {

/// The record of one incident as Markdown, for the post-mortem: summary, promise and time taken,
/// what was restored with every count, what was lost, decisions, steps that were overridden or are
/// still open, evidence, timeline. Times in UTC. Pure; without secrets.
[[nodiscard]] QString incidentReport(const incident::Incident &incident, const stack::Stack &stack,
                                     const QDateTime &now);

} // namespace mayday::report
