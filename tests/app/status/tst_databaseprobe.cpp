// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/databaseprobe.h"
#include "support/testmain.h"

#include "core/task.h"

#include "support/temppostgres.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTest>

using namespace Qt::StringLiterals;

namespace mayday {

using status::ProbeReading;
using status::State;

/// The database probe against a real PostgreSQL.
class TestDatabaseProbe final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answers();
    void countsWatchedTables();
    void slowCountIsGivenUp();
    void wrongPasswordIsDegraded();
    void missingPasswordIsUnknown();
    void missingDatabase();
    void brokenConnectionTextIsUnknown();
    void serverThatNeverSpeaksIsDown();
    void stopEndsTheProbe();
    void stoppedServerIsDown();

private:
    stack::Database database(const QStringList &watch = {}) const
    {
        stack::Database one;
        one.id = *stack::DatabaseId::parse(u"main"_s);
        one.name = u"shop"_s;
        one.connection = m_server->connectionString(u"shop"_s).withoutPassword();
        one.schema = u"public"_s;
        one.credential = u"database-main"_s;
        one.watch = watch;
        return one;
    }
    ProbeReading probe(const stack::Database &which)
    {
        TaskContext context;
        Result<ProbeReading> reading = status::probeDatabase(which, m_passwords, m_clock, context);
        return reading.value_or(ProbeReading{});
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    status::PasswordSource m_passwords;
    SystemClock m_clock;
};

void TestDatabaseProbe::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->createDatabase(u"shop"_s);
    m_server->execute(u"shop"_s,
                      "create table products as select n from generate_series(1, 1234) n;"
                      "create table \"Odd \"\"Name\" as select 1;"
                      "create table nothing (n int);"
                      "create view slow as select 1 as n from generate_series(1, 100000) a,"
                      " generate_series(1, 1000000) b");
    m_passwords = [this](const QString &credential) -> Result<Secret> {
        if (credential == u"database-main"_s)
            return m_server->password();
        return failure({.kind = ErrorKind::NotFound, .subject = credential, .detail = u"none"_s});
    };
}

void TestDatabaseProbe::answers()
{
    const ProbeReading reading = probe(database());
    QVERIFY2(reading.answers, qPrintable(reading.reading.detail));
    QCOMPARE(reading.reading.state, State::Operational);
    QCOMPARE(reading.reading.word, u"answers"_s);
    QVERIFY(reading.reading.latency.count() < 5000);
    QVERIFY(reading.reading.at.isValid());
    QVERIFY(reading.counts.isEmpty());
}

void TestDatabaseProbe::countsWatchedTables()
{
    const ProbeReading reading =
        probe(database({u"products"_s, u"Odd \"Name"_s, u"nothing"_s, u"missing"_s}));
    QCOMPARE(reading.reading.state, State::Operational);
    QCOMPARE(reading.counts.size(), 4);
    QCOMPARE(reading.counts.at(0).rows, 1234);
    QCOMPARE(reading.counts.at(1).rows, 1);
    QCOMPARE(reading.counts.at(2).rows, 0);
    QVERIFY(!reading.counts.at(3).rows);
    QVERIFY(!reading.counts.at(3).problem.isEmpty());
}

void TestDatabaseProbe::slowCountIsGivenUp()
{
    QElapsedTimer timer;
    timer.start();
    const ProbeReading reading = probe(database({u"slow"_s, u"products"_s}));
    QVERIFY2(timer.elapsed() > 1500 && timer.elapsed() < 8000,
             qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(reading.reading.state, State::Operational);
    QVERIFY(!reading.counts.at(0).rows);
    QCOMPARE(reading.counts.at(0).problem, u"counting took longer than 2 s"_s);
    QCOMPARE(reading.counts.at(1).rows, 1234);
    QVERIFY(reading.reading.latency.count() < 2000); // of the answer, not of the counting
}

void TestDatabaseProbe::wrongPasswordIsDegraded()
{
    TaskContext context;
    const auto wrong = [](const QString &) -> Result<Secret> {
        return Secret("wr0ng-one");
    };
    const Result<ProbeReading> reading = status::probeDatabase(database(), wrong, m_clock, context);
    QVERIFY(reading);
    QCOMPARE(reading->reading.state, State::Degraded);
    QCOMPARE(reading->reading.word, u"login refused"_s);
    QVERIFY(!reading->answers);
    QVERIFY(!reading->reading.detail.contains(u"wr0ng-one"_s));
}

void TestDatabaseProbe::missingPasswordIsUnknown()
{
    stack::Database other = database();
    other.credential = u"not-there"_s;
    const ProbeReading reading = probe(other);
    QCOMPARE(reading.reading.state, State::Unknown);
    QCOMPARE(reading.reading.error->kind, ErrorKind::NotFound);
}

void TestDatabaseProbe::missingDatabase()
{
    stack::Database other = database();
    other.connection = m_server->connectionString(u"gone"_s).withoutPassword();
    const ProbeReading reading = probe(other);
    QCOMPARE(reading.reading.state, State::Down);
    QVERIFY(reading.reading.error);
}

void TestDatabaseProbe::brokenConnectionTextIsUnknown()
{
    stack::Database other = database();
    other.connection = u"nonsense here"_s;
    QCOMPARE(probe(other).reading.state, State::Unknown);
}

void TestDatabaseProbe::serverThatNeverSpeaksIsDown()
{
    QTcpServer silent; // the kernel accepts; nobody answers
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    stack::Database other = database();
    other.connection = u"host=127.0.0.1 port=%1 dbname=shop user=app"_s.arg(silent.serverPort());
    QElapsedTimer timer;
    timer.start();
    const ProbeReading reading = probe(other);
    QCOMPARE(reading.reading.state, State::Down);
    QCOMPARE(reading.reading.error->kind, ErrorKind::Timeout);
    QVERIFY2(timer.elapsed() < 8000, qPrintable(QString::number(timer.elapsed())));
}

void TestDatabaseProbe::stopEndsTheProbe()
{
    QThreadPool pool;
    const stack::Database which = database({u"slow"_s, u"slow"_s, u"slow"_s, u"slow"_s});
    Task<ProbeReading> task = startTask(pool, [this, which](TaskContext &context) {
        return status::probeDatabase(which, m_passwords, m_clock, context);
    });
    QElapsedTimer timer;
    timer.start();
    task.requestStop();
    (void)task.wait();
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
}

void TestDatabaseProbe::stoppedServerIsDown()
{
    m_server->stop();
    const ProbeReading reading = probe(database());
    QCOMPARE(reading.reading.state, State::Down);
    QCOMPARE(reading.reading.error->kind, ErrorKind::Unreachable);
    QVERIFY(!reading.answers);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestDatabaseProbe);
#include "tst_databaseprobe.moc"
