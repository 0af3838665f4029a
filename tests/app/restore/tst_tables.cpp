// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/tablescase.h"
#include "backup/inspectionindex.h"
#include "restore/restorerecord.h"
#include "restore/settlement.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

#include <chrono>
#include <thread>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Tables that were dropped come back where they were, with all that went with them, and nothing
/// else is touched.
class TestTables : public QObject, protected TablesCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void aDroppedTableComesBackWhole_data();
    void aDroppedTableComesBackWhole();
    void whatTakesItAwayAgainIsTold();
    void whatIsThereIsNotReplaced();
    void onlyWhatBelongsToItComesBack();
    void rowsThatLostTheirPartnerAreTold();
    void partitions_data();
    void partitions();
    void aPartitionedTableComesWithItsPartitions();
    void anOwnerWithoutFurtherRights();
    void writersAreNotWaitedForWithoutEnd();
    void aCommitNobodyAnsweredIsAskedAbout();
    void whatIsMadeOfARoutineComesBackToo();
    void aSchemaThatIsMissingIsNamed();
    void thePlanNamesWhatIsMissing();
    void theRecordKnowsWhatItIs();
};

void TestTables::aDroppedTableComesBackWhole_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("COPY") << QStringList();
    QTest::newRow("INSERT") << QStringList{u"--column-inserts"_s};
    QTest::newRow("clean") << QStringList{u"--clean"_s, u"--if-exists"_s};
    QTest::newRow("archive") << QStringList{u"--format=custom"_s};
    QTest::newRow("gzip") << QStringList{u"--compress=6"_s};
}

void TestTables::aDroppedTableComesBackWhole()
{
    QFETCH(QStringList, options);
    const Shop shop(*m_server, 200);
    shop.run(surroundings);
    shop.run("REFRESH MATERIALIZED VIEW public.counted");
    const QString file = shop.writeDump(shop.dump(options));
    const QByteArray before = shop.dump();
    const QString listings = shop.ask("SELECT 'public.listings'::regclass::oid");
    shop.run("DROP TABLE public.products CASCADE");

    const RestoreReceipt receipt = run(tablesPlan(shop, file));

    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.mode, u"tables"_s);
    QCOMPARE(receipt.tables.size(), 1);
    QCOMPARE(receipt.rowsRestored(), 200);
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
    QCOMPARE(shop.ask("SELECT 'public.listings'::regclass::oid"), listings);
    QCOMPARE(shop.ask("SELECT nextval('public.products_id_seq')"), u"201"_s);
    QVERIFY2(receipt.notes.isEmpty(), why(receipt));
}

void TestTables::whatTakesItAwayAgainIsTold()
{
    const Shop shop(*m_server, 50);
    shop.run(surroundings);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE");
    const QString before = stateWithout(shop);
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.left.size(), 1);
    QCOMPARE(receipt.left[0].what, u"public.products: not there before"_s);
    shop.run(receipt.left[0].removeWith.toUtf8());
    QCOMPARE(stateWithout(shop), before);
}

void TestTables::whatIsThereIsNotReplaced()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products");
    const QString before = stateWithout(shop);
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::AlreadyExists);
    QCOMPARE(receipt.error->subject, u"public.products"_s);
    QCOMPARE(receipt.error->advice, Advice::BringRowsBack);
    QCOMPARE(stateWithout(shop), before);
}

/// A view of another table that somebody has dropped on purpose stays away, and so does a function.
void TestTables::onlyWhatBelongsToItComesBack()
{
    const Shop shop(*m_server, 50);
    shop.run("CREATE VIEW public.cheap AS SELECT * FROM public.listings WHERE price < 1;"
             "CREATE TABLE public.other (id integer);"
             "CREATE POLICY p ON public.listings USING (true)");
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE; DROP VIEW public.cheap;"
             "DROP FUNCTION public.twice(integer); DROP TABLE public.other;"
             "DROP POLICY p ON public.listings;"
             "CREATE TABLE public.newer (id integer); INSERT INTO public.newer VALUES (7);"
             "DELETE FROM public.listings WHERE id > 10");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT to_regclass('public.cheap') IS NULL AND to_regclass('public.other')"
                      " IS NULL AND to_regprocedure('public.twice(integer)') IS NULL"),
             u"t"_s);
    QCOMPARE(receipt.notes,
             QStringList{u"also missing on the server, and not restored: table public.other, "
                         "policy p on public.listings, function public.twice(integer), view "
                         "public.cheap"_s});
    QCOMPARE(shop.ask("SELECT count(*) FROM public.priced"), u"10"_s);
    QCOMPARE(shop.ask("SELECT id FROM public.newer"), u"7"_s);
}

void TestTables::rowsThatLostTheirPartnerAreTold()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE;"
             "INSERT INTO public.listings (product_id, price) VALUES (999, 1)");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(receipt.notes,
             QStringList{u"foreign key listings_product_id_fkey on public.listings holds for new "
                         "rows only: some that are there have no partner"_s});
    QCOMPARE(shop.ask("SELECT convalidated FROM pg_constraint WHERE conname ="
                      " 'listings_product_id_fkey'"),
             u"f"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.listings"), u"51"_s);
}

void TestTables::partitions_data()
{
    QTest::addColumn<QByteArray>("lost");
    QTest::addColumn<QStringList>("tables");
    QTest::newRow("one") << QByteArray("days_1") << QStringList{u"days_1"_s};
    QTest::newRow("all") << QByteArray("days") << QStringList{u"days"_s, u"days_1"_s, u"days_2"_s};
}

void TestTables::partitions()
{
    QFETCH(QByteArray, lost);
    QFETCH(QStringList, tables);
    const Shop shop(*m_server, 50);
    shop.run("CREATE TABLE public.days (id integer, day integer, PRIMARY KEY (id, day))"
             " PARTITION BY RANGE (day);"
             "CREATE TABLE public.days_1 PARTITION OF public.days FOR VALUES FROM (1) TO (10);"
             "CREATE TABLE public.days_2 PARTITION OF public.days FOR VALUES FROM (10) TO (20);"
             "CREATE INDEX by_day ON public.days (day);"
             "CREATE TABLE public.notes (id integer, day integer,"
             " CONSTRAINT of_day FOREIGN KEY (id, day) REFERENCES public.days);"
             "INSERT INTO public.days SELECT g, g FROM generate_series(1, 19) g;"
             "INSERT INTO public.notes VALUES (12, 12)");
    const QByteArray before = shop.dump();
    const QString file = shop.writeDump(before);
    // What a key points to is not detached, but may be dropped.
    shop.run("DROP TABLE public." + lost + " CASCADE");
    QList<TableName> names;
    for (const QString &table : tables)
        names.append({u"public"_s, table});
    const RestoreReceipt receipt = run(tablesPlan(shop, file, names));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
}

/// It would be empty.
void TestTables::aPartitionedTableComesWithItsPartitions()
{
    const Shop shop(*m_server, 50);
    shop.run("CREATE TABLE public.days (day integer) PARTITION BY RANGE (day);"
             "CREATE TABLE public.days_1 PARTITION OF public.days FOR VALUES FROM (1) TO (10);"
             "INSERT INTO public.days VALUES (5)");
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.days");
    const RestoreReceipt receipt = run(tablesPlan(shop, file, {{u"public"_s, u"days"_s}}));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.tables.size(), 2);
    QCOMPARE(shop.ask("SELECT day FROM public.days"), u"5"_s);
}

void TestTables::anOwnerWithoutFurtherRights()
{
    const Shop shop(*m_server, 50);
    shop.run("ALTER TABLE public.products OWNER TO clerk; ALTER TABLE public.listings OWNER TO"
             " clerk; ALTER VIEW public.priced OWNER TO clerk; GRANT CREATE ON SCHEMA public TO"
             " clerk");
    const QByteArray before = shop.dump();
    const QString file = shop.writeDump(before);
    shop.run("DROP TABLE public.products CASCADE");
    RestorePlan plan = tablesPlan(shop, file);
    plan.target = postgres::ConnectionString::parse(
                      u"host=127.0.0.1 port=%1 dbname=%2 user=clerk"_s.arg(m_server->port())
                          .arg(shop.database()))
                      .value()
                      .withPassword(Secret("only-in-tests"));
    const RestoreReceipt receipt = run(plan);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
}

/// The key of a table that somebody is writing to cannot be made; who comes behind goes on.
void TestTables::writersAreNotWaitedForWithoutEnd()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE");
    TaskContext context;
    auto writer = postgres::Session::connect(shop.target(), context);
    QVERIFY(writer);
    QVERIFY(writer->execute("BEGIN; UPDATE public.listings SET price = price", context));
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.value(0).startsWith(
                 u"foreign key listings_product_id_fkey on public.listings is not made: "_s),
             why(receipt));
    QVERIFY(writer->execute("COMMIT", context));
    // It says how to make it later.
    const QString later = receipt.notes.value(0).section(u"To make it: "_s, 1);
    shop.run(later.toUtf8());
    QCOMPARE(shop.ask("SELECT convalidated FROM pg_constraint WHERE conname ="
                      " 'listings_product_id_fkey'"),
             u"t"_s);
}

void TestTables::aCommitNobodyAnsweredIsAskedAbout()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE");
    const StepRelay relay(shop.target(), "COMMIT", [] { return StepRelay::Then::CutAfter; });
    RestorePlan plan = tablesPlan(shop, file);
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = run(plan);
    QVERIFY(relay.hasStruck());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    TaskContext context;
    QCOMPARE(settlementByNote(shop.target(), plan.id, plan.safetyCopyFile(), context).value(),
             Settlement{.committed = true});
}

void TestTables::whatIsMadeOfARoutineComesBackToo()
{
    const Shop shop(*m_server, 50);
    shop.run(surroundings);
    shop.run("CREATE FUNCTION public.all_of(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
             "CREATE VIEW public.counted_all AS SELECT count(*) FROM public.all_of('a')");
    const QByteArray before = shop.dump();
    const QString file = shop.writeDump(before);
    shop.run("DROP TABLE public.products CASCADE");
    const RestoreReceipt receipt = run(tablesPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
    // Though there are two of that name.
    shop.run(receipt.left[0].removeWith.toUtf8());
    QCOMPARE(shop.ask("SELECT public.all_of(7)"), u"1"_s);
}

void TestTables::aSchemaThatIsMissingIsNamed()
{
    const Shop shop(*m_server, 50);
    shop.run("CREATE SCHEMA stock; CREATE TABLE stock.places (id integer)");
    const QString file = shop.writeDump(shop.dumpOf({}));
    shop.run("DROP SCHEMA stock CASCADE");
    const RestoreReceipt receipt = run(tablesPlan(shop, file, {{u"stock"_s, u"places"_s}}));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->subject, u"schema stock"_s);
}

void TestTables::thePlanNamesWhatIsMissing()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP TABLE public.products CASCADE; DROP TABLE public.empty_one");
    TaskContext context;
    const auto inspection = backup::inspectUnlessKnown(file, context);
    QVERIFY(inspection);
    const auto report = runPreflight(shop.plan(file), *inspection, {SystemClock().now()}, context);
    QVERIFY(report);
    QCOMPARE(report->missingTables,
             (QList<TableName>{{u"public"_s, u"empty_one"_s}, {u"public"_s, u"products"_s}}));
    // Where there is nothing at all, nothing has been dropped from it.
    shop.run("DROP TABLE public.listings");
    const auto empty = runPreflight(shop.plan(file), *inspection, {SystemClock().now()}, context);
    QVERIFY(empty);
    QVERIFY(empty->missingTables.isEmpty());
}

void TestTables::theRecordKnowsWhatItIs()
{
    const RestorePlan plan{.id = freshRestoreId(SystemClock().now()),
                           .file = u"/backups/shop.sql"_s,
                           .target = {},
                           .environment = u"test"_s,
                           .plannedAt = SystemClock().now(),
                           .mode = RestoreMode::Tables,
                           .tables = {{u"public"_s, u"products"_s}}};
    QList<RestoreRecord> records;
    const auto event = [](const store::JournalDraft &draft) {
        return store::JournalEvent{.at = SystemClock().now(),
                                   .kind = draft.kind,
                                   .subject = draft.subject,
                                   .data = draft.data};
    };
    applyEvent(records, event(startedDraft(plan)));
    QCOMPARE(records[0].mode, RestoreMode::Tables);
    QCOMPARE(records[0].safetyCopy, plan.safetyCopyFile());
    applyEvent(records,
               event(finishedDraft(
                   plan, {.id = plan.id, .verdict = Verdict::Proven, .mode = modeKey(plan.mode)})));
    QVERIFY(records[0].isInEffect());
    QVERIFY(!records[0].canBePutBack());
    QVERIFY(!records[0].canBeCompared());
}

MAYDAY_TEST(TestTables);
#include "tst_tables.moc"
