// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "app/dump/recordingvisitor.h"
#include "core/atomicfile.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;
using tests::gzipped;
using tests::problemOf;
using tests::rowsOf;
using tests::wordOf;

namespace {

constexpr const char *header = "--\n-- PostgreSQL database dump\n--\n\n"
                               "-- Dumped from database version 16.4 (Ubuntu 16.4-1.pgdg22.04+2)\n"
                               "-- Dumped by pg_dump version 17.2\n\n";
constexpr const char *footer = "--\n-- PostgreSQL database dump complete\n--\n\n";

QByteArray dumpOf(const QByteArray &text)
{
    return header + text + footer;
}

/// 20 tables of 2000 rows, about a megabyte.
QByteArray largeDump()
{
    QByteArray text;
    for (int table = 0; table < 20; ++table) {
        const QByteArray name = "public.t" + QByteArray::number(table);
        text.append("CREATE TABLE " + name + " (a int, b text);\nCOPY " + name + " FROM stdin;\n");
        for (int row = 0; row < 2000; ++row)
            text.append(QByteArray::number(row * 7919 % 104729) + "\trow of " + name + '\n');
        text.append("\\.\n\n");
    }
    return dumpOf(text);
}

} // namespace

/// The files people have when they need one: made by other tools, edited, cut, mailed, renamed.
class TestDumpKinds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void legalAndOdd_data();
    void legalAndOdd();
    void isNotADump_data();
    void isNotADump();
    void whereItStops_data();
    void whereItStops();
    void warnings_data();
    void warnings();
    void theEndOnlyCountsWhereItStands_data();
    void theEndOnlyCountsWhereItStands();
    void knowsTheVersions();
    void startTimes_data();
    void startTimes();
    void membersOfGzip_data();
    void membersOfGzip();
    void progressReachesTheEnd_data();
    void progressReachesTheEnd();
    void stopsWhereverItIs();
    void aDumpThatIsStillBeingWritten();
    void aDumpThatIsCutWhileItIsRead();
    void aDiskThatFails();
    void aSourceThatFailsAnywhere();

private:
    tests::DumpFiles m_files;
};

void TestDumpKinds::legalAndOdd_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("rows");
    const auto row = [](const char *name, const QByteArray &text, const QStringList &rows) {
        QTest::newRow(name) << text << rows;
    };
    row("nothing in it", "", {});
    row("no rows", "CREATE TABLE public.a (id int);\nCOPY public.a (id) FROM stdin;\n\\.\n",
        {u"public.a 0"_s});
    row("empty rows", "COPY public.a (id) FROM stdin;\n\n\n\\.\n", {u"public.a 2"_s});
    row("no columns", "COPY public.a  FROM stdin;\n\n\\.\n", {u"public.a 1"_s});
    row("one table twice",
        "COPY public.a FROM stdin;\n1\n\\.\nCOPY public.b FROM stdin;\n1\n\\.\n"
        "COPY public.a FROM stdin;\n2\n3\n\\.\n",
        {u"public.a 3"_s, u"public.b 1"_s});
    row("one name in two schemas",
        "COPY a.x FROM stdin;\n1\n\\.\nCOPY b.x FROM stdin;\n\\.\nCOPY a.\"X\" FROM "
        "stdin;\n1\n\\.\n",
        {u"a.x 1"_s, u"b.x 0"_s, u"a.X 1"_s});
    row("a dot in a name is no schema",
        "CREATE TABLE \"a.b\".c ();\nCREATE TABLE a.\"b.c\" ();\nCOPY a.\"b.c\" FROM "
        "stdin;\n\n\\.\n",
        {u"a.b.c 0"_s, u"a.b.c 1"_s});
    row("a name over two lines",
        "CREATE TABLE public.\"a\nb\" (id int);\nCOPY public.\"a\nb\" FROM stdin;\n1\n\\.\n",
        {u"public.a\nb 1"_s});
    row("old dumps say the schema before",
        "SET search_path = shop, pg_catalog;\n"
        "CREATE TABLE a (id int);\nCOPY a (id) FROM stdin;\n"
        "1\n\\.\n",
        {u"shop.a 1"_s});
    row("rows in Windows' way", "COPY public.a FROM stdin;\r\n1\r\n2\r\n\\.\r\n",
        {u"public.a 2"_s});
    row("rows that look like the end",
        "COPY public.a FROM stdin;\n\\\\.\n\\.x\n.\n\\N\n--\n-- PostgreSQL database dump "
        "complete\n--\n\\.\n",
        {u"public.a 7"_s});
    row("inserts of all sorts",
        "INSERT INTO public.a VALUES (1), (2);\nINSERT INTO public.a (id, b) VALUES (3, '), (');\n"
        "INSERT INTO public.a DEFAULT VALUES;\nINSERT INTO public.a OVERRIDING SYSTEM VALUE VALUES "
        "(5) ON CONFLICT DO NOTHING;\nINSERT INTO public.b VALUES (E'\\'), (', $$), ($$);\n",
        {u"public.a 5"_s, u"public.b 1"_s});
    row("inserts and COPY for one table",
        "COPY public.a FROM stdin;\n1\n\\.\nINSERT INTO public.a VALUES (2);\n", {u"public.a 2"_s});
    row("DROP before",
        "DROP TABLE IF EXISTS public.gone;\nALTER TABLE IF EXISTS ONLY public.gone "
        "DROP CONSTRAINT IF EXISTS x;\nDROP SCHEMA IF EXISTS old;\n"
        "CREATE TABLE public.a (id int);\n",
        {u"public.a 0"_s});
    row("partitions",
        "CREATE TABLE public.p (a int) PARTITION BY RANGE (a);\n"
        "CREATE TABLE public.p1 (a int);\nALTER TABLE ONLY public.p ATTACH PARTITION public.p1 FOR "
        "VALUES FROM (1) TO (2);\nCOPY public.p1 FROM stdin;\n1\n\\.\n",
        {u"public.p1 1"_s});
    row("a column called partition", "CREATE TABLE public.a (partition int, by int);\n",
        {u"public.a 0"_s});
    row("a foreign table", "CREATE FOREIGN TABLE public.f (a int) SERVER s;\n", {});
    row("large objects",
        "SELECT pg_catalog.lo_create('16400');\nBEGIN;\nSELECT pg_catalog.lo_open('16400', "
        "131072);\nSELECT pg_catalog.lowrite(0, '\\x5c2e0a');\nSELECT pg_catalog.lo_close(0);\n"
        "COMMIT;\n",
        {});
    row("pg_dump's restriction",
        "\\restrict abcDEF123\n\nCOPY public.a FROM stdin;\n\\restrict "
        "x\n\\.\n\\unrestrict abcDEF123\n",
        {u"public.a 1"_s});
}

void TestDumpKinds::legalAndOdd()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, rows);
    const QByteArray whole = dumpOf(text);
    for (const QByteArray &file : {whole, gzipped(whole)}) {
        const DumpInspection found = m_files.inspected(file);
        QVERIFY2(!found.problem, qPrintable(problemOf(found)));
        QCOMPARE(wordOf(found), u"complete"_s);
        QCOMPARE(rowsOf(found), rows);
        QCOMPARE(found.plainBytes, whole.size());
        QCOMPARE(found.fileBytes, file.size());
        QCOMPARE(found.lines, whole.count('\n') + 1);
        QVERIFY(found.warnings.isEmpty());
    }
}

void TestDumpKinds::isNotADump_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *name, const QByteArray &file, const QString &detail) {
        QTest::newRow(name) << file << detail;
    };
    const QString page =
        u"it is a web page (HTML or XML), perhaps an error page saved under this name"_s;
    const QString json = u"it is JSON, perhaps an error message saved under this name"_s;
    const QString mysql = u"it is a dump of MySQL, not of PostgreSQL"_s;
    row("an empty file", {}, u"the file is empty"_s);
    row("blank lines", "\n\n   \n", u"it does not begin with SQL of PostgreSQL"_s);
    row("a page behind blank lines", "\n\n  <!DOCTYPE html><html>502 Bad Gateway</html>", page);
    row("a page in capitals", "<HTML><BODY>Sign in</BODY></HTML>", page);
    row("a bucket's answer", "<?xml version=\"1.0\"?>\n<Error><Code>ExpiredToken</Code></Error>",
        page);
    row("an API's answer", "\n {\"error\": \"token expired\"}", json);
    row("a list", "[]", json);
    row("mysqldump", "-- MySQL dump 10.13  Distrib 8.0.36\n--\nCREATE TABLE `a` (`id` int);\n",
        mysql);
    row("mysqldump --compact",
        "/*!40101 SET character_set_client = utf8 */;\nCREATE TABLE `a` (a);\n", mysql);
    row("phpMyAdmin", "-- phpMyAdmin SQL Dump\n-- version 5.2.1\n", mysql);
    row("MariaDB", "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n",
        u"it is a dump of MariaDB, not of PostgreSQL"_s);
    row("SQLite's .dump", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
        u"it is a dump of SQLite, not of PostgreSQL"_s);
    row("SQLite itself", QByteArray("SQLite format 3\0\x10\0", 18), u"it is an SQLite database"_s);
    row("a PDF", "%PDF-1.7\n", u"it is a PDF document"_s);
    row("a picture", QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), u"it is a PNG picture"_s);
    row("a ZIP", QByteArray("PK\x03\x04\x14\0\0\0", 8), u"it is a ZIP archive; unpack it first"_s);
    row("encrypted by gpg -a", "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n",
        u"it is encrypted (OpenPGP); decrypt it first"_s);
    row("encrypted by openssl", "Salted__\x01\x02",
        u"it is encrypted (OpenSSL); decrypt it first"_s);
    row("a letter", "Dear all,\n\nthe backup of Friday is attached.\n\nBest\n",
        u"it does not begin with SQL of PostgreSQL"_s);
    row("a table of numbers", "id,name\n1,lamp\n2,desk; oak\n",
        u"it does not begin with SQL of PostgreSQL"_s);
    row("a script", "#!/bin/sh\nexec pg_dump \"$@\"\n",
        u"it does not begin with SQL of PostgreSQL"_s);
}

void TestDumpKinds::isNotADump()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, detail);
    const DumpInspection found = m_files.inspected(file);
    QVERIFY2(found.verdict == DumpVerdict::NotADump, qPrintable(wordOf(found)));
    QCOMPARE(found.problem->kind, ErrorKind::Corrupt);
    QCOMPARE(found.problem->detail, detail);
    QCOMPARE(found.problem->subject, m_files.path(u"backup.sql"_s));
    QCOMPARE(found.problem->advice, Advice::MakeBackupWithPgDump);
    QVERIFY(found.tables.isEmpty());
    if (file.isEmpty())
        return;
    const DumpInspection packed = m_files.inspected(gzipped(file));
    QVERIFY2(packed.verdict == DumpVerdict::NotADump, qPrintable(wordOf(packed)));
    QCOMPARE(packed.problem->detail, detail);
}

void TestDumpKinds::whereItStops_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<qint64>("line");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *name, const QByteArray &text, const QString &verdict,
                        qint64 line, const QString &detail) {
        QTest::newRow(name) << header + text << verdict << line + QByteArray(header).count('\n')
                            << detail;
    };
    const QString cut = u"truncated"_s;
    const QString bad = u"damaged"_s;
    row("between statements", "SELECT 1;\n", cut, 2,
        u"cut off at byte %1 of the text, before the rows of any table: the line pg_dump writes "
        "last is missing"_s.arg(QByteArray(header).size() + 10));
    row("in a statement", "SELECT 1;\nCREATE TABLE public.a (\n  id in", cut, 3,
        u"the text stops inside the statement that begins at line 9 (before the rows of any "
        "table)"_s);
    row("in a string", "SELECT 'abc;\n\n", cut, 3,
        u"the text stops inside the statement that begins at line 8 (before the rows of any "
        "table)"_s);
    row("in the rows", "COPY public.a FROM stdin;\n1\n2\n3", cut, 4,
        u"the text stops inside the rows of a table, after 2 of them (inside the rows of "
        "public.a)"_s);
    row("right behind COPY", "COPY public.\"a b\" FROM stdin;", cut, 1,
        u"the text stops inside the rows of a table, after 0 of them (inside the rows of "
        "public.a b)"_s);
    row("behind the rows", "COPY public.a FROM stdin;\n1\n\\.\nSELECT", cut, 4,
        u"the text stops inside the statement that begins at line 11 (after the rows of "
        "public.a)"_s);
    row("in a comment", "/* a\n", cut, 2,
        u"the text stops inside a comment (before the rows of any table)"_s);
    row("zeros behind", QByteArray("SELECT 1;\n\0\0\0\0", 14), bad, 2,
        u"there is a zero byte in the text (before the rows of any table)"_s);
    row("zeros in the rows", QByteArray("COPY public.a FROM stdin;\n1\n\0\0", 30), bad, 3,
        u"there is a zero byte in the text (inside the rows of public.a)"_s);
    row("something that is no SQL", "\\connect a\n\\connect b\n", bad, 2,
        u"the file holds more than one database (pg_dumpall); Mayday restores one at a time"_s);
    row("a program", "SELECT 1;\n\\! rm -rf /\n", bad, 2,
        u"a psql meta-command; Mayday never runs them"_s);
    row("a word without end", "SELECT 1;\n" + QByteArray(400'000, 'x'), bad, 2,
        u"a word of over 49152 bytes: this is not SQL (before the rows of any table)"_s);
}

void TestDumpKinds::whereItStops()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, verdict);
    QFETCH(qint64, line);
    QFETCH(QString, detail);
    const DumpInspection found = m_files.inspected(text);
    QCOMPARE(wordOf(found), verdict);
    QCOMPARE(found.problem->detail, detail);
    QCOMPARE(found.problem->line, line);
    QCOMPARE(found.problem->subject, m_files.path(u"backup.sql"_s));
    QCOMPARE(found.serverVersion, u"16.4"_s); // what was read before is told all the same
}

void TestDumpKinds::warnings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QByteArray &text, const QStringList &expected) {
        QTest::newRow(name) << dumpOf(text) << expected;
    };
    row("connect", "\\connect shop\n",
        {u"line 8: \\connect was not run; the dump comes from shop"_s});
    row("connect, quoted", "\\connect \"My \"\"Shop\"\"\"\n",
        {u"line 8: \\connect was not run; the dump comes from My \"Shop\""_s});
    row("connect, as pg_dump --create quotes it",
        "\\connect -reuse-previous=on \"dbname='My Shop'\"\n",
        {u"line 8: \\connect was not run; the dump comes from My Shop"_s});
    row("messages in between", "pg_dump: warning: circular foreign keys\nSELECT 1;\nNOTICE:  x\n",
        {u"line 8: a message that is no part of the dump was skipped: pg_dump: warning: circular "
         "foreign keys"_s,
         u"line 10: a message that is no part of the dump was skipped: NOTICE:  x"_s});
    row("a password in a message", "psql: error: postgres://app:s3cret@db.example/shop refused\n",
        {u"line 8: a message that is no part of the dump was skipped: psql: error: "
         "postgres://app:[hidden]@db.example/shop refused"_s});
    row("dangers by name",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1';\n"
        "DO 'begin end';\n",
        {u"line 8: a SECURITY DEFINER function: public.f"_s,
         u"line 9: a DO block, which runs code while it is restored"_s});
}

void TestDumpKinds::warnings()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, expected);
    const DumpInspection found = m_files.inspected(text);
    QCOMPARE(wordOf(found), u"complete"_s);
    QCOMPARE(found.warnings, expected);
}

void TestDumpKinds::theEndOnlyCountsWhereItStands_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray end = "-- PostgreSQL database dump complete";
    QTest::newRow("in rows") << "COPY public.a FROM stdin;\n" + end + "\n\\.\n";
    QTest::newRow("in a string") << "COMMENT ON TABLE a IS '\n" + end + "\n';\n";
    QTest::newRow("in dollars") << "DO $$\n" + end + "\n$$;\n";
    QTest::newRow("in a block comment") << "/*\n" + end + "\n*/\n";
    QTest::newRow("in a statement") << "SELECT 1\n" + end + "\n;\n";
    QTest::newRow("in a name") << "CREATE TABLE \"\n" + end + "\n\" ();\n";
    QTest::newRow("not quite") << end.chopped(1) + "\n" + end + "d\n-" + end + "\n";
}

void TestDumpKinds::theEndOnlyCountsWhereItStands()
{
    QFETCH(QByteArray, text);
    QCOMPARE(wordOf(m_files.inspected(header + text)), u"truncated"_s);
    QCOMPARE(wordOf(m_files.inspected(dumpOf(text))), u"complete"_s);
}

void TestDumpKinds::knowsTheVersions()
{
    const DumpInspection found = m_files.inspected(dumpOf({}));
    QCOMPARE(found.serverVersion, u"16.4"_s);
    QCOMPARE(found.dumpVersion, u"17.2"_s);
    const QByteArray older =
        QByteArray(dumpOf({})).replace("16.4 (Ubuntu 16.4-1.pgdg22.04+2)", "9.6.24");
    QCOMPARE(m_files.inspected(older).serverVersion, u"9.6.24"_s);
}

void TestDumpKinds::startTimes_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("utc");
    QTest::newRow("UTC") << QByteArray("-- Started on 2026-11-20 03:15:00 UTC")
                         << u"2026-11-20T03:15:00Z"_s;
    QTest::newRow("a zone's letters")
        << QByteArray("-- Started on 2026-11-20 03:15:00 CET") << u"2026-11-20T02:15:00Z"_s;
    QTest::newRow("a zone's name") << QByteArray("-- Started on 2026-07-20 03:15:00 Europe/Berlin")
                                   << u"2026-07-20T01:15:00Z"_s;
    QTest::newRow("Windows") << QByteArray(
                                    "-- Started on 2026-11-20 03:15:00 W. Europe Standard Time")
                             << QString();
    QTest::newRow("no time") << QByteArray("-- Started on a rainy day") << QString();
    QTest::newRow("no such day") << QByteArray("-- Started on 2026-13-40 03:15:00 UTC")
                                 << QString();
}

void TestDumpKinds::startTimes()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, utc);
    const DumpInspection found = m_files.inspected(dumpOf(line + "\n"));
    QCOMPARE(found.startedAt ? found.startedAt->toString(Qt::ISODate) : QString(), utc);
    QCOMPARE(toJson(found).contains(u"startedAt"_s), !utc.isEmpty());
}

void TestDumpKinds::membersOfGzip_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("words");
    const QByteArray text = largeDump();
    const QByteArray one = gzipped(text.first(text.size() / 3));
    const QByteArray two = gzipped(text.sliced(text.size() / 3));
    const auto row = [](const char *name, const QByteArray &file, const QString &verdict,
                        const QString &words) {
        QTest::newRow(name) << file << verdict << words;
    };
    row("both", one + two, u"complete"_s, {});
    row("the first alone", one, u"truncated"_s, u"(inside the rows of public.t6)"_s);
    row("the second cut", one + two.chopped(9), u"truncated"_s,
        u"the compressed file is cut off at byte"_s);
    row("the wrong way round", two + one, u"not-a-dump"_s,
        u"it does not begin with SQL of PostgreSQL"_s);
    row("the second twice", one + two + two, u"damaged"_s, {});
    row("rubbish behind", one + two + "<html>", u"complete"_s,
        u"there are 6 bytes after the end of the compressed data"_s);
    row("zeros behind", one + two + QByteArray(10'000, '\0'), u"complete"_s, {});
    row("rubbish between", one + "<html>" + two, u"truncated"_s, u"inside the rows"_s);
}

void TestDumpKinds::membersOfGzip()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, verdict);
    QFETCH(QString, words);
    const DumpInspection found = m_files.inspected(file);
    const QString told = problemOf(found) + found.warnings.join(u'\n');
    QVERIFY2(wordOf(found) == verdict, qPrintable(wordOf(found) + u": "_s + told));
    QVERIFY2(told.contains(words), qPrintable(told));
    QCOMPARE(found.format, u"plain.gz"_s);
}

void TestDumpKinds::progressReachesTheEnd_data()
{
    QTest::addColumn<QByteArray>("file");
    const QByteArray text = largeDump();
    QTest::newRow("plain") << text;
    QTest::newRow("gz") << gzipped(text);
    QTest::newRow("gz of two") << gzipped(text.first(1000)) + gzipped(text.sliced(1000));
    QTest::newRow("cut") << text.first(text.size() / 2);
}

void TestDumpKinds::progressReachesTheEnd()
{
    QFETCH(QByteArray, file);
    QList<qint64> steps;
    TaskContext context({}, [&](qint64 done, qint64 total, const QString &phase) {
        QCOMPARE(total, file.size());
        QCOMPARE(phase, u"read"_s);
        steps.append(done);
    });
    QVERIFY(tests::inspectText(m_files.written(file), context));
    QVERIFY(steps.size() > 2);
    QVERIFY(std::ranges::is_sorted(steps));
    QCOMPARE(steps.last(), file.size());
}

void TestDumpKinds::stopsWhereverItIs()
{
    const QByteArray text = largeDump();
    const QString path = m_files.written(text);
    for (int stopAt = 1; stopAt <= 3; ++stopAt) {
        std::stop_source stop;
        int steps = 0;
        TaskContext context(stop.get_token(), [&](qint64, qint64, const QString &) {
            if (++steps == stopAt)
                stop.request_stop();
        });
        const auto outcome = tests::inspectText(path, context);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
        QCOMPARE(outcome.error().detail, u"reading stopped; the file is as it was"_s);
        QCOMPARE(outcome.error().subject, path);
        QCOMPARE(steps, stopAt);
    }
    QCOMPARE(tests::DumpFiles::bytesOf(path), text);
}

void TestDumpKinds::aDumpThatIsStillBeingWritten()
{
    const QByteArray text = largeDump();
    const QString path = m_files.written(text.first(text.size() / 2));
    auto reader = DumpReader::open(path);
    QVERIFY(reader);
    QFile more(path);
    QVERIFY(more.open(QIODevice::Append));
    more.write(text.sliced(text.size() / 2));
    more.close();
    tests::RecordingVisitor visitor;
    TaskContext context({}, [](qint64 done, qint64 total, const QString &) {
        QVERIFY2(done <= total, qPrintable(u"%1 of %2"_s.arg(done).arg(total)));
    });
    const auto outcome = reader->read(visitor, context);
    QVERIFY(outcome);
    QVERIFY(reader->completionLineSeen());
    QCOMPARE(reader->plainBytes(), text.size());
    QCOMPARE(reader->fileBytes(), text.size());
}

void TestDumpKinds::aDumpThatIsCutWhileItIsRead()
{
    const QByteArray text = largeDump();
    const QString path = m_files.written(text);
    auto reader = DumpReader::open(path);
    QVERIFY(reader);
    QVERIFY(QFile::resize(path, text.size() / 2));
    tests::RecordingVisitor visitor;
    TaskContext context;
    QVERIFY(!reader->read(visitor, context));
    QVERIFY(reader->endedEarly());
    QVERIFY(!reader->completionLineSeen());
}

/// Not one word about the dump: the disk is what is wrong.
void TestDumpKinds::aDiskThatFails()
{
    TaskContext context;
    const auto outcome = tests::inspectText(u"/proc/self/mem"_s, context);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Unreachable);
    QVERIFY2(outcome.error().detail.startsWith(u"reading failed at byte 0"_s),
             qPrintable(outcome.error().detail));
}

void TestDumpKinds::aSourceThatFailsAnywhere()
{
    class Failing final : public archive::ByteSource {
    public:
        Failing(const QByteArray &bytes, qsizetype failAt) : m_text(bytes.first(failAt), 997) {}
        Result<qsizetype> read(std::span<char> buffer) override
        {
            const auto got = m_text.read(buffer);
            if (got && *got > 0)
                return got;
            return failure(
                {.kind = ErrorKind::Unreachable, .subject = u"disk"_s, .detail = u"EIO"_s});
        }
        qint64 consumed() const override { return m_text.consumed(); }
        qint64 total() const override { return 1 << 20; }
        QString format() const override { return u"plain"_s; }

    private:
        tests::TextSource m_text;
    };
    const QByteArray text = largeDump();
    const qsizetype end = text.size();
    for (const qsizetype failAt : QList<qsizetype>{0, 1, 5000, 65535, 65536, 65537, end / 2, end}) {
        tests::RecordingVisitor visitor;
        TaskContext context;
        auto reader = DumpReader::over(std::make_unique<Failing>(text, failAt), u"backup.sql"_s);
        const auto outcome = reader.read(visitor, context);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::Unreachable);
        QCOMPARE(outcome.error().detail, u"EIO"_s);
        QVERIFY2(!reader.endedEarly(), qPrintable(u"at %1"_s.arg(failAt)));
        QVERIFY(failAt < 5000 || !visitor.events.isEmpty()); // what came before was told
    }
}

MAYDAY_TEST(TestDumpKinds);
#include "tst_dumpkinds.moc"
