// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/suggestion.h"

#include <QRegularExpression>
#include <QStringList>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

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

std::optional<Suggestion> parseProbe(const QStringList &words)
{
    if (words.size() < 3 || words.at(2) != u"failing")
        return std::nullopt;
    Suggestion suggestion{.sign = Suggestion::ProbeFailing, .subject = words.at(1)};
    if (words.size() > 3) {
        const auto lasting = parseDuration(words.mid(3).join(u' '));
        if (!lasting)
            return std::nullopt;
        suggestion.lasting = *lasting;
    }
    return suggestion;
}

std::optional<Suggestion> parseStatus(const QStringList &words)
{
    static const QStringList levels{u"minor"_s, u"major"_s, u"critical"_s};
    if (words.size() != 3 || !levels.contains(words.at(2)))
        return std::nullopt;
    return Suggestion{
        .sign = Suggestion::ProviderStatus, .subject = words.at(1), .level = words.at(2)};
}

} // namespace

std::optional<Suggestion> parseSuggestion(const QString &line)
{
    const QStringList words = line.simplified().split(u' ');
    if (words.first() == u"probe")
        return parseProbe(words);
    if (words.first() == u"status")
        return parseStatus(words);
    if (words.size() != 3)
        return std::nullopt;
    if (words.first() == u"rows" && words.at(2) == u"drop")
        return Suggestion{.sign = Suggestion::RowsDrop, .subject = words.at(1)};
    if (words.first() == u"deployment" && words.at(2) == u"failed")
        return Suggestion{.sign = Suggestion::DeploymentFailed, .subject = words.at(1)};
    return std::nullopt;
}

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

} // namespace mayday::runbook
