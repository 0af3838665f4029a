// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/backupshelf.h"
#include "restore/preflight.h"
#include "restore/restorerecord.h"
#include "ui/kit/facttable.h"

namespace mayday::ui {

/// What is said before a restore, in one place and without widgets. Pure functions; translated.
namespace plantexts {

/// The link to leave schemas out, or to take them in again.
inline const QString leftOutTarget = QStringLiteral("left-out");
/// The link to bring back only the tables that are missing.
inline const QString missingTarget = QStringLiteral("missing-tables");

/// "You lose 3 h 12 min: about 4,100 rows in 6 tables."
[[nodiscard]] QString lossSentence(const restore::LossEstimate &loss);
/// One line a table, for "See which".
[[nodiscard]] QString lossDetails(const restore::LossEstimate &loss);
/// Backup, target, loss, time, undo: what stands above the button (R8).
[[nodiscard]] QList<Fact> planFacts(const backup::BackupEntry &backup,
                                    const restore::RestorePlan &plan,
                                    const restore::PreflightReport &report,
                                    const QList<restore::RestoreRecord> &past,
                                    const QDateTime &now);
/// What stands beside the name to be typed.
[[nodiscard]] QList<Fact> confirmFacts(const restore::RestorePlan &plan,
                                       const restore::PreflightReport &report);
/// What the plan does, in one breath.
[[nodiscard]] QString planSentence(restore::RestoreMode mode);
/// "Replace schema public in shop on 127.0.0.1:5432", "Replace database shop on 127.0.0.1:5432"
[[nodiscard]] QString replaceVerb(const restore::RestorePlan &plan,
                                  const restore::PreflightReport &report);
/// What the next restore of so many rows will take, from what was proven before; empty when nothing
/// was.
[[nodiscard]] QString timeForecast(qint64 rows, const QList<restore::RestoreRecord> &past);

} // namespace plantexts

} // namespace mayday::ui
