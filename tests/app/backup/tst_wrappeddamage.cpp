// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backup/wrappedfixture.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QTest>

using namespace mayday;
using namespace mayday::backup;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

using dump::DumpVerdict;

namespace {

/// How many places of a container are tried.
constexpr int places = isSanitized ? 8 : 300;
/// Of an archive, which has to be unpacked for each.
constexpr int placesOfArchive = isSanitized ? 4 : 40;

} // namespace

/// Damaged containers: never "complete" for what is not, nothing left behind, and words that name
/// the thing.
class TestWrappedDamage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { verifyNothingIsLeft(); }
    void noCutIsComplete_data() { wholeOnes(); }
    void noCutIsComplete();
    void noWrongByteIsComplete_data() { wholeOnes(); }
    void noWrongByteIsComplete();
    void noCutArchiveIsComplete_data() { wholeArchives(); }
    void noCutArchiveIsComplete();
    void noWrongByteOfAnArchiveIsComplete_data() { wholeArchives(); }
    void noWrongByteOfAnArchiveIsComplete();
    void aWrongChecksumIsNoticed_data();
    void aWrongChecksumIsNoticed();
    void aFolderWithoutAFileIsDamaged();

private:
    void wholeOnes();
    void wholeArchives();
    void verifyNothingIsLeft() const
    {
        const QStringList left = m_scratch.everything();
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u' ')));
    }
    [[nodiscard]] Told toldOf(const QByteArray &bytes) const
    {
        return told(m_files.written(bytes));
    }

    const SmallDumps m_dumps;
    const DumpFiles m_files;
    const Scratch m_scratch; // last: the others have folders where they always have
};

void TestWrappedDamage::wholeOnes()
{
    QTest::addColumn<QByteArray>("bytes");
    const PackedFiles files{{.name = u"README.txt"_s, .bytes = "made on Friday\n"},
                            {.name = u"shop.sql"_s, .bytes = m_dumps.text},
                            {.name = u"zz"_s, .bytes = "behind\n"}};
    for (const char *word : {"zip", "tar.gz", "tar.bz2", "tar.xz"})
        QTest::newRow(word) << wrapped(files, QString::fromLatin1(word));
    for (const char *name : {"copy.7z", "lzma.7z", "lzma2.7z", "solid.7z", "blocks.7z", "bzip2.zip",
                             "xz.zip", "zip64.zip", "streamed.zip"})
        QTest::newRow(name) << wrappedSample(QString::fromLatin1(name));
    QTest::newRow("gz.gz") << packed(packed(m_dumps.text, u"gz"_s), u"gz"_s);
    QTest::newRow("gz in zip") << wrapped(
        {{.name = u"shop.sql.gz"_s, .bytes = packed(m_dumps.text, u"gz"_s)}}, u"zip"_s);
}

void TestWrappedDamage::wholeArchives()
{
    QTest::addColumn<QByteArray>("bytes");
    const PackedFiles file{{.name = u"shop.dump"_s, .bytes = m_dumps.custom}};
    QTest::newRow("custom in zip") << wrapped(file, u"zip"_s);
    QTest::newRow("custom in tar.gz") << wrapped(file, u"tar.gz"_s);
    QTest::newRow("custom.gz") << packed(m_dumps.custom, u"gz"_s);
    QTest::newRow("custom.xz") << packed(m_dumps.custom, u"xz"_s);
    QTest::newRow("directory in zip") << wrapped(m_dumps.folder, u"zip"_s);
    QTest::newRow("directory in tar.gz") << wrapped(m_dumps.folder, u"tar.gz"_s);
}

void TestWrappedDamage::noCutIsComplete()
{
    QFETCH(QByteArray, bytes);
    QCOMPARE(toldOf(bytes).verdict, DumpVerdict::Complete);
    const qsizetype step = std::max<qsizetype>(1, bytes.size() / places);
    for (qsizetype size = 0; size < bytes.size(); size += step) {
        const Told cut = toldOf(bytes.first(size));
        QVERIFY2(cut.verdict && cut.verdict != DumpVerdict::Complete,
                 qPrintable(u"cut at %1: %2"_s.arg(size).arg(cut.text())));
        QVERIFY(cut.problem && !cut.problem->detail.isEmpty());
        // What is long enough to be known for what it is is cut off, not "damaged".
        if (size > 600)
            QVERIFY2(cut.verdict == DumpVerdict::Truncated,
                     qPrintable(u"cut at %1: %2"_s.arg(size).arg(cut.text())));
    }
}

void TestWrappedDamage::noWrongByteIsComplete()
{
    QFETCH(QByteArray, bytes);
    const WhatIsRead right = allOf(m_files.written(bytes));
    QVERIFY(!right.error);
    int noticed = 0;
    int tried = 0;
    const qsizetype step = std::max<qsizetype>(1, bytes.size() / places);
    for (qsizetype at = 0; at < bytes.size(); at += step, ++tried) {
        QByteArray bad = bytes;
        bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
        const QString path = m_files.written(bad);
        const Told answer = told(path);
        const WhatIsRead there = allOf(path);
        noticed += there.error ? 1 : 0;
        QVERIFY2(there.error || there.events == right.events,
                 qPrintable(u"byte %1 of %2"_s.arg(at).arg(bytes.size())));
        QVERIFY2(answer.verdict != DumpVerdict::Complete || !there.error,
                 qPrintable(u"byte %1 of %2"_s.arg(at).arg(bytes.size())));
    }
    QVERIFY2(noticed > tried / 4, qPrintable(u"%1 of %2"_s.arg(noticed).arg(tried)));
}

void TestWrappedDamage::noCutArchiveIsComplete()
{
    QFETCH(QByteArray, bytes);
    QCOMPARE(toldOf(bytes).verdict, DumpVerdict::Complete);
    for (int part = 0; part < placesOfArchive; ++part) {
        const Told cut = toldOf(bytes.first(bytes.size() * part / placesOfArchive));
        QVERIFY2(cut.verdict != DumpVerdict::Complete,
                 qPrintable(u"cut at %1/%3: %2"_s.arg(part).arg(cut.text()).arg(placesOfArchive)));
        QVERIFY(cut.problem && !cut.problem->detail.isEmpty());
        verifyNothingIsLeft();
    }
}

void TestWrappedDamage::noWrongByteOfAnArchiveIsComplete()
{
    QFETCH(QByteArray, bytes);
    const WhatIsRead right = allOf(m_files.written(bytes));
    QVERIFY(!right.error);
    for (int part = 0; part < placesOfArchive; ++part) {
        QByteArray bad = bytes;
        const qsizetype at = bytes.size() * part / placesOfArchive;
        bad[at] = static_cast<char>(bad[at] ^ 0x20);
        const QString path = m_files.written(bad);
        const WhatIsRead there = allOf(path);
        QVERIFY2(there.error || there.events == right.events || told(path).problem,
                 qPrintable(u"byte %1"_s.arg(at)));
        verifyNothingIsLeft();
    }
}

void TestWrappedDamage::aWrongChecksumIsNoticed_data()
{
    QTest::addColumn<QByteArray>("bytes");
    ZipClaim wrong = claim("shop.sql", m_dumps.text);
    wrong.crc ^= 1;
    QTest::newRow("zip") << zipOfClaims({wrong});
    ZipClaim custom = claim("shop.dump", m_dumps.custom);
    custom.crc ^= 1;
    QTest::newRow("zip, custom") << zipOfClaims({custom});
    const auto lastButOne = [](QByteArray bytes, qsizetype fromEnd) {
        bytes[bytes.size() - fromEnd] = static_cast<char>(bytes[bytes.size() - fromEnd] ^ 1);
        return bytes;
    };
    const PackedFiles files{{.name = u"shop.sql"_s, .bytes = m_dumps.text}};
    QTest::newRow("tar.gz") << lastButOne(wrapped(files, u"tar.gz"_s), 6);
    QTest::newRow("custom.gz") << lastButOne(packed(m_dumps.custom, u"gz"_s), 6);
    QTest::newRow("gz in gz") << packed(lastButOne(packed(m_dumps.text, u"gz"_s), 6), u"gz"_s);
    QByteArray copied = wrappedSample(u"copy.7z"_s);
    const qsizetype at = copied.indexOf("product c4ca");
    QVERIFY(at > 0);
    copied[at] = 'q';
    QTest::newRow("7z") << copied;
}

void TestWrappedDamage::aWrongChecksumIsNoticed()
{
    QFETCH(QByteArray, bytes);
    const Told answer = toldOf(bytes);
    QVERIFY2(answer.verdict == DumpVerdict::Damaged, qPrintable(answer.text()));
    QCOMPARE(answer.problem->kind, ErrorKind::Corrupt);
    QCOMPARE(answer.problem->advice, Advice::DownloadAgain);
    QVERIFY(allOf(m_files.path(u"backup.sql"_s)).error);
}

void TestWrappedDamage::aFolderWithoutAFileIsDamaged()
{
    for (qsizetype i = 0; i < m_dumps.folder.size(); ++i) {
        PackedFiles files = m_dumps.folder;
        const QString name = files.takeAt(i).name.section(u'/', -1);
        const Told answer = toldOf(wrapped(files, u"tar.gz"_s));
        QVERIFY2(answer.problem && answer.verdict != DumpVerdict::Complete,
                 qPrintable(answer.text()));
        if (name != "toc.dat"_L1)
            QVERIFY2(answer.text().contains(name.section(u'.', 0, 0)), qPrintable(answer.text()));
    }
}

MAYDAY_TEST(TestWrappedDamage);
#include "tst_wrappeddamage.moc"
