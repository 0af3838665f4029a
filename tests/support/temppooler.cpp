// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/temppooler.h"

#include <QByteArray>
#include <QtEndian>

#include <poll.h>
#include <sys/socket.h>

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

/// One client and its backend.
class Relay final {
public:
    Relay(int client, int server, int quiet) : m_client(client), m_server(server), m_quiet(quiet) {}
    void run(const std::atomic<bool> &over)
    {
        while (!over) {
            std::array<pollfd, 2> watched{pollfd{m_client, POLLIN, 0}, pollfd{m_server, POLLIN, 0}};
            if (::poll(watched.data(), watched.size(), relayPatience) < 0)
                return;
            if (watched[0].revents != 0 && !fromClient())
                return;
            if (watched[1].revents != 0 && !fromServer())
                return;
        }
    }

private:
    bool fromClient()
    {
        std::array<char, 16384> bytes;
        const ssize_t size = ::recv(m_client, bytes.data(), bytes.size(), 0);
        return size > 0 && sendAll(m_server, QByteArrayView(bytes.data(), size));
    }

    bool fromServer()
    {
        std::array<char, 16384> bytes;
        const ssize_t size = ::recv(m_server, bytes.data(), bytes.size(), 0);
        if (size <= 0)
            return false;
        m_pending.append(bytes.data(), size);
        constexpr qsizetype head = 5;
        while (m_pending.size() >= head) {
            const qsizetype whole = 1 + qFromBigEndian<qint32>(m_pending.constData() + 1);
            if (m_pending.size() < whole)
                break;
            if (!take(m_pending.first(whole)))
                return false;
            m_pending.remove(0, whole);
        }
        return true;
    }

    /// One message of the server. "Ready, idle" is held back until the session is as new.
    bool take(const QByteArray &message)
    {
        const bool ready = message.at(0) == 'Z';
        if (m_resetting) {
            m_resetting = !ready;
            return !ready || sendAll(m_client, message);
        }
        if (!ready || message.at(5) != 'I' || m_quiet-- > 0)
            return sendAll(m_client, message);
        m_resetting = true;
        const QByteArray sql("DISCARD ALL\0", 12);
        QByteArray query("Q\0\0\0\0", 5);
        qToBigEndian<qint32>(qint32(4 + sql.size()), query.data() + 1);
        return sendAll(m_server, query + sql);
    }

    int m_client;
    int m_server;
    int m_quiet;
    QByteArray m_pending;
    bool m_resetting = false;
};

} // namespace

TempPooler::TempPooler(const postgres::ConnectionString &server, int quiet)
    : m_server(server),
      m_relay(server.port(), [quiet](int client, int backend, const std::atomic<bool> &over) {
          Relay(client, backend, quiet).run(over);
      })
{
}

postgres::ConnectionString TempPooler::connectionString() const
{
    return m_relay.instead(m_server);
}

} // namespace mayday::tests
