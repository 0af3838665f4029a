// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/quoting.h"

using namespace Qt::StringLiterals;

namespace mayday::postgres {

QString quoteIdentifier(const QString &name)
{
    QString inner = name;
    inner.replace(u'"', u"\"\""_s);
    return u'"' + inner + u'"';
}

QByteArray quoteLiteral(QByteArrayView value)
{
    QByteArray inner = value.toByteArray();
    const bool escaped = inner.contains('\\');
    inner.replace('\'', "''");
    if (escaped)
        inner.replace('\\', "\\\\");
    return (escaped ? QByteArray(" E'") : QByteArray("'")) + inner + '\'';
}

} // namespace mayday::postgres
