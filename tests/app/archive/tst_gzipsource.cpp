// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/archive/readwhole.h"
#include "archive/bytesource.h"
#include "archive/gzipsource.h"
#include "core/atomicfile.h"
#include "support/gzipbytes.h"
#include "support/testmain.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::archive;
using namespace mayday::archive::test;
using namespace Qt::StringLiterals;
using tests::gzipped;

namespace {

Outcome inflated(const QByteArray &file, qsizetype portion = 1 << 20, size_t bufferSize = 1000)
{
    GzipSource source(std::make_unique<MemorySource>(file, portion), u"x.gz"_s);
    return readAll(source, bufferSize);
}

QByteArray manyLines(int lines)
{
    QByteArray text;
    for (int i = 0; i < lines; ++i)
        text.append("line " + QByteArray::number(i * 7919 % 104729) + " of the text\n");
    return text;
}

} // namespace

class TestGzipSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesTheInside_data();
    void givesTheInside();
    void joinsMembers();
    void aCutIsNeverWhole();
    void everyWrongByteOfTheTrailerIsFound();
    void aWrongByteInsideIsFound();
    void whatIsBehindIsTold();
    void zerosBehindArePadding();
    void failuresOfTheDiskComeOut();
    void failsAgainTheSame();
    void opensByContent_data();
    void opensByContent();
    void otherStreamsJoin_data();
    void otherStreamsJoin();
    void refusesWhatIsNoFile();
};

void TestGzipSource::givesTheInside_data()
{
    QTest::addColumn<int>("lines");
    QTest::addColumn<int>("portion");
    QTest::addColumn<int>("buffer");
    QTest::newRow("one byte at a time") << 50 << 1 << 1;
    QTest::newRow("small portions") << 2000 << 7 << 333;
    QTest::newRow("large buffer") << 50000 << (1 << 20) << (1 << 22);
    QTest::newRow("nothing inside") << 0 << 100 << 100;
}

void TestGzipSource::givesTheInside()
{
    QFETCH(int, lines);
    QFETCH(int, portion);
    QFETCH(int, buffer);
    const QByteArray text = manyLines(lines);
    const QByteArray file = gzipped(text);
    const Outcome outcome = inflated(file, portion, static_cast<size_t>(buffer));
    QVERIFY2(!outcome.error, qPrintable(outcome.error ? describe(*outcome.error) : QString()));
    QCOMPARE(outcome.bytes, text);
    QCOMPARE(outcome.consumed, file.size());
    QVERIFY(outcome.remarks.isEmpty());
}

void TestGzipSource::joinsMembers()
{
    const QByteArray file = gzipped("one\n") + gzipped("") + gzipped("two\n");
    for (const qsizetype portion : {1, 3, 100}) {
        const Outcome outcome = inflated(file, portion);
        QVERIFY(!outcome.error);
        QCOMPARE(outcome.bytes, QByteArray("one\ntwo\n"));
    }
    const Outcome cut = inflated(file.chopped(1));
    QVERIFY(cut.error && cut.endedEarly);
}

void TestGzipSource::aCutIsNeverWhole()
{
    const QByteArray text = manyLines(300);
    const QByteArray file = gzipped(text);
    for (qsizetype size = 0; size < file.size(); ++size) {
        const Outcome outcome = inflated(file.first(size));
        QVERIFY2(outcome.error, qPrintable(u"cut at %1"_s.arg(size)));
        QCOMPARE(outcome.error->kind, ErrorKind::Corrupt);
        QVERIFY(outcome.endedEarly);
        QVERIFY(outcome.error->detail.contains(u"byte %1"_s.arg(outcome.consumed)));
        QVERIFY(text.startsWith(outcome.bytes));
    }
}

void TestGzipSource::everyWrongByteOfTheTrailerIsFound()
{
    const QByteArray file = gzipped(manyLines(100));
    for (qsizetype i = file.size() - 8; i < file.size(); ++i) {
        QByteArray bad = file;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        const Outcome outcome = inflated(bad);
        QVERIFY(outcome.error);
        QVERIFY(!outcome.endedEarly);
        QVERIFY(outcome.error->detail.contains(u"damaged near byte"_s));
    }
}

void TestGzipSource::aWrongByteInsideIsFound()
{
    const QByteArray file = gzipped(manyLines(200));
    for (qsizetype i = 10; i < file.size() - 8; i += 3) {
        QByteArray bad = file;
        bad[i] = static_cast<char>(bad[i] ^ 0x20);
        QVERIFY2(inflated(bad).error, qPrintable(u"byte %1"_s.arg(i)));
    }
}

void TestGzipSource::whatIsBehindIsTold()
{
    const Outcome outcome = inflated(gzipped("one\n") + "garbage");
    QVERIFY(!outcome.error);
    QCOMPARE(outcome.bytes, QByteArray("one\n"));
    QCOMPARE(outcome.remarks.size(), 1);
    QVERIFY(outcome.remarks.front().contains(u"7 bytes"_s));
}

void TestGzipSource::zerosBehindArePadding()
{
    const Outcome outcome = inflated(gzipped("one\n") + QByteArray(5000, '\0'), 100);
    QVERIFY(!outcome.error);
    QVERIFY(outcome.remarks.isEmpty());
}

void TestGzipSource::failuresOfTheDiskComeOut()
{
    const QByteArray file = gzipped(manyLines(300));
    for (qsizetype at = 0; at < file.size(); ++at) {
        GzipSource source(std::make_unique<MemorySource>(file, 64, at), u"x.gz"_s);
        const Outcome outcome = readAll(source);
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->kind, ErrorKind::Unreachable);
    }
}

void TestGzipSource::failsAgainTheSame()
{
    GzipSource source(std::make_unique<MemorySource>(gzipped("one\n").chopped(2)), u"x.gz"_s);
    const Outcome first = readAll(source);
    const Outcome again = readAll(source);
    QVERIFY(first.error);
    QCOMPARE(again.error, first.error);
}

void TestGzipSource::opensByContent_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("format");
    QTest::newRow("plain") << QByteArray("text\n") << u"plain"_s;
    QTest::newRow("gz") << gzipped("text\n") << u"gz"_s;
    QTest::newRow("bz2") << QByteArray::fromBase64(
                                "QlpoOTFBWSZTWcBv4GUAAAHBgAAQAgAEQCAAIYyDNNCI8XckU4UJDAb+BlA=")
                         << u"bz2"_s;
    QTest::newRow("xz") << QByteArray::fromBase64(
                               "/Td6WFoAAATm1rRGAgAhARYAAAB0L+"
                               "WjAQAEdGV4dAoAAAAAHSvSiq8ZTM0AAR0FuC2Arx+2830BAAAAAARZWg==")
                        << u"xz"_s;
    QTest::newRow("zst") << QByteArray::fromHex("28b52ffd2005290000746578740a") << u"zst"_s;
}

void TestGzipSource::opensByContent()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, format);
    QTemporaryDir folder;
    const QString path = folder.filePath(u"backup.bin"_s);
    QFile out(path);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(file);
    out.close();
    const auto source = openSource(path);
    QVERIFY2(source, qPrintable(source ? QString() : describe(source.error())));
    QCOMPARE((*source)->format(), format);
    QCOMPARE((*source)->total(), file.size());
    QCOMPARE(readAll(**source, 2).bytes, QByteArray("text\n"));
}

void TestGzipSource::otherStreamsJoin_data()
{
    opensByContent_data();
}

void TestGzipSource::otherStreamsJoin()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, format);
    if (format == "plain"_L1)
        return;
    QTemporaryDir folder;
    const QString path = folder.filePath(u"backup.bin"_s);
    const auto readBack = [&](const QByteArray &bytes) {
        if (!writeFileAtomically(path, bytes))
            qFatal("the test's own file cannot be written");
        return readAll(*openSource(path).value(), 3);
    };
    const Outcome two = readBack(file + file);
    QVERIFY(!two.error);
    QCOMPARE(two.bytes, QByteArray("text\ntext\n"));
    QVERIFY(!readBack(file + QByteArray(8, '\0')).error);
    for (qsizetype size = 6; size < file.size(); ++size) {
        const Outcome cut = readBack(file.first(size));
        QVERIFY2(cut.error && cut.endedEarly, qPrintable(u"cut at %1"_s.arg(size)));
        QVERIFY(readBack(file + file.first(size)).error);
    }
}

void TestGzipSource::refusesWhatIsNoFile()
{
    QTemporaryDir folder;
    const auto missing = openSource(folder.filePath(u"none"_s));
    QVERIFY(!missing);
    QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    const auto isFolder = openSource(folder.path());
    QVERIFY(!isFolder);
    QCOMPARE(isFolder.error().kind, ErrorKind::Refused);
}

MAYDAY_TEST(TestGzipSource);
#include "tst_gzipsource.moc"
