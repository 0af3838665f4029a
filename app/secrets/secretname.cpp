// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/secretname.h"

#include "core/id.h"

#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::secrets {

Result<SecretName> SecretName::parse(const QString &text)
{
    constexpr qsizetype mostParts = 6;
    const QStringList parts = text.split(u'/');
    const bool isWellFormed =
        parts.size() <= mostParts &&
        std::ranges::all_of(parts, [](const QString &part) { return isWellFormedId(part); });
    if (!isWellFormed)
        return failure({.kind = ErrorKind::Refused,
                        .subject = u"name of a secret"_s,
                        .detail = u"it is one to six parts of a-z, 0-9, '-', '_' and '.', with '/' "
                                  "between: database/main/password"_s});
    SecretName name;
    name.m_text = text;
    return name;
}

} // namespace mayday::secrets
