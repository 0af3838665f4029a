// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/bringback.h"
#include "restore/restoreprogress.h"
#include "restore/restorerecord.h"
#include "support/testmain.h"

#include <QJsonDocument>
#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

namespace {

RestoreReceipt sample(Verdict verdict)
{
    RestoreReceipt receipt;
    receipt.id = RestoreId::parse(u"restore-1"_s).value();
    receipt.verdict = verdict;
    receipt.tables = {{.schema = u"public"_s,
                       .name = u"products"_s,
                       .rowsInDump = 3,
                       .rowsAfter = 3,
                       .sequence = u"ok"_s,
                       .constraints = 2,
                       .verdict = Verdict::Proven},
                      {.schema = u"public"_s,
                       .name = u"orders"_s,
                       .rowsInDump = 5,
                       .rowsAfter = 4,
                       .verdict = Verdict::Differences,
                       .note = u"1 row(s) missing"_s}};
    receipt.seconds = 1.5;
    receipt.error = Error{.kind = ErrorKind::Refused,
                          .subject = u"products"_s,
                          .detail = u"no"_s,
                          .advice = Advice::TakeAnotherBackup,
                          .sqlState = u"23505"_s,
                          .line = 88};
    receipt.left = {{u"schema a"_s, u"DROP SCHEMA a CASCADE"_s}};
    receipt.notes = {u"a note"_s};
    receipt.afterwards = Afterwards{.found = {u"reader may SELECT on public.products again"_s},
                                    .unseen = {u"public.users: it has no primary key"_s}};
    receipt.target = u"database shop"_s;
    receipt.file = u"/x/shop.sql.gz"_s;
    return receipt;
}

RestorePlan plan()
{
    RestorePlan plan;
    plan.id = RestoreId::parse(u"restore-1"_s).value();
    plan.file = u"/x/shop.sql.gz"_s;
    plan.target =
        postgres::ConnectionString::parse(u"host=db dbname=shop user=app password=hunter2"_s)
            .value();
    plan.incident = u"incident-1"_s;
    plan.environment = u"practice"_s;
    plan.plannedAt = QDateTime(QDate(2026, 11, 23), QTime(8, 15), QTimeZone::UTC);
    return plan;
}

store::JournalEvent written(const store::JournalDraft &draft)
{
    store::JournalEvent event;
    event.kind = draft.kind;
    event.subject = draft.subject;
    event.data = draft.data;
    event.at = QDateTime(QDate(2026, 11, 23), QTime(9, 0), QTimeZone::UTC);
    return event;
}

} // namespace

class TestRestoreReceipt : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void survivesTheJournal();
    void hasTheDocumentedKeys();
    void namesWhatIsKept();
    void aRecordFollowsItsEvents();
    void anInterruptedRestoreClaimsNothing();
    void whatNobodyKnowsIsAskedAbout();
    void rowsOfALostCommitAreNotCounted();
    void noSecretReachesTheJournal();
    void ratesAndForecasts();
};

void TestRestoreReceipt::survivesTheJournal()
{
    const RestoreReceipt receipt = sample(Verdict::Differences);
    const RestoreReceipt back = receiptFromJson(toJson(receipt));
    QCOMPARE(toJson(back), toJson(receipt));
    QCOMPARE(back.error, receipt.error);
    QCOMPARE(back.afterwards, receipt.afterwards);
    QVERIFY(!receiptFromJson({}).afterwards);
    QCOMPARE(back.rowsRestored(), 7);
    QCOMPARE(back.tablesProven(), 1);
    QCOMPARE(receiptFromJson({}).verdict, Verdict::NotRestored);
}

void TestRestoreReceipt::hasTheDocumentedKeys()
{
    const QJsonObject json = toJson(sample(Verdict::NotRestored));
    for (const char *key : {"verdict", "tables", "mode", "seconds", "error", "left"})
        QVERIFY2(json.contains(QLatin1StringView(key)), key);
    const QJsonObject table = json["tables"_L1][0].toObject();
    for (const char *key : {"schema", "name", "rowsInDump", "rowsAfter", "verdict"})
        QVERIFY2(table.contains(QLatin1StringView(key)), key);
    const QJsonObject error = json["error"_L1].toObject();
    for (const char *key : {"kind", "subject", "detail", "line", "sqlstate", "advice"})
        QVERIFY2(error.contains(QLatin1StringView(key)), key);
    QCOMPARE(json["verdict"_L1].toString(), u"not-restored"_s);
}

void TestRestoreReceipt::namesWhatIsKept()
{
    QCOMPARE(plan().keptSchemaName(u"public"_s), u"public_before_20261123_081500"_s);
    const QString longest = plan().keptSchemaName(QString(80, u'\u00e4'));
    QVERIFY(longest.toUtf8().size() <= 63);
    QVERIFY(longest.endsWith(u"_before_20261123_081500"_s));
    QCOMPARE(plan().targetName(u"public"_s), u"schema public in shop on db:5432"_s);
    QVERIFY(freshRestoreId(plan().plannedAt).text().startsWith(u"restore-20261123-081500-"_s));
    QVERIFY(freshRestoreId(plan().plannedAt) != freshRestoreId(plan().plannedAt));
}

void TestRestoreReceipt::aRecordFollowsItsEvents()
{
    QList<RestoreRecord> records;
    applyEvent(records, written(startedDraft(plan())));
    QCOMPARE(records.size(), 1);
    QCOMPARE(records[0].state, RestoreState::Interrupted);
    QCOMPARE(records[0].incident, u"incident-1"_s);
    QVERIFY(records[0].mappedRoles.isEmpty());
    RestorePlan mapped = plan();
    mapped.mappedRoles = {{u"old_owner"_s, u"new_owner"_s}};
    QList<RestoreRecord> others;
    applyEvent(others, written(startedDraft(mapped)));
    QCOMPARE(others[0].mappedRoles, mapped.mappedRoles);
    applyEvent(records, written(finishedDraft(plan(), sample(Verdict::Proven))));
    QCOMPARE(records[0].state, RestoreState::Finished);
    QVERIFY(records[0].isInEffect());
    PutBackReceipt putBack;
    putBack.verdict = Verdict::Proven;
    putBack.left = {{u"schema parked"_s, u"DROP SCHEMA parked CASCADE"_s}};
    applyEvent(records, written(putBackDraft(u"restore-1"_s, {}, putBack)));
    QVERIFY(!records[0].isInEffect());
    QCOMPARE(records[0].receipt->left.size(), 1);
    QCOMPARE(records[0].receipt->left[0].what, u"schema parked"_s);
    putBack.isRestoredLive = true; // put back once more: in effect again
    putBack.notes = {u"process 7 holds a table"_s};
    applyEvent(records, written(putBackDraft(u"restore-1"_s, {}, putBack)));
    applyEvent(records, written(putBackDraft(u"restore-1"_s, {}, putBack)));
    QCOMPARE(records[0].receipt->notes.count(putBack.notes.front()), 1);
    QVERIFY(records[0].isInEffect());
    putBack.verdict = Verdict::NotRestored;
    applyEvent(records, written(putBackDraft(u"restore-1"_s, {}, putBack)));
    QVERIFY(records[0].isInEffect());
}

void TestRestoreReceipt::anInterruptedRestoreClaimsNothing()
{
    QList<RestoreRecord> records;
    applyEvent(records, written(startedDraft(plan())));
    QVERIFY(!records[0].isInEffect());
    applyEvent(records, written(settledDraft(records[0], {.committed = true})));
    QCOMPARE(records[0].state, RestoreState::Settled);
    QVERIFY(records[0].isInEffect());
    store::JournalEvent stranger;
    stranger.kind = u"restore.finished"_s;
    stranger.subject = u"restore-of-somebody-else"_s;
    applyEvent(records, stranger);
    QCOMPARE(records.size(), 1);
}

/// They may have come back, and may not.
void TestRestoreReceipt::rowsOfALostCommitAreNotCounted()
{
    QList<RestoreRecord> records;
    applyEvent(records, written(startedDraft(plan())));
    applyEvent(records, written(finishedDraft(plan(), sample(Verdict::Proven))));
    BringBackReceipt receipt{
        .restore = u"restore-1"_s,
        .tables = {{.schema = u"public"_s, .name = u"orders"_s, .inserted = 40}},
        .error = Error{.kind = ErrorKind::Unreachable, .subject = u"shop"_s, .detail = {}},
        .isUnknown = true};
    applyEvent(records, written(bringBackDraft({}, receipt)));
    QCOMPARE(records[0].rowsBroughtBack, 0);
    receipt.verdict = Verdict::Proven;
    receipt.error.reset();
    receipt.isUnknown = false;
    applyEvent(records, written(bringBackDraft({}, receipt)));
    QCOMPARE(records[0].rowsBroughtBack, 40);
}

/// The line was lost on the last word, and the server could not be asked then.
void TestRestoreReceipt::whatNobodyKnowsIsAskedAbout()
{
    const Error lost{.kind = ErrorKind::Unreachable,
                     .subject = u"shop"_s,
                     .detail = {},
                     .sqlState = outcomeUnknown};
    QList<RestoreRecord> records;
    applyEvent(records, written(startedDraft(plan())));
    records[0].state = RestoreState::Running; // as the process that does it knows
    RestoreReceipt receipt;
    receipt.error = lost;
    applyEvent(records, written(finishedDraft(plan(), receipt)));
    QVERIFY(records[0].isToBeAsked());
    QVERIFY(!records[0].receipt); // it would say that nothing changed
    applyEvent(records, written(settledDraft(records[0], {.committed = true})));
    QVERIFY(!records[0].isToBeAsked() && records[0].isInEffect());
    applyEvent(records, written(putBackStartedDraft(u"restore-1"_s, {})));
    PutBackReceipt putBack;
    putBack.error = lost;
    applyEvent(records, written(putBackDraft(u"restore-1"_s, {}, putBack)));
    QVERIFY(records[0].isToBeAsked());
    applyEvent(records, written(putBackSettledDraft(records[0], true)));
    QVERIFY(!records[0].isToBeAsked() && !records[0].isInEffect());
    QVERIFY(records[0].isPutBackUnseen && !records[0].putBackError && !records[0].lastPutBack);
    // With differences outside of it is put back all the same.
    putBack.error.reset();
    putBack.verdict = Verdict::Differences;
    putBack.isRestoredLive = true;
    applyEvent(records, written(putBackDraft(u"restore-1"_s, {}, putBack)));
    QVERIFY(records[0].isInEffect());
    QVERIFY(!records[0].isPutBackUnseen);
    // One that failed after it does not hide how that one ended, nor does one without an effect.
    PutBackReceipt failed;
    failed.error = Error{.kind = ErrorKind::Refused, .subject = {}, .detail = u"busy"_s};
    applyEvent(records, written(putBackDraft(u"restore-1"_s, {}, failed)));
    QCOMPARE(records[0].lastPutBack->verdict, Verdict::Differences);
    QCOMPARE(records[0].putBackError->detail, u"busy"_s);
    applyEvent(records, written(putBackStartedDraft(u"restore-1"_s, {})));
    applyEvent(records, written(putBackSettledDraft(records[0], false)));
    QCOMPARE(records[0].lastPutBack->verdict, Verdict::Differences);
    QVERIFY(!records[0].putBackError && !records[0].isPutBackUnseen);
}

void TestRestoreReceipt::noSecretReachesTheJournal()
{
    const QByteArray text = QJsonDocument(startedDraft(plan()).data).toJson();
    QVERIFY(!text.contains("hunter2"));
    const auto back =
        postgres::ConnectionString::parse(startedDraft(plan()).data["connection"_L1].toString());
    QVERIFY(back);
    QCOMPARE(back->database(), u"shop"_s);
}

void TestRestoreReceipt::ratesAndForecasts()
{
    RestoreProgress progress;
    QCOMPARE(progress.bytesPerSecond(), 0.0);
    QVERIFY(progress.remaining().count() < 0);
    progress.bytesDone = 10'000'000;
    progress.bytesTotal = 30'000'000;
    progress.phaseElapsed = std::chrono::seconds(2);
    QCOMPARE(progress.bytesPerSecond(), 5'000'000.0);
    QCOMPARE(progress.remaining(), std::chrono::seconds(4));
    progress.bytesDone = 40'000'000; // the file grew
    QVERIFY(progress.remaining().count() < 0);
}

MAYDAY_TEST(TestRestoreReceipt);
#include "tst_restorereceipt.moc"
