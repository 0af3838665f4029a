// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/databasedump.h"
#include "backup/manifest.h"
#include "postgres/session.h"
#include "support/steprelay.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <csignal>
#include <future>
#include <thread>

#include <sys/resource.h>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

/// The real programs; what pg_dump writes is not taken before somebody says so.
class HeldOutput final : public process::ProcessRunner {
public:
    explicit HeldOutput(std::shared_future<void> until) : m_until(std::move(until)) {}

    using ProcessRunner::run;
    Result<process::ProcessOutcome> run(const process::CommandLine &command,
                                        const process::RunOptions &options,
                                        TaskContext &context) override
    {
        process::RunOptions held = options;
        if (options.onOutput)
            held.onOutput = [this, &options](QByteArrayView piece) {
                m_until.wait_for(std::chrono::seconds(15));
                return options.onOutput(piece);
            };
        return m_real.run(command, held, context);
    }

private:
    std::shared_future<void> m_until;
    process::SystemProcessRunner m_real;
};

} // namespace

/// What the manifest of a dump has, and that without one there is no dump.
class TestDumpManifest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void ofAWholeDatabaseAlsoWhatIsInNoSchema();
    void aDiskThatIsFullForTheManifestAlone();
    void whoeverWantsToEmptyATableWaits();
    void aStandbyHasNoRowsOfUnloggedTables();

private:
    [[nodiscard]] bool comesTrue(const QString &database, const QByteArray &condition)
    {
        for (int i = 0; i < 1000; ++i) {
            if (m_server->scalar(database, "SELECT " + condition) == "t"_L1)
                return true;
            m_server->execute(database, "SELECT pg_sleep(0.01)");
        }
        return false;
    }
    [[nodiscard]] QString file() const { return m_folder->filePath(u"backups/shop.sql.gz"_s); }

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDumpManifest::ofAWholeDatabaseAlsoWhatIsInNoSchema()
{
    m_server->createDatabase(u"whole"_s);
    m_server->execute(u"whole"_s, "CREATE SCHEMA of_it; CREATE EXTENSION citext SCHEMA of_it; "
                                  "SELECT lo_create(0), lo_create(0);"
                                  "CREATE SCHEMA nothing; CREATE TABLE a (name of_it.citext)");
    const DumpOrder whole{.source = m_server->connectionString(u"whole"_s), .file = file()};
    TaskContext context;
    const auto receipt = makeDump(whole, context);
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    const Manifest manifest = manifestBeside(file())->value();
    QCOMPARE(manifest.content.largeObjects, 2);
    QCOMPARE(manifest.content.schemas, (QStringList{u"nothing"_s, u"of_it"_s, u"public"_s}));
    QCOMPARE(manifest.content.others.size(), 1); // and nothing of what the extension brings
    QCOMPARE(manifest.content.others.front().words(), u"extension citext"_s);
    QCOMPARE(manifest.content.schemaOfExtension.value(u"citext"_s), u"of_it"_s);
}

/// Names take more room than the same in a compressed dump.
void TestDumpManifest::aDiskThatIsFullForTheManifestAlone()
{
    QByteArray many = "CREATE SCHEMA many;";
    for (int i = 0; i < 300; ++i)
        many += "CREATE VIEW many.view_" + QByteArray::number(i) + " AS SELECT 1 AS one;";
    m_server->createDatabase(u"many"_s);
    m_server->execute(u"many"_s, many);
    const DumpOrder crowded{
        .source = m_server->connectionString(u"many"_s), .schemas = {u"many"_s}, .file = file()};
    TaskContext context;
    const auto made = makeDump(crowded, context);
    QVERIFY2(made, made ? "" : qPrintable(describe(made.error())));
    const qint64 manifest = QFileInfo(made->manifest).size();
    QVERIFY2(manifest > made->bytes + 1000, qPrintable(QString::number(made->bytes)));
    QVERIFY(QFile::remove(made->file) && QFile::remove(made->manifest));
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{.rlim_cur = static_cast<rlim_t>(manifest - 1), .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto receipt = makeDump(crowded, context);
    ::setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!receipt);
    QVERIFY2(receipt.error().kind == ErrorKind::NoSpace &&
                 receipt.error().subject.endsWith(".manifest.json"_L1),
             qPrintable(describe(receipt.error())));
    QCOMPARE(
        QDir(QFileInfo(file()).path()).entryList(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot),
        QStringList());
}

/// An older snapshot sees a table empty that was truncated behind it: what pg_dump wrote of it
/// would then be more than what was counted.
void TestDumpManifest::whoeverWantsToEmptyATableWaits()
{
    const QString name = u"emptied"_s;
    m_server->createDatabase(name);
    m_server->execute(name, "CREATE TABLE late AS SELECT g, repeat(md5(g::text), 20) AS words"
                            " FROM generate_series(1, 20000) g");
    std::promise<void> queued;
    bool isQueued = false;
    std::jthread other;
    restore::test::StepRelay relay(m_server->connectionString(name), "count(*) FROM ONLY", [&] {
        isQueued = comesTrue(name, "EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
                                   " WHERE application_name = 'pg_dump' AND granted"
                                   " AND relation = 'late'::regclass)");
        other = std::jthread([&] {
            TaskContext context;
            auto session = postgres::Session::connect(m_server->connectionString(name), context);
            if (!session || !session->execute("TRUNCATE late", context))
                qFatal("the table cannot be emptied");
        });
        isQueued = isQueued && comesTrue(name, "EXISTS (SELECT FROM pg_locks WHERE NOT granted AND"
                                               " relation = 'late'::regclass)");
        queued.set_value();
        return restore::test::StepRelay::Then::GoOn;
    });
    HeldOutput runner(queued.get_future().share());
    TaskContext context;
    const auto receipt =
        DatabaseDump(runner).make({.source = relay.connectionString(), .file = file()}, context);
    if (other.joinable())
        other.join();
    QVERIFY(isQueued);
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    QCOMPARE(receipt->rows, 20000);
    QCOMPARE(m_server->scalar(name, "SELECT count(*) FROM late"), u"0"_s);
}

/// A server that recovers from a primary which never comes is a standby like any other.
void TestDumpManifest::aStandbyHasNoRowsOfUnloggedTables()
{
    tests::TempPostgres standby;
    standby.createDatabase(u"shop"_s);
    standby.execute(u"shop"_s, "CREATE UNLOGGED TABLE sessions AS SELECT 1 AS id;"
                               "CREATE TABLE kept AS SELECT 1 AS id; CHECKPOINT");
    const QString folder = standby.scalar(u"shop"_s, "SHOW data_directory");
    standby.stop();
    QFile signal(folder + u"/standby.signal"_s);
    QVERIFY(signal.open(QIODevice::WriteOnly));
    signal.close();
    standby.restart();
    TaskContext context;
    const auto receipt =
        makeDump({.source = standby.connectionString(u"shop"_s), .file = file()}, context);
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    QCOMPARE(receipt->withoutRows, QStringList{u"public.sessions"_s});
    QCOMPARE(receipt->tables, 1);
    QCOMPARE(receipt->rows, 1);
}

MAYDAY_TEST(TestDumpManifest);
#include "tst_dumpmanifest.moc"
