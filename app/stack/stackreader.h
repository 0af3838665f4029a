// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "stack/finding.h"
#include "stack/stack.h"

#include <QByteArray>

#include <optional>

namespace mayday::stack {

/// All findings; a stack only when none of them is an Error.
struct StackReading {
    std::optional<Stack> stack;
    QList<Finding> findings;

    [[nodiscard]] bool hasErrors() const;
};

/// The largest file that is read.
inline constexpr qint64 maxStackBytes = 1024 * 1024;

/// Reads what it can and reports everything it cannot. Secrets in the file are an Error, wherever
/// they stand, also in comments. Any thread; time grows with the size only.
[[nodiscard]] StackReading readStack(const QByteArray &yaml);
/// The stack or the first Error, for callers that need one answer. fileName: the Error's subject.
[[nodiscard]] Result<Stack> parseStack(const QByteArray &yaml, const QString &fileName);

} // namespace mayday::stack
