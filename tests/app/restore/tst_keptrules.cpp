// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/keptmarks.h"
#include "restore/keptexpiry.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// The rules by which what is kept goes or stays, without a server.
class TestKeptRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theRules_data();
    void theRules();
    void theDayAfterIsQuiet();
    void onlyRestoresIntoThisDatabaseCount();
    void aDiscardElsewhereIsNotOurs();
    void whatWasAboutToGoIsAskedAbout();

private:
    static void apply(QList<RestoreRecord> &records, const store::JournalDraft &draft)
    {
        applyEvent(records, {.at = QDateTime::currentDateTimeUtc(),
                             .kind = draft.kind,
                             .subject = draft.subject,
                             .data = draft.data});
    }
    static postgres::ConnectionString at(const QString &text)
    {
        return postgres::ConnectionString::parse(text).value();
    }
    /// One that has ended well.
    static QList<RestoreRecord> recordsOf(const QString &connection)
    {
        RestorePlan plan;
        plan.id = RestoreId::parse(u"restore-1"_s).value();
        plan.target = at(connection);
        RestoreReceipt receipt;
        receipt.verdict = Verdict::Proven;
        QList<RestoreRecord> records;
        apply(records, startedDraft(plan));
        apply(records, finishedDraft(plan, receipt));
        return records;
    }
};

void TestKeptRules::theRules_data()
{
    QTest::addColumn<KeptLook>("look");
    QTest::addColumn<ExpiryRules>("rules");
    QTest::addColumn<KeptFate>("fate");
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const auto lookOf = [&now](const QList<KeptSchema> &kept) {
        return KeptLook{.kept = kept, .serverNow = now, .withTables = {u"public"_s}, .inUse = {}};
    };
    const QHash<QString, QDateTime> ended{{u"restore-1"_s, now.addDays(-21)},
                                          {u"restore-2"_s, now.addDays(-21)}};
    const ExpiryRules days{.keepDays = 14, .ended = ended};
    const KeptSchema old = keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 14.01);
    QTest::newRow("past") << lookOf({old}) << days << KeptFate::Due;
    QTest::newRow("no days") << lookOf({old}) << ExpiryRules{} << KeptFate::ByHand;
    QTest::newRow("a little early")
        << lookOf({keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 13.99)}) << days
        << KeptFate::Later;
    QTest::newRow("no restore in the mark")
        << lookOf({keptMark(u"public_before_20260101_000000"_s, {}, 99)}) << days
        << KeptFate::ByHand;
    KeptSchema timeless = old;
    timeless.at = {};
    QTest::newRow("no time in the mark") << lookOf({timeless}) << days << KeptFate::ByHand;
    QTest::newRow("the same restore was moved again")
        << lookOf({old, keptMark(u"app_before_20260101_000000"_s, u"restore-1"_s, 2)}) << days
        << KeptFate::Later;
    QTest::newRow("another restore was made")
        << lookOf({old, keptMark(u"public_before_20260102_000000"_s, u"restore-2"_s, 2)}) << days
        << KeptFate::Due;
    KeptLook behind = lookOf({old});
    behind.serverNow = now.addDays(-1);
    QTest::newRow("the server's clock says no") << behind << days << KeptFate::Later;
    QTest::newRow("an incident") << lookOf({old})
                                 << ExpiryRules{.keepDays = 14,
                                                .isIncidentOpen = true,
                                                .ended = ended}
                                 << KeptFate::IncidentOpen;
    QTest::newRow("nobody saw its end")
        << lookOf({old})
        << ExpiryRules{.keepDays = 14, .ended = {{u"restore-2"_s, now.addDays(-21)}}}
        << KeptFate::Unsettled;
    QTest::newRow("nobody saw its end, and it is of today")
        << lookOf({keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 1)})
        << ExpiryRules{.keepDays = 14} << KeptFate::Unsettled;
    QTest::newRow("its end was seen later than its mark says")
        << lookOf({old})
        << ExpiryRules{.keepDays = 14, .ended = {{u"restore-1"_s, now.addDays(-2)}}}
        << KeptFate::Later;
    KeptSchema renamed = old;
    renamed.name = u"public"_s;
    QTest::newRow("renamed back") << lookOf({renamed}) << days << KeptFate::Renamed;
    renamed.name = u"keep_this"_s;
    QTest::newRow("renamed") << lookOf({renamed}) << days << KeptFate::Renamed;
    renamed.name = u"public_before_20261345_000000"_s;
    QTest::newRow("a time that is none") << lookOf({renamed}) << days << KeptFate::Renamed;
    renamed.original = u"app"_s;
    QTest::newRow("its companion was renamed")
        << lookOf({old, renamed}) << days << KeptFate::Renamed;
    KeptSchema loaded = old;
    loaded.name = u"shop_restoring_20260101_000000"_s;
    loaded.original = u"shop"_s;
    loaded.isDatabase = true;
    loaded.state = KeptState::Loading;
    QTest::newRow("a loaded backup") << lookOf({loaded}) << days << KeptFate::ByHand;
    KeptSchema handed = loaded; // with a time, which its mark does not have
    handed.name = u"shop_restored_20260101_000000"_s;
    handed.state = KeptState::HandedOver;
    QTest::newRow("a database handed over") << lookOf({handed}) << days << KeptFate::ByHand;
    KeptSchema copy = old;
    copy.name = u"public_copy_20260101_000000"_s;
    copy.state = KeptState::Copy;
    QTest::newRow("a copy beside the live data") << lookOf({copy}) << days << KeptFate::ByHand;
    QTest::newRow("a copy is of the same restore")
        << lookOf({old, copy}) << days << KeptFate::ByHand;
    KeptLook bare = lookOf({old});
    bare.withTables = {u"public_before_20260101_000000"_s};
    QTest::newRow("nothing is live") << bare << days << KeptFate::OnlyCopy;
    KeptSchema app = keptMark(u"app_before_20260101_000000"_s, u"restore-1"_s, 20);
    app.original = u"app"_s;
    QTest::newRow("nothing is live of its companion")
        << lookOf({old, app}) << days << KeptFate::OnlyCopy;
    KeptSchema database = old;
    database.name = u"shop_before_20260101_000000"_s;
    database.original = u"shop"_s;
    database.isDatabase = true;
    QTest::newRow("a database") << lookOf({database}) << days << KeptFate::Due;
    KeptSchema moved = database;
    moved.restore = u"restore-2"_s;
    moved.at = now.addDays(-2);
    QTest::newRow("a database came back, and this with it")
        << lookOf({old, moved}) << days << KeptFate::Later;
    ExpiryRules named = days;
    named.inStack = {u"shop_before_20260101_000000"_s};
    QTest::newRow("a database that stack.yaml names")
        << lookOf({database}) << named << KeptFate::InUse;
    ExpiryRules loud = days;
    loud.quietUntil = now.addSecs(60);
    QTest::newRow("on the day after an incident") << lookOf({old}) << loud << KeptFate::Later;
    ExpiryRules opened = loud;
    opened.isIncidentOpen = true;
    QTest::newRow("an incident of today") << lookOf({old}) << opened << KeptFate::IncidentOpen;
    loud.quietUntil = now.addSecs(-60);
    QTest::newRow("on the day after that") << lookOf({old}) << loud << KeptFate::Due;
    KeptLook visited = lookOf({database});
    visited.inUse = {u"shop_before_20260101_000000"_s};
    QTest::newRow("a database in use") << visited << days << KeptFate::InUse;
    KeptLook empty =
        lookOf({database, keptMark(u"public_before_20260102_000000"_s, u"restore-2"_s, 1)});
    empty.withTables = {u"public_before_20260102_000000"_s};
    QTest::newRow("a database, and nothing live in the other")
        << empty << days << KeptFate::OnlyCopy;
}

void TestKeptRules::theRules()
{
    QFETCH(KeptLook, look);
    QFETCH(ExpiryRules, rules);
    QFETCH(KeptFate, fate);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const KeptTerm term = termOf(look.kept.front(), look, rules, now);
    QCOMPARE(fateKey(term.fate), fateKey(fate));
    if (fate == KeptFate::Unsettled || fate == KeptFate::ByHand)
        QVERIFY2(!term.goesAt.isValid(), "a day is promised for what goes on none");
    QCOMPARE(!dueOf(look, rules, now).isEmpty(), fate == KeptFate::Due);
    // And never by our clock alone.
    QVERIFY(dueOf(look, rules, now.addDays(-30)).isEmpty());
}

void TestKeptRules::theDayAfterIsQuiet()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const auto event = [&now](const QString &kind, int hours) {
        return store::JournalEvent{
            .at = now.addSecs(-3600 * hours), .kind = kind, .subject = {}, .data = {}};
    };
    QVERIFY(!quietUntilOf({}).isValid());
    QVERIFY(!quietUntilOf({event(u"restore.discarded"_s, 1), event(u"dump.taken"_s, 1),
                           event(u"restore.discarding"_s, 1)})
                 .isValid());
    for (const QString &kind :
         {u"incident.closed"_s, u"restore.finished"_s, u"restore.settled"_s, u"restore.putback"_s,
          u"restore.putback.settled"_s, u"restore.broughtback"_s})
        QCOMPARE(quietUntilOf({event(kind, 3), event(u"restore.started"_s, 9)}),
                 now.addSecs(3600 * 21));
}

/// A clone of the production database carries its marks.
void TestKeptRules::onlyRestoresIntoThisDatabaseCount()
{
    QList<RestoreRecord> records = recordsOf(u"host=db.example dbname=shop user=app"_s);
    QVERIFY(endedOf(records, at(u"host=DB.example port=5432 dbname=shop user=cron"_s))
                .contains(u"restore-1"_s));
    for (const QString &other :
         {u"host=db.example dbname=staging"_s, u"host=db.example port=5433 dbname=shop"_s,
          u"host=other.example dbname=shop"_s})
        QVERIFY2(endedOf(records, at(other)).isEmpty(), qPrintable(other));
    const KeptSchema gone = keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    apply(records, discardedDraft(gone, at(u"host=db.example dbname=shop user=app"_s)));
    QVERIFY(endedOf(records, at(u"host=db.example dbname=shop"_s)).isEmpty());
}

void TestKeptRules::aDiscardElsewhereIsNotOurs()
{
    QList<RestoreRecord> records = recordsOf(u"host=db.example dbname=shop user=app"_s);
    const KeptSchema gone = keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    store::JournalDraft draft =
        discardedDraft(gone, at(u"host=db.example dbname=staging user=app"_s));
    apply(records, draft);
    QVERIFY(!records[0].discardedAt && records[0].canBePutBack());
    draft.data.remove(u"connection"_s); // as older versions have written it
    apply(records, draft);
    QVERIFY(!records[0].discardedAt);
    draft.data[u"target"_s] = u"database shop on db.example:5432 as cron"_s;
    apply(records, draft);
    QVERIFY(records[0].discardedAt && !records[0].canBePutBack());
}

void TestKeptRules::whatWasAboutToGoIsAskedAbout()
{
    const auto shop = at(u"host=db.example dbname=shop user=app"_s);
    QList<RestoreRecord> records = recordsOf(u"host=db.example dbname=shop user=app"_s);
    const KeptSchema first = keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 20);
    KeptSchema second = keptMark(u"shop_before_20260101_000000"_s, u"restore-1"_s, 20);
    second.isDatabase = true;
    QVERIFY(settledDiscards(records, {}, shop).isEmpty());
    apply(records, discardingDraft({first, second}, shop, 14));
    QVERIFY(settledDiscards(records, {}, at(u"host=db.example dbname=other"_s)).isEmpty());
    second.isBroken = true;
    const auto drafts = settledDiscards(records, {second}, shop);
    QCOMPARE(drafts.size(), 3);
    QCOMPARE(drafts[0].kind, u"restore.discarded"_s);
    QCOMPARE(drafts[0].data["schema"_L1].toString(), first.name);
    QCOMPARE(drafts[0].data["keepDays"_L1].toInt(), 14);
    QCOMPARE(drafts[1].kind, u"restore.discarding.broken"_s);
    QCOMPARE(drafts[2].kind, u"restore.discarding.ended"_s);
    QVERIFY(records[0].canBePutBack());
    apply(records, drafts[1]);
    QVERIFY(!records[0].canBePutBack() && !records[0].canBeCompared());
    apply(records, drafts[0]);
    apply(records, drafts[2]);
    QVERIFY(settledDiscards(records, {}, shop).isEmpty());
}

MAYDAY_TEST(TestKeptRules);
#include "tst_keptrules.moc"
