// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/preflight.h"
#include "ui/kit/facttable.h"
#include "ui/kit/prompter.h"

namespace mayday::ui {

/// What is said before a restore of roles that the backup names and the server lacks. Pure
/// functions; translated.
namespace roletexts {

/// The link to make them, or to leave them out.
inline const QString makeTarget = QStringLiteral("roles");
/// The link to say who they are on this server.
inline const QString whoTarget = QStringLiteral("who-is-who");

/// What becomes of them.
[[nodiscard]] QList<Fact> facts(const restore::RestorePlan &plan,
                                const restore::PreflightReport &report);
/// Of roles that are others there, where nothing can be changed any more; empty without any.
[[nodiscard]] QList<Fact> mappedFacts(const restore::RestorePlan &plan);
/// Who each of them is there; nobody comes first.
[[nodiscard]] ChoiceQuestion question(const restore::RestorePlan &plan,
                                      const restore::PreflightReport &report);
/// What was answered to that.
[[nodiscard]] restore::RoleMap rolesFrom(const restore::PreflightReport &report,
                                         const QList<qsizetype> &chosen);

} // namespace roletexts

} // namespace mayday::ui
