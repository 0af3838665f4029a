// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/manifest.h"
#include "restore/restorereceipt.h"

namespace mayday::restore {

/// What of a manifest is to be found after a restore.
struct ManifestScope {
    QStringList restored; ///< the schemas that the dump has filled
    QStringList leftOut;  ///< those that were to stay as they are
    bool isCopy = false;  ///< keys, triggers, policies and rules are made in none
};

/// What a manifest has and the server has not, now that its dump is loaded; each named: "view
/// public.names". What is of a schema or a table that is missing is not named again. Pure.
[[nodiscard]] QStringList missingAfter(const backup::Manifest &manifest,
                                       const backup::SchemaObjects &there,
                                       const ManifestScope &scope);
/// Tables with other numbers of rows than the manifest has, and those with rows there that nobody
/// has counted: "public.a has 3 rows, not 4". Pure.
[[nodiscard]] QStringList otherRows(const backup::Manifest &manifest,
                                    const QList<TableResult> &counted, const ManifestScope &scope);
/// "the manifest of 2026-11-30 08:15 UTC agrees: 47 tables, 60000 rows and 120 other things"; of
/// tables those that were compared. Pure.
[[nodiscard]] QString agreement(const backup::Manifest &manifest, const QList<TableResult> &counted,
                                const ManifestScope &scope);

} // namespace mayday::restore
