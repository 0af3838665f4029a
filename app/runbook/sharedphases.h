// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/runbook.h"

namespace mayday::runbook {

/// Puts the phases and templates of shared files around a runbook's own. Phases of the same slug
/// become one: shared groups of `place: before` first, then the own ones, then `place: after`. Own
/// templates win over shared ones of the same name.
void mergeShared(Runbook &runbook, const QList<Runbook> &shared);

/// Names every step: "<phase-slug>/<step-slug>", with "-2" and so on for repeated words.
void assignStepIds(Runbook &runbook);

} // namespace mayday::runbook
