// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/timelimit.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace std::chrono_literals;

class TestTimeLimit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itStopsWhenTheTimeIsOver();
    void itStopsWithTheOther();
    void itsEndIsNotWaitedFor();
};

void TestTimeLimit::itStopsWhenTheTimeIsOver()
{
    const TaskContext asked;
    TimeLimit limit(asked, 1ms);
    limit.context().pause(1h);
    QVERIFY(limit.context().stopRequested());
    QVERIFY(!asked.stopRequested());
}

void TestTimeLimit::itStopsWithTheOther()
{
    std::stop_source stop;
    const TaskContext asked(stop.get_token());
    TimeLimit limit(asked, 1h);
    QVERIFY(!limit.context().stopRequested());
    stop.request_stop();
    QVERIFY(limit.context().stopRequested());
    TimeLimit late(asked, 1h);
    QVERIFY(late.context().stopRequested());
}

void TestTimeLimit::itsEndIsNotWaitedFor()
{
    const TaskContext asked;
    const TimeLimit limit(asked, 1h); // the test would not end
}

MAYDAY_TEST(TestTimeLimit);
#include "tst_timelimit.moc"
