// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inspectionindex.h"
#include "backup/objectsql.h"
#include "dump/dumpobjects.h"
#include "support/containers.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

#include <QTemporaryDir>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

/// Three tables with their rows, of which the middle one is large.
QByteArray threeTables(int rows)
{
    QByteArray text = "--\n-- PostgreSQL database dump\n--\n\n"
                      "-- Dumped from database version 17.11\n"
                      "-- Dumped by pg_dump version 17.11\n\n"
                      "SET client_encoding = 'UTF8';\n\n"
                      "CREATE TABLE public.small (\n    id integer\n);\n\n"
                      "CREATE TABLE public.large (id integer, t text);\n\n"
                      "COPY public.large (id, t) FROM stdin;\n";
    for (int i = 0; i < rows; ++i)
        text += QByteArray::number(i) + "\tsomething to read over\n";
    return text +
           "\\.\n\n\nCOPY public.small (id) FROM stdin;\n1\n2\n\\.\n\n\n"
           "INSERT INTO public.other VALUES (1, 'a;b');\nINSERT INTO public.other VALUES (2, '');\n"
           "\n\nALTER TABLE ONLY public.small\n    ADD CONSTRAINT small_pkey PRIMARY KEY (id);\n\n"
           "\n--\n-- PostgreSQL database dump complete\n--\n\n";
}

const QByteArray smallSql =
    "CREATE TABLE public.small (\n    id integer\n);\n\n"
    "COPY public.small (id) FROM stdin;\n1\n2\n\\.\n\n"
    "ALTER TABLE ONLY public.small\n    ADD CONSTRAINT small_pkey PRIMARY KEY (id);\n\n";

} // namespace

/// The SQL of one thing out of a backup, whatever the backup is.
class TestObjectSql : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSqlOfATable_data();
    void theSqlOfATable();
    void insertsAsTheyStand_data();
    void insertsAsTheyStand();
    void onlyItsOwnPartIsRead();
    void damageIsSaid();
    void settingsComeFirst();
    void aCutFileGivesWhatItHas();
    void anotherFileIsNotTaken();
    void lettersAreDecodedOrNot();
    void aSinkThatIsFullEndsIt();
    void theListIsKeptInAFileOfItsOwn();
    void aListOfAnotherVersionIsMadeAnew();

private:
    QString put(const QByteArray &bytes, const QString &name = u"shop.sql"_s)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("the test's own file cannot be written");
        return file.fileName();
    }
    [[nodiscard]] static dump::DumpInspection look(const QString &path)
    {
        TaskContext context;
        auto found = inspectUnlessKnown(path, context);
        if (!found)
            qFatal("%s", qPrintable(describe(found.error())));
        return *std::move(found);
    }
    [[nodiscard]] static QList<dump::DumpEntry> entriesFor(const QString &path, const QString &name,
                                                           const dump::DumpInspection &inspection)
    {
        TaskContext context;
        const auto index = objectsOf(inspection, path, context);
        if (!index)
            qFatal("%s", qPrintable(describe(index.error())));
        const dump::DumpObjects objects(index->entries().value());
        const QList<qsizetype> found = objects.find(name);
        if (found.size() != 1)
            qFatal("%s: %lld things", qPrintable(name), qlonglong(found.size()));
        return objects.entriesOf(found.front(), dump::DumpObjects::Rows::With);
    }
    [[nodiscard]] static Result<QByteArray> sqlOf(const QString &path, const QString &name)
    {
        const dump::DumpInspection inspection = look(path);
        TaskContext context;
        QByteArray sql;
        const auto take = [&sql](QByteArrayView piece) -> Result<void> {
            sql.append(piece);
            return {};
        };
        return readSql(path, inspection, entriesFor(path, name, inspection), take, context)
            .transform([&sql] { return sql; });
    }

    QTemporaryDir m_folder;
};

void TestObjectSql::theSqlOfATable_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("inParts");
    const QByteArray text = threeTables(400);
    QByteArray wide("\xff\xfe");
    for (const char letter : text)
        wide.append(letter).append('\0');
    QTest::newRow("plain") << text << true;
    QTest::newRow("gz") << tests::gzipped(text) << true;
    QTest::newRow("gz in three") << QByteArray(tests::gzipped(text.first(300)) +
                                               tests::gzipped(text.sliced(300, 5000)) +
                                               tests::gzipped(text.sliced(5300)))
                                 << true;
    QTest::newRow("gz, far enough for points") << tests::gzipped(threeTables(400'000)) << true;
    QTest::newRow("UTF-16") << wide << false;
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + text << false;
    QTest::newRow("xz") << tests::packed(text, u"xz"_s) << false;
    QTest::newRow("zip") << tests::zipOf({{.name = u"shop.sql"_s, .bytes = text}}) << false;
}

void TestObjectSql::theSqlOfATable()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, inParts);
    const QString path = put(bytes);
    for (int time = 0; time < 2; ++time) { // when it is read, and when it is known
        const auto sql = sqlOf(path, u"small"_s);
        QVERIFY2(sql, sql ? "" : qPrintable(describe(sql.error())));
        QCOMPARE(*sql, smallSql);
        QCOMPARE(look(path).index.isReadableInParts, inParts);
    }
}

void TestObjectSql::insertsAsTheyStand_data()
{
    QTest::addColumn<bool>("isWhole");
    QTest::newRow("whole") << true;
    QTest::newRow("without its index") << false;
}

void TestObjectSql::insertsAsTheyStand()
{
    QFETCH(bool, isWhole);
    const QString path = put(threeTables(3));
    dump::DumpInspection inspection = look(path);
    const auto entries = entriesFor(path, u"other"_s, inspection);
    QCOMPARE(entries.size(), 1);
    inspection.index.isReadableInParts = isWhole;
    QByteArray sql;
    TaskContext context;
    const auto take = [&sql](QByteArrayView piece) -> Result<void> {
        sql.append(piece);
        return {};
    };
    QVERIFY(readSql(path, inspection, entries, take, context));
    QCOMPARE(sql.replace("\n\n", "\n").trimmed(), "INSERT INTO public.other VALUES (1, 'a;b');\n"
                                                  "INSERT INTO public.other VALUES (2, '');");
}

/// What is not read cannot be in the way.
void TestObjectSql::onlyItsOwnPartIsRead()
{
    const QByteArray text = threeTables(60'000);
    const QString path = put(text);
    const dump::DumpInspection inspection = look(path);
    const QDateTime time = QFileInfo(path).lastModified();
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(text.size() / 2));
    QVERIFY(file.write("\n\\.\nnot SQL at all;\n") > 0 && file.flush());
    QVERIFY(file.setFileTime(time, QFileDevice::FileModificationTime));
    file.close();
    QCOMPARE(sqlOf(path, u"small"_s).value(), smallSql);
}

void TestObjectSql::damageIsSaid()
{
    const QString path = put(tests::gzipped(threeTables(400'000)));
    const dump::DumpInspection inspection = look(path);
    const auto entries = entriesFor(path, u"large"_s, inspection);
    const QDateTime time = QFileInfo(path).lastModified();
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(file.size() / 2));
    QVERIFY(file.write("xxxx") == 4 && file.flush());
    QVERIFY(file.setFileTime(time, QFileDevice::FileModificationTime));
    file.close();
    TaskContext context;
    const auto read =
        readSql(path, inspection, entries, [](QByteArrayView) { return Result<void>(); }, context);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::Corrupt);
}

void TestObjectSql::settingsComeFirst()
{
    QByteArray text = threeTables(1);
    text.replace("'UTF8'", "'LATIN1'").replace("small (\n", "sm\xe4ll (\n");
    text.replace("INSERT INTO public.other VALUES (1, 'a;b');",
                 "SET standard_conforming_strings = off;\nINSERT INTO public.it VALUES ('\\'');");
    const QString path = put(text);
    QVERIFY(
        sqlOf(path, u"large"_s).value().startsWith("SET client_encoding = 'LATIN1';\n\nCREATE"));
    QCOMPARE(sqlOf(path, u"it"_s).value(), "SET client_encoding = 'LATIN1';\n"
                                           "SET standard_conforming_strings = off;\n\n"
                                           "INSERT INTO public.it VALUES ('\\'');\n\n");
}

void TestObjectSql::aCutFileGivesWhatItHas()
{
    const QByteArray text = threeTables(100);
    const QString path = put(text.first(text.indexOf("INSERT") + 10), u"cut.sql"_s);
    QCOMPARE(look(path).verdict, dump::DumpVerdict::Truncated);
    QVERIFY(!QFile::exists(objectsFileOf(path)));
    const auto sql = sqlOf(path, u"small"_s);
    QVERIFY2(sql, sql ? "" : qPrintable(describe(sql.error())));
    QVERIFY(sql->startsWith("CREATE TABLE public.small ("));
    QVERIFY(sql->contains("1\n2\n\\.\n"));
    // A file that shrinks between the two readings is not given out as if it were whole.
    const dump::DumpInspection inspection = look(path);
    const auto entries = entriesFor(path, u"small"_s, inspection);
    (void)put(text.first(text.indexOf("\n2\n\\.")), u"cut.sql"_s);
    TaskContext context;
    QVERIFY(!readSql(
        path, inspection, entries, [](QByteArrayView) { return Result<void>(); }, context));
}

void TestObjectSql::anotherFileIsNotTaken()
{
    const QString path = put(threeTables(100));
    const dump::DumpInspection inspection = look(path);
    const auto entries = entriesFor(path, u"small"_s, inspection);
    (void)put(threeTables(50)); // read from the front then, and nothing stands where it stood
    TaskContext context;
    const auto read =
        readSql(path, inspection, entries, [](QByteArrayView) { return Result<void>(); }, context);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::Corrupt);
    // Nor is one in which other things stand at the very places.
    const QByteArray twin = threeTables(100);
    const QString second = put(twin, u"twin.sql"_s);
    const dump::DumpInspection before = look(second);
    const auto places = entriesFor(second, u"small"_s, before);
    (void)put(QByteArray(twin).replace("public.small", "public.other"), u"twin.sql"_s);
    QFile file(second);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.setFileTime(QDateTime::currentDateTime().addSecs(5),
                             QFileDevice::FileModificationTime));
    file.close();
    QVERIFY(
        !readSql(second, before, places, [](QByteArrayView) { return Result<void>(); }, context));
    QVERIFY(QFile::remove(objectsFileOf(path)));
    const auto objects = objectsOf(inspection, path, context);
    QVERIFY(!objects);
    QCOMPARE(objects.error().kind, ErrorKind::Corrupt);
}

void TestObjectSql::lettersAreDecodedOrNot()
{
    const QByteArray latin = threeTables(1).replace("small (\n", "sm\xe4ll (\n");
    const auto shown = [this](const QByteArray &text) {
        const QString path = put(text);
        const dump::DumpInspection inspection = look(path);
        TaskContext context;
        const auto all = objectsIn(path, inspection, context);
        return beginningOfSql(path, inspection, all->entriesOf(0, dump::DumpObjects::Rows::Without),
                              1000, context)
            .value();
    };
    for (const char *name : {"LATIN1", "WIN1252", "LATIN9"}) {
        const ShownSql sql = shown(QByteArray(latin).replace("UTF8", name));
        QVERIFY2(sql.text && sql.text->startsWith(u"CREATE TABLE public.sm\u00e4ll ("_s), name);
    }
    QVERIFY(!shown(QByteArray(latin).replace("UTF8", "MULE_INTERNAL")).text);
    QVERIFY(!shown(QByteArray(latin).replace("UTF8", "SQL_ASCII")).text);
    // A letter that is cut off is no harm.
    const auto cut = decodedSql("a\xc3", u"UTF8"_s);
    QVERIFY(cut && cut->startsWith(u'a'));
}

void TestObjectSql::aSinkThatIsFullEndsIt()
{
    const QString path = put(threeTables(100));
    const dump::DumpInspection inspection = look(path);
    TaskContext context;
    int pieces = 0;
    const auto read = readSql(
        path, inspection, entriesFor(path, u"small"_s, inspection),
        [&pieces](QByteArrayView) -> Result<void> {
            if (++pieces < 3)
                return {};
            return failure({.kind = ErrorKind::NoSpace, .subject = u"disk"_s, .detail = {}});
        },
        context);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::NoSpace);
    QCOMPARE(pieces, 3);
}

void TestObjectSql::theListIsKeptInAFileOfItsOwn()
{
    const QString path = put(threeTables(100));
    QVERIFY(look(path).index.objects.isEmpty()); // it is on disk now
    QVERIFY(QFile::exists(objectsFileOf(path)));
    QVERIFY(QFile::remove(objectsFileOf(path)));
    const dump::DumpInspection known = look(path);
    QVERIFY(!QFile::exists(objectsFileOf(path))); // nobody has wanted it
    TaskContext context;
    QCOMPARE(objectsOf(known, path, context)->entries()->size(), 7);
    QVERIFY(QFile::exists(objectsFileOf(path)));
    // A damaged one is as good as none.
    QFile file(objectsFileOf(path));
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(file.size() - 3) && file.write("x") == 1);
    file.close();
    QCOMPARE(objectsOf(known, path, context)->entries()->size(), 7);
}

void TestObjectSql::aListOfAnotherVersionIsMadeAnew()
{
    const QString path = put(threeTables(100));
    (void)look(path);
    for (const QString &name : {indexFileOf(path), objectsFileOf(path)}) {
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const qsizetype digit = bytes.indexOf('\n') - 1;
        bytes[digit] = static_cast<char>(bytes[digit] - 1);
        QVERIFY(file.seek(0) && file.write(bytes) == bytes.size());
    }
    QCOMPARE(sqlOf(path, u"small"_s).value(), smallSql);
    QFile file(objectsFileOf(path));
    QVERIFY(file.open(QIODevice::ReadOnly) && file.readLine() == "mayday-objects 1\n");
}

MAYDAY_TEST(TestObjectSql);
#include "tst_objectsql.moc"
