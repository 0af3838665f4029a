// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backupshelf.h"
#include "backup/dumpopener.h"
#include "backup/manifest.h"
#include "core/atomicfile.h"
#include "dump/dumpinspection.h"
#include "support/testmain.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

const QByteArray smallText =
    "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n"
    "-- Dumped by pg_dump version 15.4\n\nCREATE TABLE public.t (\n    id integer\n);\n\n"
    "CREATE VIEW public.v AS SELECT 1;\n\nCOPY public.t (id) FROM stdin;\n1\n2\n\\.\n\n"
    "SELECT pg_catalog.setval('public.s', 5, true);\n\n"
    "--\n-- PostgreSQL database dump complete\n--\n\n";

} // namespace

/// What lies beside a dump is used when it is whole and belongs to it, and never else.
class TestManifest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void itComesBackAsItWent();
    void withoutOneThereIsNone();
    void whatIsNotUsable_data();
    void whatIsNotUsable();
    void anyChangeOfTheFileIsAnother_data();
    void anyChangeOfTheFileIsAnother();
    void whatTheDumpHasNotIsNamed();
    void manyNamesAreRead();
    void theShelfKnowsIt();

private:
    [[nodiscard]] QString file() const { return m_folder->filePath(u"shop.sql"_s); }
    static void write(const QString &path, const QByteArray &bytes)
    {
        if (auto written = writeFileAtomically(path, bytes); !written)
            qFatal("%s", qPrintable(describe(written.error())));
    }
    void writeManifest(const QJsonObject &json) const
    {
        write(manifestFileOf(file()), QJsonDocument(json).toJson());
    }
    [[nodiscard]] dump::DumpInspection inspected() const
    {
        TaskContext context;
        return inspectDump(file(), context).value();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    Manifest m_manifest;
};

void TestManifest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    write(file(), smallText);
    m_manifest = {.takenAt = {QDate(2026, 11, 30), QTime(8, 15), QTimeZone::UTC},
                  .server = u"17.11"_s,
                  .database = u"shop"_s,
                  .madeWith = u"pg_dump 17.11"_s,
                  .bytes = smallText.size(),
                  .sha256 = "ab",
                  .ends = endsOf(file()),
                  .content = {.schemas = {u"public"_s},
                              .tables = {{u"public"_s, u"t"_s, 2}},
                              .sequences = {{u"public"_s, u"s"_s, 5, true}},
                              .others = {{u""_s, u"extension"_s, u"citext"_s},
                                         {u"public"_s, u"view"_s, u"public.v"_s}},
                              .schemaOfExtension = {{u"citext"_s, u"public"_s}},
                              .largeObjects = 3}};
}

void TestManifest::itComesBackAsItWent()
{
    writeManifest(toJson(m_manifest));
    const auto beside = manifestBeside(file());
    QVERIFY2(beside && *beside, beside ? "none" : qPrintable(describe(beside.error())));
    const Manifest &back = **beside;
    QCOMPARE(toJson(back), toJson(m_manifest));
    QCOMPARE(back.takenAt, m_manifest.takenAt);
    QCOMPARE(back.content.others, m_manifest.content.others);
    QCOMPARE(back.content.schemaOfExtension, m_manifest.content.schemaOfExtension);
    QCOMPARE(back.content.tables.front().rows, 2);
    QVERIFY(back.content.sequences.front().isCalled);
    QCOMPARE(back.rows(), 2);
}

void TestManifest::withoutOneThereIsNone()
{
    QVERIFY(manifestBeside(file()) && !*manifestBeside(file()));
    QCOMPARE(checkManifest(file(), inspected()), ManifestCheck());
    QVERIFY(isManifestName(manifestFileOf(u"a.dump"_s)) && !isManifestName(u"manifest.json.gz"_s));
}

void TestManifest::whatIsNotUsable_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("words");
    QTest::newRow("empty") << QByteArray() << ErrorKind::Corrupt << u"damaged"_s;
    QTest::newRow("no JSON") << QByteArray("{\"manifest\": 1, ") << ErrorKind::Corrupt
                             << u"damaged: "_s;
    QTest::newRow("other JSON") << QByteArray("[1, 2]") << ErrorKind::Corrupt << u"parts"_s;
    QTest::newRow("nearly nothing")
        << QByteArray("{\"manifest\": 1}") << ErrorKind::Corrupt << u"parts of it are missing"_s;
    QTest::newRow("newer") << QByteArray("{\"manifest\": 2}") << ErrorKind::Unsupported
                           << u"a newer Mayday"_s;
    QTest::newRow("bytes") << QByteArray("\x00\xff\xfe", 3) << ErrorKind::Corrupt << u"damaged"_s;
}

void TestManifest::whatIsNotUsable()
{
    QFETCH(QByteArray, text);
    QFETCH(ErrorKind, kind);
    QFETCH(QString, words);
    write(manifestFileOf(file()), text);
    const auto beside = manifestBeside(file());
    QVERIFY(!beside);
    QVERIFY2(beside.error().kind == kind && beside.error().detail.contains(words),
             qPrintable(describe(beside.error())));
    const ManifestCheck check = checkManifest(file(), inspected());
    QVERIFY(check.isThere && !check.isUsable && !check.agrees());
    QCOMPARE(check.problems, QStringList{beside.error().detail});
}

void TestManifest::anyChangeOfTheFileIsAnother_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("longer") << QByteArray("1\n2\n") << QByteArray("1\n2\n3\n");
    QTest::newRow("as long") << QByteArray("1\n2\n") << QByteArray("1\n3\n");
}

void TestManifest::anyChangeOfTheFileIsAnother()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    writeManifest(toJson(m_manifest));
    write(file(), QByteArray(smallText).replace(before, after));
    const auto beside = manifestBeside(file());
    QVERIFY(!beside);
    QCOMPARE(beside.error().kind, ErrorKind::Refused);
    QVERIFY2(beside.error().detail.contains(u"another file"_s), qPrintable(beside.error().detail));
}

void TestManifest::whatTheDumpHasNotIsNamed()
{
    m_manifest.content.largeObjects = 0;
    m_manifest.content.others.removeFirst();
    writeManifest(toJson(m_manifest));
    const ManifestCheck check = checkManifest(file(), inspected());
    QVERIFY2(check.agrees(), qPrintable(check.problems.join(u'\n')));
    QCOMPARE(check.tables, 1);
    QCOMPARE(check.rows, 2);
    m_manifest.content.tables = {{u"public"_s, u"t"_s, 3}, {u"public"_s, u"u"_s, 0}};
    m_manifest.content.sequences.append({u"public"_s, u"x"_s, 1, false});
    m_manifest.content.others.append({u"public"_s, u"view"_s, u"public.w"_s});
    m_manifest.content.others.append({u"public"_s, u"trigger"_s, u"g on public.t"_s});
    m_manifest.content.largeObjects = 2;
    writeManifest(toJson(m_manifest));
    QCOMPARE(checkManifest(file(), inspected()).problems,
             (QStringList{
                 u"it has 2 rows of public.t; the server had 3"_s, u"it has no table public.u"_s,
                 u"it has no sequence public.x"_s, u"it does not make view public.w"_s,
                 u"it does not make trigger g on public.t"_s, u"it makes 0 of 2 large objects"_s}));
    // One more of its kind does not stand in for what is missing.
    m_manifest.content.others = {{u"public"_s, u"view"_s, u"public.w"_s}};
    m_manifest.content.tables = {{u"public"_s, u"t"_s, 2}};
    m_manifest.content.sequences.removeLast();
    m_manifest.content.largeObjects = 0;
    QCOMPARE(missingFrom(inspected(), m_manifest),
             QStringList{u"it does not make view public.w"_s});
    dump::DumpInspection withoutNames = inspected();
    withoutNames.index.objects = dump::ObjectIndex();
    m_manifest.content.others.append({u"public"_s, u"trigger"_s, u"g on public.t"_s});
    QCOMPARE(missingFrom(withoutNames, m_manifest),
             QStringList{u"it does not make the only trigger"_s});
    QCOMPARE(fewOf({u"1"_s, u"2"_s, u"3"_s, u"4"_s, u"5"_s, u"6"_s, u"7"_s}),
             u"1; 2; 3; 4; 5; 6; and 1 other"_s);
    QCOMPARE(fewOf({u"1"_s, u"2"_s}), u"1; 2"_s);
}

void TestManifest::manyNamesAreRead()
{
    for (int i = 0; i < 10'000; ++i)
        m_manifest.content.others.append(
            {u"public"_s, u"function"_s, u"public.function_%1(integer, text)"_s.arg(i)});
    writeManifest(toJson(m_manifest));
    QVERIFY(QFileInfo(manifestFileOf(file())).size() < 1024 * 1024);
    const auto beside = manifestBeside(file());
    QVERIFY(beside && *beside);
    QCOMPARE((*beside)->content.others.size(), 10'002);
}

void TestManifest::theShelfKnowsIt()
{
    constexpr int patience = 20000;
    m_manifest.content.largeObjects = 0;
    m_manifest.content.others.removeFirst();
    writeManifest(toJson(m_manifest));
    QThreadPool pool;
    BackupShelf shelf(m_folder->path(), pool);
    shelf.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!shelf.isReading(), patience);
    QCOMPARE(shelf.entries().size(), 1); // it is no backup itself
    QVERIFY(shelf.entries().front().manifest.agrees());
    // Another one, of the same backup.
    QVERIFY(QFile::remove(manifestFileOf(file())));
    shelf.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!shelf.isReading(), patience);
    QVERIFY(!shelf.entries().front().manifest.isThere);
    pool.waitForDone();
}

MAYDAY_TEST(TestManifest);
#include "tst_manifest.moc"
