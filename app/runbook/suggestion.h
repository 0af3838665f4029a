// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace mayday::runbook {

/// When a runbook wants to be offered, from one `suggest` line of its front matter:
///   probe <subject> failing [60 s]     status <provider> <minor|major|critical>
///   rows <table> drop                  deployment <service> failed
/// The subject is an id of the stack, or the word "service" or "database" for any of them.
struct Suggestion {
    enum Sign { ProbeFailing, ProviderStatus, RowsDrop, DeploymentFailed };

    Sign sign = ProbeFailing;
    QString subject;
    QString level = {};             ///< ProviderStatus only
    std::chrono::seconds lasting{}; ///< ProbeFailing only: for at least this long

    [[nodiscard]] bool operator==(const Suggestion &) const = default;
};

/// nullopt when the line is none of the forms above.
[[nodiscard]] std::optional<Suggestion> parseSuggestion(const QString &line);

/// "90 s", "5m", "10-30 min", "1-4 h", "2 hours 30 min": of a range the longer end. nullopt when it
/// is not a length of time, or more than a year.
[[nodiscard]] std::optional<std::chrono::seconds> parseDuration(const QString &text);

} // namespace mayday::runbook
