// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/restorerecord.h"
#include "ui/kit/progressstrip.h"
#include "ui/kit/stateglyph.h"

#include <QCoreApplication>

namespace mayday::ui {

/// What is said of rows compared with the backup's to the letter. Pure functions; translated.
namespace contenttexts {

/// "Reading the backup...", "Comparing public.products: 3 of 5 tables done"
[[nodiscard]] QString progressSentence(const restore::ContentProgress &progress);
[[nodiscard]] ProgressFacts progressFacts(const restore::ContentProgress &progress);
[[nodiscard]] QList<ProgressPhase> progressPhases(const restore::ContentProgress &progress);

/// "The same to the letter: 5 tables with 60,012 rows are as in the backup."
[[nodiscard]] QString sentence(const restore::ContentCheck &check);
/// What the sentence leaves open: why rows may differ, columns that were not compared.
[[nodiscard]] QString detail(const restore::ContentCheck &check);
[[nodiscard]] StateShape shape(const restore::ContentCheck &check);
/// Of one table: "Same", "Different: 3 rows more than in the backup", "Not compared: ..."
[[nodiscard]] QString verdict(const restore::TableContent &table);
[[nodiscard]] StateShape shape(restore::ContentVerdict verdict);
/// A block for the team's chat: no value of any row.
[[nodiscard]] QString forChat(const restore::ContentCheck &check);
/// "Compared to the letter at 14:08 UTC: 5 tables are as in the backup." For the verdict.
[[nodiscard]] QString note(const restore::ContentSummary &content);

} // namespace contenttexts

} // namespace mayday::ui
