// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/bringbackcase.h"
#include "support/steprelay.h"
#include "support/testmain.h"
#include "support/thinned.h"

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Rows that come from a database beside the live one, by text and over two connections: what only
/// that way may get wrong. What both ways have in common is tst_bringback's.
class TestTwoDatabases : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void keysOfEveryKindMatch_data();
    void keysOfEveryKindMatch();
    void theSettingsOfADatabaseDoNotCount();
    void aKeyMayBeComputed();
    void namesOfTablesMayMeanNothingLive();
    void tablesWithNoColumnInCommon();
    void harmWhileRowsComeOverChangesNothing_data();
    void harmWhileRowsComeOverChangesNothing();

private:
    static void restoreAfter(const Shop &shop, const QByteArray &sql)
    {
        restoreAs(RestoreMode::ReplaceDatabase, shop, sql);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestTwoDatabases::keysOfEveryKindMatch_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("values"); // of three rows that stay, one changed, one new
    tests::Thinned thinned(6);
    const auto row = [&thinned](const char *type, const char *values) {
        if (thinned.takesNext())
            QTest::newRow(type) << QByteArray(type) << QByteArray(values);
    };
    row("char(5)", "'a','b','c','d','e'");
    row("text COLLATE \"C\"", "'a','B','c','ä','e'");
    row("varchar(9) COLLATE \"POSIX\"", "'a','B','c d','\\x','e'");
    row("timestamptz",
        "'2026-01-01','2026-03-29 02:30:00.5','infinity','-infinity','0044-03-15 BC'");
    row("numeric", "1.50,2,3,4.000,'NaN'");
    row("float8", "0.1,'1e300',3,'-0','NaN'");
    row("bytea", "'\\x00','\\x','\\xff','abc','\\x0a'");
    row("uuid", "gen_random_uuid(),gen_random_uuid(),gen_random_uuid(),gen_random_uuid(),"
                "gen_random_uuid()");
    row("public.kind", "'a','b','c','d','e'");
    row("public.word", "'a','b','c','d','e'");
}

void TestTwoDatabases::keysOfEveryKindMatch()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, values);
    const Shop shop(*m_server, 5);
    shop.run("ALTER TYPE public.kind ADD VALUE 'c'; ALTER TYPE public.kind ADD VALUE 'd';"
             "ALTER TYPE public.kind ADD VALUE 'e'");
    shop.run("CREATE DOMAIN public.word AS varchar(8) COLLATE \"C\";"
             "CREATE TABLE keyed (k " +
             type + " PRIMARY KEY, v text);" + "CREATE TABLE all_keys (nr serial, k " + type +
             "); INSERT INTO all_keys (k) SELECT unnest(ARRAY[" + values +
             "]::" + type.split(' ').first() + "[]);" +
             "INSERT INTO keyed SELECT k, 'as it was' FROM all_keys WHERE nr <= 4");
    restoreAfter(shop, "INSERT INTO keyed SELECT k, 'new' FROM all_keys WHERE nr = 5;"
                       "UPDATE keyed SET v = 'other' WHERE k = (SELECT k FROM all_keys WHERE nr = "
                       "4)");
    QCOMPARE(counts(compared(shop), u"keyed"_s), u"1/0/1"_s);
    const BringBackReceipt receipt = brought(shop.target(), {{u"keyed"_s, TableChoice::AsBefore}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT string_agg(v, ',' ORDER BY a.nr) FROM keyed JOIN all_keys a USING "
                      "(k)"),
             u"as it was,as it was,as it was,other,new"_s);
    QCOMPARE(counts(compared(shop), u"keyed"_s), u"0/0/0"_s);
}

/// Values travel as text, and no setting may shorten them on their way.
void TestTwoDatabases::theSettingsOfADatabaseDoNotCount()
{
    const Shop shop(*m_server, 5);
    shop.run("ALTER DATABASE " + shop.database().toUtf8() +
             " SET extra_float_digits = -10; "
             "ALTER DATABASE " +
             shop.database().toUtf8() +
             " SET DateStyle = 'SQL, DMY'; "
             "ALTER DATABASE " +
             shop.database().toUtf8() +
             " SET TimeZone = 'Asia/Shanghai'; "
             "ALTER DATABASE " +
             shop.database().toUtf8() + " SET bytea_output = 'escape'");
    shop.run("CREATE TABLE measured (id int PRIMARY KEY, x float8, day date, at timestamptz, raw "
             "bytea, t interval, b bool, i inet)");
    restoreAfter(
        shop, "INSERT INTO measured VALUES (1, 0.1234567890123456789, '2026-02-01', "
              "'2026-02-01 12:00:00.123456+00', '\\x00ff', '1 day 02:03:04.5', true, '10.0.0.1')");
    QCOMPARE(counts(compared(shop), u"measured"_s), u"1/0/0"_s);
    QVERIFY(brought(shop.target(), {{u"measured"_s, TableChoice::AddMissing}}).verdict ==
            Verdict::Proven);
    QCOMPARE(
        shop.ask("SELECT x = 0.1234567890123456789::float8 AND day = make_date(2026, 2, 1)"
                 " AND at = make_timestamptz(2026, 2, 1, 12, 0, 0.123456, 'UTC') AND raw = "
                 "'\\x00ff' AND t = '1 day 02:03:04.5' AND b AND i = '10.0.0.1' FROM measured"),
        u"t"_s);
}

void TestTwoDatabases::aKeyMayBeComputed()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE docs (data jsonb, id text GENERATED ALWAYS AS (data->>'id') STORED "
             "PRIMARY KEY); INSERT INTO docs VALUES ('{\"id\": \"a\"}')");
    restoreAfter(shop, "INSERT INTO docs VALUES ('{\"id\": \"b\"}');"
                       "UPDATE docs SET data = '{\"id\": \"a\", \"n\": 1}' WHERE id = 'a'");
    QCOMPARE(counts(compared(shop), u"docs"_s), u"1/0/1"_s);
    const BringBackReceipt receipt = brought(shop.target(), {{u"docs"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT string_agg(id, '' ORDER BY id) FROM docs"), u"ab"_s);
}

void TestTwoDatabases::namesOfTablesMayMeanNothingLive()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE audited (id int PRIMARY KEY, what regclass)");
    restoreAfter(shop, "CREATE TABLE brand_new (a int);"
                       "INSERT INTO audited VALUES (1, 'products'), (2, 'brand_new')");
    QCOMPARE(counts(compared(shop), u"audited"_s), u"2/0/0"_s);
}

void TestTwoDatabases::tablesWithNoColumnInCommon()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE changed (a int); CREATE TABLE bare ()");
    restoreAfter(shop, "ALTER TABLE changed ADD b int; ALTER TABLE changed DROP a;"
                       "INSERT INTO changed VALUES (1), (2); INSERT INTO bare DEFAULT VALUES");
    const Comparison comparison = compared(shop);
    QCOMPARE(counts(comparison, u"bare"_s), u"1/0/0"_s);
    QCOMPARE(counts(comparison, u"changed"_s), u"2/0/0"_s);
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"changed"_s, TableChoice::AddMissing}});
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->subject, u"public.changed"_s);
}

void TestTwoDatabases::harmWhileRowsComeOverChangesNothing_data()
{
    QTest::addColumn<QByteArray>("step");
    for (const char *step : {"current_setting", "nspname FROM", "CREATE TEMPORARY TABLE",
                             "FROM STDIN", "TO STDOUT", "ANALYZE"})
        QTest::newRow(step) << QByteArray(step);
}

/// Of another database they come over two connections; each may break.
void TestTwoDatabases::harmWhileRowsComeOverChangesNothing()
{
    QFETCH(QByteArray, step);
    const Shop shop(*m_server, 20);
    restoreAfter(shop, "INSERT INTO products (name) VALUES ('new')");
    const QString before = shop.liveState();
    TaskContext context;
    {
        const StepRelay relay(shop.target(), step, [] { return StepRelay::Then::Cut; });
        QVERIFY(!compareWithKept(relay.connectionString(), {}, context, {}));
        QVERIFY(relay.hasStruck());
    }
    const StepRelay relay(shop.target(), step, [] { return StepRelay::Then::Cut; });
    const BringBackReceipt receipt =
        brought(relay.connectionString(), {{u"products"_s, TableChoice::AddMissing}});
    QVERIFY(relay.hasStruck());
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(!receipt.isUnknown);
    QCOMPARE(shop.liveState(), before);
}

MAYDAY_TEST(TestTwoDatabases);
#include "tst_twodatabases.moc"
