// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "backup/inspectionindex.h"
#include "restore/bringback.h"
#include "restore/putback.h"
#include "restore/restorerecord.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

#include <algorithm>
#include <stop_token>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// A backup laid beside the live data: the live data never notices, the rows are proven, and what
/// is missing can be brought over.
class TestCopy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void theLiveDataNeverNotices();
    void rowsOfChosenTablesOnly_data();
    void rowsOfChosenTablesOnly();
    void aFewRowsOfALargeFileComeWithoutTheRest_data();
    void aFewRowsOfALargeFileComeWithoutTheRest();
    void aTableTheBackupLacksIsSaid();
    void lostRowsComeBackFromIt();
    void aTableBecomesAsInTheBackup();
    void aPutBackNeverTakesACopy();
    void whereNothingIsLiveTheCopyStandsAlone();
    void othersCannotReadIt();
    void extensionsStayLive();
    void nothingOfTheBackupRuns();
    void aCommitNobodyAnsweredIsAskedAbout();
    void aStopLeavesNothing();
    void writersGoOnMeanwhile();
    void theRecordKnowsWhatItIs();

private:
    [[nodiscard]] static RestorePlan copyPlan(const Shop &shop, const QString &file,
                                              const QList<TableName> &tables = {})
    {
        RestorePlan plan = shop.plan(file);
        plan.mode = RestoreMode::Copy;
        plan.tables = tables;
        return plan;
    }
    [[nodiscard]] static RestoreReceipt run(const RestorePlan &plan, TaskContext context = {})
    {
        const SystemClock clock;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }
    [[nodiscard]] static QString copyName(const Shop &shop)
    {
        return shop.ask("SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace"
                        " WHERE nspname LIKE '%\\_copy\\_%'");
    }
    [[nodiscard]] static Comparison compared(const Shop &shop, const QString &restore = {})
    {
        TaskContext context;
        auto comparison = compareWithKept(shop.target(), restore, context, {});
        if (!comparison)
            qFatal("%s", qPrintable(describe(comparison.error())));
        return *comparison;
    }
    static void drop(const Shop &shop)
    {
        TaskContext context;
        if (auto gone = discardKept(shop.target(), copyName(shop), context); !gone)
            qFatal("%s", qPrintable(describe(gone.error())));
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestCopy::theLiveDataNeverNotices()
{
    const Shop shop(*m_server, 50);
    shop.run("COMMENT ON SCHEMA public IS 'ours'");
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products WHERE id > 20;"
             "CREATE SCHEMA reports; CREATE VIEW reports.daily AS SELECT * FROM public.products");
    const QString before = shop.liveState();

    const RestoreReceipt receipt = run(copyPlan(shop, file));

    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.mode, u"copy"_s);
    QCOMPARE(receipt.rowsRestored(), 100);
    QCOMPARE(receipt.left.size(), 1);
    QCOMPARE(receipt.left[0].removeWith, u"DROP SCHEMA \"%1\" CASCADE"_s.arg(copyName(shop)));
    QVERIFY2(receipt.notes.isEmpty(), why(receipt)); // the view goes on as it did
    QCOMPARE(shop.ask("SELECT count(*) FROM " + copyName(shop).toUtf8() + ".products"), u"50"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM reports.daily"), u"20"_s);
    drop(shop);
    QCOMPARE(shop.liveState(), before);
}

void TestCopy::rowsOfChosenTablesOnly_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("COPY") << QStringList();
    QTest::newRow("INSERT") << QStringList{u"--inserts"_s};
    QTest::newRow("archive") << QStringList{u"--format=custom"_s};
}

void TestCopy::rowsOfChosenTablesOnly()
{
    QFETCH(QStringList, options);
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump(options));
    shop.run("DELETE FROM public.products WHERE id > 20");
    // The child alone: its foreign key points at rows that are not there.
    const RestoreReceipt receipt = run(copyPlan(shop, file, {{u"public"_s, u"listings"_s}}));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.tables.size(), 1);
    QCOMPARE(receipt.tables[0].name, u"listings"_s);
    QCOMPARE(receipt.tables[0].rowsAfter, 50);
    QCOMPARE(shop.ask("SELECT count(*) FROM " + copyName(shop).toUtf8() + ".products"), u"0"_s);
    const Comparison comparison = compared(shop);
    QVERIFY(comparison.isCopy);
    QCOMPARE(comparison.tables.size(), 1); // the others are not "deleted since"
    QCOMPARE(comparison.tables[0].onlyKept, 30);
    QCOMPARE(comparison.tables[0].onlyLive, 0);
}

void TestCopy::aFewRowsOfALargeFileComeWithoutTheRest_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("harm");
    QTest::newRow("COPY") << QStringList() << QByteArray("\n\\.\nnot SQL at all;\n");
    QTest::newRow("INSERT") << QStringList{u"--inserts"_s}
                            << QByteArray("');\n\\! not SQL at all\n");
}

/// The rest of the file is not read, so what is wrong in it does not matter.
void TestCopy::aFewRowsOfALargeFileComeWithoutTheRest()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, harm);
    const Shop shop(*m_server, 50);
    shop.run("CREATE TABLE public.heavy AS SELECT g, repeat('x', 4000) AS t"
             " FROM generate_series(1, 3000) g");
    const QByteArray dump = shop.dump(options);
    const QString file = shop.writeDump(dump);
    TaskContext context;
    QVERIFY(backup::inspectAgain(file, context));
    const QDateTime time = QFileInfo(file).lastModified();
    QFile bytes(file);
    QVERIFY(bytes.open(QIODevice::ReadWrite) && bytes.seek(dump.indexOf("xxxxx") + 5'000'000));
    QVERIFY(bytes.write(harm) > 0 && bytes.flush());
    QVERIFY(bytes.setFileTime(time, QFileDevice::FileModificationTime));
    bytes.close();

    const RestoreReceipt receipt = run(copyPlan(shop, file, {{u"public"_s, u"listings"_s}}));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.tables[0].rowsAfter, 50);
    QVERIFY(run(copyPlan(shop, file)).verdict == Verdict::NotRestored); // as a whole it is damaged
}

void TestCopy::aTableTheBackupLacksIsSaid()
{
    const Shop shop(*m_server, 5);
    const QString file = shop.writeDump(shop.dump());
    const QString before = shop.liveState();
    const RestoreReceipt receipt =
        run(copyPlan(shop, file, {{u"public"_s, u"listings"_s}, {u"public"_s, u"lisings"_s}}));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::NotFound);
    QCOMPARE(receipt.error->subject, u"public.lisings"_s);
    QCOMPARE(shop.liveState(), before);
}

void TestCopy::lostRowsComeBackFromIt()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DELETE FROM public.products WHERE id > 20;" // the cascade takes 30 listings
             "INSERT INTO public.products (name) VALUES ('written since');"
             "UPDATE public.products SET name = 'changed since' WHERE id = 1");
    const RestoreReceipt receipt =
        run(copyPlan(shop, file, {{u"public"_s, u"products"_s}, {u"public"_s, u"listings"_s}}));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));

    TaskContext context;
    const BringBackReceipt brought =
        bringBack(shop.target(), receipt.id.text(),
                  {{u"public"_s, u"listings"_s, TableChoice::AddMissing},
                   {u"public"_s, u"products"_s, TableChoice::AddMissing}},
                  context);

    QVERIFY2(!brought.error, brought.error ? qPrintable(describe(*brought.error)) : "");
    QVERIFY(brought.isFromCopy);
    QCOMPARE(brought.inserted(), 60);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"51"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.listings"), u"50"_s);
    QCOMPARE(shop.ask("SELECT name FROM public.products WHERE id = 1"), u"changed since"_s);
    QVERIFY2(brought.notes.join(u' ').contains(u"stay as they are live (1)"_s),
             qPrintable(brought.notes.join(u' ')));
    // The sequence stands behind what was written since, not behind the backup.
    shop.run("INSERT INTO public.products (name) VALUES ('next')");
    QCOMPARE(shop.ask("SELECT max(id) FROM public.products"), u"52"_s);
}

void TestCopy::aTableBecomesAsInTheBackup()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("UPDATE public.listings SET price = 0; DELETE FROM public.listings WHERE id > 40");
    const RestoreReceipt receipt = run(copyPlan(shop, file, {{u"public"_s, u"listings"_s}}));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    TaskContext context;
    const BringBackReceipt brought = bringBack(
        shop.target(), {}, {{u"public"_s, u"listings"_s, TableChoice::AsBefore}}, context);
    QVERIFY2(!brought.error, brought.error ? qPrintable(describe(*brought.error)) : "");
    QVERIFY(compared(shop).isSame());
    QCOMPARE(shop.ask("SELECT count(*) FROM public.listings WHERE price = id / 10.0"), u"50"_s);
}

void TestCopy::aPutBackNeverTakesACopy()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    TaskContext context;
    const SystemClock clock;
    const RestoreReceipt copy = run(copyPlan(shop, file, {{u"public"_s, u"listings"_s}}));
    QCOMPARE(copy.verdict, Verdict::Proven);
    for (const QString &restore : {QString(), copy.id.text()}) {
        const PutBackReceipt refused = putBack(shop.target(), restore, clock.now(), context);
        QCOMPARE(refused.verdict, Verdict::NotRestored);
        QCOMPARE(refused.error->kind, ErrorKind::NotFound);
    }
    // And an older restore is still found behind it.
    shop.run("DELETE FROM public.products WHERE id > 20");
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    QCOMPARE(run(copyPlan(shop, file)).verdict, Verdict::Proven);
    QCOMPARE(putBack(shop.target(), {}, clock.now(), context).verdict, Verdict::Proven);
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"20"_s);
}

void TestCopy::whereNothingIsLiveTheCopyStandsAlone()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP SCHEMA public CASCADE");
    const RestoreReceipt receipt = run(copyPlan(shop, file));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'public%'"), u"1"_s);
    const Comparison comparison = compared(shop);
    QCOMPARE(comparison.tables.size(), 3);
    QVERIFY(!comparison.tables[0].pair.hasLive);
    QCOMPARE(comparison.onlyKept(), 100);
}

void TestCopy::othersCannotReadIt()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE ROLE visitor; GRANT USAGE ON SCHEMA public TO visitor;"
             "GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor;"
             "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO visitor;"
             "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY");
    const RestoreReceipt receipt = run(copyPlan(shop, shop.writeDump(shop.dump())));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    const QByteArray copy = copyName(shop).toUtf8();
    QCOMPARE(shop.ask("SELECT has_schema_privilege('visitor', '" + copy + "', 'USAGE')"), u"f"_s);
    QCOMPARE(shop.ask("SELECT has_schema_privilege('visitor', 'public', 'USAGE')"), u"t"_s);
}

void TestCopy::extensionsStayLive()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE EXTENSION citext SCHEMA public;"
             "ALTER TABLE public.products ADD COLUMN mail public.citext");
    const QString before = shop.liveState();
    const RestoreReceipt receipt = run(copyPlan(shop, shop.writeDump(shop.dumpOf({}))));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    drop(shop);
    QCOMPARE(shop.liveState(), before);
}

/// Triggers, rules and events belong to where people write; in a copy they would mail twice.
void TestCopy::nothingOfTheBackupRuns()
{
    const Shop shop(*m_server, 5);
    shop.run("CREATE TABLE public.mails (id bigint);"
             "CREATE FUNCTION public.mail() RETURNS trigger LANGUAGE plpgsql AS"
             " $$ BEGIN INSERT INTO public.mails VALUES (NEW.id); RETURN NEW; END $$;"
             "CREATE TRIGGER mail AFTER INSERT ON public.products FOR EACH ROW"
             " EXECUTE FUNCTION public.mail();"
             "CREATE RULE echo AS ON INSERT TO public.listings DO ALSO"
             " INSERT INTO public.mails VALUES (-1);"
             "CREATE POLICY p ON public.products USING (false);"
             "CREATE MATERIALIZED VIEW public.summed AS SELECT count(*) FROM public.products;"
             "SELECT lo_create(4711)");
    const RestoreReceipt receipt = run(copyPlan(shop, shop.writeDump(shop.dumpOf({}))));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    const QByteArray copy = copyName(shop).toUtf8();
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                      " WHERE c.relnamespace = '" +
                      copy + "'::regnamespace"),
             u"0"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_policies WHERE schemaname = '" + copy + "'"),
             u"0"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_rules WHERE schemaname = '" + copy + "'"), u"0"_s);
    QCOMPARE(shop.ask("SELECT count(*) FROM pg_largeobject_metadata"), u"1"_s);
}

void TestCopy::aCommitNobodyAnsweredIsAskedAbout()
{
    const Shop shop(*m_server, 50);
    const StepRelay relay(shop.target(), "COMMIT", [] { return StepRelay::Then::CutAfter; });
    RestorePlan plan = copyPlan(shop, shop.writeDump(shop.dump()));
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = run(plan);
    QVERIFY(relay.hasStruck());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY(receipt.left[0].what.contains(copyName(shop)));
    TaskContext context;
    QCOMPARE(settlementOf(shop.target(), plan.id, context).value(), Settlement{.committed = true});
}

void TestCopy::aStopLeavesNothing()
{
    const Shop shop(*m_server, 50);
    const QString file = shop.writeDump(shop.dump());
    const QString before = shop.liveState();
    std::stop_source stop;
    const StepRelay relay(shop.target(), "RENAME TO \"public_copy", [&stop] {
        stop.request_stop();
        return StepRelay::Then::GoOn;
    });
    RestorePlan plan = copyPlan(shop, file);
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = run(plan, TaskContext(stop.get_token()));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Cancelled);
    QCOMPARE(shop.liveState(), before);
}

void TestCopy::writersGoOnMeanwhile()
{
    const Shop shop(*m_server, 500);
    const QString file = shop.writeDump(shop.dump());
    const StepRelay relay(shop.target(), "COMMIT", [&shop] {
        shop.run(
            "SET lock_timeout = '1s'; INSERT INTO public.products (name) VALUES ('meanwhile')");
        return StepRelay::Then::GoOn;
    });
    RestorePlan plan = copyPlan(shop, file);
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = run(plan);
    QVERIFY(relay.hasStruck());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(shop.ask("SELECT count(*) FROM public.products"), u"501"_s);
    const Comparison comparison = compared(shop);
    const auto products = std::ranges::find(comparison.tables, u"products"_s,
                                            [](const TableComparison &t) { return t.pair.name; });
    QCOMPARE(products->onlyLive, 1);
    QCOMPARE(products->onlyKept, 0);
}

void TestCopy::theRecordKnowsWhatItIs()
{
    const Shop shop(*m_server, 5);
    const SystemClock clock;
    const RestorePlan plan = copyPlan(shop, shop.writeDump(shop.dump()));
    const RestoreReceipt receipt = run(plan);
    QList<RestoreRecord> records;
    const auto apply = [&](const store::JournalDraft &draft) {
        applyEvent(
            records,
            {.at = clock.now(), .kind = draft.kind, .subject = draft.subject, .data = draft.data});
    };
    apply(startedDraft(plan));
    const RestoreRecord interrupted = records[0];
    apply(finishedDraft(plan, receipt));
    QCOMPARE(records[0].mode, RestoreMode::Copy);
    QVERIFY(!records[0].isInEffect());
    QVERIFY(!records[0].canBePutBack());
    QVERIFY(records[0].canBeCompared());
    QCOMPARE(records[0].receipt->mode, u"copy"_s);

    records = {interrupted};
    apply(settledDraft(interrupted, {.committed = true}));
    QVERIFY(!records[0].isInEffect());
    QVERIFY(records[0].canBeCompared());
    records = {interrupted};
    apply(settledDraft(interrupted, {}));
    QVERIFY(!records[0].canBeCompared());
}

MAYDAY_TEST(TestCopy);
#include "tst_copy.moc"
