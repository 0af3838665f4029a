// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/pollschedule.h"
#include "support/testmain.h"

#include <QTest>

using namespace std::chrono_literals;

namespace mayday {

using status::PollIntervals;
using status::PollSchedule;

/// When the next poll is.
class TestPollSchedule final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void beginsAtOnce();
    void neverTwoAtOnce();
    void jitters();
    void backsOffAndRecovers();
    void refusalWaitsLongest();
    void hurryIsPolite();
    void practiceIsFast();

private:
    PollIntervals m_intervals;
};

void TestPollSchedule::beginsAtOnce()
{
    const PollSchedule schedule(100s);
    QVERIFY(!schedule.isDue(99s));
    QVERIFY(schedule.isDue(100s));
}

void TestPollSchedule::neverTwoAtOnce()
{
    PollSchedule schedule(0s);
    schedule.started(0s);
    QVERIFY(!schedule.isDue(1000s));
    QVERIFY(!schedule.due());
    schedule.hurry(1000s, m_intervals);
    QVERIFY(!schedule.isDue(1000s));
    schedule.succeeded(1001s, 60s, 0.0, m_intervals);
    QCOMPARE(schedule.due(), 1061s);
}

void TestPollSchedule::jitters()
{
    PollSchedule schedule(0s);
    schedule.succeeded(0s, 60s, 1.0, m_intervals);
    QCOMPARE(schedule.due(), 66s);
    schedule.succeeded(0s, 60s, -1.0, m_intervals);
    QCOMPARE(schedule.due(), 54s);
    schedule.succeeded(0s, 60s, 7.0, m_intervals);
    QCOMPARE(schedule.due(), 66s);
}

void TestPollSchedule::backsOffAndRecovers()
{
    PollSchedule schedule(0s);
    for (const auto wait : {60s, 120s, 300s, 300s}) {
        schedule.started(0s);
        schedule.failed(0s, false, 0.0, m_intervals);
        QCOMPARE(schedule.due(), wait);
    }
    schedule.succeeded(0s, 60s, 0.0, m_intervals);
    schedule.failed(0s, false, 0.0, m_intervals);
    QCOMPARE(schedule.due(), 60s);
}

void TestPollSchedule::refusalWaitsLongest()
{
    PollSchedule schedule(0s);
    schedule.started(0s);
    schedule.failed(0s, true, 0.0, m_intervals);
    QCOMPARE(schedule.due(), 300s);
    schedule.hurry(10s, m_intervals); // a 4xx is not retried, whoever asks
    QCOMPARE(schedule.due(), 300s);
}

void TestPollSchedule::hurryIsPolite()
{
    PollSchedule schedule(0s);
    schedule.started(0s);
    schedule.succeeded(1s, 60s, 0.0, m_intervals);
    schedule.hurry(2s, m_intervals);
    QCOMPARE(schedule.due(), 5s);
    schedule.hurry(20s, m_intervals);
    QCOMPARE(schedule.due(), 5s);
    schedule.failed(30s, false, 0.0, m_intervals);
    schedule.hurry(40s, m_intervals);
    QVERIFY(schedule.isDue(40s));
}

void TestPollSchedule::practiceIsFast()
{
    const PollIntervals intervals = PollIntervals::practice();
    PollSchedule schedule(0s);
    schedule.succeeded(0s, intervals.probeCalm, 1.0, intervals);
    QVERIFY(schedule.due() <= 2s);
    schedule.failed(0s, true, 1.0, intervals);
    QVERIFY(schedule.due() <= 10s);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestPollSchedule);
#include "tst_pollschedule.moc"
