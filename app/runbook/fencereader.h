// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"
#include "runbook/markdowntree.h"
#include "runbook/runbook.h"

namespace mayday::runbook {

/// A fenced block as a command: its language and the marks {write}, {danger}, {timeout=5m},
/// {expect="200"} behind it, in one pair of braces or several.
[[nodiscard]] CommandBlock readFence(const MarkdownBlock &code, QList<Finding> &findings);

} // namespace mayday::runbook
