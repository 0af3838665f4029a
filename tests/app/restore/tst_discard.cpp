// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "postgres/quoting.h"
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
    void whatWouldLoseByItIsNamed_data();
    void whatWouldLoseByItIsNamed();
    void companionsGoInAnyOrder();
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

void TestDiscard::whatWouldLoseByItIsNamed_data()
{
    QTest::addColumn<QByteArray>("sql"); // KEPT is the schema's name
    QTest::addColumn<QString>("named");
    QTest::newRow("a table that became a partition of a live one")
        << QByteArray("CREATE TABLE public.events (id int) PARTITION BY LIST (id);"
                      "CREATE TABLE KEPT.events_2025 (id int);"
                      "ALTER TABLE public.events ATTACH PARTITION KEPT.events_2025 DEFAULT;"
                      "INSERT INTO public.events VALUES (1)")
        << u"Part of table public.events"_s;
    QTest::newRow("a table that became a child of a live one")
        << QByteArray("CREATE TABLE public.events (id int);"
                      "CREATE TABLE KEPT.events_2025 (id int) INHERITS (public.events)")
        << u"Part of table public.events"_s;
    QTest::newRow("what another restore keeps")
        << QByteArray("CREATE SCHEMA app_before_20260101_000000;"
                      "CREATE VIEW app_before_20260101_000000.v AS SELECT id FROM KEPT.products;"
                      "COMMENT ON SCHEMA app_before_20260101_000000 IS '{\"mayday\":1,"
                      "\"original\":\"app\",\"restore\":\"restore-9\"}'")
        << u"View app_before_20260101_000000.v"_s;
    QTest::newRow("what is live and carries a mark")
        << QByteArray("CREATE SCHEMA app; CREATE TABLE app.t (k KEPT.kind);"
                      "COMMENT ON SCHEMA app IS '{\"mayday\":1,\"original\":\"app\"}'")
        << u"Column app.t.k"_s;
    QTest::newRow("a function of a schema whose comment speaks of mayday")
        << QByteArray("CREATE SCHEMA app; CREATE FUNCTION app.f(KEPT.kind) RETURNS int LANGUAGE sql"
                      " AS 'SELECT 1';"
                      "COMMENT ON SCHEMA app IS '{our \"mayday\" tools}'")
        << u"Function app.f("_s;
    QTest::newRow("an attribute of a type")
        << QByteArray("CREATE TYPE public.pair AS (k KEPT.kind, n int)") << u"Type public.pair"_s;
    QTest::newRow("an extension that lives there")
        << QByteArray("CREATE EXTENSION pgcrypto WITH SCHEMA KEPT") << u"Extension pgcrypto"_s;
    QTest::newRow("a member of an extension from elsewhere")
        << QByteArray("CREATE EXTENSION pgcrypto WITH SCHEMA public;"
                      "ALTER EXTENSION pgcrypto ADD TABLE KEPT.empty_one")
        << u"Extension pgcrypto"_s;
    QTest::newRow("a role that works in it")
        << QByteArray("DROP ROLE IF EXISTS works_there; CREATE ROLE works_there;"
                      "ALTER ROLE works_there SET search_path = 'KEPT', public")
        << u"Setting search_path of role works_there"_s;
    QTest::newRow("a database that works in it")
        << QByteArray("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = KEPT',"
                      " current_database()); END $$")
        << u"Setting search_path of database "_s;
    QTest::newRow("a function that reads it by name")
        << QByteArray("CREATE FUNCTION public.old() RETURNS bigint LANGUAGE plpgsql AS"
                      " $$ BEGIN RETURN (SELECT count(*) FROM KEPT.products); END $$")
        << u"Function public.old"_s;
}

void TestDiscard::whatWouldLoseByItIsNamed()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, named);
    const Shop shop(*m_server, 1);
    const QString kept = u"public_before_20251201_000000"_s;
    shop.run(
        "CREATE SCHEMA KEPT; CREATE TYPE KEPT.kind AS ENUM ('a');"
        "CREATE TABLE KEPT.products (id int); CREATE TABLE KEPT.empty_one (id int);"_ba.replace(
            "KEPT", kept.toUtf8()));
    const KeptSchema mark{.name = kept,
                          .original = u"public"_s,
                          .restore = u"restore-1"_s,
                          .at = QDateTime::currentDateTimeUtc(),
                          .file = {}};
    shop.run("COMMENT ON SCHEMA " + kept.toUtf8() + " IS " +
             postgres::quoteLiteral(commentOf(mark)));
    shop.run(sql.replace("KEPT", kept.toUtf8()));
    TaskContext context;
    const auto refused = discardKept(shop.target(), kept, context);
    shop.run("DROP ROLE IF EXISTS works_there");
    QVERIFY2(!refused, "it went, and took something with it");
    QCOMPARE(refused.error().kind, ErrorKind::Refused);
    QVERIFY2(refused.error().detail.contains(named), qPrintable(refused.error().detail));
    QCOMPARE(shop.ask("SELECT count(*) FROM " + kept.toUtf8() + ".products"), u"0"_s);
}

/// Of two schemas of one restore that refer to each other neither would ever be the first.
void TestDiscard::companionsGoInAnyOrder()
{
    const Shop shop(*m_server, 1);
    TaskContext context;
    for (const QByteArray original : {"public", "app"}) {
        const KeptSchema mark{.name = QString::fromUtf8(original) + u"_before_20251201_000000"_s,
                              .original = QString::fromUtf8(original),
                              .restore = u"restore-1"_s,
                              .at = QDateTime::currentDateTimeUtc(),
                              .file = {}};
        shop.run("CREATE SCHEMA " + mark.name.toUtf8() + "; CREATE TABLE " + mark.name.toUtf8() +
                 ".t (id int PRIMARY KEY); COMMENT ON SCHEMA " + mark.name.toUtf8() + " IS " +
                 postgres::quoteLiteral(commentOf(mark)));
    }
    shop.run("ALTER TABLE app_before_20251201_000000.t ADD FOREIGN KEY (id)"
             " REFERENCES public_before_20251201_000000.t;"
             "ALTER TABLE public_before_20251201_000000.t ADD FOREIGN KEY (id)"
             " REFERENCES app_before_20251201_000000.t");
    for (const QString &name :
         {u"public_before_20251201_000000"_s, u"app_before_20251201_000000"_s}) {
        const auto gone = discardKept(shop.target(), name, context);
        QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
    }
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
