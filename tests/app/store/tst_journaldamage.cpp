// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/faultydisk.h"
#include "app/store/journalfixture.h"
#include "support/testmain.h"

#include "store/salvage.h"

using namespace mayday;
using namespace mayday::store;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

void writeOver(const QString &path, qint64 offset, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(offset));
    QCOMPARE(file.write(bytes), bytes.size());
}

/// The file as a dying process leaves it: the records are in the WAL, not yet in the main file.
void copyWhileOpen(JournalFixture &from, const QString &to)
{
    const auto journal = from.open();
    for (int i = 0; i < 10; ++i)
        QVERIFY(journal->appendNow({.kind = u"note.added"_s, .subject = u"i1"_s}).has_value());
    QVERIFY(QFile::copy(from.path(), to));
    QVERIFY(QFile::copy(from.path() + u"-wal"_s, to + u"-wal"_s));
}

} // namespace

/// What the record promises when the disk, the file or somebody's hand goes wrong.
class TestJournalDamage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { FaultyDisk::install(); }
    void cleanup() { FaultyDisk::repair(); }

    void aChangeIsFoundWithItsSequence_data();
    void aChangeIsFoundWithItsSequence();
    void theTriggersRefuse();
    void afterAChangeAppendsGoOn();
    void whatIsNoJournalIsKeptAside_data();
    void whatIsNoJournalIsKeptAside();
    void aTruncatedFileIsSalvaged();
    void aDamagedMiddleIsReadFromBothEnds();
    void twoSalvagesInOneSecondKeepBoth();
    void anInterruptedSalvageIsFinished_data();
    void anInterruptedSalvageIsFinished();
    void garbageBehindTheEndIsHarmless();
    void aTornWalLosesOnlyItsTail();
    void aFullDiskLeavesNothingBehind_data();
    void aFullDiskLeavesNothingBehind();
    void aFullDiskAtOpeningIsToldAndHarmless();
};

void TestJournalDamage::aChangeIsFoundWithItsSequence_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<qint64>("bad");
    const QByteArray off = "DROP TRIGGER journal_keeps; DROP TRIGGER journal_stays;";
    QTest::newRow("text") << off + "UPDATE journal SET data='{\"text\":\"x\"}' WHERE sequence=4"
                          << qint64(4);
    QTest::newRow("white space")
        << off + "UPDATE journal SET data=replace(data, ':', ': ') WHERE sequence=4" << qint64(4);
    QTest::newRow("time") << off +
                                 "UPDATE journal SET at='2026-03-01T00:00:00.000Z' WHERE sequence=1"
                          << qint64(1);
    QTest::newRow("kind") << off + "UPDATE journal SET kind='note.gone' WHERE sequence=9"
                          << qint64(9);
    QTest::newRow("hash") << off + "UPDATE journal SET hash=previous_hash WHERE sequence=5"
                          << qint64(5);
    QTest::newRow("taken out") << off + "DELETE FROM journal WHERE sequence=3" << qint64(3);
    QTest::newRow("cut off") << off + "DELETE FROM journal WHERE sequence>7" << qint64(8);
    QTest::newRow("emptied") << off + "DELETE FROM journal" << qint64(1);
    QTest::newRow("swapped") << off + "UPDATE journal SET sequence=99 WHERE sequence=5;"
                                      "UPDATE journal SET sequence=5 WHERE sequence=6;"
                                      "UPDATE journal SET sequence=6 WHERE sequence=99"
                             << qint64(5);
    QTest::newRow("put in")
        << QByteArray("INSERT INTO journal (at,kind,subject,data,previous_hash,hash)"
                      " VALUES ('2026-03-01T00:00:00.000Z','note.added','i1','{}','','')")
        << qint64(11);
}

void TestJournalDamage::aChangeIsFoundWithItsSequence()
{
    QFETCH(QByteArray, change);
    QFETCH(qint64, bad);
    JournalFixture fixture;
    fixture.write(10);
    fixture.sql(change.constData());
    const auto journal = fixture.open();
    QVERIFY(!journal->health().intact);
    QCOMPARE(journal->health().firstBadSequence, bad);
    QVERIFY(journal->health().note.contains(QString::number(bad)));
    QVERIFY(fixture.kept().isEmpty()); // reported, not repaired
    QVERIFY(!fixture.open()->health().intact);
}

void TestJournalDamage::theTriggersRefuse()
{
    JournalFixture fixture;
    fixture.write(2);
    sqlite3 *database = nullptr;
    QCOMPARE(sqlite3_open(fixture.path().toUtf8().constData(), &database), SQLITE_OK);
    QVERIFY(sqlite3_exec(database, "UPDATE journal SET kind='x'", nullptr, nullptr, nullptr) !=
            SQLITE_OK);
    QVERIFY(sqlite3_exec(database, "DELETE FROM journal", nullptr, nullptr, nullptr) != SQLITE_OK);
    sqlite3_close(database);
}

void TestJournalDamage::afterAChangeAppendsGoOn()
{
    JournalFixture fixture;
    fixture.write(4);
    fixture.sql("DROP TRIGGER journal_keeps; UPDATE journal SET kind='x' WHERE sequence=2");
    fixture.write(4);
    const auto journal = fixture.open();
    QCOMPARE(journal->health().events, 8);
    QCOMPARE(journal->health().firstBadSequence, 2);
}

void TestJournalDamage::whatIsNoJournalIsKeptAside_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text")
        << QByteArray("this is not a database at all, it is a letter").repeated(40);
    QTest::newRow("zeros") << QByteArray(8192, '\0');
    QTest::newRow("header only") << QByteArray("SQLite format 3\0", 16);
    QTest::newRow("header and noise")
        << QByteArray("SQLite format 3\0", 16) + QByteArray(5000, '\x5a');
}

void TestJournalDamage::whatIsNoJournalIsKeptAside()
{
    QFETCH(QByteArray, bytes);
    JournalFixture fixture;
    {
        QFile file(fixture.path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    const auto journal = fixture.open();
    QVERIFY(journal);
    QVERIFY(!journal->health().intact);
    QVERIFY(journal->health().note.contains("kept"_L1));
    const auto events = journal->read().value();
    QCOMPARE(events.size(), 1);
    QCOMPARE(events.first().kind, u"journal.salvaged"_s);
    QCOMPARE(fixture.kept(), QStringList{events.first().data["keptAs"_L1].toString()});
    QFile aside(fixture.folder.filePath(fixture.kept().first()));
    QVERIFY(aside.open(QIODevice::ReadOnly));
    QCOMPARE(aside.readAll(), bytes);
    QVERIFY(fixture.open()->health().intact); // the new one is sound
}

void TestJournalDamage::aTruncatedFileIsSalvaged()
{
    JournalFixture fixture;
    fixture.write(200, 400);
    QFile file(fixture.path());
    QVERIFY(file.resize(file.size() / 2));
    const auto journal = fixture.open();
    QVERIFY(journal);
    QVERIFY(!journal->health().intact);
    const auto events = journal->read().value();
    QCOMPARE(events.first().kind, u"journal.salvaged"_s);
    QVERIFY2(events.size() > 50 && events.size() < 201, qPrintable(QString::number(events.size())));
    QCOMPARE(events.first().data["carriedOver"_L1].toInteger(), events.size() - 1);
    const QString first = events[1].data["text"_L1].toString();
    QVERIFY2(first.startsWith("0."_L1), qPrintable(first.left(9)));
    // A record across the torn edge may still read as one; then it is counted as not fitting.
    QVERIFY(events.first().data["didNotFit"_L1].toInteger() <= 1);
    QCOMPARE(fixture.kept().size(), 1);
    QVERIFY(journal->appendNow({.kind = u"note.added"_s, .subject = u"i1"_s}).has_value());
}

void TestJournalDamage::aDamagedMiddleIsReadFromBothEnds()
{
    JournalFixture fixture;
    fixture.write(400, 400);
    const qint64 pages = QFileInfo(fixture.path()).size() / 4096;
    writeOver(fixture.path(), pages / 2 * 4096, QByteArray(4096, '\xff'));
    const auto journal = fixture.open();
    QVERIFY(journal);
    const auto events = journal->read().value();
    QVERIFY2(events.size() > 350, qPrintable(QString::number(events.size())));
    QVERIFY(events[1].data["text"_L1].toString().startsWith("0."_L1));
    QVERIFY(events.last().data["text"_L1].toString().startsWith("399."_L1));
}

void TestJournalDamage::twoSalvagesInOneSecondKeepBoth()
{
    JournalFixture fixture;
    for (const QByteArray &letter : {QByteArray(500, 'a'), QByteArray(500, 'b')}) {
        QFile file(fixture.path());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(letter);
        file.close();
        QVERIFY(fixture.open());
    }
    QCOMPARE(fixture.kept().size(), 2);
}

void TestJournalDamage::anInterruptedSalvageIsFinished_data()
{
    QTest::addColumn<bool>("oneMoved");
    QTest::newRow("nothing moved yet") << false;
    QTest::newRow("the damaged one is away") << true;
}

void TestJournalDamage::anInterruptedSalvageIsFinished()
{
    QFETCH(bool, oneMoved);
    JournalFixture fixture;
    fixture.write(5);
    QVERIFY(QFile::rename(fixture.path(), fixture.folder.filePath(u"journal.salvaged.sqlite"_s)));
    if (!oneMoved)
        writeOver(fixture.path(), 0, "the damaged one");
    const auto journal = fixture.open();
    QVERIFY(journal);
    QCOMPARE(journal->health().events, 5);
    QCOMPARE(fixture.kept().size(), oneMoved ? 0 : 1);
}

void TestJournalDamage::garbageBehindTheEndIsHarmless()
{
    JournalFixture fixture;
    fixture.write(20);
    writeOver(fixture.path(), QFileInfo(fixture.path()).size(), QByteArray(3000, '\x7f'));
    const auto journal = fixture.open();
    QVERIFY(journal);
    QVERIFY(journal->health().intact);
    QCOMPARE(journal->health().events, 20);
}

void TestJournalDamage::aTornWalLosesOnlyItsTail()
{
    JournalFixture origin;
    JournalFixture fixture;
    copyWhileOpen(origin, fixture.path());
    QFile wal(fixture.path() + u"-wal"_s);
    const qint64 size = wal.size();
    QVERIFY(size > 10 * 4096);
    QVERIFY(wal.resize(size - 2000)); // the last record's last page
    const auto journal = fixture.open();
    QVERIFY(journal);
    QVERIFY(journal->health().intact);
    QVERIFY2(journal->health().events == 9, qPrintable(QString::number(journal->health().events)));
    QVERIFY(journal->appendNow({.kind = u"note.added"_s, .subject = u"i1"_s}).has_value());
}

void TestJournalDamage::aFullDiskLeavesNothingBehind_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("kind");
    QTest::newRow("full") << SQLITE_FULL << int(ErrorKind::NoSpace);
    QTest::newRow("broken") << SQLITE_IOERR_WRITE << int(ErrorKind::Refused);
}

void TestJournalDamage::aFullDiskLeavesNothingBehind()
{
    QFETCH(int, code);
    QFETCH(int, kind);
    for (int n = 1; n < 40; ++n) {
        JournalFixture fixture;
        const auto journal = fixture.open();
        QVERIFY(journal->appendNow({.kind = u"note.first"_s, .subject = u"i1"_s}).has_value());
        FaultyDisk::failFrom(n, code);
        const auto refused = journal->appendNow({.kind = u"note.second"_s, .subject = u"i1"_s});
        const bool hadFault = FaultyDisk::hasFailed();
        FaultyDisk::repair();
        if (!hadFault) {
            QVERIFY(refused.has_value());
            QVERIFY2(n > 2, "the fault never came into play");
            return;
        }
        QVERIFY(!refused.has_value());
        // What failed was a write or a sync; only the former says which kind of failure it was.
        QVERIFY(int(refused.error().kind) == kind || refused.error().kind == ErrorKind::Refused);
        QCOMPARE(journal->read().value().size(), 1);
        QVERIFY(journal->appendNow({.kind = u"note.third"_s, .subject = u"i1"_s}).has_value());
        const auto after = fixture.open();
        QVERIFY(after->health().intact);
        QCOMPARE(after->health().events, 2);
    }
    QFAIL("an append takes more than 40 writes");
}

void TestJournalDamage::aFullDiskAtOpeningIsToldAndHarmless()
{
    for (int n = 1; n < 60; ++n) {
        JournalFixture fixture;
        FaultyDisk::failFrom(n, SQLITE_FULL);
        const auto journal = Journal::open(fixture.path(), fixture.clock);
        const bool hadFault = FaultyDisk::hasFailed();
        FaultyDisk::repair();
        if (!hadFault)
            return;
        QVERIFY(fixture.kept().isEmpty());
        const auto again = fixture.open();
        QVERIFY(again && again->health().intact);
        QVERIFY(again->appendNow({.kind = u"note.added"_s, .subject = u"i1"_s}).has_value());
    }
    QFAIL("opening takes more than 60 writes");
}

MAYDAY_TEST(TestJournalDamage);
#include "tst_journaldamage.moc"
