// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/liveload.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

using namespace std::chrono_literals;

postgres::Session opened(const postgres::ConnectionString &target, const QString &name)
{
    TaskContext context;
    auto session = postgres::Session::connect(target, context, {.applicationName = name});
    if (!session)
        qFatal("%s", qUtf8Printable(describe(session.error())));
    return *std::move(session);
}

} // namespace

LiveUser::LiveUser(QString name, postgres::Session session)
    : m_name(std::move(name)), m_session(std::move(session))
{
}

QString LiveUser::freshValue()
{
    return u"%1 %2"_s.arg(m_name).arg(++m_number);
}

std::optional<QString> LiveUser::ask(const QByteArray &sql)
{
    TaskContext context;
    const auto from = Clock::now();
    const auto rows = m_session.query(sql, context);
    m_waits.append({.from = from, .to = Clock::now(), .statement = QString::fromUtf8(sql)});
    if (!rows) {
        complain(u"%1: %2"_s.arg(QString::fromUtf8(sql), describe(rows.error())));
        if (m_session.inTransaction())
            (void)m_session.execute("ROLLBACK", context);
        return std::nullopt;
    }
    return rows->rowCount() > 0 ? rows->text(0, 0) : QString();
}

LiveLoad::LiveLoad(const postgres::ConnectionString &target, const QList<Part> &parts)
    : m_rounds(static_cast<size_t>(parts.size()), 0)
{
    for (const Part &part : parts) {
        postgres::Session session = opened(target, QString::fromLatin1(applicationName));
        TaskContext context;
        if (!part.atFirst.isEmpty()) {
            if (auto done = session.execute(part.atFirst, context); !done)
                qFatal("%s", qUtf8Printable(describe(done.error())));
        }
        m_users.push_back(std::make_unique<LiveUser>(part.name, std::move(session)));
    }
    for (size_t i = 0; i < m_users.size(); ++i)
        m_threads.emplace_back([this, i, round = parts[static_cast<qsizetype>(i)].round](
                                   const std::stop_token &over) { run(i, round, over); });
}

LiveLoad::~LiveLoad()
{
    stop();
}

void LiveLoad::run(size_t index, const Round &round, const std::stop_token &over)
{
    while (!over.stop_requested()) {
        round(*m_users[index]);
        const std::scoped_lock lock(m_mutex);
        ++m_rounds[index];
        m_advanced.notify_all();
    }
}

void LiveLoad::awaitRounds(int rounds)
{
    std::unique_lock lock(m_mutex);
    std::vector<int> wanted = m_rounds;
    for (int &number : wanted)
        number += rounds;
    const bool isDone = m_advanced.wait_for(lock, 60s, [&] {
        return std::ranges::equal(m_rounds, wanted, std::ranges::greater_equal());
    });
    if (!isDone)
        qFatal("somebody of the load stands still");
}

void LiveLoad::stop()
{
    for (std::jthread &thread : m_threads)
        thread.request_stop();
    m_threads.clear();
}

QStringList LiveLoad::committed() const
{
    QStringList all;
    for (const auto &user : m_users)
        all += user->committed();
    return all;
}

QStringList LiveLoad::failures() const
{
    QStringList all;
    for (const auto &user : m_users)
        all += user->failures();
    return all;
}

qsizetype LiveLoad::statements() const
{
    qsizetype all = 0;
    for (const auto &user : m_users)
        all += user->waits().size();
    return all;
}

LiveUser::Wait LiveLoad::longest(LiveUser::Clock::time_point from, LiveUser::Clock::time_point to,
                                 bool isOverlapping) const
{
    LiveUser::Wait longest{};
    for (const auto &user : m_users) {
        for (const LiveUser::Wait &wait : user->waits()) {
            if ((wait.from <= to && wait.to >= from) == isOverlapping &&
                wait.to - wait.from > longest.to - longest.from)
                longest = wait;
        }
    }
    return longest;
}

BlockWatch::BlockWatch(const postgres::ConnectionString &target)
    : m_session(opened(target, u"block watch"_s)),
      m_thread([this](const std::stop_token &over) { run(over); })
{
}

void BlockWatch::run(const std::stop_token &over)
{
    const QByteArray sql =
        "SELECT s.query FROM pg_stat_activity s WHERE s.application_name = '" +
        QByteArray(LiveLoad::applicationName) +
        "' AND s.wait_event_type = 'Lock' AND EXISTS (SELECT FROM pg_stat_activity m"
        " WHERE m.pid = ANY (pg_blocking_pids(s.pid)) AND m.application_name LIKE 'mayday%')";
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    TaskContext context;
    while (!over.stop_requested()) {
        const auto from = LiveUser::Clock::now();
        const auto rows = m_session.query(sql, context);
        if (!rows)
            qFatal("%s", qUtf8Printable(describe(rows.error())));
        ++m_looks;
        if (rows->rowCount() > 0)
            m_seen.append(
                {.from = from, .to = LiveUser::Clock::now(), .statement = rows->text(0, 0)});
        never.wait_for(lock, over, 10ms, [] { return false; }); // the machine is not ours alone
    }
}

QList<LiveUser::Wait> BlockWatch::stop()
{
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    return m_seen;
}

} // namespace mayday::tests
