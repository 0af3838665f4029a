// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/runbook.h"
#include "status/suggestion.h"

namespace mayday::ui {

/// A scenario that can be started from the Now page. A value.
struct ScenarioOffer {
    runbook::RunbookId id;
    QString title;
    QString because = {}; ///< why it is suggested now; empty: it is not

    [[nodiscard]] bool operator==(const ScenarioOffer &) const = default;
};

/// What gets a button and a number key: every suggested scenario in the order of the suggestions,
/// then the others, at least `least` of them while there are so many, at most nine.
[[nodiscard]] QList<ScenarioOffer> rankedOffers(const QList<ScenarioOffer> &all,
                                                const QList<status::Suggestion> &suggestions,
                                                qsizetype least = 3);

} // namespace mayday::ui
