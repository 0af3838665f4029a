// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/tcprelay.h"

#include <poll.h>
#include <sys/socket.h>

#include <QByteArray>

#include <array>
#include <atomic>
#include <functional>

namespace mayday::restore::test {

/// Stands between a client and a real PostgreSQL and does harm at one step: the moment a text first
/// passes from the client, or first passes after another one ("RENAME TO ... COMMIT"). Plain TCP;
/// threads of its own, ended by the destructor.
class StepRelay final {
public:
    enum class Then {
        GoOn,     ///< the text goes on to the server
        Cut,      ///< the connection ends before the server has seen it
        CutAfter, ///< the server gets it and answers, and the client never hears
        Hold,     ///< nothing passes any more, in no connection, until release(); none ends
        HoldOpen, ///< the same of those that are open now; whoever connects anew comes through
    };

    StepRelay(const postgres::ConnectionString &server, const QByteArray &step,
              std::function<Then()> atStep)
        : m_server(server),
          m_step(step.sliced(behindIn(step))),
          m_before(step.first(std::max<qsizetype>(behindIn(step) - between.size(), 0))),
          m_atStep(std::move(atStep)),
          m_relay(server.port(), [this](int client, int backend, const std::atomic<bool> &over) {
              run(client, backend, over);
          })
    {
    }

    [[nodiscard]] postgres::ConnectionString connectionString() const
    {
        return m_relay.instead(m_server);
    }
    /// Whether the step was reached at all.
    [[nodiscard]] bool hasStruck() const { return m_hasStruck; }
    void release()
    {
        m_isHeld = false;
        m_silent = 0;
    }

private:
    static constexpr QByteArrayView between = " ... ";
    static qsizetype behindIn(const QByteArray &step)
    {
        const qsizetype at = step.indexOf(between);
        return at < 0 ? 0 : at + between.size();
    }

    void run(int client, int server, const std::atomic<bool> &over)
    {
        const int number = m_connections++;
        QByteArray seen; // the step may come in two pieces
        std::array<char, 16384> bytes;
        while (!over) {
            if (isHeld(number)) {
                (void)::poll(nullptr, 0, tests::relayPatience);
                continue;
            }
            std::array<pollfd, 2> watched{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
            if (::poll(watched.data(), watched.size(), tests::relayPatience) < 0)
                return;
            if (watched[0].revents != 0) {
                const ssize_t size = ::recv(client, bytes.data(), bytes.size(), 0);
                if (size <= 0)
                    return;
                const QByteArrayView got(bytes.data(), size);
                seen = seen.last(std::min(seen.size(), std::max(m_step.size(), m_before.size())));
                seen.append(got);
                if (!pass(seen, got, {.number = number, .server = server, .over = over}))
                    return;
            }
            if (watched[1].revents != 0) {
                const ssize_t size = ::recv(server, bytes.data(), bytes.size(), 0);
                if (size <= 0 || !tests::sendAll(client, QByteArrayView(bytes.data(), size)))
                    return;
            }
        }
    }

    /// READ COMMITTED is no COMMIT.
    [[nodiscard]] bool isStep(const QByteArray &seen) const
    {
        for (qsizetype at = seen.indexOf(m_step); at >= 0; at = seen.indexOf(m_step, at + 1)) {
            if (!QByteArrayView(seen).sliced(at).startsWith("COMMITTED"))
                return true;
        }
        return false;
    }

    [[nodiscard]] bool isHeld(int connection) const { return m_isHeld || connection < m_silent; }

    struct Way {
        int number; ///< of the connection, by when it came
        int server;
        const std::atomic<bool> &over;
    };

    bool pass(const QByteArray &seen, QByteArrayView got, const Way &way)
    {
        Then then = Then::GoOn;
        if (!m_before.isEmpty() && seen.contains(m_before))
            m_isBegun = true;
        else if ((m_before.isEmpty() || m_isBegun) && isStep(seen) && !m_hasStruck.exchange(true))
            then = m_atStep();
        if (then == Then::Hold)
            m_isHeld = true;
        if (then == Then::HoldOpen)
            m_silent = m_connections.load();
        while (isHeld(way.number) && !way.over)
            (void)::poll(nullptr, 0, tests::relayPatience);
        if (then == Then::Cut || way.over)
            return false;
        if (!tests::sendAll(way.server, got))
            return false;
        if (then != Then::CutAfter)
            return true;
        std::array<char, 1> answer;
        (void)::recv(way.server, answer.data(), answer.size(), 0);
        return false;
    }

    postgres::ConnectionString m_server;
    QByteArray m_step;
    QByteArray m_before; ///< empty: none
    std::function<Then()> m_atStep;
    std::atomic<bool> m_isBegun = false;
    std::atomic<bool> m_hasStruck = false;
    std::atomic<bool> m_isHeld = false;
    std::atomic<int> m_connections = 0; ///< since the relay is there
    std::atomic<int> m_silent = 0;      ///< so many of them, the first ones
    tests::TcpRelay m_relay;            // last: its threads use the rest
};

} // namespace mayday::restore::test
