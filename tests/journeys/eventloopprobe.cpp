// SPDX-License-Identifier: GPL-3.0-or-later
#include "journeys/eventloopprobe.h"

#include <algorithm>

namespace mayday::journeys {

namespace {

constexpr int interval = 2;

} // namespace

EventLoopProbe::EventLoopProbe(QObject *parent) : QObject(parent)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, [this] { beat(); });
    restart();
    m_timer.start();
}

void EventLoopProbe::restart()
{
    m_longest = 0;
    m_beats = 0;
    m_since.start();
}

void EventLoopProbe::beat()
{
    m_longest = std::max(m_longest, m_since.restart() - interval);
    ++m_beats;
}

} // namespace mayday::journeys
