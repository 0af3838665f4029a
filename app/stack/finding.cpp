// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/finding.h"

using namespace Qt::StringLiterals;

namespace mayday::stack {

QString Finding::sentence() const
{
    QString all;
    if (line > 0)
        all += u"column %1: "_s.arg(column);
    if (!path.isEmpty())
        all += path + u": "_s;
    all += text;
    if (!nearest.isEmpty())
        all += u"; did you mean "_s + nearest + u'?';
    return all;
}

} // namespace mayday::stack
