// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stack/condition.h"
#include "status/boardsnapshot.h"

namespace mayday::status {

/// Judged by fresh readings only. No reading tells of deployments, so those never match.
[[nodiscard]] bool matches(const stack::Condition &condition, const BoardSnapshot &board);
/// A line that is not understood never matches.
[[nodiscard]] bool matches(QStringView condition, const BoardSnapshot &board);

/// A runbook and one of its `suggest:` lines.
struct SuggestRule {
    QString runbook;
    QString condition;
};

/// A runbook to offer now, and why.
struct Suggestion {
    QString runbook;
    QString condition;
    QString because; ///< "products fell from 60,012 to 0"

    [[nodiscard]] bool operator==(const Suggestion &) const = default;
};

/// Each runbook at most once, the most telling reason first: lost rows, then the vendor's own word,
/// then a failing probe.
[[nodiscard]] QList<Suggestion> suggestionsFor(const QList<SuggestRule> &rules,
                                               const BoardSnapshot &board);

} // namespace mayday::status
