// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backup/wrappedfixture.h"
#include "app/ctl/ctlfixture.h"
#include "support/testmain.h"

#include <QDir>

#include <chrono>
#include <filesystem>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// Wrapped backups through the program: verdicts in JSON and in words, and the number it ends with.
class TestCtlWrapped : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWholeOneIsTold_data();
    void aWholeOneIsTold();
    void theTextSaysWhereItWas();
    void aBadOneIsTold_data();
    void aBadOneIsTold();
    void itIsRestored_data();
    void itIsRestored();
    void aTableIsCopied();
    void progressNamesTheUnpacking();
    void whatAKillLeftGoesAtTheNextStart();

private:
    [[nodiscard]] Answer run(const QStringList &arguments)
    {
        return m_ctl.run(arguments + QStringList{u"--json"_s});
    }
    void wholeOnes();
    [[nodiscard]] QByteArray archive();

    Ctl m_ctl;
    Scratch m_scratch;
};

/// A pg_dump -Fc of the same table.
QByteArray TestCtlWrapped::archive()
{
    static QByteArray bytes;
    if (bytes.isEmpty()) {
        const QString from = m_ctl.liveDatabase(u"dumped"_s);
        m_ctl.server().execute(u"dumped"_s, "TRUNCATE products; INSERT INTO products VALUES (1), "
                                            "(2), (3)");
        const DumpFiles files;
        bytes =
            DumpFiles::bytesOf(files.dumped(m_ctl.server(), u"pg_dump"_s, u"dumped"_s, {u"-Fc"_s}));
    }
    return bytes;
}

void TestCtlWrapped::wholeOnes()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("format");
    const PackedFiles text{{.name = u"shop.sql"_s, .bytes = smallDump}};
    const PackedFiles custom{{.name = u"shop.dump"_s, .bytes = archive()}};
    const auto row = [](const QString &name, const QByteArray &bytes, const QString &format) {
        QTest::newRow(qPrintable(name)) << name << bytes << format;
    };
    row(u"a.zip"_s, wrapped(text, u"zip"_s), u"zip/plain"_s);
    row(u"a.7z"_s, wrapped(text, u"7z"_s), u"7z/plain"_s);
    row(u"a.tar"_s, wrapped(text, u"tar"_s), u"tar/plain"_s);
    row(u"a.tgz"_s, wrapped(custom, u"tar.gz"_s), u"tar.gz/custom"_s);
    row(u"a.txz"_s, wrapped(custom, u"tar.xz"_s), u"tar.xz/custom"_s);
    row(u"a.tbz2"_s, wrapped(text, u"tar.bz2"_s), u"tar.bz2/plain"_s);
    row(u"a.tar.zst"_s, wrapped(custom, u"tar.zst"_s), u"tar.zst/custom"_s);
    row(u"a.dump.gz"_s, packed(archive(), u"gz"_s), u"gz/custom"_s);
    row(u"a.sql.gz.gz"_s, packed(packed(smallDump, u"gz"_s), u"gz"_s), u"gz/plain.gz"_s);
}

void TestCtlWrapped::aWholeOneIsTold_data()
{
    wholeOnes();
}

void TestCtlWrapped::aWholeOneIsTold()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, format);
    const Answer answer = run({u"inspect"_s, m_ctl.write(name, bytes)});
    QVERIFY2(answer.code == 0, answer.all());
    const QJsonObject json = answer.json();
    QCOMPARE(json["verdict"_L1].toString(), u"complete"_s);
    QCOMPARE(json["format"_L1].toString(), format);
    QCOMPARE(json["fileBytes"_L1].toInteger(), bytes.size());
    QCOMPARE(json["tables"_L1][0]["name"_L1].toString(), u"products"_s);
    QCOMPARE(json["tables"_L1][0]["rows"_L1].toInteger(), 3);
    QVERIFY(!json.contains("problem"_L1));
    QVERIFY(m_scratch.everything().isEmpty());
}

void TestCtlWrapped::theTextSaysWhereItWas()
{
    const QByteArray zip = zipOf(
        {{.name = u"notes.txt"_s, .bytes = "milk\n"}, {.name = u"shop.sql"_s, .bytes = smallDump}});
    const Answer answer = m_ctl.run({u"inspect"_s, m_ctl.write(u"text.zip"_s, zip)});
    QCOMPARE(answer.code, 0);
    QVERIFY2(answer.out.startsWith("complete: zip/plain, PostgreSQL 17.11, pg_dump 17.11\n"),
             answer.all());
    QVERIFY2(answer.out.contains("warning: beside shop.sql there are 1 other files in this zip"),
             answer.all());
    QVERIFY2(answer.out.contains("notes.txt"), answer.all());
}

void TestCtlWrapped::aBadOneIsTold_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("verdict"); ///< empty: it cannot be read, so nothing is known
    QTest::addColumn<QString>("adviceKey");
    QTest::addColumn<QByteArray>("words");
    const PackedFiles text{{.name = u"shop.sql"_s, .bytes = smallDump}};
    const QString again = u"download-again"_s;
    const QString first = u"unpack-first"_s;
    QTest::newRow("cut zip") << zipOf(text).chopped(30) << u"truncated"_s << again
                             << QByteArray("the zip is cut off");
    QTest::newRow("cut tar.gz") << wrapped(text, u"tar.gz"_s).chopped(30) << u"truncated"_s << again
                                << QByteArray("cut off");
    QByteArray wrong = zipOf(text, false);
    wrong.replace("CREATE TABLE", "CREATE TABLX");
    QTest::newRow("wrong sum") << wrong << u"damaged"_s << again << QByteArray("checksum");
    QTest::newRow("encrypted") << wrappedSample(u"aes.zip"_s) << QString() << first
                               << QByteArray("it is encrypted");
    QTest::newRow("Deflate64") << wrappedSample(u"deflate64.zip"_s) << QString() << first
                               << QByteArray("Deflate64");
    QTest::newRow("PPMd") << wrappedSample(u"ppmd.7z"_s) << QString() << first
                          << QByteArray("PPMd");
    QTest::newRow("two in it") << zipOf({{.name = u"monday.sql"_s, .bytes = smallDump},
                                         {.name = u"tuesday.sql"_s, .bytes = smallDump}})
                               << QString() << first
                               << QByteArray("choose one of: monday.sql, tuesday.sql");
    QTest::newRow("none in it") << zipOf({{.name = u"cat.png"_s, .bytes = "\x89PNG\r\n\x1a\n"}})
                                << u"not-a-dump"_s << u"make-backup-with-pg-dump"_s
                                << QByteArray("there is: cat.png (a PNG picture)");
}

void TestCtlWrapped::aBadOneIsTold()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, verdict);
    QFETCH(QString, adviceKey);
    QFETCH(QByteArray, words);
    const QString file = m_ctl.write(u"backup.zip"_s, bytes);
    const Answer answer = run({u"inspect"_s, file});
    QVERIFY2(answer.code == 2, answer.all());
    const QJsonObject problem =
        verdict.isEmpty() ? answer.error() : answer.json()["problem"_L1].toObject();
    QCOMPARE(answer.json()["verdict"_L1].toString(), verdict);
    QCOMPARE(problem["adviceKey"_L1].toString(), adviceKey);
    QCOMPARE(problem["subject"_L1].toString(), file);
    QVERIFY2(problem["detail"_L1].toString().toUtf8().contains(words), answer.all());
    QCOMPARE(problem["kind"_L1].toString(),
             adviceKey == "download-again"_L1 ? u"corrupt"_s : u"unsupported"_s);
    // The words say what to do, too.
    const Answer text = m_ctl.run({u"inspect"_s, file});
    QVERIFY2((text.out + text.err).contains("What to do: "), text.all());
    // And it never comes near a server.
    const Answer restored = run({u"restore"_s, file, u"--yes"_s, u"--target"_s,
                                 u"host=127.0.0.1 port=1 dbname=x user=y"_s});
    QCOMPARE(restored.code, 2);
    QCOMPARE(restored.json()["verdict"_L1].toString(), u"not-restored"_s);
    QVERIFY2(restored.error()["detail"_L1].toString().toUtf8().contains(words), restored.all());
    QVERIFY(m_scratch.everything().isEmpty());
}

void TestCtlWrapped::itIsRestored_data()
{
    wholeOnes();
}

void TestCtlWrapped::itIsRestored()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    static int number = 0;
    const QString database = u"restored%1"_s.arg(++number);
    const QString target = m_ctl.liveDatabase(database);
    const Answer answer =
        run({u"restore"_s, m_ctl.write(name, bytes), u"--target"_s, target, u"--yes"_s});
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(answer.json()["verdict"_L1].toString(), u"proven"_s);
    QCOMPARE(answer.json()["tables"_L1][0]["rowsAfter"_L1].toInteger(), 3);
    QCOMPARE(m_ctl.products(database), u"1 2 3"_s);
    QVERIFY(m_scratch.everything().isEmpty());
}

void TestCtlWrapped::aTableIsCopied()
{
    const QString target = m_ctl.liveDatabase(u"copied"_s);
    const QString file =
        m_ctl.write(u"copy.7z"_s, sevenZipOf({{.name = u"shop.dump"_s, .bytes = archive()}}));
    const Answer answer =
        run({u"copy"_s, file, u"--target"_s, target, u"--table"_s, u"products"_s});
    QVERIFY2(answer.code == 0, answer.all());
    QCOMPARE(m_ctl.products(u"copied"_s), u"99"_s);
    QCOMPARE(m_ctl.keptSchemas(u"copied"_s), u"1"_s);
}

void TestCtlWrapped::progressNamesTheUnpacking()
{
    const QString file = m_ctl.write(
        u"progress.tgz"_s, wrapped({{.name = u"shop.dump"_s, .bytes = archive()}}, u"tar.gz"_s));
    const Answer answer = run({u"inspect"_s, file, u"--progress"_s, u"json"_s});
    QCOMPARE(answer.code, 0);
    QStringList phases;
    for (const QByteArray &line : answer.err.split('\n')) {
        if (line.isEmpty())
            continue;
        const QJsonObject at = QJsonDocument::fromJson(line).object();
        QVERIFY2(at["done"_L1].toInteger() <= at["total"_L1].toInteger(), line.constData());
        if (!phases.contains(at["phase"_L1].toString()))
            phases.append(at["phase"_L1].toString());
    }
    QCOMPARE(phases, (QStringList{u"look inside"_s, u"unpack"_s, u"read"_s}));
}

void TestCtlWrapped::whatAKillLeftGoesAtTheNextStart()
{
    const QString folder = m_scratch.path() + u"/mayday-unpacked-before"_s;
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(QFile(folder + u"/archive"_s).open(QIODevice::WriteOnly));
    std::filesystem::last_write_time(folder.toStdString(),
                                     std::filesystem::file_time_type::clock::now() -
                                         std::chrono::hours(2));
    const Answer answer = run({u"inspect"_s, m_ctl.write(u"bare.sql"_s, smallDump)});
    QCOMPARE(answer.code, 0);
    QVERIFY2(m_scratch.everything().isEmpty(), qPrintable(m_scratch.everything().join(u' ')));
}

MAYDAY_TEST(TestCtlWrapped);
#include "tst_ctlwrapped.moc"
