// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace mayday::journeys {

/// How long the event loop was busy with one thing, in milliseconds.
struct Stall {
    qint64 longest = 0;
    qint64 computed = 0; ///< of it this thread computed
    qint64 queued = 0;   ///< of it others had the processor while this thread was ready

    [[nodiscard]] QString words() const;
};

/// Measures how long the event loop of the window was busy with one thing: the longest time between
/// two beats of a fast timer, less the timer's own interval. GUI thread.
class EventLoopProbe final : public QObject {
public:
    explicit EventLoopProbe(QObject *parent = nullptr);
    /// Forgets what was; measures from now.
    void restart();
    [[nodiscard]] const Stall &stall() const { return m_stall; }
    [[nodiscard]] qint64 beats() const { return m_beats; }

private:
    void beat();

    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_cpuSince = 0;    ///< nanoseconds
    qint64 m_queuedSince = 0; ///< nanoseconds
    Stall m_stall;
    qint64 m_beats = 0;
};

} // namespace mayday::journeys
