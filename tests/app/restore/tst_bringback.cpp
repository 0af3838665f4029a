// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/bringbackcase.h"
#include "restore/putback.h"
#include "support/steprelay.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QScopeGuard>
#include <QTest>

#include <future>
#include <stop_token>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Rows that came after the backup, against a real server: found, and brought back on demand. Each
/// from what is kept as a schema and as a database.
class TestBringBack : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void initTestCase_data();
    void whatDiffersIsCounted();
    void newRowsComeBackWithTheirChildren();
    void theEarlierStateComesBackWhole();
    void changedRowsStayUnlessAsked();
    void tablesWithoutAKeyAreComparedAsWholeRows();
    void typesOfTheSchemaTravel();
    void computedAndFixedColumnsAreRespected();
    void columnsOfOnlyOneSideAreNamed();
    void aTableTheBackupHasNot();
    void aCascadeReachesNoTableNobodyChose();
    void aMissingParentIsNamed();
    void triggersSleepAndKeepTheirState();
    void ringsOfReferences_data();
    void ringsOfReferences();
    void writersOfTheRestoredTablesLoseNothing();
    void aStopChangesNothing();
    void aComparisonThatRunsEndsAtOnce();
    void putBackStillWorksAfterwards();
    void nothingKeptIsSaid();

private:
    static void restoreAfter(const Shop &shop, const QByteArray &sql)
    {
        QFETCH_GLOBAL(RestoreMode, mode);
        restoreAs(mode, shop, sql);
    }
    static void restoreFrom(const Shop &shop, const QString &file)
    {
        QFETCH_GLOBAL(RestoreMode, mode);
        restoreAs(mode, shop, file);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestBringBack::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
}

void TestBringBack::initTestCase_data()
{
    QTest::addColumn<RestoreMode>("mode");
    if (!tests::isSanitized) // the other way does all that this one does, and more
        QTest::newRow("schema") << RestoreMode::Replace;
    QTest::newRow("database") << RestoreMode::ReplaceDatabase;
}

void TestBringBack::whatDiffersIsCounted()
{
    const Shop shop(*m_server, 100);
    restoreAfter(shop, "INSERT INTO products (name) VALUES ('new 1'), ('new 2');"
                       "DELETE FROM products WHERE id <= 5;" // and their listings
                       "UPDATE products SET name = 'changed' WHERE id BETWEEN 11 AND 13");
    const Comparison comparison = compared(shop);
    QFETCH_GLOBAL(RestoreMode, mode);
    QCOMPARE(comparison.database.startsWith(shop.database() + u"_before_"_s),
             mode == RestoreMode::ReplaceDatabase);
    QCOMPARE(counts(comparison, u"products"_s), u"2/5/3"_s);
    QCOMPARE(counts(comparison, u"listings"_s), u"0/5/0"_s);
    QCOMPARE(counts(comparison, u"empty_one"_s), u"0/0/0"_s);
    QCOMPARE(comparison.onlyKept(), 2);
    QVERIFY(find(comparison, u"products"_s)->pair.hasKey());
    QVERIFY(!find(comparison, u"empty_one"_s)->pair.hasKey());
}

void TestBringBack::newRowsComeBackWithTheirChildren()
{
    const Shop shop(*m_server, 100);
    restoreAfter(shop, "INSERT INTO products (name, kind, extra, created_at) VALUES"
                       " ('new', 'b', '{\"a\": [1, null]}', '2026-11-23 08:15:00.123456+00');"
                       "INSERT INTO listings (product_id, price) SELECT max(id), 12.50 FROM "
                       "products;"
                       "SELECT nextval('products_id_seq')");
    const QString row = u"SELECT p::text || l::text FROM products p JOIN listings l"
                        " ON l.product_id = p.id WHERE p.name = 'new'"_s;
    QCOMPARE(shop.ask(row.toUtf8()), QString());
    const BringBackReceipt receipt = brought(
        shop.target(),
        // children first, on purpose
        {{u"listings"_s, TableChoice::AddMissing}, {u"products"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.inserted(), 2);
    QVERIFY(shop.ask(row.toUtf8()).contains(u"12.50"_s));
    QVERIFY(shop.ask(row.toUtf8()).contains(u".123456"_s));
    // 101 is the row's, and 102 was given out before the restore.
    QCOMPARE(shop.ask("SELECT nextval('products_id_seq')"), u"103"_s);
    shop.run("INSERT INTO listings (product_id, price) VALUES (1, 1)"); // the identity has moved
    QCOMPARE(counts(compared(shop), u"products"_s), u"0/0/0"_s);
}

void TestBringBack::theEarlierStateComesBackWhole()
{
    const Shop shop(*m_server, 100);
    const QByteArray changes = "INSERT INTO products (name) VALUES ('new');"
                               "DELETE FROM products WHERE id <= 5;"
                               "UPDATE products SET name = 'changed', extra = NULL WHERE id = 11";
    const QString file = shop.writeDump(shop.dump());
    shop.run(changes);
    const QByteArray before = shop.dump({u"--data-only"_s, u"--table=public.products"_s});
    restoreFrom(shop, file);
    const BringBackReceipt receipt =
        brought(shop.target(),
                {{u"products"_s, TableChoice::AsBefore}, {u"listings"_s, TableChoice::AsBefore}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.tables.size(), 2);
    QCOMPARE(receipt.tables[0].name, u"products"_s);
    QCOMPARE(receipt.tables[0].inserted, 1);
    QCOMPARE(receipt.tables[0].updated, 1);
    QCOMPARE(receipt.tables[0].deleted, 5);
    QCOMPARE(receipt.tables[1].deleted, 5);
    const auto sorted = [](const QByteArray &dump) {
        QList<QByteArray> lines = withoutKeys(dump).split('\n');
        std::ranges::sort(lines);
        return lines.join('\n');
    };
    QCOMPARE(sorted(shop.dump({u"--data-only"_s, u"--table=public.products"_s})), sorted(before));
}

void TestBringBack::changedRowsStayUnlessAsked()
{
    const Shop shop(*m_server, 20);
    restoreAfter(shop, "UPDATE products SET name = 'changed' WHERE id = 1;"
                       "INSERT INTO products (name) VALUES ('new')");
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"products"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(counts(compared(shop), u"products"_s), u"0/0/1"_s);
    QCOMPARE(receipt.notes,
             QStringList{u"public.products: rows changed after the backup stay as the backup has "
                         "them (1)"_s});
}

void TestBringBack::tablesWithoutAKeyAreComparedAsWholeRows()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE visits (page text, at timestamptz);"
             "INSERT INTO visits VALUES ('a', '2026-01-01'), ('a', '2026-01-01'), ('b', NULL)");
    restoreAfter(shop, "INSERT INTO visits VALUES ('a', '2026-01-01'), ('b', NULL), ('c', NULL);"
                       "DELETE FROM visits WHERE ctid = (SELECT min(ctid) FROM visits)");
    // Earlier: a a b b c. Backup: a a b.
    QCOMPARE(counts(compared(shop), u"visits"_s), u"2/0/0"_s);
    QVERIFY(brought(shop.target(), {{u"visits"_s, TableChoice::AddMissing}}).verdict ==
            Verdict::Proven);
    QCOMPARE(shop.ask("SELECT string_agg(page, '' ORDER BY page) FROM visits"), u"aabbc"_s);
    shop.run("INSERT INTO visits VALUES ('c', NULL), ('x', NULL)");
    QCOMPARE(counts(compared(shop), u"visits"_s), u"0/2/0"_s);
    const BringBackReceipt receipt = brought(shop.target(), {{u"visits"_s, TableChoice::AsBefore}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT string_agg(page, '' ORDER BY page) FROM visits"), u"aabbc"_s);
}

void TestBringBack::typesOfTheSchemaTravel()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TYPE public.place AS (street text, number int);"
             "CREATE DOMAIN public.grade AS int CHECK (VALUE BETWEEN 1 AND 6);"
             "CREATE TABLE odd (\"the \"\"id\"\" %1\" public.kind PRIMARY KEY, home public.place,"
             " marks public.grade[], kinds public.kind[], span int4range, doc xml, at point)");
    const QByteArray row = "INSERT INTO odd VALUES ('a', ROW('O''Hara, \"5\"', 5), '{1,6}',"
                           " '{a,b}', '[1,5)', '<a>1</a>', '(1,2)')";
    restoreAfter(shop, row);
    QCOMPARE(counts(compared(shop), u"odd"_s), u"1/0/0"_s);
    const BringBackReceipt receipt = brought(shop.target(), {{u"odd"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT (home).street || marks::text || pg_typeof(kinds) FROM odd"),
             u"O'Hara, \"5\"{1,6}kind[]"_s);
    shop.run("UPDATE odd SET home = ROW('x', 1)");
    QCOMPARE(counts(compared(shop), u"odd"_s), u"0/0/1"_s);
    QVERIFY(brought(shop.target(), {{u"odd"_s, TableChoice::AsBefore}}).verdict == Verdict::Proven);
}

void TestBringBack::computedAndFixedColumnsAreRespected()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE sums (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int,"
             " twice int GENERATED ALWAYS AS (a * 2) STORED)");
    restoreAfter(shop, "INSERT INTO sums (a) VALUES (21), (22)");
    shop.run("INSERT INTO sums (id, a) OVERRIDING SYSTEM VALUE VALUES (1, 1)"); // taken meanwhile
    QCOMPARE(counts(compared(shop), u"sums"_s), u"1/0/1"_s);
    const BringBackReceipt receipt = brought(shop.target(), {{u"sums"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT string_agg(id || ':' || twice, ' ' ORDER BY id) FROM sums"),
             u"1:2 2:44"_s);
    QCOMPARE(shop.ask("INSERT INTO sums (a) VALUES (0) RETURNING id"), u"3"_s);
}

void TestBringBack::columnsOfOnlyOneSideAreNamed()
{
    const Shop shop(*m_server, 5);
    restoreAfter(shop, "ALTER TABLE products ADD colour text DEFAULT 'red';"
                       "ALTER TABLE products DROP COLUMN extra;"
                       "INSERT INTO products (name) VALUES ('new')");
    const Comparison comparison = compared(shop);
    const TablePair &pair = find(comparison, u"products"_s)->pair;
    QCOMPARE(pair.onlyKeptColumns, QStringList{u"colour"_s});
    QCOMPARE(pair.onlyLiveColumns, QStringList{u"extra"_s});
    QCOMPARE(counts(comparison, u"products"_s), u"1/0/0"_s);
    QVERIFY(brought(shop.target(), {{u"products"_s, TableChoice::AddMissing}}).verdict ==
            Verdict::Proven);
    QCOMPARE(shop.ask("SELECT count(*) FROM products WHERE name = 'new'"), u"1"_s);
}

void TestBringBack::aTableTheBackupHasNot()
{
    const Shop shop(*m_server, 5);
    restoreAfter(shop, "CREATE TABLE brand_new (id int PRIMARY KEY);"
                       "INSERT INTO brand_new VALUES (1), (2)");
    const Comparison comparison = compared(shop);
    QCOMPARE(counts(comparison, u"brand_new"_s), u"2/0/0"_s);
    QVERIFY(!find(comparison, u"brand_new"_s)->pair.hasLive);
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"brand_new"_s, TableChoice::AddMissing}});
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->subject, u"public.brand_new"_s);
}

void TestBringBack::aCascadeReachesNoTableNobodyChose()
{
    const Shop shop(*m_server, 20);
    restoreAfter(shop, "DELETE FROM products WHERE id <= 5");
    const QString before = shop.liveState();
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"products"_s, TableChoice::AsBefore}});
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->subject, u"public.listings"_s);
    QVERIFY2(receipt.error->detail.contains(u"from 20 rows to 15"_s), why(receipt));
    QVERIFY(receipt.tables.isEmpty());
    QCOMPARE(shop.liveState(), before);
}

void TestBringBack::aMissingParentIsNamed()
{
    const Shop shop(*m_server, 20);
    restoreAfter(shop, "INSERT INTO products (name) VALUES ('new');"
                       "INSERT INTO listings (product_id) SELECT max(id) FROM products");
    const QString before = shop.liveState();
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"listings"_s, TableChoice::AddMissing}});
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->sqlState, u"23503"_s);
    QCOMPARE(receipt.error->subject, u"public.listings"_s);
    QCOMPARE(shop.liveState(), before);
}

void TestBringBack::triggersSleepAndKeepTheirState()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE FUNCTION mail() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
             " RAISE EXCEPTION 'a mail goes out'; END $f$;"
             "CREATE TABLE orders (id int PRIMARY KEY);"
             "CREATE TRIGGER always AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION mail();"
             "CREATE TRIGGER normal AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION mail();"
             "CREATE TRIGGER resting AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION mail();"
             "ALTER TABLE orders ENABLE ALWAYS TRIGGER always;"
             "ALTER TABLE orders DISABLE TRIGGER resting");
    const QByteArray states =
        "SELECT string_agg(tgname || tgenabled::text, ' ' ORDER BY tgname) FROM "
        "pg_trigger WHERE tgrelid = 'orders'::regclass";
    const QString before = shop.ask(states);
    restoreAfter(shop, "ALTER TABLE orders DISABLE TRIGGER USER; INSERT INTO orders VALUES (1)");
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"orders"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask(states), before);
}

void TestBringBack::ringsOfReferences_data()
{
    QTest::addColumn<QByteArray>("deferrable");
    QTest::addColumn<bool>("passes");
    QTest::newRow("may be deferred") << QByteArray("DEFERRABLE") << true;
    QTest::newRow("may not") << QByteArray("NOT DEFERRABLE") << false;
}

void TestBringBack::ringsOfReferences()
{
    QFETCH(QByteArray, deferrable);
    QFETCH(bool, passes);
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE hens (id int PRIMARY KEY, egg int, mother int REFERENCES hens);"
             "CREATE TABLE eggs (id int PRIMARY KEY, hen int REFERENCES hens);"
             "ALTER TABLE hens ADD FOREIGN KEY (egg) REFERENCES eggs " +
             deferrable);
    restoreAfter(shop, "INSERT INTO hens VALUES (2, NULL, NULL), (1, NULL, 2);"
                       "INSERT INTO eggs VALUES (1, 1); UPDATE hens SET egg = 1");
    const BringBackReceipt receipt = brought(shop.target(), {{u"eggs"_s, TableChoice::AddMissing},
                                                             {u"hens"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.error.has_value() != passes, why(receipt));
    QCOMPARE(receipt.error ? receipt.error->sqlState : QString(), passes ? QString() : u"23503"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM hens"), passes ? u"2"_s : u"0"_s);
}

void TestBringBack::writersOfTheRestoredTablesLoseNothing()
{
    const Shop shop(*m_server, 20);
    restoreAfter(shop, "INSERT INTO products (name) VALUES ('after the backup')");
    shop.run("INSERT INTO products (id, name) VALUES (500, 'after the restore');"
             "UPDATE products SET name = 'changed after the restore' WHERE id = 3");
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"products"_s, TableChoice::AddMissing}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM products WHERE name LIKE '%after the%'"), u"3"_s);
}

void TestBringBack::aStopChangesNothing()
{
    const Shop shop(*m_server, 20);
    restoreAfter(shop, "INSERT INTO products (name) VALUES ('new')");
    const QString before = shop.liveState();
    std::stop_source stop;
    const StepRelay relay(shop.target(), "INSERT INTO", [&stop] {
        stop.request_stop();
        return StepRelay::Then::GoOn;
    });
    const BringBackReceipt receipt =
        brought(relay.connectionString(), {{u"products"_s, TableChoice::AddMissing}},
                TaskContext(stop.get_token()));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Cancelled);
    QCOMPARE(shop.liveState(), before);
}

/// Its answer is far away: somebody else holds a table that it has come to.
void TestBringBack::aComparisonThatRunsEndsAtOnce()
{
    const Shop shop(*m_server, 100);
    restoreAfter(shop, "INSERT INTO products (name) VALUES ('new');"
                       "INSERT INTO listings (product_id, price) VALUES (7, 7)");
    const QString before = shop.liveState();
    const auto target = shop.target();
    TaskContext context;
    std::stop_source stop;
    std::future<Result<Comparison>> running;
    auto connected = postgres::Session::connect(target, context);
    QVERIFY(connected);
    std::optional holder(*std::move(connected));
    const auto letGo = qScopeGuard([&] {
        stop.request_stop();
        holder.reset();
    });
    QVERIFY(holder->execute("BEGIN", context));
    QVERIFY(holder->execute("LOCK TABLE public.products IN ACCESS EXCLUSIVE MODE", context));
    running = std::async(std::launch::async, [target, token = stop.get_token()] {
        TaskContext inside(token);
        return compareWithKept(target, {}, inside, {});
    });
    const QByteArray comparing =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mayday compare'";
    QTRY_COMPARE(m_server->scalar(u"postgres"_s, comparing + " AND wait_event_type = 'Lock'"
                                                             " AND query ~ 'FROM ONLY.*products'"),
                 u"1"_s);
    QCOMPARE(running.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    stop.request_stop();
    QVERIFY(running.wait_for(std::chrono::seconds(1)) == std::future_status::ready);
    const auto outcome = running.get();
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
    QTRY_COMPARE(m_server->scalar(u"postgres"_s, comparing), u"0"_s);
    QVERIFY(holder->execute("ROLLBACK", context));
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'mayday\\_kept%'"), u"0"_s);
    QCOMPARE(shop.liveState(), before);
    QCOMPARE(counts(compared(shop), u"products"_s), u"1/0/0"_s);
}

void TestBringBack::putBackStillWorksAfterwards()
{
    const Shop shop(*m_server, 20);
    const QString file = shop.writeDump(shop.dump());
    shop.run("INSERT INTO products (name) VALUES ('new')");
    const QString earlier = shop.ask("SELECT md5(string_agg(p::text, '' ORDER BY id)) FROM "
                                     "products p");
    restoreFrom(shop, file);
    QVERIFY(brought(shop.target(), {{u"products"_s, TableChoice::AddMissing}}).verdict ==
            Verdict::Proven);
    TaskContext context;
    QCOMPARE(putBack(shop.target(), {}, SystemClock().now(), context).verdict, Verdict::Proven);
    QCOMPARE(shop.ask("SELECT md5(string_agg(p::text, '' ORDER BY id)) FROM products p"), earlier);
}

void TestBringBack::nothingKeptIsSaid()
{
    const Shop shop(*m_server, 5);
    TaskContext context;
    QCOMPARE(compareWithKept(shop.target(), {}, context, {}).error().kind, ErrorKind::NotFound);
    const BringBackReceipt receipt =
        brought(shop.target(), {{u"products"_s, TableChoice::AddMissing}});
    QCOMPARE(receipt.error->kind, ErrorKind::NotFound);
}

MAYDAY_TEST(TestBringBack);
#include "tst_bringback.moc"
