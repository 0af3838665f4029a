// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace mayday::journeys {

/// Measures how long the event loop of the window was busy with one thing: the longest time between
/// two beats of a fast timer, less the timer's own interval. GUI thread.
class EventLoopProbe final : public QObject {
public:
    explicit EventLoopProbe(QObject *parent = nullptr);
    /// Forgets what was; measures from now.
    void restart();
    [[nodiscard]] qint64 longestStallMs() const { return m_longest; }
    /// How much of it this thread computed; for the rest it waited, or others had the processor.
    [[nodiscard]] qint64 computedMs() const { return m_computed; }
    [[nodiscard]] qint64 beats() const { return m_beats; }

private:
    void beat();

    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_cpuSince = 0; ///< microseconds
    qint64 m_longest = 0;
    qint64 m_computed = 0;
    qint64 m_beats = 0;
};

} // namespace mayday::journeys
