// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/reading.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

int weightOf(State state)
{
    switch (state) {
    case State::Operational: return 0;
    case State::Unknown: return 1;
    case State::Maintenance: return 2;
    case State::Degraded: return 3;
    case State::Down: return 4;
    }
    return 1;
}

QString counted(qint64 amount, QLatin1StringView unit)
{
    return QString::number(amount) + u' ' + unit + (amount == 1 ? u""_s : u"s"_s);
}

} // namespace

QString stateKey(State state)
{
    switch (state) {
    case State::Operational: return u"operational"_s;
    case State::Degraded: return u"degraded"_s;
    case State::Down: return u"down"_s;
    case State::Maintenance: return u"maintenance"_s;
    case State::Unknown: break;
    }
    return u"unknown"_s;
}

bool isTrouble(State state)
{
    return state == State::Degraded || state == State::Down;
}

State worseOf(State one, State other)
{
    return weightOf(one) >= weightOf(other) ? one : other;
}

Reading Reading::notAskedYet()
{
    Reading reading;
    reading.word = u"not asked yet"_s;
    return reading;
}

std::chrono::milliseconds ageOf(const Reading &reading, const QDateTime &now)
{
    // A wall clock that was set back must not make a reading younger than nothing.
    return std::chrono::milliseconds(std::max<qint64>(0, reading.at.msecsTo(now)));
}

Freshness freshnessOf(const Reading &reading, std::chrono::milliseconds interval,
                      const QDateTime &now)
{
    if (!reading.at.isValid())
        return Freshness::None;
    return ageOf(reading, now) > 3 * interval ? Freshness::Stale : Freshness::Fresh;
}

State trustedState(const Reading &reading, std::chrono::milliseconds interval, const QDateTime &now)
{
    return freshnessOf(reading, interval, now) == Freshness::Fresh ? reading.state : State::Unknown;
}

QString durationWords(std::chrono::milliseconds time)
{
    const qint64 seconds = time.count() / 1000;
    if (seconds < 60)
        return counted(seconds, "second"_L1);
    if (seconds < 2 * 60 * 60)
        return counted(seconds / 60, "minute"_L1);
    if (seconds < 2 * 24 * 60 * 60)
        return counted(seconds / (60 * 60), "hour"_L1);
    return counted(seconds / (24 * 60 * 60), "day"_L1);
}

} // namespace mayday::status
