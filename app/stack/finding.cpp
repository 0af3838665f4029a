// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/finding.h"

using namespace Qt::StringLiterals;

namespace mayday::stack {

QString Finding::sentence() const
{
    QString all;
    if (line > 0)
        all += u"line %1, column %2: "_s.arg(line).arg(column);
    if (!path.isEmpty())
        all += path + u": "_s;
    all += text;
    if (!nearest.isEmpty())
        all += u"; did you mean "_s + nearest + u'?';
    return all;
}

} // namespace mayday::stack
