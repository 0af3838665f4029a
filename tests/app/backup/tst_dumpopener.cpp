// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/dumpopener.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include "app/dump/dumpfiles.h"
#include "dump/archiveheader.h"
#include "dump/dumpreader.h"
#include "support/temppostgres.h"

#include <QDir>
#include <QDirIterator>
#include <QTest>

#include <stop_token>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

using dump::ArchiveHeader;
using dump::DumpInspection;
using dump::DumpVerdict;

/// Archives of a real pg_dump, whole and damaged, through a real pg_restore.
class TestDumpOpener : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theHeaderIsRead_data();
    void theHeaderIsRead();
    void everyFormatTellsTheSame_data();
    void everyFormatTellsTheSame();
    void noCutArchiveIsComplete_data();
    void noCutArchiveIsComplete();
    void aHeaderOfAnOldClientIsRead();
    void theNeededClientIsNamed();
    void noDamageOfAHeaderIsBelieved();
    void aCutFileOfAFolderIsNoticed_data();
    void aCutFileOfAFolderIsNoticed();
    void aMissingFileOfAFolderIsNoticed();
    void insertsWithoutEndMarksAreWarnedAbout();
    void aStopEndsTheProgram();

private:
    [[nodiscard]] QString archive(const QStringList &options, const QString &name);

    tests::TempPostgres m_server;
    tests::DumpFiles m_files;
};

namespace {

DumpInspection inspectedArchive(const QString &path)
{
    TaskContext context;
    auto found = inspectDump(path, context);
    if (!found)
        qFatal("%s", qPrintable(describe(found.error())));
    return *std::move(found);
}

} // namespace

void TestDumpOpener::initTestCase()
{
    m_server.createDatabase(u"shop"_s);
    m_server.execute(u"shop"_s, "CREATE TABLE a_first (id int PRIMARY KEY, name text);"
                                "CREATE TABLE b_second (id int PRIMARY KEY, name text);"
                                "CREATE TABLE c_empty (id int);"
                                "INSERT INTO a_first SELECT g, md5(g::text) FROM "
                                "generate_series(1, 500) g;"
                                "INSERT INTO b_second SELECT * FROM a_first;");
}

QString TestDumpOpener::archive(const QStringList &options, const QString &name)
{
    QDir(m_files.path(name)).removeRecursively();
    QFile::remove(m_files.path(name));
    return m_files.dumped(m_server, u"pg_dump"_s, u"shop"_s, options, name);
}

void TestDumpOpener::theHeaderIsRead_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("compression");
    QTest::newRow("custom") << QStringList{u"-Fc"_s} << u"custom"_s << u"gzip"_s;
    QTest::newRow("custom, zstd") << QStringList{u"-Fc"_s, u"-Zzstd"_s} << u"custom"_s << u"zstd"_s;
    QTest::newRow("custom, bare") << QStringList{u"-Fc"_s, u"-Z0"_s} << u"custom"_s << u"none"_s;
    QTest::newRow("folder") << QStringList{u"-Fd"_s} << u"directory"_s << u"gzip"_s;
    QTest::newRow("tar") << QStringList{u"-Ft"_s} << u"tar"_s << u"none"_s;
}

void TestDumpOpener::theHeaderIsRead()
{
    QFETCH(QStringList, options);
    QFETCH(QString, word);
    QFETCH(QString, compression);
    const auto found = dump::archiveHeaderOf(archive(options, u"header"_s));
    QVERIFY(found && *found);
    const ArchiveHeader &header = **found;
    QCOMPARE(dump::archiveWord(header.kind), word);
    QCOMPARE(header.compression, compression);
    QCOMPARE(header.database, u"shop"_s);
    QVERIFY(header.serverVersion.startsWith(u"17"_s));
    QVERIFY(header.dumpVersion.startsWith(u"17"_s));
    QCOMPARE(header.neededClient(), 17);
    QVERIFY(qAbs(header.madeAt.secsTo(QDateTime::currentDateTime())) < 24 * 3600);
}

void TestDumpOpener::everyFormatTellsTheSame_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("word");
    QTest::newRow("plain") << QStringList{u"-Fp"_s} << u"plain"_s;
    QTest::newRow("custom") << QStringList{u"-Fc"_s} << u"custom"_s;
    QTest::newRow("custom, lz4") << QStringList{u"-Fc"_s, u"-Zlz4"_s} << u"custom"_s;
    QTest::newRow("folder") << QStringList{u"-Fd"_s} << u"directory"_s;
    QTest::newRow("folder by two") << QStringList{u"-Fd"_s, u"-j2"_s} << u"directory"_s;
    QTest::newRow("tar") << QStringList{u"-Ft"_s} << u"tar"_s;
}

void TestDumpOpener::everyFormatTellsTheSame()
{
    QFETCH(QStringList, options);
    QFETCH(QString, word);
    const QString path = archive(options, u"formats"_s);
    const DumpInspection found = inspectedArchive(path);
    QVERIFY2(!found.problem, found.problem ? qPrintable(describe(*found.problem)) : "");
    QCOMPARE(found.verdict, DumpVerdict::Complete);
    QCOMPARE(found.format, word);
    QCOMPARE(found.fileBytes, sizeOnDisk(path));
    QCOMPARE(found.copyBlocks, 3);
    QMap<QString, qint64> rows;
    for (const dump::TableInDump &table : found.tables)
        rows[table.name] = table.rows;
    QCOMPARE(rows,
             (QMap<QString, qint64>{{u"a_first"_s, 500}, {u"b_second"_s, 500}, {u"c_empty"_s, 0}}));
    QVERIFY(found.serverVersion.startsWith(u"17"_s) && found.dumpVersion.startsWith(u"17"_s));
}

void TestDumpOpener::noCutArchiveIsComplete_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("custom") << QStringList{u"-Fc"_s};
    QTest::newRow("custom, bare") << QStringList{u"-Fc"_s, u"-Z0"_s};
    QTest::newRow("tar") << QStringList{u"-Ft"_s};
}

/// pg_restore ends with 0 where a tar file is cut amid its last rows.
void TestDumpOpener::noCutArchiveIsComplete()
{
    QFETCH(QStringList, options);
    const QByteArray whole = tests::DumpFiles::bytesOf(archive(options, u"cut"_s));
    // Behind the scripts at its end a tar has zeros; what is cut there is not missing.
    const qsizetype end = whole.lastIndexOf("setval") > 0 || options.contains(u"-Fc"_s)
                              ? whole.size()
                              : whole.size() * 9 / 10;
    for (int part = 1; part < 30; part += tests::thinnedStep(4)) {
        const QString file = m_files.written(whole.first(end * part / 30), u"cut"_s);
        TaskContext context;
        const auto found = inspectDump(file, context);
        QVERIFY2(found, found ? "" : qPrintable(describe(found.error())));
        QVERIFY2(found->verdict != DumpVerdict::Complete, qPrintable(u"cut at %1/30"_s.arg(part)));
        QVERIFY2(found->problem && !found->problem->detail.isEmpty(), qPrintable(file));
    }
}

/// As pg_dump 14 writes it: the compression is a number of four bytes and a sign.
void TestDumpOpener::aHeaderOfAnOldClientIsRead()
{
    QByteArray bytes("PGDMP\x01\x0e\x00\x04\x08\x01", 11);
    const auto number = [&bytes](int value) {
        bytes += value < 0 ? '\1' : '\0';
        for (int i = 0; i < 4; ++i)
            bytes += static_cast<char>((qAbs(value) >> (8 * i)) & 0xff);
    };
    const auto text = [&](const QByteArray &value) {
        number(static_cast<int>(value.size()));
        bytes += value;
    };
    number(-1);
    for (const int part : {5, 4, 3, 2, 0, 124, 0})
        number(part);
    text("shop");
    text("13.14 (Debian 13.14-0+deb11u1)");
    text("14.11");
    const auto header = dump::parseArchiveHeader(bytes, u"old"_s);
    QVERIFY2(header, header ? "" : qPrintable(describe(header.error())));
    QCOMPARE(header->format, QVersionNumber(1, 14));
    QCOMPARE(header->compression, u"gzip"_s);
    QCOMPARE(header->madeAt, QDateTime(QDate(2024, 1, 2), QTime(3, 4, 5)));
    QCOMPARE(header->serverVersion, u"13.14"_s);
    QCOMPARE(header->neededClient(), 12);
    for (qsizetype size = 5; size < bytes.size(); ++size) {
        const auto cut = dump::parseArchiveHeader(QByteArrayView(bytes).first(size), u"old"_s);
        QVERIFY(!cut);
        QCOMPARE(cut.error().kind, ErrorKind::Corrupt);
    }
}

void TestDumpOpener::theNeededClientIsNamed()
{
    QByteArray bytes = tests::DumpFiles::bytesOf(archive({u"-Fc"_s}, u"newer"_s));
    bytes[6] = 99; // 1.99, of a pg_dump that is not there yet
    bytes.replace("17.", "97.");
    TaskContext context;
    const auto found = inspectDump(m_files.written(bytes, u"newer"_s), context);
    QVERIFY(!found);
    QCOMPARE(found.error().kind, ErrorKind::Unsupported);
    QCOMPARE(found.error().advice, Advice::InstallClient);
    const QString &detail = found.error().detail;
    QVERIFY2(detail.contains(u"pg_restore 97 or newer"_s), qPrintable(detail));
    QVERIFY2(detail.contains(u"17."_s) && detail.contains(u"/pg_restore"_s), qPrintable(detail));
}

/// Whatever stands there: no crash, no endless wait, and never "complete" for a list that is gone.
void TestDumpOpener::noDamageOfAHeaderIsBelieved()
{
    const QByteArray whole = tests::DumpFiles::bytesOf(archive({u"-Fc"_s}, u"whole"_s));
    for (qsizetype at = 5; at < 90; ++at) {
        for (const char value : {'\0', '\x7f', '\xff'}) {
            QByteArray bad = whole;
            bad[at] = value;
            const auto header = dump::parseArchiveHeader(bad, u"bad"_s);
            QVERIFY(header || header.error().kind == ErrorKind::Corrupt);
        }
    }
    const QString cut = m_files.written(whole.first(20), u"cut"_s);
    const DumpInspection found = inspectedArchive(cut);
    QCOMPARE(found.verdict, DumpVerdict::Damaged);
    QVERIFY(found.problem->detail.contains(u"header"_s));
}

void TestDumpOpener::aCutFileOfAFolderIsNoticed_data()
{
    QTest::addColumn<QString>("compression");
    for (const char *compression : {"-Z0", "-Zgzip", "-Zzstd", "-Zlz4"})
        QTest::newRow(compression) << QString::fromLatin1(compression);
}

/// pg_restore does not notice that a file of rows is cut when it is not compressed, nor always when
/// it is: it ends with 0 and writes the last line of a whole dump.
void TestDumpOpener::aCutFileOfAFolderIsNoticed()
{
    QFETCH(QString, compression);
    const QString folder = archive({u"-Fd"_s, compression}, u"folder"_s);
    QCOMPARE(inspectedArchive(folder).verdict, DumpVerdict::Complete);
    for (const QString &file : QDir(folder).entryList({u"*.dat*"_s}, QDir::Files)) {
        const QByteArray whole = tests::DumpFiles::bytesOf(QDir(folder).filePath(file));
        if (file == "toc.dat"_L1 || whole.size() < 100)
            continue;
        for (int part = 0; part < 10; part += tests::thinnedStep(4)) {
            (void)m_files.written(whole.first(whole.size() * part / 10), u"folder/"_s + file);
            const DumpInspection found = inspectedArchive(folder);
            QVERIFY2(found.verdict != DumpVerdict::Complete,
                     qPrintable(u"%1 cut at %2/10"_s.arg(file).arg(part)));
            QVERIFY(found.problem);
        }
        (void)m_files.written(whole, u"folder/"_s + file);
    }
}

void TestDumpOpener::aMissingFileOfAFolderIsNoticed()
{
    const QString folder = archive({u"-Fd"_s}, u"folder"_s);
    for (const QString &file : QDir(folder).entryList({u"*.dat.gz"_s}, QDir::Files)) {
        const QString path = QDir(folder).filePath(file);
        QVERIFY(QFile::rename(path, path + u".away"_s));
        const DumpInspection found = inspectedArchive(folder);
        QVERIFY2(found.verdict != DumpVerdict::Complete, qPrintable(file));
        QVERIFY(found.problem->detail.contains(file.section(u'.', 0, 0)));
        QVERIFY(QFile::rename(path + u".away"_s, path));
    }
}

void TestDumpOpener::insertsWithoutEndMarksAreWarnedAbout()
{
    const DumpInspection found =
        inspectedArchive(archive({u"-Fd"_s, u"--inserts"_s}, u"inserts"_s));
    QCOMPARE(found.verdict, DumpVerdict::Complete);
    QVERIFY(found.warnings.join(u' ').contains(u"--inserts"_s));
    QVERIFY(found.reader.startsWith(u"pg_restore 17"_s));
}

void TestDumpOpener::aStopEndsTheProgram()
{
    const QString path = archive({u"-Fc"_s}, u"stopped"_s);
    std::stop_source stop;
    TaskContext context(stop.get_token());
    auto reader = openDump(path, context);
    QVERIFY(reader);
    stop.request_stop();
    struct Nothing final : dump::DumpVisitor {
        Result<void> statement(const dump::DumpStatement &) override { return {}; }
        Result<void> copyBegin(const dump::CopyHeader &) override { return {}; }
        Result<void> copyData(QByteArrayView) override { return {}; }
        Result<void> copyEnd(qint64, qint64, qint64) override { return {}; }
    } nothing;
    const auto read = reader->read(nothing, context);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::Cancelled);
    TaskContext stopped(stop.get_token());
    QCOMPARE(inspectDump(path, stopped).error().kind, ErrorKind::Cancelled);
}

MAYDAY_TEST(TestDumpOpener);
#include "tst_dumpopener.moc"
