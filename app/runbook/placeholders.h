// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <optional>

namespace mayday::runbook {

/// The value of a name; nullopt makes a gap.
using Lookup = std::function<std::optional<QString>(const QString &name)>;

/// Text with its names replaced, and the names nothing was known for (each once, in order). A gap
/// stays visible in the text as it was written.
struct FilledText {
    QString text;
    QStringList gaps;
};

/// Fills {{service.backend.url}}; lookup gets "service.backend.url". Values are not filled again.
[[nodiscard]] FilledText filled(const QString &text, const Lookup &lookup);
/// Fills [placeholders] of a message template; lookup gets the words without brackets.
[[nodiscard]] FilledText filledTemplate(const QString &text, const Lookup &lookup);

/// The names in {{...}}, each once, in order.
[[nodiscard]] QStringList variablesIn(const QString &text);
/// The names in [...], each once, in order.
[[nodiscard]] QStringList placeholdersIn(const QString &text);

} // namespace mayday::runbook
