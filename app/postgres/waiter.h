// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

#include <chrono>
#include <optional>

namespace mayday::postgres {

/// Waits for one socket, and can be woken from any thread while it does. Owns the wake-up channel:
/// an eventfd on Linux, a pipe on other Unix systems; on Windows it looks every 50 ms.
class Waiter final {
public:
    enum class Reason { Ready, Woken, TimedOut };
    using Deadline = std::optional<std::chrono::steady_clock::time_point>;

    Waiter();
    ~Waiter();
    Q_DISABLE_COPY_MOVE(Waiter)

    /// Any thread; also from a std::stop_callback. Sticks until the next wait has seen it.
    void wake();
    [[nodiscard]] Reason wait(qintptr socket, bool forRead, bool forWrite, Deadline deadline);

private:
    int m_readEnd = -1;
    int m_writeEnd = -1;
};

} // namespace mayday::postgres
