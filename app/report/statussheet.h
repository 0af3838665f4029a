// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incident/incident.h"
#include "stack/stack.h"

#include <QByteArray>

namespace mayday::report {

/// One self-contained page that can be printed and read without Mayday (R21): the running incident
/// with its steps and commands, or that none runs; contacts. Refreshes itself in a browser. Pure;
/// all text is escaped, no secrets. running: nullptr when none.
[[nodiscard]] QByteArray statusSheet(const incident::Incident *running, const stack::Stack &stack,
                                     const QDateTime &now);

} // namespace mayday::report
