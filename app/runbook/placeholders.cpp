// SPDX-License-Identifier: GPL-3.0-or-later
#include "runbook/placeholders.h"

#include <QRegularExpression>

namespace mayday::runbook {

using namespace Qt::StringLiterals;

namespace {

/// Not after a dollar sign: ${{ }} belongs to build services and to Railway's own references.
const QRegularExpression &variablePattern()
{
    static const QRegularExpression pattern(u"(?<!\\$)\\{\\{\\s*([^{}\\n]{1,128}?)\\s*\\}\\}"_s);
    return pattern;
}

const QRegularExpression &placeholderPattern()
{
    static const QRegularExpression pattern(u"\\[([^\\[\\]\\n]{2,64})\\]"_s);
    return pattern;
}

FilledText replaced(const QString &text, const QRegularExpression &pattern, const Lookup &lookup)
{
    FilledText result;
    qsizetype from = 0;
    for (auto match = pattern.globalMatch(text); match.hasNext();) {
        const QRegularExpressionMatch hit = match.next();
        const QString name = hit.captured(1);
        const std::optional<QString> value = lookup(name);
        if (!value && !result.gaps.contains(name))
            result.gaps += name;
        result.text += QStringView(text).sliced(from, hit.capturedStart() - from);
        result.text += value.value_or(hit.captured());
        from = hit.capturedEnd();
    }
    result.text += QStringView(text).sliced(from);
    return result;
}

std::optional<QString> unknown(const QString &)
{
    return std::nullopt;
}

} // namespace

FilledText filled(const QString &text, const Lookup &lookup)
{
    return replaced(text, variablePattern(), lookup);
}

FilledText filledTemplate(const QString &text, const Lookup &lookup)
{
    return replaced(text, placeholderPattern(), lookup);
}

QStringList variablesIn(const QString &text)
{
    return filled(text, unknown).gaps;
}

QStringList placeholdersIn(const QString &text)
{
    return filledTemplate(text, unknown).gaps;
}

} // namespace mayday::runbook
