// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/latest.h"
#include "core/task.h"
#include "support/testmain.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

using namespace mayday;
using namespace Qt::StringLiterals;

class TestTask : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deliversOnTheReceiversThreadInALaterTurn();
    void deliversAnOutcomeThatIsAlreadyThere();
    void neverDeliversToADeadReceiver();
    void aStopWakesTheWorkerAndTheErrorSaysWhatIsLeft();
    void anExceptionBecomesAnError();
    void carriesMoveOnlyValues();
    void aPromiseAnswersOnce();
    void latestKeepsTheNewest();
    void progressReachesTheSink();
};

void TestTask::deliversOnTheReceiversThreadInALaterTurn()
{
    QThreadPool pool;
    QObject receiver;
    QThread *deliveredOn = nullptr;
    QThread *workedOn = nullptr;
    auto task = startTask(pool, [&workedOn](TaskContext &) -> Result<int> {
        workedOn = QThread::currentThread();
        return 42;
    });
    int value = 0;
    task.deliverTo(&receiver, [&](Result<int> result) {
        deliveredOn = QThread::currentThread();
        value = result.value_or(-1);
    });
    QCOMPARE(value, 0); // not inside the call
    QTRY_COMPARE(value, 42);
    QCOMPARE(deliveredOn, QThread::currentThread());
    QVERIFY(workedOn != QThread::currentThread());
}

void TestTask::deliversAnOutcomeThatIsAlreadyThere()
{
    QObject receiver;
    auto task = finishedTask<QString>(u"done"_s);
    QVERIFY(task.isFinished());
    int calls = 0;
    task.deliverTo(&receiver, [&](Result<QString> result) {
        ++calls;
        QCOMPARE(result.value(), u"done"_s);
    });
    QCOMPARE(calls, 0);
    QTRY_COMPARE(calls, 1);
    QCoreApplication::sendPostedEvents();
    QCOMPARE(calls, 1);
}

void TestTask::neverDeliversToADeadReceiver()
{
    TaskPromise<int> promise;
    bool called = false;
    {
        QObject receiver;
        promise.task().deliverTo(&receiver, [&](Result<int>) { called = true; });
    }
    promise.finish(1);
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestTask::aStopWakesTheWorkerAndTheErrorSaysWhatIsLeft()
{
    QThreadPool pool;
    auto task = startTask(pool, [](TaskContext &context) -> Result<void> {
        std::mutex mutex;
        std::condition_variable_any woken;
        std::unique_lock lock(mutex);
        woken.wait(lock, context.stopToken(), [] { return false; });
        return failure(TaskContext::cancelled(u"the copy"_s, u"nothing changed"_s));
    });
    QVERIFY(!task.isFinished());
    task.requestStop();
    const auto result = task.wait();
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::Cancelled);
    QCOMPARE(result.error().detail, u"nothing changed"_s);
}

void TestTask::anExceptionBecomesAnError()
{
    QThreadPool pool;
    auto task =
        startTask(pool, [](TaskContext &) -> Result<int> { throw std::runtime_error("boom"); });
    const auto result = task.wait();
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::Internal);
    QCOMPARE(result.error().detail, u"boom"_s);
}

void TestTask::carriesMoveOnlyValues()
{
    QThreadPool pool;
    QObject receiver;
    int value = 0;
    auto task = startTask(pool, [](TaskContext &) -> Result<std::unique_ptr<int>> {
        return std::make_unique<int>(7);
    });
    task.deliverTo(&receiver, [&](Result<std::unique_ptr<int>> result) { value = **result; });
    QTRY_COMPARE(value, 7);
}

void TestTask::aPromiseAnswersOnce()
{
    TaskPromise<int> promise;
    auto task = promise.task();
    QVERIFY(!promise.stopToken().stop_requested());
    task.requestStop();
    QVERIFY(promise.stopToken().stop_requested());
    promise.finish(3);
    QCOMPARE(task.wait().value(), 3);
}

void TestTask::latestKeepsTheNewest()
{
    Latest<int> latest;
    const Latest<int> copy = latest;
    QThreadPool pool;
    auto task = startTask(pool, [copy](TaskContext &) -> Result<void> {
        for (int i = 1; i <= 1000; ++i)
            copy.publish(i);
        return {};
    });
    QVERIFY(task.wait());
    QCOMPARE(latest.read(), 1000);
}

void TestTask::progressReachesTheSink()
{
    QString seen;
    TaskContext context({}, [&](qint64 done, qint64 total, const QString &phase) {
        seen = u"%1/%2 %3"_s.arg(done).arg(total).arg(phase);
    });
    context.progress(3, 9, u"load"_s);
    QCOMPARE(seen, u"3/9 load"_s);
    TaskContext silent;
    silent.progress(1, 1, u"x"_s);
    QVERIFY(!silent.stopRequested());
}

MAYDAY_TEST(TestTask);
#include "tst_task.moc"
