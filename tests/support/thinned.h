// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace mayday::tests {

/// Under a sanitizer everything takes several times as long, and some rows of each kind tell as
/// much about memory as all of them do.
#ifdef MAYDAY_IS_SANITIZED
inline constexpr bool isSanitized = true;
#else
inline constexpr bool isSanitized = false;
#endif

/// How far a loop over many places steps: by one, or by that much under a sanitizer.
[[nodiscard]] constexpr int thinnedStep(int sanitized)
{
    return isSanitized ? sanitized : 1;
}

/// Which rows of a test's data are run: all of them, or every n-th under a sanitizer.
class Thinned final {
public:
    explicit constexpr Thinned(int every) : m_every(isSanitized ? every : 1) {}

    [[nodiscard]] constexpr bool takesNext() { return m_number++ % m_every == 0; }

private:
    int m_every;
    int m_number = 0;
};

} // namespace mayday::tests
