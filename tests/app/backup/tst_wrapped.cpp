// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backup/wrappedfixture.h"
#include "backup/inspectionindex.h"
#include "support/temppostgres.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QTest>

using namespace mayday;
using namespace mayday::backup;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

using dump::DumpInspection;
using dump::DumpVerdict;

namespace {

const QStringList containers{u"zip"_s,    u"tar"_s,     u"tar.gz"_s, u"tar.bz2"_s,
                             u"tar.xz"_s, u"tar.zst"_s, u"7z"_s};
/// One of each sort, for what takes long.
const QStringList someContainers{u"zip"_s, u"tar.gz"_s, u"7z"_s};

} // namespace

/// Whatever pg_dump writes, in whatever people pack it: the same is found as in the bare file, and
/// nothing of it stays on the disk.
class TestWrapped : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyKindInEveryContainer_data();
    void everyKindInEveryContainer();
    void compressedOnceMore_data();
    void compressedOnceMore();
    void aFolderInAnyOrder_data();
    void aFolderInAnyOrder();
    void oneInTheOther_data();
    void oneInTheOther();
    void ofOtherPrograms_data();
    void ofOtherPrograms();
    void aLargeBlockIsLookedInto_data();
    void aLargeBlockIsLookedInto();
    void whatIsBesideItIsNamed();
    void theShadowsOfMacOsAreNoBackups();
    void textNeedsNoRoomOnTheDisk();
    void anArchiveIsUnpackedWhileItIsRead();
    void aStopLeavesNothing_data();
    void aStopLeavesNothing();
    void progressIsTold();
    void progressGoesOn();
    void itIsRememberedUnderItsOwnName();

private:
    [[nodiscard]] QString dumped(const QStringList &options, const QString &name)
    {
        QDir(m_files.path(name)).removeRecursively();
        return m_files.dumped(m_server, u"pg_dump"_s, u"shop"_s, options, name);
    }
    /// The one file of a sort: "shop.sql", "shop.dump", or all of a folder.
    [[nodiscard]] PackedFiles sortOf(const QString &sort) const;
    [[nodiscard]] DumpInspection inspected(const QByteArray &bytes,
                                           const QString &name = u"backup"_s) const;
    void compare(const DumpInspection &found, const QString &format) const;

    TempPostgres m_server;
    DumpFiles m_files;
    Scratch m_scratch;
    QByteArray m_text;
    QByteArray m_custom;
    QByteArray m_tar;
    QString m_folder;
    QStringList m_rows;
};

void TestWrapped::initTestCase()
{
    m_server.createDatabase(u"shop"_s);
    m_server.execute(u"shop"_s, "CREATE TABLE a_first (id int PRIMARY KEY, name text);"
                                "CREATE TABLE b_second (id int PRIMARY KEY, name text);"
                                "CREATE TABLE c_empty (id int);"
                                "INSERT INTO a_first SELECT g, md5(g::text) FROM "
                                "generate_series(1, 500) g;"
                                "INSERT INTO b_second SELECT * FROM a_first;"
                                "SELECT lo_from_bytea(0, '\\x0102');");
    m_text = DumpFiles::bytesOf(dumped({u"-Fp"_s}, u"shop.sql"_s));
    m_custom = DumpFiles::bytesOf(dumped({u"-Fc"_s}, u"shop.dump"_s));
    m_tar = DumpFiles::bytesOf(dumped({u"-Ft"_s}, u"shop.tar"_s));
    m_folder = dumped({u"-Fd"_s}, u"shop"_s);
    m_rows = rowsOf(inspected(m_text));
    QCOMPARE(m_rows.size(), 3);
}

PackedFiles TestWrapped::sortOf(const QString &sort) const
{
    if (sort == "plain"_L1)
        return {{.name = u"daily/"_s}, {.name = u"daily/shop.sql"_s, .bytes = m_text}};
    if (sort == "plain.gz"_L1)
        return {{.name = u"shop.sql.gz"_s, .bytes = packed(m_text, u"gz"_s)}};
    if (sort == "custom"_L1)
        return {{.name = u"shop.dump"_s, .bytes = m_custom}};
    if (sort == "tar"_L1)
        return {{.name = u"shop.tar"_s, .bytes = m_tar}};
    return filesOf(m_folder, u"shop/"_s);
}

DumpInspection TestWrapped::inspected(const QByteArray &bytes, const QString &name) const
{
    TaskContext context;
    auto found = inspectDump(m_files.written(bytes, name), context);
    if (!found)
        qFatal("%s", qPrintable(describe(found.error())));
    return *std::move(found);
}

void TestWrapped::compare(const DumpInspection &found, const QString &format) const
{
    QVERIFY2(found.verdict == DumpVerdict::Complete, qPrintable(problemOf(found)));
    QCOMPARE(found.format, format);
    QCOMPARE(rowsOf(found), m_rows);
    QCOMPARE(found.fileBytes, sizeOnDisk(m_files.path(u"backup"_s)));
    QCOMPARE(found.objects.value(u"large-object"_s), 1);
    QVERIFY2(m_scratch.everything().isEmpty(), qPrintable(m_scratch.everything().join(u' ')));
}

void TestWrapped::everyKindInEveryContainer_data()
{
    QTest::addColumn<QString>("container");
    QTest::addColumn<QString>("sort");
    Thinned thinned(10);
    for (const QString &container : containers) {
        for (const QString &sort :
             {u"plain"_s, u"plain.gz"_s, u"custom"_s, u"tar"_s, u"directory"_s}) {
            if (thinned.takesNext())
                QTest::newRow(qPrintable(container + u'/' + sort)) << container << sort;
        }
    }
}

void TestWrapped::everyKindInEveryContainer()
{
    QFETCH(QString, container);
    QFETCH(QString, sort);
    compare(inspected(wrapped(sortOf(sort), container)), container + u'/' + sort);
    const WhatIsRead all = allOf(m_files.path(u"backup"_s));
    QVERIFY2(!all.error, all.error ? qPrintable(describe(*all.error)) : "");
    QVERIFY(all.events.size() > 10);
    QVERIFY(m_scratch.everything().isEmpty());
}

void TestWrapped::compressedOnceMore_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("second");
    for (const QString &word : {u"gz"_s, u"bz2"_s, u"xz"_s, u"zst"_s}) {
        for (const QString &second : {QString(), u"gz"_s, u"xz"_s})
            QTest::newRow(qPrintable(word + u'.' + second)) << word << second;
    }
}

void TestWrapped::compressedOnceMore()
{
    QFETCH(QString, word);
    QFETCH(QString, second);
    const auto twice = [&](const QByteArray &bytes) {
        return packed(packed(bytes, word), second);
    };
    const QString layers = (second.isEmpty() ? QString() : second + u'/') + word;
    compare(inspected(twice(m_custom)), layers + u"/custom"_s);
    compare(inspected(twice(m_tar)), layers + u"/tar"_s);
    compare(inspected(twice(m_text)),
            layers.section(u'/', 0, -2) + (second.isEmpty() ? u""_s : u"/"_s) + u"plain."_s + word);
}

void TestWrapped::aFolderInAnyOrder_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QStringList>("first");
    QTest::addColumn<QString>("under");
    const QStringList tocFirst{u"toc.dat"_s};
    Thinned thinned(10);
    for (const char *options : {"-Zgzip", "-Z0", "-Zzstd", "-j2"}) {
        if (!thinned.takesNext())
            continue;
        const QStringList asList{u"-Fd"_s, QString::fromLatin1(options)};
        QTest::addRow("%s, contents last", options) << asList << QStringList() << u"shop/"_s;
        QTest::addRow("%s, contents first", options) << asList << tocFirst << u""_s;
        QTest::addRow("%s, in a folder", options) << asList << tocFirst << u"a/b/"_s;
        QTest::addRow("%s, as tar -C writes", options) << asList << tocFirst << u"./"_s;
    }
}

/// With its toc.dat in front it looks like a pg_dump -Ft.
void TestWrapped::aFolderInAnyOrder()
{
    QFETCH(QStringList, options);
    QFETCH(QStringList, first);
    QFETCH(QString, under);
    const QString name = u"ordered"_s + options.join(QString());
    const QString folder =
        QFile::exists(m_files.path(name)) ? m_files.path(name) : dumped(options, name);
    for (const QString &container : someContainers)
        compare(inspected(wrapped(filesOf(folder, under, first), container)),
                container + u"/directory"_s);
}

void TestWrapped::oneInTheOther_data()
{
    QTest::addColumn<QString>("outer");
    QTest::addColumn<QString>("inner");
    Thinned thinned(10);
    for (const QString &outer : someContainers) {
        for (const QString &inner : {u"zip"_s, u"tar.gz"_s, u"7z"_s}) {
            if (thinned.takesNext())
                QTest::newRow(qPrintable(outer + u'/' + inner)) << outer << inner;
        }
    }
}

void TestWrapped::oneInTheOther()
{
    QFETCH(QString, outer);
    QFETCH(QString, inner);
    for (const QString &sort : {u"plain"_s, u"custom"_s, u"directory"_s}) {
        const PackedFiles files{{.name = u"inner"_s, .bytes = wrapped(sortOf(sort), inner)}};
        compare(inspected(wrapped(files, outer)), outer + u'/' + inner + u'/' + sort);
    }
}

void TestWrapped::ofOtherPrograms_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name :
         {"lzma.7z", "lzma2.7z", "copy.7z", "bzip2.7z", "deflate.7z", "solid.7z", "blocks.7z",
          "bzip2.zip", "xz.zip", "zip64.zip", "macos.zip", "streamed.zip"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestWrapped::ofOtherPrograms()
{
    QFETCH(QString, name);
    const DumpInspection bare = inspected(wrappedSample(u"shop.sql"_s));
    const DumpInspection found = inspected(wrappedSample(name));
    QVERIFY2(found.verdict == DumpVerdict::Complete, qPrintable(problemOf(found)));
    QCOMPARE(rowsOf(found), rowsOf(bare));
    QCOMPARE(found.plainBytes, bare.plainBytes);
    QCOMPARE(found.format, name.section(u'.', 1) + u"/plain"_s);
}

void TestWrapped::aLargeBlockIsLookedInto_data()
{
    QTest::addColumn<QString>("word");
    for (const char *word : {"gz", "bz2", "xz", "zst"})
        QTest::newRow(word) << QString::fromLatin1(word);
}

/// bzip2 gives nothing out before a whole block is there: more than anybody looks at first.
void TestWrapped::aLargeBlockIsLookedInto()
{
    QFETCH(QString, word);
    QByteArray rows;
    quint32 state = 1;
    for (int i = 0; i < 30'000; ++i) {
        rows += QByteArray::number(i) + '\t';
        for (int letter = 0; letter < 30; ++letter) {
            state = state * 1664525 + 1013904223;
            rows += static_cast<char>('!' + (state >> 24) % 90);
        }
        rows.replace(rows.size() - 30, 30, rows.last(30).replace('\\', '/'));
        rows += '\n';
    }
    QByteArray text = wrappedSample(u"shop.sql"_s);
    const qsizetype at = text.indexOf("FROM stdin;\n") + 12;
    text.replace(at, text.indexOf("\\.\n") - at, rows);
    const PackedFiles files{{.name = u"shop.sql.x"_s, .bytes = packed(text, word)}};
    for (const QString &container : {u"zip"_s, u"tar"_s, u"7z"_s}) {
        const DumpInspection found = inspected(wrapped(files, container));
        QVERIFY2(found.verdict == DumpVerdict::Complete, qPrintable(problemOf(found)));
        QCOMPARE(rowsOf(found), QStringList{u"public.products 30000"_s});
    }
}

void TestWrapped::whatIsBesideItIsNamed()
{
    for (const QString &container : containers) {
        const DumpInspection found =
            inspected(wrapped({{.name = u"README.txt"_s, .bytes = "made on Friday\n"},
                               {.name = u"empty"_s},
                               {.name = u"shop.sql"_s, .bytes = m_text}},
                              container));
        compare(found, container + u"/plain"_s);
        QVERIFY2(found.warnings.join(u'\n').contains(u"README.txt"_s),
                 qPrintable(found.warnings.join(u'\n')));
    }
}

void TestWrapped::theShadowsOfMacOsAreNoBackups()
{
    const PackedFiles files{{.name = u"shop.sql"_s, .bytes = m_text},
                            {.name = u"__MACOSX/._shop.sql"_s, .bytes = m_text}};
    for (const QString &container : containers)
        compare(inspected(wrapped(files, container)), container + u"/plain"_s);
}

void TestWrapped::textNeedsNoRoomOnTheDisk()
{
    // Nothing can be unpacked to these.
    const Variable nowhere("TMPDIR", "/proc/none");
    const Variable noCache("XDG_CACHE_HOME", "/proc/none");
    for (const QString &container : containers) {
        const QString path = m_files.written(wrapped(sortOf(u"plain"_s), container), u"text"_s);
        TaskContext context;
        const auto found = inspectDump(path, context);
        QVERIFY(found);
        QCOMPARE(found->verdict, DumpVerdict::Complete);
    }
}

void TestWrapped::anArchiveIsUnpackedWhileItIsRead()
{
    const QString path =
        m_files.written(wrapped(sortOf(u"custom"_s), u"tar.gz"_s), u"unpacked.tgz"_s);
    TaskContext context;
    {
        const auto reader = openDump(path, context);
        QVERIFY(reader);
        const QStringList there = m_scratch.everything();
        QVERIFY2(there.join(u' ').contains(u"/archive"_s), qPrintable(there.join(u' ')));
    }
    QVERIFY(m_scratch.everything().isEmpty());
}

void TestWrapped::aStopLeavesNothing_data()
{
    QTest::addColumn<QString>("container");
    QTest::addColumn<QString>("sort");
    for (const QString &container : someContainers) {
        for (const QString &sort : {u"plain"_s, u"custom"_s, u"directory"_s})
            QTest::newRow(qPrintable(container + u'/' + sort)) << container << sort;
    }
}

/// At each moment at which progress is told, one after the other.
void TestWrapped::aStopLeavesNothing()
{
    QFETCH(QString, container);
    QFETCH(QString, sort);
    const QString path = m_files.written(wrapped(sortOf(sort), container), u"stopped"_s);
    int moments = 0;
    for (bool isOver = false; !isOver && moments < 40; ++moments) {
        std::stop_source stop;
        int left = moments;
        TaskContext context(stop.get_token(), [&](qint64, qint64, const QString &) {
            if (left-- == 0)
                stop.request_stop();
        });
        const auto found = inspectDump(path, context);
        isOver = left >= 0;
        // At the last ones everything was read already.
        if (found)
            QCOMPARE(found->verdict, DumpVerdict::Complete);
        else
            QCOMPARE(found.error().kind, ErrorKind::Cancelled);
        QVERIFY2(m_scratch.everything().isEmpty(), qPrintable(m_scratch.everything().join(u' ')));
    }
    QVERIFY(moments > 3);
}

void TestWrapped::progressIsTold()
{
    for (const QString &container : containers) {
        const QString path =
            m_files.written(wrapped(sortOf(u"directory"_s), container), u"progress"_s);
        QStringList phases;
        bool isSane = true;
        TaskContext context({}, [&](qint64 done, qint64 total, const QString &phase) {
            if (!phases.contains(phase))
                phases.append(phase);
            isSane = isSane && done >= 0 && done <= total;
        });
        QVERIFY(inspectDump(path, context));
        QVERIFY2(isSane, qPrintable(container));
        QCOMPARE(phases, (QStringList{u"look inside"_s, u"unpack"_s, u"read"_s}));
    }
}

/// Also while something large is passed over.
void TestWrapped::progressGoesOn()
{
    const QByteArray text =
        QByteArray(wrappedSample(u"shop.sql"_s)).append(QByteArray(40 << 20, '\n'));
    for (const QString &container : {u"tar"_s, u"tar.gz"_s}) { // KArchive orders a 7z as it likes
        const QString path = m_files.written(
            wrapped({{.name = u"shop.sql"_s, .bytes = text}, {.name = u"z"_s, .bytes = "z"}},
                    container),
            u"progress"_s);
        int looks = 0;
        TaskContext context({}, [&](qint64, qint64, const QString &phase) {
            looks += phase == "look inside"_L1 ? 1 : 0;
        });
        QVERIFY(inspectDump(path, context));
        QVERIFY2(looks > 8, qPrintable(u"%1: %2"_s.arg(container).arg(looks)));
    }
}

void TestWrapped::itIsRememberedUnderItsOwnName()
{
    const QString path =
        m_files.written(wrapped(sortOf(u"custom"_s), u"zip"_s), u"remembered.zip"_s);
    TaskContext context;
    auto first = inspectUnlessKnown(path, context);
    QVERIFY(first && first->verdict == DumpVerdict::Complete);
    QVERIFY(QFile::exists(indexFileOf(path)));
    QVERIFY(!QFile::exists(pointsFileOf(path)));
    const auto second = inspectUnlessKnown(path, context);
    QVERIFY(second);
    QCOMPARE(second->readAt->toSecsSinceEpoch(), first->readAt->toSecsSinceEpoch());
    QCOMPARE(rowsOf(*second), m_rows);
    QVERIFY(!completeIndex(*first, path)); // only from front to end
}

MAYDAY_TEST(TestWrapped);
#include "tst_wrapped.moc"
