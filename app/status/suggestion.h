// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "status/boardsnapshot.h"

namespace mayday::status {

/// One parsed `suggest:` line of a runbook:
///   probe <database|service|any|an id> failing [60 s]
///   status <a provider's id|any> <minor|major|critical|maintenance>   (that or worse)
///   rows <a table|any> <dropped|empty>
struct Condition {
    enum class Kind { Probe, Status, Rows };
    Kind kind = Kind::Probe;
    QString target;
    std::chrono::milliseconds lasting{0}; ///< Probe
    Impact impact = Impact::Minor;        ///< Status
    bool onlyEmpty = false;               ///< Rows
};

/// Refused with the nearest known word when the line is not understood; the subject is the line.
[[nodiscard]] Result<Condition> parseCondition(QStringView text);
/// Judged by fresh readings only.
[[nodiscard]] bool matches(const Condition &condition, const BoardSnapshot &board);
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
