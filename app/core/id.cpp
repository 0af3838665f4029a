// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/id.h"

namespace mayday {

namespace {

constexpr qsizetype maxIdLength = 64;

bool isLetterOrDigit(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9');
}

} // namespace

bool isWellFormedId(QStringView text)
{
    if (text.isEmpty() || text.size() > maxIdLength || !isLetterOrDigit(text.front()))
        return false;
    for (const QChar c : text) {
        if (!isLetterOrDigit(c) && c != u'-' && c != u'_' && c != u'.')
            return false;
    }
    return true;
}

QString slugOf(QStringView text)
{
    QString slug;
    for (const QChar raw : text.toString().normalized(QString::NormalizationForm_KD)) {
        const QChar c = raw.toLower();
        if (isLetterOrDigit(c))
            slug += c;
        else if (!slug.isEmpty() && !slug.endsWith(u'-') && !raw.isMark())
            slug += u'-';
    }
    slug.truncate(maxIdLength);
    while (slug.endsWith(u'-'))
        slug.chop(1);
    return slug;
}

} // namespace mayday
