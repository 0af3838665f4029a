// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/bringbackcase.h"
#include "app/restore/faultcase.h"
#include "app/restore/tablescase.h"
#include "restore/putback.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array ofTables{
    FaultStep{"begin", "BEGIN"},
    FaultStep{"the lock of restores", "advisory_xact_lock"},
    FaultStep{"a table", "CREATE TABLE public.products"},
    FaultStep{"before the rows", "COPY public.products"},
    FaultStep{"amid the rows", "p;'1500"},
    FaultStep{"a constraint", "products_pkey"},
    FaultStep{"a sequence", "setval"},
    FaultStep{"what may fail", "SAVEPOINT mayday_try"},
    FaultStep{"a count", "count(*) FROM ONLY"},
    FaultStep{"analyse", "ANALYZE"},
    FaultStep{"what others may hold", "SAVEPOINT mayday_spare"},
    FaultStep{"a key of another table", "listings_product_id_fkey"},
    FaultStep{"the note", "txid_current"},
    FaultStep{"the commit", "COMMIT", true},
};

constexpr std::array ofBringBacks{
    FaultStep{"begin", "BEGIN; SET LOCAL lock_timeout"},
    FaultStep{"the lock of restores", "pg_try_advisory_xact_lock"},
    FaultStep{"the columns", "search_path = pg_catalog"},
    FaultStep{"the references", "k.contype = 'f'"},
    FaultStep{"the locks", "LOCK TABLE"},
    FaultStep{"a comparison", "FULL JOIN"},
    FaultStep{"the triggers", "pg_trigger"},
    FaultStep{"the others", "count(*) FROM"},
    FaultStep{"what goes", "DELETE FROM ONLY"},
    FaultStep{"what changes", "UPDATE ONLY"},
    FaultStep{"what comes", "INSERT INTO"},
    FaultStep{"a sequence", "setval"},
    FaultStep{"the checks", "CONSTRAINTS ALL IMMEDIATE"},
    FaultStep{"the commit", "COMMIT", true},
};

/// What only those from a database have; the transaction is the same.
constexpr std::array ofDatabaseBringBacks{
    FaultStep{"the other database", "ISOLATION LEVEL REPEATABLE READ READ ONLY"},
    FaultStep{"room for its rows", "CREATE TEMP"},
    FaultStep{"where its rows go", "FROM STDIN"},
    FaultStep{"where its rows come from", "TO STDOUT"},
    FaultStep{"how many there are", "ANALYZE"},
    FaultStep{"the locks", "LOCK TABLE"},
    FaultStep{"what comes", "INSERT INTO"},
    FaultStep{"the commit", "INSERT INTO ... COMMIT", true},
};

constexpr std::array ofPutBacks{
    FaultStep{"begin", "BEGIN; SET LOCAL lock_timeout"},
    FaultStep{"what is kept", "'{%\"mayday\"%'"},
    FaultStep{"the lock of restores", "pg_try_advisory_xact_lock"},
    FaultStep{"a count", "count(*) FROM ONLY"},
    FaultStep{"the names", "RENAME TO"},
    FaultStep{"the mark", "COMMENT ON SCHEMA"},
    FaultStep{"the wait for others", "IS DISTINCT FROM"},
    FaultStep{"the commit", "COMMIT", true},
};

constexpr std::array ofDatabasePutBacks{
    FaultStep{"begin", "BEGIN; SET LOCAL lock_timeout"},
    FaultStep{"what is kept", "'{%\"mayday\"%'"},
    FaultStep{"which one it is", "SELECT oid FROM pg_catalog.pg_database"},
    FaultStep{"the lock of restores", "pg_try_advisory_lock"},
    FaultStep{"what it is called", "extract(epoch FROM pg_catalog.clock_timestamp())"},
    FaultStep{"the names", "RENAME TO"},
    FaultStep{"the commit", "COMMIT", true},
};

} // namespace

/// The same as in tst_restorefaults of what comes back: tables that were dropped, rows that came
/// after the backup, the state before a restore.
class TestRestoreFaultsBack : public QObject, protected FaultCase, protected TablesCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tables_data();
    void tables();
    void rows_data();
    void rows();
    void aState_data();
    void aState();

private:
    void verifyNoTables(const RestorePlan &plan, const RestoreReceipt &receipt, Fault harm,
                        bool isLate);
    static void verifyRowsBack(const Shop &shop);
    [[nodiscard]] static QString productsOf(const Shop &shop)
    {
        return shop.ask("SELECT md5(string_agg(p::text, '' ORDER BY id)) FROM public.products p");
    }
    [[nodiscard]] const Shop &shopOf(RestoreMode mode) const
    {
        return mode == RestoreMode::ReplaceDatabase ? *m_inDatabase : *m_inSchema;
    }

    using FaultCase::m_server;
    std::unique_ptr<Shop> m_lost; ///< its products
    QString m_lostFile;
    std::unique_ptr<Shop> m_inSchema; ///< the state before is kept in a schema
    std::unique_ptr<Shop> m_inDatabase;
    QString m_file; ///< of both
};

void TestRestoreFaultsBack::initTestCase()
{
    FaultCase::startServer();
    m_lost = std::make_unique<Shop>(*m_server, 2000);
    m_lostFile = m_lost->writeDump(m_lost->dump());
    m_lost->run("DROP TABLE public.products CASCADE");
    for (auto *shop : {&m_inSchema, &m_inDatabase}) {
        *shop = std::make_unique<Shop>(*m_server, 20);
        if (m_file.isEmpty())
            m_file = (*shop)->writeDump((*shop)->dump());
        (*shop)->run("INSERT INTO products (name) VALUES ('new'); DELETE FROM listings;"
                     "DELETE FROM products WHERE id < 3;"
                     "UPDATE products SET name = 'other' WHERE id = 7");
    }
}

void TestRestoreFaultsBack::tables_data()
{
    addColumns();
    addRows(ofTables, everyFault, RestoreMode::Tables);
}

void TestRestoreFaultsBack::tables()
{
    QFETCH(QByteArray, step);
    QFETCH(Fault, harm);
    QFETCH(bool, isLate);
    const Shop &shop = *m_lost;
    const QString before = stateWithout(shop);
    RestorePlan plan = tablesPlan(shop, m_lostFile);
    RestoreReceipt receipt;
    const auto took = struck(
        shop, step, harm, [&](const postgres::ConnectionString &target, TaskContext &context) {
            RestorePlan through = plan;
            through.target = target;
            receipt = RestoreRunner(through, SystemClock(), {}).run(std::nullopt, context);
        });
    QVERIFY2(!isSilent(harm) || isLate || took.count() < 8000,
             qPrintable(QString::number(took.count())));
    if (receipt.verdict != Verdict::Proven) {
        QVERIFY(harm != Fault::Stalls);
        verifyNoTables(plan, receipt, harm, isLate);
        QCOMPARE(stateWithout(shop), before);
        plan = tablesPlan(shop, m_lostFile); // and it can be tried again
        receipt = run(plan);
    } else {
        QVERIFY(harm == Fault::Stalls || harm == Fault::DiskFull || isLate);
    }
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"2000"_s);
    verifyNextStart(shop, plan, true);
    shop.run(receipt.left[0].removeWith.toUtf8());
    QCOMPARE(stateWithout(shop), before);
}

void TestRestoreFaultsBack::verifyNoTables(const RestorePlan &plan, const RestoreReceipt &receipt,
                                           Fault harm, bool isLate)
{
    QVERIFY(receipt.error.has_value());
    QVERIFY(isLate || !receipt.isUnknown());
    const ErrorKind kind = isLate && isSilent(harm) ? ErrorKind::Timeout : kindOf(harm);
    QVERIFY2(receipt.error->kind == kind, why(receipt));
    QCOMPARE(receipt.tablesProven(), 0);
    QCOMPARE(receipt.left.isEmpty(), !receipt.isUnknown());
    verifyNobodyIsConnected(*m_lost);
    verifyNextStart(*m_lost, plan, false);
}

void TestRestoreFaultsBack::rows_data()
{
    addColumns();
    addRowsOfTwo(ofBringBacks, ofDatabaseBringBacks);
}

void TestRestoreFaultsBack::verifyRowsBack(const Shop &shop)
{
    const Comparison comparison = compared(shop);
    QCOMPARE(counts(comparison, u"products"_s), u"0/0/0"_s);
    QCOMPARE(counts(comparison, u"listings"_s), u"0/0/0"_s);
}

void TestRestoreFaultsBack::rows()
{
    QFETCH(RestoreMode, mode);
    QFETCH(QByteArray, step);
    QFETCH(Fault, harm);
    QFETCH(bool, isLate);
    const Shop &shop = shopOf(mode);
    const QString earlier = shop.liveState();
    const QString products = productsOf(shop);
    restoreAs(mode, shop, m_file);
    const QString restored = shop.liveState();
    BringBackReceipt receipt;
    const auto bring = [&](const postgres::ConnectionString &target, const TaskContext &context) {
        receipt = brought(
            target,
            {{u"products"_s, TableChoice::AsBefore}, {u"listings"_s, TableChoice::AsBefore}},
            context);
    };
    const auto took = struck(shop, step, harm, bring);
    QVERIFY2(!isSilent(harm) || isLate || took.count() < 8000,
             qPrintable(QString::number(took.count())));
    const bool isDone = receipt.verdict == Verdict::Proven;
    const bool mustBeDone = harm == Fault::Stalls || harm == Fault::OursIsFull;
    QVERIFY2(isDone ? mustBeDone || isLate || harm == Fault::DiskFull : !mustBeDone, why(receipt));
    if (!isDone) {
        const ErrorKind kind = isLate && isSilent(harm) ? ErrorKind::Timeout : kindOf(harm);
        QVERIFY2(receipt.error->kind == kind, why(receipt));
        QVERIFY(isLate || !receipt.isUnknown);
        verifyNobodyIsConnected(shop);
        QCOMPARE(shop.liveState(), restored);
        QCOMPARE(counts(compared(shop), u"products"_s), u"1/2/1"_s); // which the next start shows
        bring(shop.target(), {});
        QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    }
    verifyRowsBack(shop);
    QCOMPARE(productsOf(shop), products);
    TaskContext context;
    const PutBackReceipt back =
        putBack(shop.target(), receipt.restore, SystemClock().now().addSecs(1), context);
    QVERIFY2(back.verdict == Verdict::Proven, why(back));
    discardKeptOf(shop);
    QCOMPARE(shop.liveState(), earlier);
}

void TestRestoreFaultsBack::aState_data()
{
    addColumns();
    addRowsOfTwo(ofPutBacks, ofDatabasePutBacks);
}

void TestRestoreFaultsBack::aState()
{
    QFETCH(RestoreMode, mode);
    QFETCH(QByteArray, step);
    QFETCH(Fault, harm);
    QFETCH(bool, isLate);
    const Shop &shop = shopOf(mode);
    const QString before = shop.liveState();
    restoreAs(mode, shop, m_file);
    const QString between = shop.liveState();
    TaskContext context;
    const QString restore = newestKept(shop.target(), context).value_or(QString());
    PutBackReceipt receipt;
    const auto tryIt = [&](const postgres::ConnectionString &target, TaskContext &of) {
        receipt = putBack(target, restore, SystemClock().now().addSecs(1), of);
    };
    const auto took = struck(shop, step, harm, tryIt);
    QVERIFY2(!isSilent(harm) || isLate || took.count() < 8000,
             qPrintable(QString::number(took.count())));
    const bool isDone = receipt.verdict == Verdict::Proven;
    const bool mustBeDone = harm == Fault::Stalls || harm == Fault::OursIsFull;
    QVERIFY2(isDone ? mustBeDone || isLate || harm == Fault::DiskFull : !mustBeDone, why(receipt));
    verifyNobodyIsConnected(shop);
    QCOMPARE(isPutBack(shop.target(), restore, context).value_or(!isDone), isDone);
    if (!isDone) {
        QVERIFY2(isLate || receipt.error->kind == kindOf(harm), why(receipt));
        QVERIFY(isLate || !receipt.isUnknown);
        QCOMPARE(receipt.left.isEmpty(), !receipt.isUnknown);
        QVERIFY(receipt.schemas.isEmpty());
        QCOMPARE(shop.liveState(), between);
        tryIt(shop.target(), context);
        QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    }
    discardKeptOf(shop);
    QCOMPARE(shop.liveState(), before);
}

MAYDAY_TEST(TestRestoreFaultsBack);
#include "tst_restorefaultsback.moc"
