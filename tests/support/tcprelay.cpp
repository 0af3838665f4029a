// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/tcprelay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QtLogging>

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<quint16>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

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

TcpRelay::TcpRelay(int serverPort, Serve serve)
    : m_serverPort(serverPort), m_serve(std::move(serve))
{
    m_listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto *where = reinterpret_cast<sockaddr *>(&address);
    if (::bind(m_listener, where, size) != 0 || ::listen(m_listener, 16) != 0 ||
        ::getsockname(m_listener, where, &size) != 0)
        qFatal("TcpRelay: no port of 127.0.0.1 can be had");
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

TcpRelay::~TcpRelay()
{
    m_over = true;
    m_acceptor.join();
    m_relays.clear();
    ::close(m_listener);
}

void TcpRelay::accept()
{
    while (!m_over) {
        pollfd watched{m_listener, POLLIN, 0};
        if (::poll(&watched, 1, relayPatience) <= 0)
            continue;
        const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int noDelay = 1;
        for (const int socket : {client, server})
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &noDelay, sizeof noDelay);
        sockaddr_in address = loopback(m_serverPort);
        const bool isThere =
            ::connect(server, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
        m_relays.emplace_back([this, client, server, isThere] {
            if (isThere)
                m_serve(client, server, m_over);
            ::close(client);
            ::close(server);
        });
    }
}

postgres::ConnectionString TcpRelay::instead(const postgres::ConnectionString &direct) const
{
    const QString text =
        u"host=127.0.0.1 port=%1 dbname=%2 user=%3 sslmode=disable gssencmode=disable"_s.arg(m_port)
            .arg(direct.database(), direct.user());
    return postgres::ConnectionString::parse(text)
        .value_or(postgres::ConnectionString())
        .withPassword(direct.password());
}

} // namespace mayday::tests
