// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/tcprelay.h"

#include <chrono>

namespace mayday::tests {

/// A long way to a server: every byte arrives later by half of the round trip, at any rate and in
/// order.
class DelayProxy final {
public:
    DelayProxy(int serverPort, std::chrono::milliseconds roundTrip);

    [[nodiscard]] postgres::ConnectionString instead(const postgres::ConnectionString &direct) const
    {
        return m_relay.instead(direct);
    }

private:
    TcpRelay m_relay;
};

} // namespace mayday::tests
