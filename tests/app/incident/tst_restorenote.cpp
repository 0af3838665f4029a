// SPDX-License-Identifier: GPL-3.0-or-later
#include "incident/restorenote.h"
#include "incident/timeline.h"
#include "support/fakeclock.h"
#include "support/testmain.h"

#include <QJsonArray>
#include <QTest>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::tests;
using namespace Qt::StringLiterals;
using store::JournalEvent;

namespace {

QJsonObject tableOf(const QString &name, qint64 before, const QJsonValue &after,
                    const QString &verdict)
{
    QJsonObject table{{u"schema"_s, u"public"_s},
                      {u"name"_s, name},
                      {u"rowsInDump"_s, before},
                      {u"verdict"_s, verdict}};
    if (!after.isUndefined())
        table[u"rowsAfter"_s] = after;
    return table;
}

QJsonObject receiptOf(const QString &verdict, const QJsonArray &tables = {},
                      const QJsonObject &more = {})
{
    QJsonObject receipt{{u"verdict"_s, verdict}, {u"tables"_s, tables}};
    for (auto at = more.begin(); at != more.end(); ++at)
        receipt[at.key()] = at.value();
    return {{u"receipt"_s, receipt}};
}

const QJsonObject broken{
    {u"error"_s, QJsonObject{{u"subject"_s, u"shop"_s}, {u"detail"_s, u"no space left"_s}}}};

} // namespace

/// What an incident remembers of restores: three verdicts, every count, and never more certainty
/// than the journal has.
class TestRestoreNote : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_notes.clear();
        apply(u"restore.started"_s,
              {{u"file"_s, u"/b/shop.sql.gz"_s}, {u"target"_s, u"database shop"_s}});
    }

    void onlyThreeVerdicts_data();
    void onlyThreeVerdicts();
    void theWordsOfAnEnd_data();
    void theWordsOfAnEnd();
    void aReceiptIsTakenWhole();
    void anEndToldTwiceCountsOnce();
    void anInterruptedRestoreHasNoVerdict();
    void theServersWordSettlesIt_data();
    void theServersWordSettlesIt();
    void whatNobodyKnowsIsNotCalledAsItWas();
    void aPutBackThatFailedChangesNothing();
    void backAndForth();
    void whatWasBroughtBackIsCounted();
    void whatIsDiscardedIsNotLeft();
    void whatLettersToldIsKept();
    void twoAtOnceAreKeptApart();
    void anUnknownRestoreIsLeftAlone();
    void whatStatisticsLackIsAddedToTheReceipt();
    void jobsThatAreOffAreCounted();
    void thousandsOfTables();

private:
    JournalEvent apply(const QString &kind, const QJsonObject &data = {},
                       const QString &subject = u"r1"_s)
    {
        m_clock.advance(std::chrono::minutes(1));
        const JournalEvent event{
            .at = m_clock.now(), .kind = kind, .subject = subject, .data = data};
        applyRestoreEvent(m_notes, event);
        return event;
    }
    [[nodiscard]] const RestoreNote &note() const { return m_notes.first(); }

    QList<RestoreNote> m_notes;
    FakeClock m_clock;
};

void TestRestoreNote::onlyThreeVerdicts_data()
{
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("begins");
    QTest::newRow("proven") << u"proven"_s << u"proven: every table"_s;
    QTest::newRow("differences") << u"differences"_s << u"restored with differences"_s;
    QTest::newRow("not restored") << u"not-restored"_s << u"not restored: the live data is"_s;
    QTest::newRow("none") << QString() << u"no verdict"_s;
    QTest::newRow("of a newer version") << u"success"_s << u"no verdict"_s;
    QTest::newRow("capitals") << u"Proven"_s << u"no verdict"_s;
}

void TestRestoreNote::onlyThreeVerdicts()
{
    QFETCH(QString, verdict);
    QFETCH(QString, begins);
    QVERIFY2(verdictWords(verdict).startsWith(begins), qPrintable(verdictWords(verdict)));
    QVERIFY(!verdictWords(verdict).contains(u"success"));
}

void TestRestoreNote::theWordsOfAnEnd_data()
{
    QTest::addColumn<QJsonObject>("data");
    QTest::addColumn<QString>("words");
    const QJsonArray two{tableOf(u"products"_s, 1'234'567, 1'234'567, u"proven"_s),
                         tableOf(u"users"_s, 10, 9, u"differences"_s)};
    QTest::newRow("counted")
        << receiptOf(u"differences"_s, two)
        << u"Restore r1 ended: restored with differences; 1 of 2 tables proven, 1,234,576 rows"_s;
    QTest::newRow("one not counted")
        << receiptOf(u"differences"_s,
                     {tableOf(u"a"_s, 5, 5, u"proven"_s),
                      tableOf(u"b"_s, 5, QJsonValue(QJsonValue::Undefined), u"not-restored"_s)})
        << u"Restore r1 ended: restored with differences; 1 of 2 tables proven, 5 rows"_s;
    QTest::newRow("failed")
        << receiptOf(u"not-restored"_s, {}, broken)
        << u"Restore r1 ended: not restored: the live data is as it was; shop: no space left"_s;
    QTest::newRow("in place")
        << QJsonObject{{u"receipt"_s,
                        QJsonObject{{u"verdict"_s, u"proven"_s},
                                    {u"safetyCopy"_s, QJsonObject{{u"file"_s, u"/b/shop.gz"_s}}}}}}
        << u"Restore r1 ended: proven: every table holds the rows of the backup; what was live "
           "before is in the safety copy /b/shop.gz"_s;
    QTest::newRow("no receipt") << QJsonObject()
                                << u"Restore r1 ended: no verdict: it was interrupted"_s;
}

void TestRestoreNote::theWordsOfAnEnd()
{
    QFETCH(QJsonObject, data);
    QTEST(restoreFinishedWords(data, u"r1"_s), "words");
}

void TestRestoreNote::aReceiptIsTakenWhole()
{
    const QJsonArray tables{tableOf(u"products"_s, 100, 90, u"differences"_s),
                            QJsonObject{{u"name"_s, u"bare"_s}, {u"rowsInDump"_s, 3}}};
    const auto ended =
        apply(u"restore.finished"_s,
              receiptOf(u"differences"_s, tables,
                        {{u"notes"_s, QJsonArray{u"roles left out"_s}},
                         {u"left"_s, QJsonArray{QJsonObject{{u"what"_s, u"schema before"_s}}}}}));
    QCOMPARE(note().file, u"/b/shop.sql.gz"_s);
    QCOMPARE(note().target, u"database shop"_s);
    QCOMPARE(note().endedAt, std::optional(ended.at));
    QVERIFY(note().startedAt < ended.at);
    QCOMPARE(note().tables.size(), 2);
    QCOMPARE(note().tables.first().name, u"public.products"_s);
    QCOMPARE(note().tables.first().rowsAfter, 90);
    QCOMPARE(note().tables.last().name, u"bare"_s); // no schema, no dot
    QCOMPARE(note().tables.last().rowsAfter, -1);
    QCOMPARE(note().notes, QStringList{u"roles left out"_s});
    QCOMPARE(note().left, QStringList{u"schema before"_s});
}

void TestRestoreNote::anEndToldTwiceCountsOnce()
{
    const QJsonObject receipt =
        receiptOf(u"proven"_s, {tableOf(u"products"_s, 100, 100, u"proven"_s)},
                  {{u"notes"_s, QJsonArray{u"roles left out"_s}}});
    apply(u"restore.finished"_s, receipt);
    apply(u"restore.finished"_s, receipt);
    QCOMPARE(m_notes.size(), 1);
    QCOMPARE(note().tables.size(), 1);
    QCOMPARE(note().notes.size(), 1);
}

void TestRestoreNote::anInterruptedRestoreHasNoVerdict()
{
    QVERIFY(note().verdict.isEmpty());
    QVERIFY(!note().endedAt && !note().committed && !note().putBackAt);
    QCOMPARE(verdictWords(note().verdict), u"no verdict: it was interrupted"_s);
}

void TestRestoreNote::theServersWordSettlesIt_data()
{
    QTest::addColumn<QJsonObject>("data");
    QTest::addColumn<bool>("committed");
    QTest::addColumn<QString>("says");
    QTest::newRow("took effect") << QJsonObject{{u"committed"_s, true}} << true
                                 << u"it did take effect"_s;
    QTest::newRow("nothing") << QJsonObject{{u"committed"_s, false}} << false
                             << u"nothing changed"_s;
    QTest::newRow("half a database")
        << QJsonObject{{u"committed"_s, false}, {u"unfinished"_s, u"shop_loading"_s}} << false
        << u"an unfinished copy is left, database shop_loading"_s;
}

void TestRestoreNote::theServersWordSettlesIt()
{
    QFETCH(QJsonObject, data);
    QFETCH(bool, committed);
    QFETCH(QString, says);
    const auto settled = apply(u"restore.settled"_s, data);
    QCOMPARE(note().committed, std::optional(committed));
    QCOMPARE(note().endedAt, std::optional(settled.at));
    QVERIFY(note().verdict.isEmpty()); // the server does not prove rows
    const QString words = restoreSettledWords(data, u"r1"_s);
    QVERIFY2(words.contains(says), qPrintable(words));
}

/// The line was lost on the last word.
void TestRestoreNote::whatNobodyKnowsIsNotCalledAsItWas()
{
    const QJsonObject lost = receiptOf(
        u"not-restored"_s, {},
        {{u"error"_s, QJsonObject{{u"subject"_s, u"shop"_s}, {u"sqlstate"_s, u"08007"_s}}}});
    apply(u"restore.finished"_s, lost);
    QVERIFY2(note().verdict.isEmpty(), qPrintable(note().verdict));
    const QJsonObject differing =
        receiptOf(u"differences"_s, {}, {{u"notes"_s, QJsonArray{u"process 7 holds a table"_s}}});
    QCOMPARE(putBackWords(differing, u"r1"_s),
             u"Restore r1 put back: the data from before it is live again; with differences: "
             "process 7 holds a table"_s);
    QVERIFY2(restoreFinishedWords(lost, u"r1"_s).startsWith(u"Restore r1 ended: no verdict"_s),
             qPrintable(restoreFinishedWords(lost, u"r1"_s)));
    QVERIFY2(
        putBackWords(lost, u"r1"_s).startsWith(u"Whether restore r1 is put back is not known"_s),
        qPrintable(putBackWords(lost, u"r1"_s)));
    apply(u"restore.settled"_s, {{u"committed"_s, false}, {u"unfinished"_s, u"shop_loading"_s}});
    QCOMPARE(note().left,
             QStringList{u"database shop_loading: an unfinished copy of the backup"_s});
    apply(u"restore.discarded"_s, {{u"schema"_s, u"shop_loading"_s}});
    QVERIFY(note().left.isEmpty());
}

void TestRestoreNote::aPutBackThatFailedChangesNothing()
{
    apply(u"restore.finished"_s, receiptOf(u"proven"_s));
    const RestoreNote before = note();
    const QJsonObject failedPutBack = receiptOf(u"not-restored"_s, {}, broken);
    apply(u"restore.putback"_s, failedPutBack);
    QCOMPARE(note(), before);
    QCOMPARE(putBackWords(failedPutBack, u"r1"_s),
             u"Putting back restore r1 did not work: shop: no space left"_s);
    apply(u"restore.putback"_s); // no receipt at all
    QCOMPARE(note(), before);
}

void TestRestoreNote::backAndForth()
{
    const auto putBack = [this](const QString &live) {
        return apply(u"restore.putback"_s, receiptOf(u"proven"_s, {}, {{u"live"_s, live}}));
    };
    apply(u"restore.finished"_s, receiptOf(u"proven"_s));
    const auto back = putBack(u"before"_s);
    QCOMPARE(note().putBackAt, std::optional(back.at));
    putBack(u"restored"_s);
    QVERIFY(!note().putBackAt);
    const auto again = putBack(u"before"_s);
    QCOMPARE(note().putBackAt, std::optional(again.at));
    QCOMPARE(note().verdict, u"proven"_s); // of the restore itself
}

/// Proven, or not counted; and "not brought back" is said of what is known not to be.
void TestRestoreNote::whatWasBroughtBackIsCounted()
{
    const QJsonArray tables{
        QJsonObject{{u"schema"_s, u"public"_s}, {u"name"_s, u"orders"_s}, {u"inserted"_s, 40}},
        QJsonObject{{u"schema"_s, u"public"_s}, {u"name"_s, u"events"_s}, {u"inserted"_s, 1200}}};
    apply(u"restore.finished"_s, receiptOf(u"proven"_s));
    const QJsonObject error{{u"subject"_s, u"shop"_s}, {u"detail"_s, u"the line is dead"_s}};
    const QJsonObject failed = receiptOf(u"not-restored"_s, {}, {{u"error"_s, error}});
    const QJsonObject lost =
        receiptOf(u"not-restored"_s, tables, {{u"error"_s, error}, {u"isUnknown"_s, true}});
    apply(u"restore.broughtback"_s, failed);
    apply(u"restore.broughtback"_s, lost);
    QCOMPARE(note().rowsBroughtBack, 0);
    QCOMPARE(
        bringBackWords(failed, u"r1"_s),
        u"What came after the backup of restore r1 was not brought back: shop: the line is dead"_s);
    QCOMPARE(
        bringBackWords(lost, u"r1"_s),
        u"Whether what came after the backup of restore r1 is back is not known: shop: the line is dead"_s);
    const QJsonObject proven = receiptOf(u"proven"_s, tables);
    apply(u"restore.broughtback"_s, proven);
    QCOMPARE(note().rowsBroughtBack, 1240);
    QVERIFY(bringBackWords(proven, u"r1"_s).endsWith(u"public.orders 40, public.events 1,200"_s));
}

void TestRestoreNote::whatIsDiscardedIsNotLeft()
{
    const QJsonArray left{QJsonObject{{u"what"_s, u"schema a_before_1: as it was"_s}},
                          QJsonObject{{u"what"_s, u"schema a_before_12: as it was"_s}}};
    apply(u"restore.finished"_s, receiptOf(u"proven"_s, {}, {{u"left"_s, left}}));
    QCOMPARE(note().left.size(), 2);
    const QJsonObject gone{
        {u"schema"_s, u"a_before_1"_s}, {u"tables"_s, 3}, {u"bytes"_s, 4'200'000}};
    apply(u"restore.discarded"_s, gone);
    QCOMPARE(note().left, QStringList{u"schema a_before_12: as it was"_s});
    QCOMPARE(discardedWords(gone, u"r1"_s),
             u"What restore r1 kept is discarded for good: schema a_before_1, 3 tables, 4.2 MB"_s);
}

void TestRestoreNote::whatLettersToldIsKept()
{
    const auto table = [](const QString &name, const QString &verdict, qint64 rows,
                          const QJsonArray &leftOut = {}) {
        return QJsonObject{{u"schema"_s, u"public"_s},
                           {u"name"_s, name},
                           {u"verdict"_s, verdict},
                           {u"rowsInFile"_s, rows},
                           {u"leftOut"_s, leftOut}};
    };
    const auto check = [](const QJsonArray &tables) {
        return QJsonObject{{u"check"_s, QJsonObject{{u"tables"_s, tables}}}};
    };
    const JournalEvent first =
        apply(u"restore.content"_s,
              check({table(u"products"_s, u"same"_s, 60'000), table(u"users"_s, u"different"_s, 12),
                     table(u"prices"_s, u"same"_s, 5, {u"cash"_s}),
                     table(u"old"_s, u"not-compared"_s, 0)}));
    const QString words = u"2 of 4 tables are the same as in the backup, 60,017 rows; different: "
                          u"public.users; not compared: public.old; without the columns "
                          u"public.prices.cash"_s;
    QVERIFY2(note().content.endsWith(words), qPrintable(note().content));
    QCOMPARE(timelineEntry(first)->text,
             u"Restore r1 compared with its backup to the letter: "_s + words);
    apply(u"restore.content"_s, check({table(u"users"_s, u"same"_s, 12)}));
    QVERIFY2(note().content.endsWith(u"1 of 1 tables are the same as in the backup, 12 rows"_s),
             qPrintable(note().content));
}

void TestRestoreNote::twoAtOnceAreKeptApart()
{
    apply(u"restore.started"_s, {{u"file"_s, u"/b/other.sql"_s}}, u"r2"_s);
    apply(u"restore.finished"_s, receiptOf(u"not-restored"_s), u"r2"_s);
    apply(u"restore.finished"_s, receiptOf(u"proven"_s), u"r1"_s);
    QCOMPARE(m_notes.size(), 2);
    QCOMPARE(m_notes.at(0).verdict, u"proven"_s);
    QCOMPARE(m_notes.at(1).verdict, u"not-restored"_s);
    QCOMPARE(m_notes.at(1).file, u"/b/other.sql"_s);
}

void TestRestoreNote::anUnknownRestoreIsLeftAlone()
{
    const QList<RestoreNote> before = m_notes;
    for (const QString &kind : {u"restore.finished"_s, u"restore.settled"_s, u"restore.putback"_s})
        apply(kind, receiptOf(u"proven"_s), u"r9"_s);
    apply(u"restore.newer"_s, receiptOf(u"proven"_s));
    QCOMPARE(m_notes, before);
}

void TestRestoreNote::whatStatisticsLackIsAddedToTheReceipt()
{
    apply(u"restore.finished"_s, receiptOf(u"proven"_s, {}, {{u"notes"_s, QJsonArray{u"a"_s}}}));
    const QJsonObject late{{u"notes"_s, QJsonArray{u"b"_s, u"c"_s}}};
    apply(u"restore.statistics"_s, late);
    QCOMPARE(note().notes, (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    QCOMPARE(note().verdict, u"proven"_s);
    QCOMPARE(statisticsWords(late, u"r1"_s), u"Restore r1: b; c"_s);
}

void TestRestoreNote::jobsThatAreOffAreCounted()
{
    const QJsonObject seen{{u"found"_s, QJsonArray{u"row security on public.a is off again"_s}},
                           {u"jobsOff"_s, QJsonArray{QJsonObject{}, QJsonObject{}}}};
    QCOMPARE(afterwardsWords({{u"afterwards"_s, seen}}, u"r1"_s),
             u"Restore r1: came to life with it: row security on public.a is off again; scheduled "
             "jobs of the backup that are off until they are switched on: 2"_s);
}

void TestRestoreNote::thousandsOfTables()
{
    QJsonArray tables;
    for (int i = 0; i < 5000; ++i)
        tables.append(tableOf(u"t%1"_s.arg(i), 1'000'000, 1'000'000, u"proven"_s));
    const QJsonObject data = receiptOf(u"proven"_s, tables);
    apply(u"restore.finished"_s, data);
    QCOMPARE(note().tables.size(), 5000);
    QCOMPARE(note().tables.last().name, u"public.t4999"_s);
    QVERIFY2(restoreFinishedWords(data, u"r1"_s)
                 .endsWith(u"5000 of 5000 tables proven, 5,000,000,000 rows"),
             qPrintable(restoreFinishedWords(data, u"r1"_s)));
}

MAYDAY_TEST(TestRestoreNote);
#include "tst_restorenote.moc"
