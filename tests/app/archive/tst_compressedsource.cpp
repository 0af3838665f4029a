// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/archive/readwhole.h"
#include "archive/bytesource.h"
#include "archive/compressedsource.h"
#include "core/atomicfile.h"
#include "support/containers.h"
#include "support/testmain.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::archive;
using namespace mayday::archive::test;
using namespace Qt::StringLiterals;

namespace {

Outcome unpacked(CompressedSource::Kind kind, const QByteArray &file, qsizetype portion = 1 << 20,
                 size_t bufferSize = 4096, qsizetype failAt = -1)
{
    auto source = CompressedSource::open(std::make_unique<MemorySource>(file, portion, failAt),
                                         kind, u"backup.sql"_s);
    if (!source)
        qFatal("%s", qPrintable(describe(source.error())));
    return readAll(**source, bufferSize);
}

QString why(const Outcome &outcome)
{
    return outcome.error ? describe(*outcome.error) : QString();
}

/// A zstd frame without compression, as the format's paper describes it: header, one raw block.
QByteArray zstdFrame(const QByteArray &text)
{
    QByteArray frame = QByteArray::fromHex("28b52ffd20");
    frame.append(static_cast<char>(text.size()));
    const auto header = static_cast<quint32>(text.size()) << 3 | 1U;
    for (int shift = 0; shift < 24; shift += 8)
        frame.append(static_cast<char>(header >> shift & 0xff));
    return frame + text;
}

/// A frame that readers skip, with any bytes in it.
QByteArray skippableFrame(const QByteArray &bytes)
{
    QByteArray frame = QByteArray::fromHex("502a4d18");
    for (int shift = 0; shift < 32; shift += 8)
        frame.append(static_cast<char>(static_cast<quint32>(bytes.size()) >> shift & 0xff));
    return frame + bytes;
}

const QByteArray someText = "line 1\nline 2\nline 3\n";

/// Where the one byte stands in what KArchive writes: behind the stream's header of 12 bytes come
/// the size, the flags, and the number of the filter with the size of what is said of it.
constexpr qsizetype xzDictionaryAt = 16;

/// The text, whole, and said to need so much memory: 30 are 128 MB, 31 are 192 MB.
QByteArray xzWithDictionary(int code)
{
    QByteArray file = tests::packed(someText, u"xz"_s);
    file[xzDictionaryAt] = static_cast<char>(code);
    const qsizetype size = 4 * (static_cast<uchar>(file[12]) + 1);
    const quint32 sum = tests::crc32Of(file.sliced(12, size - 4));
    for (int i = 0; i < 4; ++i)
        file[12 + size - 4 + i] = static_cast<char>(sum >> (8 * i) & 0xff);
    return file;
}

/// One raw block of four bytes behind a window: 0x88 are 128 MB, 0x90 are 256 MB.
QByteArray zstdWithWindow(int window)
{
    return QByteArray::fromHex("28b52ffd00") + static_cast<char>(window) +
           QByteArray::fromHex("2100006162630a");
}

} // namespace

Q_DECLARE_METATYPE(CompressedSource::Kind)

class TestCompressedSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesTheInside_data();
    void givesTheInside();
    void aCutIsNeverWhole_data();
    void aCutIsNeverWhole();
    void aWrongByteIsNeverTakenForTheText_data();
    void aWrongByteIsNeverTakenForTheText();
    void streamsJoin_data();
    void streamsJoin();
    void rubbishBehindIsNotSilent_data();
    void rubbishBehindIsNotSilent();
    void failuresOfTheDiskComeOut_data();
    void failuresOfTheDiskComeOut();
    void failsAgainTheSame();
    void framesToSkipAreSkipped();
    void aBombIsReadBlockByBlock();
    void whatTakesMuchMemoryIsNotCalledDamaged_data();
    void whatTakesMuchMemoryIsNotCalledDamaged();
    void theLargestThatFitsIsRead();

private:
    void formats();
};

/// One small file of each format, and what is in it.
void TestCompressedSource::formats()
{
    QTest::addColumn<CompressedSource::Kind>("kind");
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("inside");
    const auto sample = [](const QString &name) {
        return readWholeFile(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/dumps/") + name, 1 << 20)
            .value();
    };
    const QByteArray tiny = "-- PostgreSQL database dump\n";
    using Kind = CompressedSource::Kind;
    QTest::newRow("bz2") << Kind::Bzip2 << sample(u"tiny.sql.bz2"_s) << tiny;
    QTest::newRow("xz") << Kind::Xz << sample(u"tiny.sql.xz"_s) << tiny;
    QTest::newRow("zst") << Kind::Zstd << zstdFrame(tiny + someText) << tiny;
}

void TestCompressedSource::givesTheInside_data()
{
    formats();
}

void TestCompressedSource::givesTheInside()
{
    QFETCH(CompressedSource::Kind, kind);
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, inside);
    const Outcome whole = unpacked(kind, file);
    QVERIFY2(whole.bytes.contains(inside), whole.bytes.constData());
    for (const qsizetype portion : {1, 2, 7, 100}) {
        for (const size_t buffer : {1, 3, 50, 100000}) {
            const Outcome outcome = unpacked(kind, file, portion, buffer);
            QVERIFY2(!outcome.error, qPrintable(why(outcome)));
            QCOMPARE(outcome.bytes, whole.bytes);
            QCOMPARE(outcome.consumed, file.size());
            QVERIFY(!outcome.wentBack);
        }
    }
}

void TestCompressedSource::aCutIsNeverWhole_data()
{
    formats();
}

void TestCompressedSource::aCutIsNeverWhole()
{
    QFETCH(CompressedSource::Kind, kind);
    QFETCH(QByteArray, file);
    const QByteArray whole = unpacked(kind, file).bytes;
    for (qsizetype size = 1; size < file.size(); ++size) {
        for (const size_t buffer : {7, 4096}) {
            const Outcome outcome = unpacked(kind, file.first(size), 1 << 20, buffer);
            QVERIFY2(outcome.error, qPrintable(u"cut at %1"_s.arg(size)));
            QCOMPARE(outcome.error->kind, ErrorKind::Corrupt);
            QVERIFY2(outcome.endedEarly, qPrintable(why(outcome)));
            QCOMPARE(outcome.error->detail,
                     u"the compressed file is cut off at byte %1"_s.arg(size));
            QCOMPARE(outcome.error->subject, u"backup.sql"_s);
            QCOMPARE(outcome.error->advice, Advice::DownloadAgain);
            QVERIFY(whole.startsWith(outcome.bytes));
        }
    }
}

void TestCompressedSource::aWrongByteIsNeverTakenForTheText_data()
{
    formats();
}

/// A file without a checksum may hide a wrong letter; it must not hide missing or added bytes, and
/// must not hang.
void TestCompressedSource::aWrongByteIsNeverTakenForTheText()
{
    QFETCH(CompressedSource::Kind, kind);
    QFETCH(QByteArray, file);
    const QByteArray whole = unpacked(kind, file).bytes;
    const bool hasChecksum = kind != CompressedSource::Kind::Zstd;
    for (qsizetype i = 0; i < file.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            QByteArray bad = file;
            bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
            const Outcome outcome = unpacked(kind, bad);
            QVERIFY2(outcome.error || outcome.bytes == whole || !hasChecksum,
                     qPrintable(u"bit %1 of byte %2"_s.arg(bit).arg(i)));
            QVERIFY(outcome.error || outcome.bytes.size() == whole.size());
        }
    }
}

void TestCompressedSource::streamsJoin_data()
{
    formats();
}

void TestCompressedSource::streamsJoin()
{
    QFETCH(CompressedSource::Kind, kind);
    QFETCH(QByteArray, file);
    const QByteArray whole = unpacked(kind, file).bytes;
    const QByteArray three = file + file + QByteArray(4, '\0') + file + QByteArray(300, '\0');
    for (const qsizetype portion : {1, 5, 1 << 20}) {
        const Outcome outcome = unpacked(kind, three, portion, 11);
        QVERIFY2(!outcome.error, qPrintable(why(outcome)));
        QCOMPARE(outcome.bytes, whole + whole + whole);
        QCOMPARE(outcome.consumed, three.size());
    }
    const Outcome cut = unpacked(kind, three.first(file.size() * 2 - 1));
    QVERIFY(cut.error && cut.endedEarly);
    QVERIFY(cut.bytes.startsWith(whole));
}

void TestCompressedSource::rubbishBehindIsNotSilent_data()
{
    formats();
}

void TestCompressedSource::rubbishBehindIsNotSilent()
{
    QFETCH(CompressedSource::Kind, kind);
    QFETCH(QByteArray, file);
    const QByteArray whole = unpacked(kind, file).bytes;
    const Outcome outcome = unpacked(kind, file + "0123456789 downloaded twice, and not whole");
    QVERIFY(outcome.error);
    QCOMPARE(outcome.error->kind, ErrorKind::Corrupt);
    QVERIFY2(outcome.error->detail.startsWith(u"the compressed file is damaged near byte"_s),
             qPrintable(why(outcome)));
    QCOMPARE(outcome.bytes, whole); // all that was good came out before
}

void TestCompressedSource::failuresOfTheDiskComeOut_data()
{
    formats();
}

void TestCompressedSource::failuresOfTheDiskComeOut()
{
    QFETCH(CompressedSource::Kind, kind);
    QFETCH(QByteArray, file);
    const QByteArray whole = unpacked(kind, file).bytes;
    for (qsizetype at = 0; at <= file.size(); ++at) {
        const Outcome outcome = unpacked(kind, file, 16, 4096, at);
        QVERIFY2(outcome.error, qPrintable(u"disk fails at %1"_s.arg(at)));
        QCOMPARE(outcome.error->kind, ErrorKind::Unreachable);
        QVERIFY(!outcome.endedEarly); // the file may be whole
        QVERIFY(whole.startsWith(outcome.bytes));
    }
}

void TestCompressedSource::failsAgainTheSame()
{
    auto source =
        CompressedSource::open(std::make_unique<MemorySource>(zstdFrame(someText).chopped(1)),
                               CompressedSource::Kind::Zstd, u"x"_s);
    QVERIFY(source);
    const Outcome first = readAll(**source, 8);
    QVERIFY(first.error);
    QCOMPARE(readAll(**source, 8).error, first.error);
}

/// pzstd writes one in front of each frame, with sizes for its threads.
void TestCompressedSource::framesToSkipAreSkipped()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"backup.sql.zst"_s);
    const QByteArray skipped = skippableFrame("12345678");
    QVERIFY(writeFileAtomically(path, skipped + zstdFrame("one\n") + skipped + zstdFrame("two\n")));
    const auto source = openSource(path);
    QVERIFY(source);
    QCOMPARE((*source)->format(), u"zst"_s);
    const Outcome outcome = readAll(**source, 3);
    QVERIFY2(!outcome.error, qPrintable(why(outcome)));
    QCOMPARE(outcome.bytes, QByteArray("one\ntwo\n"));
}

/// 20 bytes that become 128 MB: nobody may ask for all of them at once.
void TestCompressedSource::aBombIsReadBlockByBlock()
{
    // Window of 128 KB, then run-length blocks of 128 KB of "x" each.
    QByteArray bomb = QByteArray::fromHex("28b52ffd0038");
    constexpr int blocks = 1000;
    for (int i = 0; i < blocks; ++i) {
        const quint32 header = (128U * 1024U) << 3 | 1U << 1 | (i + 1 == blocks ? 1U : 0U);
        for (int shift = 0; shift < 24; shift += 8)
            bomb.append(static_cast<char>(header >> shift & 0xff));
        bomb.append('x');
    }
    auto source = CompressedSource::open(std::make_unique<MemorySource>(bomb),
                                         CompressedSource::Kind::Zstd, u"x"_s);
    QVERIFY(source);
    std::vector<char> buffer(64 * 1024);
    qint64 size = 0;
    bool onlyX = true;
    for (auto got = (*source)->read(buffer);; got = (*source)->read(buffer)) {
        QVERIFY2(got, qPrintable(got ? QString() : describe(got.error())));
        if (*got == 0)
            break;
        size += *got;
        onlyX = onlyX && buffer.front() == 'x' && buffer[static_cast<size_t>(*got) - 1] == 'x';
    }
    QCOMPARE(size, qint64(blocks) * 128 * 1024);
    QVERIFY(onlyX);
}

void TestCompressedSource::whatTakesMuchMemoryIsNotCalledDamaged_data()
{
    QTest::addColumn<CompressedSource::Kind>("kind");
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("words");
    using Kind = CompressedSource::Kind;
    QTest::newRow("xz, 128 MB") << Kind::Xz << xzWithDictionary(30) << u"takes 128 MB"_s;
    QTest::newRow("xz, 1.5 GB") << Kind::Xz << xzWithDictionary(37) << u"takes 1536 MB"_s;
    QTest::newRow("xz, 4 GB") << Kind::Xz << xzWithDictionary(40) << u"takes 4095 MB"_s;
    QTest::newRow("zst, 256 MB") << Kind::Zstd << zstdWithWindow(0x90) << u"takes 256 MB"_s;
    QTest::newRow("zst, --long=31") << Kind::Zstd << zstdWithWindow(0xa8) << u"--long=31"_s;
    // As zstd writes a file of which it knows the size, and that fits into the window.
    QTest::newRow("zst, in one") << Kind::Zstd
                                 << QByteArray::fromHex("28b52ffda0000000101900006162630a")
                                 << u"takes 256 MB"_s;
    QTest::newRow("zst, behind one to skip")
        << Kind::Zstd << skippableFrame("12345678") + zstdWithWindow(0x90) << u"takes 256 MB"_s;
}

void TestCompressedSource::whatTakesMuchMemoryIsNotCalledDamaged()
{
    QFETCH(CompressedSource::Kind, kind);
    QFETCH(QByteArray, file);
    QFETCH(QString, words);
    for (const qsizetype portion : {1, 9, 1 << 20}) {
        const Outcome outcome = unpacked(kind, file, portion);
        QVERIFY(outcome.error);
        QVERIFY2(outcome.error->kind == ErrorKind::Unsupported, qPrintable(why(outcome)));
        QVERIFY2(outcome.error->detail.contains(words), qPrintable(why(outcome)));
        QCOMPARE(outcome.error->advice, Advice::UnpackFirst);
        QVERIFY(!outcome.endedEarly);
    }
    // A header that is not whole, or not right, is damage.
    const Outcome cut = unpacked(kind, file.first(5));
    QCOMPARE(cut.error->kind, ErrorKind::Corrupt);
    if (kind == CompressedSource::Kind::Xz) {
        QByteArray bad = file;
        bad[xzDictionaryAt + 4] = 'x';
        QCOMPARE(unpacked(kind, bad).error->kind, ErrorKind::Corrupt);
    }
    // The text before it comes out.
    const QByteArray front =
        kind == CompressedSource::Kind::Xz ? xzWithDictionary(20) : zstdFrame(someText);
    const Outcome behind = unpacked(kind, front + file, 100);
    QCOMPARE(behind.bytes, someText);
    QCOMPARE(behind.error->kind, ErrorKind::Unsupported);
}

void TestCompressedSource::theLargestThatFitsIsRead()
{
    const Outcome xz = unpacked(CompressedSource::Kind::Xz, xzWithDictionary(29));
    QVERIFY2(!xz.error, qPrintable(why(xz)));
    QCOMPARE(xz.bytes, someText);
    const Outcome zst = unpacked(CompressedSource::Kind::Zstd, zstdWithWindow(0x88));
    QVERIFY2(!zst.error, qPrintable(why(zst)));
    QCOMPARE(zst.bytes, "abc\n");
}

MAYDAY_TEST(TestCompressedSource);
#include "tst_compressedsource.moc"
