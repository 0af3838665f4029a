// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "core/task.h"
#include "restore/serverpulse.h"
#include "support/testmain.h"

#include <QTest>
#include <QThreadPool>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Whether the server answers, and how far it is, while a restore waits for one long answer of it.
class TestServerPulse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void anIndexIsSeenGrowing();
    void rowsAreSeenComingIn();
    void anOlderServerIsNotAskedForThem();
    void beforeTheLoadNobodyConnects();
    void aShortLoadNeedsNoOtherConnection();
    void itEndsAtTheSwap();
    void whoIsSentAwayEnds();
    void durationsGoOnBetweenTwoSnapshots();
    void theOtherConnectionHasHeardLater();

private:
    void follow(RestorePhase phase)
    {
        m_progress = {};
        m_pulse = {};
        m_progress.publish({.phase = phase});
        m_following = startTask(m_pool, [target = m_shop->target(), progress = m_progress,
                                         pulse = m_pulse, this](TaskContext &context) {
            return followServer(target, m_clock, progress, pulse, context);
        });
    }
    [[nodiscard]] QString followers() const
    {
        return m_shop->ask("SELECT count(*) FROM pg_stat_activity"
                           " WHERE application_name = 'mayday pulse'");
    }

    SystemClock m_clock;
    QThreadPool m_pool;
    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
    Latest<RestoreProgress> m_progress;
    Latest<ServerPulse> m_pulse;
    Task<void> m_following;
};

void TestServerPulse::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_shop = std::make_unique<Shop>(*m_server, 5);
    m_shop->run("CREATE FUNCTION slow(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS"
                " $$BEGIN PERFORM pg_sleep(0.003); RETURN $1; END$$;"
                "CREATE TABLE wide AS SELECT g AS id, repeat('x', 400) AS filling"
                " FROM generate_series(1, 3000) g;"
                "CREATE TABLE taking (id integer CHECK (slow(id) = id))");
}

void TestServerPulse::cleanup()
{
    m_following.requestStop();
    QVERIFY(m_pool.waitForDone(20000));
    QTRY_COMPARE(followers(), u"0"_s);
}

void TestServerPulse::anIndexIsSeenGrowing()
{
    follow(RestorePhase::Loading);
    TaskContext context;
    auto busy =
        startTask(m_pool, [target = m_shop->target()](TaskContext &inner) -> Result<qint64> {
            auto session =
                postgres::Session::connect(target, inner, {.applicationName = u"mayday restore"_s});
            if (!session)
                return failure(session.error());
            return session->execute("CREATE INDEX grows ON wide (slow(id))", inner);
        });
    // The server's very first word may be "all of it".
    const auto isBetween = [this](double low) {
        const auto index = m_pulse.read().index;
        return index && index->read > low && index->read < 0.9;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isBetween(0.02), 20000);
    const IndexBuild early = *m_pulse.read().index;
    QCOMPARE(early.count, 1);
    QCOMPARE(early.written, 0.0);
    QTRY_VERIFY_WITH_TIMEOUT(isBetween(early.read), 20000);
    busy.requestStop();
    QVERIFY(!busy.wait());
    QTRY_VERIFY_WITH_TIMEOUT(!m_pulse.read().index, 20000);
    // It answers all the while.
    const auto before = m_pulse.read().at;
    QTRY_VERIFY_WITH_TIMEOUT(m_pulse.read().at > before, 20000);
}

/// What was sent is not there yet; and our own count stands still until the table is over.
void TestServerPulse::rowsAreSeenComingIn()
{
    follow(RestorePhase::Loading);
    m_progress.publish({.phase = RestorePhase::Loading, .rowsDone = 5000, .rowsTotal = 8000});
    TaskContext context;
    auto busy =
        startTask(m_pool, [target = m_shop->target()](TaskContext &inner) -> Result<qint64> {
            auto session =
                postgres::Session::connect(target, inner, {.applicationName = u"mayday restore"_s});
            if (!session)
                return failure(session.error());
            return session->execute("COPY taking FROM PROGRAM 'seq 1 3000'", inner);
        });
    const auto isAbove = [this](qint64 low) {
        const auto taken = m_pulse.read().rowsTaken;
        return taken && *taken > low && *taken < 8000;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isAbove(5000), 20000);
    const qint64 early = *m_pulse.read().rowsTaken;
    QTRY_VERIFY_WITH_TIMEOUT(isAbove(early), 20000);
    QVERIFY(!m_pulse.read().index);
    busy.requestStop();
    QVERIFY(!busy.wait());
    QTRY_VERIFY_WITH_TIMEOUT(!m_pulse.read().rowsTaken, 20000);
}

void TestServerPulse::anOlderServerIsNotAskedForThem()
{
    QVERIFY(pulseQuestion(140000).contains("pg_stat_progress_copy"));
    QVERIFY(!pulseQuestion(130021).contains("pg_stat_progress_copy"));
    TaskContext context;
    auto session = postgres::Session::connect(m_shop->target(), context);
    for (const int version : {130021, session->facts().versionNumber}) {
        const auto rows = session->query(pulseQuestion(version), context);
        QVERIFY2(rows, rows ? "" : qPrintable(describe(rows.error())));
        QCOMPARE(rows->text(0, 5) + rows->text(0, 6), u"00"_s);
    }
}

void TestServerPulse::beforeTheLoadNobodyConnects()
{
    follow(RestorePhase::Preflight);
    m_progress.publish({.phase = RestorePhase::SafetyCopy});
    QCOMPARE(followers(), u"0"_s);
    QCOMPARE(m_pulse.read().at.count(), 0);
    m_progress.publish({.phase = RestorePhase::Loading});
    QTRY_COMPARE(followers(), u"1"_s);
}

void TestServerPulse::aShortLoadNeedsNoOtherConnection()
{
    const QByteArray connections =
        "SELECT sessions FROM pg_stat_database WHERE datname = current_database()";
    const int before = m_shop->ask(connections).toInt();
    follow(RestorePhase::Loading);
    m_progress.publish({.phase = RestorePhase::Swapping});
    QVERIFY(m_following.wait());
    QVERIFY(m_shop->ask(connections).toInt() <= before + 1); // the first question's own
    QCOMPARE(m_pulse.read().at.count(), 0);
}

void TestServerPulse::itEndsAtTheSwap()
{
    follow(RestorePhase::Loading);
    QTRY_VERIFY(m_pulse.read().at.count() > 0);
    m_progress.publish({.phase = RestorePhase::Swapping});
    QVERIFY(m_following.wait());
    QTRY_COMPARE(followers(), u"0"_s);
}

void TestServerPulse::whoIsSentAwayEnds()
{
    follow(RestorePhase::Loading);
    QTRY_VERIFY(m_pulse.read().at.count() > 0);
    m_shop->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'mayday pulse'");
    QVERIFY(!m_following.wait()); // and does not come back: the name may be about to change
}

void TestServerPulse::durationsGoOnBetweenTwoSnapshots()
{
    RestoreProgress at{.phase = RestorePhase::Loading,
                       .bytesDone = 1000,
                       .phaseElapsed = 2s,
                       .sinceAnswer = 100ms,
                       .publishedAt = 50s};
    QCOMPARE(at.asOf(50s, {}).sinceAnswer, 100ms);
    QCOMPARE(at.asOf(90s, {}).sinceAnswer, 40s + 100ms);
    QCOMPARE(at.asOf(90s, {}).phaseElapsed, 42s);
    at.publishedAt = 0s; // nobody knows when
    QCOMPARE(at.asOf(90s, {}).sinceAnswer, 100ms);
}

void TestServerPulse::theOtherConnectionHasHeardLater()
{
    RestoreProgress at{.phase = RestorePhase::Loading, .sinceAnswer = 100ms, .publishedAt = 50s};
    const ServerPulse pulse{.at = 88s, .index = IndexBuild{.count = 1, .read = 0.5}};
    QCOMPARE(at.asOf(90s, pulse).sinceAnswer, 2s);
    QVERIFY(at.asOf(90s, pulse).index.has_value());
    QCOMPARE(at.asOf(98s, pulse).sinceAnswer, 10s); // it was sent away, or is silent too
    QVERIFY(!at.asOf(98s, pulse).index);
    ServerPulse taking{.at = 89s, .rowsTaken = 1200};
    at.rowsDone = 1000;
    at.rowsTotal = 1400;
    QCOMPARE(at.asOf(90s, taking).rowsDone, 1200);
    QCOMPARE(at.asOf(90s, taking).rowsTaken, 1200);
    QVERIFY(!at.asOf(98s, taking).rowsTaken);
    at.rowsDone = 1300; // a table has ended since
    QCOMPARE(at.asOf(90s, taking).rowsTaken, 1300);
    taking.rowsTaken = 1500; // rows that somebody else brings
    QCOMPARE(at.asOf(90s, taking).rowsTaken, 1400);
    at.publishedAt = 89s;
    QCOMPARE(at.asOf(90s, pulse).sinceAnswer, 1s + 100ms);
    for (const RestorePhase phase : {RestorePhase::Preflight, RestorePhase::Refining}) {
        at.phase = phase; // many short answers, and nobody publishes each
        QCOMPARE(at.asOf(200s, pulse).sinceAnswer, 100ms);
        QVERIFY(!at.asOf(200s, pulse).index);
    }
}

MAYDAY_TEST(TestServerPulse);
#include "tst_serverpulse.moc"
