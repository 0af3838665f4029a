// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "runbook/runbooklibrary.h"

#include <QJsonObject>

namespace mayday::incident {

/// The Markdown of shared phases by the name they are included with.
using SharedSources = QHash<QString, QByteArray>;

/// The files of the library that the runbook includes.
[[nodiscard]] SharedSources sharedSources(const runbook::RunbookLibrary &library,
                                          const runbook::Runbook &runbook);

/// A runbook as the journal keeps it: the exact Markdown, so that a resume shows the same steps
/// even when the file has changed. Packed, because taking secrets out of prose such as "Token:
/// rotate it" would change the words that name the steps; the file itself is the user's and lies
/// beside the journal.
[[nodiscard]] QJsonObject packRunbook(const runbook::Runbook &runbook, const SharedSources &shared);
/// Corrupt when nothing usable comes out.
[[nodiscard]] Result<runbook::Runbook> unpackRunbook(const QJsonObject &packed);

} // namespace mayday::incident
