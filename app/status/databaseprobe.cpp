// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/databaseprobe.h"

#include "postgres/connectionstring.h"
#include "postgres/quoting.h"
#include "postgres/session.h"

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

constexpr auto connectTimeout = std::chrono::seconds(5);
constexpr auto countTimeout = std::chrono::seconds(2);
constexpr auto queryCanceled = "57014"_L1;

ProbeReading failed(const Error &error, State state, const QString &word, const QDateTime &at)
{
    ProbeReading probe;
    probe.reading.state = state;
    probe.reading.word = word;
    probe.reading.detail = error.detail;
    probe.reading.at = at;
    probe.reading.error = error;
    return probe;
}

ProbeReading failedToConnect(const Error &error, const QDateTime &at)
{
    switch (error.kind) {
    case ErrorKind::Denied: return failed(error, State::Degraded, u"login refused"_s, at);
    case ErrorKind::Cancelled:
    case ErrorKind::Internal: return failed(error, State::Unknown, u"not checked"_s, at);
    default: return failed(error, State::Down, u"no answer"_s, at);
    }
}

Result<postgres::ConnectionString> addressOf(const stack::Database &database,
                                             const PasswordSource &passwords)
{
    Result<postgres::ConnectionString> where =
        postgres::ConnectionString::parse(database.connection);
    if (!where || database.credential.isEmpty())
        return where;
    if (!passwords)
        return failure({.kind = ErrorKind::NotFound,
                        .subject = database.credential,
                        .detail = u"no keychain is at hand"_s,
                        .advice = Advice::UnlockKeychain});
    Result<Secret> password = passwords(database.credential);
    if (!password)
        return failure(password.error());
    return where->withPassword(*std::move(password));
}

TableCount countRows(postgres::Session &session, const QString &schema, const QString &table,
                     TaskContext &context)
{
    const QString name =
        postgres::quoteIdentifier(schema) + u'.' + postgres::quoteIdentifier(table);
    const Result<postgres::Rows> rows =
        session.query("select count(*) from " + name.toUtf8(), context);
    if (rows)
        return {.table = table, .rows = rows->integer(0, 0), .problem = {}};
    const bool tooSlow = rows.error().sqlState == queryCanceled;
    return {.table = table,
            .rows = std::nullopt,
            .problem = tooSlow ? u"counting took longer than 2 s"_s : rows.error().detail};
}

} // namespace

ProbeId probeIdOf(const stack::Database &database)
{
    return ProbeId::parse(u"database."_s + database.id.text()).value_or(ProbeId{});
}

Result<ProbeReading> probeDatabase(const stack::Database &database, const PasswordSource &passwords,
                                   const Clock &clock, TaskContext &context)
{
    const Result<postgres::ConnectionString> where = addressOf(database, passwords);
    if (!where)
        return failed(where.error(), State::Unknown, u"not checked"_s, clock.now());

    const auto begin = clock.monotonic();
    Result<postgres::Session> session =
        postgres::Session::connect(*where, context,
                                   {.applicationName = u"mayday probe"_s,
                                    .connectTimeout = connectTimeout,
                                    .statementTimeout = countTimeout,
                                    .requireSettings = false});
    if (!session)
        return failedToConnect(session.error(), clock.now());
    const Result<postgres::Rows> one = session->query("select 1", context);
    if (!one)
        return failedToConnect(one.error(), clock.now());

    ProbeReading probe;
    probe.reading.state = State::Operational;
    probe.reading.word = u"answers"_s;
    probe.answers = true;
    probe.reading.latency = clock.monotonic() - begin;
    for (const QString &table : database.watch) {
        if (context.stopRequested())
            break;
        probe.counts += countRows(*session, database.schema, table, context);
    }
    probe.reading.at = clock.now();
    return probe;
}

} // namespace mayday::status
