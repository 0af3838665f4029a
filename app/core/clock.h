// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <chrono>

namespace mayday {

/// Where time comes from (a port, so that tests own it). Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    /// Wall time in UTC; may jump.
    [[nodiscard]] virtual QDateTime now() const = 0;
    /// Never jumps; only differences mean something.
    [[nodiscard]] virtual std::chrono::milliseconds monotonic() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] QDateTime now() const override { return QDateTime::currentDateTimeUtc(); }
    [[nodiscard]] std::chrono::milliseconds monotonic() const override
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch());
    }
};

} // namespace mayday
