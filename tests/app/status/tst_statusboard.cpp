// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/statusboard.h"
#include "support/testmain.h"

#include "support/fakeclock.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday {

using status::BoardSnapshot;
using status::FeedReading;
using status::Freshness;
using status::Impact;
using status::ProbeId;
using status::ProbeReading;
using status::Side;
using status::State;
using status::StatusBoard;
using status::StatusChange;

/// The board: what it keeps, what it says, what it counts as a change.
class TestStatusBoard final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void beginsUnknown();
    void saysWhatIsNewOnce();
    void failedPollKeepsTheLastKnown();
    void readingsAgeByThemselves();
    void failingSinceTheFirstFailure();
    void lostRowsAreTrouble();
    void silentDatabaseKeepsItsCounts();
    void changesAreNotedOnce();
    void changesAreBounded();
    void strangersAreIgnored();
    void rulesBecomeSuggestions();
    void verdictSignalOnlyWhenItDiffers();

private:
    void provide(State state, Impact impact)
    {
        FeedReading feed;
        feed.reading.state = state;
        feed.reading.word = u"Words"_s;
        feed.reading.at = m_clock.now();
        feed.impact = impact;
        m_board->applyProvider(m_provider, feed, 60s);
    }
    void probe(const ProbeId &id, State state, QList<status::TableCount> counts = {})
    {
        ProbeReading reading;
        reading.reading.state = state;
        reading.reading.at = m_clock.now();
        reading.answers = state == State::Operational;
        reading.counts = std::move(counts);
        m_board->applyProbe(id, reading, 60s);
    }

    tests::FakeClock m_clock;
    std::unique_ptr<StatusBoard> m_board;
    stack::ProviderId m_provider = *stack::ProviderId::parse(u"supabase"_s);
    ProbeId m_database = *ProbeId::parse(u"database.main"_s);
    ProbeId m_service = *ProbeId::parse(u"service.api"_s);
};

void TestStatusBoard::init()
{
    stack::Stack stack;
    stack::Provider provider;
    provider.id = m_provider;
    provider.name = u"Supabase"_s;
    provider.statusUrl = QUrl(u"https://s.example"_s);
    stack::Provider unwatched;
    unwatched.id = *stack::ProviderId::parse(u"nobody"_s);
    stack.providers = {provider, unwatched};
    stack::Service service;
    service.id = *stack::ServiceId::parse(u"api"_s);
    service.name = u"API"_s;
    stack.services = {service};
    stack::Database database;
    database.id = *stack::DatabaseId::parse(u"main"_s);
    database.name = u"shop"_s;
    database.provider = m_provider;
    stack.databases = {database};
    m_board = std::make_unique<StatusBoard>(m_clock);
    m_board->watch(stack);
}

void TestStatusBoard::beginsUnknown()
{
    const BoardSnapshot board = m_board->snapshot();
    QCOMPARE(board.providers.size(), 1); // one without an address is not watched
    QCOMPARE(board.probes.size(), 2);
    QCOMPARE(board.probe(m_database)->name, u"database shop"_s);
    QCOMPARE(board.probe(m_database)->watched.reading.state, State::Unknown);
    QCOMPARE(board.probe(m_database)->watched.freshness(board.now), Freshness::None);
    QCOMPARE(m_board->verdict().side, Side::Unclear);
}

void TestStatusBoard::saysWhatIsNewOnce()
{
    const QSignalSpy providers(m_board.get(), &StatusBoard::providerChanged);
    const QSignalSpy probes(m_board.get(), &StatusBoard::probeChanged);
    provide(State::Operational, Impact::None);
    probe(m_service, State::Operational);
    QCOMPARE(providers.count(), 1);
    QCOMPARE(probes.count(), 1);
    QCOMPARE(probes.first().first().value<ProbeId>(), m_service);
    probe(m_database, State::Operational);
    QCOMPARE(m_board->verdict().sentence, u"All is well: 2 of 2 probes answer."_s);
}

void TestStatusBoard::failedPollKeepsTheLastKnown()
{
    provide(State::Down, Impact::Major);
    m_clock.advance(90s);
    provide(State::Unknown, Impact::Unknown);
    const BoardSnapshot board = m_board->snapshot();
    const status::ProviderSnapshot &provider = *board.provider(m_provider);
    QCOMPARE(provider.watched.reading.state, State::Unknown);
    QCOMPARE(provider.watched.lastKnown->state, State::Down);
    QCOMPARE(status::ageOf(*provider.watched.lastKnown, board.now), 90s);
    QCOMPARE(provider.feed.impact, Impact::Major);
    QVERIFY(m_board->verdict().side != Side::Them); // what is not known now is not concluded from
}

void TestStatusBoard::readingsAgeByThemselves()
{
    probe(m_service, State::Operational);
    probe(m_database, State::Operational);
    QCOMPARE(m_board->verdict().side, Side::AllWell);
    const QSignalSpy verdicts(m_board.get(), &StatusBoard::verdictChanged);
    m_clock.advance(181s);
    m_board->reconsider();
    QCOMPARE(verdicts.count(), 1);
    QCOMPARE(m_board->verdict().side, Side::Unclear);
    QCOMPARE(m_board->verdict().sentence, u"We cannot tell: no reading is fresh."_s);
}

void TestStatusBoard::failingSinceTheFirstFailure()
{
    probe(m_service, State::Down);
    m_clock.advance(30s);
    probe(m_service, State::Degraded);
    m_clock.advance(30s);
    probe(m_service, State::Unknown);
    m_clock.advance(30s);
    probe(m_service, State::Down);
    const BoardSnapshot board = m_board->snapshot();
    QCOMPARE(board.probe(m_service)->watched.failingFor(board.now), 90s);
    probe(m_service, State::Operational);
    QCOMPARE(m_board->snapshot().probe(m_service)->watched.failingFor(board.now), 0s);
}

void TestStatusBoard::lostRowsAreTrouble()
{
    probe(m_database, State::Operational,
          {{u"products"_s, 60012, {}}, {u"users"_s, 500, {}}, {u"jobs"_s, {}, u"no rights"_s}});
    QCOMPARE(m_board->snapshot().probe(m_database)->watched.reading.state, State::Operational);
    m_clock.advance(10s);
    probe(m_database, State::Operational, {{u"products"_s, 20000, {}}, {u"users"_s, 500, {}}});
    QCOMPARE(m_board->snapshot().probe(m_database)->watched.reading.state, State::Degraded);
    m_clock.advance(10s);
    probe(m_database, State::Operational, {{u"products"_s, 0, {}}, {u"users"_s, 500, {}}});
    const BoardSnapshot board = m_board->snapshot();
    const status::ProbeSnapshot &database = *board.probe(m_database);
    QCOMPARE(database.watched.reading.state, State::Down);
    QCOMPARE(database.watched.reading.word, u"rows lost"_s);
    QCOMPARE(database.watched.reading.detail, u"products fell from 60,012 to 0"_s);
    QVERIFY(database.answers);

    m_board->acceptRows(m_database);
    probe(m_database, State::Operational, {{u"products"_s, 10, {}}, {u"users"_s, 500, {}}});
    QCOMPARE(m_board->snapshot().probe(m_database)->watched.reading.state, State::Operational);
}

void TestStatusBoard::silentDatabaseKeepsItsCounts()
{
    probe(m_database, State::Operational, {{u"products"_s, 60012, {}}});
    probe(m_database, State::Down);
    QCOMPARE(m_board->snapshot().probe(m_database)->tables.first().now, 60012);
}

void TestStatusBoard::changesAreNotedOnce()
{
    const QSignalSpy noted(m_board.get(), &StatusBoard::changeNoted);
    probe(m_service, State::Operational);
    probe(m_service, State::Operational);
    QCOMPARE(noted.count(), 0);
    probe(m_service, State::Unknown);
    probe(m_service, State::Down);
    probe(m_service, State::Down);
    QCOMPARE(noted.count(), 1);
    const StatusChange change = noted.first().first().value<StatusChange>();
    QCOMPARE(change.from, State::Operational);
    QCOMPARE(change.to, State::Down);
    QCOMPARE(change.what, u"service API"_s);
    QCOMPARE(change.at, m_clock.now());
    provide(State::Down, Impact::Major); // the first sight of trouble is a change
    QCOMPARE(noted.count(), 2);
    QCOMPARE(m_board->snapshot().changes.last().id, u"supabase"_s);
}

void TestStatusBoard::changesAreBounded()
{
    for (int i = 0; i < 300; ++i)
        probe(m_service, i % 2 == 0 ? State::Down : State::Operational);
    QCOMPARE(m_board->snapshot().changes.size(), 200);
}

void TestStatusBoard::strangersAreIgnored()
{
    const QSignalSpy probes(m_board.get(), &StatusBoard::probeChanged);
    probe(*ProbeId::parse(u"service.gone"_s), State::Down);
    m_board->applyProvider(*stack::ProviderId::parse(u"gone"_s), {}, 60s);
    QCOMPARE(probes.count(), 0);
}

void TestStatusBoard::rulesBecomeSuggestions()
{
    m_board->useRules({{u"corruption"_s, u"rows products dropped"_s}});
    probe(m_database, State::Operational, {{u"products"_s, 60012, {}}});
    QVERIFY(m_board->verdict().suggestions.isEmpty());
    probe(m_database, State::Operational, {{u"products"_s, 0, {}}});
    QCOMPARE(m_board->verdict().suggestions.size(), 1);
    QCOMPARE(m_board->verdict().side, Side::Us);
}

void TestStatusBoard::verdictSignalOnlyWhenItDiffers()
{
    probe(m_service, State::Operational);
    probe(m_database, State::Operational);
    const QSignalSpy verdicts(m_board.get(), &StatusBoard::verdictChanged);
    m_clock.advance(10s);
    probe(m_service, State::Operational);
    m_board->reconsider();
    QCOMPARE(verdicts.count(), 0);
    probe(m_service, State::Down);
    QCOMPARE(verdicts.count(), 1);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestStatusBoard);
#include "tst_statusboard.moc"
