// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "postgres/waiter.h"

#include <libpq-fe.h>

#include <QStringList>

#include <atomic>
#include <vector>

namespace mayday::postgres {

/// The open connection behind a Session and the one place that waits for it. Owns the PGconn and
/// its Waiter; not movable, since libpq keeps its address for notices. One worker thread at a time.
class Session::Link final {
public:
    struct ClearResult {
        void operator()(PGresult *result) const { PQclear(result); }
    };
    using Answer = std::unique_ptr<PGresult, ClearResult>;
    using AnswerSink = std::function<void(Answer &)>;

    [[nodiscard]] static Result<std::unique_ptr<Link>> open(const ConnectionString &where,
                                                            std::chrono::milliseconds timeout,
                                                            const QString &applicationName,
                                                            TaskContext &context);
    ~Link();
    Q_DISABLE_COPY_MOVE(Link)

    [[nodiscard]] PGconn *connection() const { return m_connection; }
    [[nodiscard]] const QString &subject() const { return m_subject; }
    [[nodiscard]] QStringList notices() const { return m_notices; }
    [[nodiscard]] std::chrono::milliseconds sinceLastAnswer() const;
    void setDeadline(Waiter::Deadline deadline) { m_deadline = deadline; }

    /// Whether this statement can be sent now: open, no stop asked, no zero byte.
    [[nodiscard]] Result<void> readyFor(QByteArrayView sql, TaskContext &context) const;
    /// Queues it; false when the connection is lost.
    [[nodiscard]] bool send(const Question &question);
    /// Everything queued goes out. Reads meanwhile, so that neither side waits for the other.
    [[nodiscard]] Result<void> flush(TaskContext &context);
    /// The next answer; empty at the end of a statement.
    [[nodiscard]] Result<Answer> next(TaskContext &context);
    /// Takes in what has arrived without waiting.
    [[nodiscard]] bool takeIn();
    [[nodiscard]] Result<void> waitForInput(TaskContext &context);
    /// Reads the answers of the statement to its end; the first failure wins, and a COPY that
    /// nobody asked for is refused.
    [[nodiscard]] Result<Answer> finish(TaskContext &context);
    /// Throws away what is still coming; drops the connection when that takes over two seconds.
    void settle();
    /// settle() after telling the server to cancel.
    void cancelAndSettle();

    /// The reason why a COPY IN came to its end before its time.
    [[nodiscard]] Error copyRefused(TaskContext &context);
    [[nodiscard]] Result<void>
    streamCopyOut(const std::function<Result<void>(QByteArrayView)> &sink, TaskContext &context);
    [[nodiscard]] Result<void> runPipeline(std::span<const Question> questions,
                                           const AnswerSink &onAnswer, TaskContext &context);
    /// The answer to this, when it was asked ahead and nobody has taken it.
    [[nodiscard]] std::optional<Rows> takeAnswer(QByteArrayView sql,
                                                 std::span<const QByteArray> parameters);
    /// All of them or none: false.
    [[nodiscard]] bool takeAnswers(std::span<const QByteArray> questions,
                                   std::vector<Rows> &answers);

    [[nodiscard]] Error errorOf(const PGresult *answer) const;
    [[nodiscard]] Error lostError() const;
    [[nodiscard]] Error closedError() const;
    [[nodiscard]] Error stopped(const QString &left);
    void drop();

    ServerFacts facts;
    std::vector<QByteArray> limits;               ///< what settingsSql wants
    std::vector<std::pair<Question, Rows>> ahead; ///< asked, and not taken yet
    bool copyingIn = false;
    qsizetype unsent = 0; ///< COPY bytes handed to libpq since the last flush

private:
    Link(QString subject, PGconn *connection);
    [[nodiscard]] static Result<PGconn *> begin(const ConnectionString &where,
                                                const QString &applicationName,
                                                Waiter::Deadline deadline, TaskContext &context);
    [[nodiscard]] Result<void> complete(TaskContext &context);
    [[nodiscard]] Result<void> wait(bool forWrite, TaskContext &context);
    [[nodiscard]] bool waitUntil(std::chrono::steady_clock::time_point limit, bool forWrite);
    [[nodiscard]] bool drain(std::chrono::steady_clock::time_point limit);
    [[nodiscard]] bool discardCopyOut(std::chrono::steady_clock::time_point limit);
    void tellServerToCancel(std::chrono::steady_clock::time_point limit);
    void settle(std::chrono::steady_clock::time_point limit);
    static void collectNotice(void *link, const PGresult *notice);

    QString m_subject;
    PGconn *m_connection;
    Waiter m_waiter;
    Waiter::Deadline m_deadline;
    std::atomic<qint64> m_lastAnswer;
    QStringList m_notices;
};

} // namespace mayday::postgres
