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

QByteArray arrayOf(const QStringList &values)
{
    QByteArrayList quoted;
    for (const QString &value : values) {
        QString inner = value;
        inner.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
        quoted.append('"' + inner.toUtf8() + '"');
    }
    return '{' + quoted.join(',') + '}';
}

} // namespace mayday::postgres
