// SPDX-License-Identifier: GPL-3.0-or-later
#include "journeys/eventloopprobe.h"

#include <ctime>

namespace mayday::journeys {

namespace {

constexpr int interval = 2;

/// Processor time of this thread, in microseconds.
qint64 cpuTime()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return qint64(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

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
    m_computed = 0;
    m_beats = 0;
    m_cpuSince = cpuTime();
    m_since.start();
}

void EventLoopProbe::beat()
{
    const qint64 cpu = cpuTime();
    if (const qint64 stall = m_since.restart() - interval; stall > m_longest) {
        m_longest = stall;
        m_computed = (cpu - m_cpuSince) / 1000;
    }
    m_cpuSince = cpu;
    ++m_beats;
}

} // namespace mayday::journeys
