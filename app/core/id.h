// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QHashFunctions>
#include <QString>

namespace mayday {

/// Whether text is a well-formed id: 1 to 64 of a-z 0-9 '-' '_' '.', beginning with a letter or
/// digit.
[[nodiscard]] bool isWellFormedId(QStringView text);
/// The nearest well-formed id to any text ("Buggy deployment!" -> "buggy-deployment"); empty when
/// nothing usable is left.
[[nodiscard]] QString slugOf(QStringView text);

/// A name of one kind of thing that cannot hold a malformed value. Default-constructed it is
/// "none".
template <typename Tag>
class Id final {
public:
    Id() = default;
    [[nodiscard]] static Result<Id> parse(const QString &text)
    {
        if (!isWellFormedId(text))
            return failure(
                {.kind = ErrorKind::Refused,
                 .subject = text,
                 .detail = QStringLiteral("an id is 1 to 64 of a-z, 0-9, '-', '_', '.'")});
        Id id;
        id.m_text = text;
        return id;
    }
    [[nodiscard]] const QString &text() const { return m_text; }
    [[nodiscard]] bool isNone() const { return m_text.isEmpty(); }
    [[nodiscard]] auto operator<=>(const Id &) const = default;
    [[nodiscard]] bool operator==(const Id &) const = default;
    friend size_t qHash(const Id &id, size_t seed = 0) { return qHash(id.m_text, seed); }

private:
    QString m_text;
};

} // namespace mayday
