// SPDX-License-Identifier: GPL-3.0-or-later
#include "desk/stepsensor.h"

#include "core/redactor.h"
#include "postgres/quoting.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::desk {

namespace {

constexpr std::chrono::milliseconds lookEvery{2000};
constexpr std::chrono::milliseconds answerWithin{4000};

/// One value by one read-only statement with a limit of its own; a check must never hurt.
Result<QString> askOne(const postgres::ConnectionString &where, const QByteArray &sql,
                       TaskContext &context)
{
    auto session = postgres::Session::connect(where, context,
                                              {.applicationName = u"mayday check"_s,
                                               .connectTimeout = answerWithin,
                                               .statementTimeout = answerWithin,
                                               .requireSettings = false});
    if (!session)
        return failure(session.error());
    if (auto begun = session->execute("BEGIN READ ONLY", context); !begun)
        return failure(begun.error());
    const auto rows = session->query(sql, context);
    if (!rows)
        return failure(rows.error());
    return rows->rowCount() > 0 && rows->columnCount() > 0 ? rows->text(0, 0) : QString();
}

bool isBetween(qint64 value, const QString &min, const QString &max)
{
    return (min.isEmpty() || value >= min.toLongLong()) &&
           (max.isEmpty() || value <= max.toLongLong());
}

} // namespace

StepSensor::StepSensor(const Tools &tools, QObject *parent) : QObject(parent), m_tools(tools)
{
    m_timer.setInterval(lookEvery);
    connect(&m_timer, &QTimer::timeout, this, &StepSensor::lookNow);
}

StepSensor::~StepSensor() = default;

void StepSensor::setStack(const stack::Stack &stack)
{
    m_stack = stack;
}

void StepSensor::watch(const runbook::Step *step)
{
    const runbook::StepId id = step ? step->id : runbook::StepId();
    if (id == m_step)
        return;
    m_step = id;
    ++m_round;
    m_pending = 0;
    m_readings.clear();
    m_timer.stop();
    if (step && step->isSensed()) {
        for (const runbook::VerbCall &call : step->checks)
            m_readings.append({.call = call, .words = u"not looked yet"_s});
        m_timer.start();
        lookNow();
    }
    Q_EMIT readingsChanged();
}

void StepSensor::lookNow()
{
    if (m_pending > 0)
        return;
    m_pending = static_cast<int>(m_readings.size());
    for (qsizetype i = 0; i < m_readings.size(); ++i)
        look(i);
}

void StepSensor::look(qsizetype index)
{
    const runbook::VerbCall &call = m_readings[index].call;
    if (call.verb == "http"_L1) {
        lookAtHttp(index);
    } else if (call.verb == "rows"_L1) {
        const QStringList name = call.parameter(u"table"_s).split(u'.');
        const stack::DatabaseId id =
            stack::DatabaseId::parse(call.parameter(u"database"_s)).value_or(stack::DatabaseId{});
        const stack::Database *database = m_stack.database(id);
        const QString schema =
            name.size() > 1 ? name.front() : (database ? database->schema : QString());
        const QString table =
            (schema.isEmpty() ? QString() : postgres::quoteIdentifier(schema) + u'.') +
            postgres::quoteIdentifier(name.back());
        lookAtSql(index, "SELECT count(*) FROM " + table.toUtf8());
    } else if (call.verb == "sql"_L1) {
        lookAtSql(index, call.parameter(u"query"_s).toUtf8());
    } else if (call.verb == "probe"_L1 || call.verb == "status"_L1) {
        lookAtBoard(index);
    } else {
        settle(index, m_round, std::nullopt,
               u"Mayday cannot look at this yet; override the step with what you saw"_s);
    }
}

void StepSensor::lookAtHttp(qsizetype index)
{
    const runbook::VerbCall call = m_readings[index].call;
    const auto id =
        stack::ServiceId::parse(call.parameter(u"service"_s)).value_or(stack::ServiceId{});
    const stack::Service *service = m_stack.service(id);
    if (!service) {
        settle(index, m_round, std::nullopt, u"the stack has no service \"%1\""_s.arg(id.text()));
        return;
    }
    net::HttpRequest request;
    request.url = service->healthUrl();
    if (const QString path = call.parameter(u"path"_s); !path.isEmpty())
        request.url = service->url.resolved(QUrl(path));
    request.timeout = answerWithin;
    const QString wanted = call.parameter(u"status"_s);
    const int status = wanted.isEmpty() ? service->expectStatus : wanted.toInt();
    auto asking = m_tools.transport.send(request);
    asking.deliverTo(this, [this, index, round = m_round, status, name = service->name,
                            contains = call.parameter(u"contains"_s).toUtf8()](
                               const Result<net::HttpResponse> &answer) {
        if (!answer) {
            settle(index, round, false, describe(answer.error()));
            return;
        }
        const bool holds =
            answer->status == status && (contains.isEmpty() || answer->body.contains(contains));
        settle(index, round, holds, u"%1 answers %2"_s.arg(name).arg(answer->status));
    });
}

Result<postgres::ConnectionString> StepSensor::databaseOf(const runbook::VerbCall &call) const
{
    const QString name = call.parameter(u"database"_s);
    const stack::Database *database =
        m_stack.database(stack::DatabaseId::parse(name).value_or(stack::DatabaseId{}));
    if (!database)
        return failure({.kind = ErrorKind::NotFound,
                        .subject = u"database "_s + name,
                        .detail = u"the stack does not have it"_s,
                        .advice = Advice::EditStackFile});
    return m_tools.credentials.connection(*database);
}

void StepSensor::lookAtSql(qsizetype index, const QByteArray &sql)
{
    const auto where = databaseOf(m_readings[index].call);
    if (!where) {
        settle(index, m_round, std::nullopt, describe(where.error()));
        return;
    }
    auto asking = startTask(m_tools.pool, [where = *where, sql](TaskContext &context) {
        return askOne(where, sql, context);
    });
    asking.deliverTo(this, [this, index, round = m_round](const Result<QString> &answer) {
        judgeAnswer(index, round, answer);
    });
}

void StepSensor::judgeAnswer(qsizetype index, int round, const Result<QString> &answer)
{
    if (round != m_round)
        return;
    const runbook::VerbCall &call = m_readings[index].call;
    if (!answer) {
        settle(index, round, false, describe(answer.error()));
    } else if (call.verb == "rows"_L1) {
        const qint64 rows = answer->toLongLong();
        settle(index, round, isBetween(rows, call.parameter(u"min"_s), call.parameter(u"max"_s)),
               u"%1 has %2 rows"_s.arg(call.parameter(u"table"_s),
                                       QLocale(QLocale::English).toString(rows)));
    } else {
        const QString expect = call.parameter(u"expect"_s);
        settle(index, round, expect.isEmpty() ? !answer->isEmpty() : *answer == expect,
               u"the query gives %1"_s.arg(redacted(*answer)));
    }
}

void StepSensor::lookAtBoard(qsizetype index)
{
    const runbook::VerbCall &call = m_readings[index].call;
    const status::BoardSnapshot board = m_tools.board.snapshot();
    const status::Watched *watched = nullptr;
    QString name;
    if (call.verb == "status"_L1) {
        name = call.parameter(u"provider"_s);
        if (const auto *provider =
                board.provider(stack::ProviderId::parse(name).value_or(stack::ProviderId{})))
            watched = &provider->watched;
    } else {
        const QString service = call.parameter(u"service"_s);
        name = service.isEmpty() ? u"database."_s + call.parameter(u"database"_s)
                                 : u"service."_s + service;
        if (const auto *probe =
                board.probe(status::ProbeId::parse(name).value_or(status::ProbeId{})))
            watched = &probe->watched;
    }
    if (!watched) {
        settle(index, m_round, std::nullopt, u"nothing called %1 is watched"_s.arg(name));
        return;
    }
    const status::State state = watched->trusted(board.now);
    settle(index, m_round, state == status::State::Operational,
           u"%1: %2"_s.arg(name, watched->reading.word.isEmpty() ? status::stateKey(state)
                                                                 : watched->reading.word));
}

void StepSensor::settle(qsizetype index, int round, std::optional<bool> passed,
                        const QString &words)
{
    if (round != m_round)
        return;
    CheckReading &reading = m_readings[index];
    reading.passed = passed;
    reading.words = redacted(words);
    reading.at = m_tools.clock.now();
    Q_EMIT readingsChanged();
    if (--m_pending > 0)
        return;
    m_pending = 0;
    const bool holds = std::ranges::all_of(
        m_readings, [](const CheckReading &r) { return r.passed.value_or(false); });
    if (!holds)
        return;
    QStringList evidence;
    for (const CheckReading &one : std::as_const(m_readings))
        evidence.append(one.words);
    m_timer.stop();
    Q_EMIT cameTrue(m_step, evidence.join(u"; "_s));
}

} // namespace mayday::desk
