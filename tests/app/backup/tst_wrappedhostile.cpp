// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/backup/wrappedfixture.h"
#include "support/testmain.h"

#include <QElapsedTimer>
#include <QTest>

#include <limits>

using namespace mayday;
using namespace mayday::backup;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

using dump::DumpVerdict;

namespace {

constexpr qint64 largest = std::numeric_limits<qint64>::max();

QByteArray tarOfMembers(const QList<QByteArray> &blocks)
{
    return blocks.join() + QByteArray(1024, '\0');
}

QByteArray tarMember(const QByteArray &name, const QByteArray &bytes)
{
    return tarBlockOf(name, bytes.size()) + padded(bytes);
}

} // namespace

/// Containers that want to do harm, and those that are beyond us: never a byte outside the folder
/// for it, never "complete", nothing left behind, and words that name the thing.
class TestWrappedHostile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { verifyNothingIsLeft(); }
    void namesLeadNowhere_data();
    void namesLeadNowhere();
    void linksAreNotFollowed_data();
    void linksAreNotFollowed();
    void hugeClaimsAreNotBelieved_data();
    void hugeClaimsAreNotBelieved();
    void bombsAreNotUnpacked_data();
    void bombsAreNotUnpacked();
    void whatCannotBeReadHereSaysWhy_data();
    void whatCannotBeReadHereSaysWhy();
    void twoBackupsAreAQuestion_data();
    void twoBackupsAreAQuestion();
    void noBackupInIt_data();
    void noBackupInIt();
    void nestingHasAnEnd_data();
    void nestingHasAnEnd();
    void aFolderWithAWrongNameIsRefused();

private:
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

void TestWrappedHostile::namesLeadNowhere_data()
{
    QTest::addColumn<QByteArray>("folder");
    QTest::newRow("up") << QByteArray("../../../../");
    QTest::newRow("absolute") << (m_scratch.path() + u"/../outside/"_s).toUtf8();
    QTest::newRow("home") << QByteArray("~/");
    QTest::newRow("backslashes") << QByteArray("..\\..\\");
    QTest::newRow("drive") << QByteArray("C:/");
    QTest::newRow("long") << QByteArray("d/").repeated(20);
    QTest::newRow("line break") << QByteArray("a\nb/");
}

void TestWrappedHostile::namesLeadNowhere()
{
    QFETCH(QByteArray, folder);
    QList<QByteArray> members;
    QList<ZipClaim> claims;
    for (const PackedFile &file : std::as_const(m_dumps.folder)) {
        const QByteArray name = folder + file.name.section(u'/', -1).toUtf8();
        members.append(tarMember(name, file.bytes));
        claims.append(claim(name, file.bytes));
    }
    for (const QByteArray &bytes : {tarOfMembers(members), zipOfClaims(claims)}) {
        const QString path = m_files.written(bytes);
        const WhatIsRead all = [&] {
            TaskContext context;
            const auto reader = openDump(path, context);
            const QStringList there = m_scratch.everything();
            for (const QString &one : there)
                QTest::qVerify(one.startsWith(u"tmp/mayday-unpacked-"_s), "inside", qPrintable(one),
                               __FILE__, __LINE__);
            return allOf(path);
        }();
        verifyNothingIsLeft();
        // Either it is read as what it is, or refused by name; never partly.
        if (all.error)
            QVERIFY2(all.error->kind != ErrorKind::Internal, qPrintable(describe(*all.error)));
        else
            QVERIFY(all.events.size() > 5);
    }
    // A single file is never called as it says.
    const QString alone = m_files.written(zipOfClaims({claim(folder + "x.dump", m_dumps.custom)}));
    QVERIFY2(!allOf(alone).error, qPrintable(told(alone).text()));
}

void TestWrappedHostile::linksAreNotFollowed_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray target = "/etc/passwd";
    constexpr quint32 link = 0120777;
    QTest::newRow("zip, the only one") << zipOfClaims(
        {{.name = "shop.sql", .bytes = target, .crc = crc32Of(target), .mode = link}});
    QTest::newRow("tar, the only one") << tarOfMembers({tarBlockOf("shop.sql", 0, '2')});
    QTest::newRow("tar, hard") << tarOfMembers({tarBlockOf("shop.sql", 0, '1')});
    QTest::newRow("tar, a device") << tarOfMembers({tarBlockOf("shop.sql", 0, '4')});
    // First a link, then a file of the same name that would be written through it.
    QList<QByteArray> members{tarBlockOf("shop/3000.dat", 0, '2')};
    QList<ZipClaim> claims{
        {.name = "shop/3000.dat", .bytes = target, .crc = crc32Of(target), .mode = link}};
    for (const PackedFile &file : std::as_const(m_dumps.folder)) {
        const bool isRows = !file.name.endsWith("toc.dat"_L1);
        const QByteArray name = file.name.toUtf8();
        members.append(isRows ? tarBlockOf(name, 0, '2') : tarMember(name, file.bytes));
        ZipClaim one = claim(name, isRows ? target : file.bytes);
        one.mode = isRows ? link : 0;
        claims.append(one);
    }
    QTest::newRow("tar, rows of a folder") << tarOfMembers(members);
    QTest::newRow("zip, rows of a folder") << zipOfClaims(claims);
}

void TestWrappedHostile::linksAreNotFollowed()
{
    QFETCH(QByteArray, bytes);
    const Told answer = toldOf(bytes);
    QVERIFY2(answer.problem && answer.verdict != DumpVerdict::Complete, qPrintable(answer.text()));
    QVERIFY(allOf(m_files.path(u"backup.sql"_s)).error);
    QVERIFY2(!answer.text().contains(u"root:"_s), qPrintable(answer.text()));
}

void TestWrappedHostile::hugeClaimsAreNotBelieved_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto zip = [](const QByteArray &name, const QByteArray &bytes, qint64 size) {
        ZipClaim huge = claim(name, bytes);
        huge.size = size;
        return huge;
    };
    for (const qint64 size : {qint64(1) << 45, qint64(1) << 60, largest}) {
        QTest::addRow("zip, text, %lld", size)
            << zipOfClaims({zip("shop.sql", m_dumps.text, size)});
        QTest::addRow("zip, custom, %lld", size)
            << zipOfClaims({zip("x.dump", m_dumps.custom, size)});
        QList<ZipClaim> folder;
        for (const PackedFile &file : std::as_const(m_dumps.folder))
            folder.append(zip(file.name.toUtf8(), file.bytes, size));
        QTest::addRow("zip, folder, %lld", size) << zipOfClaims(folder);
    }
    constexpr qint64 mostOfTar = (qint64(1) << 33) - 1;
    QTest::newRow("tar, text") << tarBlockOf("shop.sql", mostOfTar) + padded(m_dumps.text);
    QTest::newRow("tar, custom") << tarBlockOf("x.dump", mostOfTar) + padded(m_dumps.custom);
}

void TestWrappedHostile::hugeClaimsAreNotBelieved()
{
    QFETCH(QByteArray, bytes);
    QElapsedTimer timer;
    timer.start();
    const Told answer = toldOf(bytes);
    QVERIFY2(answer.problem && answer.verdict != DumpVerdict::Complete, qPrintable(answer.text()));
    QVERIFY2(answer.problem->kind == ErrorKind::Corrupt ||
                 answer.problem->kind == ErrorKind::NoSpace,
             qPrintable(answer.text()));
    QVERIFY(timer.elapsed() < 10'000);
}

void TestWrappedHostile::bombsAreNotUnpacked_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorKind>("kind");
    constexpr int hundredMegabytes = 100'000'000;
    const QByteArray zeros(hundredMegabytes, '\0');
    const QByteArray deflated = qCompress(zeros, 9).sliced(6).chopped(4);
    const auto zip = [&](const QByteArray &name, qint64 size) {
        return ZipClaim{.name = name, .bytes = deflated, .size = size, .crc = 0, .method = 8};
    };
    // Text that is none: looked at, and no more.
    QTest::newRow("zip") << zipOfClaims({zip("shop.sql", hundredMegabytes)})
                         << ErrorKind::Unsupported;
    QTest::newRow("gz in gz in gz")
        << packed(packed(packed(zeros, u"gz"_s), u"gz"_s), u"gz"_s) << ErrorKind::Unsupported;
    QTest::newRow("gz in gz") << packed(packed(zeros, u"gz"_s), u"gz"_s) << ErrorKind::Corrupt;
    // Begins like an archive, so it has to lie on the disk: as long as its checksum is wrong,
    // and as long as it says.
    QByteArray archive = m_dumps.custom.first(30) + zeros;
    const QByteArray packedArchive = qCompress(archive, 9).sliced(6).chopped(4);
    QTest::newRow("zip, archive that says 1 KB")
        << zipOfClaims({{.name = "x.dump",
                         .bytes = packedArchive,
                         .size = 1000,
                         .crc = crc32Of(archive.first(1000)),
                         .method = 8}})
        << ErrorKind::Corrupt;
}

void TestWrappedHostile::bombsAreNotUnpacked()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorKind, kind);
    const Told answer = toldOf(bytes);
    QVERIFY2(answer.problem && answer.verdict != DumpVerdict::Complete, qPrintable(answer.text()));
    QVERIFY2(answer.problem->kind == kind, qPrintable(answer.text()));
}

void TestWrappedHostile::whatCannotBeReadHereSaysWhy_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const QString &words) {
        QTest::newRow(name) << wrappedSample(QString::fromLatin1(name)) << words;
    };
    row("encrypted.zip", u"shop.sql in this zip cannot be read: it is encrypted"_s);
    row("aes.zip", u"shop.sql in this zip cannot be read: it is encrypted"_s);
    row("encrypted.7z", u"shop.sql in this 7z cannot be read: it is encrypted"_s);
    row("encrypted-names.7z", u"its list of contents cannot be read: it is encrypted"_s);
    row("deflate64.zip", u"Deflate64"_s);
    row("lzma.zip", u"method 14 of zip"_s);
    row("ppmd.7z", u"PPMd"_s);
    const auto zip = [this](int method) {
        ZipClaim one = claim("shop.sql", m_dumps.text);
        one.method = method;
        return zipOfClaims({one});
    };
    QTest::newRow("PPMd in zip") << zip(98) << u"method 98 of zip"_s;
    QTest::newRow("implode") << zip(6) << u"method 6 of zip"_s;
    QByteArray parts = zipOfClaims({claim("shop.sql", m_dumps.text)});
    parts[parts.size() - 22 + 4] = 2;
    QTest::newRow("in parts") << parts << u"the last of several parts"_s;
    QTest::newRow("sparse") << tarOfMembers({tarBlockOf("shop.sql", m_dumps.text.size(), 'S') +
                                             padded(m_dumps.text)})
                            << u"gaps left out"_s;
    const auto sevenZip = [this](const char *coders, int outputs) {
        return sevenZipOfClaim({.coders = QByteArray::fromHex(coders),
                                .outputs = outputs,
                                .packed = m_dumps.text,
                                .size = m_dumps.text.size(),
                                .crc = crc32Of(m_dumps.text)});
    };
    QCOMPARE(toldOf(sevenZip("01 01 00", 1)).verdict, DumpVerdict::Complete); // not compressed
    QTest::newRow("BCJ in 7z") << sevenZip("02 04 03030103 21 21 01 18 00 01", 2)
                               << u"compressed in several steps"_s;
    QTest::newRow("Delta in 7z") << sevenZip("02 21 03 01 00 21 21 01 18 00 01", 2)
                                 << u"compressed in several steps"_s;
    QTest::newRow("AES in 7z") << sevenZip("02 24 06f10701 02 13 00 21 21 01 18 00 01", 2)
                               << u"it is encrypted"_s;
    QTest::newRow("Deflate64 in 7z") << sevenZip("01 03 040109", 1) << u"method 40109 of 7z"_s;
    QTest::newRow("128 MB, LZMA2 in 7z")
        << sevenZip("01 21 21 01 1e", 1) << u"a dictionary of 128 MB; more than 96"_s;
    QTest::newRow("128 MB, LZMA in 7z")
        << sevenZip("01 23 030101 05 5d 00000008", 1) << u"a dictionary of 128 MB; more than 96"_s;
    // An .xz that wants 128 MB, by itself and in others.
    QByteArray xz = packed(m_dumps.text, u"xz"_s);
    xz[16] = 30;
    const qsizetype size = 4 * (xz[12] + 1);
    const quint32 sum = crc32Of(xz.sliced(12, size - 4));
    for (int i = 0; i < 4; ++i)
        xz[12 + size - 4 + i] = static_cast<char>(sum >> (8 * i) & 0xff);
    QTest::newRow("much memory") << xz << u"takes 128 MB of memory"_s;
    for (const QString &container : {u"zip"_s, u"tar"_s, u"tar.gz"_s, u"7z"_s})
        QTest::newRow(qPrintable(u"much memory in "_s + container))
            << wrapped({{.name = u"shop.sql.xz"_s, .bytes = xz}}, container)
            << u"takes 128 MB of memory"_s;
    QTest::newRow("much memory in gz") << packed(xz, u"gz"_s) << u"takes 128 MB of memory"_s;
}

void TestWrappedHostile::whatCannotBeReadHereSaysWhy()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, words);
    const Told answer = toldOf(bytes);
    QVERIFY2(answer.problem && answer.problem->kind == ErrorKind::Unsupported,
             qPrintable(answer.text()));
    QVERIFY2(answer.text().contains(words), qPrintable(answer.text()));
    QVERIFY2(answer.problem->subject.endsWith(u"backup.sql"_s), qPrintable(answer.text()));
    QCOMPARE(answer.problem->advice, Advice::UnpackFirst);
    QVERIFY(!answer.verdict); // it may be whole
    QCOMPARE(allOf(m_files.path(u"backup.sql"_s)).error->kind, ErrorKind::Unsupported);
}

void TestWrappedHostile::twoBackupsAreAQuestion_data()
{
    QTest::addColumn<PackedFiles>("files");
    QTest::addColumn<QStringList>("names");
    const PackedFile monday{.name = u"monday.sql"_s, .bytes = m_dumps.text};
    const PackedFile tuesday{.name = u"a/tuesday.dump"_s, .bytes = m_dumps.custom};
    const PackedFile packedOne{.name = u"sunday.sql.gz"_s, .bytes = packed(m_dumps.text, u"gz"_s)};
    const PackedFile other{.name = u"docs.zip"_s, .bytes = zipOf({{.name = u"a"_s, .bytes = "b"}})};
    QTest::newRow("text and archive")
        << PackedFiles{monday, tuesday} << QStringList{u"monday.sql"_s, u"a/tuesday.dump"_s};
    QTest::newRow("text and packed text")
        << PackedFiles{monday, packedOne} << QStringList{u"monday.sql"_s, u"sunday.sql.gz"_s};
    QTest::newRow("a container, too")
        << PackedFiles{monday, other} << QStringList{u"monday.sql"_s, u"docs.zip"_s};
    QTest::newRow("folder and text")
        << m_dumps.folder + PackedFiles{monday} << QStringList{u"shop/toc.dat"_s, u"monday.sql"_s};
    PackedFiles second = m_dumps.folder;
    for (PackedFile &file : second)
        file.name.prepend(u"second/"_s);
    QTest::newRow("two folders") << m_dumps.folder + second
                                 << QStringList{u"shop/toc.dat"_s, u"second/shop/toc.dat"_s};
}

void TestWrappedHostile::twoBackupsAreAQuestion()
{
    QFETCH(PackedFiles, files);
    QFETCH(QStringList, names);
    for (const QString &container : {u"zip"_s, u"tar.gz"_s, u"7z"_s}) {
        const Told answer = toldOf(wrapped(files, container));
        QVERIFY2(answer.problem && answer.problem->kind == ErrorKind::Unsupported,
                 qPrintable(answer.text()));
        QCOMPARE(answer.problem->advice, Advice::UnpackFirst);
        for (const QString &name : names)
            QVERIFY2(answer.text().contains(name), qPrintable(answer.text()));
        QVERIFY(allOf(m_files.path(u"backup.sql"_s)).error);
    }
}

void TestWrappedHostile::noBackupInIt_data()
{
    QTest::addColumn<PackedFiles>("files");
    QTest::addColumn<QString>("words");
    QTest::newRow("pictures") << PackedFiles{{.name = u"a.png"_s, .bytes = "\x89PNG\r\n\x1a\n"},
                                             {.name = u"b.txt"_s, .bytes = "milk\nbread\n"}}
                              << u"a.png (a PNG picture)"_s;
    QTest::newRow("a web page") << PackedFiles{{.name = u"shop.sql"_s, .bytes = "<html>503</html>"}}
                                << u"shop.sql (a web page"_s;
    QTest::newRow("mysql") << PackedFiles{{.name = u"shop.sql"_s, .bytes = "-- MySQL dump 10.13\n"}}
                           << u"a dump of MySQL"_s;
    QTest::newRow("empty file") << PackedFiles{{.name = u"shop.sql"_s}} << u"shop.sql"_s;
    PackedFiles many;
    for (int i = 0; i < 20; ++i)
        many.append({.name = u"%1.txt"_s.arg(i), .bytes = "milk\n"});
    QTest::newRow("many") << many << u"and 12 more"_s;
}

void TestWrappedHostile::noBackupInIt()
{
    QFETCH(PackedFiles, files);
    QFETCH(QString, words);
    for (const QString &container : {u"zip"_s, u"tar"_s, u"tar.xz"_s, u"7z"_s}) {
        const Told answer = toldOf(wrapped(files, container));
        QVERIFY2(answer.verdict == DumpVerdict::NotADump, qPrintable(answer.text()));
        QVERIFY2(answer.text().contains(words), qPrintable(answer.text()));
        QCOMPARE(answer.problem->advice, Advice::MakeBackupWithPgDump);
    }
}

void TestWrappedHostile::nestingHasAnEnd_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QByteArray zips = m_dumps.text;
    QByteArray tars = m_dumps.text;
    for (int i = 0; i < 3; ++i) {
        zips = zipOf({{.name = u"inner.zip"_s, .bytes = zips}});
        tars = packed(tarOf({{.name = u"inner.tgz"_s, .bytes = tars}}), u"gz"_s);
    }
    QTest::newRow("zip") << zips;
    QTest::newRow("tar.gz") << tars;
    QTest::newRow("gz") << packed(packed(packed(m_dumps.text, u"gz"_s), u"gz"_s), u"gz"_s);
}

void TestWrappedHostile::nestingHasAnEnd()
{
    QFETCH(QByteArray, bytes);
    const Told answer = toldOf(bytes);
    QVERIFY2(answer.problem && answer.problem->kind == ErrorKind::Unsupported,
             qPrintable(answer.text()));
    QVERIFY2(answer.text().contains(u"more than 2 times"_s), qPrintable(answer.text()));
    QCOMPARE(answer.problem->advice, Advice::UnpackFirst);
}

void TestWrappedHostile::aFolderWithAWrongNameIsRefused()
{
    QList<ZipClaim> claims;
    for (const PackedFile &file : std::as_const(m_dumps.folder))
        claims.append(claim(file.name.toUtf8(), file.bytes));
    const ZipClaim twice = claims.last();
    const Told doubled = toldOf(zipOfClaims(claims + QList{twice}));
    QVERIFY2(doubled.problem && doubled.problem->kind == ErrorKind::Corrupt,
             qPrintable(doubled.text()));
    const Told lock = toldOf(zipOfClaims(claims + QList{claim("shop/.lock", "x")}));
    QVERIFY2(lock.problem && lock.problem->kind == ErrorKind::Refused, qPrintable(lock.text()));
}

MAYDAY_TEST(TestWrappedHostile);
#include "tst_wrappedhostile.moc"
