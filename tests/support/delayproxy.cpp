// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/delayproxy.h"

#include <poll.h>
#include <sys/socket.h>

#include <QByteArray>

#include <algorithm>
#include <array>
#include <deque>

namespace mayday::tests {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t roomBytes = 64 * 1024;

/// One direction: what was read, and when it is due on the other side.
class Lane final {
public:
    Lane(int from, int to, Clock::duration delay) : m_from(from), m_to(to), m_delay(delay) {}

    /// Milliseconds until something is due; relayPatience when nothing is on its way.
    [[nodiscard]] int patience() const
    {
        if (m_onTheWay.empty())
            return relayPatience;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(m_onTheWay.front().due - Clock::now());
        return static_cast<int>(std::clamp<qint64>(left.count(), 0, relayPatience));
    }
    /// False at the end of the stream.
    bool take()
    {
        std::array<char, roomBytes> bytes;
        const ssize_t size = ::recv(m_from, bytes.data(), bytes.size(), 0);
        if (size <= 0)
            return false;
        m_onTheWay.push_back({Clock::now() + m_delay, QByteArray(bytes.data(), size)});
        return true;
    }
    bool deliver(bool everything = false)
    {
        while (!m_onTheWay.empty() && (everything || m_onTheWay.front().due <= Clock::now())) {
            if (!sendAll(m_to, m_onTheWay.front().bytes))
                return false;
            m_onTheWay.pop_front();
        }
        return true;
    }

private:
    struct Piece {
        Clock::time_point due;
        QByteArray bytes;
    };
    int m_from;
    int m_to;
    Clock::duration m_delay;
    std::deque<Piece> m_onTheWay;
};

void relay(int client, int server, Clock::duration oneWay, const std::atomic<bool> &over)
{
    std::array lanes{Lane(client, server, oneWay), Lane(server, client, oneWay)};
    bool isOpen = true;
    while (!over && isOpen) {
        std::array<pollfd, 2> watched{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        const int patience = std::min(lanes[0].patience(), lanes[1].patience());
        if (::poll(watched.data(), watched.size(), patience) < 0)
            return;
        for (size_t i = 0; i < lanes.size(); ++i) {
            if (watched[i].revents != 0)
                isOpen = lanes[i].take() && isOpen;
            isOpen = lanes[i].deliver() && isOpen;
        }
    }
    for (Lane &lane : lanes)
        (void)lane.deliver(true);
}

} // namespace

DelayProxy::DelayProxy(int serverPort, std::chrono::milliseconds roundTrip)
    : m_relay(serverPort, [oneWay = Clock::duration(roundTrip) / 2](int client, int server,
                                                                    const std::atomic<bool> &over) {
          relay(client, server, oneWay, over);
      })
{
}

} // namespace mayday::tests
