// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/databasedump.h"
#include "backup/manifest.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/resource.h>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

/// What the manifest of a dump has, and that without one there is no dump.
class TestDumpManifest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void ofAWholeDatabaseAlsoWhatIsInNoSchema();
    void aDiskThatIsFullForTheManifestAlone();

private:
    [[nodiscard]] QString file() const { return m_folder->filePath(u"backups/shop.sql.gz"_s); }

    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDumpManifest::ofAWholeDatabaseAlsoWhatIsInNoSchema()
{
    m_server->createDatabase(u"whole"_s);
    m_server->execute(u"whole"_s, "CREATE EXTENSION citext; SELECT lo_create(0), lo_create(0);"
                                  "CREATE SCHEMA nothing; CREATE TABLE a (name citext)");
    const DumpOrder whole{.source = m_server->connectionString(u"whole"_s), .file = file()};
    TaskContext context;
    const auto receipt = makeDump(whole, context);
    QVERIFY2(receipt, receipt ? "" : qPrintable(describe(receipt.error())));
    const Manifest manifest = manifestBeside(file())->value();
    QVERIFY(manifest.isWholeDatabase);
    QCOMPARE(manifest.content.largeObjects, 2);
    QCOMPARE(manifest.content.schemas, (QStringList{u"nothing"_s, u"public"_s}));
    QCOMPARE(manifest.content.others.size(), 1); // and nothing of what the extension brings
    QCOMPARE(manifest.content.others.front().words(), u"extension citext"_s);
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

MAYDAY_TEST(TestDumpManifest);
#include "tst_dumpmanifest.moc"
