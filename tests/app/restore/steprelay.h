// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/connectionstring.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QByteArray>
#include <QtLogging>

#include <array>
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace mayday::restore::test {

/// Stands between a client and a real PostgreSQL and does harm at one step: the moment a text first
/// passes from the client. Plain TCP; threads of its own, ended by the destructor.
class StepRelay final {
public:
    enum class Then {
        GoOn,     ///< the text goes on to the server
        Cut,      ///< the connection ends before the server has seen it
        CutAfter, ///< the server gets it and answers, and the client never hears
    };

    StepRelay(const postgres::ConnectionString &server, QByteArray step,
              std::function<Then()> atStep)
        : m_server(server), m_step(std::move(step)), m_atStep(std::move(atStep))
    {
        m_listener = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        auto *where = reinterpret_cast<sockaddr *>(&address);
        if (::bind(m_listener, where, size) != 0 || ::listen(m_listener, 8) != 0 ||
            ::getsockname(m_listener, where, &size) != 0)
            qFatal("StepRelay: no port of 127.0.0.1 can be had");
        m_port = ntohs(address.sin_port);
        m_acceptor = std::thread([this] { accept(); });
    }
    ~StepRelay()
    {
        m_over = true;
        m_acceptor.join();
        m_relays.clear();
        ::close(m_listener);
    }
    Q_DISABLE_COPY_MOVE(StepRelay)

    [[nodiscard]] postgres::ConnectionString connectionString() const
    {
        const QString text = QStringLiteral("host=127.0.0.1 port=%1 dbname=%2 user=%3 "
                                            "sslmode=disable gssencmode=disable")
                                 .arg(m_port)
                                 .arg(m_server.database(), m_server.user());
        return postgres::ConnectionString::parse(text)
            .value_or(postgres::ConnectionString())
            .withPassword(m_server.password());
    }
    /// Whether the step was reached at all.
    [[nodiscard]] bool hasStruck() const { return m_hasStruck; }

private:
    static constexpr int lookEvery = 50;

    static sockaddr_in loopback(int port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<quint16>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    static bool sendAll(int socket, QByteArrayView bytes)
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

    void accept()
    {
        while (!m_over) {
            pollfd watched{m_listener, POLLIN, 0};
            if (::poll(&watched, 1, lookEvery) <= 0)
                continue;
            const int client = ::accept(m_listener, nullptr, nullptr);
            const int server = ::socket(AF_INET, SOCK_STREAM, 0);
            sockaddr_in address = loopback(m_server.port());
            const bool isThere =
                ::connect(server, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
            m_relays.emplace_back([this, client, server, isThere] {
                if (isThere)
                    run(client, server);
                ::close(client);
                ::close(server);
            });
        }
    }

    void run(int client, int server)
    {
        QByteArray seen; // the step may come in two pieces
        std::array<char, 16384> bytes;
        while (!m_over) {
            std::array<pollfd, 2> watched{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
            if (::poll(watched.data(), watched.size(), lookEvery) < 0)
                return;
            if (watched[0].revents != 0) {
                const ssize_t size = ::recv(client, bytes.data(), bytes.size(), 0);
                if (size <= 0)
                    return;
                const QByteArrayView got(bytes.data(), size);
                seen = seen.last(std::min(seen.size(), m_step.size()));
                seen.append(got);
                if (!pass(seen, got, server))
                    return;
            }
            if (watched[1].revents != 0) {
                const ssize_t size = ::recv(server, bytes.data(), bytes.size(), 0);
                if (size <= 0 || !sendAll(client, QByteArrayView(bytes.data(), size)))
                    return;
            }
        }
    }

    bool pass(const QByteArray &seen, QByteArrayView got, int server)
    {
        Then then = Then::GoOn;
        if (seen.contains(m_step) && !m_hasStruck.exchange(true))
            then = m_atStep();
        if (then == Then::Cut)
            return false;
        if (!sendAll(server, got))
            return false;
        if (then == Then::GoOn)
            return true;
        std::array<char, 1> answer;
        (void)::recv(server, answer.data(), answer.size(), 0);
        return false;
    }

    postgres::ConnectionString m_server;
    QByteArray m_step;
    std::function<Then()> m_atStep;
    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_over = false;
    std::atomic<bool> m_hasStruck = false;
    std::vector<std::jthread> m_relays;
    std::thread m_acceptor;
};

} // namespace mayday::restore::test
