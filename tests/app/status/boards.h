// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/boardsnapshot.h"

#include <QTimeZone>

namespace mayday::tests {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Builds board snapshots in a few words. The time is 2026-03-01 03:00 UTC.
class BoardBuilder final {
public:
    [[nodiscard]] static QDateTime now()
    {
        return QDateTime(QDate(2026, 3, 1), QTime(3, 0), QTimeZone::UTC);
    }

    BoardBuilder &provider(const QString &id, const QString &name, status::Impact impact,
                           const QString &word = {}, std::chrono::milliseconds age = 10s)
    {
        using status::Impact;
        using status::State;
        const State state = impact == Impact::None          ? State::Operational
                            : impact == Impact::Minor       ? State::Degraded
                            : impact == Impact::Maintenance ? State::Maintenance
                            : impact == Impact::Unknown     ? State::Unknown
                                                            : State::Down;
        status::ProviderSnapshot one;
        one.id = *stack::ProviderId::parse(id);
        one.name = name;
        one.watched = watched(state, age, age, 5min);
        one.feed.impact = impact;
        one.feed.reading = one.watched.reading;
        one.feed.reading.word = word;
        m_board.providers.append(one);
        return *this;
    }

    BoardBuilder &probe(const QString &id, const QString &name, const QString &provider,
                        status::State state, std::chrono::milliseconds failingFor = 0s,
                        std::chrono::milliseconds age = 10s)
    {
        status::ProbeSnapshot one;
        one.id = *status::ProbeId::parse(id);
        one.kind =
            id.startsWith(u"database"_s) ? status::ProbeKind::Database : status::ProbeKind::Health;
        one.name = name;
        one.provider = stack::ProviderId::parse(provider).value_or(stack::ProviderId{});
        one.watched = watched(state, age, failingFor, 1min);
        one.answers = state == status::State::Operational;
        m_board.probes.append(one);
        return *this;
    }

    /// On the last probe: why it fails.
    BoardBuilder &because(ErrorKind kind)
    {
        m_board.probes.last().watched.reading.error =
            Error{.kind = kind, .subject = {}, .detail = {}};
        return *this;
    }
    /// On the last probe: what it answered instead.
    BoardBuilder &word(const QString &word)
    {
        m_board.probes.last().watched.reading.word = word;
        return *this;
    }
    /// On the last provider: why its page could not be read.
    BoardBuilder &pageError(ErrorKind kind)
    {
        m_board.providers.last().watched.reading.error =
            Error{.kind = kind, .subject = {}, .detail = {}};
        return *this;
    }
    /// On the last probe: a watched table.
    BoardBuilder &table(const QString &table, std::optional<qint64> before, qint64 rows)
    {
        status::ProbeSnapshot &probe = m_board.probes.last();
        const bool dropped = before && rows < *before / 2;
        probe.tables.append({.table = table,
                             .now = rows,
                             .before = before,
                             .droppedAt = dropped ? now().addSecs(-30) : QDateTime(),
                             .problem = {}});
        if (dropped || rows == 0)
            probe.watched.reading.state = status::State::Down;
        return *this;
    }

    [[nodiscard]] status::BoardSnapshot build()
    {
        m_board.now = now();
        return m_board;
    }

private:
    static status::Watched watched(status::State state, std::chrono::milliseconds age,
                                   std::chrono::milliseconds failingFor,
                                   std::chrono::milliseconds interval)
    {
        status::Watched one;
        one.reading.state = state;
        one.reading.at = now().addMSecs(-age.count());
        one.interval = interval;
        if (state != status::State::Unknown)
            one.lastKnown = one.reading;
        if (status::isTrouble(state))
            one.failingSince = now().addMSecs(-failingFor.count());
        return one;
    }

    status::BoardSnapshot m_board;
};

} // namespace mayday::tests
