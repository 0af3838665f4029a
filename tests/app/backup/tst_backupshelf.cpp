// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backupshelf.h"
#include "support/testmain.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mayday;
using namespace mayday::backup;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 20000;

/// A small whole dump of one table, as pg_dump writes it.
QByteArray dumpOf(int rows, const QByteArray &startedAt = {})
{
    QByteArray text = "--\n-- PostgreSQL database dump\n--\n\n"
                      "-- Dumped from database version 15.4\n"
                      "-- Dumped by pg_dump version 15.4\n\n";
    if (!startedAt.isEmpty())
        text += "-- Started on " + startedAt + "\n\n";
    text += "CREATE TABLE public.t (\n    id integer\n);\n\n\nCOPY public.t (id) FROM stdin;\n";
    for (int i = 0; i < rows; ++i)
        text += QByteArray::number(i) + '\n';
    return text + "\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
}

QDateTime day(int number)
{
    return {QDate(2026, 11, number), QTime(12, 0), QTimeZone::UTC};
}

} // namespace

/// The shelf at three in the morning: folders with anything in them, files that change or go while
/// they are read. It never offers what it has not read, and never blocks on one bad file.
class TestBackupShelf : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aMissingFolderIsAnEmptyShelf_data();
    void aMissingFolderIsAnEmptyShelf();
    void namesAreThereAtOnceAndContentsLater();
    void newestDataFirst();
    void theDumpsOwnTimeBeatsTheFiles();
    void equalTimesHaveOneOrder();
    void whatAFileIsIsSaid_data();
    void whatAFileIsIsSaid();
    void whatIsEmptyIsNotTrusted();
    void whatIsBelowTheFloorIsNotTrusted();
    void whatHasShrunkIsPointedAt();
    void aBadFileDoesNotStopTheOthers();
    void anUnreadableFileIsShownAndNotOffered();
    void foldersAndPipesAreNotWaitedFor();
    void aBrokenLinkIsNotOnTheShelf();
    void onlyWhatChangedIsReadAgain();
    void aFileThatChangesWhileItIsReadIsReadAgain();
    void aFileThatGoesWhileItIsReadIsNotMissed();
    void manyRefreshesAreOneReading();
    void aFileFromElsewhereStaysWhereItIs();
    void aFileFromElsewhereIsListedOnce();
    void aFileFromElsewhereThatIsGoneLeavesTheShelf();
    void itCanBeClosedWhileReading();

private:
    QString write(const QString &name, const QByteArray &bytes, int dayOfMonth = 0)
    {
        const QString path = m_folder->filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("%s could not be written", qPrintable(path));
        file.flush();
        if (dayOfMonth > 0 && !file.setFileTime(day(dayOfMonth), QFileDevice::FileModificationTime))
            qFatal("the time of %s could not be set", qPrintable(path));
        return path;
    }
    void read()
    {
        m_shelf->refresh();
        QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    }
    [[nodiscard]] QStringList names() const
    {
        QStringList all;
        for (const BackupEntry &entry : m_shelf->entries())
            all.append(entry.fileName);
        return all;
    }
    [[nodiscard]] const BackupEntry &entry(const QString &name) const
    {
        const BackupEntry *found = m_shelf->entry(m_folder->filePath(name));
        if (!found)
            qFatal("%s is not on the shelf", qPrintable(name));
        return *found;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QThreadPool m_pool;
    std::unique_ptr<BackupShelf> m_shelf;
};

void TestBackupShelf::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_shelf = std::make_unique<BackupShelf>(m_folder->path(), m_pool);
}

void TestBackupShelf::cleanup()
{
    m_shelf.reset();
    QVERIFY(m_pool.waitForDone(patience));
}

void TestBackupShelf::aMissingFolderIsAnEmptyShelf_data()
{
    QTest::addColumn<QString>("folder");
    QTest::newRow("missing") << u"no/such/folder"_s;
    QTest::newRow("a file in its place") << u"file"_s;
    QTest::newRow("empty") << u"."_s;
}

void TestBackupShelf::aMissingFolderIsAnEmptyShelf()
{
    QFETCH(QString, folder);
    const QTemporaryDir elsewhere;
    QFile file(elsewhere.filePath(u"file"_s));
    QVERIFY(folder != "file"_L1 || file.open(QIODevice::WriteOnly));
    BackupShelf shelf(elsewhere.filePath(folder), m_pool);
    QSignalSpy changed(&shelf, &BackupShelf::changed);
    shelf.refresh();
    QVERIFY(shelf.entries().isEmpty());
    QVERIFY(!shelf.isReading());
    QCOMPARE(changed.size(), 1); // "looked, and there is nothing" is an answer
}

void TestBackupShelf::namesAreThereAtOnceAndContentsLater()
{
    write(u"shop.sql"_s, dumpOf(7), 1);
    m_shelf->refresh();
    QCOMPARE(names(), QStringList{u"shop.sql"_s});
    QVERIFY(m_shelf->isReading());
    QVERIFY(!entry(u"shop.sql"_s).isComplete()); // not read yet: not offered yet
    QSignalSpy changed(m_shelf.get(), &BackupShelf::changed);
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    QVERIFY(changed.size() >= 1);
    QVERIFY(entry(u"shop.sql"_s).isComplete());
    QCOMPARE(entry(u"shop.sql"_s).rows(), 7);
}

void TestBackupShelf::newestDataFirst()
{
    write(u"a-middle.sql"_s, dumpOf(1), 12);
    write(u"b-oldest.sql"_s, dumpOf(2), 3);
    write(u"c-newest.sql"_s, dumpOf(3), 20);
    const QStringList expected{u"c-newest.sql"_s, u"a-middle.sql"_s, u"b-oldest.sql"_s};
    m_shelf->refresh();
    QCOMPARE(names(), expected); // before anything was read
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    QCOMPARE(names(), expected);
}

void TestBackupShelf::theDumpsOwnTimeBeatsTheFiles()
{
    // Copied today from last week's disk: the copy is new, the data is not.
    write(u"copied.sql"_s, dumpOf(1, "2026-11-02 04:00:00 UTC"), 20);
    write(u"nightly.sql"_s, dumpOf(1, "2026-11-19 04:00:00 UTC"), 19);
    m_shelf->refresh();
    QCOMPARE(names().front(), u"copied.sql"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    QCOMPARE(names().front(), u"nightly.sql"_s);
    QCOMPARE(entry(u"copied.sql"_s).dataTime().at.toUTC().date(), QDate(2026, 11, 2));
}

void TestBackupShelf::equalTimesHaveOneOrder()
{
    QStringList written;
    for (int i = 0; i < 12; ++i) {
        written.append(u"copy-%1.sql"_s.arg(10 + i));
        write(written.last(), dumpOf(1), 5);
    }
    read();
    // Rows that jump about under the pointer would let somebody choose the wrong one.
    QCOMPARE(names(), written);
    for (int again = 0; again < 3; ++again) {
        read();
        QCOMPARE(names(), written);
    }
}

void TestBackupShelf::whatAFileIsIsSaid_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<dump::DumpVerdict>("verdict");
    const QByteArray whole = dumpOf(500);
    QTest::newRow("whole") << whole << dump::DumpVerdict::Complete;
    QTest::newRow("without its last line")
        << whole.first(whole.indexOf("-- PostgreSQL database dump complete"))
        << dump::DumpVerdict::Truncated;
    QTest::newRow("cut amid the rows") << whole.first(700) << dump::DumpVerdict::Truncated;
    QTest::newRow("empty") << QByteArray() << dump::DumpVerdict::NotADump;
    QTest::newRow("notes") << QByteArray("call Anna about the disk\n")
                           << dump::DumpVerdict::NotADump;
    QTest::newRow("a picture") << QByteArray("\xff\xd8\xff\xe0JFIF") << dump::DumpVerdict::NotADump;
}

void TestBackupShelf::whatAFileIsIsSaid()
{
    QFETCH(QByteArray, bytes);
    QFETCH(dump::DumpVerdict, verdict);
    write(u"file.sql"_s, bytes);
    read();
    const BackupEntry &entry = this->entry(u"file.sql"_s);
    QVERIFY(!entry.error);
    QVERIFY(entry.inspection.has_value());
    QCOMPARE(entry.inspection->verdict, verdict);
    QCOMPARE(entry.isComplete(), verdict == dump::DumpVerdict::Complete);
    QCOMPARE(entry.bytes, bytes.size());
}

void TestBackupShelf::whatIsEmptyIsNotTrusted()
{
    write(u"full.sql"_s, dumpOf(1));
    write(u"hollow.sql"_s, dumpOf(0));
    write(u"half.sql"_s, dumpOf(0).chopped(60));
    read();
    QVERIFY(entry(u"full.sql"_s).isTrusted());
    QCOMPARE(entry(u"full.sql"_s).doubt, BackupDoubt::None);
    QVERIFY(entry(u"hollow.sql"_s).isComplete()); // who wants its structure may restore it
    QVERIFY(!entry(u"hollow.sql"_s).isTrusted());
    QCOMPARE(entry(u"hollow.sql"_s).doubt, BackupDoubt::Empty);
    QCOMPARE(entry(u"half.sql"_s).doubt, BackupDoubt::None); // it is cut off, which says more
    QVERIFY(!entry(u"half.sql"_s).isTrusted());
}

void TestBackupShelf::whatIsBelowTheFloorIsNotTrusted()
{
    write(u"small.sql"_s, dumpOf(10));
    write(u"large.sql"_s, dumpOf(1000));
    read();
    const QSignalSpy changed(m_shelf.get(), &BackupShelf::changed);
    m_shelf->setFloor(entry(u"small.sql"_s).bytes + 1);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(entry(u"small.sql"_s).doubt, BackupDoubt::TooSmall);
    QVERIFY(!entry(u"small.sql"_s).isTrusted());
    QVERIFY(entry(u"large.sql"_s).isTrusted());
    read(); // it is not forgotten when the files are listed again
    QCOMPARE(entry(u"small.sql"_s).doubt, BackupDoubt::TooSmall);
    m_shelf->setFloor(entry(u"small.sql"_s).bytes);
    QVERIFY(entry(u"small.sql"_s).isTrusted());
}

void TestBackupShelf::whatHasShrunkIsPointedAt()
{
    write(u"shop-01.sql"_s, dumpOf(1000), 1);
    write(u"shop-02.sql"_s, dumpOf(1000).chopped(60), 2); // not whole: measures nothing
    write(u"shop-03.sql"_s, dumpOf(300), 3);
    write(u"shop-04.sql"_s, dumpOf(290), 4); // about as large as the one before it
    write(u"shop-05.sql"_s, dumpOf(0), 5);
    write(u"shop-06.sql"_s, dumpOf(280), 6); // the empty one was no measure either
    write(u"other.sql"_s, dumpOf(5), 7);
    read();
    QCOMPARE(entry(u"shop-03.sql"_s).doubt, BackupDoubt::Shrunk);
    QCOMPARE(entry(u"shop-03.sql"_s).bytesBefore, entry(u"shop-01.sql"_s).bytes);
    QVERIFY(entry(u"shop-03.sql"_s).isTrusted());
    QCOMPARE(entry(u"shop-05.sql"_s).doubt, BackupDoubt::Empty);
    for (const QString &name :
         {u"shop-01.sql"_s, u"shop-02.sql"_s, u"shop-04.sql"_s, u"shop-06.sql"_s, u"other.sql"_s})
        QVERIFY2(entry(name).doubt == BackupDoubt::None, qPrintable(name));
}

void TestBackupShelf::aBadFileDoesNotStopTheOthers()
{
    write(u"1.sql"_s, dumpOf(4), 20);
    write(u"2.sql"_s, QByteArray(300000, '\0'), 19);
    write(u"3.sql.gz"_s, QByteArray("\x1f\x8b\x08\x00 not really", 14), 18);
    write(u"4.sql"_s, dumpOf(9), 17);
    read();
    QVERIFY(entry(u"1.sql"_s).isComplete());
    QVERIFY(!entry(u"2.sql"_s).isComplete());
    QVERIFY(!entry(u"3.sql.gz"_s).isComplete());
    QVERIFY(entry(u"4.sql"_s).isComplete());
    QCOMPARE(entry(u"4.sql"_s).rows(), 9);
}

void TestBackupShelf::anUnreadableFileIsShownAndNotOffered()
{
    if (::geteuid() == 0)
        QSKIP("root may read everything");
    const QString locked = write(u"locked.sql"_s, dumpOf(3), 5);
    write(u"open.sql"_s, dumpOf(3), 4);
    QVERIFY(QFile::setPermissions(locked, {}));
    read();
    // Left out it would look as though last night's backup had never been made.
    QCOMPARE(names(), (QStringList{u"locked.sql"_s, u"open.sql"_s}));
    QVERIFY(!entry(u"locked.sql"_s).isComplete());
    QVERIFY(entry(u"locked.sql"_s).error.has_value());
    QCOMPARE(entry(u"locked.sql"_s).error->kind, ErrorKind::Denied);
    QVERIFY(entry(u"open.sql"_s).isComplete());
    // Once somebody has put the rights in order, the next look reads it.
    QVERIFY(QFile::setPermissions(locked, QFileDevice::ReadOwner | QFileDevice::WriteOwner));
    read();
    QVERIFY(entry(u"locked.sql"_s).isComplete());
}

void TestBackupShelf::foldersAndPipesAreNotWaitedFor()
{
    QVERIFY(QDir(m_folder->path()).mkdir(u"older"_s));
    QVERIFY(QDir(m_folder->path()).mkdir(u"named-like-a-dump.sql"_s));
    const QByteArray pipe = m_folder->filePath(u"pipe.sql"_s).toUtf8();
    QCOMPARE(::mkfifo(pipe.constData(), 0600), 0); // opened for reading it would wait for ever
    write(u"shop.sql"_s, dumpOf(1));
    write(u".hidden.sql"_s, dumpOf(1));
    read();
    QCOMPARE(names(), QStringList{u"shop.sql"_s});
}

void TestBackupShelf::aBrokenLinkIsNotOnTheShelf()
{
    QVERIFY(QFile::link(m_folder->filePath(u"gone.sql"_s), m_folder->filePath(u"link.sql"_s)));
    const QString real = write(u"real.sql"_s, dumpOf(2), 3);
    QVERIFY(QFile::link(real, m_folder->filePath(u"latest.sql"_s)));
    read();
    QStringList found = names();
    found.sort();
    QCOMPARE(found, (QStringList{u"latest.sql"_s, u"real.sql"_s}));
    QVERIFY(entry(u"latest.sql"_s).isComplete());
}

void TestBackupShelf::onlyWhatChangedIsReadAgain()
{
    write(u"same.sql"_s, dumpOf(5), 5);
    write(u"grows.sql"_s, dumpOf(5), 5);
    read();
    // The same size and time: behind the shelf's back the content is another. It is not read again,
    // which is what makes a shelf of a hundred large files bearable.
    QByteArray other = dumpOf(5);
    other.replace("dump complete", "dump_complete");
    write(u"same.sql"_s, other, 5);
    write(u"grows.sql"_s, dumpOf(6), 5);
    m_shelf->refresh();
    QVERIFY(entry(u"same.sql"_s).isComplete());
    QVERIFY(!entry(u"grows.sql"_s).isComplete()); // what was known of it is no longer true
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    QVERIFY(entry(u"same.sql"_s).isComplete());
    QCOMPARE(entry(u"grows.sql"_s).rows(), 6);
    write(u"same.sql"_s, other, 6); // a new time alone is reason enough
    read();
    QVERIFY(!entry(u"same.sql"_s).isComplete());
}

void TestBackupShelf::aFileThatChangesWhileItIsReadIsReadAgain()
{
    const QByteArray half = dumpOf(60000);
    write(u"running.sql"_s, half.first(half.size() / 2), 5);
    m_shelf->refresh();
    QVERIFY(m_shelf->isReading());
    write(u"running.sql"_s, half, 6); // pg_dump finishes
    m_shelf->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    // What was found in the half must not stand beside the size and time of the whole.
    const BackupEntry &entry = this->entry(u"running.sql"_s);
    QCOMPARE(entry.bytes, half.size());
    QVERIFY(entry.inspection.has_value());
    QCOMPARE(entry.inspection->fileBytes, entry.bytes);
    QVERIFY(entry.isComplete());
    QCOMPARE(entry.rows(), 60000);
}

void TestBackupShelf::aFileThatGoesWhileItIsReadIsNotMissed()
{
    const QString path = write(u"pruned.sql"_s, dumpOf(60000), 9);
    write(u"kept.sql"_s, dumpOf(3), 5);
    m_shelf->refresh();
    QVERIFY(m_shelf->isReading());
    QVERIFY(QFile::remove(path));
    m_shelf->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    QCOMPARE(names(), QStringList{u"kept.sql"_s});
    QVERIFY(entry(u"kept.sql"_s).isComplete());
}

void TestBackupShelf::manyRefreshesAreOneReading()
{
    for (int i = 0; i < 5; ++i)
        write(u"%1.sql"_s.arg(i), dumpOf(2000), 5 + i);
    QSignalSpy changed(m_shelf.get(), &BackupShelf::changed);
    for (int i = 0; i < 20; ++i)
        m_shelf->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    // One for each look, one for each file read, one for "done": no file was read twice.
    QCOMPARE(changed.size(), 20 + 5 + 1);
    for (const BackupEntry &entry : m_shelf->entries())
        QVERIFY(entry.isComplete());
}

void TestBackupShelf::aFileFromElsewhereStaysWhereItIs()
{
    write(u"own.sql"_s, dumpOf(1), 5);
    const QTemporaryDir downloads;
    const QString path = downloads.filePath(u"from the provider.sql"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(dumpOf(8)) > 0);
    file.close();
    m_shelf->addFile(path);
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    QCOMPARE(m_shelf->entries().size(), 2);
    QVERIFY(m_shelf->entry(path)->isComplete());
    read();
    QVERIFY(m_shelf->entry(path)); // still there after the next look
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{u"own.sql"_s});
}

void TestBackupShelf::aFileFromElsewhereIsListedOnce()
{
    const QString own = write(u"own.sql"_s, dumpOf(1), 5);
    m_shelf->addFile(own); // chosen in a dialog, and on the shelf anyway
    m_shelf->addFile(own);
    m_shelf->addFile(m_folder->filePath(u"./own.sql"_s));
    m_shelf->addFile(m_folder->filePath(u"sub/../own.sql"_s));
    QTRY_VERIFY_WITH_TIMEOUT(!m_shelf->isReading(), patience);
    QCOMPARE(names(), QStringList{u"own.sql"_s});
    QVERIFY(entry(u"own.sql"_s).isComplete());
}

void TestBackupShelf::aFileFromElsewhereThatIsGoneLeavesTheShelf()
{
    const QTemporaryDir stick;
    const QString path = stick.filePath(u"stick.sql"_s);
    m_shelf->addFile(path); // not there: nothing to list, and nothing to fall over
    QVERIFY(m_shelf->entries().isEmpty());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(dumpOf(2)) > 0);
    file.close();
    read(); // the stick is in now
    QVERIFY(m_shelf->entry(path)->isComplete());
    QVERIFY(QFile::remove(path));
    read();
    QVERIFY(!m_shelf->entry(path));
}

void TestBackupShelf::itCanBeClosedWhileReading()
{
    for (int i = 0; i < 4; ++i)
        write(u"%1.sql"_s.arg(i), dumpOf(60000), 5);
    QSignalSpy changed(m_shelf.get(), &BackupShelf::changed);
    m_shelf->refresh();
    QVERIFY(m_shelf->isReading());
    const qsizetype before = changed.size();
    m_shelf.reset();
    QVERIFY(m_pool.waitForDone(patience)); // the reading was told to stop
    QCoreApplication::sendPostedEvents();
    QCOMPARE(changed.size(), before); // and its answer reaches nobody
}

MAYDAY_TEST(TestBackupShelf);
#include "tst_backupshelf.moc"
