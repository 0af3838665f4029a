// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/inplacecase.h"
#include "backup/dumpopener.h"
#include "restore/restoredesk.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// A restore where nothing may stand beside what is live: the backup takes the place, and the
/// safety copy is the way back.
class TestInPlace : public QObject, protected InPlaceCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { makeShop(); }
    void theBackupTakesThePlaceAndTheCopyHoldsWhatWas();
    void theSafetyCopyBringsTheOldStateBack();
    void whoOwnsOnlyTheObjectsRestores();
    void nothingThereNeedsNoCopy();
    void aSchemaThatIsNotThereIsMade();
    void whatIsOfOthersIsRefused();
    void whatOutsideWouldGoIsRefused_data();
    void whatOutsideWouldGoIsRefused();
    void aForeignKeyToOutsideIsNoHindrance();
    void aPublicationIsNamed();
    void everyKindOfThingGoes();
    void defaultPrivilegesAreTheBackups();
    void sequencesGoOn();
    void theRecordKnowsTheWayBack();
    void theOldStateIsNotOfferedForPutBack();
};

void TestInPlace::theBackupTakesThePlaceAndTheCopyHoldsWhatWas()
{
    const QByteArray before = withoutKeys(m_shop->dump());
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(receipt.mode, u"in-place"_s);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"2000"_s);
    QCOMPARE(m_shop->ask("SELECT to_regclass('public.newer') IS NULL"), u"t"_s);
    // Nothing stands beside it.
    QCOMPARE(m_shop->ask("SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname !~ '^pg_'"
                         " AND nspname <> 'information_schema'"),
             u"public"_s);
    QVERIFY(receipt.safetyCopy);
    QCOMPARE(QFileInfo(receipt.safetyCopy->file).path(), m_folder->path());
    QVERIFY(QFileInfo(receipt.safetyCopy->file)
                .fileName()
                .startsWith(m_shop->database() + u"_before_2"_s));
    QCOMPARE(visibleCopies(), QStringList{QFileInfo(receipt.safetyCopy->file).fileName()});
    QCOMPARE(receipt.safetyCopy->bytes, QFileInfo(receipt.safetyCopy->file).size());
    QCOMPARE(receipt.safetyCopy->rows, 100 + 1 + 100 + 1);
    TaskContext context;
    auto reader = backup::inspectDump(receipt.safetyCopy->file, context);
    QVERIFY(reader && reader->verdict == dump::DumpVerdict::Complete);
    QVERIFY(receipt.left.isEmpty()); // nothing stays on the server
    QVERIFY(before != withoutKeys(m_shop->dump()));
}

void TestInPlace::theSafetyCopyBringsTheOldStateBack()
{
    const QByteArray before = withoutKeys(m_shop->dump());
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    const RestorePlan undo = [&] {
        RestorePlan plan = planFor(receipt.safetyCopy->file);
        plan.plannedAt = plan.plannedAt.addSecs(2); // a name of its own for its own copy
        return plan;
    }();
    const RestoreReceipt undone = carryOut(undo);
    QVERIFY2(undone.verdict == Verdict::Proven, reason(undone));
    QCOMPARE(withoutKeys(m_shop->dump()), before);
    QVERIFY2(undone.notes.join(u'\n').contains(u"agrees: 4 tables, 202 rows and "_s),
             reason(undone));
    QCOMPARE(visibleCopies().size(), 2);
}

/// As on managed hosts: public belongs to the platform.
void TestInPlace::whoOwnsOnlyTheObjectsRestores()
{
    giveEverythingTo("app");
    const QByteArray before = withoutKeys(m_shop->dump());
    const QString schema = m_shop->ask("SELECT nspacl::text || nspowner FROM pg_namespace WHERE"
                                       " nspname = 'public'");
    RestorePlan plan = planFor(m_file);
    plan.target = as(u"app"_s);
    plan.mode = RestoreMode::Replace;
    const RestoreReceipt beside = carryOut(plan);
    QCOMPARE(beside.verdict, Verdict::NotRestored);
    QCOMPARE(beside.error->kind, ErrorKind::Denied);
    TaskContext context;
    const auto inspection = backup::inspectDump(m_file, context);
    const auto report = runPreflight(plan, *inspection, {plan.plannedAt}, context);
    QVERIFY2(report, report ? "" : qPrintable(describe(report.error())));
    QVERIFY2(!report->blocker, report->blocker ? qPrintable(describe(*report->blocker)) : "");
    QCOMPARE(report->way.proposed, RestoreMode::InPlace);
    QVERIFY2(report->way.reason.contains(u"schema public: it belongs to platform"_s),
             qPrintable(report->way.reason));
    QCOMPARE(report->inPlace->tables, 4);
    QVERIFY(report->safetySpace > 0);
    plan.mode = RestoreMode::InPlace;
    const RestoreReceipt receipt = carryOut(plan);
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"2000"_s);
    QCOMPARE(m_shop->ask("SELECT nspacl::text || nspowner FROM pg_namespace WHERE"
                         " nspname = 'public'"),
             schema);
    // And back, by the same login; it may say nothing about the schema itself.
    RestorePlan undo = planFor(receipt.safetyCopy->file);
    undo.target = as(u"app"_s);
    undo.plannedAt = undo.plannedAt.addSecs(2);
    const RestoreReceipt undone = carryOut(undo);
    QVERIFY2(undone.verdict != Verdict::NotRestored, reason(undone));
    QVERIFY2(undone.notes.join(u'\n').contains(u"rights and comment of schema public stay"_s),
             reason(undone));
    QCOMPARE(withoutKeys(m_shop->dump()), before);
}

void TestInPlace::nothingThereNeedsNoCopy()
{
    m_shop->run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QVERIFY(!receipt.safetyCopy);
    QCOMPARE(visibleCopies(), QStringList());
    QVERIFY(receipt.notes.contains(u"nothing was there before, so there is no safety copy"_s));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"2000"_s);
}

void TestInPlace::aSchemaThatIsNotThereIsMade()
{
    m_shop->run("DROP SCHEMA public CASCADE");
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QVERIFY(!receipt.safetyCopy);
    QCOMPARE(withoutKeys(m_shop->dump()), withoutKeys(m_backup));
}

void TestInPlace::whatIsOfOthersIsRefused()
{
    giveEverythingTo("app");
    m_shop->run(
        "CREATE TABLE public.theirs (id integer); ALTER TABLE public.theirs OWNER TO teller;"
        "CREATE TABLE public.theirs_too (id integer);"
        "ALTER TABLE public.theirs_too OWNER TO teller;"
        "CREATE FUNCTION public.thrice(integer) RETURNS integer LANGUAGE sql AS"
        " 'SELECT $1 * 3'; ALTER FUNCTION public.thrice(integer) OWNER TO platform");
    const QString before = m_shop->liveState();
    RestorePlan plan = planFor(m_file);
    plan.target = as(u"app"_s);
    const RestoreReceipt receipt = carryOut(plan);
    verifyNothingChanged(receipt, before,
                         u"app may not drop what is not its own: 1 function of platform; 2 tables "
                         "of teller"_s);
    QCOMPARE(receipt.error->kind, ErrorKind::Denied);
    // Neither way is open: what stands in the first one's way is told.
    TaskContext context;
    plan.mode = RestoreMode::Replace;
    const auto report =
        runPreflight(plan, *backup::inspectDump(m_file, context), {plan.plannedAt}, context);
    QVERIFY(report && report->blocker);
    QVERIFY(report->way.noPlace && report->way.noSchema);
}

void TestInPlace::whatOutsideWouldGoIsRefused_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("words");
    QTest::newRow("a view") << QByteArray("CREATE VIEW reports.daily AS SELECT * FROM"
                                          " public.products")
                            << u"1 thing outside of it would go too: View reports.daily"_s;
    QTest::newRow("a foreign key")
        << QByteArray("CREATE TABLE reports.notes (product bigint REFERENCES public.products)")
        << u"Foreign key of table reports.notes"_s;
    QTest::newRow("a column") << QByteArray("CREATE TABLE reports.kinds (kind public.kind)")
                              << u"reports.kinds.kind"_s;
    QTest::newRow("a cast")
        << QByteArray("CREATE FUNCTION public.k(text) RETURNS public.kind"
                      " LANGUAGE sql AS 'SELECT NULL::public.kind';"
                      "CREATE CAST (text AS public.kind) WITH FUNCTION"
                      " public.k(text)")
        << u"would be in no safety copy: cast (pg_catalog.text AS public.kind)"_s;
    QTest::newRow("a part of a table")
        << QByteArray("CREATE TABLE reports.every (id integer) PARTITION BY LIST (id);"
                      "CREATE TABLE public.ones PARTITION OF reports.every FOR VALUES IN (1)")
        << u"public.ones"_s;
}

void TestInPlace::whatOutsideWouldGoIsRefused()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, words);
    m_shop->run("CREATE SCHEMA reports; " + sql);
    const QString before = m_shop->liveState();
    verifyNothingChanged(carryOut(planFor(m_file)), before, words);
}

/// public.profiles -> auth.users; the table outside stays, and is told to be locked.
void TestInPlace::aForeignKeyToOutsideIsNoHindrance()
{
    m_shop->run("CREATE SCHEMA auth; CREATE TABLE auth.users (id integer PRIMARY KEY);"
                "INSERT INTO auth.users VALUES (1), (2);"
                "CREATE TABLE public.profiles (id integer REFERENCES auth.users);"
                "INSERT INTO public.profiles VALUES (1)");
    const QString file = m_shop->writeDump(m_shop->dump(), u"withprofiles.sql"_s);
    m_shop->run("INSERT INTO public.profiles VALUES (2)");
    TaskContext context;
    RestorePlan plan = planFor(file);
    const auto report =
        runPreflight(plan, *backup::inspectDump(file, context), {plan.plannedAt}, context);
    QVERIFY(report && report->inPlace);
    QCOMPARE(report->inPlace->lockedOutside, QStringList{u"auth.users"_s});
    const RestoreReceipt receipt = carryOut(plan);
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.profiles"), u"1"_s);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM auth.users"), u"2"_s);
}

void TestInPlace::aPublicationIsNamed()
{
    m_shop->run("CREATE PUBLICATION changes FOR TABLE public.products");
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Differences, reason(receipt));
    QVERIFY2(receipt.notes.join(u'\n').contains(u"Publication changes may have lost tables"_s),
             reason(receipt));
}

void TestInPlace::everyKindOfThingGoes()
{
    m_shop->run(
        "CREATE DOMAIN public.positive AS integer CHECK (value > 0);"
        "CREATE TYPE public.span AS RANGE (subtype = float8);"
        "CREATE TYPE public.pair AS (a integer, b public.positive);"
        "CREATE FUNCTION public.all_pairs() RETURNS SETOF public.pair LANGUAGE sql AS"
        " 'SELECT 1, 1::public.positive';"
        "CREATE PROCEDURE public.doit(inout a integer) LANGUAGE sql AS 'SELECT a';"
        "CREATE AGGREGATE public.total(integer) (SFUNC = int4pl, STYPE = integer);"
        "CREATE AGGREGATE public.many(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');"
        "CREATE OPERATOR public.### (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4pl);"
        "CREATE OPERATOR public.!! (RIGHTARG = integer, FUNCTION = int4um);"
        "CREATE OPERATOR FAMILY public.fam USING btree;"
        "CREATE OPERATOR CLASS public.cls FOR TYPE integer USING btree AS FUNCTION 1"
        " btint4cmp(integer, integer);"
        "CREATE COLLATION public.\"Strange one\" FROM \"C\";"
        "CREATE TEXT SEARCH DICTIONARY public.words (TEMPLATE = simple);"
        "CREATE TEXT SEARCH CONFIGURATION public.finder (PARSER = pg_catalog.\"default\");"
        "CREATE STATISTICS public.together ON name, kind FROM public.products;"
        "CREATE SEQUENCE public.lonely;"
        "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) AS c FROM public.products;"
        "CREATE FUNCTION public.fresh() RETURNS bigint LANGUAGE sql AS"
        " 'SELECT nextval(''public.lonely'')';"
        "CREATE TABLE public.\"Weird.name\" (id bigint DEFAULT public.fresh(), s public.span,"
        "  p public.pair) PARTITION BY RANGE (id);"
        "CREATE TABLE public.weird_1 PARTITION OF public.\"Weird.name\" FOR VALUES FROM (1) TO (9);"
        "CREATE FUNCTION public.of_table(public.products) RETURNS text LANGUAGE sql AS"
        " 'SELECT $1.name';"
        "CREATE FUNCTION public.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
        "END';"
        "CREATE TRIGGER watched BEFORE INSERT ON public.newer FOR EACH ROW EXECUTE FUNCTION"
        " public.audit();"
        "ALTER TABLE public.newer ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY mine ON public.newer USING (public.fresh() > 0);"
        "CREATE RULE nothing AS ON DELETE TO public.newer DO INSTEAD NOTHING;"
        "COMMENT ON SCHEMA public IS 'ours'");
    const QByteArray before = withoutKeys(m_shop->dump());
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(dumpAsOfBackup(), withoutKeys(m_backup));
    RestorePlan undo = planFor(receipt.safetyCopy->file);
    undo.plannedAt = undo.plannedAt.addSecs(2);
    const RestoreReceipt undone = carryOut(undo);
    QVERIFY2(undone.verdict == Verdict::Proven, reason(undone));
    QCOMPARE(withoutKeys(m_shop->dump()), before);
}

void TestInPlace::defaultPrivilegesAreTheBackups()
{
    m_shop->run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO teller");
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM pg_class WHERE relacl::text LIKE '%teller%'"),
             u"0"_s);
    QCOMPARE(dumpAsOfBackup(), withoutKeys(m_backup));
}

void TestInPlace::sequencesGoOn()
{
    m_shop->run("SELECT setval('public.products_id_seq', 5000)");
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(m_shop->ask("SELECT nextval('public.products_id_seq')"), u"5001"_s);
    QVERIFY2(receipt.notes.join(u'\n').contains(u"stood before: products_id_seq"_s),
             reason(receipt));
}

void TestInPlace::theRecordKnowsTheWayBack()
{
    const RestorePlan plan = planFor(m_file);
    const RestoreReceipt receipt = carryOut(plan);
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    const QJsonObject json = toJson(receipt);
    QCOMPARE(json["mode"_L1].toString(), u"in-place"_s);
    QCOMPARE(json["safetyCopy"_L1]["file"_L1].toString(), plan.safetyCopyFile());
    QCOMPARE(receiptFromJson(json).safetyCopy, receipt.safetyCopy);
    QVERIFY(!receiptFromJson({}).safetyCopy); // of older versions
    QList<RestoreRecord> records;
    const auto apply = [&](const store::JournalDraft &draft) {
        store::JournalEvent event;
        event.kind = draft.kind;
        event.subject = draft.subject;
        event.data = draft.data;
        applyEvent(records, event);
    };
    apply(startedDraft(plan));
    QCOMPARE(records.front().mode, RestoreMode::InPlace);
    QCOMPARE(records.front().safetyCopy, plan.safetyCopyFile()); // also when nobody saw it end
    apply(finishedDraft(plan, receipt));
    const RestoreRecord &record = records.front();
    QVERIFY(record.isInEffect());
    QVERIFY(!record.canBePutBack());
    QVERIFY(!record.canBeCompared());
    QCOMPARE(record.receipt->safetyCopy, receipt.safetyCopy);
}

void TestInPlace::theOldStateIsNotOfferedForPutBack()
{
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    TaskContext context;
    const PutBackReceipt back =
        putBack(m_shop->target(), receipt.id.text(), SystemClock().now(), context);
    QCOMPARE(back.verdict, Verdict::NotRestored);
    QCOMPARE(back.error->kind, ErrorKind::NotFound);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"2000"_s);
}

MAYDAY_TEST(TestInPlace);
#include "tst_inplace.moc"
