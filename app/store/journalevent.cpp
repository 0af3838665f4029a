// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journalevent.h"

#include "core/redactor.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace mayday::store {

namespace {

QJsonValue withoutSecrets(const QString &key, const QJsonValue &value)
{
    if (value.isString()) {
        // "hunter2" says nothing; "password: hunter2" does.
        const QString text = redacted(value.toString());
        const bool isNamedSecret = looksSecret(key + u": x"_s) && !text.isEmpty();
        return isNamedSecret ? u"[hidden]"_s : text;
    }
    if (value.isObject())
        return redactedData(value.toObject());
    if (!value.isArray())
        return value;
    QJsonArray array;
    for (const auto &element : value.toArray())
        array.append(withoutSecrets(key, element));
    return array;
}

} // namespace

QJsonObject redactedData(const QJsonObject &data)
{
    QJsonObject clean;
    for (auto at = data.begin(); at != data.end(); ++at)
        clean.insert(at.key(), withoutSecrets(at.key(), at.value()));
    return clean;
}

} // namespace mayday::store
