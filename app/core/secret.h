// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <utility>

namespace mayday {

/// A password or a token. Not printable, not comparable with ==, not convertible to QVariant; its
/// bytes are overwritten when the last owner lets go. Move it where possible.
class Secret final {
public:
    Secret() = default;
    explicit Secret(QByteArray value) : m_value(std::move(value)) {}
    Secret(const Secret &other) : m_value(other.m_value.constData(), other.m_value.size()) {}
    Secret(Secret &&other) noexcept : m_value(std::exchange(other.m_value, {})) {}
    Secret &operator=(const Secret &other)
    {
        if (this != &other)
            *this = Secret(other);
        return *this;
    }
    Secret &operator=(Secret &&other) noexcept
    {
        std::swap(m_value, other.m_value);
        return *this;
    }
    ~Secret();

    [[nodiscard]] bool isEmpty() const { return m_value.isEmpty(); }
    /// The bytes, for the one call that needs them. Do not store what this returns.
    [[nodiscard]] const QByteArray &reveal() const { return m_value; }

private:
    QByteArray m_value;
};

} // namespace mayday
