// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/databasedump.h"
#include "backup/dumpopener.h"
#include "backup/manifest.h"
#include "postgres/session.h"
#include "support/steprelay.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLockFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <thread>

#include <sys/resource.h>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

/// The real programs, with something between them and us.
class Between final : public process::ProcessRunner {
public:
    using Change = std::function<Result<process::ProcessOutcome>(
        process::ProcessRunner &, process::CommandLine, process::RunOptions, TaskContext &)>;

    /// version: what every pg_dump says of itself; empty for the truth.
    explicit Between(Change change, QByteArray version = {})
        : m_change(std::move(change)), m_version(std::move(version))
    {
    }

    using ProcessRunner::run;
    Result<process::ProcessOutcome> run(const process::CommandLine &command,
                                        const process::RunOptions &options,
                                        TaskContext &context) override
    {
        if (command.arguments.contains("--version"_L1))
            return m_version.isEmpty() ? m_real.run(command, options, context)
                                       : process::ProcessOutcome{.output = m_version};
        return m_change ? m_change(m_real, command, options, context)
                        : m_real.run(command, options, context);
    }

private:
    Change m_change;
    QByteArray m_version;
    process::SystemProcessRunner m_real;
};

} // namespace

/// A dump is one when it was read back and holds what the server counted; everything else leaves
/// nothing behind.
class TestDatabaseDump : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void aDumpIsWholeAndCounted();
    void itsOwnerAloneMayReadIt();
    void onlyTheSchemasThatWereAskedFor();
    void whatWritersDoMeanwhileIsNoDifference();
    void noSecretIsInTheArguments();
    void aServerThatIsTooNewIsRefused();
    void noProgramAtAll();
    void theManifestSaysWhatTheServerHad();
    void whatIsMissingIsNoticed_data();
    void whatIsMissingIsNoticed();
    void aCutDumpIsNoticed();
    void aProgramThatFails_data();
    void aProgramThatFails();
    void aPolicyThatHidesRowsIsAnError();
    void aFullDisk_data();
    void aFullDisk();
    void aStopLeavesNothing();
    void harmAtAnyQuestionLeavesNothing_data();
    void harmAtAnyQuestionLeavesNothing();
    void aNameThatIsTakenIsRefused();
    void aNameThatIsTakenMeanwhile_data();
    void aNameThatIsTakenMeanwhile();
    void aFolderThatCannotBeWrittenTo();
    void whatAKillLeftGoes();
    void whatOthersWriteStays();

private:
    [[nodiscard]] QString file() const { return m_folder->filePath(u"backups/shop.sql.gz"_s); }
    [[nodiscard]] DumpOrder order() const
    {
        return {.source = m_server->connectionString(u"shop"_s),
                .schemas = {u"public"_s},
                .file = file()};
    }
    [[nodiscard]] Result<DumpReceipt> dump(Between::Change change, TaskContext context = {})
    {
        Between between(std::move(change));
        return DatabaseDump(between).make(order(), context);
    }
    [[nodiscard]] QStringList everything() const
    {
        return QDir(m_folder->filePath(u"backups"_s))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }
    [[nodiscard]] static QStringList bothFiles()
    {
        return {u"shop.sql.gz"_s, u"shop.sql.gz.manifest.json"_s};
    }
    [[nodiscard]] static QStringList namesOf(const Manifest &manifest, const QString &kind)
    {
        QStringList names;
        for (const SchemaObject &object : manifest.content.others) {
            if (object.kind == kind)
                names.append(object.name);
        }
        return names;
    }
    void take(const QString &name)
    {
        QDir().mkpath(QFileInfo(name).path());
        QFile taken(name);
        if (!taken.open(QIODevice::WriteOnly) || taken.write("precious") != 8)
            qFatal("%s cannot be written", qPrintable(name));
    }
    void verifyFailed(const Result<DumpReceipt> &outcome, ErrorKind kind, const QString &words)
    {
        QVERIFY(!outcome);
        QVERIFY2(outcome.error().kind == kind, qPrintable(describe(outcome.error())));
        QVERIFY2(describe(outcome.error()).contains(words), qPrintable(describe(outcome.error())));
        QCOMPARE(everything(), QStringList());
        QTRY_COMPARE(m_server->scalar(u"shop"_s, "SELECT count(*) FROM pg_stat_activity WHERE"
                                                 " application_name IN ('pg_dump', 'mayday dump')"),
                     u"0"_s);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDatabaseDump::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->createDatabase(u"shop"_s);
    m_server->execute(
        u"shop"_s,
        "CREATE TABLE products (id bigint PRIMARY KEY, name text);"
        "INSERT INTO products SELECT g, repeat(md5(g::text), 20) FROM generate_series(1, 20000) g;"
        "CREATE TABLE nobody (id integer);"
        "CREATE TABLE parts (id integer, at date) PARTITION BY RANGE (at);"
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
        "INSERT INTO parts SELECT g, '2026-05-01' FROM generate_series(1, 7) g;"
        "CREATE VIEW names AS SELECT name FROM products;"
        "CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM products;"
        "CREATE SEQUENCE tickets START 7; SELECT nextval('tickets'), nextval('tickets');"
        "CREATE FUNCTION twice(integer, text DEFAULT 'a') RETURNS integer LANGUAGE sql"
        " AS 'SELECT $1 * 2';"
        "CREATE DOMAIN price AS numeric CHECK (VALUE >= 0);"
        "ALTER TABLE nobody ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY own ON nobody USING (id > 0);"
        "CREATE INDEX by_name ON products (left(name, 5));"
        "CREATE SCHEMA \"o*d \"\"one\"; CREATE TABLE \"o*d \"\"one\".\"T.a\" (a integer);"
        "INSERT INTO \"o*d \"\"one\".\"T.a\" VALUES (1), (2);"
        "CREATE SCHEMA odd; CREATE TABLE odd.other (a integer); INSERT INTO odd.other VALUES (1);");
}

void TestDatabaseDump::aDumpIsWholeAndCounted()
{
    QStringList phases;
    TaskContext context({}, [&](qint64 done, qint64, const QString &phase) {
        if (done > 0 && !phases.contains(phase))
            phases.append(phase);
    });
    const auto receipt = makeDump(order(), context);
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    QCOMPARE(receipt->file, file());
    QCOMPARE(receipt->bytes, QFileInfo(file()).size());
    QCOMPARE(receipt->rows, 20007);
    QCOMPARE(receipt->tables, 3); // those that hold rows: a partitioned one holds none
    QVERIFY2(receipt->madeWith.startsWith("pg_dump 1"_L1), qPrintable(receipt->madeWith));
    QCOMPARE(phases, (QStringList{u"dump"_s, u"verify"_s}));
    QCOMPARE(everything(), bothFiles());
    QCOMPARE(receipt->manifest, manifestFileOf(file()));
    const auto inspection = inspectDump(file(), context);
    QVERIFY(inspection);
    QCOMPARE(inspection->verdict, dump::DumpVerdict::Complete);
    QCOMPARE(inspection->format, u"plain.gz"_s);
    QCOMPARE(inspection->schemas, QStringList{u"public"_s});
}

void TestDatabaseDump::itsOwnerAloneMayReadIt()
{
    TaskContext context;
    QVERIFY(makeDump(order(), context));
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    QVERIFY(!(QFile::permissions(file()) & others));
    QVERIFY(!(QFile::permissions(manifestFileOf(file())) & others));
}

void TestDatabaseDump::onlyTheSchemasThatWereAskedFor()
{
    DumpOrder odd = order();
    odd.schemas = {u"o*d \"one"_s};
    TaskContext context;
    const auto receipt = makeDump(odd, context);
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    QCOMPARE(receipt->rows, 2);
    const auto inspection = inspectDump(file(), context);
    QCOMPARE(inspection->schemas, odd.schemas);
    odd.schemas = {};
    odd.file += u".all.sql.gz"_s;
    const auto all = makeDump(odd, context);
    QVERIFY2(all, all ? "" : qPrintable(describe(all.error())));
    QCOMPARE(all->rows, 20010);
}

/// The counts are those of the moment that pg_dump sees, not of now.
void TestDatabaseDump::whatWritersDoMeanwhileIsNoDifference()
{
    m_server->execute(u"shop"_s, "CREATE TABLE busy (id integer)");
    std::atomic<qint64> written = 0;
    std::jthread writer([&](const std::stop_token &over) {
        TaskContext context;
        auto session = postgres::Session::connect(order().source, context);
        while (session && !over.stop_requested() &&
               session->execute("INSERT INTO busy VALUES (1)", context))
            ++written;
    });
    QTRY_VERIFY(written > 10);
    const qint64 before = written;
    TaskContext context;
    const auto receipt = makeDump(order(), context);
    writer.request_stop();
    writer.join();
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    QVERIFY(receipt->rows >= 20007 + before);
    QVERIFY(written > before);
    m_server->execute(u"shop"_s, "DROP TABLE busy");
}

void TestDatabaseDump::noSecretIsInTheArguments()
{
    const QString password = QString::fromUtf8(m_server->password().reveal());
    QVERIFY(password.size() > 4);
    bool wasGiven = false;
    const auto receipt = dump([&](process::ProcessRunner &real, const process::CommandLine &command,
                                  const process::RunOptions &options, TaskContext &context) {
        if (command.arguments.join(u' ').contains(password))
            qFatal("the password is in the arguments");
        for (const auto &[name, value] : command.environment)
            wasGiven = wasGiven ||
                       (name == "PGPASSWORD"_L1 && value.reveal() == m_server->password().reveal());
        return real.run(command, options, context);
    });
    QVERIFY(receipt);
    QVERIFY(wasGiven);
}

void TestDatabaseDump::aServerThatIsTooNewIsRefused()
{
    Between between({}, "pg_dump (PostgreSQL) 12.4\n");
    TaskContext context;
    const auto receipt = DatabaseDump(between).make(order(), context);
    verifyFailed(receipt, ErrorKind::Unsupported, u"pg_dump 12.4 is older than the server 1"_s);
    QCOMPARE(receipt.error().advice, Advice::InstallClient);
    QVERIFY(receipt.error().detail.contains("12.4 (/"_L1)); // and where it was found
    QVERIFY(!DatabaseDump(between).clientFor(130002, context));
    QVERIFY(DatabaseDump(between).clientFor(120010, context));
}

void TestDatabaseDump::noProgramAtAll()
{
    Between between({}, "none of yours\n"); // what does not say its version is none
    TaskContext context;
    verifyFailed(DatabaseDump(between).make(order(), context), ErrorKind::Unsupported,
                 u"or newer"_s);
}

void TestDatabaseDump::theManifestSaysWhatTheServerHad()
{
    TaskContext context;
    const QDateTime before = QDateTime::currentDateTimeUtc().addSecs(-2);
    const auto receipt = makeDump(order(), context);
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    const auto beside = manifestBeside(file());
    QVERIFY2(beside, beside ? "" : qPrintable(describe(beside.error())));
    const Manifest manifest = beside->value();
    QVERIFY(manifest.takenAt >= before);
    QCOMPARE(manifest.database, u"shop"_s);
    QVERIFY(!manifest.server.isEmpty());
    QCOMPARE(manifest.madeWith, receipt->madeWith);
    QCOMPARE(manifest.content.schemas, QStringList{u"public"_s});
    QFile dumped(file());
    QVERIFY(dumped.open(QIODevice::ReadOnly));
    QCOMPARE(manifest.sha256,
             QCryptographicHash::hash(dumped.readAll(), QCryptographicHash::Sha256).toHex());
    QCOMPARE(manifest.bytes, dumped.size());
    QCOMPARE(manifest.rows(), 20007);
    QCOMPARE(manifest.content.tables.size(), 3);
    QCOMPARE(manifest.content.sequences.size(), 1);
    QCOMPARE(manifest.content.sequences.front().value, 8);
    QVERIFY(manifest.content.sequences.front().isCalled);
    const auto names = [&](const QString &kind) {
        return namesOf(manifest, kind).join(u' ');
    };
    QCOMPARE(names(u"view"_s), u"public.names"_s);
    QCOMPARE(names(u"materialized view"_s), u"public.counted"_s);
    QCOMPARE(names(u"partitioned table"_s), u"public.parts"_s);
    QCOMPARE(names(u"function"_s), u"public.twice(integer, text)"_s);
    QCOMPARE(names(u"domain"_s), u"public.price"_s);
    QCOMPARE(names(u"constraint"_s), u"price_check on public.price products_pkey on "
                                     "public.products"_s);
    QCOMPARE(names(u"index"_s), u"by_name on public.products"_s);
    QCOMPARE(names(u"policy"_s), u"own on public.nobody"_s);
    QCOMPARE(names(u"row security"_s), u"on public.nobody"_s);
    QCOMPARE(names(u"extension"_s), QString());
    const auto inspection = inspectDump(file(), context);
    QVERIFY(inspection);
    const ManifestCheck check = checkManifest(file(), *inspection);
    QVERIFY2(check.agrees(), qPrintable(check.problems.join(u'\n')));
}

void TestDatabaseDump::whatIsMissingIsNoticed_data()
{
    QTest::addColumn<QStringList>("switches");
    QTest::addColumn<QByteArrayList>("takenOut");
    QTest::addColumn<QString>("words");
    QTest::newRow("by switches of pg_dump")
        << QStringList{u"--exclude-table-data=public.products"_s,
                       u"--exclude-table=public.nobody"_s, u"--exclude-table=public.parts"_s,
                       u"--exclude-table=public.tickets"_s, u"--exclude-table=public.names"_s}
        << QByteArrayList()
        << u"it has no table public.nobody; it has 0 rows of public.products; the server had "
           "20000; it has no table public.parts; it has no sequence public.tickets; it does not "
           "make view public.names; it does not make policy own on public.nobody"_s;
    QTest::newRow("statements")
        << QStringList{u"--compress=0"_s}
        << QByteArrayList{"CREATE POLICY own ON public.nobody USING ((id > 0));",
                          "CREATE INDEX by_name ON public.products USING btree (\"left\"(name, "
                          "5));"}
        << u"it does not make index by_name on public.products; it does not make policy own on "
           "public.nobody"_s;
}

/// Complete, by every sign in the file itself.
void TestDatabaseDump::whatIsMissingIsNoticed()
{
    QFETCH(QStringList, switches);
    QFETCH(QByteArrayList, takenOut);
    QFETCH(QString, words);
    const auto receipt = dump([&](process::ProcessRunner &real, process::CommandLine command,
                                  process::RunOptions options,
                                  TaskContext &context) -> Result<process::ProcessOutcome> {
        QByteArray text;
        const auto onOutput = options.onOutput;
        options.onOutput = [&text](QByteArrayView piece) -> Result<void> {
            text.append(piece);
            return {};
        };
        command.arguments += switches;
        auto outcome = real.run(command, options, context);
        for (const QByteArray &statement : takenOut) {
            if (!text.contains(statement))
                qFatal("%s is not in the dump", statement.constData());
            text.replace(statement, QByteArray());
        }
        return onOutput(text).and_then([&] { return outcome; });
    });
    verifyFailed(receipt, ErrorKind::Corrupt, words);
}

void TestDatabaseDump::aCutDumpIsNoticed()
{
    const auto receipt = dump([](process::ProcessRunner &real, const process::CommandLine &command,
                                 process::RunOptions options, TaskContext &context) {
        qint64 passed = 0;
        options.onOutput = [&passed, onOutput = options.onOutput](QByteArrayView piece) {
            const qint64 room = std::clamp<qint64>(100'000 - passed, 0, piece.size());
            passed += room;
            return room > 0 ? onOutput(piece.first(room)) : Result<void>();
        };
        return real.run(command, options, context);
    });
    verifyFailed(receipt, ErrorKind::Corrupt, u"the dump was read back, and "_s);
}

void TestDatabaseDump::aProgramThatFails_data()
{
    QTest::addColumn<QString>("how");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("words");
    QTest::newRow("no such schema")
        << u"schema"_s << ErrorKind::Refused << u"no matching schemas were found"_s;
    QTest::newRow("its session is ended")
        << u"terminated"_s << ErrorKind::Unreachable << u"it ended with 1: "_s;
    QTest::newRow("it crashes") << u"crash"_s << ErrorKind::Internal << u"crashed"_s;
}

void TestDatabaseDump::aProgramThatFails()
{
    QFETCH(QString, how);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, words);
    const auto receipt = dump([&](process::ProcessRunner &real, process::CommandLine command,
                                  process::RunOptions options,
                                  TaskContext &context) -> Result<process::ProcessOutcome> {
        if (how == "schema"_L1)
            command.arguments.append(u"--schema=nosuch"_s);
        if (how == "crash"_L1)
            return failure({.kind = ErrorKind::Internal,
                            .subject = u"pg_dump"_s,
                            .detail = u"the program crashed or was killed"_s});
        if (how == "terminated"_L1) {
            options.onOutput = [this, onOutput = options.onOutput](QByteArrayView piece) {
                m_server->execute(u"shop"_s, "SELECT pg_terminate_backend(pid) FROM"
                                             " pg_stat_activity WHERE application_name ="
                                             " 'pg_dump'");
                return onOutput(piece);
            };
        }
        return real.run(command, options, context);
    });
    verifyFailed(receipt, kind, words);
}

/// The smaller number would look like a whole dump.
void TestDatabaseDump::aPolicyThatHidesRowsIsAnError()
{
    m_server->createDatabase(u"hidden"_s);
    m_server->execute(u"hidden"_s, "CREATE ROLE teller LOGIN PASSWORD 'pw';"
                                   "GRANT CREATE ON SCHEMA public TO teller; SET ROLE teller;"
                                   "CREATE TABLE accounts (id integer, owner text);"
                                   "INSERT INTO accounts VALUES (1, 'teller'), (2, 'others');"
                                   "ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;"
                                   "ALTER TABLE accounts FORCE ROW LEVEL SECURITY;"
                                   "CREATE POLICY own ON accounts USING (owner = current_user)");
    DumpOrder hidden = order();
    hidden.source = postgres::ConnectionString::parse(
                        u"host=127.0.0.1 port=%1 dbname=hidden user=teller"_s.arg(m_server->port()))
                        ->withPassword(Secret("pw"));
    TaskContext context;
    verifyFailed(makeDump(hidden, context), ErrorKind::Denied, u"row-level security"_s);
}

void TestDatabaseDump::aFullDisk_data()
{
    QTest::addColumn<bool>("isAtOnce");
    QTest::newRow("amid the writing") << false;
    QTest::newRow("too little from the start") << true;
}

void TestDatabaseDump::aFullDisk()
{
    QFETCH(bool, isAtOnce);
    DumpOrder full = order();
    if (isAtOnce)
        full.leaveFree = qint64(1) << 60;
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{.rlim_cur = 50'000, .rlim_max = before.rlim_max};
    if (!isAtOnce)
        ::setrlimit(RLIMIT_FSIZE, &small);
    TaskContext context;
    const auto receipt = makeDump(full, context);
    ::setrlimit(RLIMIT_FSIZE, &before);
    verifyFailed(receipt, ErrorKind::NoSpace,
                 isAtOnce ? u"left on the disk"_s : u"writing it failed after"_s);
    QCOMPARE(receipt.error().advice, Advice::FreeSpace);
}

void TestDatabaseDump::aStopLeavesNothing()
{
    std::stop_source stop;
    TaskContext context(stop.get_token(), [&](qint64 done, qint64, const QString &) {
        if (done > 0)
            stop.request_stop();
    });
    verifyFailed(makeDump(order(), context), ErrorKind::Cancelled, {});
}

void TestDatabaseDump::harmAtAnyQuestionLeavesNothing_data()
{
    QTest::addColumn<QByteArray>("step");
    for (const char *step :
         {"pg_export_snapshot", "pg_largeobject_metadata", "LOCK TABLE ONLY", "count(*) FROM ONLY"})
        QTest::newRow(step) << QByteArray(step);
}

void TestDatabaseDump::harmAtAnyQuestionLeavesNothing()
{
    QFETCH(QByteArray, step);
    restore::test::StepRelay relay(order().source, step,
                                   [] { return restore::test::StepRelay::Then::Cut; });
    DumpOrder through = order();
    through.source = relay.connectionString();
    TaskContext context;
    const auto receipt = makeDump(through, context);
    QVERIFY(relay.hasStruck());
    verifyFailed(receipt, ErrorKind::Unreachable, {});
}

void TestDatabaseDump::aNameThatIsTakenIsRefused()
{
    for (const QString &name : {file(), manifestFileOf(file())}) {
        take(name);
        TaskContext context;
        const auto receipt = makeDump(order(), context);
        QVERIFY(!receipt);
        QCOMPARE(receipt.error().kind, ErrorKind::AlreadyExists);
        QCOMPARE(everything(), QStringList{QFileInfo(name).fileName()});
        QCOMPARE(QFileInfo(name).size(), 8);
        QVERIFY(QFile::remove(name));
    }
}

void TestDatabaseDump::aNameThatIsTakenMeanwhile_data()
{
    QTest::addColumn<bool>("isOfManifest");
    QTest::newRow("of the dump") << false;
    QTest::newRow("of the manifest") << true;
}

/// Both get their names, or neither.
void TestDatabaseDump::aNameThatIsTakenMeanwhile()
{
    QFETCH(bool, isOfManifest);
    const QString name = isOfManifest ? manifestFileOf(file()) : file();
    const auto receipt = dump([&](process::ProcessRunner &real, const process::CommandLine &command,
                                  const process::RunOptions &options, TaskContext &context) {
        take(name);
        return real.run(command, options, context);
    });
    QVERIFY(!receipt);
    QCOMPARE(receipt.error().kind, ErrorKind::AlreadyExists);
    QCOMPARE(everything(), QStringList{QFileInfo(name).fileName()});
    QCOMPARE(QFileInfo(name).size(), 8);
}

void TestDatabaseDump::aFolderThatCannotBeWrittenTo()
{
    DumpOrder nowhere = order();
    QFile file(m_folder->filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    nowhere.file = m_folder->filePath(u"file/shop.sql.gz"_s);
    TaskContext context;
    const auto receipt = makeDump(nowhere, context);
    QVERIFY(!receipt);
    QCOMPARE(receipt.error().kind, ErrorKind::Denied);
}

void TestDatabaseDump::whatAKillLeftGoes()
{
    const QString folder = QFileInfo(file()).path();
    QDir().mkpath(folder);
    QFile left(folder + u"/.old.sql.gz.partial"_s);
    QVERIFY(left.open(QIODevice::WriteOnly) && left.write("half") == 4);
    left.close();
    TaskContext context;
    QVERIFY(makeDump(order(), context));
    QCOMPARE(everything(), bothFiles());
}

void TestDatabaseDump::whatOthersWriteStays()
{
    const QString folder = QFileInfo(file()).path();
    QDir().mkpath(folder);
    QFile busy(folder + u"/.other.sql.gz.partial"_s);
    QVERIFY(busy.open(QIODevice::WriteOnly));
    QLockFile lock(busy.fileName() + u".lock"_s);
    QVERIFY(lock.tryLock());
    TaskContext context;
    QVERIFY(makeDump(order(), context));
    QVERIFY(busy.exists());
    lock.unlock();
    QVERIFY(QFile::remove(file()) && QFile::remove(manifestFileOf(file())));
    QVERIFY(makeDump(order(), context));
    QVERIFY(!busy.exists());
}

MAYDAY_TEST(TestDatabaseDump);
#include "tst_databasedump.moc"
