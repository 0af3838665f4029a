// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/putback.h"
#include "restore/restorerecord.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// The one step without an undo: dropping what a restore has kept.
class TestDiscard : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void onlyWhatIsMarkedIsDiscarded();
    void whatOthersStillUseIsNotDiscarded();
    void harmAtAnyStepDropsNothing_data();
    void harmAtAnyStepDropsNothing();
    void aCommitNobodyAnsweredIsAskedAbout();
    void aCommitThatNeverArrivedDroppedNothing();
    void aCommitNobodyCanBeAskedAboutIsSaidToBeUnknown();
    void theRecordForgetsWhatIsGone();

private:
    /// Restored once: one schema is kept.
    std::unique_ptr<Shop> restoredShop()
    {
        auto shop = std::make_unique<Shop>(*m_server, 50);
        const QString file = shop->writeDump(shop->dump());
        shop->run("DELETE FROM public.products WHERE id > 20");
        if (shop->restore(file).verdict != Verdict::Proven)
            qFatal("the restore before the discard failed");
        return shop;
    }
    static QString keptNames(const Shop &shop)
    {
        return shop.ask("SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace"
                        " WHERE nspname LIKE 'public\\_before\\_%'");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestDiscard::onlyWhatIsMarkedIsDiscarded()
{
    const auto shop = restoredShop();
    shop->run("CREATE SCHEMA public_before_20200101_000000;"
              "CREATE TABLE public_before_20200101_000000.theirs (id int)");
    TaskContext context;
    for (const QString &name : {u"public"_s, u"public_before_20200101_000000"_s, u"pg_catalog"_s,
                                u"no_such"_s, QString()}) {
        const auto dropped = discardKept(shop->target(), name, context);
        QVERIFY2(!dropped, qPrintable(name));
        QCOMPARE(dropped.error().kind, ErrorKind::NotFound);
        QCOMPARE(dropped.error().detail, u"it is not one that Mayday keeps"_s);
    }
    QCOMPARE(shop->ask("SELECT count(*) FROM public_before_20200101_000000.theirs"), u"0"_s);
    QCOMPARE(shop->ask("SELECT count(*) FROM public.products"), u"50"_s);
}

void TestDiscard::whatOthersStillUseIsNotDiscarded()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("CREATE SCHEMA reports;"
             "CREATE VIEW reports.daily AS SELECT count(*) AS n FROM public.products");
    QCOMPARE(shop.restore(file).verdict, Verdict::Differences);
    TaskContext context;
    const QString kept = keptNames(shop);
    const auto refused = discardKept(shop.target(), kept, context);
    QVERIFY2(!refused, "a live view would have been dropped with it");
    QCOMPARE(refused.error().kind, ErrorKind::Refused);
    QCOMPARE(refused.error().subject, u"schema "_s + kept);
    QVERIFY(refused.error().detail.contains(u"View reports.daily"_s));
    QCOMPARE(shop.ask("SELECT n FROM reports.daily"), u"50"_s);
    shop.run("CREATE OR REPLACE VIEW reports.daily AS SELECT count(*) AS n FROM public.products");
    const auto dropped = discardKept(shop.target(), kept, context);
    QVERIFY2(dropped, dropped ? "" : qPrintable(describe(dropped.error())));
    QCOMPARE(dropped->name, kept);
    QVERIFY(keptNames(shop).isEmpty());
    QCOMPARE(shop.ask("SELECT n FROM reports.daily"), u"50"_s);
}

void TestDiscard::harmAtAnyStepDropsNothing_data()
{
    QTest::addColumn<QByteArray>("step");
    for (const char *step : {"BEGIN; SET LOCAL", "pg_try_advisory_xact_lock", "'{%\"mayday\"%'",
                             "pg_depend", "DROP SCHEMA"})
        QTest::newRow(step) << QByteArray(step);
}

void TestDiscard::harmAtAnyStepDropsNothing()
{
    QFETCH(QByteArray, step);
    const auto shop = restoredShop();
    const QString kept = keptNames(*shop);
    {
        const StepRelay relay(shop->target(), step, [] { return StepRelay::Then::Cut; });
        TaskContext context;
        const auto dropped = discardKept(relay.connectionString(), kept, context);
        QVERIFY(relay.hasStruck());
        QVERIFY(!dropped);
        QCOMPARE(dropped.error().kind, ErrorKind::Unreachable);
        QVERIFY(dropped.error().sqlState != outcomeUnknown);
    }
    QCOMPARE(shop->ask("SELECT count(*) FROM " + kept.toUtf8() + ".products"), u"20"_s);
    TaskContext context;
    QVERIFY(discardKept(shop->target(), kept, context)); // and it can be tried again
    QVERIFY(keptNames(*shop).isEmpty());
}

void TestDiscard::aCommitNobodyAnsweredIsAskedAbout()
{
    const auto shop = restoredShop();
    const StepRelay relay(shop->target(), "COMMIT", [] { return StepRelay::Then::CutAfter; });
    TaskContext context;
    const auto dropped = discardKept(relay.connectionString(), keptNames(*shop), context);
    QVERIFY(relay.hasStruck());
    QVERIFY2(dropped, dropped ? "" : qPrintable(describe(dropped.error())));
    QVERIFY(keptNames(*shop).isEmpty());
}

void TestDiscard::aCommitThatNeverArrivedDroppedNothing()
{
    const auto shop = restoredShop();
    const QString kept = keptNames(*shop);
    const StepRelay relay(shop->target(), "COMMIT", [] { return StepRelay::Then::Cut; });
    TaskContext context;
    const auto dropped = discardKept(relay.connectionString(), kept, context);
    QVERIFY(relay.hasStruck());
    QVERIFY(!dropped);
    QVERIFY(dropped.error().sqlState != outcomeUnknown);
    QCOMPARE(keptNames(*shop), kept);
}

void TestDiscard::aCommitNobodyCanBeAskedAboutIsSaidToBeUnknown()
{
    const auto shop = restoredShop();
    const QString kept = keptNames(*shop);
    {
        const StepRelay relay(shop->target(), "COMMIT", [this] {
            m_server->stop();
            return StepRelay::Then::Cut;
        });
        TaskContext context;
        const auto dropped = discardKept(relay.connectionString(), kept, context);
        QVERIFY(!dropped);
        QCOMPARE(dropped.error().sqlState, outcomeUnknown);
        QVERIFY(dropped.error().detail.contains(u"it may be gone"_s));
    }
    m_server->restart();
    QCOMPARE(keptNames(*shop), kept);
}

void TestDiscard::theRecordForgetsWhatIsGone()
{
    const auto shop = restoredShop();
    const SystemClock clock;
    const RestorePlan plan = shop->plan(shop->writeDump(shop->dump()));
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QCOMPARE(receipt.left.size(), 1);
    QList<RestoreRecord> records;
    const auto apply = [&](const store::JournalDraft &draft) {
        applyEvent(
            records,
            {.at = clock.now(), .kind = draft.kind, .subject = draft.subject, .data = draft.data});
    };
    apply(startedDraft(plan));
    apply(finishedDraft(plan, receipt));
    QCOMPARE(records[0].receipt->left.size(), 1);

    const auto newest = shop->ask("SELECT max(nspname) FROM pg_namespace"
                                  " WHERE nspname LIKE 'public\\_before\\_%'");
    const auto gone = discardKept(shop->target(), newest, context);
    QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
    QCOMPARE(gone->restore, plan.id.text());
    apply(discardedDraft(*gone, shop->target()));

    QVERIFY(records[0].receipt->left.isEmpty());
    QVERIFY(!records[0].canBePutBack());
}

MAYDAY_TEST(TestDiscard);
#include "tst_discard.moc"
