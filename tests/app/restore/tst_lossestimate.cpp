// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/lossestimate.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QTest>
#include <QTimeZone>

#include <stop_token>

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

namespace {

/// The backup: taken at noon, with ten rows of public.t.
const QDateTime noon(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);

dump::DumpInspection tenRows()
{
    dump::DumpInspection inspection;
    inspection.tables = {{.schema = u"public"_s, .name = u"t"_s, .rows = 10}};
    inspection.schemas = {u"public"_s};
    return inspection;
}

} // namespace

/// The loss shown before the button. Too little said here is the worst lie of the whole screen:
/// what the live data has and the backup has not must be on it, or said to be unknown.
class TestLossEstimate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void whatIsLostIsSaid_data();
    void whatIsLostIsSaid();
    void whatTellsTheTime_data();
    void whatTellsTheTime();
    void aTableTheBackupHasNotIsLostWhole();
    void aTableThatIsGoneComesBackWhole();
    void partitionsAreCountedAsTheyWereDumped_data();
    void partitionsAreCountedAsTheyWereDumped();
    void namesThatNeedQuotingAreCounted();
    void aTableThatCannotBeCountedIsSaidToBeUnknown();
    void theNewestRowTellsTheAge_data();
    void theNewestRowTellsTheAge();
    void theNewestRowOfAllTablesIsTold();
    void whatNoTimeTellsIsCounted();
    void aLockedTableIsGivenUpInTime();
    void whatIsNotCountedIsTheServersEstimate_data();
    void whatIsNotCountedIsTheServersEstimate();
    void partitionsAreEstimatedTogether();
    void anIndexTellsOfATableTooBigToCount();
    void countingChangesNothing();
    void theIntervalIsNeverNegative_data();
    void theIntervalIsNeverNegative();
    void whoSaysWhenItWasTakenIsSaid_data();
    void whoSaysWhenItWasTakenIsSaid();
    void aStopEndsTheCounting();
    void aLostConnectionIsNoEstimate();
    void theLastCommitIsKnownWhereItIsKept();

private:
    postgres::Session session(const QByteArray &sql = {})
    {
        static int number = 0;
        m_database = u"loss%1"_s.arg(++number);
        const auto where = m_server->createDatabase(m_database);
        if (!sql.isEmpty())
            m_server->execute(m_database, sql);
        return *postgres::Session::connect(where, m_context);
    }
    LossEstimate estimated(postgres::Session &session, const dump::DumpInspection &inspection,
                           std::chrono::milliseconds perCount = mostForACount)
    {
        auto loss =
            estimateLoss(session, inspection, {noon}, noon.addSecs(3600), m_context, perCount);
        if (!loss)
            qFatal("%s", qPrintable(describe(loss.error())));
        return *std::move(loss);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    QString m_database;
    TaskContext m_context;
};

void TestLossEstimate::whatIsLostIsSaid_data()
{
    QTest::addColumn<QByteArray>("since");
    QTest::addColumn<qint64>("newer");
    QTest::addColumn<qint64>("back");
    QTest::addColumn<bool>("isListed");
    const auto row = [](const char *name, const char *since, qint64 newer, qint64 back,
                        bool isListed) {
        QTest::newRow(name) << QByteArray(since) << newer << back << isListed;
    };
    row("nothing happened", "SELECT 1", 0, 0, false);
    row("three more",
        "INSERT INTO public.t SELECT g, '2026-03-01 12:30Z' FROM "
        "generate_series(11, 13) g",
        3, 0, true);
    row("four deleted", "DELETE FROM public.t WHERE id <= 4", 0, 4, true);
    row("all deleted", "TRUNCATE public.t", 0, 10, true);
    // As many rows as before, and not the same ones: counting alone would see nothing.
    row("two deleted, two new",
        "DELETE FROM public.t WHERE id <= 2; INSERT INTO public.t VALUES "
        "(11, '2026-03-01 12:10Z'), (12, '2026-03-01 12:20Z')",
        2, 0, true);
    row("five changed", "UPDATE public.t SET updated_at = '2026-03-01 12:45Z' WHERE id <= 5", 5, 0,
        true);
    row("changed at the very moment", "UPDATE public.t SET updated_at = '2026-03-01 12:00Z'", 0, 0,
        false);
    row("without a time", "UPDATE public.t SET updated_at = NULL", 0, 0, false);
    row("another zone",
        "SET timezone = 'Asia/Tokyo'; UPDATE public.t SET updated_at = '2026-03-01 "
        "20:59' WHERE id <= 3", // 11:59 UTC
        0, 0, false);
}

void TestLossEstimate::whatIsLostIsSaid()
{
    QFETCH(QByteArray, since);
    QFETCH(qint64, newer);
    QFETCH(qint64, back);
    QFETCH(bool, isListed);
    auto session = this->session("CREATE TABLE public.t (id int, updated_at timestamptz);"
                                 "INSERT INTO public.t SELECT g, '2026-03-01 11:00Z' FROM "
                                 "generate_series(1, 10) g");
    m_server->execute(m_database, since);
    const LossEstimate loss = estimated(session, tenRows());
    QCOMPARE(loss.newerRows, newer);
    QCOMPARE(loss.rowsBack, back);
    QCOMPARE(!loss.tables.isEmpty(), isListed);
    QVERIFY(loss.isExact);
    QCOMPARE(loss.interval, std::chrono::hours(1));
}

void TestLossEstimate::whatTellsTheTime_data()
{
    QTest::addColumn<QByteArray>("columns");
    QTest::addColumn<QByteArray>("values");
    QTest::addColumn<QString>("told");
    QTest::addColumn<qint64>("newer");
    const QByteArray before = "'2026-03-01 11:00Z'";
    const QByteArray after = "'2026-03-01 13:00Z'";
    QTest::newRow("the change, not the creation")
        << QByteArray("created_at timestamptz, updated_at timestamptz") << before + ", " + after
        << u"updated_at"_s << qint64(1);
    QTest::newRow("in any order of columns")
        << QByteArray("updated_at timestamptz, created_at timestamptz") << after + ", " + before
        << u"updated_at"_s << qint64(1);
    QTest::newRow("modified_at") << QByteArray("inserted_at timestamptz, modified_at timestamptz")
                                 << before + ", " + after << u"modified_at"_s << qint64(1);
    QTest::newRow("creation alone")
        << QByteArray("created_at timestamptz") << after << u"created_at"_s << qint64(1);
    QTest::newRow("without a zone: UTC, as servers keep it")
        << QByteArray("created_at timestamp") << QByteArray("'2026-03-01 12:01'") << u"created_at"_s
        << qint64(1);
    QTest::newRow("a day is no time")
        << QByteArray("created_at date") << QByteArray("'2026-03-02'") << QString() << qint64(-1);
    QTest::newRow("text is no time")
        << QByteArray("updated_at text") << QByteArray("'tomorrow'") << QString() << qint64(-1);
    QTest::newRow("a dropped column")
        << QByteArray("id int, updated_at timestamptz") << "1, " + after << QString() << qint64(-1);
}

void TestLossEstimate::whatTellsTheTime()
{
    QFETCH(QByteArray, columns);
    QFETCH(QByteArray, values);
    QFETCH(QString, told);
    QFETCH(qint64, newer);
    auto session = this->session("CREATE TABLE public.t (" + columns +
                                 "); INSERT INTO public.t VALUES (" + values + ")");
    if (told.isEmpty() && columns.contains("timestamptz"))
        m_server->execute(m_database, "ALTER TABLE public.t DROP COLUMN updated_at");
    const LossEstimate loss = estimated(session, tenRows());
    QCOMPARE(loss.tables.size(), 1); // one row against ten
    QCOMPARE(loss.tables[0].timeColumn, told);
    QCOMPARE(loss.tables[0].newerRows, newer);
    QCOMPARE(loss.newerRows, std::max<qint64>(newer, 0));
}

void TestLossEstimate::aTableTheBackupHasNotIsLostWhole()
{
    auto session = this->session(
        "CREATE TABLE public.t AS SELECT generate_series(1, 10);"
        "CREATE TABLE public.refunds AS SELECT generate_series(1, 25) AS id;"
        "CREATE TABLE public.audit (id int, created_at timestamptz);"
        "INSERT INTO public.audit VALUES (1, '2026-01-01'), (2, '2026-01-02');"
        "CREATE TABLE public.nothing_in_it (id int);"
        "CREATE SCHEMA other; CREATE TABLE other.untouched AS SELECT generate_series(1, 99)");
    const LossEstimate loss = estimated(session, tenRows());
    // The schema goes aside with all that is in it; also what is older than the backup but was left
    // out of it. Other schemas stay.
    QCOMPARE(loss.newerRows, 25 + 2);
    QCOMPARE(loss.tables.size(), 2);
    for (const TableLoss &table : loss.tables) {
        QVERIFY(!table.isInDump);
        QCOMPARE(table.rowsInDump, 0);
        QCOMPARE(table.newerRows, table.rowsLive);
    }
    QVERIFY(loss.isExact);
}

void TestLossEstimate::aTableThatIsGoneComesBackWhole()
{
    dump::DumpInspection inspection = tenRows();
    inspection.tables.append({.schema = u"stock"_s, .name = u"items"_s, .rows = 5});
    inspection.schemas.append(u"stock"_s);
    auto session = this->session(); // an empty database: nothing at all can be lost
    const LossEstimate loss = estimated(session, inspection);
    QCOMPARE(loss.newerRows, 0);
    QCOMPARE(loss.rowsBack, 15);
    QCOMPARE(loss.tables.size(), 2);
    QCOMPARE(loss.tables[0].rowsLive, 0);
    QVERIFY2(loss.isExact, "a table that is not there is no table that is too big to count");
}

void TestLossEstimate::partitionsAreCountedAsTheyWereDumped_data()
{
    QTest::addColumn<qint64>("inRoot");
    QTest::addColumn<qint64>("inFirst");
    QTest::addColumn<qint64>("inSecond");
    QTest::newRow("each by itself") << qint64(0) << qint64(20) << qint64(20);
    QTest::newRow("through the root") << qint64(40) << qint64(0) << qint64(0);
}

void TestLossEstimate::partitionsAreCountedAsTheyWereDumped()
{
    QFETCH(qint64, inRoot);
    QFETCH(qint64, inFirst);
    QFETCH(qint64, inSecond);
    auto session = this->session(
        "CREATE TABLE public.events (n int, created_at timestamptz) PARTITION BY RANGE (n);"
        "CREATE TABLE public.e1 PARTITION OF public.events FOR VALUES FROM (0) TO (21);"
        "CREATE TABLE public.e2 PARTITION OF public.events FOR VALUES FROM (21) TO (99);"
        "INSERT INTO public.events SELECT g, '2026-03-01 11:00Z' FROM generate_series(1, 40) g;"
        "INSERT INTO public.events VALUES (50, '2026-03-01 12:30Z')");
    dump::DumpInspection inspection;
    inspection.schemas = {u"public"_s};
    if (inRoot > 0)
        inspection.tables.append({.schema = u"public"_s, .name = u"events"_s, .rows = inRoot});
    inspection.tables.append({.schema = u"public"_s, .name = u"e1"_s, .rows = inFirst});
    inspection.tables.append({.schema = u"public"_s, .name = u"e2"_s, .rows = inSecond});
    const LossEstimate loss = estimated(session, inspection);
    QCOMPARE(loss.newerRows, 1);
    QCOMPARE(loss.rowsBack, 0);
    QCOMPARE(loss.tables.size(), 1);
    QCOMPARE(loss.tables[0].rowsLive - loss.tables[0].rowsInDump, 1);
}

void TestLossEstimate::namesThatNeedQuotingAreCounted()
{
    auto session =
        this->session("CREATE SCHEMA \"My Shop\"; CREATE TABLE \"My Shop\".\"order\"\"s %1\" "
                      "(updated_at timestamptz); INSERT INTO \"My Shop\".\"order\"\"s %1\" "
                      "VALUES ('2026-03-01 13:00Z'), ('2026-03-01 10:00Z')");
    dump::DumpInspection inspection;
    inspection.tables = {{.schema = u"My Shop"_s, .name = u"order\"s %1"_s, .rows = 1}};
    inspection.schemas = {u"My Shop"_s};
    const LossEstimate loss = estimated(session, inspection);
    QVERIFY(loss.isExact);
    QCOMPARE(loss.tables.size(), 1);
    QCOMPARE(loss.tables[0].rowsLive, 2);
    QCOMPARE(loss.newerRows, 1);
}

void TestLossEstimate::aTableThatCannotBeCountedIsSaidToBeUnknown()
{
    (void)session(
        "CREATE TABLE public.t AS SELECT generate_series(1, 10);"
        "CREATE TABLE public.open (updated_at timestamptz);"
        "INSERT INTO public.open VALUES ('2026-03-01 13:00Z');"
        "CREATE ROLE counter LOGIN PASSWORD 'pw'; GRANT SELECT ON public.open TO counter");
    const auto where = postgres::ConnectionString::parse(
                           u"host=127.0.0.1 port=%1 dbname=%2 user=counter"_s.arg(m_server->port())
                               .arg(m_database))
                           ->withPassword(Secret("pw"));
    auto counter = postgres::Session::connect(where, m_context);
    QVERIFY(counter);
    dump::DumpInspection inspection = tenRows();
    inspection.tables.append({.schema = u"public"_s, .name = u"open"_s, .rows = 0});
    const LossEstimate loss = estimated(*counter, inspection);
    QVERIFY(!loss.isExact);
    QCOMPARE(loss.newerRows, 1); // one that cannot be counted does not hide the others
    QCOMPARE(loss.tables.size(), 2);
    QCOMPARE(loss.tables[0].rowsLive, -1);
    QCOMPARE(loss.rowsBack, 0); // unknown is not none
}

void TestLossEstimate::theNewestRowTellsTheAge_data()
{
    QTest::addColumn<QByteArray>("column");
    QTest::addColumn<QByteArray>("times");
    QTest::addColumn<QString>("place"); // empty: nothing tells
    QTest::addColumn<qint64>("age");
    const auto row = [](const char *name, const char *column, const char *times,
                        const QString &place, qint64 age) {
        QTest::newRow(name) << QByteArray(column) << QByteArray(times) << place << age;
    };
    row("two minutes", "created_at timestamptz",
        "now() - '2 min'::interval, now() - '1 h'::interval", u"public.t.created_at"_s, 120);
    row("without a zone", "updated_at timestamp",
        "timezone('UTC', now() - '2 min'::interval), '2001-01-01'",
        u"public.t.updated_at, read as UTC"_s, 120);
    row("appointments and eternity", "created_at timestamptz",
        "now() - '1 h'::interval, now() + '1 h'::interval, 'infinity', '-infinity'",
        u"public.t.created_at"_s, 3600);
    row("a clock ahead", "created_at timestamptz", "now() + '1 min'::interval",
        u"public.t.created_at"_s, 0);
    row("eternity alone", "created_at timestamptz", "'infinity', '-infinity'", {}, 0);
    row("no time in it", "created_at timestamptz", "NULL, NULL", {}, 0);
    row("no such column", "ordered timestamptz", "now()", {}, 0);
}

void TestLossEstimate::theNewestRowTellsTheAge()
{
    QFETCH(QByteArray, column);
    QFETCH(QByteArray, times);
    QFETCH(QString, place);
    QFETCH(qint64, age);
    const QByteArray type = column.split(' ').last();
    auto session = this->session("CREATE TABLE public.t (" + column +
                                 "); INSERT INTO public.t SELECT unnest(ARRAY[" + times +
                                 "]::" + type + "[])");
    QVERIFY(session.execute("SET timezone = 'Asia/Tokyo'", m_context));
    const LossEstimate loss = estimated(session, tenRows());
    QCOMPARE(loss.newest ? placeOf(*loss.newest) : QString(), place);
    QCOMPARE(newestInWords(loss).contains(u"age unknown"_s), place.isEmpty());
    if (!loss.newest)
        return;
    QVERIFY2(loss.newest->age >= std::chrono::seconds(age) &&
                 loss.newest->age < std::chrono::seconds(age + 60),
             QByteArray::number(qint64(loss.newest->age.count())));
    QVERIFY(std::abs(loss.newest->at.secsTo(QDateTime::currentDateTimeUtc()) - age) < 120);
}

/// Also those that the backup has not: they are live data as well.
void TestLossEstimate::theNewestRowOfAllTablesIsTold()
{
    auto session = this->session(
        "CREATE TABLE public.t (created_at timestamptz);"
        "INSERT INTO public.t SELECT now() - '1 day'::interval FROM generate_series(1, 10);"
        "CREATE TABLE public.refunds (created_at timestamptz, updated_at timestamptz);"
        "INSERT INTO public.refunds VALUES (now(), now() - '7 h'::interval);"
        "CREATE TABLE public.visits (updated_at timestamptz);"
        "INSERT INTO public.visits VALUES (now() - '9 h'::interval)");
    const LossEstimate loss = estimated(session, tenRows());
    QVERIFY(loss.newest);
    QCOMPARE(placeOf(*loss.newest), u"public.refunds.updated_at"_s);
    QCOMPARE(newestInWords(loss),
             u"newest row written 7 h 0 min ago (public.refunds.updated_at)"_s);
    QVERIFY(!loss.sinceLastCommit);
}

void TestLossEstimate::whatNoTimeTellsIsCounted()
{
    auto session =
        this->session("CREATE TABLE public.t AS SELECT generate_series(1, 14);"
                      "CREATE TABLE public.u (created_at timestamptz);"
                      "INSERT INTO public.u VALUES (NULL), (NULL), (NULL), ('2026-03-01 13:00Z')");
    dump::DumpInspection inspection = tenRows();
    inspection.tables.append({.schema = u"public"_s, .name = u"u"_s, .rows = 1});
    const LossEstimate loss = estimated(session, inspection);
    QCOMPARE(loss.newerRows, 1);
    QCOMPARE(loss.moreRows, 4 + 2); // the newer one is not lost twice
    QVERIFY(loss.isExact);
}

void TestLossEstimate::aLockedTableIsGivenUpInTime()
{
    auto session = this->session("CREATE TABLE public.t AS SELECT generate_series(1, 10)");
    auto holder = postgres::Session::connect(m_server->connectionString(m_database), m_context);
    QVERIFY(holder->execute("BEGIN; LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE", m_context));
    const LossEstimate loss = estimated(session, tenRows(), std::chrono::milliseconds(300));
    QVERIFY(!loss.isExact);
    QCOMPARE(loss.tables.size(), 1);
    QCOMPARE(loss.tables[0].rowsLive, -1);
    QCOMPARE(loss.tables[0].notCounted, NotCounted::TooBig);
}

void TestLossEstimate::whatIsNotCountedIsTheServersEstimate_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<qint64>("rows");
    QTest::addColumn<qint64>("more");
    const QByteArray fill = "INSERT INTO public.t SELECT generate_series(1, 25); ANALYZE public.t;";
    QTest::newRow("analysed") << fill << qint64(25) << qint64(15);
    QTest::newRow("the collector began anew")
        << fill + "SELECT pg_stat_reset()" << qint64(25) << qint64(15);
    QTest::newRow("never analysed") << QByteArray("SELECT 1") << qint64(-1) << qint64(0);
    QTest::newRow("analysed and empty") << QByteArray("ANALYZE public.t") << qint64(0) << qint64(0);
}

/// Nobody waits for the lock: what the server believes is asked without the table.
void TestLossEstimate::whatIsNotCountedIsTheServersEstimate()
{
    QFETCH(QByteArray, before);
    QFETCH(qint64, rows);
    QFETCH(qint64, more);
    auto session = this->session("CREATE TABLE public.t (id int); CREATE TABLE public.u (id int)");
    m_server->execute(m_database, before);
    auto holder = postgres::Session::connect(m_server->connectionString(m_database), m_context);
    QVERIFY(holder->execute("BEGIN; LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE", m_context));
    QVERIFY(session.execute("SET lock_timeout = 100", m_context));
    const LossEstimate loss = estimated(session, tenRows());
    QCOMPARE(loss.tables.size(), 1);
    QCOMPARE(loss.tables[0].notCounted, NotCounted::Locked);
    QCOMPARE(loss.tables[0].rowsLive, -1);
    QCOMPARE(loss.tables[0].rowsByStatistics, rows);
    QCOMPARE(loss.moreByStatistics, more);
    // What is only believed is in none of the numbers that were counted.
    QCOMPARE(loss.newerRows, 0);
    QCOMPARE(loss.moreRows, 0);
    QCOMPARE(loss.rowsBack, 0);
    QVERIFY(!loss.isExact);
}

void TestLossEstimate::partitionsAreEstimatedTogether()
{
    auto session = this->session(
        "CREATE TABLE public.events (n int) PARTITION BY RANGE (n);"
        "CREATE TABLE public.e1 PARTITION OF public.events FOR VALUES FROM (0) TO (21);"
        "CREATE TABLE public.e2 PARTITION OF public.events FOR VALUES FROM (21) TO (99);"
        "CREATE TABLE public.e3 PARTITION OF public.events FOR VALUES FROM (99) TO (200);"
        "INSERT INTO public.events SELECT generate_series(1, 50); ANALYZE public.e1, public.e2");
    auto holder = postgres::Session::connect(m_server->connectionString(m_database), m_context);
    QVERIFY(holder->execute("BEGIN; LOCK TABLE public.e1 IN ACCESS EXCLUSIVE MODE", m_context));
    QVERIFY(session.execute("SET lock_timeout = 100", m_context));
    dump::DumpInspection inspection;
    inspection.schemas = {u"public"_s};
    inspection.tables = {{.schema = u"public"_s, .name = u"events"_s, .rows = 40}};
    const LossEstimate loss = estimated(session, inspection);
    QCOMPARE(loss.tables.size(), 1);
    QCOMPARE(loss.tables[0].rowsByStatistics, 50);
    QCOMPARE(loss.moreByStatistics, 10);
}

/// A policy makes each row that is looked at take its time; an index leads to the newer ones.
void TestLossEstimate::anIndexTellsOfATableTooBigToCount()
{
    (void)session(
        "CREATE TABLE public.t (updated_at timestamptz, created_at timestamptz);"
        "INSERT INTO public.t SELECT NULL, '2026-03-01 11:00Z' FROM generate_series(1, 58);"
        "INSERT INTO public.t VALUES (NULL, '2026-03-01 13:00Z'), (NULL, '2026-03-01 13:30Z');"
        "CREATE INDEX ON public.t (created_at); ANALYZE public.t;"
        "ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY slow ON public.t USING (pg_sleep(0.05) IS NOT NULL);"
        "CREATE ROLE reader LOGIN PASSWORD 'pw'; GRANT SELECT ON public.t TO reader");
    const auto where =
        postgres::ConnectionString::parse(
            u"host=127.0.0.1 port=%1 dbname=%2 user=reader"_s.arg(m_server->port()).arg(m_database))
            ->withPassword(Secret("pw"));
    auto reader = postgres::Session::connect(where, m_context);
    QVERIFY(reader && reader->execute("SET enable_seqscan = off", m_context));
    const LossEstimate loss = estimated(*reader, tenRows(), std::chrono::seconds(1));
    QCOMPARE(loss.tables.size(), 1);
    const TableLoss &table = loss.tables[0];
    QCOMPARE(table.notCounted, NotCounted::TooBig);
    QCOMPARE(table.timeColumn, u"created_at"_s);
    QCOMPARE(table.newerRows, 2);
    QCOMPARE(table.rowsByStatistics, 60);
    QCOMPARE(table.moreByStatistics(), 60 - 10 - 2);
    QVERIFY(loss.newest);
    QCOMPARE(loss.newest->at, noon.addSecs(5400));
    QVERIFY(!loss.isExact);
}

void TestLossEstimate::countingChangesNothing()
{
    auto session = this->session("CREATE TABLE public.t AS SELECT generate_series(1, 10)");
    QVERIFY(session.execute("SET default_transaction_read_only = on", m_context));
    QVERIFY(estimated(session, tenRows()).tables.isEmpty());
    // The time allowed for a count must not hold for the load that may follow.
    QCOMPARE(session.query("SHOW statement_timeout", m_context)->text(0, 0), u"0"_s);
    QVERIFY(!session.inTransaction());
}

void TestLossEstimate::theIntervalIsNeverNegative_data()
{
    QTest::addColumn<qint64>("secondsSince");
    QTest::addColumn<qint64>("shown");
    QTest::newRow("three hours") << qint64(11520) << qint64(11520);
    QTest::newRow("this moment") << qint64(0) << qint64(0);
    QTest::newRow("the clocks differ") << qint64(-90) << qint64(0);
}

void TestLossEstimate::theIntervalIsNeverNegative()
{
    QFETCH(qint64, secondsSince);
    QFETCH(qint64, shown);
    auto session = this->session("CREATE TABLE public.t AS SELECT generate_series(1, 10)");
    const auto loss =
        estimateLoss(session, tenRows(), {noon}, noon.addSecs(secondsSince), m_context);
    QCOMPARE(loss->interval, std::chrono::seconds(shown));
    QCOMPARE(loss->taken, backup::DataTime{noon});
}

void TestLossEstimate::whoSaysWhenItWasTakenIsSaid_data()
{
    QTest::addColumn<backup::DataTimeSource>("source");
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("key");
    using enum backup::DataTimeSource;
    QTest::newRow("the dump") << Dump << u"the changes of the last 56 s"_s << u"dump"_s;
    QTest::newRow("the manifest") << Manifest << u"the changes of the last 56 s"_s << u"manifest"_s;
    QTest::newRow("the name") << FileName
                              << u"the changes since 2026-03-01 12:00 UTC, which is in the file's "
                                 "name"_s
                              << u"file-name"_s;
    QTest::newRow("the file system")
        << FileTime << u"the changes of at least the last 56 s, by the file's time"_s
        << u"file-time"_s;
}

void TestLossEstimate::whoSaysWhenItWasTakenIsSaid()
{
    QFETCH(backup::DataTimeSource, source);
    QFETCH(QString, words);
    QFETCH(QString, key);
    LossEstimate loss;
    loss.taken = {.at = noon, .source = source};
    loss.interval = std::chrono::seconds(56);
    QCOMPARE(changesInWords(loss), words);
    QCOMPARE(toJson(loss)["sinceBy"_L1].toString(), key);
    QCOMPARE(toJson(loss)["since"_L1].toString(), u"2026-03-01T12:00:00Z"_s);
}

void TestLossEstimate::aStopEndsTheCounting()
{
    auto session = this->session("CREATE TABLE public.t AS SELECT generate_series(1, 10)");
    std::stop_source stop;
    stop.request_stop();
    TaskContext context(stop.get_token());
    const auto loss = estimateLoss(session, tenRows(), {noon}, noon, context);
    QVERIFY(!loss);
    QCOMPARE(loss.error().kind, ErrorKind::Cancelled);
}

void TestLossEstimate::aLostConnectionIsNoEstimate()
{
    auto session = this->session("CREATE TABLE public.t AS SELECT generate_series(1, 10)");
    m_server->execute(u"postgres"_s, "SELECT pg_terminate_backend(" +
                                         QByteArray::number(session.facts().backendPid) + ")");
    const auto loss = estimateLoss(session, tenRows(), {noon}, noon, m_context);
    QVERIFY2(!loss, "nothing was counted, so nothing may be claimed");
    QCOMPARE(loss.error().kind, ErrorKind::Unreachable);
}

/// Last: the server begins anew for it.
void TestLossEstimate::theLastCommitIsKnownWhereItIsKept()
{
    m_server->execute(u"postgres"_s, "ALTER SYSTEM SET track_commit_timestamp = on");
    m_server->forgetSessions();
    m_server->stop();
    m_server->restart();
    auto session = this->session("CREATE TABLE public.t AS SELECT generate_series(1, 10)");
    const LossEstimate loss = estimated(session, tenRows());
    QVERIFY(!loss.newest);
    QVERIFY(loss.sinceLastCommit && *loss.sinceLastCommit < std::chrono::seconds(60));
    QVERIFY2(newestInWords(loss).startsWith(
                 u"age unknown: no time column tells it; last commit on the whole server "_s),
             qPrintable(newestInWords(loss)));
}

MAYDAY_TEST(TestLossEstimate);
#include "tst_lossestimate.moc"
