// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/connectionstring.h"

#include <atomic>
#include <thread>
#include <vector>

namespace mayday::tests {

/// Stands between a client and a real PostgreSQL as a transaction pooler does: whatever a session
/// has set is gone after each transaction, since the next may meet another backend. Relays the
/// protocol over plain TCP and sends DISCARD ALL whenever the server is idle. Threads of its own;
/// ended by the destructor.
class TempPooler final {
public:
    /// server: over TCP, with password.
    explicit TempPooler(const postgres::ConnectionString &server);
    ~TempPooler();
    Q_DISABLE_COPY_MOVE(TempPooler)

    [[nodiscard]] postgres::ConnectionString connectionString() const;

private:
    void accept();

    postgres::ConnectionString m_server;
    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_over = false;
    std::vector<std::jthread> m_relays;
    std::thread m_acceptor;
};

} // namespace mayday::tests
