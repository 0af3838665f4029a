// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "backup/dumpopener.h"
#include "core/task.h"
#include "restore/putback.h"
#include "restore/settlement.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTest>
#include <QThreadPool>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

class TestRestoreRunner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void bringsBackWhatADumpHolds();
    void rowsComeFrozen();
    void keepsTheOldDataAndPutsItBack();
    void putsBackTwice();
    void restoresIntoAnEmptyDatabase();
    void aBadDumpChangesNothing_data();
    void aBadDumpChangesNothing();
    void rowsThatTheDumpClaimsButLacksAreNoticed();
    void aStopWithinASecondLeavesTheLiveData();
    void aLostServerLeavesTheLiveData();
    void readersAndWritersGoOn();
    void whatItWroteMeanwhileIsKept();
    void aPoolerIsRefused();
    void anotherRestoreIsRefused();
    void aHeldSchemaIsNotWaitedForForever();
    void aLoginWithoutRightsIsToldWhichRight();
    void extensionsStayWithTheSchema();
    void outsideDependentsAreNamed();
    void everyFormatOfPgDumpComesBack_data();
    void everyFormatOfPgDumpComesBack();
    void theServerTellsWhetherItWasCommitted();
    void theLossIsCounted();
    void keptDataIsListedAndDiscarded();

private:
    void verifyUntouched(const Shop &shop, const QByteArray &before, const RestoreReceipt &receipt);

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestRestoreRunner::verifyUntouched(const Shop &shop, const QByteArray &before,
                                        const RestoreReceipt &receipt)
{
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(receipt.error.has_value());
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%before%'"), u"0"_s);
}

void TestRestoreRunner::bringsBackWhatADumpHolds()
{
    const Shop shop(*m_server);
    const QByteArray before = shop.dump();
    const QString file = shop.writeDump(before);
    shop.run("DELETE FROM public.products");
    QCOMPARE(shop.ask("SELECT count(*) FROM public.listings"), u"0"_s);

    const RestoreReceipt receipt = shop.restore(file);

    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.tables.size(), 3);
    QCOMPARE(receipt.rowsRestored(), 6000);
    for (const TableResult &table : receipt.tables) {
        QCOMPARE(table.verdict, Verdict::Proven);
        QCOMPARE(table.rowsAfter, table.rowsInDump);
        if (table.name == "products"_L1)
            QCOMPARE(table.sequence, u"ok"_s);
    }
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.priced"), u"3000"_s);
    QCOMPARE(receipt.left.size(), 1);
}

/// Whoever reads them first would otherwise write on every page: the proof, and then the customers.
void TestRestoreRunner::rowsComeFrozen()
{
    const Shop shop(*m_server);
    shop.run("CREATE TABLE public.days (d date, t text) PARTITION BY RANGE (d);"
             "CREATE TABLE public.days_1 PARTITION OF public.days"
             " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
             "INSERT INTO public.days SELECT '2026-05-05', repeat('x', 100)"
             " FROM generate_series(1, 2000)");
    for (const QString &option : {u"--format=plain"_s, u"--load-via-partition-root"_s}) {
        const RestoreReceipt receipt = shop.restore(shop.writeDump(shop.dump({option})));
        QVERIFY2(receipt.verdict == Verdict::Proven,
                 receipt.error ? qPrintable(describe(*receipt.error)) : "");
        QCOMPARE(shop.ask("SELECT relallvisible * 2 > relpages FROM pg_class"
                          " WHERE oid = 'public.products'::regclass"),
                 u"t"_s);
        QCOMPARE(shop.ask("SELECT count(*) FROM public.days"), u"2000"_s);
    }
}

void TestRestoreRunner::keepsTheOldDataAndPutsItBack()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products WHERE id <= 10; INSERT INTO public.empty_one VALUES (1)");
    const QByteArray broken = shop.dump();
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"3000"_s);

    TaskContext context;
    const auto receipt = putBack(shop.target(), {}, SystemClock().now().addSecs(1), context);

    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.schemas, QStringList{u"public"_s});
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(broken));
}

void TestRestoreRunner::putsBackTwice()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products");
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    TaskContext context;
    const QDateTime now = SystemClock().now();
    QCOMPARE(putBack(shop.target(), {}, now.addSecs(1), context).verdict, Verdict::Proven);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"0"_s);
    QCOMPARE(putBack(shop.target(), {}, now.addSecs(1), context).verdict, Verdict::Proven);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"3000"_s);
    const auto nothing = putBack(shop.target(), u"restore-of-nobody"_s, now.addSecs(3), context);
    QCOMPARE(nothing.verdict, Verdict::NotRestored);
    QCOMPARE(nothing.error->kind, ErrorKind::NotFound);
}

void TestRestoreRunner::restoresIntoAnEmptyDatabase()
{
    const Shop source(*m_server);
    const QString file = source.writeDump(source.dump());
    const Shop target(*m_server);
    target.run("DROP SCHEMA public CASCADE");
    QCOMPARE(target.restore(file).verdict, Verdict::Proven);
    QCOMPARE(target.ask("SELECT count(*) FROM public.products"), u"3000"_s);
}

void TestRestoreRunner::aBadDumpChangesNothing_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("sqlState");
    tests::Thinned thinned(8);
    const auto row = [&thinned](const char *name, const QByteArray &from, const QByteArray &to,
                                ErrorKind kind, const QString &sqlState = {}) {
        if (thinned.takesNext())
            QTest::newRow(name) << from << to << kind << sqlState;
    };
    row("truncated", "-- PostgreSQL database dump complete", "", ErrorKind::Corrupt);
    row("failing row", "\n17\tp;", "\nseventeen\tp;", ErrorKind::Refused, u"22P02"_s);
    row("duplicate key", "\n17\tp;", "\n16\tp;", ErrorKind::Refused, u"23505"_s);
    row("missing column", "\n17\tp;", "\n17\tsecret-row-text\np;", ErrorKind::Refused, u"22P04"_s);
    row("syntax error", "CREATE VIEW public.priced", "CREATE VEIW public.priced",
        ErrorKind::Refused, u"42601"_s);
    row("meta-command", "CREATE VIEW public.priced",
        "\\! touch /tmp/owned\nCREATE VIEW public.priced", ErrorKind::Refused);
    row("program", "CREATE VIEW public.priced",
        "COPY public.products FROM PROGRAM 'id';\nCREATE VIEW public.priced", ErrorKind::Refused);
    row("commit hidden", "CREATE VIEW public.priced", "ROLLBACK;\nCREATE VIEW public.priced",
        ErrorKind::Refused);
    row("missing extension", "CREATE VIEW public.priced",
        "CREATE EXTENSION IF NOT EXISTS nothing_such;\nCREATE VIEW public.priced",
        ErrorKind::Unsupported);
}

void TestRestoreRunner::aBadDumpChangesNothing()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, sqlState);
    const Shop shop(*m_server);
    QByteArray text = shop.dump();
    const qsizetype at = text.indexOf(from);
    QVERIFY(at > 0);
    const qsizetype line = text.first(at + 1).count('\n') + 1;
    text.replace(at, from.size(), to);
    const QString file = shop.writeDump(text);
    shop.run("DELETE FROM public.products WHERE id > 100");
    const QByteArray before = shop.dump();

    const RestoreReceipt receipt = shop.restore(file);

    verifyUntouched(shop, before, receipt);
    QCOMPARE(receipt.error->kind, kind);
    QCOMPARE(receipt.error->sqlState, sqlState);
    QVERIFY(!describe(*receipt.error).contains(u"secret-row-text"_s));
    QVERIFY(!describe(*receipt.error).contains(u"seventeen"_s));
    if (sqlState.startsWith(u"22"_s)) { // named to the line, never by the row
        QCOMPARE(receipt.error->line, line);
        QCOMPARE(receipt.error->subject, u"public.products"_s);
    }
}

void TestRestoreRunner::rowsThatTheDumpClaimsButLacksAreNoticed()
{
    const Shop shop(*m_server);
    QByteArray text = shop.dump();
    // A rule that eats rows: every statement succeeds, and the count is the only witness.
    text.replace("COPY public.empty_one (id) FROM stdin;",
                 "CREATE FUNCTION public.eat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN "
                 "NULL; END $$;\n"
                 "CREATE TRIGGER eater BEFORE INSERT ON public.empty_one FOR EACH ROW EXECUTE "
                 "FUNCTION public.eat();\n"
                 "COPY public.empty_one (id) FROM stdin;\n1\n2");
    const QString file = shop.writeDump(text);
    const QByteArray before = shop.dump();
    const RestoreReceipt receipt = shop.restore(file);
    verifyUntouched(shop, before, receipt);
    QCOMPARE(receipt.error->kind, ErrorKind::Corrupt);
    QVERIFY(describe(*receipt.error).contains(u"empty_one"_s));
}

void TestRestoreRunner::aStopWithinASecondLeavesTheLiveData()
{
    const Shop shop(*m_server);
    QByteArray text = shop.dump();
    text.replace("CREATE VIEW public.priced",
                 "SELECT pg_catalog.pg_sleep(60);\nCREATE VIEW public.priced");
    const QString file = shop.writeDump(text);
    const QByteArray before = shop.dump();
    QThreadPool pool;
    const SystemClock clock;
    const Latest<RestoreProgress> progress;
    const RestorePlan plan = shop.plan(file);
    auto task = startTask(pool, [&](TaskContext &context) -> Result<RestoreReceipt> {
        return RestoreRunner(plan, clock, progress).run(std::nullopt, context);
    });
    QTRY_COMPARE_WITH_TIMEOUT(
        shop.ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND "
                 "state = 'active' AND application_name = 'mayday restore'"),
        u"1"_s, 10000);
    QElapsedTimer timer;
    timer.start();
    task.requestStop();
    const auto receipt = task.wait();
    QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(receipt->error->kind, ErrorKind::Cancelled);
    verifyUntouched(shop, before, *receipt);
}

void TestRestoreRunner::aLostServerLeavesTheLiveData()
{
    const Shop shop(*m_server);
    QByteArray text = shop.dump();
    text.replace("CREATE VIEW public.priced",
                 "DO 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END';\nCREATE "
                 "VIEW public.priced");
    const QString file = shop.writeDump(text);
    const QByteArray before = shop.dump();
    const RestoreReceipt receipt = shop.restore(file);
    verifyUntouched(shop, before, receipt);
    QCOMPARE(receipt.error->kind, ErrorKind::Unreachable);
}

void TestRestoreRunner::readersAndWritersGoOn()
{
    const Shop shop(*m_server);
    QByteArray text = shop.dump();
    text.replace("CREATE VIEW public.priced",
                 "SELECT pg_catalog.pg_sleep(60);\nCREATE VIEW public.priced");
    const QString file = shop.writeDump(text);
    QThreadPool pool;
    const SystemClock clock;
    auto task = startTask(pool, [&](TaskContext &context) -> Result<RestoreReceipt> {
        return RestoreRunner(shop.plan(file), clock, {}).run(std::nullopt, context);
    });
    QTRY_COMPARE_WITH_TIMEOUT(
        shop.ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND "
                 "state = 'active' AND application_name = 'mayday restore'"),
        u"1"_s, 10000);
    shop.run(
        "SET statement_timeout = '1s'; INSERT INTO public.products (name) VALUES ('meanwhile');"
        "UPDATE public.listings SET price = 1 WHERE id = 1");
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products WHERE name = 'meanwhile'"), u"1"_s);
    task.requestStop();
    QCOMPARE(task.wait()->verdict, Verdict::NotRestored);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products WHERE name = 'meanwhile'"), u"1"_s);
}

void TestRestoreRunner::whatItWroteMeanwhileIsKept()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    shop.run("INSERT INTO public.products (name) VALUES ('after the dump')");
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Proven);
    const QString kept =
        shop.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'public_before_%'");
    QCOMPARE(shop.ask("SELECT count(*) FROM " + kept.toUtf8() +
                      ".products WHERE name = 'after the dump'"),
             u"1"_s);
    QVERIFY(receipt.left.value(0).what.contains(kept));
}

void TestRestoreRunner::aPoolerIsRefused()
{
    const Shop shop(*m_server);
    RestorePlan plan = shop.plan(shop.writeDump(shop.dump()));
    plan.target =
        postgres::ConnectionString::parse(plan.target.withoutPassword() + u" password=x"_s).value();
    const auto pooled =
        postgres::ConnectionString::parse(u"host=127.0.0.1 port=6543 dbname=shop user=app"_s)
            .value();
    QVERIFY(pooled.looksLikeTransactionPooler());
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    QVERIFY(session);
    plan.target = pooled;
    const auto checked = checkNoPooler(*session, plan, context);
    QVERIFY(!checked);
    QCOMPARE(checked.error().kind, ErrorKind::Refused);
    QCOMPARE(checked.error().advice, Advice::UseSessionPort);
}

void TestRestoreRunner::anotherRestoreIsRefused()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    TaskContext context;
    auto holder = postgres::Session::connect(shop.target(), context);
    QVERIFY(holder && holder->execute("BEGIN", context));
    QVERIFY(lockForRestore(*holder, context));
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->advice, Advice::CloseOtherSessions);
}

void TestRestoreRunner::aHeldSchemaIsNotWaitedForForever()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    TaskContext context;
    auto holder = postgres::Session::connect(shop.target(), context);
    QVERIFY(holder && holder->execute("BEGIN; ALTER SCHEMA public RENAME TO elsewhere", context));
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Refused);
    QCOMPARE(receipt.error->sqlState, u"55P03"_s);
    QCOMPARE(receipt.error->advice, Advice::CloseOtherSessions);
}

void TestRestoreRunner::aLoginWithoutRightsIsToldWhichRight()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'g'");
    RestorePlan plan = shop.plan(file);
    QString text = plan.target.withoutPassword();
    text.replace(QRegularExpression(u"user=('[^']*'|\\S+)"_s), u"user=guest"_s);
    plan.target = postgres::ConnectionString::parse(text).value().withPassword(Secret("g"));
    const SystemClock clock;
    TaskContext context;
    const auto receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Denied);
    QCOMPARE(receipt.error->advice, Advice::AskForRights);
    plan.target = plan.target.withPassword(Secret("wrong"));
    const auto denied = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QCOMPARE(denied.error->kind, ErrorKind::Denied);
    QCOMPARE(denied.error->advice, Advice::CheckPassword);
}

void TestRestoreRunner::extensionsStayWithTheSchema()
{
    const Shop shop(*m_server);
    shop.run("CREATE EXTENSION pgcrypto WITH SCHEMA public;"
             "CREATE TABLE public.tokens (t bytea DEFAULT public.gen_random_bytes(4)); INSERT INTO "
             "public.tokens DEFAULT VALUES");
    const QString file = shop.writeDump(shop.dump({u"--extension=pgcrypto"_s}));
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    shop.run("INSERT INTO public.tokens DEFAULT VALUES");
    QCOMPARE(shop.ask("SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = "
                      "extnamespace WHERE extname = 'pgcrypto'"),
             u"public"_s);
    TaskContext context;
    QCOMPARE(putBack(shop.target(), {}, SystemClock().now().addSecs(1), context).verdict,
             Verdict::Proven);
    shop.run("INSERT INTO public.tokens DEFAULT VALUES");
    QCOMPARE(shop.ask("SELECT count(*) FROM public.tokens"), u"2"_s);
}

void TestRestoreRunner::outsideDependentsAreNamed()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    shop.run(
        "CREATE SCHEMA reports; CREATE VIEW reports.daily AS SELECT count(*) FROM public.products");
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Differences);
    QVERIFY(receipt.notes.join(u' ').contains(u"reports.daily"_s));
}

void TestRestoreRunner::everyFormatOfPgDumpComesBack_data()
{
    QTest::addColumn<QStringList>("options");
    tests::Thinned thinned(8);
    const auto row = [&thinned](const char *name, const QStringList &options) {
        if (thinned.takesNext())
            QTest::newRow(name) << options;
    };
    row("custom", {u"--format=custom"_s});
    row("custom, zstd", {u"--format=custom"_s, u"--compress=zstd"_s});
    row("custom, inserts", {u"--format=custom"_s, u"--inserts"_s});
    row("directory", {u"--format=directory"_s});
    row("directory, made by two", {u"--format=directory"_s, u"--jobs=2"_s, u"--compress=lz4"_s});
    row("directory, bare", {u"--format=directory"_s, u"--compress=none"_s});
    row("tar", {u"--format=tar"_s});
}

void TestRestoreRunner::everyFormatOfPgDumpComesBack()
{
    QFETCH(QStringList, options);
    const Shop shop(*m_server);
    const QByteArray before = withoutKeys(shop.dump());
    const QTemporaryDir folder;
    const QString archive = folder.filePath(u"shop.archive"_s);
    (void)shop.dumpOf(options + QStringList{u"--schema=public"_s, u"--file="_s + archive});
    shop.run("DELETE FROM public.products");
    const RestoreReceipt receipt = shop.restore(archive);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(withoutKeys(shop.dump()), before);
}

void TestRestoreRunner::theServerTellsWhetherItWasCommitted()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    const RestoreReceipt receipt = shop.restore(file);
    TaskContext context;
    QVERIFY(settlementOf(shop.target(), receipt.id, context).value().committed);
    const RestoreId nobodys = freshRestoreId(QDateTime(QDate(2020, 1, 1), QTime()));
    QCOMPARE(settlementOf(shop.target(), nobodys, context).value(), Settlement());
}

void TestRestoreRunner::theLossIsCounted()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    const QDateTime takenAt = SystemClock().now();
    shop.run("INSERT INTO public.products (name, created_at) VALUES ('new', now() + '1 second'), "
             "('newer', now() + '1 second');"
             "DELETE FROM public.products WHERE id <= 5");
    TaskContext context;
    const auto inspection = backup::inspectDump(file, context);
    QVERIFY(inspection);
    RestorePlan plan = shop.plan(file);
    plan.plannedAt = takenAt.addSecs(7200);
    const auto report = runPreflight(plan, *inspection, {takenAt}, context);
    QVERIFY2(report, report ? "" : qPrintable(describe(report.error())));
    QVERIFY(!report->blocker);
    QCOMPARE(report->schemas.size(), 1);
    QVERIFY(report->schemas[0].exists);
    QCOMPARE(report->loss->interval, std::chrono::seconds(7200));
    QCOMPARE(report->loss->newerRows, 2);
    QCOMPARE(report->loss->rowsBack, 5 + 3); // 5 listings; 3 products net
    QVERIFY(report->loss->isExact);
    QCOMPARE(report->loss->tables.size(), 2);
}

void TestRestoreRunner::keptDataIsListedAndDiscarded()
{
    const Shop shop(*m_server);
    const QString file = shop.writeDump(shop.dump());
    const RestoreReceipt receipt = shop.restore(file);
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    QVERIFY(session);
    const auto kept = keptSchemas(*session, context);
    QCOMPARE(kept->size(), 1);
    QCOMPARE(kept->front().restore, receipt.id.text());
    QCOMPARE(kept->front().original, u"public"_s);
    QCOMPARE(kept->front().file, u"shop.sql"_s);
    QVERIFY(kept->front().bytes > 0);
    QCOMPARE(discardKept(shop.target(), u"public"_s, context).error().kind, ErrorKind::NotFound);
    QVERIFY(discardKept(shop.target(), kept->front().name, context));
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%before%'"), u"0"_s);
}

MAYDAY_TEST(TestRestoreRunner);
#include "tst_restorerunner.moc"
