// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/statuspoller.h"
#include "support/testmain.h"

#include "net/curltransport.h"
#include "status/statusboard.h"
#include "support/fakeclock.h"
#include "support/httpfixture.h"
#include "support/scriptedtransport.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday {

using status::BoardSnapshot;
using status::PollIntervals;
using status::Side;
using status::State;
using status::StatusBoard;
using status::StatusPoller;

namespace {

constexpr auto well = R"({"status":{"indicator":"none","description":"Fine"}})";
constexpr auto ill = R"({"status":{"indicator":"major","description":"Outage"}})";

PollIntervals quick()
{
    return {.pageCalm = 50ms,
            .pageTrouble = 50ms,
            .probeCalm = 50ms,
            .probeTrouble = 50ms,
            .backoffUnit = 50ms,
            .least = 1ms,
            .jitter = 0.1};
}

} // namespace

/// The poller with a scripted network, and once with a real one.
class TestStatusPoller final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void asksEverybodyAtOnce();
    void pollsAgain();
    void neverTwoAtOnce();
    void failedPageIsUnknownNeverDown();
    void failedPageBacksOff();
    void unfinishedAnswerOfAnOldStackIsDropped();
    void stoppedMeansSilent();
    void sendsTheEtag();
    void failingProbeHurriesItsVendor();
    void refreshNowAsksAgain();
    void databaseThatCannotBeAskedIsUnknown();
    void readsARealServer();

private:
    void letPass();
    stack::Stack stackOf(const QUrl &page, const QUrl &service) const
    {
        stack::Stack stack;
        stack::Provider provider;
        provider.id = *stack::ProviderId::parse(u"vercel"_s);
        provider.name = u"Vercel"_s;
        provider.statusUrl = page;
        provider.feed = u"statuspage"_s;
        stack.providers = {provider};
        stack::Service one;
        one.id = *stack::ServiceId::parse(u"api"_s);
        one.name = u"API"_s;
        one.provider = provider.id;
        one.url = service;
        stack.services = {one};
        return stack;
    }
    stack::Stack stack() const { return stackOf(m_page, m_service); }
    std::unique_ptr<StatusPoller> makePoller(net::HttpTransport &transport)
    {
        return std::make_unique<StatusPoller>(
            StatusPoller::Tools{transport, m_pool, m_clock, m_passwords}, *m_board);
    }
    BoardSnapshot board() const { return m_board->snapshot(); }
    State pageState() const { return board().providers.first().watched.reading.state; }
    State probeState() const { return board().probes.first().watched.reading.state; }

    const QUrl m_page{u"https://status.example/summary.json"_s};
    const QUrl m_service{u"https://api.example/"_s};
    SystemClock m_clock;
    QThreadPool m_pool;
    status::PasswordSource m_passwords;
    std::unique_ptr<tests::ScriptedTransport> m_network;
    std::unique_ptr<StatusBoard> m_board;
};

void TestStatusPoller::init()
{
    m_network = std::make_unique<tests::ScriptedTransport>();
    m_network->answer(m_page, 200, well);
    m_network->answer(m_service, 200, "ok");
    m_board = std::make_unique<StatusBoard>(m_clock);
    m_passwords = {};
}

void TestStatusPoller::cleanup()
{
    m_pool.waitForDone();
}

void TestStatusPoller::asksEverybodyAtOnce()
{
    const auto poller = makePoller(*m_network);
    poller->start(stack(), PollIntervals{});
    QCOMPARE(m_network->requests().size(), 2);
    QCOMPARE(pageState(), State::Unknown); // nothing is delivered inside the call
    QTRY_COMPARE(pageState(), State::Operational);
    QTRY_COMPARE(probeState(), State::Operational);
    QCOMPARE(m_board->verdict().side, Side::AllWell);
}

void TestStatusPoller::pollsAgain()
{
    const auto poller = makePoller(*m_network);
    poller->start(stack(), quick());
    QTRY_VERIFY(m_network->count(m_page) >= 4 && m_network->count(m_service) >= 4);
    m_network->answer(m_service, 500, "broken");
    QTRY_COMPARE(probeState(), State::Down);
    QTRY_COMPARE(m_board->verdict().side, Side::Us);
    m_network->answer(m_page, 200, ill);
    QTRY_COMPARE(m_board->verdict().side, Side::Them);
}

void TestStatusPoller::neverTwoAtOnce()
{
    m_network->hold(m_service);
    const auto poller = makePoller(*m_network);
    poller->start(stack(), quick());
    QTRY_VERIFY(m_network->count(m_page) >= 5); // time passes
    poller->refreshNow();
    QCOMPARE(m_network->count(m_service), 1);
    m_network->release(m_service);
    QTRY_VERIFY(m_network->count(m_service) >= 2);
}

void TestStatusPoller::failedPageIsUnknownNeverDown()
{
    const auto poller = makePoller(*m_network);
    poller->start(stack(), quick());
    QTRY_COMPARE(pageState(), State::Operational);
    m_network->fail(m_page, ErrorKind::Unreachable);
    QTRY_COMPARE(pageState(), State::Unknown);
    QCOMPARE(board().providers.first().watched.lastKnown->state, State::Operational);
    m_network->answer(m_page, 200, "<html>", "text/html");
    QTRY_COMPARE(board().providers.first().watched.reading.detail,
                 u"The page answered HTML, not status"_s);
    QCOMPARE(pageState(), State::Unknown);
}

void TestStatusPoller::failedPageBacksOff()
{
    m_network->fail(m_page, ErrorKind::Timeout);
    const auto poller = makePoller(*m_network);
    PollIntervals intervals = quick();
    intervals.backoffUnit = 1h;
    poller->start(stack(), intervals);
    QTRY_VERIFY(m_network->count(m_service) >= 5);
    QCOMPARE(m_network->count(m_page), 1);
}

void TestStatusPoller::unfinishedAnswerOfAnOldStackIsDropped()
{
    m_network->hold(m_service);
    const auto poller = makePoller(*m_network);
    poller->start(stack(), PollIntervals{});
    stack::Stack other = stack();
    other.services.first().url = QUrl(u"https://other.example/"_s);
    m_network->hold(other.services.first().url);
    poller->start(other, PollIntervals{});
    m_network->release(m_service);
    QTRY_COMPARE(pageState(), State::Operational);
    QCOMPARE(probeState(), State::Unknown);
}

/// Everything that is on its way to this thread has arrived.
void TestStatusPoller::letPass()
{
    for (int turn = 0; turn < 3; ++turn) {
        bool hasTurned = false;
        QMetaObject::invokeMethod(this, [&hasTurned] { hasTurned = true; }, Qt::QueuedConnection);
        QTRY_VERIFY(hasTurned);
    }
}

void TestStatusPoller::stoppedMeansSilent()
{
    m_network->hold(m_service);
    auto poller = makePoller(*m_network);
    poller->start(stack(), quick());
    const QSignalSpy probes(m_board.get(), &StatusBoard::probeChanged);
    poller.reset();
    m_network->release(m_service);
    letPass();
    QCOMPARE(probes.count(), 0);
}

void TestStatusPoller::sendsTheEtag()
{
    m_network->answer(m_page,
                      {.status = 200,
                       .headers = {{"Content-Type", "application/json"}, {"ETag", "\"v1\""}},
                       .body = ill});
    const auto poller = makePoller(*m_network);
    poller->start(stack(), quick());
    QTRY_COMPARE(pageState(), State::Down);
    m_network->answer(m_page, 304, {});
    const int before = m_network->count(m_page);
    QTRY_VERIFY(m_network->count(m_page) >= before + 3);
    letPass();
    QCOMPARE(pageState(), State::Down); // unchanged is as good as said again
    bool sent = false;
    for (const net::HttpRequest &request : m_network->requests())
        sent = sent || request.headers.contains({"If-None-Match", "\"v1\""});
    QVERIFY(sent);
}

void TestStatusPoller::failingProbeHurriesItsVendor()
{
    PollIntervals intervals = quick();
    intervals.pageCalm = 1h;
    const auto poller = makePoller(*m_network);
    poller->start(stack(), intervals);
    QTRY_VERIFY(m_network->count(m_service) >= 3);
    QCOMPARE(m_network->count(m_page), 1);
    m_network->answer(m_service, 503, {});
    QTRY_COMPARE(m_network->count(m_page), 2);
}

void TestStatusPoller::refreshNowAsksAgain()
{
    PollIntervals intervals;
    intervals.least = 0ms;
    const auto poller = makePoller(*m_network);
    poller->start(stack(), intervals);
    QTRY_COMPARE(pageState(), State::Operational);
    QTRY_COMPARE(probeState(), State::Operational);
    QCOMPARE(m_network->requests().size(), 2);
    poller->refreshNow();
    QCOMPARE(m_network->requests().size(), 4);
}

void TestStatusPoller::databaseThatCannotBeAskedIsUnknown()
{
    m_passwords = [](const QString &credential) -> Result<Secret> {
        return failure({.kind = ErrorKind::NotFound, .subject = credential, .detail = u"none"_s});
    };
    stack::Stack only;
    stack::Database database;
    database.id = *stack::DatabaseId::parse(u"main"_s);
    database.connection = u"host=127.0.0.1 port=1 user=app dbname=shop"_s;
    database.credential = u"database-main"_s;
    only.databases = {database};
    const auto poller = makePoller(*m_network);
    const QSignalSpy probes(m_board.get(), &StatusBoard::probeChanged);
    poller->start(only, PollIntervals{});
    QTRY_COMPARE(probes.count(), 1);
    QCOMPARE(probeState(), State::Unknown);
    QCOMPARE(board().probes.first().watched.reading.error->subject, u"database-main"_s);
}

void TestStatusPoller::readsARealServer()
{
    tests::HttpFixture server;
    server.on("/api/v2/summary.json",
              {.headers = {{"Content-Type", "application/json"}}, .body = ill});
    server.on("/", {.body = QByteArray(100, 'x'), .cutAfter = 10});
    net::CurlTransport network;
    const auto poller = makePoller(network);
    poller->start(stackOf(server.url("/api/v2/summary.json"), server.url("/")), quick());
    QTRY_COMPARE(m_board->verdict().side, Side::Them);
    QVERIFY2(m_board->verdict().sentence.startsWith(u"It is them: Vercel. Our service API "_s),
             qPrintable(m_board->verdict().sentence));
    server.on("/", {.body = "ok"});
    server.on("/api/v2/summary.json",
              {.headers = {{"Content-Type", "application/json"}}, .body = well});
    QTRY_COMPARE(m_board->verdict().sentence, u"All is well: 1 of 1 probes answer."_s);
    QVERIFY(board().changes.size() >= 3);
    server.goAway();
    QTRY_COMPARE(probeState(), State::Down);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestStatusPoller);
#include "tst_statuspoller.moc"
