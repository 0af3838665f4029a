// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QPromise>
#include <QThreadPool>

#include <exception>
#include <memory>
#include <stop_token>
#include <utility>

namespace mayday {

/// The one way to wait. A handle on work that runs elsewhere and ends in a Result<T>.
///
/// Owns a share of the outcome and the right to ask for a stop; destroying it neither stops nor
/// waits. Use from one thread. The outcome is taken once: by deliverTo() or by wait().
template <typename T>
class Task final {
public:
    Task() = default;
    Task(QFuture<Result<T>> future, std::stop_source stop)
        : m_future(std::move(future)), m_stop(std::move(stop))
    {
    }

    /// Calls handler(Result<T>) once on the receiver's thread, in a later turn of its event loop,
    /// and never after the receiver is gone. Call it on the receiver's thread.
    template <typename Receiver, typename Handler>
    void deliverTo(Receiver *receiver, Handler handler)
    {
        auto *watcher = new QFutureWatcher<Result<T>>(receiver);
        QObject::connect(watcher, &QFutureWatcherBase::finished, receiver,
                         [watcher, handler = std::move(handler)]() mutable {
                             watcher->deleteLater();
                             handler(take(watcher->future()));
                         });
        watcher->setFuture(m_future);
    }

    /// Asks; the work answers with ErrorKind::Cancelled and what it left, or with its value when it
    /// was already past the point of return.
    void requestStop() { m_stop.request_stop(); }
    [[nodiscard]] bool isFinished() const { return m_future.isFinished(); }
    [[nodiscard]] bool isValid() const { return m_future.isValid(); }

    /// Blocks. For workers, tests and shutting down; never on the GUI thread.
    [[nodiscard]] Result<T> wait()
    {
        m_future.waitForFinished();
        return take(m_future);
    }

private:
    static Result<T> take(QFuture<Result<T>> future)
    {
        if (future.resultCount() == 0)
            return failure({.kind = ErrorKind::Internal,
                            .subject = {},
                            .detail = QStringLiteral("the work ended without an answer"),
                            .advice = Advice::SendReport});
        return future.takeResult();
    }

    QFuture<Result<T>> m_future;
    std::stop_source m_stop;
};

/// The producing end of a Task, for adapters whose work is not a function on a pool (a curl_multi
/// loop, a keychain job). Finish it exactly once; dropped unfinished it answers Internal.
template <typename T>
class TaskPromise final {
public:
    TaskPromise() : m_promise(std::make_shared<QPromise<Result<T>>>()) { m_promise->start(); }

    [[nodiscard]] Task<T> task() { return Task<T>(m_promise->future(), m_stop); }
    [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }
    void finish(Result<T> outcome)
    {
        m_promise->addResult(std::move(outcome));
        m_promise->finish();
    }

private:
    std::shared_ptr<QPromise<Result<T>>> m_promise;
    std::stop_source m_stop;
};

/// Runs `work(TaskContext&) -> Result<T>` on the pool. Exceptions become ErrorKind::Internal.
template <typename Work>
[[nodiscard]] auto startTask(QThreadPool &pool, Work work)
{
    using Outcome = std::invoke_result_t<Work &, TaskContext &>;
    using T = typename Outcome::value_type;
    TaskPromise<T> promise;
    Task<T> task = promise.task();
    pool.start([promise, work = std::move(work)]() mutable {
        TaskContext context(promise.stopToken());
        try {
            promise.finish(work(context));
        } catch (const std::exception &thrown) {
            promise.finish(failure({.kind = ErrorKind::Internal,
                                    .subject = {},
                                    .detail = QString::fromUtf8(thrown.what()),
                                    .advice = Advice::SendReport}));
        }
    });
    return task;
}

/// A Task that already has its outcome.
template <typename T>
[[nodiscard]] Task<T> finishedTask(Result<T> outcome)
{
    TaskPromise<T> promise;
    promise.finish(std::move(outcome));
    return promise.task();
}

} // namespace mayday
