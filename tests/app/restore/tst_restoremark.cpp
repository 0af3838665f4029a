// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/restoremark.h"
#include "support/testmain.h"

#include <QTest>

#include <csignal>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// What the server can say later of a transaction that nobody has heard the end of.
class TestRestoreMark : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void whatIsCommittedIsKnown();
    void whatLaterChangesIsStillKnown();
    void whatIsReplacedIsStillKnown();
    void whatIsCommittedBeforeACrashIsKnown_data();
    void whatIsCommittedBeforeACrashIsKnown();
    void whatIsRolledBackIsKnown();
    void whatTheServerHasLostWasNotCommitted();
    void aNumberGivenOutAgainIsNobodysCommit();
    void whatMadeNothingIsKnownByItsNumber();

private:
    [[nodiscard]] postgres::Session session()
    {
        auto opened = postgres::Session::connect(m_server->connectionString(u"shop"_s), m_context);
        if (!opened)
            qFatal("%s", qPrintable(describe(opened.error())));
        return std::move(*opened);
    }
    void run(postgres::Session &session, const char *sql)
    {
        const auto done = session.execute(sql, m_context);
        QVERIFY2(done, done ? "" : qPrintable(describe(done.error())));
    }
    /// A transaction up to its commit.
    void begin(postgres::Session &session, const char *work = "CREATE TABLE made (id int)")
    {
        run(session, "BEGIN");
        run(session, work);
        const auto noted = noteTransaction(session, m_copy, m_id, m_context);
        QVERIFY2(noted, noted ? "" : qPrintable(describe(noted.error())));
    }
    [[nodiscard]] Result<bool> asked()
    {
        auto other = session();
        return isNotedAsCommitted(other, m_copy, m_id, m_context);
    }
    [[nodiscard]] qint64 nextNumber()
    {
        return m_server->scalar(u"shop"_s, "SELECT txid_current()").toLongLong();
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    QTemporaryDir m_folder;
    QString m_copy = m_folder.filePath(u"shop_before_20261123_081500.sql.gz"_s);
    RestoreId m_id = freshRestoreId(QDateTime::currentDateTimeUtc());
    TaskContext m_context;
};

void TestRestoreMark::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "ALTER SYSTEM SET wal_writer_delay = '10s'");
    m_server->execute(u"postgres"_s, "SELECT pg_reload_conf()");
    m_server->createDatabase(u"shop"_s);
}

void TestRestoreMark::init()
{
    m_server->execute(u"shop"_s, "DROP TABLE IF EXISTS made");
    QFile::remove(noteFileOf(m_copy));
}

void TestRestoreMark::whatIsCommittedIsKnown()
{
    QCOMPARE(asked(), false); // before it was noted
    auto one = session();
    begin(one);
    QCOMPARE(asked().error().kind, ErrorKind::Timeout);
    run(one, "COMMIT");
    QCOMPARE(asked(), true);
}

void TestRestoreMark::whatLaterChangesIsStillKnown()
{
    auto one = session();
    begin(one, "SAVEPOINT rows; CREATE TABLE made (id int PRIMARY KEY, name text); RELEASE "
               "SAVEPOINT rows");
    run(one, "COMMIT");
    run(one, "INSERT INTO made VALUES (1, 'x')");
    run(one, "ALTER TABLE made ADD more int");
    run(one, "ANALYZE made");
    QCOMPARE(asked(), true);
}

void TestRestoreMark::whatIsReplacedIsStillKnown()
{
    auto one = session();
    begin(one);
    run(one, "COMMIT");
    run(one, "DROP TABLE made");
    QCOMPARE(asked(), true);
}

void TestRestoreMark::whatIsCommittedBeforeACrashIsKnown_data()
{
    QTest::addColumn<bool>("isOneProcess");
    QTest::newRow("of the whole server") << false;
    QTest::newRow("of one of its processes") << true; // the first one stays, and lets all others go
}

void TestRestoreMark::whatIsCommittedBeforeACrashIsKnown()
{
    QFETCH(bool, isOneProcess);
    auto one = session();
    begin(one);
    run(one, "COMMIT");
    if (isOneProcess) {
        const auto pid = one.query("SELECT pg_backend_pid()", m_context).value().text(0, 0);
        QCOMPARE(::kill(pid.toInt(), SIGKILL), 0);
        m_server->forgetSessions();
        QTRY_VERIFY(!one.execute("SELECT 1", m_context));
        QTRY_VERIFY(postgres::Session::connect(m_server->connectionString(u"shop"_s), m_context));
    } else {
        m_server->stop();
        m_server->restart();
    }
    QCOMPARE(asked(), true);
    // It may have been anybody's, for all that is left of it.
    m_server->execute(u"shop"_s, "DROP TABLE made");
    QCOMPARE(asked().error().kind, ErrorKind::NotFound);
}

void TestRestoreMark::whatIsRolledBackIsKnown()
{
    auto one = session();
    begin(one);
    run(one, "ROLLBACK");
    QCOMPARE(asked(), false);
}

/// The server dies before it has written anything of it down.
void TestRestoreMark::whatTheServerHasLostWasNotCommitted()
{
    m_server->execute(u"postgres"_s, "CHECKPOINT");
    auto one = session();
    begin(one);
    m_server->stop();
    m_server->restart();
    const auto committed = asked();
    QVERIFY2(committed, committed ? "" : qPrintable(describe(committed.error())));
    QCOMPARE(*committed, false);
}

/// It dies in the same way, and others write before anybody asks.
void TestRestoreMark::aNumberGivenOutAgainIsNobodysCommit()
{
    m_server->execute(u"postgres"_s, "CHECKPOINT");
    const qint64 before = nextNumber();
    auto one = session();
    begin(one);
    m_server->stop();
    m_server->restart();
    QVERIFY2(nextNumber() <= before + 1,
             "the server has written it down, which tells nothing here");
    m_server->execute(u"shop"_s, "CREATE TABLE others (id int)");
    m_server->execute(u"shop"_s, "DROP TABLE others");
    const auto committed = asked();
    QVERIFY2(!committed || !*committed, "somebody else's commit is taken for it");
}

void TestRestoreMark::whatMadeNothingIsKnownByItsNumber()
{
    auto one = session();
    begin(one, "SELECT 1");
    run(one, "COMMIT");
    QCOMPARE(asked(), true);
}

MAYDAY_TEST(TestRestoreMark);
#include "tst_restoremark.moc"
