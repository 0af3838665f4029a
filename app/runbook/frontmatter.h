// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"
#include "runbook/runbook.h"
#include "runbook/sourcetext.h"

namespace mayday::runbook {

/// Fills the runbook's id, title, tier, rto, estimate, suggest, include, reviewed and place from
/// the YAML on top of the file. A value that makes no sense is left out, with a finding.
void readFrontMatter(const SourceText &source, Runbook &runbook, QList<Finding> &findings);

} // namespace mayday::runbook
