// SPDX-License-Identifier: GPL-3.0-or-later
#include "desk/expirywatch.h"

#include <algorithm>

namespace mayday::desk {

namespace {

constexpr std::chrono::hours quietStart{1};
constexpr std::chrono::hours betweenLooks{24};
constexpr std::chrono::minutes tickEvery{1};

} // namespace

ExpiryWatch::ExpiryWatch(Tools tools, QObject *parent) : QObject(parent), m_tools(tools)
{
    m_timer.setInterval(tickEvery);
    connect(&m_timer, &QTimer::timeout, this, &ExpiryWatch::lookIfDue);
    connect(&m_tools.restores, &restore::RestoreDesk::expiryEnded, this,
            [this] { m_isLooking = false; });
    const auto follow = [this] {
        m_tools.restores.setIncidentOpen(m_tools.incidents.running() != nullptr);
    };
    connect(&m_tools.incidents, &incident::IncidentDesk::runningChanged, this, follow);
    connect(&m_tools.incidents, &incident::IncidentDesk::runningChanged, this,
            &ExpiryWatch::putOff);
    using restore::RestoreDesk;
    connect(&m_tools.restores, &RestoreDesk::bringBackFinished, this, &ExpiryWatch::putOff);
    connect(&m_tools.restores, &RestoreDesk::restoreChanged, this, [this] {
        if (!m_isLooking) // what went by itself is told in the same way
            putOff();
    });
    follow();
}

void ExpiryWatch::setStack(const stack::Stack &stack)
{
    m_tools.restores.stopExpiry(); // keep-days may say something else now
    QSet<QString> names;
    for (const stack::Database &database : stack.databases) {
        if (const auto where = postgres::ConnectionString::parse(database.connection))
            names.insert(where->database());
    }
    m_tools.restores.setDatabasesInStack(names);
    m_databases = stack.databases;
    m_databases.removeIf([&stack](const stack::Database &database) {
        return stack.practice || database.keepDays <= 0;
    });
    m_next.clear();
    const auto first = m_tools.clock.monotonic() + quietStart;
    for (const stack::Database &database : std::as_const(m_databases))
        m_next.insert(database.id, first);
    if (m_databases.isEmpty())
        m_timer.stop();
    else
        m_timer.start();
}

void ExpiryWatch::putOff()
{
    const auto next = m_tools.clock.monotonic() + betweenLooks;
    for (auto &due : m_next)
        due = std::max(due, next);
}

bool ExpiryWatch::isQuiet(const stack::Database &database) const
{
    if (m_tools.incidents.running() || m_tools.restores.isBusy())
        return false;
    const status::BoardSnapshot board = m_tools.board.snapshot();
    const status::ProbeSnapshot *probe = board.probe(status::probeIdOf(database));
    return probe && probe->watched.trusted(m_tools.clock.now()) == status::State::Operational;
}

bool ExpiryWatch::lookIfDue()
{
    if (m_isLooking)
        return false;
    const auto now = m_tools.clock.monotonic();
    for (const stack::Database &database : std::as_const(m_databases)) {
        if (now < m_next[database.id] || !isQuiet(database))
            continue;
        const auto target = m_tools.credentials.connection(database);
        if (!target)
            continue;
        m_next[database.id] = now + betweenLooks;
        m_isLooking = true;
        m_tools.restores.discardExpired(*target, database.keepDays);
        return true;
    }
    return false;
}

} // namespace mayday::desk
