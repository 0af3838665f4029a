// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "core/latestop.h"
#include "restore/putback.h"
#include "restore/sidedatabase.h"
#include "support/faultshare.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>
#include <stop_token>
#include <thread>

#include <sys/resource.h>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

enum class Fault {
    Stalls,      ///< nothing passes for a while, and then it goes on
    FallsSilent, ///< nothing passes any more, and nobody says so; the user stops it
    DiskFull,    ///< the server's, until the end
    LineCut,
    ServerDies, ///< and comes back
    UserStops,
};

struct FaultStep {
    const char *name;
    const char *text; ///< what passes on the wire when the work is there
};

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
};

constexpr std::array ofPutBacks{
    FaultStep{"begin", "BEGIN; SET LOCAL lock_timeout"},
    FaultStep{"the lock of restores", "pg_try_advisory_xact_lock"},
    FaultStep{"the names", "RENAME TO"},
    FaultStep{"the wait for others", "IS DISTINCT FROM"},
};

/// MAYDAY_STALL_SECONDS makes it longer: 30 at each step take twenty minutes.
std::chrono::milliseconds stallTime()
{
    const QByteArray wanted = qgetenv("MAYDAY_STALL_SECONDS");
    return wanted.isEmpty() ? std::chrono::milliseconds(400)
                            : std::chrono::milliseconds(std::chrono::seconds(wanted.toInt()));
}

const char *wordFor(Fault harm)
{
    switch (harm) {
    case Fault::Stalls: return "the line stalls";
    case Fault::FallsSilent: return "the line falls silent";
    case Fault::DiskFull: return "the disk is full";
    case Fault::LineCut: return "the line is cut";
    case Fault::ServerDies: return "the server dies";
    case Fault::UserStops: return "the user stops it";
    }
    return "";
}

void addRows(std::span<const FaultStep> steps, std::initializer_list<Fault> harms)
{
    QTest::addColumn<QByteArray>("step");
    QTest::addColumn<Fault>("harm");
    static const tests::FaultShare share;
    tests::Thinned thinned(6);
    for (qsizetype step = 0; step < std::ssize(steps); ++step) {
        for (qsizetype harm = 0; harm < std::ssize(harms); ++harm) {
            const FaultStep &at = steps[step];
            const Fault what = *(harms.begin() + harm);
            if (share.takes(step, harm) && thinned.takesNext())
                QTest::addRow("%s: %s", at.name, wordFor(what)) << QByteArray(at.text) << what;
        }
    }
}

} // namespace

/// What befalls the way to the server and the disks, at each step of each kind of work: it ends,
/// within seconds, with what is true; the live data are what they were, or the new ones, whole.
class TestRestoreFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void besideTheSchema_data()
    {
        addRows(ofSchemas, {Fault::Stalls, Fault::FallsSilent, Fault::DiskFull});
    }
    void besideTheSchema();
    void aCopy_data() { addRows(ofSchemas, {Fault::DiskFull}); }
    void aCopy();
    void besideTheDatabase_data()
    {
        addRows(ofDatabases, {Fault::Stalls, Fault::DiskFull, Fault::LineCut, Fault::ServerDies,
                              Fault::UserStops});
    }
    void besideTheDatabase();
    void aDatabaseOnALineThatFellSilent();
    void inPlaceOfIt_data()
    {
        addRows(inPlace, {Fault::Stalls, Fault::FallsSilent, Fault::DiskFull, Fault::ServerDies,
                          Fault::UserStops});
    }
    void inPlaceOfIt();
    void whenItIsLive_data();
    void whenItIsLive();
    void aPutBack_data()
    {
        addRows(ofPutBacks, {Fault::Stalls, Fault::FallsSilent, Fault::LineCut, Fault::ServerDies});
    }
    void aPutBack();
    void aCommitOnALineThatFellSilentIsAskedAbout();
    void aFullDiskOfOursIsNoHindrance_data();
    void aFullDiskOfOursIsNoHindrance();

private:
    using Work = std::function<void(const postgres::ConnectionString &, TaskContext &)>;
    void startServer(const std::function<void()> &start);
    /// Does the work through a relay that strikes at the step; the time it took.
    std::chrono::milliseconds struck(const Shop &shop, const QByteArray &step, Fault harm,
                                     const Work &work);
    RestoreReceipt restored(const Shop &shop, const QString &file, const QByteArray &step,
                            Fault harm, RestoreMode mode);
    void verifyNothingChanged(const Shop &shop, const QString &before,
                              const RestoreReceipt &receipt, Fault harm);
    void harmDuring(RestoreMode mode);
    static void verifyDone(const Shop &shop, RestoreMode mode, const RestoreReceipt &receipt);
    static void verifyUndoable(const Shop &shop, const RestoreReceipt &receipt);
    static void discardAll(const Shop &shop);

    QTemporaryDir m_folder;
    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_small;
    std::unique_ptr<Shop> m_large; ///< enough for connections of their own
    QString m_smallFile;
    QString m_largeFile;
};

void TestRestoreFaults::startServer(const std::function<void()> &start)
{
    qputenv("LD_PRELOAD", MAYDAY_FULLDISK);
    qputenv("MAYDAY_DISK_FULL", m_folder.filePath(u"full"_s).toUtf8());
    start();
    qunsetenv("LD_PRELOAD");
}

void TestRestoreFaults::initTestCase()
{
    startServer([this] { m_server = std::make_unique<tests::TempPostgres>(); });
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

std::chrono::milliseconds TestRestoreFaults::struck(const Shop &shop, const QByteArray &step,
                                                    Fault harm, const Work &work)
{
    using namespace std::chrono_literals;
    const QString full = m_folder.filePath(u"full"_s);
    std::stop_source stop;
    StepRelay *held = nullptr;
    std::jthread later;
    QElapsedTimer since;
    StepRelay relay(shop.target(), step, [&] {
        since.start();
        switch (harm) {
        case Fault::Stalls:
            later = std::jthread([&held] {
                TaskContext().pause(stallTime());
                held->release();
            });
            return StepRelay::Then::Hold;
        case Fault::FallsSilent:
            later = std::jthread([&stop] {
                TaskContext().pause(300ms);
                stop.request_stop();
            });
            return StepRelay::Then::Hold;
        case Fault::DiskFull:
            (void)QFile(full).open(QIODevice::WriteOnly | QIODevice::NewOnly);
            break;
        case Fault::LineCut: return StepRelay::Then::Cut;
        case Fault::ServerDies: m_server->stop(); break;
        case Fault::UserStops: stop.request_stop(); break;
        }
        return StepRelay::Then::GoOn;
    });
    held = &relay;
    TaskContext context(stop.get_token());
    work(relay.connectionString(), context);
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(since.durationElapsed());
    if (!relay.hasStruck())
        qFatal("the work never came to %s", step.constData());
    later = {};
    QFile::remove(full);
    if (harm == Fault::ServerDies)
        startServer([this] { m_server->restart(); });
    return took;
}

RestoreReceipt TestRestoreFaults::restored(const Shop &shop, const QString &file,
                                           const QByteArray &step, Fault harm, RestoreMode mode)
{
    RestoreReceipt receipt;
    RestorePlan plan = shop.plan(file);
    plan.mode = mode;
    plan.connections = 2;
    plan.safetyFolder = m_folder.filePath(u"copies"_s);
    const auto took = struck(
        shop, step, harm, [&](const postgres::ConnectionString &target, TaskContext &context) {
            plan.target = target;
            const SystemClock clock;
            receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
        });
    // 300 ms until the stop, two seconds for the server that does not hear it, and a slow machine.
    if (harm == Fault::FallsSilent && mode != RestoreMode::ReplaceDatabase && took.count() > 8000)
        qFatal("a stop took %lld ms", qlonglong(took.count()));
    return receipt;
}

void TestRestoreFaults::verifyNothingChanged(const Shop &shop, const QString &before,
                                             const RestoreReceipt &receipt, Fault harm)
{
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY(receipt.error.has_value());
    const QMap<Fault, ErrorKind> kinds{{Fault::FallsSilent, ErrorKind::Cancelled},
                                       {Fault::UserStops, ErrorKind::Cancelled},
                                       {Fault::DiskFull, ErrorKind::NoSpace},
                                       {Fault::LineCut, ErrorKind::Unreachable},
                                       {Fault::ServerDies, ErrorKind::Unreachable}};
    QVERIFY2(receipt.error->kind == kinds.value(harm, ErrorKind::Internal), why(receipt));
    QCOMPARE(receipt.tablesProven(), 0);
    QVERIFY(!receipt.safetyCopy);
    const QDir copies(m_folder.filePath(u"copies"_s));
    QCOMPARE(copies.entryList(QDir::Files | QDir::Hidden), QStringList());
    QTRY_COMPARE(shop.ask("SELECT count(*) FROM pg_stat_activity"
                          " WHERE application_name LIKE 'mayday %'"),
                 u"0"_s);
    QCOMPARE(shop.liveState(), before);
    // What is left is told, and goes.
    const QString left = shop.ask("SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database"
                                  " WHERE datname LIKE current_database() || '\\_%'");
    QString told;
    for (const Leftover &one : receipt.left)
        told += one.what;
    // Of a server that is not there nobody knows what it has made.
    const bool isKnown = harm != Fault::ServerDies;
    QVERIFY2(told.contains(left), qPrintable(u"%1, and told: %2"_s.arg(left, told)));
    QVERIFY2(!isKnown || left.isEmpty() == receipt.left.isEmpty(), qPrintable(told));
    for (const QString &name : left.split(u' ', Qt::SkipEmptyParts))
        shop.run("DROP DATABASE " + name.toUtf8());
}

void TestRestoreFaults::harmDuring(RestoreMode mode)
{
    QFETCH(QByteArray, step);
    QFETCH(Fault, harm);
    const bool isDatabase = mode == RestoreMode::ReplaceDatabase;
    const Shop &shop = isDatabase ? *m_large : *m_small;
    const QString before = shop.liveState();
    const RestoreReceipt receipt =
        restored(shop, isDatabase ? m_largeFile : m_smallFile, step, harm, mode);
    // A disk that was still large enough is none that was full.
    const bool isDone =
        harm == Fault::Stalls || (harm == Fault::DiskFull && receipt.verdict == Verdict::Proven);
    if (!isDone)
        return verifyNothingChanged(shop, before, receipt, harm);
    verifyDone(shop, mode, receipt);
    if (mode != RestoreMode::InPlace)
        QCOMPARE(shop.liveState(), before);
}

/// And undoes it.
void TestRestoreFaults::verifyDone(const Shop &shop, RestoreMode mode,
                                   const RestoreReceipt &receipt)
{
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
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
    discardAll(shop);
}

void TestRestoreFaults::verifyUndoable(const Shop &shop, const RestoreReceipt &receipt)
{
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"2000"_s);
    const RestoreReceipt undone = shop.restore(receipt.safetyCopy->file);
    QVERIFY2(undone.verdict == Verdict::Proven, why(undone));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"100"_s);
    QVERIFY(receipt.left.isEmpty());
    QVERIFY(QDir(QFileInfo(receipt.safetyCopy->file).path()).removeRecursively());
    discardAll(shop);
}

void TestRestoreFaults::discardAll(const Shop &shop)
{
    TaskContext context;
    auto session = postgres::Session::connect(shop.target(), context);
    const auto kept = allKept(*session, context);
    QVERIFY2(kept, kept ? "" : qPrintable(describe(kept.error())));
    QCOMPARE(kept->size(), 1);
    session->close();
    const auto gone = discardKept(shop.target(), kept->front().name, context);
    QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
}

void TestRestoreFaults::besideTheSchema()
{
    harmDuring(RestoreMode::Replace);
}

void TestRestoreFaults::aCopy()
{
    harmDuring(RestoreMode::Copy);
}

void TestRestoreFaults::besideTheDatabase()
{
    harmDuring(RestoreMode::ReplaceDatabase);
}

void TestRestoreFaults::inPlaceOfIt()
{
    harmDuring(RestoreMode::InPlace);
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
    const RestoreReceipt receipt = restored(shop, isDatabase ? m_largeFile : m_smallFile,
                                            "SET lock_timeout = '5s'", harm, mode);
    QVERIFY2(receipt.notes.join(u'\n').contains(u"ANALYZE makes them"_s),
             qPrintable(receipt.notes.join(u'\n')));
    verifyDone(shop, mode, receipt);
}

/// The copy that was begun cannot be taken away on such a line; it is told, and found later.
void TestRestoreFaults::aDatabaseOnALineThatFellSilent()
{
    const QString before = m_large->liveState();
    const RestoreReceipt receipt = restored(*m_large, m_largeFile, "p;'3900", Fault::FallsSilent,
                                            RestoreMode::ReplaceDatabase);
    QCOMPARE(receipt.left.size(), 1);
    verifyNothingChanged(*m_large, before, receipt, Fault::FallsSilent);
}

void TestRestoreFaults::aPutBack()
{
    QFETCH(QByteArray, step);
    QFETCH(Fault, harm);
    const Shop &shop = *m_small;
    const QString before = shop.liveState();
    const RestoreReceipt restored = shop.restore(m_smallFile);
    QVERIFY2(restored.verdict == Verdict::Proven, why(restored));
    const QString between = shop.liveState();
    PutBackReceipt receipt;
    const auto tryIt = [&](const postgres::ConnectionString &target, TaskContext &context) {
        receipt = putBack(target, restored.id.text(), SystemClock().now().addSecs(1), context);
    };
    const auto took = struck(shop, step, harm, tryIt);
    QVERIFY2(harm == Fault::Stalls || took.count() < 8000,
             qPrintable(QString::number(took.count())));
    if (harm != Fault::Stalls) {
        QCOMPARE(receipt.verdict, Verdict::NotRestored);
        QVERIFY(receipt.left.isEmpty());
        QTRY_COMPARE(shop.ask("SELECT count(*) FROM pg_stat_activity"
                              " WHERE application_name LIKE 'mayday %'"),
                     u"0"_s);
        QCOMPARE(shop.liveState(), between);
        TaskContext context;
        tryIt(shop.target(), context);
    }
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    discardAll(shop);
    QCOMPARE(shop.liveState(), before);
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
        discardAll(*m_small);
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
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit full{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
    const RestoreReceipt receipt = shop.restore(file);
    ::setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"2000"_s);
    QCOMPARE(QFileInfo(file).dir().entryList(QDir::Files | QDir::Hidden), files);
}

MAYDAY_TEST(TestRestoreFaults);
#include "tst_restorefaults.moc"
