// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/connectionstring.h"

#include <QByteArrayView>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace mayday::tests {

/// Stands between clients and a server on 127.0.0.1, over plain TCP on a port of its own. Each
/// connection has a thread; all end with the destructor.
class TcpRelay final {
public:
    /// Passes bytes between two sockets until one is closed or over; the sockets are closed after.
    using Serve = std::function<void(int client, int server, const std::atomic<bool> &over)>;

    TcpRelay(int serverPort, Serve serve);
    ~TcpRelay();
    Q_DISABLE_COPY_MOVE(TcpRelay)

    [[nodiscard]] int port() const { return m_port; }
    /// The way through this relay to what is given directly, password included.
    [[nodiscard]] postgres::ConnectionString
    instead(const postgres::ConnectionString &direct) const;

private:
    void accept();

    int m_serverPort;
    Serve m_serve;
    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_over = false;
    std::vector<std::jthread> m_relays;
    std::thread m_acceptor;
};

/// How long a relay waits for bytes before it looks whether it is over, in milliseconds.
inline constexpr int relayPatience = 50;

/// False when the other side is gone.
[[nodiscard]] bool sendAll(int socket, QByteArrayView bytes);

} // namespace mayday::tests
