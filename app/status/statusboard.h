// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "status/boardsnapshot.h"
#include "status/feedreading.h"
#include "status/outage.h"
#include "status/probe.h"

#include <QHash>
#include <QObject>

namespace mayday::status {

/// What is known about every provider and probe of the stack, what changed, and the verdict.
///
/// Owns the snapshots; lives as long as Desk, on the GUI thread. Takes readings from the poller (or
/// from a test) and says by narrow signals what is new; asks nothing of the network itself.
class StatusBoard final : public QObject {
    Q_OBJECT

public:
    explicit StatusBoard(const Clock &clock, QObject *parent = nullptr);

    /// Forgets everything and watches the parts of this stack.
    void watch(const stack::Stack &stack);
    void useRules(QList<SuggestRule> rules);

    /// interval: until the next reading is to be expected; the age of this one is judged by it.
    void applyProvider(const stack::ProviderId &id, const FeedReading &feed,
                       std::chrono::milliseconds interval);
    void applyProbe(const ProbeId &id, const ProbeReading &probe,
                    std::chrono::milliseconds interval);
    /// The rows that are there now are how it should be.
    void acceptRows(const ProbeId &id);
    /// Judges again with the time of now: readings age without anybody telling.
    void reconsider();

    [[nodiscard]] BoardSnapshot snapshot() const;
    [[nodiscard]] const Verdict &verdict() const { return m_verdict; }

Q_SIGNALS:
    void boardReset();
    void providerChanged(const mayday::stack::ProviderId &id);
    void probeChanged(const mayday::status::ProbeId &id);
    void changeNoted(const mayday::status::StatusChange &change);
    /// The sentence, the detail or a suggestion differs.
    void verdictChanged();

private:
    void take(Watched &watched, const Reading &reading, std::chrono::milliseconds interval);
    void note(const Watched &before, const Watched &after, const QString &id, const QString &what);
    void record(const StatusChange &change);

    const Clock &m_clock;
    BoardSnapshot m_board;
    QHash<ProbeId, RowWatch> m_rowWatches;
    QList<SuggestRule> m_rules;
    Verdict m_verdict;
};

} // namespace mayday::status
