// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "core/task.h"
#include "postgres/session.h"
#include "restore/comparison.h"
#include "restore/putback.h"
#include "support/testmain.h"

#include <QTest>

#include <algorithm>
#include <atomic>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// The moment of the swap: who is in the midst of something is waited for, and not for ever.
class TestHandover : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void anOpenTransactionIsWaitedFor_data();
    void anOpenTransactionIsWaitedFor();
    void aStopWhileItWaitsChangesNothing();
    void aLongTransactionIsNotConfusedWithThoseAfterIt();
    void whoDoesNotLetGoIsNamed();
    void upkeepIsNotWaitedFor();
    void tablesWeMayNotLockDoNotHinder();
    void numbersAreNotGivenOutTwice_data();
    void numbersAreNotGivenOutTwice();
    void aPutBackGivesOutNoNumberTwice();
    void whatHasToBePreparedAgainIsSaid();

private:
    [[nodiscard]] static postgres::Session opened(const Shop &shop)
    {
        TaskContext context;
        auto session =
            postgres::Session::connect(shop.target(), context, {.applicationName = u"checkout"_s});
        if (!session)
            qFatal("%s", qPrintable(describe(session.error())));
        return *std::move(session);
    }
    [[nodiscard]] Task<RestoreReceipt> started(const Shop &shop, const QString &file)
    {
        return startTask(m_pool, [&shop, file](TaskContext &context) -> Result<RestoreReceipt> {
            const SystemClock clock;
            return RestoreRunner(shop.plan(file), clock, {}).run(std::nullopt, context);
        });
    }
    /// The restore has done everything but its last step.
    [[nodiscard]] static bool isAtTheSwap(const Shop &shop)
    {
        return shop.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                        "'mayday restore' AND query LIKE '%pg_locks%IS DISTINCT FROM%'") == u"1"_s;
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    QThreadPool m_pool;
};

void TestHandover::anOpenTransactionIsWaitedFor_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("then");
    QTest::addColumn<QString>("answer");
    // Torn, the child would miss its parent.
    QTest::newRow("a parent and its child")
        << QByteArray("BEGIN; INSERT INTO public.products (id, name) VALUES (9999, 'new')")
        << QByteArray("INSERT INTO public.listings (product_id, price) VALUES (9999, 1)"
                      " RETURNING product_id")
        << u"9999"_s;
    // What a backup does: with its old eyes it would find the new tables empty.
    QTest::newRow("a reader in one snapshot")
        << QByteArray("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM public.products")
        << QByteArray("SELECT count(*) FROM public.products") << u"10"_s;
    QTest::newRow("a row that is to be changed")
        << QByteArray("BEGIN; SELECT FROM public.products WHERE id = 3 FOR UPDATE")
        << QByteArray("UPDATE public.products SET name = name || '!' WHERE id = 3 AND name = "
                      "'p;''3\t\\.' RETURNING id")
        << u"3"_s;
}

void TestHandover::anOpenTransactionIsWaitedFor()
{
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, then);
    QFETCH(QString, answer);
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products WHERE id > 10");
    TaskContext context;
    postgres::Session other = opened(shop);
    QVERIFY(other.execute(first, context));

    auto restoring = started(shop, file);
    // It comes and goes: once seen is enough.
    QVERIFY(QTest::qWaitFor([&shop] { return isAtTheSwap(shop); }, 30000));
    const auto rows = other.query(then, context);
    QVERIFY2(rows, rows ? "" : qPrintable(describe(rows.error())));
    QCOMPARE(rows->text(0, 0), answer);
    QVERIFY(other.execute("COMMIT", context));

    const RestoreReceipt receipt = *restoring.wait();
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"50"_s);
}

void TestHandover::aStopWhileItWaitsChangesNothing()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products WHERE id > 10");
    const QString before = shop.liveState();
    TaskContext context;
    postgres::Session other = opened(shop);
    QVERIFY(other.execute("BEGIN; LOCK TABLE public.products IN ROW EXCLUSIVE MODE", context));
    auto restoring = started(shop, file);
    // It comes and goes: once seen is enough.
    QVERIFY(QTest::qWaitFor([&shop] { return isAtTheSwap(shop); }, 30000));
    restoring.requestStop();
    const RestoreReceipt receipt = *restoring.wait();
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Cancelled);
    QVERIFY(receipt.left.isEmpty());
    QCOMPARE(shop.liveState(), before);
}

/// What the server says of its sessions stands still in a transaction, unless it is asked anew.
void TestHandover::aLongTransactionIsNotConfusedWithThoseAfterIt()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    // There is always somebody in a transaction, and each is short.
    std::atomic_bool isOver = false;
    QThreadPool cashDesks;
    cashDesks.setMaxThreadCount(4);
    for (int i = 0; i < cashDesks.maxThreadCount(); ++i)
        cashDesks.start([&isOver, desk = std::make_shared<postgres::Session>(opened(shop))] {
            TaskContext unstopped;
            while (!isOver) {
                (void)desk->execute("BEGIN; SELECT FROM public.products; SELECT pg_sleep(0.005)",
                                    unstopped);
                (void)desk->execute("COMMIT", unstopped);
            }
        });
    TaskContext context;
    postgres::Session other = opened(shop);
    QVERIFY(other.execute("BEGIN; SELECT FROM public.products", context));
    auto restoring = started(shop, file);
    QVERIFY(QTest::qWaitFor([&shop] { return isAtTheSwap(shop); }, 30000));
    QVERIFY(QTest::qWaitFor([&shop, &other] {
        return shop.ask("SELECT clock_timestamp() - xact_start > '0.6 s' FROM pg_stat_activity"
                        " WHERE pid = " +
                        QByteArray::number(other.facts().backendPid)) == u"t"_s;
    }));
    QVERIFY(other.execute("COMMIT", context));
    const RestoreReceipt receipt = *restoring.wait();
    isOver = true;
    cashDesks.waitForDone();
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
}

void TestHandover::whoDoesNotLetGoIsNamed()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    TaskContext context;
    postgres::Session other = opened(shop);
    QVERIFY(other.execute("BEGIN; UPDATE public.products SET name = 'mine' WHERE id = 1", context));
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    const QString who = u"process %1 (checkout as postgres)"_s.arg(other.facts().backendPid);
    QVERIFY2(
        std::ranges::any_of(receipt.notes, [&who](const QString &n) { return n.startsWith(who); }),
        why(receipt));
    QVERIFY(other.execute("COMMIT", context));
    // It is live all the same, and what the other one wrote is kept.
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products WHERE name = 'mine'"), u"0"_s);
    const Comparison comparison = *compareWithKept(shop.target(), {}, context, {});
    const auto products = std::ranges::find(comparison.tables, u"products"_s,
                                            [](const TableComparison &t) { return t.pair.name; });
    QCOMPARE(products->different, 1);
}

void TestHandover::upkeepIsNotWaitedFor()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    TaskContext context;
    postgres::Session other = opened(shop);
    // As VACUUM and ANALYZE do; a mass deletion calls them, and a restore follows at its heels.
    QVERIFY(
        other.execute("BEGIN; LOCK TABLE public.products IN SHARE UPDATE EXCLUSIVE MODE", context));
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(!receipt.notes.join(u' ').contains(u"checkout"_s), why(receipt));
}

void TestHandover::tablesWeMayNotLockDoNotHinder()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump({u"--no-owner"_s, u"--no-privileges"_s}));
    shop.run("CREATE ROLE keeper LOGIN PASSWORD 'k'; ALTER SCHEMA public OWNER TO keeper;"
             "GRANT CREATE ON DATABASE " +
             shop.database().toUtf8() +
             " TO keeper; ALTER SEQUENCE public.listings_id_seq "
             "RESTART WITH 900; SELECT nextval('public.listings_id_seq')");
    RestorePlan plan = shop.plan(file);
    QString text = plan.target.withoutPassword();
    text.replace(QRegularExpression(u"user=('[^']*'|\\S+)"_s), u"user=keeper"_s);
    plan.target = postgres::ConnectionString::parse(text).value().withPassword(Secret("k"));
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"50"_s);
}

void TestHandover::numbersAreNotGivenOutTwice_data()
{
    QTest::addColumn<QByteArray>("inTheDump");
    QTest::addColumn<QByteArray>("since");
    QTest::addColumn<QString>("next");
    QTest::newRow("used since") << QByteArray("SELECT nextval('s') FROM generate_series(1, 10)")
                                << QByteArray("SELECT nextval('s') FROM generate_series(1, 5)")
                                << u"16"_s;
    QTest::newRow("not used since")
        << QByteArray("SELECT nextval('s') FROM generate_series(1, 10)") << QByteArray() << u"11"_s;
    QTest::newRow("first used since")
        << QByteArray() << QByteArray("SELECT nextval('s')") << u"2"_s;
    QTest::newRow("never used") << QByteArray() << QByteArray() << u"1"_s;
    QTest::newRow("set back since")
        << QByteArray("SELECT setval('s', 100)") << QByteArray("SELECT setval('s', 7)") << u"101"_s;
    QTest::newRow("counting down")
        << QByteArray("DROP SEQUENCE s; CREATE SEQUENCE s INCREMENT -5")
        << QByteArray("SELECT nextval('s') FROM generate_series(1, 3)") << u"-16"_s;
    QTest::newRow("used up since") << QByteArray("ALTER SEQUENCE s MAXVALUE 9")
                                   << QByteArray("SELECT setval('s', 9)") << u"none"_s;
    QTest::newRow("in a circle") << QByteArray("ALTER SEQUENCE s MAXVALUE 9 CYCLE")
                                 << QByteArray("SELECT setval('s', 4)") << u"1"_s;
    QTest::newRow("another direction since")
        << QByteArray("SELECT setval('s', 4)")
        << QByteArray("DROP SEQUENCE s; CREATE SEQUENCE s INCREMENT -1; SELECT nextval('s')")
        << u"5"_s;
    QTest::newRow("beyond what it could be")
        << QByteArray("ALTER SEQUENCE s MAXVALUE 9")
        << QByteArray("ALTER SEQUENCE s MAXVALUE 99; SELECT setval('s', 50)") << u"1"_s;
}

void TestHandover::numbersAreNotGivenOutTwice()
{
    QFETCH(QByteArray, inTheDump);
    QFETCH(QByteArray, since);
    QFETCH(QString, next);
    const Shop shop(*m_server, 5);
    shop.run("CREATE SEQUENCE public.s; " + inTheDump);
    const QString file = shop.writeDump(shop.dump());
    shop.run(since);
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    TaskContext context;
    postgres::Session session = opened(shop);
    const auto got = session.query("SELECT nextval('public.s')", context);
    QCOMPARE(got ? got->text(0, 0) : u"none"_s, next);
    const bool isTold = receipt.notes.join(u' ').contains(u"stood before: s"_s);
    const bool hasMoved =
        next == "16"_L1 || next == "2"_L1 || next == "-16"_L1 || next == "none"_L1;
    QVERIFY2(isTold == hasMoved, why(receipt));
}

void TestHandover::aPutBackGivesOutNoNumberTwice()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    QVERIFY(shop.restore(file).verdict == Verdict::Proven);
    shop.run("INSERT INTO public.products (name) SELECT 'after' FROM generate_series(1, 7)");
    TaskContext context;
    const PutBackReceipt receipt =
        putBack(shop.target(), {}, SystemClock().now().addSecs(1), context);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(shop.ask("INSERT INTO public.products (name) VALUES ('next') RETURNING id"), u"58"_s);
    QVERIFY(receipt.notes.value(0).contains(u"products_id_seq"_s));
}

void TestHandover::whatHasToBePreparedAgainIsSaid()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    TaskContext context;
    postgres::Session other = opened(shop);
    QVERIFY(other.execute("PREPARE names AS SELECT name FROM public.products WHERE kind = 'a'",
                          context));
    QVERIFY(other.execute("PREPARE kinds AS SELECT kind FROM public.products", context));
    const RestoreReceipt receipt = shop.restore(file);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY(other.query("EXECUTE names", context));
    // The server's own rule: a prepared answer keeps its types, and this one is another by now.
    QCOMPARE(other.query("EXECUTE kinds", context).error().sqlState, u"0A000"_s);
    QVERIFY2(receipt.notes.join(u' ').contains(u"(1) have to prepare"_s), why(receipt));
    QVERIFY2(receipt.notes.join(u' ').contains(u"schema public again, or to connect again: kind"_s),
             why(receipt));
    QVERIFY(other.execute("DEALLOCATE kinds", context));
    QVERIFY(other.execute("PREPARE kinds AS SELECT kind FROM public.products", context));
    QVERIFY(other.query("EXECUTE kinds", context));
}

MAYDAY_TEST(TestHandover);
#include "tst_handover.moc"
