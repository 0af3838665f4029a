// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/teamchecks.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// The team's own questions: what they answer is part of the verdict, and nothing they do is.
class TestTeamChecks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void answers_data();
    void answers();
    void whatCouldEndTheTransactionIsNotRun_data();
    void whatCouldEndTheTransactionIsNotRun();
    void aRestoreAsksThem_data();
    void aRestoreAsksThem();

private:
    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestTeamChecks::answers_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("detail"); // empty: true
    QTest::newRow("true") << u"SELECT count(*) = 20 FROM products"_s << QString();
    QTest::newRow("in brackets") << u"((SELECT true))"_s << QString();
    QTest::newRow("a view") << u"WITH p AS (TABLE priced) SELECT count(*) > 0 FROM p"_s
                            << QString();
    QTest::newRow("false") << u"SELECT count(*) > 20 FROM products"_s << u"it is false"_s;
    QTest::newRow("null") << u"SELECT NULL::boolean"_s << u"it answers NULL"_s;
    QTest::newRow("no row") << u"SELECT true WHERE false"_s << u"it answers 0 rows"_s;
    QTest::newRow("rows") << u"SELECT true FROM products"_s << u"it answers 20 rows"_s;
    QTest::newRow("a number") << u"SELECT count(*) FROM products"_s
                              << u"it answers 20; a condition"_s;
    QTest::newRow("an error") << u"SELECT true FROM nowhere"_s << u"nowhere"_s;
    QTest::newRow("it writes") << u"SELECT setval('products_id_seq', 999) > 0"_s << u"read-only"_s;
    QTest::newRow("it writes in a CTE")
        << u"WITH gone AS (DELETE FROM listings RETURNING 1) SELECT count(*) > 0 FROM gone"_s
        << u"read-only"_s;
}

void TestTeamChecks::answers()
{
    QFETCH(QString, sql);
    QFETCH(QString, detail);
    const Shop shop(*m_server, 20);
    const QString before = shop.liveState();
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    QVERIFY(session);
    QVERIFY(session->execute("BEGIN; SET LOCAL search_path = pg_catalog", context));
    const auto results = runChecks(*session, {{u"ours"_s, sql}, {u"the next"_s, u"SELECT true"_s}},
                                   {u"public"_s}, context);
    QVERIFY2(results, results ? "" : qPrintable(describe(results.error())));
    QCOMPARE(results->front().isTrue, detail.isEmpty());
    QVERIFY2(results->front().detail.contains(detail), qPrintable(results->front().detail));
    QVERIFY(results->back().isTrue);
    // The transaction is as it was, its settings too.
    QCOMPARE(session->query("SHOW search_path", context)->text(0, 0), u"pg_catalog"_s);
    QVERIFY(session->execute("CREATE TABLE public.still_writable ()", context));
    QVERIFY(session->execute("ROLLBACK", context));
    QCOMPARE(shop.liveState(), before);
}

void TestTeamChecks::whatCouldEndTheTransactionIsNotRun_data()
{
    QTest::addColumn<QString>("sql");
    for (const char *sql : {"COMMIT", "ROLLBACK", "", "; COMMIT", "DO $$ BEGIN COMMIT; END $$",
                            "CALL ending()", "/* SELECT */ END", "(COMMIT)", "EXECUTE commit_it"})
        QTest::newRow(sql) << QString::fromLatin1(sql);
}

void TestTeamChecks::whatCouldEndTheTransactionIsNotRun()
{
    QFETCH(QString, sql);
    QVERIFY(!isQuestion(sql));
    const Shop shop(*m_server, 20);
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    QVERIFY(session->execute("BEGIN; CREATE TABLE public.ours ()", context));
    const auto results = runChecks(
        *session, {{u"ours"_s, sql}, {u"two"_s, u"SELECT true; COMMIT"_s}}, {u"public"_s}, context);
    QVERIFY(results);
    QVERIFY(!results->front().isTrue && !results->back().isTrue);
    QVERIFY(session->execute("ROLLBACK", context));
    QCOMPARE(shop.ask("SELECT to_regclass('public.ours') IS NULL"), u"t"_s);
}

void TestTeamChecks::aRestoreAsksThem_data()
{
    QTest::addColumn<RestoreMode>("mode");
    QTest::newRow("beside the schema") << RestoreMode::Replace;
    QTest::newRow("beside the database") << RestoreMode::ReplaceDatabase;
    QTest::newRow("a copy") << RestoreMode::Copy;
}

void TestTeamChecks::aRestoreAsksThem()
{
    QFETCH(RestoreMode, mode);
    const Shop shop(*m_server, 20);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products");
    RestorePlan plan = shop.plan(file);
    plan.mode = mode;
    plan.checks = {{u"there are products"_s, u"SELECT count(*) = 20 FROM products"_s},
                   {u"they are cheap"_s, u"SELECT max(price) < 1 FROM listings"_s}};
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Differences);
    QCOMPARE(receipt.checks.size(), 2);
    QVERIFY(receipt.checks[0].isTrue);
    QCOMPARE(receipt.checks[1].detail, u"it is false"_s);
    QCOMPARE(receipt.checksFailed(), 1);
    const RestoreReceipt read = receiptFromJson(toJson(receipt));
    QCOMPARE(read.checks.size(), 2);
    QCOMPARE(read.checks[1].name, u"they are cheap"_s);
    QCOMPARE(read.checksFailed(), 1);
}

MAYDAY_TEST(TestTeamChecks);
#include "tst_teamchecks.moc"
