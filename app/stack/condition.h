// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <expected>

namespace mayday::stack {

/// When a runbook wants to be offered, from one `suggest:` line of it:
///   probe <database|service|any|an id> failing [60 s]
///   status <a provider's id|any> <minor|major|critical|maintenance>   (that or worse)
///   rows <a table|any> <drop|dropped|empty>
///   deployment <a service's id> failed
/// A value. Knows the words; what the readings say about it is the module status's to judge.
struct Condition {
    enum class Kind { Probe, Status, Rows, Deployment };
    enum class Level { Minor, Major, Critical, Maintenance };

    Kind kind = Kind::Probe;
    QString target;
    std::chrono::seconds lasting{0}; ///< Probe
    Level level = Level::Minor;      ///< Status
    bool onlyEmpty = false;          ///< Rows

    [[nodiscard]] bool operator==(const Condition &) const = default;
};

/// Why a line is no condition, in plain English.
struct ConditionFault {
    QString why;
    QString nearest = {}; ///< the known word that was perhaps meant

    [[nodiscard]] bool operator==(const ConditionFault &) const = default;
};

[[nodiscard]] std::expected<Condition, ConditionFault> parseCondition(QStringView line);

} // namespace mayday::stack
