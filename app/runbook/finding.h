// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace mayday::runbook {

/// Something about a runbook file its author should know. Plain English (maydayctl prints it); the
/// key is stable, for machines and for the window's own words.
struct Finding {
    enum Severity {
        Error,   ///< the file, or a part of it, cannot be used
        Warning, ///< usable, but not as its author meant
        Note,    ///< worth knowing
    };

    Severity severity = Warning;
    QString key;          ///< "unknown-verb"
    QString title;        ///< one line: what is wrong
    QString explanation;  ///< what Mayday does with it, and how to put it right
    qint64 line = 0;      ///< 1-based; 0 for the file as a whole
    QString nearest = {}; ///< the known name that was perhaps meant

    [[nodiscard]] bool operator==(const Finding &) const = default;
};

/// "error", "warning", "note".
[[nodiscard]] QString severityKey(Finding::Severity severity);

} // namespace mayday::runbook
