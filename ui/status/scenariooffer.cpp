// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/status/scenariooffer.h"

#include <algorithm>

namespace mayday::ui {

QList<ScenarioOffer> rankedOffers(const QList<ScenarioOffer> &all,
                                  const QList<status::Suggestion> &suggestions, qsizetype least)
{
    constexpr qsizetype numberKeys = 9;
    QList<ScenarioOffer> ranked;
    for (const status::Suggestion &suggestion : suggestions) {
        const auto found = std::ranges::find_if(
            all, [&](const ScenarioOffer &offer) { return offer.id.text() == suggestion.runbook; });
        if (found == all.end() || ranked.size() == numberKeys)
            continue;
        ranked.append(*found);
        ranked.last().because = suggestion.because;
    }
    for (const ScenarioOffer &offer : all) {
        if (ranked.size() >= least)
            break;
        if (!std::ranges::contains(ranked, offer.id, &ScenarioOffer::id))
            ranked.append(offer);
    }
    return ranked;
}

} // namespace mayday::ui
