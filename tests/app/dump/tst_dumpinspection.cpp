// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/recordingvisitor.h"
#include "core/atomicfile.h"
#include "dump/dumpinspection.h"
#include "dump/dumpreader.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QStringEncoder>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;
using tests::gzipped;

namespace {

QByteArray sample(const QString &name)
{
    return readWholeFile(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/") + name, 1 << 20)
        .value();
}

QString word(const DumpInspection &inspection)
{
    return verdictKey(inspection.verdict);
}

QString why(const DumpInspection &inspection)
{
    return inspection.problem ? describe(*inspection.problem) : QString();
}

QByteArray utf16(const QByteArray &text, QStringConverter::Encoding encoding)
{
    QStringEncoder encoder(encoding, QStringConverter::Flag::WriteBom);
    return encoder(QString::fromUtf8(text));
}

} // namespace

class TestDumpInspection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatIsInside();
    void jsonHasStableKeys();
    void countsInserts();
    void whatHoldsNoRowsIsEmpty_data();
    void whatHoldsNoRowsIsEmpty();
    void sameInEveryWrapping_data();
    void sameInEveryWrapping();
    void badFiles_data();
    void badFiles();
    void noCutOfTheTextIsComplete();
    void noCutOfTheGzIsComplete();
    void noCutOfOtherCompressionsIsComplete_data();
    void noCutOfOtherCompressionsIsComplete();
    void aCutNamesTheTable();
    void everyWrongBitOfTheGzIsNoticed();
    void twoDumpsInARow();
    void dangersAreListed();
    void manyDangersAreShortened();
    void whatCannotBeReadIsAnError();
    void stops();
    void tellsProgress();
    void visitorErrorsStopTheReading();
    void readsOnce();

private:
    DumpInspection inspected(const QByteArray &bytes);

    QTemporaryDir m_folder;
    int m_files = 0;
};

DumpInspection TestDumpInspection::inspected(const QByteArray &bytes)
{
    const QString path = m_folder.filePath(u"%1.sql"_s.arg(++m_files % 8));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("the test's own file cannot be written");
    file.close();
    TaskContext context;
    return tests::inspectText(path, context).value();
}

void TestDumpInspection::tellsWhatIsInside()
{
    const DumpInspection found = inspected(sample(u"shop.sql"_s));
    QVERIFY2(!found.problem, qPrintable(why(found)));
    QCOMPARE(word(found), u"complete"_s);
    QCOMPARE(found.format, u"plain"_s);
    QCOMPARE(found.serverVersion, u"17.11"_s);
    QCOMPARE(found.dumpVersion, u"17.12"_s);
    QCOMPARE(found.encoding, u"UTF8"_s);
    QCOMPARE(found.startedAt, QDateTime(QDate(2026, 11, 20), QTime(3, 15), QTimeZone::utc()));
    QCOMPARE(found.schemas, QStringList({u"billing"_s, u"public"_s}));
    QStringList tables;
    for (const TableInDump &table : found.tables)
        tables.append(u"%1.%2 %3 rows %4 bytes"_s.arg(table.schema, table.name)
                          .arg(table.rows)
                          .arg(table.bytes));
    QCOMPARE(tables, QStringList({u"public.products 3 rows 57 bytes"_s,
                                  u"billing.Order; Lines 2 rows 10 bytes"_s,
                                  u"public.empty_one 0 rows 0 bytes"_s}));
    QCOMPARE(found.tables[0].copyLine,
             sample(u"shop.sql"_s).left(sample(u"shop.sql"_s).indexOf("COPY")).count('\n') + 1);
    QCOMPARE(found.sequences.size(), 1);
    QCOMPARE(found.sequences[0].schema + u'.' + found.sequences[0].name,
             u"public.products_id_seq"_s);
    QCOMPARE(found.sequences[0].value, 3);
    QVERIFY(found.sequences[0].isCalled);
    const QMap<QString, qint64> objects = {
        {u"schema"_s, 1},      {u"function"_s, 2},   {u"table"_s, 4},
        {u"sequence"_s, 1},    {u"constraint"_s, 1}, {u"index"_s, 1},
        {u"foreign-key"_s, 1}, {u"policy"_s, 1},     {u"grant"_s, 1}};
    QCOMPARE(found.objects, objects);
    QCOMPARE(found.warnings.size(), 1);
    QVERIFY(found.warnings[0].contains(u"SECURITY DEFINER function: public.price"_s));
    QCOMPARE(found.plainBytes, sample(u"shop.sql"_s).size());
    QCOMPARE(found.lines, sample(u"shop.sql"_s).count('\n') + 1);
}

void TestDumpInspection::jsonHasStableKeys()
{
    const QJsonObject json = toJson(inspected(sample(u"shop.sql"_s)));
    QCOMPARE(json["verdict"_L1].toString(), u"complete"_s);
    for (const char *key :
         {"format", "serverVersion", "dumpVersion", "encoding", "tables", "objects", "warnings",
          "sequences", "schemas", "fileBytes", "plainBytes", "lines", "statements", "startedAt"})
        QVERIFY2(json.contains(QLatin1StringView(key)), key);
    const QJsonObject table = json["tables"_L1].toArray().first().toObject();
    QCOMPARE(table["schema"_L1].toString(), u"public"_s);
    QCOMPARE(table["name"_L1].toString(), u"products"_s);
    QCOMPARE(table["rows"_L1].toInt(), 3);
    QCOMPARE(table["bytes"_L1].toInt(), 57);
    QCOMPARE(json["objects"_L1].toObject()["index"_L1].toInt(), 1);
    const QJsonObject bad = toJson(inspected("nothing"))["problem"_L1].toObject();
    QCOMPARE(bad["kind"_L1].toString(), u"corrupt"_s);
    QCOMPARE(bad["adviceKey"_L1].toString(), u"make-backup-with-pg-dump"_s);
}

void TestDumpInspection::whatHoldsNoRowsIsEmpty_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("said");
    const QByteArray two = "CREATE TABLE public.a (b integer);\nCREATE TABLE public.c ();\n";
    QTest::newRow("structure") << two << u"holds no rows: its 2 tables are empty"_s;
    QTest::newRow("one table") << QByteArray("CREATE TABLE public.a (b integer);\n")
                               << u"holds no rows: its one table is empty"_s;
    QTest::newRow("blocks without rows") << two + "COPY public.a (b) FROM stdin;\n\\.\n"
                                         << u"holds no rows: its 2 tables are empty"_s;
    QTest::newRow("no table") << QByteArray("SET lock_timeout = 0;\nCREATE SCHEMA a;\n")
                              << u"holds no table"_s;
    QTest::newRow("a row") << two + "COPY public.a (b) FROM stdin;\n1\n\\.\n" << QString();
    QTest::newRow("inserts") << two + "INSERT INTO public.a VALUES (1);\n" << QString();
    QTest::newRow("rows that nobody can count")
        << two + "INSERT INTO public.a SELECT * FROM generate_series(1, 2);\n"
        << QString();
    QTest::newRow("a large object")
        << QByteArray("SELECT pg_catalog.lo_create('7');\n") << QString();
}

/// Complete, and nothing to restore: what a job writes that dumps the wrong database.
void TestDumpInspection::whatHoldsNoRowsIsEmpty()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, said);
    const QByteArray begin = "--\n-- PostgreSQL database dump\n--\n\n";
    const DumpInspection whole =
        inspected(begin + sql + "\n--\n-- PostgreSQL database dump complete\n--\n\n");
    QCOMPARE(word(whole), u"complete"_s);
    QCOMPARE(whole.isEmpty(), !said.isEmpty());
    QCOMPARE(toJson(whole)["isEmpty"_L1].toBool(), !said.isEmpty());
    QCOMPARE(whole.isEmpty() ? emptyInWords(whole) : QString(), said);
    QVERIFY(!inspected(begin + sql).isEmpty()); // what is cut off may have held some
}

void TestDumpInspection::countsInserts()
{
    const DumpInspection found = inspected(sample(u"inserts.sql"_s));
    QCOMPARE(word(found), u"complete"_s);
    QCOMPARE(found.tables.size(), 1);
    QCOMPARE(found.tables[0].rows, 3);
    QVERIFY(!found.sequences[0].isCalled);
}

void TestDumpInspection::sameInEveryWrapping_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("format");
    const QByteArray text = sample(u"shop.sql"_s);
    const qsizetype half = text.size() / 2;
    QTest::newRow("gz") << gzipped(text) << u"plain.gz"_s;
    QTest::newRow("two members") << gzipped(text.first(half)) + gzipped(text.sliced(half))
                                 << u"plain.gz"_s;
    QTest::newRow("gz with zeros behind") << gzipped(text) + QByteArray(512, '\0') << u"plain.gz"_s;
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + text << u"plain"_s;
    QTest::newRow("UTF-16 LE") << utf16(text, QStringConverter::Utf16LE) << u"plain"_s;
    QTest::newRow("UTF-16 BE") << utf16(text, QStringConverter::Utf16BE) << u"plain"_s;
    QTest::newRow("UTF-16 in gz") << gzipped(utf16(text, QStringConverter::Utf16LE))
                                  << u"plain.gz"_s;
    QTest::newRow("CRLF") << QByteArray(text).replace("\n", "\r\n") << u"plain"_s;
}

void TestDumpInspection::sameInEveryWrapping()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, format);
    const DumpInspection plain = inspected(sample(u"shop.sql"_s));
    const DumpInspection found = inspected(file);
    QVERIFY2(!found.problem, qPrintable(why(found)));
    QCOMPARE(word(found), u"complete"_s);
    QCOMPARE(found.format, format);
    QCOMPARE(found.objects, plain.objects);
    QCOMPARE(found.schemas, plain.schemas);
    QCOMPARE(found.lines, plain.lines);
    QCOMPARE(found.serverVersion, plain.serverVersion);
    for (qsizetype i = 0; i < plain.tables.size(); ++i)
        QCOMPARE(found.tables[i].rows, plain.tables[i].rows);
}

void TestDumpInspection::badFiles_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const QByteArray &file, const QString &verdict,
                        const QString &words) {
        QTest::newRow(name) << file << verdict << words;
    };
    const QByteArray text = sample(u"shop.sql"_s);
    const QString notADump = u"not-a-dump"_s;
    const QString damaged = u"damaged"_s;
    const QString truncated = u"truncated"_s;
    row("empty", {}, notADump, u"empty"_s);
    row("empty gz, 20 bytes", gzipped({}), notADump, u"nothing inside"_s);
    row("PNG", QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), notADump, u"PNG"_s);
    row("PNG in gz", gzipped(QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)), notADump, u"PNG"_s);
    row("ZIP", QByteArray("PK\x03\x04\x14\0\0\0", 8), notADump, u"ZIP"_s);
    row("ELF",
        QByteArray("\x7f"
                   "ELF\x02\x01\x01\0",
                   8),
        notADump, u"a program"_s);
    row("gz in gz", gzipped(gzipped(text)), notADump, u"compressed twice"_s);
    row("error page", sample(u"errorpage.sql"_s), notADump, u"web page"_s);
    row("XML error", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", notADump,
        u"web page"_s);
    row("JSON", "{\"message\": \"Unauthorized\"}", notADump, u"JSON"_s);
    row("mysqldump", sample(u"mysql.sql"_s), notADump, u"MySQL"_s);
    row("mysqldump without its header",
        sample(u"mysql.sql"_s).sliced(sample(u"mysql.sql"_s).indexOf("CREATE")), notADump,
        u"MySQL"_s);
    row("prose", "Dear all,\nthe backup is attached.\n", notADump, u"does not begin with SQL"_s);
    row("only stderr",
        "pg_dump: error: connection to server failed: fe_sendauth: no password supplied\n",
        notADump, u"only messages"_s);
    row("zeros", QByteArray(100000, '\0'), notADump, u"binary"_s);
    row("gz header and noise", QByteArray("\x1f\x8b\x08\0\0\0\0\0\0\x03") + QByteArray(200, '\xff'),
        u"not-a-dump"_s, u"damaged near byte"_s);
    row("no completion line", sample(u"stripped.sql"_s), truncated,
        u"nothing shows that it is whole"_s);
    row("no completion line, with header", text.first(text.indexOf("-- Completed on")), truncated,
        u"after the rows of public.empty_one"_s);
    row("no unrestrict", text.first(text.lastIndexOf("\\unrestrict")), truncated, u"cut off"_s);
    row("unknown meta-command", QByteArray(text).replace("SET lock_timeout = 0;", "\\! id"),
        damaged, u"meta-command"_s);
    row("zero byte", QByteArray(text).replace("It's", QByteArray("It\0s", 4)), damaged,
        u"zero byte"_s);
    row("UTF-16 that breaks off", utf16(text, QStringConverter::Utf16LE).first(3001), truncated,
        u"stops inside"_s);
    row("gz with a wrong sum", gzipped(text).chopped(8) + QByteArray("12345678"), damaged,
        u"damaged near byte"_s);
}

void TestDumpInspection::badFiles()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, verdict);
    QFETCH(QString, words);
    const DumpInspection found = inspected(file);
    QVERIFY2(word(found) == verdict, qPrintable(word(found) + u": "_s + why(found)));
    QVERIFY2(why(found).contains(words), qPrintable(why(found)));
    QCOMPARE(found.problem.has_value(), verdict != "complete"_L1);
}

void TestDumpInspection::noCutOfTheTextIsComplete()
{
    const QByteArray text = sample(u"shop.sql"_s);
    // The key of \unrestrict ends the last line that means something.
    const qsizetype end = text.lastIndexOf("Lw3") + 3;
    for (qsizetype size = 0; size < end; size += tests::thinnedStep(7)) {
        const DumpInspection found = inspected(text.first(size));
        QVERIFY2(found.verdict != DumpVerdict::Complete, qPrintable(u"cut at %1"_s.arg(size)));
        QVERIFY(found.problem);
        QVERIFY(!found.problem->detail.isEmpty());
    }
    QCOMPARE(word(inspected(text.first(end))), u"complete"_s);
}

void TestDumpInspection::noCutOfTheGzIsComplete()
{
    const QByteArray file = gzipped(sample(u"shop.sql"_s));
    for (qsizetype size = 2; size < file.size(); size += tests::thinnedStep(5)) {
        const DumpInspection found = inspected(file.first(size));
        QVERIFY2(found.verdict == DumpVerdict::Truncated,
                 qPrintable(u"cut at %1: %2"_s.arg(size).arg(why(found))));
        QVERIFY2(why(found).contains(u"cut off at byte"_s), qPrintable(why(found)));
    }
}

void TestDumpInspection::noCutOfOtherCompressionsIsComplete_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("bzip2") << u"tiny.sql.bz2"_s;
    QTest::newRow("xz") << u"tiny.sql.xz"_s;
}

void TestDumpInspection::noCutOfOtherCompressionsIsComplete()
{
    QFETCH(QString, name);
    const QByteArray file = sample(name);
    QCOMPARE(word(inspected(file)), u"complete"_s);
    for (qsizetype size = 6; size < file.size(); ++size)
        QVERIFY2(inspected(file.first(size)).verdict != DumpVerdict::Complete,
                 qPrintable(u"cut at %1"_s.arg(size)));
}

void TestDumpInspection::aCutNamesTheTable()
{
    QByteArray text = sample(u"shop.sql"_s);
    const qsizetype at = text.indexOf("10\t1");
    const DumpInspection inside = inspected(text.first(at + 3));
    QCOMPARE(word(inside), u"truncated"_s);
    QVERIFY2(why(inside).contains(u"inside the rows of billing.Order; Lines"_s),
             qPrintable(why(inside)));
    QVERIFY(inside.problem->line > 0);
    QCOMPARE(inside.tables[0].rows, 3);
    const DumpInspection after = inspected(text.first(text.indexOf("SELECT pg_catalog.setval")));
    QVERIFY2(why(after).contains(u"after the rows of public.empty_one"_s), qPrintable(why(after)));
    const DumpInspection before = inspected(text.first(text.indexOf("CREATE TABLE")));
    QVERIFY2(why(before).contains(u"before the rows of any table"_s), qPrintable(why(before)));
}

void TestDumpInspection::everyWrongBitOfTheGzIsNoticed()
{
    const QByteArray file = gzipped(sample(u"shop.sql"_s));
    for (qsizetype i = 10; i < file.size(); i += tests::thinnedStep(5)) {
        QByteArray bad = file;
        bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
        const DumpInspection found = inspected(bad);
        QVERIFY2(found.verdict != DumpVerdict::Complete, qPrintable(u"byte %1"_s.arg(i)));
    }
}

void TestDumpInspection::twoDumpsInARow()
{
    const QByteArray one = sample(u"inserts.sql"_s);
    QCOMPARE(word(inspected(one + one)), u"complete"_s);
    QCOMPARE(word(inspected(one + one.first(one.indexOf("-- PostgreSQL database dump complete")))),
             u"truncated"_s);
    const DumpInspection more = inspected(one + "INSERT INTO public.a VALUES (4);\n");
    QCOMPARE(word(more), u"complete"_s);
    QVERIFY(more.warnings.join(u'\n').contains(u"behind the end"_s));
}

void TestDumpInspection::dangersAreListed()
{
    const QByteArray text = "-- PostgreSQL database dump\nCOPY a FROM PROGRAM 'id';\nALTER SYSTEM "
                            "SET a = 1;\nDO $$ begin end $$;\n"
                            "-- PostgreSQL database dump complete\n";
    const DumpInspection found = inspected(text);
    QCOMPARE(word(found), u"complete"_s);
    QCOMPARE(found.warnings.size(), 3);
    QVERIFY(found.warnings[0].startsWith(u"line 2: COPY ... FROM PROGRAM"_s));
    QVERIFY(found.warnings[1].startsWith(u"line 3: ALTER SYSTEM"_s));
    QVERIFY(found.warnings[2].startsWith(u"line 4: a DO block"_s));
}

void TestDumpInspection::manyDangersAreShortened()
{
    QByteArray text = "-- PostgreSQL database dump\n";
    for (int i = 0; i < 80; ++i)
        text.append("DO 'x';\n");
    const DumpInspection found = inspected(text + "-- PostgreSQL database dump complete\n");
    QCOMPARE(found.warnings.size(), 51);
    QVERIFY(found.warnings.last().contains(u"30 more"_s));
}

void TestDumpInspection::whatCannotBeReadIsAnError()
{
    TaskContext context;
    const auto missing = tests::inspectText(m_folder.filePath(u"none.sql"_s), context);
    QVERIFY(!missing);
    QCOMPARE(missing.error().kind, ErrorKind::NotFound);
}

void TestDumpInspection::stops()
{
    const QString path = QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/shop.sql");
    std::stop_source stop;
    stop.request_stop();
    TaskContext context(stop.get_token());
    const auto outcome = tests::inspectText(path, context);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
}

void TestDumpInspection::tellsProgress()
{
    qint64 last = -1;
    qint64 size = 0;
    TaskContext context({}, [&](qint64 done, qint64 total, const QString &) {
        QVERIFY(done >= last);
        last = done;
        size = total;
    });
    QVERIFY(tests::inspectText(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/shop.sql"),
                               context));
    QCOMPARE(size, sample(u"shop.sql"_s).size());
    QCOMPARE(last, size);
}

void TestDumpInspection::visitorErrorsStopTheReading()
{
    tests::RecordingVisitor whole;
    TaskContext context;
    auto all = DumpReader::over(std::make_unique<tests::TextSource>(sample(u"shop.sql"_s)), u"x"_s);
    QVERIFY(all.read(whole, context));
    QVERIFY(all.completionLineSeen());
    for (qsizetype i = 0; i < whole.events.size(); ++i) {
        tests::RecordingVisitor visitor;
        visitor.failAt = i;
        auto reader = DumpReader::over(
            std::make_unique<tests::TextSource>(sample(u"shop.sql"_s), 100), u"x"_s);
        const auto outcome = reader.read(visitor, context);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::Unreachable);
        QCOMPARE(visitor.events, whole.events.first(i));
        QVERIFY(!reader.completionLineSeen());
        QVERIFY(!reader.endedEarly());
    }
}

void TestDumpInspection::readsOnce()
{
    tests::RecordingVisitor visitor;
    TaskContext context;
    auto reader = DumpReader::over(std::make_unique<tests::TextSource>("SELECT 1;"), u"x"_s);
    QVERIFY(reader.read(visitor, context));
    QCOMPARE(reader.read(visitor, context).error().kind, ErrorKind::Internal);
}

MAYDAY_TEST(TestDumpInspection);
#include "tst_dumpinspection.moc"
