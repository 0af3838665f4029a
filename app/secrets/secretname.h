// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QHashFunctions>
#include <QString>

namespace mayday::secrets {

/// Which secret: one to six well-formed ids with slashes between, "database/main/password". A value
/// that cannot be malformed; default-constructed it is "none".
class SecretName final {
public:
    SecretName() = default;
    [[nodiscard]] static Result<SecretName> parse(const QString &text);

    [[nodiscard]] const QString &text() const { return m_text; }
    [[nodiscard]] bool isNone() const { return m_text.isEmpty(); }
    [[nodiscard]] auto operator<=>(const SecretName &) const = default;
    [[nodiscard]] bool operator==(const SecretName &) const = default;
    friend size_t qHash(const SecretName &name, size_t seed = 0)
    {
        return qHash(name.m_text, seed);
    }

private:
    QString m_text;
};

} // namespace mayday::secrets
