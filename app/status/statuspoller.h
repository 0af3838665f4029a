// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/clock.h"
#include "core/task.h"
#include "net/httptransport.h"
#include "stack/stack.h"
#include "status/databaseprobe.h"
#include "status/pollschedule.h"
#include "status/probe.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace mayday::status {

class StatusBoard;
struct FeedReading;

/// Keeps the board's readings young: polls every vendor page and every probe of a stack, each by
/// its own schedule, never twice at once.
///
/// Lives beside the board on the GUI thread; HTTP runs in the transport, databases on the pool. A
/// failure is a reading like any other. Destroying it asks its work to stop and does not wait: the
/// transport and the pool end it.
class StatusPoller final : public QObject {
    Q_OBJECT

public:
    /// All of them outlive the poller, and the pool's work ends before clock and passwords do.
    struct Tools {
        net::HttpTransport &transport;
        QThreadPool &pool;
        const Clock &clock;
        PasswordSource passwords;
    };

    StatusPoller(Tools tools, StatusBoard &board, QObject *parent = nullptr);
    ~StatusPoller() override;

    /// Makes the board watch this stack and begins, all targets at once. Ends what ran before.
    void start(const stack::Stack &stack);
    void start(const stack::Stack &stack, const PollIntervals &intervals);
    void stop();
    /// Polls everything as soon as good manners allow.
    void refreshNow();

private:
    struct Target;

    void addTargets(const stack::Stack &stack);
    Target &addTarget();
    void pollDue();
    void poll(Target &target);
    void pollPage(Target &target);
    void pollHealth(Target &target);
    void pollDatabase(Target &target);
    void takePage(Target &target, const Result<net::HttpResponse> &outcome);
    void takeProbe(Target &target, const ProbeReading &probe);
    [[nodiscard]] FeedReading pageReading(Target &target, const Result<net::HttpResponse> &outcome);
    void planProbe(Target &target, bool isCalm);
    void hurryPage(const stack::ProviderId &provider);
    void planTimer();
    [[nodiscard]] std::chrono::milliseconds now() const { return m_tools.clock.monotonic(); }
    [[nodiscard]] double chance() const;
    /// The target of an answer; null when the stack has been changed in between.
    [[nodiscard]] Target *find(int number);

    Tools m_tools;
    StatusBoard &m_board;
    PollIntervals m_intervals;
    std::vector<std::unique_ptr<Target>> m_targets;
    int m_lastNumber = 0;
    QTimer m_timer;
    QTimer m_aging;
};

} // namespace mayday::status
