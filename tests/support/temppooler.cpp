// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/temppooler.h"

#include <QByteArray>
#include <QtEndian>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

constexpr int lookEvery = 50;

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<quint16>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

template <typename Call>
int withAddress(sockaddr_in &address, Call call)
{
    return call(reinterpret_cast<sockaddr *>(&address), static_cast<socklen_t>(sizeof address));
}

bool sendAll(int socket, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t sent =
            ::send(socket, bytes.data(), static_cast<size_t>(bytes.size()), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes = bytes.sliced(sent);
    }
    return true;
}

/// One client and its backend.
class Relay final {
public:
    Relay(int client, int server) : m_client(client), m_server(server) {}
    ~Relay()
    {
        ::close(m_client);
        ::close(m_server);
    }
    Q_DISABLE_COPY_MOVE(Relay)

    void run(const std::atomic<bool> &over)
    {
        while (!over) {
            std::array<pollfd, 2> watched{pollfd{m_client, POLLIN, 0}, pollfd{m_server, POLLIN, 0}};
            if (::poll(watched.data(), watched.size(), lookEvery) < 0)
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
        if (!ready || message.at(5) != 'I')
            return sendAll(m_client, message);
        m_resetting = true;
        const QByteArray sql("DISCARD ALL\0", 12);
        QByteArray query("Q\0\0\0\0", 5);
        qToBigEndian<qint32>(qint32(4 + sql.size()), query.data() + 1);
        return sendAll(m_server, query + sql);
    }

    int m_client;
    int m_server;
    QByteArray m_pending;
    bool m_resetting = false;
};

} // namespace

TempPooler::TempPooler(const postgres::ConnectionString &server) : m_server(server)
{
    m_listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const bool listening =
        withAddress(address,
                    [this](auto *to, auto bytes) { return ::bind(m_listener, to, bytes); }) == 0 &&
        ::listen(m_listener, 8) == 0 &&
        ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &size) == 0;
    if (!listening)
        qFatal("TempPooler: no port of 127.0.0.1 can be had");
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

TempPooler::~TempPooler()
{
    m_over = true;
    m_acceptor.join();
    m_relays.clear();
    ::close(m_listener);
}

void TempPooler::accept()
{
    while (!m_over) {
        pollfd watched{m_listener, POLLIN, 0};
        if (::poll(&watched, 1, lookEvery) <= 0)
            continue;
        const int client = ::accept(m_listener, nullptr, nullptr);
        const int server = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address = loopback(m_server.port());
        withAddress(address,
                    [server](auto *to, auto bytes) { return ::connect(server, to, bytes); });
        m_relays.emplace_back([this, client, server] { Relay(client, server).run(m_over); });
    }
}

postgres::ConnectionString TempPooler::connectionString() const
{
    const QString text =
        u"host=127.0.0.1 port=%1 dbname=%2 user=%3 sslmode=disable gssencmode=disable"_s.arg(m_port)
            .arg(m_server.database(), m_server.user());
    return postgres::ConnectionString::parse(text)
        .value_or(postgres::ConnectionString())
        .withPassword(m_server.password());
}

} // namespace mayday::tests
