// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/recordingvisitor.h"
#include "backup/backupshelf.h"
#include "backup/inspectionindex.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

#include <QJsonDocument>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

/// Whole, with most of its bytes between the two ends that are looked at again.
QByteArray datedDumpOf(int rows)
{
    QByteArray text =
        "--\n-- PostgreSQL database dump\n--\n\n"
        "-- Dumped from database version 17.11\n"
        "-- Dumped by pg_dump version 17.11\n\n"
        "-- Started on 2026-11-20 03:00:00 UTC\n\n"
        "SET client_encoding = 'UTF8';\n\n"
        "CREATE TABLE public.t (\n    id integer\n);\n\n\n"
        "CREATE INDEX t_id ON public.t USING btree (id);\n\n"
        "CREATE EVENT TRIGGER loud ON ddl_command_end EXECUTE FUNCTION public.f();\n\n"
        "COPY public.t (id) FROM stdin;\n";
    for (int i = 0; i < rows; ++i)
        text += "1000" + QByteArray::number(i) + '\n';
    return text + "\\.\n\n\nSELECT pg_catalog.setval('public.t_id_seq', 9223372036854775807, "
                  "false);\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
}

} // namespace

/// A backup that was read is not read again, and one that is another is never taken for it.
class TestInspectionIndex : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void everythingIsRemembered();
    void partsCanBeReadFromWhatIsRemembered();
    void withoutItsPointsItIsReadInFull();
    void anUnchangedFileIsNotReadAgain();
    void whatChangedIsReadAgain_data();
    void whatChangedIsReadAgain();
    void onlyWholeBackupsAreRemembered();
    void aDamagedIndexIsMadeAnew_data();
    void aDamagedIndexIsMadeAnew();
    void whereNothingCanBeWrittenItStillReads();
    void whoAsksAgainGetsAFullReading();
    void aFolderIsKnownByItsFiles();
    void theShelfOpensAtOnce();

private:
    void put(const QByteArray &bytes, const QString &name = u"shop.sql"_s)
    {
        QVERIFY(QDir(m_folder->path()).mkpath(u"."_s));
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }
    [[nodiscard]] QString path() const { return m_folder->filePath(u"shop.sql"_s); }
    [[nodiscard]] static dump::DumpInspection look(const QString &path)
    {
        TaskContext context;
        auto found = inspectUnlessKnown(path, context);
        if (!found)
            qFatal("%s", qPrintable(describe(found.error())));
        return *std::move(found);
    }
    /// Other bytes in the middle, with the size, the time and the ends as they were.
    void changeTheMiddle()
    {
        struct stat before{};
        QVERIFY(::stat(qPrintable(path()), &before) == 0);
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(file.size() / 2));
        const QByteArray line = file.readLine() + file.readLine();
        QVERIFY(file.seek(file.size() / 2));
        QVERIFY(file.write(QByteArray(line).replace('\n', '1')) == line.size());
        file.close();
        const std::array<timespec, 2> times{before.st_atim, before.st_mtim};
        QVERIFY(::utimensat(AT_FDCWD, qPrintable(path()), times.data(), 0) == 0);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestInspectionIndex::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    put(datedDumpOf(60000));
}

void TestInspectionIndex::everythingIsRemembered()
{
    QJsonObject first = dump::toJson(look(path()));
    QVERIFY(QFile::exists(indexFileOf(path())));
    const QJsonObject second = dump::toJson(look(path()));
    QCOMPARE(second, first);
    QCOMPARE(first["tables"_L1][0]["rows"_L1].toInteger(), 60000);
    QCOMPARE(first["sequences"_L1][0]["value"_L1].toInteger(), 9223372036854775807LL);
    QVERIFY(!first["warnings"_L1].toArray().isEmpty());
    QVERIFY(!first["startedAt"_L1].toString().isEmpty());
    QVERIFY(!first["objects"_L1].toObject().isEmpty());
    QCOMPARE(first["copyBlocks"_L1].toInteger(), 1);
    QCOMPARE(first["schemas"_L1].toArray(), QJsonArray{u"public"_s});
}

void TestInspectionIndex::partsCanBeReadFromWhatIsRemembered()
{
    put(tests::gzipped(datedDumpOf(900'000))); // far enough for a point
    const dump::DumpInspection first = look(path());
    QVERIFY(!first.index.points.isEmpty());
    dump::DumpInspection known = look(path());
    QVERIFY(known.index.points.isEmpty()); // not before they are wanted
    QVERIFY(completeIndex(known, path()));
    QCOMPARE(known.index.points.size(), first.index.points.size());
    QCOMPARE(known.index.points.last().window, first.index.points.last().window);
    QCOMPARE(known.index.blocks.size(), 1);

    auto reader = dump::DumpReader::ofParts(
        path(), known.index.partsWithout([](const dump::DataBlock &) { return true; }),
        known.index.points);
    tests::RecordingVisitor visitor;
    TaskContext context;
    QVERIFY(reader.read(visitor, context));
    QVERIFY(reader.completionLineSeen());
    QVERIFY(reader.plainBytes() < 10'000);
}

void TestInspectionIndex::withoutItsPointsItIsReadInFull()
{
    put(tests::gzipped(datedDumpOf(900'000)));
    QVERIFY(look(path()).readAt);
    dump::DumpInspection known = look(path());
    QFile points(pointsFileOf(path()));
    QVERIFY(points.open(QIODevice::ReadWrite) && points.seek(points.size() / 2));
    QVERIFY(points.write("x") == 1);
    points.close();
    QVERIFY(!completeIndex(known, path()));
    QVERIFY(points.remove());
    QVERIFY(!completeIndex(known, path()));
    // A file that is another one by now is never read by the places of the old one.
    put(datedDumpOf(10));
    dump::DumpInspection plain = look(path());
    QVERIFY(completeIndex(plain, path()));
    put(datedDumpOf(11));
    QVERIFY(!completeIndex(plain, path()));
}

void TestInspectionIndex::anUnchangedFileIsNotReadAgain()
{
    QCOMPARE(look(path()).tables[0].rows, 60000);
    changeTheMiddle();
    QCOMPARE(look(path()).tables[0].rows, 60000); // it did not look
    TaskContext context;
    QVERIFY(inspectAgain(path(), context)->tables[0].rows < 60000);
    QVERIFY(look(path()).tables[0].rows < 60000);
}

void TestInspectionIndex::whatChangedIsReadAgain_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::newRow("its time") << QByteArray("touch");
    QTest::newRow("its size") << QByteArray("longer");
    QTest::newRow("its beginning") << QByteArray("head");
    QTest::newRow("its end") << QByteArray("tail");
}

void TestInspectionIndex::whatChangedIsReadAgain()
{
    QFETCH(QByteArray, change);
    const dump::DumpInspection before = look(path());
    struct stat stamp{};
    QVERIFY(::stat(qPrintable(path()), &stamp) == 0);
    QByteArray bytes = datedDumpOf(60000);
    if (change == "longer")
        bytes = datedDumpOf(60001);
    else if (change == "head")
        bytes.replace("version 17.11", "version 17.12");
    else if (change == "tail")
        bytes.replace("9223372036854775807", "9223372036854775806");
    put(bytes);
    std::array<timespec, 2> times{stamp.st_atim, stamp.st_mtim};
    times[1].tv_sec += change == "touch" ? 1 : 0;
    QVERIFY(::utimensat(AT_FDCWD, qPrintable(path()), times.data(), 0) == 0);
    // Another index is written only when the file was read.
    QVERIFY(QFile::remove(indexFileOf(path()) + u".copy"_s) || true);
    QVERIFY(QFile::copy(indexFileOf(path()), indexFileOf(path()) + u".copy"_s));
    const dump::DumpInspection after = look(path());
    QFile old(indexFileOf(path()) + u".copy"_s);
    QFile fresh(indexFileOf(path()));
    QVERIFY(old.open(QIODevice::ReadOnly) && fresh.open(QIODevice::ReadOnly));
    QVERIFY(old.readAll() != fresh.readAll());
    if (change == "longer")
        QCOMPARE(after.tables[0].rows, 60001);
    else if (change == "head")
        QCOMPARE(after.serverVersion, u"17.12"_s);
    else if (change == "tail")
        QCOMPARE(after.sequences[0].value, before.sequences[0].value - 1);
}

void TestInspectionIndex::onlyWholeBackupsAreRemembered()
{
    put(datedDumpOf(100).chopped(60));
    QCOMPARE(look(path()).verdict, dump::DumpVerdict::Truncated);
    QVERIFY(!QFile::exists(indexFileOf(path())));
    put("not a dump at all");
    QCOMPARE(look(path()).verdict, dump::DumpVerdict::NotADump);
    QVERIFY(!QFile::exists(indexFileOf(path())));
}

void TestInspectionIndex::aDamagedIndexIsMadeAnew_data()
{
    QTest::addColumn<int>("keep"); // bytes of it; negative: all, with one changed
    for (const int keep : {0, 1, 15, 40, 80, 200, -20, -100, -300})
        QTest::addRow("%d", keep) << keep;
}

void TestInspectionIndex::aDamagedIndexIsMadeAnew()
{
    QFETCH(int, keep);
    QCOMPARE(look(path()).verdict, dump::DumpVerdict::Complete);
    QFile index(indexFileOf(path()));
    QVERIFY(index.open(QIODevice::ReadOnly));
    const QByteArray whole = index.readAll();
    index.close();
    QByteArray bad = keep >= 0 ? whole.first(keep) : whole;
    if (keep < 0)
        bad[-keep] = static_cast<char>(bad[-keep] ^ 1);
    QVERIFY(index.open(QIODevice::WriteOnly) && index.write(bad) == bad.size());
    index.close();
    QCOMPARE(look(path()).tables[0].rows, 60000);
    QVERIFY(index.open(QIODevice::ReadOnly));
    QVERIFY(index.readAll() != bad);
}

void TestInspectionIndex::whereNothingCanBeWrittenItStillReads()
{
    QVERIFY(QDir().mkdir(indexFileOf(path()))); // something in its way; root may write anywhere
    QCOMPARE(look(path()).tables[0].rows, 60000);
    QCOMPARE(look(path()).tables[0].rows, 60000);
}

void TestInspectionIndex::whoAsksAgainGetsAFullReading()
{
    const auto first = look(path()).readAt;
    QVERIFY(first);
    changeTheMiddle();
    TaskContext context;
    QVERIFY(inspectAgain(path(), context)->tables[0].rows < 60000);
    TaskContext stopped(std::stop_token(), {});
    QVERIFY(!inspectAgain(m_folder->filePath(u"no-such.sql"_s), stopped));
}

void TestInspectionIndex::aFolderIsKnownByItsFiles()
{
    // One file of many: what pg_dump -Fd writes is judged by all of them.
    const QString folder = m_folder->filePath(u"dir"_s);
    QVERIFY(QDir().mkpath(folder));
    put("PGDMP not really", u"dir/toc.dat"_s);
    TaskContext context;
    const auto found = inspectUnlessKnown(folder, context);
    QVERIFY(!found || found->verdict != dump::DumpVerdict::Complete);
    QVERIFY(!QFile::exists(indexFileOf(folder)));
    QCOMPARE(indexFileOf(folder), m_folder->filePath(u".dir.mayday-index"_s));
}

void TestInspectionIndex::theShelfOpensAtOnce()
{
    QThreadPool pool;
    const auto rowsOnShelf = [&] {
        BackupShelf shelf(m_folder->path(), pool);
        shelf.refresh();
        if (!QTest::qWaitFor([&] { return !shelf.isReading(); }, 20000))
            qFatal("the shelf reads for ever");
        if (shelf.entries().size() != 1) // the index is no backup
            qFatal("%lld entries", static_cast<long long>(shelf.entries().size()));
        return shelf.entries().front().rows();
    };
    QCOMPARE(rowsOnShelf(), 60000);
    changeTheMiddle();
    QCOMPARE(rowsOnShelf(), 60000); // the next start of the program
}

MAYDAY_TEST(TestInspectionIndex);
#include "tst_inspectionindex.moc"
