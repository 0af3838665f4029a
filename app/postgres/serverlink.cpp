// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/serverlink.h"

#include "core/redactor.h"
#include "postgres/servererror.h"

#include <QByteArrayList>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;

namespace mayday::postgres {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr qsizetype noticeLimit = 100;
/// For a stop as a whole: the server is told, and hears.
constexpr seconds settleLimit{2};
constexpr milliseconds firstSettleLimit{400};

qint64 ticks()
{
    return std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

/// Keywords and values for libpq; owns their bytes, among them a copy of the password.
class Parameters final {
public:
    Parameters(const ConnectionString &where, const QString &applicationName)
        : m_password(where.password()), m_keyPassword(where.keyPassword())
    {
        add("application_name", applicationName.toUtf8());
        add("keepalives", "1");
        add("keepalives_idle", "30");
        add("keepalives_interval", "10");
        add("keepalives_count", "3");
        // Bytes on their way that nobody acknowledges; the system would try for a quarter of an
        // hour.
        add("tcp_user_timeout", "60000");
        for (const auto &[keyword, value] : where.settings())
            add(keyword, value);
        add("client_encoding", "UTF8");
    }

    [[nodiscard]] PGconn *start() const
    {
        std::vector<const char *> keywords;
        std::vector<const char *> values;
        const auto put = [&](const char *keyword, const char *value) {
            keywords.push_back(keyword);
            values.push_back(value);
        };
        for (const auto &[keyword, value] : m_texts)
            put(keyword.constData(), value.constData());
        if (!m_password.isEmpty())
            put("password", m_password.reveal().constData());
        if (!m_keyPassword.isEmpty())
            put("sslpassword", m_keyPassword.reveal().constData());
        put(nullptr, nullptr);
        return PQconnectStartParams(keywords.data(), values.data(), 0);
    }

private:
    void add(const QByteArray &keyword, const QByteArray &value)
    {
        m_texts.removeIf([&](const auto &text) { return text.first == keyword; });
        m_texts.append({keyword, value});
    }

    QList<ConnectionString::Setting> m_texts;
    Secret m_password;
    Secret m_keyPassword;
};

/// PQconnectStart looks names up and blocks in it, with no way to wake it. So it runs on a thread
/// of its own that is left to itself when somebody stops waiting.
struct PendingStart {
    std::mutex mutex;
    std::condition_variable_any ready;
    PGconn *connection = nullptr;
    bool done = false;
    bool abandoned = false;
};

} // namespace

Session::Link::Link(QString subject, PGconn *connection)
    : m_subject(std::move(subject)), m_connection(connection), m_lastAnswer(ticks())
{
    PQsetNoticeReceiver(m_connection, &Link::collectNotice, this);
    // The SQLSTATE of a failed connection stands nowhere but in the verbose text.
    PQsetErrorVerbosity(m_connection, PQERRORS_VERBOSE);
}

Session::Link::~Link()
{
    drop();
}

void Session::Link::drop()
{
    PQfinish(m_connection);
    m_connection = nullptr;
    copyingIn = false;
}

Result<PGconn *> Session::Link::begin(const ConnectionString &where, const QString &applicationName,
                                      Waiter::Deadline deadline, TaskContext &context)
{
    const auto pending = std::make_shared<PendingStart>();
    std::thread([pending, parameters = Parameters(where, applicationName)] {
        PGconn *connection = parameters.start();
        const std::scoped_lock lock(pending->mutex);
        if (pending->abandoned)
            PQfinish(connection);
        pending->connection = connection;
        pending->done = true;
        pending->ready.notify_all();
    }).detach();

    std::unique_lock lock(pending->mutex);
    const bool done = pending->ready.wait_until(lock, context.stopToken(), *deadline,
                                                [&] { return pending->done; });
    pending->abandoned = !done;
    if (context.stopRequested()) {
        if (done)
            PQfinish(pending->connection);
        return failure(TaskContext::cancelled(where.display(), u"no connection was made"_s));
    }
    if (!done) {
        return failure({.kind = ErrorKind::Timeout,
                        .subject = where.display(),
                        .detail = u"the name of the host could not be looked up in time"_s,
                        .advice = Advice::CheckNetwork});
    }
    if (pending->connection == nullptr) {
        return failure({.kind = ErrorKind::Internal,
                        .subject = where.display(),
                        .detail = u"out of memory"_s,
                        .advice = Advice::SendReport});
    }
    return pending->connection;
}

Result<std::unique_ptr<Session::Link>> Session::Link::open(const ConnectionString &where,
                                                           milliseconds timeout,
                                                           const QString &applicationName,
                                                           TaskContext &context)
{
    const auto deadline = steady_clock::now() + timeout;
    const Result<PGconn *> started = begin(where, applicationName, deadline, context);
    if (!started)
        return failure(started.error());
    std::unique_ptr<Link> link(new Link(where.display(), *started));
    link->setDeadline(deadline);
    if (const Result<void> made = link->complete(context); !made)
        return failure(made.error());
    PQsetErrorVerbosity(link->m_connection, PQERRORS_DEFAULT);
    if (PQsetnonblocking(link->m_connection, 1) != 0)
        return failure(link->lostError());
    return link;
}

Result<void> Session::Link::complete(TaskContext &context)
{
    if (PQstatus(m_connection) == CONNECTION_BAD)
        return failure(
            errorFromConnecting(QString::fromUtf8(PQerrorMessage(m_connection)), m_subject));
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED) {
            return failure(
                errorFromConnecting(QString::fromUtf8(PQerrorMessage(m_connection)), m_subject));
        }
        const std::stop_callback onStop(context.stopToken(), [this] { m_waiter.wake(); });
        const auto reason = m_waiter.wait(PQsocket(m_connection), state == PGRES_POLLING_READING,
                                          state == PGRES_POLLING_WRITING, m_deadline);
        if (context.stopRequested())
            return failure(TaskContext::cancelled(m_subject, u"no connection was made"_s));
        if (reason == Waiter::Reason::TimedOut) {
            return failure({.kind = ErrorKind::Timeout,
                            .subject = m_subject,
                            .detail = u"the server did not answer in time"_s,
                            .advice = Advice::CheckNetwork});
        }
        if (reason == Waiter::Reason::Ready)
            state = PQconnectPoll(m_connection);
    }
    m_lastAnswer = ticks();
    return {};
}

milliseconds Session::Link::sinceLastAnswer() const
{
    return milliseconds(ticks() - m_lastAnswer);
}

void Session::Link::collectNotice(void *link, const PGresult *notice)
{
    QStringList &notices = static_cast<Link *>(link)->m_notices;
    if (notices.size() == noticeLimit)
        notices.removeFirst();
    notices.append(QString::fromUtf8(PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY)));
}

bool Session::Link::takeIn()
{
    m_lastAnswer = ticks();
    return PQconsumeInput(m_connection) == 1;
}

Result<void> Session::Link::wait(bool forWrite, TaskContext &context)
{
    const std::stop_callback onStop(context.stopToken(), [this] { m_waiter.wake(); });
    if (context.stopRequested())
        return failure(stopped(u"the statement was cancelled on the server"_s));
    const auto reason = m_waiter.wait(PQsocket(m_connection), true, forWrite, m_deadline);
    if (context.stopRequested())
        return failure(stopped(u"the statement was cancelled on the server"_s));
    if (reason == Waiter::Reason::TimedOut) {
        cancelAndSettle();
        return failure({.kind = ErrorKind::Timeout,
                        .subject = m_subject,
                        .detail = u"the server did not answer in time"_s,
                        .advice = Advice::CheckNetwork});
    }
    return {};
}

Result<void> Session::Link::waitForInput(TaskContext &context)
{
    if (const Result<void> woke = wait(false, context); !woke)
        return woke;
    if (!takeIn())
        return failure(lostError());
    return {};
}

Result<void> Session::Link::readyFor(QByteArrayView sql, TaskContext &context) const
{
    if (m_connection == nullptr || PQstatus(m_connection) != CONNECTION_OK)
        return failure(closedError());
    // A cancel sent before the statement has begun would be lost.
    if (context.stopRequested())
        return failure(TaskContext::cancelled(m_subject, u"the statement was not sent"_s));
    if (sql.contains('\0')) {
        return failure(
            {.kind = ErrorKind::Refused,
             .subject = m_subject,
             .detail = u"a statement holds a zero byte, which PostgreSQL has no text for"_s});
    }
    return {};
}

Result<void> Session::Link::flush(TaskContext &context)
{
    unsent = 0;
    for (;;) {
        if (context.stopRequested())
            return failure(stopped(u"the statement was cancelled on the server"_s));
        const int state = PQflush(m_connection);
        if (state == 0)
            return {};
        if (state < 0)
            return failure(lostError());
        if (const Result<void> woke = wait(true, context); !woke)
            return woke;
        if (!takeIn())
            return failure(lostError());
    }
}

Result<Session::Link::Answer> Session::Link::next(TaskContext &context)
{
    while (PQisBusy(m_connection) == 1) {
        const int queued = PQflush(m_connection);
        if (const Result<void> woke = wait(queued == 1, context); !woke)
            return failure(woke.error());
        // What arrived before the loss is still to be read: the server's reason is in it.
        if (!takeIn())
            break;
    }
    return Answer(PQgetResult(m_connection));
}

Result<Session::Link::Answer> Session::Link::finish(TaskContext &context)
{
    Answer last;
    std::optional<Error> firstError;
    for (;;) {
        Result<Answer> answer = next(context);
        if (!answer)
            return failure(answer.error());
        if (!*answer)
            break;
        const ExecStatusType status = PQresultStatus(answer->get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            cancelAndSettle();
            return failure({.kind = ErrorKind::Unsupported,
                            .subject = m_subject,
                            .detail = u"a COPY stream among plain statements"_s});
        }
        const bool failed = status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
                            status == PGRES_PIPELINE_ABORTED;
        if (failed && !firstError)
            firstError = errorOf(answer->get());
        else if (!failed)
            last = std::move(*answer);
    }
    if (firstError)
        return failure(*firstError);
    if (!last)
        return failure(lostError());
    return last;
}

bool Session::Link::waitUntil(steady_clock::time_point limit, bool forWrite)
{
    for (;;) {
        const auto reason = m_waiter.wait(PQsocket(m_connection), true, forWrite, limit);
        if (reason != Waiter::Reason::Woken)
            return reason == Waiter::Reason::Ready && takeIn();
        if (steady_clock::now() >= limit)
            return false;
    }
}

bool Session::Link::discardCopyOut(steady_clock::time_point limit)
{
    for (;;) {
        char *bytes = nullptr;
        const int size = PQgetCopyData(m_connection, &bytes, 1);
        PQfreemem(bytes);
        if (size < 0)
            return true;
        if (steady_clock::now() >= limit || (size == 0 && !waitUntil(limit, false)))
            return false;
    }
}

bool Session::Link::drain(steady_clock::time_point limit)
{
    while (steady_clock::now() < limit) {
        while (PQisBusy(m_connection) == 1) {
            if (!waitUntil(limit, PQflush(m_connection) == 1))
                return false;
        }
        const Answer answer(PQgetResult(m_connection));
        const bool pipelined = PQpipelineStatus(m_connection) != PQ_PIPELINE_OFF;
        if (!answer && (!pipelined || PQstatus(m_connection) == CONNECTION_BAD))
            return true;
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status == PGRES_PIPELINE_SYNC)
            return PQexitPipelineMode(m_connection) == 1;
        if (status == PGRES_COPY_IN && PQputCopyEnd(m_connection, "stopped") < 0)
            return false;
        if (status == PGRES_COPY_OUT && !discardCopyOut(limit))
            return false;
    }
    return false;
}

void Session::Link::settle(steady_clock::time_point limit)
{
    copyingIn = false;
    unsent = 0;
    if (m_connection != nullptr && !drain(limit))
        drop();
}

void Session::Link::settle()
{
    settle(steady_clock::now() + settleLimit);
}

void Session::Link::tellServerToCancel(steady_clock::time_point limit)
{
    struct FinishCancel {
        void operator()(PGcancelConn *request) const { PQcancelFinish(request); }
    };
    const std::unique_ptr<PGcancelConn, FinishCancel> request(PQcancelCreate(m_connection));
    if (!request || PQcancelStart(request.get()) == 0)
        return;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        const auto reason =
            m_waiter.wait(PQcancelSocket(request.get()), state == PGRES_POLLING_READING,
                          state == PGRES_POLLING_WRITING, limit);
        if (reason == Waiter::Reason::TimedOut)
            return;
        if (reason == Waiter::Reason::Ready)
            state = PQcancelPoll(request.get());
    }
}

void Session::Link::cancelAndSettle()
{
    if (m_connection == nullptr)
        return;
    const auto limit = steady_clock::now() + settleLimit;
    // Told twice: a request that overtakes its statement is lost.
    for (int attempt = 0; attempt < 2 && PQtransactionStatus(m_connection) == PQTRANS_ACTIVE;
         ++attempt) {
        tellServerToCancel(limit);
        if (drain(std::min(limit, steady_clock::now() + firstSettleLimit)))
            break;
    }
    settle(limit);
}

Error Session::Link::stopped(const QString &left)
{
    cancelAndSettle();
    if (m_connection == nullptr)
        return TaskContext::cancelled(m_subject,
                                      u"the connection was dropped; the server rolls back"_s);
    return TaskContext::cancelled(m_subject, left);
}

Error Session::Link::errorOf(const PGresult *answer) const
{
    const auto field = [answer](int code) {
        return QString::fromUtf8(PQresultErrorField(answer, code));
    };
    const ServerReport report{.sqlState = field(PG_DIAG_SQLSTATE),
                              .primary = field(PG_DIAG_MESSAGE_PRIMARY),
                              .detail = field(PG_DIAG_MESSAGE_DETAIL),
                              .context = field(PG_DIAG_CONTEXT),
                              .schema = field(PG_DIAG_SCHEMA_NAME),
                              .table = field(PG_DIAG_TABLE_NAME),
                              .column = field(PG_DIAG_COLUMN_NAME),
                              .constraint = field(PG_DIAG_CONSTRAINT_NAME),
                              .dataType = field(PG_DIAG_DATATYPE_NAME)};
    if (report.sqlState.isEmpty())
        return lostError();
    Error error = errorFromServer(report, m_subject);
    if (report.sqlState == "57014"_L1 && report.primary.contains("timeout"_L1))
        error.kind = ErrorKind::Timeout;
    return error;
}

Error Session::Link::lostError() const
{
    return {.kind = ErrorKind::Unreachable,
            .subject = m_subject,
            .detail = redacted(QString::fromUtf8(PQerrorMessage(m_connection)).simplified()),
            .advice = Advice::CheckNetwork};
}

Error Session::Link::closedError() const
{
    return {.kind = ErrorKind::Unreachable,
            .subject = m_subject,
            .detail = u"the connection is closed"_s,
            .advice = Advice::TryAgain};
}

} // namespace mayday::postgres
