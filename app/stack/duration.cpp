// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/duration.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace mayday::stack {

namespace {

constexpr qint64 longestSeconds = 366LL * 24 * 3600;

qint64 unitSeconds(const QString &unit)
{
    if (unit.startsWith(u's'))
        return 1;
    if (unit.startsWith(u'm'))
        return 60;
    if (unit.startsWith(u'h'))
        return 3600;
    return 24 * 3600;
}

} // namespace

std::optional<std::chrono::seconds> parseDuration(const QString &text)
{
    static const QRegularExpression whole(
        u"^(?:\\d{1,6}(?:\\s*(?:-|\u2013|to)\\s*\\d{1,6})?\\s*"
        "(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\\s*)+$"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression part(u"(\\d{1,6})\\s*([a-z]+)"_s,
                                         QRegularExpression::CaseInsensitiveOption);
    const QString trimmed = text.trimmed();
    if (trimmed.size() > 64 || !whole.match(trimmed).hasMatch())
        return std::nullopt;
    qint64 seconds = 0;
    for (auto match = part.globalMatch(trimmed); match.hasNext();) {
        const QRegularExpressionMatch hit = match.next();
        if (hit.captured(2).compare(u"to", Qt::CaseInsensitive) == 0)
            continue; // "1 to 4 h": the number before "to" is the shorter end
        seconds += hit.captured(1).toLongLong() * unitSeconds(hit.captured(2).toLower());
    }
    if (seconds > longestSeconds)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

} // namespace mayday::stack
