// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/session.h"

#include "postgres/quoting.h"
#include "postgres/serverlink.h"

#include <algorithm>
#include <array>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::postgres {

namespace {

using std::chrono::steady_clock;

/// libpq buffers what is not flushed; this much is worth a system call.
constexpr qsizetype flushSize = 64 * 1024;

/// Sets what a role, a database or a pooler may have set otherwise; and lets the server notice
/// within two minutes that we are gone, where it would hold a transaction and its locks for two
/// hours. Names an older server does not know are skipped.
/// By name, because the view pg_settings costs as much as the login, and every login asks.
constexpr QByteArrayView settingsSql = R"sql(
SELECT name, pg_catalog.set_config(name, wanted, false)
  FROM (VALUES ('statement_timeout', $1), ('lock_timeout', $2),
               ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'),
               ('transaction_timeout', '0'), ('standard_conforming_strings', 'on'),
               ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'),
               ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '60000')) AS s (name, wanted)
 WHERE pg_catalog.current_setting(name, true) IS NOT NULL)sql";

/// Without these it is another session than the one that was asked for; the last columns of the
/// facts.
constexpr std::array settingsToKeep{
    "statement_timeout"_L1,    "lock_timeout"_L1,        "idle_in_transaction_session_timeout"_L1,
    "idle_session_timeout"_L1, "transaction_timeout"_L1, "standard_conforming_strings"_L1};
constexpr int firstSetting = 10;

constexpr QByteArrayView factsSql = R"sql(
SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_setting('server_version'),
       pg_catalog.current_database(), current_user,
       (SELECT pg_catalog.pg_encoding_to_char(encoding) FROM pg_catalog.pg_database
         WHERE datname = pg_catalog.current_database()),
       pg_catalog.pg_backend_pid(), r.rolsuper, r.rolsuper OR r.rolcreatedb,
       pg_catalog.pg_is_in_recovery(), r.rolsuper OR r.rolcreaterole,
       pg_catalog.current_setting('statement_timeout'), pg_catalog.current_setting('lock_timeout'),
       pg_catalog.current_setting('idle_in_transaction_session_timeout'),
       pg_catalog.current_setting('idle_session_timeout', true),
       pg_catalog.current_setting('transaction_timeout', true),
       pg_catalog.current_setting('standard_conforming_strings')
  FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)sql";

ServerFacts factsFrom(const Rows &rows)
{
    return {.versionNumber = static_cast<int>(rows.integer(0, 0)),
            .version = rows.text(0, 1),
            .database = rows.text(0, 2),
            .user = rows.text(0, 3),
            .encoding = rows.text(0, 4),
            .backendPid = rows.integer(0, 5),
            .isSuperuser = rows.isTrue(0, 6),
            .canCreateDatabases = rows.isTrue(0, 7),
            .canCreateRoles = rows.isTrue(0, 9),
            .inRecovery = rows.isTrue(0, 8)};
}

/// "statement_timeout is 2min": what is not, a transaction later, as it was set. Both are texts of
/// the server. An older one does not know each of them.
QString lostSettings(const Rows &set, const Rows &facts)
{
    QStringList lost;
    for (int row = 0; row < set.rowCount(); ++row) {
        const QString name = set.text(row, 0);
        const auto kept = std::ranges::find(settingsToKeep, name);
        if (kept == settingsToKeep.end())
            continue;
        const QString now =
            facts.text(0, firstSetting + static_cast<int>(kept - settingsToKeep.begin()));
        if (now != set.text(row, 1))
            lost.append(name + u" is "_s + now);
    }
    return lost.join(u", "_s);
}

std::vector<QByteArray> limitsOf(const ConnectOptions &options)
{
    return {QByteArray::number(qint64(options.statementTimeout.count())),
            QByteArray::number(qint64(options.lockTimeout.count()))};
}

/// Makes the session as the options want it, and looks whether it came true.
Result<ServerFacts> prepare(Session &session, const ConnectOptions &options,
                            std::span<const QByteArray> limits, TaskContext &context)
{
    const Result<Rows> set = session.query(settingsSql, limits, context);
    if (!set)
        return failure(set.error());
    const Result<Rows> rows = session.query(factsSql, context);
    if (!rows)
        return failure(rows.error());
    if (rows->rowCount() != 1) {
        return failure({.kind = ErrorKind::Refused,
                        .subject = session.subject(),
                        .detail = u"the server does not list the role of this session"_s});
    }
    if (const QString lost = lostSettings(*set, *rows);
        options.requireSettings && !lost.isEmpty()) {
        return failure({.kind = ErrorKind::Refused,
                        .subject = session.subject(),
                        .detail = u"the session does not keep its settings: "_s + lost,
                        .advice = Advice::UseSessionPort});
    }
    return factsFrom(*rows);
}

} // namespace

Session::Session(std::unique_ptr<Link> link) : m_link(std::move(link)) {}
Session::Session(Session &&other) noexcept = default;
Session &Session::operator=(Session &&other) noexcept = default;
Session::~Session() = default;

Result<Session> Session::connect(const ConnectionString &where, TaskContext &context,
                                 const ConnectOptions &options)
{
    auto link = Link::open(where, options.connectTimeout, options.applicationName, context);
    if (!link)
        return failure(link.error());
    Session session(std::move(*link));
    session.m_link->limits = limitsOf(options);
    Result<ServerFacts> facts = prepare(session, options, session.m_link->limits, context);
    if (!facts)
        return failure(facts.error());
    session.m_link->facts = std::move(*facts);
    session.m_link->setDeadline(std::nullopt);
    return session;
}

Result<void> Session::resetSettings(TaskContext &context)
{
    // One message: the role's own limit may be less than the next question takes.
    return execute("RESET ALL; SET statement_timeout = 0", context)
        .and_then([&](qint64) { return query(settingsSql, m_link->limits, context); })
        .transform([](const Rows &) {});
}

const ServerFacts &Session::facts() const
{
    return m_link->facts;
}

QString Session::subject() const
{
    return m_link->subject();
}

Result<Rows> Session::query(QByteArrayView sql, TaskContext &context)
{
    return query(sql, std::span<const QByteArray>(), context);
}

Result<Rows> Session::query(const Question &question, TaskContext &context)
{
    return query(question.sql, question.parameters, context);
}

Result<Rows> Session::query(QByteArrayView sql, std::span<const QByteArray> parameters,
                            TaskContext &context)
{
    if (const auto ready = m_link->readyFor(sql, context); !ready)
        return failure(ready.error());
    if (auto known = m_link->takeAnswer(sql, parameters))
        return *std::move(known);
    if (!m_link->send({.sql = sql.toByteArray(),
                       .parameters = std::vector(parameters.begin(), parameters.end())}))
        return failure(m_link->lostError());
    if (const auto sent = m_link->flush(context); !sent)
        return failure(sent.error());
    Result<Link::Answer> answer = m_link->finish(context);
    if (!answer)
        return failure(answer.error());
    return Rows(answer->release());
}

Result<qint64> Session::execute(QByteArrayView sql, TaskContext &context)
{
    forgetAnswers();
    if (const auto ready = m_link->readyFor(sql, context); !ready)
        return failure(ready.error());
    if (PQsendQuery(m_link->connection(), sql.toByteArray().constData()) == 0)
        return failure(m_link->lostError());
    if (const auto sent = m_link->flush(context); !sent)
        return failure(sent.error());
    const Result<Link::Answer> answer = m_link->finish(context);
    if (!answer)
        return failure(answer.error());
    return QByteArrayView(PQcmdTuples(answer->get())).toLongLong();
}

Result<void> Session::executeBatch(std::span<const QByteArray> statements, QList<qint64> &rows,
                                   TaskContext &context)
{
    rows.clear();
    if (!statements.empty())
        forgetAnswers();
    return m_link->runPipeline(
        std::vector<Question>(statements.begin(), statements.end()),
        [&rows](const Link::Answer &answer) {
            rows.append(QByteArrayView(PQcmdTuples(answer.get())).toLongLong());
        },
        context);
}

Result<void> Session::executeBatch(std::span<const QByteArray> statements, TaskContext &context)
{
    QList<qint64> rows;
    return executeBatch(statements, rows, context);
}

Result<std::vector<Rows>> Session::queryBatch(std::span<const QByteArray> questions,
                                              TaskContext &context)
{
    std::vector<Rows> answers;
    for (const QByteArray &sql : questions) {
        if (const auto ready = m_link->readyFor(sql, context); !ready)
            return failure(ready.error());
    }
    if (m_link->takeAnswers(questions, answers))
        return answers;
    return m_link
        ->runPipeline(
            std::vector<Question>(questions.begin(), questions.end()),
            [&answers](Link::Answer &answer) { answers.emplace_back(answer.release()); }, context)
        .transform([&answers] { return std::move(answers); });
}

Result<void> Session::askAhead(std::span<const Question> questions, TaskContext &context)
{
    forgetAnswers();
    auto next = questions.begin();
    auto asked = m_link->runPipeline(
        questions,
        [&](Link::Answer &answer) {
            const Question &question = *next++;
            if (PQresultStatus(answer.get()) == PGRES_TUPLES_OK)
                m_link->ahead.emplace_back(question, Rows(answer.release()));
        },
        context);
    if (!asked)
        forgetAnswers();
    return asked;
}

void Session::forgetAnswers()
{
    m_link->ahead.clear();
}

Result<void> Session::copyInBegin(QByteArrayView copySql, TaskContext &context)
{
    forgetAnswers();
    if (const auto ready = m_link->readyFor(copySql, context); !ready)
        return failure(ready.error());
    if (PQsendQuery(m_link->connection(), copySql.toByteArray().constData()) == 0)
        return failure(m_link->lostError());
    if (const auto sent = m_link->flush(context); !sent)
        return sent;
    const Result<Link::Answer> answer = m_link->next(context);
    if (!answer)
        return failure(answer.error());
    if (!*answer)
        return failure(m_link->lostError());
    if (PQresultStatus(answer->get()) == PGRES_COPY_IN) {
        m_link->copyingIn = true;
        return {};
    }
    const bool failed = PQresultStatus(answer->get()) == PGRES_FATAL_ERROR;
    const Error error = failed ? m_link->errorOf(answer->get())
                               : Error{.kind = ErrorKind::Unsupported,
                                       .subject = subject(),
                                       .detail = u"the statement is no COPY FROM STDIN"_s};
    m_link->cancelAndSettle();
    return failure(error);
}

Result<void> Session::copyInWrite(QByteArrayView bytes, TaskContext &context)
{
    if (!isOpen() || !m_link->copyingIn)
        return failure(m_link->closedError());
    // libpq takes an int; and a stop must be seen between pieces.
    for (qsizetype from = 0; from < bytes.size(); from += flushSize) {
        const QByteArrayView piece = bytes.sliced(from, std::min(flushSize, bytes.size() - from));
        if (PQputCopyData(m_link->connection(), piece.data(), static_cast<int>(piece.size())) != 1)
            return failure(m_link->copyRefused(context));
        m_link->unsent += piece.size();
        if (m_link->unsent < flushSize)
            continue;
        if (const auto sent = m_link->flush(context); !sent)
            return sent;
        if (!m_link->takeIn())
            return failure(m_link->copyRefused(context));
    }
    if (context.stopRequested())
        return failure(m_link->stopped(u"the rows sent so far were not kept"_s));
    return {};
}

Result<qint64> Session::copyInFinish(TaskContext &context)
{
    if (!isOpen() || !m_link->copyingIn)
        return failure(m_link->closedError());
    if (PQputCopyEnd(m_link->connection(), nullptr) != 1)
        return failure(m_link->copyRefused(context));
    if (const auto sent = m_link->flush(context); !sent)
        return failure(sent.error());
    m_link->copyingIn = false;
    const Result<Link::Answer> answer = m_link->finish(context);
    if (!answer)
        return failure(answer.error());
    return QByteArrayView(PQcmdTuples(answer->get())).toLongLong();
}

void Session::copyInAbort(const QString &why)
{
    if (!isOpen() || !m_link->copyingIn)
        return;
    PQputCopyEnd(m_link->connection(), why.toUtf8().constData());
    m_link->settle();
}

Result<void> Session::copyOut(QByteArrayView sql,
                              const std::function<Result<void>(QByteArrayView)> &sink,
                              TaskContext &context)
{
    forgetAnswers();
    if (const auto ready = m_link->readyFor(sql, context); !ready)
        return failure(ready.error());
    if (PQsendQuery(m_link->connection(), sql.toByteArray().constData()) == 0)
        return failure(m_link->lostError());
    if (const auto sent = m_link->flush(context); !sent)
        return sent;
    const Result<Link::Answer> answer = m_link->next(context);
    if (!answer)
        return failure(answer.error());
    if (PQresultStatus(answer->get()) != PGRES_COPY_OUT) {
        const Error error = m_link->errorOf(answer->get());
        m_link->cancelAndSettle();
        return failure(error);
    }
    if (const auto streamed = m_link->streamCopyOut(sink, context); !streamed)
        return streamed;
    return m_link->finish(context).transform([](const Link::Answer &) {});
}

QString Session::quotedIdentifier(const QString &name) const
{
    return quoteIdentifier(name);
}

QByteArray Session::quotedLiteral(QByteArrayView value) const
{
    return quoteLiteral(value);
}

std::chrono::milliseconds Session::sinceLastAnswer() const
{
    return m_link->sinceLastAnswer();
}

QStringList Session::notices() const
{
    return m_link->notices();
}

bool Session::inTransaction() const
{
    if (!isOpen())
        return false;
    const PGTransactionStatusType state = PQtransactionStatus(m_link->connection());
    return state == PQTRANS_INTRANS || state == PQTRANS_INERROR || state == PQTRANS_ACTIVE;
}

QByteArray Session::clientEncoding() const
{
    const char *name = isOpen() ? PQparameterStatus(m_link->connection(), "client_encoding") : "";
    return QByteArray(name);
}

bool Session::isOpen() const
{
    return m_link && m_link->connection() && PQstatus(m_link->connection()) == CONNECTION_OK;
}

void Session::close()
{
    m_link->drop();
}

} // namespace mayday::postgres
