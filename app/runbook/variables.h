// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"

#include <QByteArray>
#include <QList>

namespace mayday::runbook {

/// Finds {{names}} no stack.yaml could ever fill ({{service.backend.ulr}}), by line. Which of the
/// others this stack fills is only known when they are filled.
void judgeVariables(const QByteArray &body, QList<Finding> &findings);

} // namespace mayday::runbook
