// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/backupshelf.h"
#include "dump/dumpinspection.h"
#include "ui/kit/facttable.h"

/// What is in a backup beside its rows, in words: what it creates, and what of that runs code on
/// the server or takes rights there (design: listed before the button).
namespace mayday::ui::insidetexts {

/// What a link in a fact asks for: the warnings, one by one.
inline const QString warningsTarget = QStringLiteral("warnings");
/// Everything in the backup, by name.
inline const QString objectsTarget = QStringLiteral("objects");

/// "3 functions, 2 views, 1 policy"; empty when there are tables alone.
[[nodiscard]] QString objects(const dump::DumpInspection &inspection);
/// "function", "foreign key": of one thing.
[[nodiscard]] QString kindName(dump::StatementClass kind);
/// "2 statements to read before you go on"; empty when there is none.
[[nodiscard]] QString warnings(const dump::DumpInspection &inspection);
/// Why one that was read to its end may not be what it should be; empty when nothing says so.
[[nodiscard]] QString doubt(const backup::BackupEntry &entry);
/// "Manifest of 2026-11-30 08:15 UTC: 47 tables, 60,000 rows; it agrees with the file"; empty
/// without one.
[[nodiscard]] QString manifest(const backup::ManifestCheck &check);
/// For the plan: both, with links to everything and to the warnings; for the question: the warnings
/// alone.
[[nodiscard]] QList<Fact> planFacts(const dump::DumpInspection &inspection);
[[nodiscard]] QList<Fact> confirmFacts(const dump::DumpInspection &inspection);
/// For the plan: a manifest that has what the backup has not; one that agrees is no news there.
[[nodiscard]] QList<Fact> manifestFacts(const backup::ManifestCheck &check);

} // namespace mayday::ui::insidetexts
