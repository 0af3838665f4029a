// SPDX-License-Identifier: GPL-3.0-or-later
#include "journeys/eventloopprobe.h"

#include <QFile>

#include <ctime>

using namespace Qt::StringLiterals;

namespace mayday::journeys {

namespace {

constexpr int interval = 2;
constexpr qint64 perMs = 1'000'000; ///< nanoseconds

/// Processor time of this thread, in nanoseconds.
qint64 cpuTime()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return qint64(now.tv_sec) * 1000 * perMs + now.tv_nsec;
}

/// How long this thread was ready and others had the processor, in nanoseconds: the second figure
/// of schedstat (Linux, Documentation/scheduler/sched-stats).
qint64 queueTime()
{
    QFile file(u"/proc/thread-self/schedstat"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() : 0;
}

} // namespace

QString Stall::words() const
{
    return u"%1 ms (%2 computing, %3 waiting for a processor)"_s.arg(longest).arg(computed).arg(
        queued);
}

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
    m_stall = {};
    m_beats = 0;
    m_cpuSince = cpuTime();
    m_queuedSince = queueTime();
    m_since.start();
}

void EventLoopProbe::beat()
{
    const qint64 cpu = cpuTime();
    const qint64 queued = queueTime();
    if (const qint64 longest = m_since.restart() - interval; longest > m_stall.longest) {
        m_stall = {.longest = longest,
                   .computed = (cpu - m_cpuSince) / perMs,
                   .queued = (queued - m_queuedSince) / perMs};
    }
    m_cpuSince = cpu;
    m_queuedSince = queued;
    ++m_beats;
}

} // namespace mayday::journeys
