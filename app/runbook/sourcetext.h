// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runbook/finding.h"

#include <QByteArray>
#include <QList>

namespace mayday::runbook {

/// A runbook file made ready for the parsers: UTF-8, "\n" line ends, no byte-order mark, front
/// matter apart. The body keeps blank lines in its place, so line numbers are those of the file.
struct SourceText {
    bool readable = false; ///< false: not text, or too large; a finding says so
    QByteArray frontMatter;
    QByteArray body;
    qint64 frontMatterLine = 0; ///< line of the opening "---"; 0 without front matter
};

[[nodiscard]] SourceText readSource(const QByteArray &bytes, QList<Finding> &findings);

} // namespace mayday::runbook
