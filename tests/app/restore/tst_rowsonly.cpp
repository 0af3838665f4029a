// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "backup/inspectionindex.h"
#include "restore/bringback.h"
#include "restore/preflight.h"
#include "restore/putback.h"
#include "support/steprelay.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// pg_dump --data-only: rows, and no tables to load them into but those that are live.
class TestRowsOnly : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void rowsComeIntoTheStructureThatIsLive_data();
    void rowsComeIntoTheStructureThatIsLive();
    void orphansAreNamedAndNothingChanges();
    void aTableThatWouldBeEmptyIsNamed();
    void aTableThatIsNotThereIsNamed();
    void rowsThatDoNotSayTheirColumnsAreRefused();
    void aColumnThatTheBackupLacksIsADifference();
    void numbersThatWereGivenAreNotGivenAgain();
    void aPolicyHidesNoRowsFromTheQuestion();
    void rowsOfTheWholeGoIntoItsParts();
    void largeObjectsComeWithTheRows();
    void oneTableIsLaidBeside();
    void otherWaysAreRefused_data();
    void otherWaysAreRefused();
    void thePlanSaysSo();
    void harmAtAnyStepLeavesNothing_data();
    void harmAtAnyStepLeavesNothing();

private:
    [[nodiscard]] static RestoreReceipt run(const RestorePlan &plan)
    {
        TaskContext context;
        return RestoreRunner(plan, SystemClock(), {}).run(std::nullopt, context);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestRowsOnly::rowsComeIntoTheStructureThatIsLive_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("COPY") << QStringList();
    QTest::newRow("INSERT") << QStringList{u"--column-inserts"_s};
    QTest::newRow("triggers off") << QStringList{u"--disable-triggers"_s};
    QTest::newRow("archive") << QStringList{u"--format=custom"_s};
}

void TestRowsOnly::rowsComeIntoTheStructureThatIsLive()
{
    QFETCH(QStringList, options);
    const Shop shop(*m_server, 100);
    // Each in the way of rows that come in the order of a dump, were it there.
    shop.run("CREATE TABLE public.parts (id integer PRIMARY KEY, whole integer);"
             "INSERT INTO public.parts VALUES (1, 2), (2, NULL);"
             "ALTER TABLE public.parts ADD FOREIGN KEY (whole) REFERENCES public.parts;"
             "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS"
             " $f$ BEGIN RAISE 'no'; END $f$;"
             "CREATE TRIGGER no BEFORE INSERT ON public.listings FOR EACH ROW EXECUTE FUNCTION"
             " public.no();"
             "GRANT SELECT ON public.products TO PUBLIC");
    const QByteArray before = shop.dump();
    const QString file = shop.writeDump(shop.dump(QStringList{u"--data-only"_s} + options));
    shop.run("DELETE FROM public.products; UPDATE public.parts SET whole = NULL;"
             "SELECT setval('public.products_id_seq', 7)");

    const RestoreReceipt receipt = shop.restore(file);

    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.rowsRestored(), 202);
    QVERIFY2(receipt.notes.join(u'\n').contains(u"the backup has rows only"_s), why(receipt));
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
    TaskContext context;
    const PutBackReceipt back = putBack(shop.target(), {}, SystemClock().now().addSecs(1), context);
    QVERIFY2(!back.error, why(back));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"0"_s);
}

void TestRowsOnly::orphansAreNamedAndNothingChanges()
{
    const Shop shop(*m_server, 20);
    const QString file =
        shop.writeDump(shop.dump({u"--data-only"_s}).replace("\n5\tp;", "\n500\tp;"));
    const QString before = shop.liveState();
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->sqlState, u"23503"_s);
    QVERIFY2(receipt.error->detail.contains(u"listings_product_id_fkey"_s), why(receipt));
    QCOMPARE(receipt.error->line, 0); // it is in no line of the file
    QCOMPARE(shop.liveState(), before);
}

void TestRowsOnly::aTableThatWouldBeEmptyIsNamed()
{
    const Shop shop(*m_server, 20);
    const QString file =
        shop.writeDump(shop.dump({u"--data-only"_s, u"--table=public.products"_s}));
    const QString before = shop.liveState();
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(u"none of public.listings, which would be empty"_s),
             why(receipt));
    QCOMPARE(receipt.error->advice, Advice::BringRowsBack);
    QCOMPARE(shop.liveState(), before);
}

void TestRowsOnly::aTableThatIsNotThereIsNamed()
{
    const Shop shop(*m_server, 20);
    const QString file = shop.writeDump(shop.dump({u"--data-only"_s}));
    shop.run("DROP TABLE public.empty_one");
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(u"the server has no table public.empty_one"_s),
             why(receipt));
}

/// INSERT INTO t VALUES (...): nobody knows whether the columns are still those, and in that order.
void TestRowsOnly::rowsThatDoNotSayTheirColumnsAreRefused()
{
    const Shop shop(*m_server, 20);
    const QString file = shop.writeDump(shop.dump({u"--data-only"_s, u"--inserts"_s}));
    shop.run("ALTER TABLE public.listings DROP COLUMN price CASCADE;"
             "ALTER TABLE public.listings ADD COLUMN weight numeric");
    const QString before = shop.liveState();
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(u"does not say of which columns"_s), why(receipt));
    QVERIFY(receipt.error->line > 0);
    QCOMPARE(shop.liveState(), before);
}

void TestRowsOnly::aColumnThatTheBackupLacksIsADifference()
{
    const Shop shop(*m_server, 20);
    const QString file = shop.writeDump(shop.dump({u"--data-only"_s}));
    shop.run("ALTER TABLE public.products ADD COLUMN newer integer DEFAULT 5");
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.contains(
                 u"public.products: the backup has nothing for newer; its rows get the default"_s),
             why(receipt));
    QCOMPARE(shop.ask("SELECT sum(newer) FROM public.products"), u"100"_s);
}

void TestRowsOnly::numbersThatWereGivenAreNotGivenAgain()
{
    const Shop shop(*m_server, 20);
    const QString file = shop.writeDump(shop.dump({u"--data-only"_s}));
    shop.run(
        "CREATE SEQUENCE public.\"Invoice no\"; SELECT setval('public.\"Invoice no\"', 48213)");
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT nextval('public.\"Invoice no\"')"), u"48214"_s);
    QCOMPARE(shop.ask("SELECT nextval('public.products_id_seq')"), u"21"_s);
}

void TestRowsOnly::aPolicyHidesNoRowsFromTheQuestion()
{
    const Shop shop(*m_server, 20);
    shop.run("CREATE ROLE keeper_of_rows LOGIN PASSWORD 'only-in-tests';"
             "CREATE TABLE public.audit (id integer); INSERT INTO public.audit VALUES (1);"
             "ALTER TABLE public.audit ENABLE ROW LEVEL SECURITY;"
             "ALTER TABLE public.audit FORCE ROW LEVEL SECURITY;"
             "CREATE POLICY none ON public.audit USING (false);"
             "ALTER SCHEMA public OWNER TO keeper_of_rows;"
             "ALTER TABLE public.audit OWNER TO keeper_of_rows;"
             "ALTER TABLE public.products OWNER TO keeper_of_rows;"
             "ALTER TABLE public.listings OWNER TO keeper_of_rows;"
             "ALTER TABLE public.empty_one OWNER TO keeper_of_rows;"
             "ALTER VIEW public.priced OWNER TO keeper_of_rows;"
             "ALTER TYPE public.kind OWNER TO keeper_of_rows;"
             "ALTER FUNCTION public.twice(integer) OWNER TO keeper_of_rows;"
             "GRANT CREATE ON DATABASE " +
             shop.database().toUtf8() + " TO keeper_of_rows");
    RestorePlan plan =
        shop.plan(shop.writeDump(shop.dump({u"--data-only"_s, u"--exclude-table=public.audit"_s})));
    plan.target =
        postgres::ConnectionString::parse(
            u"host=127.0.0.1 port=%1 dbname=%2 user=keeper_of_rows"_s.arg(m_server->port())
                .arg(shop.database()))
            .value()
            .withPassword(Secret("only-in-tests"));
    const RestoreReceipt receipt = run(plan);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(u"nobody can say whether"_s), why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.audit"), u"1"_s);
}

void TestRowsOnly::rowsOfTheWholeGoIntoItsParts()
{
    const Shop shop(*m_server, 20);
    shop.run("CREATE TABLE public.days (day integer) PARTITION BY RANGE (day);"
             "CREATE TABLE public.days_1 PARTITION OF public.days FOR VALUES FROM (1) TO (10);"
             "CREATE TABLE public.days_2 PARTITION OF public.days FOR VALUES FROM (10) TO (20);"
             "INSERT INTO public.days VALUES (5), (15)");
    const QString file =
        shop.writeDump(shop.dump({u"--data-only"_s, u"--load-via-partition-root"_s}));
    const RestoreReceipt receipt = shop.restore(file);
    // The parts have rows, and stand in no COPY: nobody can tell them from forgotten ones.
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.contains(u"(--load-via-partition-root)"_s), why(receipt));
    QVERIFY2(receipt.error->detail.contains(u"public.days_1 and public.days_2 might be empty"_s) ||
                 receipt.error->detail.contains(u"public.days_1, public.days_2 might be empty"_s),
             why(receipt));
}

/// They belong to the whole database: what is there stays, what is not comes back.
void TestRowsOnly::largeObjectsComeWithTheRows()
{
    const Shop shop(*m_server, 20);
    shop.run("CREATE TABLE public.files (id oid);"
             "INSERT INTO public.files SELECT lo_from_bytea(0, 'one');"
             "INSERT INTO public.files SELECT lo_from_bytea(0, 'two')");
    const QString file = shop.writeDump(shop.dumpOf({u"--data-only"_s, u"--large-objects"_s}));
    const auto content = [&shop] {
        return shop.ask("SELECT string_agg(convert_from(lo_get(id), 'UTF8'), ' ' ORDER BY id)"
                        " FROM public.files");
    };
    shop.run("SELECT lo_unlink(max(id)) FROM public.files;"
             "SELECT lo_put(min(id), 0, 'new') FROM public.files; DELETE FROM public.products");
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(content(), u"new two"_s);
    QVERIFY2(receipt.notes.join(u' ').contains(u"large objects that are there already stay"_s),
             why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"20"_s);
}

void TestRowsOnly::oneTableIsLaidBeside()
{
    const Shop shop(*m_server, 20);
    RestorePlan plan =
        shop.plan(shop.writeDump(shop.dump({u"--data-only"_s, u"--table=public.products"_s})));
    plan.mode = RestoreMode::Copy;
    shop.run("DELETE FROM public.products WHERE id > 5");
    const RestoreReceipt receipt = run(plan);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.tables.size(), 1);
    TaskContext context;
    const auto comparison = compareWithKept(shop.target(), plan.id.text(), context, {});
    QVERIFY(comparison);
    QCOMPARE(comparison->tables.size(), 1); // the others are not "deleted since"
    QCOMPARE(comparison->tables[0].onlyKept, 15);
}

void TestRowsOnly::otherWaysAreRefused_data()
{
    QTest::addColumn<RestoreMode>("mode");
    QTest::newRow("database") << RestoreMode::ReplaceDatabase;
    QTest::newRow("in place") << RestoreMode::InPlace;
    QTest::newRow("missing tables") << RestoreMode::Tables;
}

void TestRowsOnly::otherWaysAreRefused()
{
    QFETCH(RestoreMode, mode);
    const Shop shop(*m_server, 20);
    RestorePlan plan = shop.plan(shop.writeDump(shop.dump({u"--data-only"_s})));
    plan.mode = mode;
    plan.tables = {{u"public"_s, u"products"_s}};
    const QString before = shop.liveState();
    const RestoreReceipt receipt = run(plan);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error->detail.startsWith(u"it has rows only"_s), why(receipt));
    QCOMPARE(shop.liveState(), before);
}

void TestRowsOnly::thePlanSaysSo()
{
    const Shop shop(*m_server, 20);
    TaskContext context;
    const auto reportOf = [&](const QStringList &options) {
        const QString file = shop.writeDump(shop.dump(QStringList{u"--data-only"_s} + options));
        const auto inspection = backup::inspectUnlessKnown(file, context);
        return runPreflight(shop.plan(file), *inspection, {SystemClock().now()}, context).value();
    };
    const PreflightReport whole = reportOf({});
    QVERIFY(!whole.blocker && !whole.hindrance);
    QCOMPARE(whole.way.proposed, RestoreMode::Replace);
    QVERIFY(!whole.way.isPossible(RestoreMode::ReplaceDatabase));
    QVERIFY(!whole.way.isPossible(RestoreMode::InPlace));
    QVERIFY(std::ranges::any_of(whole.notes, [](const PreflightNote &note) {
        return note.text.startsWith(u"The backup has rows only."_s);
    }));
    const PreflightReport part = reportOf({u"--table=public.products"_s});
    QVERIFY(!part.blocker);
    QVERIFY(part.hindrance && part.hindrance->advice == Advice::BringRowsBack);
    const QString file = shop.writeDump(shop.dump({u"--data-only"_s}));
    const auto inspection = backup::inspectUnlessKnown(file, context);
    shop.run("DROP TABLE public.empty_one");
    QVERIFY(runPreflight(shop.plan(file), *inspection, {SystemClock().now()}, context)->hindrance);
}

void TestRowsOnly::harmAtAnyStepLeavesNothing_data()
{
    QTest::addColumn<QByteArray>("step");
    tests::Thinned some(4);
    for (const char *step : {"pg_export_snapshot", "RENAME TO", "CREATE TABLE public.products",
                             "COPY public.products", "ADD CONSTRAINT products_pkey", "COMMIT"})
        if (some.takesNext())
            QTest::newRow(step) << QByteArray(step);
}

void TestRowsOnly::harmAtAnyStepLeavesNothing()
{
    QFETCH(QByteArray, step);
    const Shop shop(*m_server, 2000);
    const QString file = shop.writeDump(shop.dump({u"--data-only"_s}));
    const QString before = shop.liveState();
    {
        const StepRelay relay(shop.target(), step, [] { return StepRelay::Then::Cut; });
        RestorePlan plan = shop.plan(file);
        plan.target = relay.connectionString();
        const RestoreReceipt receipt = run(plan);
        QVERIFY(relay.hasStruck());
        QVERIFY2(receipt.verdict == Verdict::NotRestored, why(receipt));
        QVERIFY(receipt.left.isEmpty());
    }
    QCOMPARE(shop.liveState(), before);
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
}

MAYDAY_TEST(TestRowsOnly);
#include "tst_rowsonly.moc"
