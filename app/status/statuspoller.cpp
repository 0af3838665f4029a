// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/statuspoller.h"

#include "status/healthprobe.h"
#include "status/statusboard.h"
#include "status/statusfeed.h"

#include <QRandomGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

/// Cloudflare's own page is the largest known.
constexpr qint64 maxPageBytes = 4 * 1024 * 1024;
constexpr auto pageTimeout = std::chrono::seconds(15);

} // namespace

/// One page or probe: exactly one of provider, service and database is set.
struct StatusPoller::Target {
    explicit Target(std::chrono::milliseconds now) : schedule(now) {}

    int number = 0; ///< never used again, so an answer that comes too late finds nobody
    PollSchedule schedule;
    std::optional<stack::Provider> provider;
    std::optional<stack::Service> service;
    std::optional<stack::Database> database;
    Task<net::HttpResponse> http;
    Task<ProbeReading> work;
    QByteArray etag; ///< of lastPage
    FeedReading lastPage;
    bool wasCalm = true;
};

StatusPoller::StatusPoller(Tools tools, StatusBoard &board, QObject *parent)
    : QObject(parent), m_tools(std::move(tools)), m_board(board)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &StatusPoller::pollDue);
    connect(&m_aging, &QTimer::timeout, &m_board, &StatusBoard::reconsider);
}

StatusPoller::~StatusPoller()
{
    stop();
}

void StatusPoller::start(const stack::Stack &stack)
{
    start(stack, stack.practice ? PollIntervals::practice() : PollIntervals{});
}

void StatusPoller::start(const stack::Stack &stack, const PollIntervals &intervals)
{
    stop();
    m_intervals = intervals;
    m_board.watch(stack);
    addTargets(stack);
    m_aging.start(
        std::min<std::chrono::milliseconds>(intervals.probeTrouble, std::chrono::seconds(5)));
    pollDue();
}

void StatusPoller::stop()
{
    m_timer.stop();
    m_aging.stop();
    for (const std::unique_ptr<Target> &target : m_targets) {
        target->http.requestStop();
        target->work.requestStop();
    }
    m_targets.clear();
}

void StatusPoller::refreshNow()
{
    for (const std::unique_ptr<Target> &target : m_targets)
        target->schedule.hurry(now(), m_intervals);
    pollDue();
}

void StatusPoller::addTargets(const stack::Stack &stack)
{
    for (const stack::Service &service : stack.services)
        addTarget().service = service;
    for (const stack::Database &database : stack.databases)
        addTarget().database = database;
    for (const stack::Provider &provider : stack.providers) {
        if (!provider.statusUrl.isEmpty())
            addTarget().provider = provider;
    }
}

StatusPoller::Target &StatusPoller::addTarget()
{
    m_targets.push_back(std::make_unique<Target>(now()));
    m_targets.back()->number = ++m_lastNumber;
    return *m_targets.back();
}

void StatusPoller::pollDue()
{
    for (const std::unique_ptr<Target> &target : m_targets) {
        if (target->schedule.isDue(now())) {
            target->schedule.started(now());
            poll(*target);
        }
    }
    planTimer();
}

void StatusPoller::poll(Target &target)
{
    if (target.provider)
        pollPage(target);
    else if (target.service)
        pollHealth(target);
    else
        pollDatabase(target);
}

void StatusPoller::pollPage(Target &target)
{
    net::HttpRequest request{.url = target.provider->statusUrl,
                             .headers = {{"Accept", "application/json"}},
                             .timeout = pageTimeout,
                             .maxBodyBytes = maxPageBytes};
    if (!target.etag.isEmpty())
        request.headers.append({"If-None-Match", target.etag});
    target.http = m_tools.transport.send(std::move(request));
    target.http.deliverTo(this, [this, number = target.number](Result<net::HttpResponse> outcome) {
        if (Target *asked = find(number))
            takePage(*asked, outcome);
    });
}

void StatusPoller::pollHealth(Target &target)
{
    target.http = m_tools.transport.send(healthRequest(*target.service));
    target.http.deliverTo(this, [this, number = target.number](Result<net::HttpResponse> outcome) {
        if (Target *asked = find(number))
            takeProbe(*asked, readHealth(*asked->service, outcome, m_tools.clock.now()));
    });
}

void StatusPoller::pollDatabase(Target &target)
{
    auto work = [database = *target.database, passwords = m_tools.passwords,
                 &clock = m_tools.clock](TaskContext &context) {
        return probeDatabase(database, passwords, clock, context);
    };
    target.work = startTask(m_tools.pool, std::move(work));
    target.work.deliverTo(this, [this, number = target.number](Result<ProbeReading> outcome) {
        Target *asked = find(number);
        if (!asked)
            return;
        ProbeReading probe = outcome.value_or(ProbeReading{});
        if (!outcome) {
            probe.reading.at = m_tools.clock.now();
            probe.reading.word = u"not checked"_s;
            probe.reading.error = outcome.error();
        }
        takeProbe(*asked, probe);
    });
}

FeedReading StatusPoller::pageReading(Target &target, const Result<net::HttpResponse> &outcome)
{
    const QDateTime at = m_tools.clock.now();
    if (outcome && outcome->status == 304 && !target.etag.isEmpty()) {
        target.lastPage.reading.at = at;
        target.lastPage.reading.latency = outcome->elapsed;
        return target.lastPage;
    }
    FeedReading feed = readFeed(*target.provider, outcome, at);
    target.etag.clear();
    if (outcome && feed.reading.state != State::Unknown) {
        target.etag = outcome->header("etag");
        target.lastPage = feed;
    }
    return feed;
}

void StatusPoller::takePage(Target &target, const Result<net::HttpResponse> &outcome)
{
    const FeedReading feed = pageReading(target, outcome);
    const State state = feed.reading.state;
    const auto interval =
        state == State::Operational ? m_intervals.pageCalm : m_intervals.pageTrouble;
    if (state == State::Unknown)
        target.schedule.failed(now(), outcome && outcome->status / 100 == 4, chance(), m_intervals);
    else
        target.schedule.succeeded(now(), interval, chance(), m_intervals);
    planTimer();
    // Last: a receiver of the board's signals may start another stack.
    m_board.applyProvider(target.provider->id, feed, interval);
}

void StatusPoller::takeProbe(Target &target, const ProbeReading &probe)
{
    const bool isCalm = probe.reading.state == State::Operational;
    planProbe(target, isCalm);
    const ProbeId id = target.service ? probeIdOf(*target.service) : probeIdOf(*target.database);
    m_board.applyProbe(id, probe, isCalm ? m_intervals.probeCalm : m_intervals.probeTrouble);
}

void StatusPoller::planProbe(Target &target, bool isCalm)
{
    const auto interval = isCalm ? m_intervals.probeCalm : m_intervals.probeTrouble;
    target.schedule.succeeded(now(), interval, chance(), m_intervals);
    // Ours just failed: what does the vendor say now?
    if (!isCalm && target.wasCalm)
        hurryPage(target.service ? target.service->provider : target.database->provider);
    target.wasCalm = isCalm;
    planTimer();
}

void StatusPoller::hurryPage(const stack::ProviderId &provider)
{
    for (const std::unique_ptr<Target> &target : m_targets) {
        if (target->provider && target->provider->id == provider)
            target->schedule.hurry(now(), m_intervals);
    }
}

void StatusPoller::planTimer()
{
    std::optional<std::chrono::milliseconds> next;
    for (const std::unique_ptr<Target> &target : m_targets) {
        const auto due = target->schedule.due();
        if (due && (!next || *due < *next))
            next = due;
    }
    if (next)
        m_timer.start(std::max(std::chrono::milliseconds(0), *next - now()));
}

double StatusPoller::chance() const
{
    return 2.0 * QRandomGenerator::global()->generateDouble() - 1.0;
}

StatusPoller::Target *StatusPoller::find(int number)
{
    const auto found = std::ranges::find_if(
        m_targets, [&](const std::unique_ptr<Target> &target) { return target->number == number; });
    return found == m_targets.end() ? nullptr : found->get();
}

} // namespace mayday::status
