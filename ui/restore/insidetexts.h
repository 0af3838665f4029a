// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "ui/kit/facttable.h"

/// What is in a backup beside its rows, in words: what it creates, and what of that runs code on
/// the server or takes rights there (design: listed before the button).
namespace mayday::ui::insidetexts {

/// What a link in a fact asks for: the warnings, one by one.
inline const QString warningsTarget = QStringLiteral("warnings");

/// "3 functions, 2 views, 1 policy"; empty when there are tables alone.
[[nodiscard]] QString objects(const dump::DumpInspection &inspection);
/// "2 statements to read before you go on"; empty when there is none.
[[nodiscard]] QString warnings(const dump::DumpInspection &inspection);
/// For the plan: both, with a link to the warnings; for the question: the warnings alone.
[[nodiscard]] QList<Fact> planFacts(const dump::DumpInspection &inspection);
[[nodiscard]] QList<Fact> confirmFacts(const dump::DumpInspection &inspection);

} // namespace mayday::ui::insidetexts
