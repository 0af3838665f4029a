// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/headsource.h"
#include "archive/members.h"
#include "core/atomicfile.h"
#include "support/containers.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::archive;
using namespace Qt::StringLiterals;

using tests::PackedFiles;

namespace {

/// All that came out of a container: names with what was in them, until an error.
struct Contents {
    QList<std::pair<QString, QByteArray>> files = {};
    QStringList others = {}; ///< folders, links; with their hindrance
    std::optional<Error> error = std::nullopt;
    bool endedEarly = false;
    QStringList remarks = {};

    [[nodiscard]] QByteArray of(const QString &name) const
    {
        for (const auto &[there, bytes] : files) {
            if (there == name)
                return bytes;
        }
        return {};
    }
    [[nodiscard]] QString why() const { return error ? describe(*error) : QString(); }
};

void takeAll(MemberReader &members, Contents &contents, size_t bufferSize)
{
    std::vector<char> buffer(bufferSize);
    for (;;) {
        const auto more = members.next();
        if (!more)
            contents.error = more.error();
        if (!more || !*more)
            return;
        const Member &member = members.member();
        if (member.kind != Member::Kind::File || !member.hindrance.isEmpty()) {
            contents.others.append(member.name + u": "_s + member.hindrance);
            continue;
        }
        contents.files.emplaceBack(member.name, QByteArray());
        for (;;) {
            const auto got = members.read(buffer);
            if (!got)
                contents.error = got.error();
            if (!got)
                return;
            if (*got == 0)
                break;
            contents.files.last().second.append(buffer.data(), *got);
        }
    }
}

QByteArray sample(const QString &name)
{
    return readWholeFile(QStringLiteral(MAYDAY_SOURCE_DIR "/tests/data/wrapped/") + name, 1 << 20)
        .value();
}

/// Not compressible, so that a compressed file has many bytes to damage.
QByteArray noise(int size)
{
    QByteArray bytes;
    quint32 state = 12345;
    for (int i = 0; i < size; ++i) {
        state = state * 1664525 + 1013904223;
        bytes.append(static_cast<char>(state >> 24));
    }
    return bytes;
}

const PackedFiles twoFiles = {{.name = u"README.txt"_s, .bytes = "made on Friday\n"},
                              {.name = u"dump/"_s},
                              {.name = u"dump/shop.sql"_s, .bytes = noise(700)},
                              {.name = u"dump/empty"_s}};

} // namespace

Q_DECLARE_METATYPE(QByteArray)

/// Containers of KArchive, of 7-Zip and of Info-ZIP, whole, damaged and hostile.
class TestMembers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindGivesItsFiles_data() { kinds(); }
    void everyKindGivesItsFiles();
    void filesOfOtherProgramsAreRead_data();
    void filesOfOtherProgramsAreRead();
    void whatCannotBeReadIsNamed_data();
    void whatCannotBeReadIsNamed();
    void noCutIsWhole_data() { kinds(); }
    void noCutIsWhole();
    void noWrongByteIsTakenForTheFile_data();
    void noWrongByteIsTakenForTheFile();
    void aListThatLiesIsNotBelieved_data();
    void aListThatLiesIsNotBelieved();
    void aZipThatUnpacksToMoreThanItSaysStops();
    void longNamesOfTarAreRead_data();
    void longNamesOfTarAreRead();
    void linksAndDevicesAreNoFiles();
    void aTarWithoutItsEndIsCut();
    void bytesBehindAZipAreTold();
    void tooManyMembersAreRefused_data();
    void tooManyMembersAreRefused();
    void oneMemberIsASourceOfAWholeContainer_data() { kinds(); }
    void oneMemberIsASourceOfAWholeContainer();
    void aStopEndsTheReading_data() { kinds(); }
    void aStopEndsTheReading();

private:
    void kinds();
    [[nodiscard]] std::unique_ptr<MemberReader> opened(const QByteArray &bytes, Contents &contents,
                                                       std::stop_token stop = {});
    [[nodiscard]] Contents contentsOf(const QByteArray &bytes, size_t bufferSize = 4096);

    QTemporaryDir m_folder;
};

void TestMembers::kinds()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("zip") << tests::zipOf(twoFiles);
    QTest::newRow("zip, stored") << tests::zipOf(twoFiles, false);
    QTest::newRow("tar") << tests::tarOf(twoFiles);
    QTest::newRow("7z") << tests::sevenZipOf(twoFiles);
}

std::unique_ptr<MemberReader> TestMembers::opened(const QByteArray &bytes, Contents &contents,
                                                  std::stop_token stop)
{
    Reading reading{.subject = u"backup"_s, .stop = std::move(stop)};
    const QString path = m_folder.filePath(u"container"_s);
    if (!writeFileAtomically(path, bytes))
        qFatal("the test's own file cannot be written");
    Result<std::unique_ptr<MemberReader>> members;
    switch (wrappingOf(bytes)) {
    case Wrapping::Zip: members = openZip(path, reading, &contents.endedEarly); break;
    case Wrapping::SevenZip: members = openSevenZip(path, reading, &contents.endedEarly); break;
    case Wrapping::Tar: members = openTar(std::make_unique<BytesSource>(bytes), reading); break;
    case Wrapping::None: members = failure(damagedContainer({}, u"none"_s));
    }
    if (members)
        return *std::move(members);
    contents.error = members.error();
    return {};
}

Contents TestMembers::contentsOf(const QByteArray &bytes, size_t bufferSize)
{
    Contents contents;
    if (const auto members = opened(bytes, contents)) {
        takeAll(*members, contents, bufferSize);
        contents.endedEarly = members->endedEarly();
        contents.remarks = members->remarks();
    }
    return contents;
}

void TestMembers::everyKindGivesItsFiles()
{
    QFETCH(QByteArray, bytes);
    for (const size_t bufferSize : {1, 7, 512, 100000}) {
        const Contents found = contentsOf(bytes, bufferSize);
        QVERIFY2(!found.error, qPrintable(found.why()));
        QCOMPARE(found.files.size(), 3);
        for (const tests::PackedFile &file : twoFiles)
            QCOMPARE(found.of(file.name), file.bytes);
        // KArchive writes no checksums into a 7z.
        QCOMPARE(found.remarks.isEmpty(), wrappingOf(bytes) != Wrapping::SevenZip);
    }
}

void TestMembers::filesOfOtherProgramsAreRead_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("file");
    for (const char *name : {"lzma.7z", "lzma2.7z", "copy.7z", "bzip2.7z", "deflate.7z", "solid.7z",
                             "blocks.7z", "bzip2.zip", "xz.zip", "zip64.zip", "macos.zip"})
        QTest::newRow(name) << QString::fromLatin1(name) << u"shop.sql"_s;
    QTest::newRow("from a pipe") << u"streamed.zip"_s << u"-"_s;
}

void TestMembers::filesOfOtherProgramsAreRead()
{
    QFETCH(QString, name);
    QFETCH(QString, file);
    const Contents found = contentsOf(sample(name));
    QVERIFY2(!found.error, qPrintable(found.why()));
    QCOMPARE(found.of(file), sample(u"shop.sql"_s));
    if (name == "solid.7z"_L1 || name == "blocks.7z"_L1)
        QCOMPARE(found.of(u"README.txt"_s), sample(u"README.txt"_s));
}

void TestMembers::whatCannotBeReadIsNamed_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const QString &words) {
        QTest::newRow(name) << QString::fromLatin1(name) << words;
    };
    row("encrypted.zip", u"it is encrypted"_s);
    row("aes.zip", u"it is encrypted"_s);
    row("encrypted.7z", u"it is encrypted"_s);
    row("encrypted-names.7z", u"it is encrypted"_s);
    row("deflate64.zip", u"Deflate64"_s);
    row("lzma.zip", u"method 14 of zip"_s);
    row("ppmd.7z", u"PPMd"_s);
}

void TestMembers::whatCannotBeReadIsNamed()
{
    QFETCH(QString, name);
    QFETCH(QString, words);
    Contents contents;
    const auto members = opened(sample(name), contents);
    if (!members) { // not even its list
        QCOMPARE(contents.error->kind, ErrorKind::Unsupported);
        QVERIFY2(contents.error->detail.contains(words), qPrintable(contents.why()));
        return;
    }
    QVERIFY(members->next().value_or(false));
    QCOMPARE(members->member().name, u"shop.sql"_s);
    QVERIFY2(members->member().hindrance.contains(words), qPrintable(members->member().hindrance));
    std::vector<char> buffer(100);
    const auto got = members->read(buffer);
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::Unsupported);
    QVERIFY(got.error().detail.contains(words));
}

void TestMembers::noCutIsWhole()
{
    QFETCH(QByteArray, bytes);
    const bool isTar = wrappingOf(bytes) == Wrapping::Tar;
    for (qsizetype size = 8; size < bytes.size(); size += tests::thinnedStep(5)) {
        const Contents found = contentsOf(bytes.first(size));
        // One empty block is an end.
        const bool isAll = isTar && size >= bytes.size() - 512;
        QVERIFY2(found.error.has_value() != isAll,
                 qPrintable(u"cut at %1 of %2"_s.arg(size).arg(bytes.size())));
        if (isAll)
            continue;
        QCOMPARE(found.error->kind, ErrorKind::Corrupt);
        QVERIFY2(found.endedEarly || size < 263, qPrintable(found.why()));
    }
}

void TestMembers::noWrongByteIsTakenForTheFile_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("file");
    QTest::newRow("zip") << tests::zipOf(twoFiles) << u"dump/shop.sql"_s;
    QTest::newRow("zip, stored") << tests::zipOf(twoFiles, false) << u"dump/shop.sql"_s;
    for (const char *name : {"copy.7z", "lzma.7z", "lzma2.7z", "solid.7z", "zip64.zip"})
        QTest::newRow(name) << sample(QString::fromLatin1(name)) << u"shop.sql"_s;
}

/// A name or a time may be another; what is in a file may not.
void TestMembers::noWrongByteIsTakenForTheFile()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, file);
    const QByteArray right = contentsOf(bytes).of(file);
    QVERIFY(!right.isEmpty());
    int noticed = 0;
    for (qsizetype i = 6; i < bytes.size(); i += tests::thinnedStep(5)) {
        QByteArray bad = bytes;
        bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
        const Contents found = contentsOf(bad);
        noticed += found.error ? 1 : 0;
        const QByteArray there = found.of(file);
        QVERIFY2(found.error || there.isEmpty() || there == right, qPrintable(u"byte %1"_s.arg(i)));
    }
    QVERIFY(noticed > right.size() / 8 / tests::thinnedStep(5));
}

void TestMembers::aListThatLiesIsNotBelieved_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"copy.7z", "lzma.7z", "lzma2.7z"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

/// Any byte of the list another, and its checksums made to agree: an attacker can do that. There is
/// no crash, no endless memory, and nothing but the file comes out under its name.
void TestMembers::aListThatLiesIsNotBelieved()
{
    QFETCH(QString, name);
    const QByteArray whole = sample(name);
    const auto putNumber = [](QByteArray &bytes, qsizetype at, quint32 value) {
        for (int i = 0; i < 4; ++i)
            bytes[at + i] = static_cast<char>((value >> (8 * i)) & 0xff);
    };
    const qsizetype begin =
        32 + static_cast<uchar>(whole[12]) + 256 * static_cast<uchar>(whole[13]);
    for (qsizetype at = begin; at < whole.size(); ++at) {
        for (const int value : {0, 1, 0x7f, 0x80, 0xff}) {
            QByteArray bad = whole;
            bad[at] = static_cast<char>(value);
            putNumber(bad, 28, tests::crc32Of(bad.sliced(begin)));
            putNumber(bad, 8, tests::crc32Of(bad.sliced(12, 20)));
            const Contents found = contentsOf(bad);
            const QByteArray there = found.of(u"shop.sql"_s);
            // The checksum of the file itself stands in the list, and may be taken out of it.
            QVERIFY2(found.error || there.isEmpty() || there == sample(u"shop.sql"_s) ||
                         !found.remarks.isEmpty(),
                     qPrintable(u"byte %1 is %2"_s.arg(at).arg(value)));
        }
    }
}

/// 100 KB that become 100 MB, said to be ten bytes.
void TestMembers::aZipThatUnpacksToMoreThanItSaysStops()
{
    const QByteArray inside = qCompress(QByteArray(100'000'000, 'x')).sliced(6).chopped(4);
    Contents contents;
    const auto members =
        opened(tests::zipOfClaims({{.name = "shop.sql", .bytes = inside, .size = 10, .method = 8}}),
               contents);
    QVERIFY2(members, qPrintable(contents.why()));
    takeAll(*members, contents, 4096);
    QVERIFY(contents.error);
    QCOMPARE(contents.error->kind, ErrorKind::Corrupt);
    QVERIFY2(contents.error->detail.contains(u"it should be 10 bytes"_s),
             qPrintable(contents.why()));
    QVERIFY(contents.of(u"shop.sql"_s).size() <= 4096);
}

void TestMembers::longNamesOfTarAreRead_data()
{
    QTest::addColumn<QByteArray>("front");
    const QByteArray name = QByteArray(60, 'f') + '/' + QByteArray(180, 'n') + ".sql";
    const QByteArray path = "path=" + name + '\n';
    const QByteArray note = QByteArray::number(path.size() + 4) + ' ' + path;
    QTest::newRow("GNU") << tests::tarBlockOf("././@LongLink", name.size() + 1, 'L') +
                                tests::padded(name + '\0');
    QTest::newRow("POSIX, 2001") << tests::tarBlockOf("PaxHeaders/n", note.size(), 'x') +
                                        tests::padded(note);
}

void TestMembers::longNamesOfTarAreRead()
{
    QFETCH(QByteArray, front);
    const Contents found = contentsOf(front + tests::tarBlockOf("short", 5) +
                                      tests::padded("12345") + tests::tarBlockOf("./second", 3) +
                                      tests::padded("abc") + QByteArray(1024, '\0'));
    QVERIFY2(!found.error, qPrintable(found.why()));
    QCOMPARE(found.files.size(), 2);
    QCOMPARE(found.files[0].first, QString(60, u'f') + u'/' + QString(180, u'n') + u".sql"_s);
    QCOMPARE(found.files[0].second, "12345");
    QCOMPARE(found.files[1].first, u"second"_s);
}

void TestMembers::linksAndDevicesAreNoFiles()
{
    QByteArray tar;
    for (const char type : QByteArrayView("123456"))
        tar += tests::tarBlockOf(QByteArray("thing") + type, 0, type);
    const Contents inTar = contentsOf(tar + QByteArray(1024, '\0'));
    QVERIFY2(!inTar.error, qPrintable(inTar.why()));
    QCOMPARE(inTar.others.size(), 6);
    QVERIFY(inTar.files.isEmpty());
    const Contents inZip = contentsOf(sample(u"link.zip"_s));
    QVERIFY2(!inZip.error, qPrintable(inZip.why()));
    QCOMPARE(inZip.others.size(), 1);
    QVERIFY(inZip.files.isEmpty());
}

void TestMembers::aTarWithoutItsEndIsCut()
{
    const QByteArray member = tests::tarBlockOf("shop.sql", 5) + tests::padded("12345");
    const Contents cut = contentsOf(member);
    QVERIFY(cut.error && cut.endedEarly);
    QVERIFY2(cut.error->detail.contains(u"behind shop.sql"_s), qPrintable(cut.why()));
    QVERIFY(!contentsOf(member + QByteArray(512, '\0')).error);
}

void TestMembers::bytesBehindAZipAreTold()
{
    const Contents found = contentsOf(tests::zipOf(twoFiles) + "downloaded with a tail");
    QVERIFY2(!found.error, qPrintable(found.why()));
    QCOMPARE(found.files.size(), 3);
    QVERIFY2(found.remarks.join(u' ').contains(u"22 bytes after the end"_s),
             qPrintable(found.remarks.join(u' ')));
}

void TestMembers::tooManyMembersAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QByteArray tar;
    const QByteArray block = tests::tarBlockOf("x", 0);
    tar.reserve((mostMembers + 2) * 512);
    for (qint64 i = 0; i <= mostMembers; ++i)
        tar += block;
    QTest::newRow("tar") << tar + QByteArray(1024, '\0');
    QByteArray zip = tests::zipOfClaims({{.name = "x", .bytes = "x"}});
    // The count of the end is of 16 bits; the 64-bit one says a million.
    const qint64 at = zip.size() - 22;
    QByteArray big = QByteArray("PK\x06\x06", 4) + QByteArray(28, '\0') +
                     QByteArray("\x40\x42\x0f\0\0\0\0\0", 8) + QByteArray(16, '\0');
    big += QByteArray("PK\x06\x07\0\0\0\0", 8);
    for (int i = 0; i < 8; ++i)
        big += static_cast<char>((at >> (8 * i)) & 0xff);
    big += QByteArray("\1\0\0\0", 4);
    QTest::newRow("zip") << zip.insert(at, big);
}

void TestMembers::tooManyMembersAreRefused()
{
    QFETCH(QByteArray, bytes);
    const Contents found = contentsOf(bytes);
    QVERIFY(found.error);
    QCOMPARE(found.error->kind, ErrorKind::Refused);
    QVERIFY2(found.error->detail.contains(u"more than 100000 files"_s), qPrintable(found.why()));
}

void TestMembers::oneMemberIsASourceOfAWholeContainer()
{
    QFETCH(QByteArray, bytes);
    for (const bool isWhole : {true, false}) {
        Contents contents;
        // The last member is empty; its header stands behind the one that is read.
        QByteArray file = bytes;
        if (!isWhole && wrappingOf(bytes) == Wrapping::Tar)
            file.replace("dump/empty", "dump/emptY");
        auto members = opened(file, contents);
        qsizetype index = 0;
        while (members->next().value_or(false) && members->member().name != "dump/shop.sql"_L1)
            ++index;
        members = opened(file, contents);
        MemberSource source(std::move(members), index, {.subject = u"backup"_s, .stop = {}});
        QByteArray all;
        std::vector<char> buffer(300);
        Result<qsizetype> got = 0;
        while ((got = source.read(buffer)) && *got > 0)
            all.append(buffer.data(), *got);
        QCOMPARE(all, noise(700));
        const bool isExpected = isWhole || wrappingOf(bytes) != Wrapping::Tar;
        QCOMPARE(got.has_value(), isExpected);
        if (got)
            QCOMPARE(source.consumed(), source.total());
        else
            QCOMPARE(source.read(buffer).error(), got.error()); // again the same
    }
}

void TestMembers::aStopEndsTheReading()
{
    QFETCH(QByteArray, bytes);
    std::stop_source stop;
    Contents contents;
    auto members = opened(bytes, contents, stop.get_token());
    stop.request_stop();
    MemberSource source(std::move(members), 2, {.subject = u"backup"_s, .stop = stop.get_token()});
    std::vector<char> buffer(300);
    const auto got = source.read(buffer);
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::Cancelled);
}

MAYDAY_TEST(TestMembers);
#include "tst_members.moc"
