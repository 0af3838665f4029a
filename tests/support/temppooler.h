// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/tcprelay.h"

namespace mayday::tests {

/// Stands between a client and a real PostgreSQL as a transaction pooler does: whatever a session
/// has set is gone after each transaction, since the next may meet another backend. Relays the
/// protocol over plain TCP and sends DISCARD ALL whenever the server is idle. Threads of its own;
/// ended by the destructor.
class TempPooler final {
public:
    /// server: over TCP, with password. quiet: for so many transactions of a client nobody else
    /// is there, and it meets the same backend.
    explicit TempPooler(const postgres::ConnectionString &server, int quiet = 0);

    [[nodiscard]] postgres::ConnectionString connectionString() const;

private:
    postgres::ConnectionString m_server;
    TcpRelay m_relay;
};

} // namespace mayday::tests
