// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/httpresponse.h"

namespace mayday::net {

QByteArray HttpResponse::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (name.compare(key, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

QByteArray HttpResponse::contentType() const
{
    const QByteArray whole = header("content-type");
    return whole.left(whole.indexOf(';')).trimmed().toLower();
}

} // namespace mayday::net
