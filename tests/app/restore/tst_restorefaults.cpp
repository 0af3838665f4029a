// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/faultcase.h"
#include "core/latestop.h"
#include "restore/putback.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array ofSchemas{
    FaultStep{"what the server has", "pg_available_extensions"},
    FaultStep{"begin", "SET LOCAL lock_timeout = '5s'"},
    FaultStep{"the old schema aside", "RENAME TO"},
    FaultStep{"a table", "CREATE TABLE public.products"},
    FaultStep{"before the rows", "COPY public.products"},
    FaultStep{"amid the rows", "p;'1500"},
    FaultStep{"a small table", "INSERT INTO public.listings"},
    FaultStep{"a constraint", "ADD CONSTRAINT"},
    FaultStep{"an index", "CREATE INDEX"},
    FaultStep{"a count", "count(*) FROM ONLY"},
    FaultStep{"analyse", "ANALYZE"},
    FaultStep{"who is in the way of the swap", "SAVEPOINT mayday_swap"},
    FaultStep{"the commit", "COMMIT", true},
};

constexpr std::array ofCopies{
    FaultStep{"the lock of restores", "pg_try_advisory_xact_lock"},
    FaultStep{"the live schema aside", "RENAME TO \"public_before"},
    FaultStep{"a table", "CREATE TABLE public.products"},
    FaultStep{"before the rows", "COPY public.products"},
    FaultStep{"amid the rows", "p;'1500"},
    FaultStep{"a small table", "INSERT INTO public.listings"},
    FaultStep{"a constraint", "ADD CONSTRAINT"},
    FaultStep{"an index", "CREATE INDEX"},
    FaultStep{"a count", "count(*) FROM ONLY"},
    FaultStep{"analyse", "ANALYZE"},
    FaultStep{"the copy gets its name", "RENAME TO \"public_copy"},
    FaultStep{"nobody else may read it", "REVOKE ALL ON SCHEMA"},
    FaultStep{"the live schema back", "RENAME TO \"public\""},
    FaultStep{"the commit", "COMMIT", true},
};

constexpr std::array ofDatabases{
    FaultStep{"what would be missing", "pg_event_trigger"},
    FaultStep{"a database", "CREATE DATABASE"},
    FaultStep{"its mark", "COMMENT ON DATABASE"},
    FaultStep{"its settings", "pg_db_role_setting"},
    FaultStep{"its schemas", "CREATE SCHEMA"},
    FaultStep{"a table", "CREATE TABLE public.products"},
    FaultStep{"before the rows of one connection", "COPY public.products"},
    FaultStep{"amid the rows of one connection", "p;'3900"},
    FaultStep{"a small table", "INSERT INTO public.listings"},
    FaultStep{"a constraint", "ADD CONSTRAINT"},
    FaultStep{"an index", "CREATE INDEX"},
    FaultStep{"a count", "count(*) FROM ONLY"},
    FaultStep{"analyse", "ANALYZE"},
    FaultStep{"the swap", "RENAME TO"},
    FaultStep{"the commit of the swap", "RENAME TO ... COMMIT", true},
};

constexpr std::array inPlace{
    FaultStep{"writers are held", "IN EXCLUSIVE MODE"},
    FaultStep{"the snapshot of the safety copy", "pg_export_snapshot"},
    FaultStep{"the rows of the safety copy", "TO stdout"},
    FaultStep{"everything goes", "IN ACCESS EXCLUSIVE MODE"},
    FaultStep{"a table", "CREATE TABLE public.products"},
    FaultStep{"amid the rows", "p;'1500"},
    FaultStep{"an index", "CREATE INDEX"},
    FaultStep{"analyse", "ANALYZE"},
    FaultStep{"the sequences", "pg_catalog.setval(c.oid"},
    FaultStep{"the note", "txid_current"},
    FaultStep{"the commit", "COMMIT", true},
};

/// The line that is cut, the end of the session, the death of the server and the stop are in
/// tst_restorefailures.
constexpr std::array ofASchema{Fault::Stalls, Fault::FallsSilent, Fault::HalfOpen, Fault::DiskFull,
                               Fault::OursIsFull};
constexpr std::array ofADatabase{Fault::Stalls,  Fault::DiskFull,   Fault::OursIsFull,
                                 Fault::LineCut, Fault::ServerDies, Fault::UserStops};
constexpr std::array silentOnes{Fault::FallsSilent, Fault::HalfOpen};

} // namespace

/// What befalls the way to the server and the disks, at each step of each kind of work: it ends,
/// within seconds, with what is true; the live data are what they were, or the new ones, whole.
class TestRestoreFaults : public QObject, protected FaultCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aWholeOne_data();
    void aWholeOne();
    void aDatabaseOnALineThatFellSilent_data();
    void aDatabaseOnALineThatFellSilent();
    void whenItIsLive_data();
    void whenItIsLive();
    void aCommitOnALineThatFellSilentIsAskedAbout();
    void aFullDiskOfOursIsNoHindrance_data();
    void aFullDiskOfOursIsNoHindrance();

private:
    RestoreReceipt restored(const Shop &shop, const QByteArray &step, Fault harm, RestoreMode mode);
    void verifyNothingChanged(const Shop &shop, const QString &before,
                              const RestoreReceipt &receipt, Fault harm, bool isLate);
    void verifyUnknown(const Shop &shop, const QString &before, const RestoreReceipt &receipt);
    void verifyDone(const Shop &shop, const RestoreReceipt &receipt);
    void verifyQuick() const;
    static void verifyUndoable(const Shop &shop, const RestoreReceipt &receipt);

    std::unique_ptr<Shop> m_small;
    std::unique_ptr<Shop> m_large; ///< enough for connections of their own
    QString m_smallFile;
    QString m_largeFile;
    RestorePlan m_plan; ///< the last one
    std::chrono::milliseconds m_took{};
};

void TestRestoreFaults::initTestCase()
{
    startServer();
    QVERIFY(QDir(m_folder.path()).mkdir(u"copies"_s));
    m_small = std::make_unique<Shop>(*m_server, 2000);
    m_small->run("DELETE FROM public.listings WHERE id > 200"); // one table travels by INSERT
    m_smallFile = m_small->writeDump(m_small->dump());
    m_small->run("DELETE FROM public.products WHERE id > 100");
    m_large = std::make_unique<Shop>(*m_server, 4000);
    m_large->run("DELETE FROM public.listings WHERE id > 200;"
                 "UPDATE public.products SET name = name || repeat('.', 400)");
    m_largeFile = m_large->writeDump(m_large->dump());
    m_large->run("DELETE FROM public.products WHERE id > 100");
}

RestoreReceipt TestRestoreFaults::restored(const Shop &shop, const QByteArray &step, Fault harm,
                                           RestoreMode mode)
{
    RestoreReceipt receipt;
    m_plan = shop.plan(&shop == m_large.get() ? m_largeFile : m_smallFile);
    m_plan.mode = mode;
    m_plan.connections = 2;
    m_plan.safetyFolder = m_folder.filePath(u"copies"_s);
    m_took = struck(shop, step, harm,
                    [&](const postgres::ConnectionString &target, TaskContext &context) {
                        RestorePlan plan = m_plan;
                        plan.target = target;
                        const SystemClock clock;
                        receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
                    });
    return receipt;
}

void TestRestoreFaults::verifyNothingChanged(const Shop &shop, const QString &before,
                                             const RestoreReceipt &receipt, Fault harm, bool isLate)
{
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(receipt.error.has_value());
    const bool isUnheard = isLate && isSilent(harm) && receipt.error->kind == ErrorKind::Timeout;
    QVERIFY2(isUnheard || receipt.error->kind == kindOf(harm), why(receipt)); // the stop
    QCOMPARE(receipt.tablesProven(), 0);
    QVERIFY(!receipt.safetyCopy);
    const QDir copies(m_folder.filePath(u"copies"_s));
    QCOMPARE(copies.entryList(QDir::Files | QDir::Hidden), QStringList());
    verifyNobodyIsConnected(shop);
    QCOMPARE(shop.liveState(), before);
    // What is left is told, and goes.
    const QString left = shop.ask("SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database"
                                  " WHERE datname LIKE current_database() || '\\_%'");
    QString told;
    for (const Leftover &one : receipt.left)
        told += one.what;
    // Of a server that does not answer nobody knows what it has made.
    const bool isDoubted = told.startsWith(u"possibly: "_s);
    QVERIFY2(told.contains(left), qPrintable(u"%1, and told: %2"_s.arg(left, told)));
    QVERIFY2(isDoubted || left.isEmpty() == told.isEmpty(), qPrintable(told));
    verifyNextStart(shop, m_plan, false, left);
    for (const QString &name : left.split(u' ', Qt::SkipEmptyParts))
        shop.run("DROP DATABASE " + name.toUtf8());
}

/// 300 ms until the stop, two seconds for the server that does not hear it, and a slow machine. A
/// database that was begun is to be taken away, for which there are ten more.
void TestRestoreFaults::verifyQuick() const
{
    const qint64 most = m_plan.mode == RestoreMode::ReplaceDatabase ? 30000 : 8000;
    QVERIFY2(m_took.count() < most, qPrintable(u"a stop took %1 ms"_s.arg(m_took.count())));
}

/// Nobody could be asked about the commit; it was on its way, and never came there.
void TestRestoreFaults::verifyUnknown(const Shop &shop, const QString &before,
                                      const RestoreReceipt &receipt)
{
    QCOMPARE(receipt.left.size(), 1);
    QVERIFY2(receipt.left[0].what.startsWith(u"possibly: "_s), qPrintable(receipt.left[0].what));
    QCOMPARE(receipt.tablesProven(), 0);
    verifyNobodyIsConnected(shop);
    QCOMPARE(shop.liveState(), before);
    const QString left = shop.ask("SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database"
                                  " WHERE datname LIKE current_database() || '\\_%'");
    verifyNextStart(shop, m_plan, false, left);
    if (!left.isEmpty())
        shop.run("DROP DATABASE " + left.toUtf8());
    // Then it is precious.
    QDir copies(m_folder.filePath(u"copies"_s));
    QCOMPARE(receipt.safetyCopy.has_value(), m_plan.mode == RestoreMode::InPlace);
    QVERIFY(!receipt.safetyCopy || QFile::exists(receipt.safetyCopy->file));
    for (const QString &name : copies.entryList(QDir::Files | QDir::Hidden))
        QVERIFY(copies.remove(name));
}

/// And undoes it.
void TestRestoreFaults::verifyDone(const Shop &shop, const RestoreReceipt &receipt)
{
    const RestoreMode mode = m_plan.mode;
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    verifyNextStart(shop, m_plan, true);
    if (mode == RestoreMode::InPlace)
        return verifyUndoable(shop, receipt);
    QCOMPARE(receipt.left.size(), 1);
    if (mode != RestoreMode::Copy) {
        QCOMPARE(shop.ask("SELECT count(*) FROM public.products"),
                 mode == RestoreMode::ReplaceDatabase ? u"4000"_s : u"2000"_s);
        TaskContext context;
        const PutBackReceipt back =
            putBack(shop.target(), receipt.id.text(), SystemClock().now().addSecs(1), context);
        QVERIFY2(back.verdict == Verdict::Proven, why(back));
    }
    discardKeptOf(shop);
}

void TestRestoreFaults::verifyUndoable(const Shop &shop, const RestoreReceipt &receipt)
{
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"2000"_s);
    const RestoreReceipt undone = shop.restore(receipt.safetyCopy->file);
    QVERIFY2(undone.verdict == Verdict::Proven, why(undone));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"100"_s);
    QVERIFY(receipt.left.isEmpty());
    const QDir copies = QFileInfo(receipt.safetyCopy->file).dir();
    for (const QString &name : copies.entryList(QDir::Files | QDir::Hidden))
        QVERIFY(QFile::remove(copies.filePath(name)));
    discardKeptOf(shop);
}

void TestRestoreFaults::aWholeOne_data()
{
    addColumns();
    addRows(ofSchemas, ofASchema, RestoreMode::Replace);
    addRows(ofCopies, everyFault, RestoreMode::Copy);
    addRows(ofDatabases, ofADatabase, RestoreMode::ReplaceDatabase);
    if (takesAll()) // ten seconds each; one of both follows below
        addRows(ofDatabases, silentOnes, RestoreMode::ReplaceDatabase);
    addRows(inPlace, everyFault, RestoreMode::InPlace);
}

void TestRestoreFaults::aWholeOne()
{
    QFETCH(RestoreMode, mode);
    QFETCH(QByteArray, step);
    QFETCH(Fault, harm);
    QFETCH(bool, isLate);
    const Shop &shop = mode == RestoreMode::ReplaceDatabase ? *m_large : *m_small;
    const QString before = shop.liveState();
    const RestoreReceipt receipt = restored(shop, step, harm, mode);
    if (isSilent(harm) && !isLate)
        verifyQuick();
    const bool isDone = receipt.verdict == Verdict::Proven;
    const bool mustBeDone =
        harm == Fault::Stalls || (harm == Fault::OursIsFull && !keepsNothing(mode));
    // A disk that was still large enough is none that was full.
    const bool mayBeDone = mustBeDone || isLate || harm == Fault::DiskFull;
    QVERIFY2(isDone ? mayBeDone : !mustBeDone, why(receipt));
    if (receipt.isUnknown()) {
        QVERIFY(isLate);
        return verifyUnknown(shop, before, receipt);
    }
    if (!isDone)
        return verifyNothingChanged(shop, before, receipt, harm, isLate);
    verifyDone(shop, receipt);
    if (mode != RestoreMode::InPlace)
        QCOMPARE(shop.liveState(), before);
}

void TestRestoreFaults::whenItIsLive_data()
{
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<Fault>("harm");
    using enum RestoreMode;
    // A database is asked by a new connection, the others by the one that restored.
    const QList<std::pair<RestoreMode, Fault>> cases{
        {Replace, Fault::FallsSilent}, {ReplaceDatabase, Fault::LineCut},
        {InPlace, Fault::LineCut},     {Replace, Fault::ServerDies},
        {InPlace, Fault::UserStops},   {ReplaceDatabase, Fault::UserStops}};
    tests::Thinned thinned(6);
    for (const auto &[mode, harm] : cases) {
        if (thinned.takesNext())
            QTest::addRow("%s: %s", qPrintable(modeKey(mode)), wordFor(harm)) << mode << harm;
    }
}

/// Only full statistics are missing then, and that is all it says.
void TestRestoreFaults::whenItIsLive()
{
    QFETCH(RestoreMode, mode);
    QFETCH(Fault, harm);
    const bool isDatabase = mode == RestoreMode::ReplaceDatabase;
    const Shop &shop = isDatabase ? *m_large : *m_small;
    const RestoreReceipt receipt = restored(shop, "SET lock_timeout = '5s'", harm, mode);
    QVERIFY2(receipt.notes.join(u'\n').contains(u"ANALYZE makes them"_s),
             qPrintable(receipt.notes.join(u'\n')));
    verifyDone(shop, receipt);
}

/// The copy that was begun cannot be taken away on such a line; it is told, and found later.
void TestRestoreFaults::aDatabaseOnALineThatFellSilent_data()
{
    QTest::addColumn<Fault>("harm");
    if (takesOfTwo(false))
        QTest::newRow("all of it") << Fault::FallsSilent;
    if (takesOfTwo(true))
        QTest::newRow("half of it") << Fault::HalfOpen;
}

void TestRestoreFaults::aDatabaseOnALineThatFellSilent()
{
    QFETCH(Fault, harm);
    const QString before = m_large->liveState();
    const RestoreReceipt receipt =
        restored(*m_large, "p;'3900", harm, RestoreMode::ReplaceDatabase);
    verifyQuick();
    QCOMPARE(receipt.left.size(), 1);
    verifyNothingChanged(*m_large, before, receipt, harm, false);
}

/// The answer to the commit never comes: ten seconds after a stop the server is asked by a new
/// connection, and its word counts.
void TestRestoreFaults::aCommitOnALineThatFellSilentIsAskedAbout()
{
    const QString before = m_small->liveState();
    std::stop_source stop;
    std::jthread later;
    StepRelay *held = nullptr;
    StepRelay relay(m_small->target(), "COMMIT", [&] {
        later = std::jthread([&] {
            stop.request_stop();
            TaskContext().pause(LateStop::usualGrace + std::chrono::seconds(1));
            held->release();
        });
        return StepRelay::Then::Hold;
    });
    held = &relay;
    RestorePlan plan = m_small->plan(m_smallFile);
    plan.target = relay.connectionString();
    const SystemClock clock;
    TaskContext context(stop.get_token());
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    // Held on the way there, it was cut off before the server had seen it; or it had.
    const bool isLive = m_small->ask("SELECT count(*) FROM public.products") == u"2000"_s;
    QVERIFY2((receipt.verdict == Verdict::Proven) == isLive, why(receipt));
    QVERIFY2(isLive || receipt.error->kind == ErrorKind::Timeout, why(receipt));
    if (isLive) {
        TaskContext free;
        QVERIFY(putBack(m_small->target(), {}, SystemClock().now().addSecs(1), free).verdict ==
                Verdict::Proven);
        discardKeptOf(*m_small);
    }
    QCOMPARE(m_small->liveState(), before);
}

void TestRestoreFaults::aFullDiskOfOursIsNoHindrance_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("plain") << QStringList();
    QTest::newRow("archive") << QStringList{u"--format=custom"_s};
}

/// What is remembered beside the file is for speed alone.
void TestRestoreFaults::aFullDiskOfOursIsNoHindrance()
{
    QFETCH(QStringList, options);
    const Shop shop(*m_server, 2000);
    const QString file = shop.writeDump(shop.dump(options));
    const QStringList files = QFileInfo(file).dir().entryList(QDir::Files | QDir::Hidden);
    std::optional<FullDisk> full(std::in_place);
    const RestoreReceipt receipt = shop.restore(file);
    full.reset();
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"2000"_s);
    QCOMPARE(QFileInfo(file).dir().entryList(QDir::Files | QDir::Hidden), files);
}

MAYDAY_TEST(TestRestoreFaults);
#include "tst_restorefaults.moc"
