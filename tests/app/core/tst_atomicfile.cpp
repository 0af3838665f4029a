// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/atomicfile.h"
#include "core/log.h"
#include "core/profile.h"
#include "core/secret.h"
#include "support/testmain.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <cerrno>
#include <csignal>

using namespace mayday;
using namespace Qt::StringLiterals;

class TestAtomicFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesAndReplaces();
    void aFullDiskLeavesTheOldBytes();
    void anUnwritableFolderIsDenied();
    void refusesHugeFiles();
    void errnoBecomesAKind();
    void everyKindAndAdviceHasWords();
    void secretsCopyAndMove();
    void profileStaysUnderItsFolder();
    void logIsRedactedAndRotates();
};

void TestAtomicFile::writesAndReplaces()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"a/b/file.txt"_s);
    QVERIFY(writeFileAtomically(path, "one"));
    QVERIFY(writeFileAtomically(path, "two"));
    QCOMPARE(readWholeFile(path, 100).value(), QByteArray("two"));
    QCOMPARE(QDir(folder.filePath(u"a/b"_s)).entryList(QDir::Files).size(), 1); // nothing beside it
}

void TestAtomicFile::aFullDiskLeavesTheOldBytes()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"file.txt"_s);
    QVERIFY(writeFileAtomically(path, "old"));
    // The kernel refuses the byte that would be too many, as it does on a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit small = before;
    small.rlim_cur = 100'000;
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto tooMuch = writeFileAtomically(path, QByteArray(200'000, 'x'));
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
    QVERIFY(!tooMuch);
    QVERIFY2(tooMuch.error().kind == ErrorKind::NoSpace, qPrintable(describe(tooMuch.error())));
    QCOMPARE(tooMuch.error().advice, Advice::FreeSpace);
    QCOMPARE(readWholeFile(path, 100).value(), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1); // and no half of it beside
    // A folder in the way of the final rename fails the write as late as can be.
    const QString blocked = folder.filePath(u"blocked"_s);
    QVERIFY(QDir().mkpath(blocked + u"/inside"_s));
    const auto written = writeFileAtomically(blocked, "new");
    QVERIFY(!written);
    QCOMPARE(written.error().subject, blocked);
    QVERIFY(QDir(blocked + u"/inside"_s).exists());
    QCOMPARE(readWholeFile(path, 100).value(), QByteArray("old"));
}

void TestAtomicFile::anUnwritableFolderIsDenied()
{
    const auto written = writeFileAtomically(u"/proc/no/such/file"_s, "x");
    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::Denied);
    const auto read = readWholeFile(u"/no/such/file"_s, 10);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::NotFound);
}

void TestAtomicFile::refusesHugeFiles()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"file.txt"_s);
    QVERIFY(writeFileAtomically(path, QByteArray(11, 'x')));
    QCOMPARE(readWholeFile(path, 10).error().kind, ErrorKind::Refused);
    QVERIFY(readWholeFile(path, 11));
}

void TestAtomicFile::errnoBecomesAKind()
{
    QCOMPARE(errorFromErrno(ENOSPC, u"disk"_s).kind, ErrorKind::NoSpace);
    QCOMPARE(errorFromErrno(ENOSPC, u"disk"_s).advice, Advice::FreeSpace);
    QCOMPARE(errorFromErrno(EDQUOT, u"disk"_s).kind, ErrorKind::NoSpace);
    QCOMPARE(errorFromErrno(EACCES, u"disk"_s).kind, ErrorKind::Denied);
    QCOMPARE(errorFromErrno(ENOENT, u"disk"_s).kind, ErrorKind::NotFound);
}

void TestAtomicFile::everyKindAndAdviceHasWords()
{
    QSet<QString> keys;
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::Internal); ++kind)
        keys.insert(kindKey(static_cast<ErrorKind>(kind)));
    QCOMPARE(keys.size(), static_cast<int>(ErrorKind::Internal) + 1);
    QSet<QString> advice;
    for (int i = 0; i <= static_cast<int>(Advice::SendReport); ++i) {
        advice.insert(adviceKey(static_cast<Advice>(i)));
        QVERIFY(adviceText(static_cast<Advice>(i)).endsWith(u'.'));
    }
    QCOMPARE(advice.size(), static_cast<int>(Advice::SendReport) + 1);
    const Error error{.kind = ErrorKind::Refused,
                      .subject = u"products"_s,
                      .detail = u"no"_s,
                      .sqlState = u"23505"_s,
                      .line = 7};
    QCOMPARE(describe(error), u"refused: products, line 7: no [SQLSTATE 23505]"_s);
}

void TestAtomicFile::secretsCopyAndMove()
{
    Secret secret("hunter2");
    Secret copy = secret;
    const Secret moved = std::move(secret);
    QCOMPARE(moved.reveal(), QByteArray("hunter2"));
    copy = Secret("other");
    QCOMPARE(copy.reveal(), QByteArray("other"));
    QVERIFY(Secret().isEmpty());
}

void TestAtomicFile::profileStaysUnderItsFolder()
{
    const Profile profile = Profile::under(u"/media/stick"_s);
    for (const QString &path :
         {profile.stackFile(), profile.runbookFolder(), profile.journalFile(),
          profile.backupFolder(), profile.evidenceFolder(), profile.logFolder(),
          profile.statusSheetFile(), profile.practiceFolder(), profile.windowStateFile()})
        QVERIFY2(path.startsWith(u"/media/stick/"_s), qPrintable(path));
    QVERIFY(Profile::standard().journalFile().endsWith(u"/mayday/journal.sqlite"_s));
}

void TestAtomicFile::logIsRedactedAndRotates()
{
    const QTemporaryDir folder;
    QVERIFY(log::open(folder.path()));
    log::info(u"test", u"connecting with password=hunter2"_s);
    log::close();
    const QByteArray written = readWholeFile(folder.filePath(u"mayday.log"_s), 1 << 20).value();
    QVERIFY(written.contains("password=[hidden]"));
    QVERIFY(!written.contains("hunter2"));
    QVERIFY(log::open(folder.path()));
    for (int i = 0; i < 30000; ++i)
        log::info(u"test", QString(100, u'x'));
    log::close();
    QVERIFY(QFile::exists(folder.filePath(u"mayday.1.log"_s)));
}

MAYDAY_TEST(TestAtomicFile);
#include "tst_atomicfile.moc"
