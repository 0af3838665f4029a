// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"

#include <QTimeZone>

#include <mutex>

namespace mayday::tests {

/// A clock that stands still until a test moves it. Thread-safe.
class FakeClock final : public Clock {
public:
    [[nodiscard]] QDateTime now() const override
    {
        const std::scoped_lock lock(m_mutex);
        return m_start.addMSecs(m_passed.count());
    }
    [[nodiscard]] std::chrono::milliseconds monotonic() const override
    {
        const std::scoped_lock lock(m_mutex);
        return m_passed;
    }
    void advance(std::chrono::milliseconds time)
    {
        const std::scoped_lock lock(m_mutex);
        m_passed += time;
    }

private:
    mutable std::mutex m_mutex;
    QDateTime m_start{QDate(2026, 3, 1), QTime(3, 0), QTimeZone::UTC};
    std::chrono::milliseconds m_passed{0};
};

} // namespace mayday::tests
