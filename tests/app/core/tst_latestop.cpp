// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/latestop.h"
#include "support/testmain.h"

#include <QElapsedTimer>
#include <QTest>

using namespace mayday;
using namespace std::chrono_literals;

/// What must not be interrupted is not, and a silence does not last for ever.
class TestLateStop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutAStopNothingStops();
    void aStopIsHeededAfterTheGrace_data();
    void aStopIsHeededAfterTheGrace();
    void itsEndIsNotWaitedFor();
    void whoWasNotAnsweredDidNotChooseTo();
};

void TestLateStop::withoutAStopNothingStops()
{
    const TaskContext asked;
    LateStop late(asked, 1ms);
    late.context().pause(30ms);
    QVERIFY(!late.context().stopRequested());
}

void TestLateStop::aStopIsHeededAfterTheGrace_data()
{
    QTest::addColumn<bool>("isBefore");
    QTest::newRow("asked before") << true;
    QTest::newRow("asked meanwhile") << false;
}

void TestLateStop::aStopIsHeededAfterTheGrace()
{
    QFETCH(bool, isBefore);
    std::stop_source stop;
    const TaskContext asked(stop.get_token());
    if (isBefore)
        stop.request_stop();
    QElapsedTimer timer;
    LateStop late(asked, 100ms);
    timer.start();
    if (!isBefore)
        stop.request_stop();
    QVERIFY(!late.context().stopRequested());
    late.context().pause(20s);
    QVERIFY(late.context().stopRequested());
    QVERIFY(timer.durationElapsed() >= 90ms && timer.durationElapsed() < 20s);
}

void TestLateStop::itsEndIsNotWaitedFor()
{
    std::stop_source stop;
    const TaskContext asked(stop.get_token());
    QElapsedTimer timer;
    timer.start();
    {
        const LateStop late(asked, 20s);
        stop.request_stop();
    }
    QVERIFY(timer.durationElapsed() < 10s);
}

void TestLateStop::whoWasNotAnsweredDidNotChooseTo()
{
    const Error stopped = TaskContext::cancelled(QStringLiteral("database shop"), QString());
    QCOMPARE(LateStop::unanswered(stopped).kind, ErrorKind::Timeout);
    QCOMPARE(LateStop::unanswered(stopped).subject, QStringLiteral("database shop"));
    const Error other{.kind = ErrorKind::Denied, .subject = {}, .detail = {}};
    QCOMPARE(LateStop::unanswered(other).kind, ErrorKind::Denied);
}

MAYDAY_TEST(TestLateStop);
#include "tst_latestop.moc"
