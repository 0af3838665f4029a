// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"
#include "runbook/runbook.h"
#include "runbook/verbregistry.h"

#include <QJsonObject>

#include <functional>

namespace mayday::runbook {

/// Larger files are refused unread.
inline constexpr qint64 maxRunbookBytes = 1024 * 1024;

/// What came of reading a file: a runbook unless it could not be used at all, and every finding.
struct RunbookReading {
    std::optional<Runbook> runbook;
    QList<Finding> findings;

    [[nodiscard]] bool hasErrors() const;
};

/// Gives the Markdown of an included file by its name without ".md"; nullopt when there is none.
using IncludeSource = std::function<std::optional<QByteArray>(QString name)>;

/// Reads GitHub-flavoured Markdown as a runbook. Never fails: what is wrong becomes a finding, what
/// is not understood stays readable text. Runs nothing and opens nothing but what include gives.
/// Findings of included files are not repeated here (read those files themselves). Any thread.
[[nodiscard]] RunbookReading readRunbook(const QByteArray &markdown, const QString &fileName,
                                         const VerbRegistry &verbs,
                                         const IncludeSource &include = {});

/// For `maydayctl runbook check FILE --json`; stable keys: file, usable, runbook{id, title, tier,
/// rtoMinutes, phases[{title, steps}], steps, sensed, commands, templates[]}, findings[{severity,
/// key, title, explanation, line, nearest}], errors, warnings, notes.
[[nodiscard]] QJsonObject toJson(const RunbookReading &reading, const QString &fileName = {});

} // namespace mayday::runbook
