// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/journalfixture.h"
#include "support/testmain.h"

#include <QJsonArray>
#include <QThread>

#include <atomic>
#include <thread>

using namespace mayday;
using namespace mayday::store;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// What the record promises while nothing goes wrong.
class TestJournal : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEmptyOneIsMade();
    void anAppendIsThereAfterwards();
    void recordsAreChained();
    void appendedComesInOrderOnTheOwnersThread();
    void aTaskAndTheSignalTellTheSame();
    void readingChooses_data();
    void readingChooses();
    void secretsAreRedacted_data();
    void secretsAreRedacted();
    void whatIsNoSecretStays();
    void whatWasQueuedIsWrittenBeforeTheEnd();
    void severalThreadsAndReadersAtOnce();
    void severalJournalsOnOneFile();
    void anUnwritableFolderIsDenied();
    void aNewerJournalIsLeftAlone();
};

void TestJournal::anEmptyOneIsMade()
{
    JournalFixture fixture;
    const QString deep = fixture.folder.filePath(u"a/b/journal.sqlite"_s);
    const auto journal = Journal::open(deep, fixture.clock);
    QVERIFY(journal.has_value());
    QVERIFY((*journal)->health().intact);
    QCOMPARE((*journal)->health().events, 0);
    QCOMPARE((*journal)->read().value(), QList<JournalEvent>());
}

void TestJournal::anAppendIsThereAfterwards()
{
    JournalFixture fixture;
    const auto written = fixture.open()->appendNow({.kind = u"incident.opened"_s,
                                                    .subject = u"i1"_s,
                                                    .data = {{u"title"_s, u"Shop is down"_s}}});
    QVERIFY(written.has_value());
    QCOMPARE(written->sequence, 1);
    QCOMPARE(written->at, fixture.clock.now());
    QCOMPARE(written->at.timeSpec(), Qt::UTC);
    const auto again = fixture.open();
    QVERIFY(again->health().intact);
    QCOMPARE(again->health().events, 1);
    QCOMPARE(again->read().value(), QList<JournalEvent>{*written});
}

void TestJournal::recordsAreChained()
{
    JournalFixture fixture;
    fixture.write(3);
    const auto events = fixture.open()->read().value();
    QCOMPARE(events.size(), 3);
    QVERIFY(events[0].previousHash.isEmpty());
    QCOMPARE(events[1].previousHash, events[0].hash);
    QCOMPARE(events[2].previousHash, events[1].hash);
    QCOMPARE(events[2].hash.size(), 64);
}

void TestJournal::appendedComesInOrderOnTheOwnersThread()
{
    JournalFixture fixture;
    const auto journal = fixture.open();
    QList<qint64> seen;
    QThread *where = nullptr;
    connect(journal.get(), &Journal::appended, this, [&](const JournalEvent &event) {
        seen.append(event.sequence);
        where = QThread::currentThread();
    });
    QList<Task<JournalEvent>> tasks;
    for (int i = 0; i < 50; ++i)
        tasks.append(journal->append({.kind = u"note.added"_s, .subject = u"i1"_s}));
    QTRY_COMPARE(seen.size(), 50);
    QVERIFY(std::ranges::is_sorted(seen));
    QCOMPARE(where, thread());
}

void TestJournal::aTaskAndTheSignalTellTheSame()
{
    JournalFixture fixture;
    const auto journal = fixture.open();
    QList<JournalEvent> told;
    connect(journal.get(), &Journal::appended, this,
            [&](const JournalEvent &event) { told.append(event); });
    std::optional<JournalEvent> delivered;
    auto task = journal->append({.kind = u"note.added"_s, .subject = u"i1"_s});
    task.deliverTo(this, [&](const Result<JournalEvent> &event) {
        QCOMPARE(told.size(), 1); // whoever folds the signal is up to date when the task ends
        delivered = event.value();
    });
    QTRY_VERIFY(delivered.has_value());
    QCOMPARE(told, QList<JournalEvent>{*delivered});
}

void TestJournal::readingChooses_data()
{
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("subject");
    QTest::addColumn<qint64>("after");
    QTest::addColumn<QList<qint64>>("expected");
    QTest::newRow("all") << QString() << QString() << qint64(0) << QList<qint64>{1, 2, 3, 4};
    QTest::newRow("kind") << u"incident."_s << QString() << qint64(0) << QList<qint64>{1, 4};
    QTest::newRow("subject") << QString() << u"i1"_s << qint64(0) << QList<qint64>{1, 2};
    QTest::newRow("both") << u"incident."_s << u"i2"_s << qint64(0) << QList<qint64>{4};
    QTest::newRow("after") << QString() << QString() << qint64(2) << QList<qint64>{3, 4};
    QTest::newRow("none") << u"%"_s << QString() << qint64(0) << QList<qint64>{};
}

void TestJournal::readingChooses()
{
    QFETCH(QString, prefix);
    QFETCH(QString, subject);
    QFETCH(qint64, after);
    JournalFixture fixture;
    const auto journal = fixture.open();
    const QList<std::pair<QString, QString>> drafts = {{u"incident.opened"_s, u"i1"_s},
                                                       {u"step.done"_s, u"i1"_s},
                                                       {u"step.done"_s, u"i2"_s},
                                                       {u"incident.opened"_s, u"i2"_s}};
    for (const auto &[kind, about] : drafts)
        QVERIFY(journal->appendNow({.kind = kind, .subject = about}).has_value());
    QList<qint64> found;
    const auto events =
        journal->read({.kindPrefix = prefix, .subject = subject, .afterSequence = after});
    for (const JournalEvent &event : *events)
        found.append(event.sequence);
    QTEST(found, "expected");
}

void TestJournal::secretsAreRedacted_data()
{
    QTest::addColumn<QJsonObject>("data");
    QTest::newRow("text") << QJsonObject{{u"text"_s, u"used postgres://app:hunter2@db/shop"_s}};
    QTest::newRow("named") << QJsonObject{{u"password"_s, u"hunter2"_s}};
    QTest::newRow("deep") << QJsonObject{
        {u"a"_s, QJsonObject{{u"b"_s, QJsonArray{u"token=hunter2"_s}}}}};
    QTest::newRow("named list") << QJsonObject{{u"api_keys"_s, QJsonArray{}},
                                               {u"api_key"_s, QJsonArray{u"hunter2"_s}}};
}

void TestJournal::secretsAreRedacted()
{
    QFETCH(QJsonObject, data);
    JournalFixture fixture;
    const auto written =
        fixture.open()->appendNow({.kind = u"note.added"_s, .subject = u"i1"_s, .data = data});
    QVERIFY(written.has_value());
    for (const QString &name : QDir(fixture.folder.path()).entryList(QDir::Files)) {
        QFile file(fixture.folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains("hunter2"), qPrintable(name));
    }
}

void TestJournal::whatIsNoSecretStays()
{
    JournalFixture fixture;
    const QJsonObject data{{u"rows"_s, 4100},
                           {u"big"_s, qint64(1) << 60},
                           {u"share"_s, 0.1},
                           {u"is"_s, true},
                           {u"nothing"_s, QJsonValue()},
                           {u"words"_s, u"caf\u00e9 \u2014 \"quoted\"\n"_s}};
    QVERIFY(
        fixture.open()->appendNow({.kind = u"a.b"_s, .subject = u"s"_s, .data = data}).has_value());
    QCOMPARE(fixture.open()->read().value().first().data, data);
    QVERIFY(fixture.open()->health().intact);
}

void TestJournal::whatWasQueuedIsWrittenBeforeTheEnd()
{
    JournalFixture fixture;
    auto journal = fixture.open();
    QList<Task<JournalEvent>> tasks;
    for (int i = 0; i < 40; ++i)
        tasks.append(journal->append({.kind = u"note.added"_s, .subject = u"i1"_s}));
    journal.reset();
    for (auto &task : tasks)
        QVERIFY(task.wait().has_value());
    QCOMPARE(fixture.open()->health().events, 40);
}

void TestJournal::severalThreadsAndReadersAtOnce()
{
    JournalFixture fixture;
    const auto journal = fixture.open();
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 3; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 30; ++i)
                    wrong += journal->appendNow({.kind = u"note.added"_s, .subject = u"i1"_s})
                                     .has_value()
                                 ? 0
                                 : 1;
            });
            threads.emplace_back([&] {
                for (int i = 0; i < 30; ++i) {
                    const auto health = checkJournal(journal->path());
                    wrong += health && health->intact ? 0 : 1;
                }
            });
        }
    }
    QCOMPARE(wrong.load(), 0);
    QCOMPARE(fixture.open()->health().events, 90);
}

void TestJournal::severalJournalsOnOneFile()
{
    JournalFixture fixture;
    const auto window = fixture.open();
    const auto program = fixture.open();
    for (int i = 0; i < 20; ++i) {
        QVERIFY(window->appendNow({.kind = u"a.window"_s, .subject = u"s"_s}).has_value());
        QVERIFY(program->appendNow({.kind = u"a.program"_s, .subject = u"s"_s}).has_value());
    }
    const auto third = fixture.open();
    QVERIFY2(third->health().intact, qPrintable(third->health().note));
    QCOMPARE(third->health().events, 40);
}

void TestJournal::anUnwritableFolderIsDenied()
{
    FakeClock clock;
    const auto journal = Journal::open(u"/proc/mayday/journal.sqlite"_s, clock);
    QVERIFY(!journal.has_value());
    QCOMPARE(journal.error().kind, ErrorKind::Denied);
    QVERIFY(journal.error().subject.contains("journal.sqlite"_L1));
}

void TestJournal::aNewerJournalIsLeftAlone()
{
    JournalFixture fixture;
    fixture.write(2);
    fixture.sql("PRAGMA user_version = 99");
    const auto journal = Journal::open(fixture.path(), fixture.clock);
    QVERIFY(!journal.has_value());
    QCOMPARE(journal.error().kind, ErrorKind::Unsupported);
    QVERIFY(fixture.kept().isEmpty());
}

MAYDAY_TEST(TestJournal);
#include "tst_journal.moc"
