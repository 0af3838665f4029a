// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "restore/restoreplan.h"
#include "restore/statementfilter.h"

#include <QJsonObject>
#include <QStringList>

namespace mayday::restore {

/// What this backup has and a restore here does not bring, whoever's server it is. What is left out
/// for want of a role or an extension is MissingNeeds. A value.
struct NotMade {
    /// What would act by itself is not switched on unasked: "publication changes".
    QStringList switches = {};
    QStringList there = {};    ///< of them those of whose kind and name there is one already
    QStringList comments = {}; ///< extensions of which it says something else than the server
    bool isSuperuser = false;  ///< who may say something of the extensions of a new database
    [[nodiscard]] bool operator==(const NotMade &) const = default;
};

/// Pure; as StatementFilter decides. facts: of the database that is live.
[[nodiscard]] NotMade notMade(const dump::DumpInspection &inspection, const TargetFacts &facts);

/// A sentence for each sort, with counts, as far as it holds for this way; none when all is made.
[[nodiscard]] QStringList inWords(const NotMade &what, RestoreMode mode);
[[nodiscard]] QJsonObject toJson(const NotMade &what);

} // namespace mayday::restore
