// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

#include <QDir>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

/// Two tables, the second without rows, in a schema that needs quotes.
const QByteArray twoTables =
    QByteArray(smallDump).replace("\\.\n", "\\.\n\nCREATE SCHEMA \"Old Shop\";\nCREATE TABLE "
                                           "\"Old Shop\".stock (\n    id integer\n);\n");

} // namespace

/// "Can I restore from this?", asked by a script: by the number, by the text, by JSON.
class TestCtlInspect : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWholeDumpIsTold();
    void theTextNamesTablesAndRows();
    void compressedIsTheSame();
    void aFileThatIsNoBackupIsNamed_data();
    void aFileThatIsNoBackupIsNamed();
    void aDumpThatStopsTooEarlySaysWhere_data();
    void aDumpThatStopsTooEarlySaysWhere();
    void theTextSaysWhatToDo();
    void anEmptyBackupIsNoGoodNews();
    void dangersAreWarnedOf();
    void progressIsLinesOfJson();
    void oddNamesOfFiles_data();
    void oddNamesOfFiles();
    void whatCannotBeReadAtAll();
    void theFileStaysAsItWas();

private:
    Ctl m_ctl;
};

void TestCtlInspect::aWholeDumpIsTold()
{
    const Answer answer =
        m_ctl.run({u"inspect"_s, m_ctl.write(u"two.sql"_s, twoTables), u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    const QJsonObject json = answer.json();
    QCOMPARE(json["verdict"_L1].toString(), u"complete"_s);
    QCOMPARE(json["format"_L1].toString(), u"plain"_s);
    QCOMPARE(json["serverVersion"_L1].toString(), u"17.11"_s);
    QCOMPARE(json["dumpVersion"_L1].toString(), u"17.11"_s);
    QCOMPARE(json["encoding"_L1].toString(), u"UTF8"_s);
    QVERIFY(json["warnings"_L1].isArray());
    QCOMPARE(json["objects"_L1]["table"_L1].toInteger(), 2);
    QVERIFY(!json.contains("problem"_L1));
    const QJsonArray tables = json["tables"_L1].toArray();
    QCOMPARE(tables.size(), 2);
    QCOMPARE(tables[0]["schema"_L1].toString(), u"public"_s);
    QCOMPARE(tables[0]["name"_L1].toString(), u"products"_s);
    QCOMPARE(tables[0]["rows"_L1].toInteger(), 3);
    QCOMPARE(tables[0]["bytes"_L1].toInteger(), 6); // three digits, three ends of line
    QCOMPARE(tables[1]["schema"_L1].toString(), u"Old Shop"_s);
    QCOMPARE(tables[1]["rows"_L1].toInteger(), 0);
}

void TestCtlInspect::theTextNamesTablesAndRows()
{
    const Answer answer = m_ctl.run({u"inspect"_s, m_ctl.write(u"two.sql"_s, twoTables)});
    QCOMPARE(answer.code, 0);
    const QByteArrayList lines = answer.out.split('\n');
    QCOMPARE(lines.value(0), "complete: plain, PostgreSQL 17.11, pg_dump 17.11");
    QCOMPARE(lines.value(1).simplified(), "3 rows public.products");
    QCOMPARE(lines.value(2).simplified(), "0 rows Old Shop.stock");
    QVERIFY(answer.err.isEmpty()); // no terminal, so no line that rewrites itself
}

void TestCtlInspect::compressedIsTheSame()
{
    const Answer plain =
        m_ctl.run({u"inspect"_s, m_ctl.write(u"two.sql"_s, twoTables), u"--json"_s});
    const Answer packed =
        m_ctl.run({u"inspect"_s, m_ctl.write(u"two.sql.gz"_s, gzipped(twoTables)), u"--json"_s});
    QVERIFY2(packed.code == 0, packed.all());
    QCOMPARE(packed.json()["format"_L1].toString(), u"plain.gz"_s);
    for (const QLatin1StringView key : {"tables"_L1, "objects"_L1, "plainBytes"_L1, "lines"_L1})
        QCOMPARE(packed.json()[key], plain.json()[key]);
    QVERIFY(packed.json()["fileBytes"_L1] != plain.json()["fileBytes"_L1]);
}

void TestCtlInspect::aFileThatIsNoBackupIsNamed_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("named");
    QTest::newRow("a picture") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)
                               << QByteArray("a PNG picture");
    QTest::newRow("a page of an outage")
        << QByteArray("<!DOCTYPE html><html><body>503 Service Unavailable</body></html>")
        << QByteArray("a web page");
    QTest::newRow("an answer of an interface")
        << QByteArray("{\"message\": \"JWT expired\"}") << QByteArray("JSON");
    QTest::newRow("mysqldump")
        << QByteArray(
               "-- MySQL dump 10.13  Distrib 8.0.36\n\nCREATE TABLE `products` (`id` int);\n")
        << QByteArray("a dump of MySQL");
    QTest::newRow("encrypted") << QByteArray("Salted__\x12\x34\x56\x78")
                               << QByteArray("decrypt it first");
    QTest::newRow("empty") << QByteArray() << QByteArray("the file is empty");
    QTest::newRow("nothing packed") << gzipped({}) << QByteArray("nothing inside");
    QTest::newRow("packed page") << gzipped("<html><body>403</body></html>")
                                 << QByteArray("a web page");
    QTest::newRow("a list of shopping")
        << QByteArray("milk\nbread\neggs\n") << QByteArray("does not begin with SQL of PostgreSQL");
}

void TestCtlInspect::aFileThatIsNoBackupIsNamed()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, named);
    const QString file = m_ctl.write(u"backup.sql"_s, bytes);
    const Answer json = m_ctl.run({u"inspect"_s, file, u"--json"_s});
    QVERIFY2(json.code == 2, json.all());
    QCOMPARE(json.json()["verdict"_L1].toString(), u"not-a-dump"_s);
    QVERIFY2(json.json()["problem"_L1]["detail"_L1].toString().toUtf8().contains(named),
             json.all());
    const Answer text = m_ctl.run({u"inspect"_s, file});
    QCOMPARE(text.code, 2);
    QVERIFY2(text.out.startsWith("not-a-dump: "), text.all());
    QVERIFY2(text.out.contains(named), text.all());
    // And what is no backup never comes near a server.
    const Answer restored = m_ctl.run({u"restore"_s, file, u"--yes"_s, u"--json"_s, u"--target"_s,
                                       u"host=127.0.0.1 port=1 dbname=x user=y"_s});
    QCOMPARE(restored.code, 2);
    QVERIFY2(restored.error()["kind"_L1].toString() != "unreachable"_L1, restored.all());
    QVERIFY2(restored.error()["detail"_L1].toString().toUtf8().contains(named), restored.all());
}

void TestCtlInspect::aDumpThatStopsTooEarlySaysWhere_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QByteArray>("words");
    const qsizetype row = smallDump.indexOf("\n2\n") + 3;
    const QByteArray packed = gzipped(smallDump);
    QByteArray wrongBit = packed;
    wrongBit[packed.size() / 2] = char(wrongBit[packed.size() / 2] ^ 0x10);
    QTest::newRow("inside the rows") << smallDump.first(row) << u"truncated"_s
                                     << QByteArray("inside the rows of public.products");
    QTest::newRow("after the rows")
        << smallDump.first(smallDump.indexOf("\\.\n") + 3) << u"truncated"_s
        << QByteArray("after the rows of public.products");
    QTest::newRow("no completion line")
        << QByteArray(smallDump).replace("-- PostgreSQL database dump complete\n", "")
        << u"truncated"_s << QByteArray("the line pg_dump writes last is missing");
    QTest::newRow("gz cut") << packed.chopped(20) << u"truncated"_s << QByteArray("backup.sql");
    QTest::newRow("gz without its checksum")
        << packed.chopped(8) << u"truncated"_s << QByteArray("backup.sql");
    QTest::newRow("gz with a wrong bit") << wrongBit << u"damaged"_s << QByteArray("backup.sql");
}

void TestCtlInspect::aDumpThatStopsTooEarlySaysWhere()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, verdict);
    QFETCH(QByteArray, words);
    const Answer answer =
        m_ctl.run({u"inspect"_s, m_ctl.write(u"backup.sql"_s, bytes), u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), verdict);
    QCOMPARE(answer.json()["problem"_L1]["kind"_L1].toString(), u"corrupt"_s);
    QVERIFY2(answer.out.contains(words), answer.all());
}

void TestCtlInspect::theTextSaysWhatToDo()
{
    const Answer cut =
        m_ctl.run({u"inspect"_s, m_ctl.write(u"backup.sql"_s, smallDump.chopped(60))});
    QVERIFY2(cut.out.contains("What to do: Choose another backup; this one cannot be trusted.\n"),
             cut.all());
    const Answer page = m_ctl.run({u"inspect"_s, m_ctl.write(u"backup.sql"_s, "<html></html>")});
    QVERIFY2(page.out.contains("What to do: Make the backup with pg_dump"), page.all());
}

void TestCtlInspect::anEmptyBackupIsNoGoodNews()
{
    QByteArray hollow = smallDump;
    const qsizetype rows = hollow.indexOf("FROM stdin;\n") + 12;
    hollow.remove(rows, hollow.indexOf("\\.\n") - rows);
    const QString file = m_ctl.write(u"hollow.sql"_s, hollow);
    const Answer text = m_ctl.run({u"inspect"_s, file});
    QVERIFY2(text.code == 1, text.all());
    QVERIFY2(text.out.contains("warning: it holds no rows: its one table is empty\n"), text.all());
    const Answer json = m_ctl.run({u"inspect"_s, file, u"--json"_s});
    QCOMPARE(json.json()["verdict"_L1].toString(), u"complete"_s);
    QVERIFY(json.json()["isEmpty"_L1].toBool());
    // Whoever restores it is told before he is asked.
    const Answer restore =
        m_ctl.run({u"restore"_s, file, u"--target"_s, u"host=127.0.0.1 port=1 dbname=x user=y"_s});
    QVERIFY2(restore.err.contains("warning: the backup holds no rows"), restore.all());
}

void TestCtlInspect::dangersAreWarnedOf()
{
    const QByteArray risky = QByteArray(smallDump).replace(
        "COPY public", "CREATE FUNCTION public.f() RETURNS void LANGUAGE sql SECURITY DEFINER AS "
                       "'SELECT';\n\nCOPY public");
    const QString file = m_ctl.write(u"risky.sql"_s, risky);
    const Answer json = m_ctl.run({u"inspect"_s, file, u"--json"_s});
    QCOMPARE(json.code, 0);
    QCOMPARE(json.json()["warnings"_L1].toArray().size(), 1);
    const Answer text = m_ctl.run({u"inspect"_s, file});
    QVERIFY2(text.out.contains("warning: "), text.all());
    QVERIFY2(text.out.contains("SECURITY DEFINER"), text.all());
}

void TestCtlInspect::progressIsLinesOfJson()
{
    QByteArray rows;
    for (int i = 0; i < 400'000; ++i)
        rows += QByteArray::number(i) + '\n';
    const QByteArray large = QByteArray(smallDump).replace("1\n2\n3\n", rows);
    const Answer answer = m_ctl.run({u"inspect"_s, m_ctl.write(u"large.sql"_s, large), u"--json"_s,
                                     u"--progress"_s, u"json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["tables"_L1][0]["rows"_L1].toInteger(), 400'000);
    qint64 last = 0;
    int lines = 0;
    for (const QByteArray &line : answer.err.split('\n')) {
        if (line.isEmpty())
            continue;
        const QJsonObject at = QJsonDocument::fromJson(line).object();
        QVERIFY2(at["done"_L1].toInteger() >= last, line.constData()); // never backwards
        last = at["done"_L1].toInteger();
        QCOMPARE(at["total"_L1].toInteger(), large.size());
        QVERIFY(last <= large.size());
        QVERIFY(!at["phase"_L1].toString().isEmpty());
        ++lines;
    }
    QVERIFY2(lines >= 2, answer.err.constData());
}

void TestCtlInspect::oddNamesOfFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("spaces and quotes") << u"it's the \"last\" one.sql"_s;
    QTest::newRow("another script") << u"バックアップ.sql"_s;
    QTest::newRow("no ending") << u"backup"_s;
    QTest::newRow("a lying ending") << u"picture.png"_s;
}

void TestCtlInspect::oddNamesOfFiles()
{
    QFETCH(QString, name);
    const Answer answer = m_ctl.run({u"inspect"_s, m_ctl.write(name, smallDump), u"--json"_s});
    QVERIFY2(answer.code == 0, answer.all());
    const Answer cut =
        m_ctl.run({u"inspect"_s, m_ctl.write(name, smallDump.chopped(60)), u"--json"_s});
    QVERIFY2(cut.json()["problem"_L1]["subject"_L1].toString().endsWith(name), cut.all());
}

void TestCtlInspect::whatCannotBeReadAtAll()
{
    const Answer missing = m_ctl.run({u"inspect"_s, m_ctl.path(u"nothing.sql"_s), u"--json"_s});
    QCOMPARE(missing.code, 2);
    QCOMPARE(missing.error()["kind"_L1].toString(), u"not-found"_s);
    const QString secret = m_ctl.write(u"locked.sql"_s, smallDump);
    QVERIFY(QFile::setPermissions(secret, {}));
    const Answer locked = m_ctl.run({u"inspect"_s, secret, u"--json"_s});
    QVERIFY(QFile::setPermissions(secret, QFile::ReadOwner | QFile::WriteOwner));
    QCOMPARE(locked.code, 2);
    QCOMPARE(locked.error()["kind"_L1].toString(), u"denied"_s);
    QVERIFY(QDir(m_ctl.path({})).mkpath(u"folder"_s));
    const Answer folder = m_ctl.run({u"inspect"_s, m_ctl.path(u"folder"_s), u"--json"_s});
    QCOMPARE(folder.code, 2);
    QVERIFY2(folder.out.contains("a folder without a dump in it"), folder.all());
}

void TestCtlInspect::theFileStaysAsItWas()
{
    const QByteArray bytes = gzipped(twoTables);
    const QString file = m_ctl.write(u"precious.sql.gz"_s, bytes);
    QVERIFY(QFile::setPermissions(file, QFile::ReadOwner));
    const QDateTime before = QFileInfo(file).lastModified();
    QCOMPARE(m_ctl.run({u"inspect"_s, file}).code, 0);
    QCOMPARE(QFileInfo(file).lastModified(), before);
    QCOMPARE(readWholeFile(file, 1 << 20).value(), bytes);
}

MAYDAY_TEST(TestCtlInspect);
#include "tst_ctlinspect.moc"
