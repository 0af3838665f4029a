// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/quoting.h"
#include "postgres/servererror.h"
#include "postgres/session.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTcpServer>
#include <QTest>

#include <array>
#include <thread>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::postgres;
using namespace std::chrono_literals;

namespace {

/// Asks for a stop when the server reports that the session of that name is busy: no guessing of
/// times.
class StopWhenBusy final {
public:
    StopWhenBusy(tests::TempPostgres &server, std::stop_source source, const QByteArray &condition)
        : m_thread([&server, source, condition, this]() mutable {
              const QByteArray sql = "SELECT count(*) FROM pg_stat_activity WHERE " + condition;
              QDeadlineTimer limit(10s);
              while (server.scalar(u"postgres"_s, sql) != "1"_L1 && !limit.hasExpired())
                  std::this_thread::yield();
              m_asked.start();
              source.request_stop();
          })
    {
    }
    [[nodiscard]] qint64 millisecondsSince()
    {
        m_thread.join();
        return m_asked.elapsed();
    }

private:
    QElapsedTimer m_asked;
    std::thread m_thread;
};

ConnectOptions named(const QString &name)
{
    ConnectOptions options;
    options.applicationName = name;
    return options;
}

} // namespace

class TestSession final : public QObject {
    Q_OBJECT

private:
    Session open(const ConnectOptions &options = {})
    {
        return Session::connect(m_server.connectionString(), m_context, options).value();
    }

    tests::TempPostgres m_server;
    TaskContext m_context;

private Q_SLOTS:
    void init()
    {
        m_server.execute(u"postgres"_s, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }

    void tellsFacts()
    {
        const Session session = open();
        QVERIFY(session.facts().versionNumber >= 130000);
        QCOMPARE(session.facts().database, u"postgres"_s);
        QCOMPARE(session.facts().user, u"postgres"_s);
        QCOMPARE(session.facts().encoding, u"UTF8"_s);
        QVERIFY(session.facts().isSuperuser);
        QVERIFY(session.facts().canCreateDatabases);
        QVERIFY(session.facts().canCreateRoles);
        QVERIFY(!session.facts().inRecovery);
        QVERIFY(!session.inTransaction());
    }

    void connectsThroughTheSocket()
    {
        const auto session = Session::connect(m_server.socketString(), m_context);
        QVERIFY(session.has_value());
        QVERIFY(session->subject().contains("local socket"_L1));
    }

    void setsItsLimitsOverThoseOfTheRole()
    {
        m_server.execute(u"postgres"_s,
                         "ALTER ROLE postgres SET statement_timeout = '120s';"
                         "ALTER ROLE postgres SET standard_conforming_strings = off;"
                         "ALTER ROLE postgres SET idle_in_transaction_session_timeout = '1s'");
        ConnectOptions options;
        options.lockTimeout = 1500ms;
        Session session = open(options);
        const auto value = [&](QByteArrayView name) {
            return session.query(QByteArray("SHOW ") + name.toByteArray(), m_context)->text(0, 0);
        };
        QCOMPARE(value("statement_timeout"), u"0"_s);
        QCOMPARE(value("lock_timeout"), u"1500ms"_s);
        QCOMPARE(value("idle_in_transaction_session_timeout"), u"0"_s);
        QCOMPARE(value("standard_conforming_strings"), u"on"_s);
        // The server is to notice that we are gone.
        QCOMPARE(value("tcp_keepalives_idle"), u"30"_s);
        QCOMPARE(value("tcp_keepalives_interval"), u"10"_s);
        QCOMPARE(value("tcp_keepalives_count"), u"3"_s);
        QCOMPARE(value("tcp_user_timeout"), u"60000"_s);
        QCOMPARE(value("client_encoding"), u"UTF8"_s);
        QCOMPARE(value("application_name"), u"mayday"_s);
        QVERIFY(session.execute("SET statement_timeout = '3s'; SET lock_timeout = 0", m_context));
        QVERIFY(session.resetSettings(m_context));
        QCOMPARE(value("statement_timeout"), u"0"_s);
        QCOMPARE(value("lock_timeout"), u"1500ms"_s);
        QCOMPARE(value("idle_in_transaction_session_timeout"), u"0"_s);
        QCOMPARE(value("tcp_keepalives_idle"), u"30"_s);
        m_server.execute(u"postgres"_s, "ALTER ROLE postgres RESET ALL");
    }

    void wrongPasswordIsDenied()
    {
        const auto session = Session::connect(
            m_server.connectionString().withPassword(Secret("not-this-one")), m_context);
        QVERIFY(!session);
        QCOMPARE(session.error().kind, ErrorKind::Denied);
        QCOMPARE(session.error().advice, Advice::CheckPassword);
        QCOMPARE(session.error().sqlState, u"28P01"_s);
        QVERIFY(!describe(session.error()).contains("not-this-one"_L1));
    }

    void missingPasswordIsDenied()
    {
        const auto session =
            Session::connect(m_server.connectionString().withPassword(Secret()), m_context);
        QCOMPARE(session.error().kind, ErrorKind::Denied);
        QCOMPARE(session.error().advice, Advice::CheckPassword);
    }

    void missingDatabaseIsNotFound()
    {
        const auto session = Session::connect(m_server.connectionString(u"nowhere"_s), m_context);
        QCOMPARE(session.error().kind, ErrorKind::NotFound);
        QCOMPARE(session.error().sqlState, u"3D000"_s);
        QCOMPARE(session.error().advice, Advice::CheckAddress);
    }

    void nobodyListeningIsUnreachable()
    {
        const auto where = ConnectionString::parse(u"host=127.0.0.1 port=1 dbname=shop user=app"_s);
        const auto session = Session::connect(*where, m_context);
        QCOMPARE(session.error().kind, ErrorKind::Unreachable);
        QCOMPARE(session.error().subject, u"database shop on 127.0.0.1:1 as app"_s);
    }

    void unknownHostIsUnreachable()
    {
        const auto where = ConnectionString::parse(u"host=no-such-host.invalid dbname=shop"_s);
        const auto session = Session::connect(*where, m_context);
        QCOMPARE(session.error().kind, ErrorKind::Unreachable);
        QCOMPARE(session.error().advice, Advice::CheckAddress);
    }

    void connectingGivesUpInTime_data()
    {
        QTest::addColumn<bool>("stop");
        QTest::newRow("deadline") << false;
        QTest::newRow("stop") << true;
    }
    void connectingGivesUpInTime()
    {
        QFETCH(bool, stop);
        // Accepts and never answers.
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const auto where = ConnectionString::parse(
            u"host=127.0.0.1 port=%1 dbname=x user=x"_s.arg(silent.serverPort()));
        std::stop_source source;
        TaskContext context(source.get_token());
        ConnectOptions options;
        options.connectTimeout = stop ? 60'000ms : 300ms;
        std::jthread stopper([&] {
            if (stop)
                source.request_stop();
        });
        QElapsedTimer time;
        time.start();
        const auto session = Session::connect(*where, context, options);
        QVERIFY(!session);
        QCOMPARE(session.error().kind, stop ? ErrorKind::Cancelled : ErrorKind::Timeout);
        QVERIFY(time.elapsed() < 1000);
    }

    void passesParametersAndNulls()
    {
        Session session = open();
        const std::array<QByteArray, 3> parameters{QByteArray("it's"), QByteArray(),
                                                   QByteArray("7")};
        const auto rows = session.query("SELECT $1::text AS word, $2::text, $3::bigint * 6, true",
                                        parameters, m_context);
        QVERIFY(rows.has_value());
        QCOMPARE(rows->rowCount(), 1);
        QCOMPARE(rows->columnCount(), 4);
        QCOMPARE(rows->columnName(0), u"word"_s);
        QCOMPARE(rows->text(0, 0), u"it's"_s);
        QVERIFY(rows->isNull(0, 1));
        QVERIFY(!rows->cell(0, 1).has_value());
        QCOMPARE(rows->integer(0, 2), 42);
        QVERIFY(rows->isTrue(0, 3));
    }

    void executesSeveralStatementsAsOne()
    {
        Session session = open();
        QCOMPARE(session
                     .execute("CREATE TABLE t (n int); INSERT INTO t SELECT generate_series(1, 9)",
                              m_context)
                     .value(),
                 9);
        const auto failed = session.execute("DELETE FROM t; SELECT 1/0", m_context);
        QCOMPARE(failed.error().sqlState, u"22012"_s);
        QCOMPARE(session.query("SELECT count(*) FROM t", m_context)->integer(0, 0), 9);
    }

    void refusesZeroBytesAndStrayCopies()
    {
        Session session = open();
        QCOMPARE(session.execute(QByteArrayView("SELECT 1\0; DROP", 15), m_context).error().kind,
                 ErrorKind::Refused);
        m_server.execute(u"postgres"_s, "CREATE TABLE t (n int)");
        QCOMPARE(session.execute("COPY t FROM STDIN", m_context).error().kind,
                 ErrorKind::Unsupported);
        QCOMPARE(session.execute("COPY t TO STDOUT", m_context).error().kind,
                 ErrorKind::Unsupported);
        QVERIFY(session.query("SELECT 1", m_context).has_value());
    }

    void batchTellsWhichStatementFailed()
    {
        Session session = open();
        QList<qint64> rows{7};
        const std::array<QByteArray, 3> good{QByteArray("CREATE TABLE t (n int)"),
                                             QByteArray("INSERT INTO t VALUES (1)"),
                                             QByteArray("SELECT n FROM t")};
        QVERIFY(session.executeBatch(good, rows, m_context).has_value());
        QCOMPARE(rows, QList<qint64>({0, 1, 1}));
        const std::array<QByteArray, 4> bad{
            QByteArray("INSERT INTO t VALUES (2)"), QByteArray("INSERT INTO missing VALUES (1)"),
            QByteArray("INSERT INTO t VALUES (3)"), QByteArray("INSERT INTO t VALUES (4)")};
        const auto failed = session.executeBatch(bad, rows, m_context);
        QCOMPARE(failed.error().sqlState, u"42P01"_s);
        QCOMPARE(failed.error().kind, ErrorKind::NotFound);
        QCOMPARE(rows, QList<qint64>{1});
        QCOMPARE(session.query("SELECT count(*) FROM t", m_context)->integer(0, 0), 1);
    }

    void manyQuestionsInOneRoundTrip()
    {
        Session session = open();
        const std::array<QByteArray, 3> questions{QByteArray("SELECT 7"),
                                                  QByteArray("SELECT 'a', NULL WHERE false"),
                                                  QByteArray("VALUES (1), (2)")};
        const auto answers = session.queryBatch(questions, m_context);
        QVERIFY(answers.has_value());
        QCOMPARE(answers->size(), 3U);
        QCOMPARE((*answers)[0].integer(0, 0), 7);
        QCOMPARE((*answers)[1].rowCount(), 0);
        QCOMPARE((*answers)[1].columnCount(), 2);
        QCOMPARE((*answers)[2].rowCount(), 2);
        QVERIFY(session.queryBatch({}, m_context).value().empty());
        const std::array<QByteArray, 2> bad{QByteArray("SELECT 1"), QByteArray("SELECT 1/0")};
        QCOMPARE(session.queryBatch(bad, m_context).error().sqlState, u"22012"_s);
        QCOMPARE(session.query("SELECT 3", m_context)->integer(0, 0), 3);
    }

    void batchOfManyStatementsDoesNotDeadlock()
    {
        Session session = open();
        std::vector<QByteArray> statements(5000, QByteArray("SELECT repeat('x', 2000)"));
        QList<qint64> rows;
        QVERIFY(session.executeBatch(statements, rows, m_context).has_value());
        QCOMPARE(rows.size(), 5000);
    }

    void copiesInAndOut()
    {
        Session session = open();
        QVERIFY(session.execute("CREATE TABLE t (n int, word text)", m_context).has_value());
        QVERIFY(session.copyInBegin("COPY t FROM STDIN", m_context).has_value());
        QByteArray all;
        for (int i = 0; i < 20'000; ++i)
            all += QByteArray::number(i) + "\tword " + QByteArray::number(i) + "\n";
        // Cut without regard to rows.
        for (qsizetype from = 0; from < all.size(); from += 7001)
            QVERIFY(session
                        .copyInWrite(QByteArrayView(all).sliced(
                                         from, std::min<qsizetype>(7001, all.size() - from)),
                                     m_context)
                        .has_value());
        QCOMPARE(session.copyInFinish(m_context).value(), 20'000);
        QByteArray back;
        QVERIFY(session
                    .copyOut(
                        "COPY (SELECT * FROM t ORDER BY n) TO STDOUT",
                        [&](QByteArrayView row) {
                            back += row;
                            return Result<void>();
                        },
                        m_context)
                    .has_value());
        QCOMPARE(back, all);
        QVERIFY(session.sinceLastAnswer() < 5s);
    }

    void failingCopyRowNamesTableAndLineOnly()
    {
        Session session = open();
        QVERIFY(session.execute("CREATE TABLE products (id int, price numeric)", m_context)
                    .has_value());
        QVERIFY(session.copyInBegin("COPY products FROM STDIN", m_context).has_value());
        QByteArray rows;
        for (int i = 1; i < 17; ++i)
            rows += QByteArray::number(i) + "\t1.5\n";
        QVERIFY(session.copyInWrite(rows + "17\tvery-secret\n", m_context).has_value());
        const auto finished = session.copyInFinish(m_context);
        QVERIFY(!finished);
        QCOMPARE(finished.error().kind, ErrorKind::Refused);
        QCOMPARE(finished.error().sqlState, u"22P02"_s);
        QVERIFY(finished.error().detail.startsWith("COPY products, line 17, column price: "_L1));
        QVERIFY(!finished.error().detail.contains("secret"_L1));
        QCOMPARE(copyLineOf(finished.error()), 17);
        QCOMPARE(copyTableOf(finished.error()), u"products"_s);
        QCOMPARE(session.query("SELECT count(*) FROM products", m_context)->integer(0, 0), 0);
    }

    void rowsBehindAFailingOneAreNotKept()
    {
        Session session = open();
        QVERIFY(session.execute("CREATE TABLE t (n int)", m_context).has_value());
        QVERIFY(session.copyInBegin("COPY t FROM STDIN", m_context).has_value());
        QVERIFY(session.copyInWrite("very-secret\n", m_context).has_value());
        const QByteArray block = QByteArray("1\n").repeated(500'000);
        for (int i = 0; i < 20; ++i)
            QVERIFY(session.copyInWrite(block, m_context).has_value());
        const auto finished = session.copyInFinish(m_context);
        QCOMPARE(finished.error().sqlState, u"22P02"_s);
        QCOMPARE(copyLineOf(finished.error()), 1);
        QVERIFY(!finished.error().detail.contains("secret"_L1));
        QCOMPARE(session.query("SELECT count(*) FROM t", m_context)->integer(0, 0), 0);
    }

    void abortedCopyLeavesNothing()
    {
        Session session = open();
        QVERIFY(session.execute("CREATE TABLE t (n int)", m_context).has_value());
        QVERIFY(session.copyInBegin("COPY t FROM STDIN", m_context).has_value());
        QVERIFY(session.copyInWrite("1\n2\n", m_context).has_value());
        session.copyInAbort(u"changed my mind"_s);
        QCOMPARE(session.query("SELECT count(*) FROM t", m_context)->integer(0, 0), 0);
    }

    void sinkErrorEndsCopyOut()
    {
        Session session = open();
        int rows = 0;
        const auto copied = session.copyOut(
            "COPY (SELECT generate_series(1, 10000000)) TO STDOUT",
            [&](QByteArrayView) -> Result<void> {
                if (++rows < 3)
                    return {};
                return failure({.kind = ErrorKind::NoSpace, .subject = u"disk"_s, .detail = {}});
            },
            m_context);
        QCOMPARE(copied.error().kind, ErrorKind::NoSpace);
        QVERIFY(session.query("SELECT 1", m_context).has_value());
    }

    void violatedConstraintNamesItWithoutTheRow()
    {
        Session session = open();
        QVERIFY(
            session.execute("CREATE TABLE users (mail text CONSTRAINT one_mail UNIQUE)", m_context)
                .has_value());
        const auto failed = session.execute(
            "INSERT INTO users VALUES ('a@secret.example'), ('a@secret.example')", m_context);
        QCOMPARE(failed.error().sqlState, u"23505"_s);
        QVERIFY(failed.error().detail.contains("one_mail"_L1));
        QVERIFY(!failed.error().detail.contains("secret"_L1));
    }

    void stopsASleepingStatementWithinASecond()
    {
        std::stop_source source;
        TaskContext context(source.get_token());
        Session session =
            Session::connect(m_server.connectionString(), context, named(u"sleeper"_s)).value();
        StopWhenBusy stopper(m_server, source,
                             "application_name = 'sleeper' AND wait_event = 'PgSleep'");
        const auto slept = session.query("SELECT pg_sleep(60)", context);
        QVERIFY(stopper.millisecondsSince() < 1000);
        QCOMPARE(slept.error().kind, ErrorKind::Cancelled);
        QVERIFY(session.isOpen());
        QVERIFY(session.query("SELECT 1", m_context).has_value());
    }

    void stopsABatchWithinASecond()
    {
        std::stop_source source;
        TaskContext context(source.get_token());
        Session session =
            Session::connect(m_server.connectionString(), context, named(u"batch"_s)).value();
        StopWhenBusy stopper(m_server, source,
                             "application_name = 'batch' AND wait_event = 'PgSleep'");
        const std::vector<QByteArray> statements(4, QByteArray("SELECT pg_sleep(60)"));
        QList<qint64> rows;
        const auto ran = session.executeBatch(statements, rows, context);
        QVERIFY(stopper.millisecondsSince() < 1000);
        QCOMPARE(ran.error().kind, ErrorKind::Cancelled);
        QVERIFY(rows.isEmpty());
        QVERIFY(session.query("SELECT 1", m_context).has_value());
    }

    void stopsABlockedCopyWithinASecond()
    {
        m_server.execute(
            u"postgres"_s,
            "CREATE TABLE t (word text);"
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;"
            "CREATE TRIGGER w BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wait()");
        std::stop_source source;
        TaskContext context(source.get_token());
        Session session =
            Session::connect(m_server.connectionString(), context, named(u"copier"_s)).value();
        QVERIFY(session.copyInBegin("COPY t FROM STDIN", context).has_value());
        StopWhenBusy stopper(m_server, source,
                             "application_name = 'copier' AND wait_event = 'PgSleep'");
        const QByteArray block = QByteArray(1000, 'x').append('\n').repeated(1000);
        Result<void> written;
        while (written)
            written = session.copyInWrite(block, context);
        QVERIFY(stopper.millisecondsSince() < 1000);
        QCOMPARE(written.error().kind, ErrorKind::Cancelled);
        QCOMPARE(session.query("SELECT count(*) FROM t", m_context)->integer(0, 0), 0);
    }

    void stopWithoutWorkSendsNothing()
    {
        Session session = open();
        std::stop_source source;
        source.request_stop();
        TaskContext context(source.get_token());
        QCOMPARE(session.execute("CREATE TABLE never (n int)", context).error().kind,
                 ErrorKind::Cancelled);
        QCOMPARE(session.query("SELECT to_regclass('never') IS NULL", m_context)->text(0, 0),
                 u"t"_s);
    }

    void statementAndLockLimitsAreTold()
    {
        ConnectOptions options;
        options.statementTimeout = 250ms; // which the login has to keep, too
        Session slow = open(options);
        QCOMPARE(slow.query("SELECT pg_sleep(10)", m_context).error().kind, ErrorKind::Timeout);

        m_server.execute(u"postgres"_s, "CREATE TABLE t (n int)");
        Session holder = open();
        QVERIFY(holder.execute("BEGIN; LOCK TABLE t", m_context).has_value());
        QVERIFY(holder.inTransaction());
        options = {};
        options.lockTimeout = 50ms;
        Session waiter = open(options);
        const auto blocked = waiter.query("SELECT * FROM t", m_context);
        QCOMPARE(blocked.error().sqlState, u"55P03"_s);
        QCOMPARE(blocked.error().advice, Advice::CloseOtherSessions);
    }

    void terminatedSessionIsUnreachable()
    {
        Session session = open();
        const QByteArray kill = "SELECT pg_terminate_backend(" +
                                QByteArray::number(session.facts().backendPid) + ", 5000)";
        QCOMPARE(m_server.scalar(u"postgres"_s, kill), u"t"_s);
        const auto lost = session.query("SELECT 1", m_context);
        QCOMPARE(lost.error().kind, ErrorKind::Unreachable);
        QCOMPARE(lost.error().advice, Advice::CheckNetwork);
        QVERIFY(!session.isOpen());
        QCOMPARE(session.query("SELECT 1", m_context).error().kind, ErrorKind::Unreachable);
    }

    void serverGoneInTheMiddleOfACopyIsUnreachable()
    {
        m_server.execute(u"postgres"_s, "CREATE TABLE t (word text)");
        Session session = open();
        QVERIFY(session.copyInBegin("COPY t FROM STDIN", m_context).has_value());
        QVERIFY(session.copyInWrite("first\n", m_context).has_value());
        m_server.stop();
        const QByteArray block = QByteArray(1000, 'x').append('\n').repeated(1000);
        Result<void> written;
        for (int i = 0; i < 100 && written; ++i)
            written = session.copyInWrite(block, m_context);
        QVERIFY(!written);
        QCOMPARE(written.error().kind, ErrorKind::Unreachable);
        m_server.restart();
        QCOMPARE(m_server.scalar(u"postgres"_s, "SELECT count(*) FROM t"), u"0"_s);
    }

    void serverGoneInTheMiddleOfAStatementIsUnreachable()
    {
        Session session = open(named(u"victim"_s));
        std::jthread crash([&] {
            QDeadlineTimer limit(10s);
            while (m_server.scalar(u"postgres"_s,
                                   "SELECT count(*) FROM pg_stat_activity WHERE"
                                   " application_name = 'victim' AND wait_event = 'PgSleep'") !=
                       "1"_L1 &&
                   !limit.hasExpired())
                std::this_thread::yield();
            m_server.stop();
        });
        const auto lost = session.query("SELECT pg_sleep(60)", m_context);
        crash.join();
        QCOMPARE(lost.error().kind, ErrorKind::Unreachable);
        m_server.restart();
    }

    void collectsNotices()
    {
        Session session = open();
        QVERIFY(
            session.execute("DO $$ BEGIN RAISE NOTICE 'look here'; END $$", m_context).has_value());
        QCOMPARE(session.notices().last(), u"look here"_s);
    }

    void quotesNamesAndValues_data()
    {
        QTest::addColumn<QString>("word");
        QTest::newRow("plain") << u"shop"_s;
        QTest::newRow("quotes") << u"it's \"so\""_s;
        QTest::newRow("backslash") << u"C:\\dir\\'x"_s;
        QTest::newRow("not ASCII") << u"Größe ✓"_s;
        QTest::newRow("injection") << u"x\"; DROP SCHEMA public; --"_s;
    }
    void quotesNamesAndValues()
    {
        QFETCH(QString, word);
        Session session = open();
        const QByteArray sql = "SELECT " + session.quotedLiteral(word.toUtf8()) + " AS " +
                               session.quotedIdentifier(word).toUtf8();
        const auto rows = session.query(sql, m_context);
        QVERIFY(rows.has_value());
        QCOMPARE(rows->text(0, 0), word);
        QCOMPARE(rows->columnName(0), word);
    }

    void closedSessionAnswersWithAnError()
    {
        Session session = open();
        session.close();
        QVERIFY(!session.isOpen());
        QCOMPARE(session.execute("SELECT 1", m_context).error().kind, ErrorKind::Unreachable);
        QVERIFY(!session.inTransaction());
    }
};

MAYDAY_TEST(TestSession);
#include "tst_session.moc"
