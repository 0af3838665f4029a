// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/expirycase.h"
#include "support/steprelay.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// That nothing goes which may be the only copy, nor without a trace.
class TestKeptDoubt : public QObject, protected ExpiryCase {
    Q_OBJECT

private Q_SLOTS:
    void init() { beginNow(); }
    void cleanup() { end(); }
    void anEmptyNamesakeIsNoOther_data();
    void anEmptyNamesakeIsNoOther();
    void rowsOfADatabaseMustBeLive();
    void whatADatabaseKeepsInsideMustBeDue();
    void theRecordComesFirst();
    void whatDiedBeforeItWasWrittenDownIsAskedAbout();
    void aHalfDroppedDatabaseIsCalledBroken();
};

void TestKeptDoubt::anEmptyNamesakeIsNoOther_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<bool>("stays");
    QTest::newRow("empty") << QByteArray("DELETE FROM public.products") << true;
    QTest::newRow("not there") << QByteArray("ALTER TABLE public.products RENAME TO goods") << true;
    QTest::newRow("another one is empty")
        << QByteArray("CREATE TABLE public_before_20260101_000000.empty_one (id int)") << false;
    QTest::newRow("not there, and without rows")
        << QByteArray("CREATE TABLE public_before_20260101_000000.orders (id int)") << false;
}

void TestKeptDoubt::anEmptyNamesakeIsNoOther()
{
    QFETCH(QByteArray, sql);
    QFETCH(bool, stays);
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    m_shop->run(sql);
    const ExpiryReport report = expire();
    QCOMPARE(report.gone.isEmpty(), stays);
    QCOMPARE(report.troubles.size(), stays ? 1 : 0);
    QCOMPARE(schemas().isEmpty(), !stays);
    if (stays) {
        QVERIFY2(report.troubles[0].why.detail.contains(u"only-copy"_s),
                 qPrintable(describe(report.troubles[0].why)));
        QCOMPARE(kinds().last(), u"restore.discarding.ended"_s);
    }
}

void TestKeptDoubt::rowsOfADatabaseMustBeLive()
{
    const KeptSchema database = keepDatabase(u"restore-1"_s, 20);
    m_server->execute(database.name, "CREATE TABLE orders AS SELECT 1 AS id");
    const ExpiryReport stays = expire();
    QVERIFY(stays.gone.isEmpty() && isThere(database));
    QCOMPARE(stays.troubles.size(), 1);
    QVERIFY2(stays.troubles[0].why.detail.contains(u"public.orders"_s),
             qPrintable(describe(stays.troubles[0].why)));
    m_shop->run("CREATE TABLE orders AS SELECT 1 AS id");
    QCOMPARE(expire().gone.size(), 1);
    QVERIFY(!isThere(database));
}

void TestKeptDoubt::whatADatabaseKeepsInsideMustBeDue()
{
    const KeptSchema database = keepDatabase(u"restore-1"_s, 20);
    m_server->execute(database.name, "CREATE TABLE products AS SELECT 1 AS id");
    const QString inner = u"public_before_20260102_000000"_s;
    keepSchema(*m_server, database.name, keptMark(inner, u"restore-2"_s, 30));
    const ExpiryReport stays = expire();
    QVERIFY(stays.gone.isEmpty() && isThere(database));
    QCOMPARE(stays.troubles.size(), 1);
    QVERIFY2(stays.troubles[0].why.detail.contains(inner),
             qPrintable(describe(stays.troubles[0].why)));
    noteEnd(*m_journal, m_journalFile->clock, u"restore-2"_s, 30, m_shop->target());
    QCOMPARE(expire().gone.size(), 1);
    QVERIFY(!isThere(database));
}

/// What nobody could know of afterwards does not happen.
void TestKeptDoubt::theRecordComesFirst()
{
    keep(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    m_journalFile->sql("CREATE TRIGGER full BEFORE INSERT ON journal"
                       " BEGIN SELECT RAISE(ABORT, 'no space'); END");
    const ExpiryReport report = expire();
    QVERIFY(report.gone.isEmpty());
    QCOMPARE(report.troubles.size(), 1);
    QCOMPARE(report.troubles[0].names, QStringList{u"public_before_20260101_000000"_s});
    QCOMPARE(schemas(), u"public_before_20260101_000000"_s);
    m_journalFile->sql("DROP TRIGGER full");
    QCOMPARE(expire().gone.size(), 1);
    const QStringList all = kinds();
    QCOMPARE(all.last(), u"restore.discarded"_s);
    QCOMPARE(all[all.size() - 2], u"restore.discarding"_s);
}

void TestKeptDoubt::whatDiedBeforeItWasWrittenDownIsAskedAbout()
{
    const QString gone = u"public_before_20260101_000000"_s;
    const QString there = u"public_before_20260102_000000"_s;
    noteEnd(*m_journal, m_journalFile->clock, u"restore-1"_s, 20, m_shop->target());
    keep(there, u"restore-2"_s, 2);
    for (const KeptSchema &kept :
         {keptMark(gone, u"restore-1"_s, 20), keptMark(there, u"restore-2"_s, 2)})
        QVERIFY(m_journal->appendNow(discardingDraft({kept}, m_shop->target(), 14)));
    restartDesk();
    QVERIFY(!m_desk->records().back().discardedAt);
    QVERIFY(expire().gone.isEmpty()); // this time nothing went
    const auto record = [this](const QString &id) {
        return m_desk->record(RestoreId::parse(id).value());
    };
    QVERIFY(record(u"restore-1"_s)->discardedAt && !record(u"restore-1"_s)->canBePutBack());
    QVERIFY(!record(u"restore-2"_s)->discardedAt && record(u"restore-2"_s)->canBePutBack());
    QCOMPARE(m_desk->discarded().front().name, gone);
    const qsizetype written = kinds().size();
    QVERIFY(expire().gone.isEmpty());
    QCOMPARE(kinds().size(), written); // and it is asked once
}

/// As PostgreSQL leaves it when it was stopped in the middle.
void TestKeptDoubt::aHalfDroppedDatabaseIsCalledBroken()
{
    const KeptSchema database = keepDatabase(u"restore-1"_s, 20);
    {
        const StepRelay relay(m_shop->target(), "DROP DATABASE", [&] {
            m_shop->run("UPDATE pg_catalog.pg_database SET datconnlimit = -2 WHERE datname = '" +
                        database.name.toUtf8() + '\'');
            return StepRelay::Then::Cut;
        });
        const DiscardOutcome outcome = discardNow(relay.connectionString(), {database});
        QVERIFY(outcome.error && outcome.gone.isEmpty());
        QCOMPARE(outcome.error->sqlState, halfDropped);
        QVERIFY2(outcome.error->detail.contains(u"can no longer be put back"_s),
                 qPrintable(outcome.error->detail));
        QCOMPARE(namesOf(outcome.broken), QStringList{database.name});
    }
    QCOMPARE(expire().gone.size(), 1); // what is half gone goes
    QVERIFY(!isThere(database));
}

MAYDAY_TEST(TestKeptDoubt);
#include "tst_keptdoubt.moc"
