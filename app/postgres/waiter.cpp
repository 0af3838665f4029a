// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/waiter.h"

#include <algorithm>
#include <array>

#ifdef _WIN32
#include <winsock2.h>
#else
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#endif
#ifdef __linux__
#include <sys/eventfd.h>
#endif

namespace mayday::postgres {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int longestSlice = 60'000;

int remaining(Waiter::Deadline deadline)
{
    if (!deadline)
        return longestSlice;
    const auto left = std::chrono::ceil<milliseconds>(*deadline - steady_clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, longestSlice));
}

bool isOver(Waiter::Deadline deadline)
{
    return deadline && steady_clock::now() >= *deadline;
}

} // namespace

#ifdef _WIN32

Waiter::Waiter() = default;
Waiter::~Waiter() = default;
void Waiter::wake() {}

Waiter::Reason Waiter::wait(qintptr socket, bool forRead, bool forWrite, Deadline deadline)
{
    WSAPOLLFD watched{static_cast<SOCKET>(socket), 0, 0};
    watched.events = static_cast<SHORT>((forRead ? POLLRDNORM : 0) | (forWrite ? POLLWRNORM : 0));
    if (WSAPoll(&watched, 1, std::min(remaining(deadline), 50)) != 0)
        return Reason::Ready;
    return isOver(deadline) ? Reason::TimedOut : Reason::Woken;
}

#else

Waiter::Waiter()
{
#ifdef __linux__
    m_readEnd = m_writeEnd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
#else
    std::array<int, 2> ends{-1, -1};
    if (pipe(ends.data()) == 0) {
        for (const int end : ends) {
            fcntl(end, F_SETFD, FD_CLOEXEC);
            fcntl(end, F_SETFL, O_NONBLOCK);
        }
        m_readEnd = ends[0];
        m_writeEnd = ends[1];
    }
#endif
}

Waiter::~Waiter()
{
    if (m_writeEnd >= 0 && m_writeEnd != m_readEnd)
        ::close(m_writeEnd);
    if (m_readEnd >= 0)
        ::close(m_readEnd);
}

void Waiter::wake()
{
    // A full channel is one that will wake: the result does not matter.
    const quint64 one = 1;
    [[maybe_unused]] const auto written = ::write(m_writeEnd, &one, sizeof one);
}

Waiter::Reason Waiter::wait(qintptr socket, bool forRead, bool forWrite, Deadline deadline)
{
    const short events = static_cast<short>((forRead ? POLLIN : 0) | (forWrite ? POLLOUT : 0));
    for (;;) {
        std::array<pollfd, 2> watched{pollfd{static_cast<int>(socket), events, 0},
                                      pollfd{m_readEnd, POLLIN, 0}};
        const int ready = ::poll(watched.data(), watched.size(), remaining(deadline));
        if (ready < 0 && errno != EINTR)
            return Reason::Ready;
        if (ready > 0 && watched[1].revents != 0) {
            std::array<char, 64> discarded;
            while (::read(m_readEnd, discarded.data(), discarded.size()) > 0 &&
                   m_readEnd != m_writeEnd)
                ;
            return Reason::Woken;
        }
        if (ready > 0)
            return Reason::Ready;
        if (isOver(deadline))
            return Reason::TimedOut;
    }
}

#endif

} // namespace mayday::postgres
