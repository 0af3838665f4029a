// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/waiter.h"
#include "support/testmain.h"

#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

using namespace mayday::postgres;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

class TestWaiter final : public QObject {
    Q_OBJECT

private:
    std::array<int, 2> m_ends{-1, -1};

private Q_SLOTS:
    void init() { QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, m_ends.data()), 0); }
    void cleanup()
    {
        for (const int end : m_ends)
            ::close(end);
    }

    void seesInput()
    {
        Waiter waiter;
        QCOMPARE(::write(m_ends[1], "x", 1), 1);
        QCOMPARE(waiter.wait(m_ends[0], true, false, std::nullopt), Waiter::Reason::Ready);
    }

    void seesRoomToWrite()
    {
        Waiter waiter;
        QCOMPARE(waiter.wait(m_ends[0], true, true, std::nullopt), Waiter::Reason::Ready);
    }

    void seesTheOtherSideLeave()
    {
        Waiter waiter;
        ::shutdown(m_ends[1], SHUT_RDWR);
        QCOMPARE(waiter.wait(m_ends[0], true, false, std::nullopt), Waiter::Reason::Ready);
    }

    void givesUpAtTheDeadline()
    {
        Waiter waiter;
        const auto limit = steady_clock::now() + 30ms;
        QCOMPARE(waiter.wait(m_ends[0], true, false, limit), Waiter::Reason::TimedOut);
        QVERIFY(steady_clock::now() >= limit);
        QCOMPARE(waiter.wait(m_ends[0], true, false, steady_clock::now() - 1s),
                 Waiter::Reason::TimedOut);
    }

    void isWokenFromAnotherThread()
    {
        Waiter waiter;
        std::jthread waker([&] { waiter.wake(); });
        QCOMPARE(waiter.wait(m_ends[0], true, false, steady_clock::now() + 10s),
                 Waiter::Reason::Woken);
    }

    void aWakeBeforeTheWaitIsNotLostAndCountsOnce()
    {
        Waiter waiter;
        for (int i = 0; i < 1000; ++i)
            waiter.wake();
        QCOMPARE(waiter.wait(m_ends[0], true, false, steady_clock::now() + 10s),
                 Waiter::Reason::Woken);
        QCOMPARE(waiter.wait(m_ends[0], true, false, steady_clock::now() + 10ms),
                 Waiter::Reason::TimedOut);
    }
};

MAYDAY_TEST(TestWaiter);
#include "tst_waiter.moc"
