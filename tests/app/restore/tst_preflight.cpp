// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "support/temppooler.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// What the preflight says before anything is decided: the truth about the target, with a way out
/// where there is one. Whatever it lets pass the restore must be able to do, and the reverse.
class TestPreflight : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void lookingChangesNothing();
    void theTargetIsDescribed();
    void schemasOfPostgresItselfAreRefused_data();
    void schemasOfPostgresItselfAreRefused();
    void aDumpOfNothingIsRefused();
    void aTransactionPoolerIsRefusedWithTheWayOut();
    void rightsDecide_data();
    void rightsDecide();
    void anOwnerWithoutSuperpowersRestores();
    void whatElsewhereUsesTheOldTablesIsNamed_data();
    void whatElsewhereUsesTheOldTablesIsNamed();
    void whatOnlyLooksLikeAUserIsNotNamed();
    void anOlderServerIsWarnedOf_data();
    void anOlderServerIsWarnedOf();
    void anEmptyBackupIsAnAlarm();
    void writersAreWarnedOf();
    void aLockedTableDoesNotHoldThePreflight();
    void olderStatesAreCounted();
    void aServerThatDoesNotAnswerIsAnError_data();
    void aServerThatDoesNotAnswerIsAnError();
    void aStopIsHeard();

private:
    Result<PreflightReport> look(const Shop &shop, const postgres::ConnectionString &target,
                                 const dump::DumpInspection &inspection)
    {
        RestorePlan plan = shop.plan(u"shop.sql"_s);
        plan.target = target;
        TaskContext context;
        return runPreflight(plan, inspection, {plan.plannedAt}, context);
    }
    PreflightReport report(const Shop &shop, const dump::DumpInspection &inspection = ofPublic())
    {
        auto found = look(shop, shop.target(), inspection);
        if (!found)
            qFatal("%s", qPrintable(describe(found.error())));
        return *std::move(found);
    }
    static dump::DumpInspection ofPublic()
    {
        dump::DumpInspection inspection;
        inspection.verdict = dump::DumpVerdict::Complete;
        inspection.schemas = {u"public"_s};
        inspection.tables = {{.schema = u"public"_s, .name = u"products"_s, .rows = 5}};
        return inspection;
    }
    static QStringList texts(const PreflightReport &report, PreflightNote::Weight weight)
    {
        QStringList all;
        for (const PreflightNote &note : report.notes) {
            if (note.weight == weight)
                all.append(note.text);
        }
        return all;
    }
    static QStringList warnings(const PreflightReport &report)
    {
        return texts(report, PreflightNote::Weight::Warning);
    }
    postgres::ConnectionString as(const Shop &shop, const QString &user)
    {
        return postgres::ConnectionString::parse(
                   u"host=127.0.0.1 port=%1 dbname=%2 user=%3"_s.arg(m_server->port())
                       .arg(shop.database(), user))
            ->withPassword(Secret("pw"));
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestPreflight::lookingChangesNothing()
{
    const Shop shop(*m_server, 5);
    const QString before = shop.liveState();
    shop.run("ALTER DATABASE " + shop.database().toUtf8() +
             " SET default_transaction_read_only = on");
    const auto found = look(shop, shop.target(), ofPublic());
    QVERIFY2(found, found ? "" : qPrintable(describe(found.error())));
    QVERIFY(!found->blocker);
    QCOMPARE(shop.liveState(), before);
    QTRY_COMPARE(shop.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                          "'mayday preflight'"),
                 u"0"_s); // and no session stays behind
}

void TestPreflight::theTargetIsDescribed()
{
    const Shop shop(*m_server, 50);
    dump::DumpInspection inspection = ofPublic();
    inspection.schemas = {u"public"_s, u"brand \"new\""_s};
    const PreflightReport report = this->report(shop, inspection);
    QCOMPARE(report.target, shop.target().display());
    QVERIFY(report.serverVersion.startsWith(shop.ask("SHOW server_version").section(u' ', 0, 0)));
    QCOMPARE(report.schemas.size(), 2);
    const auto live = std::ranges::find(report.schemas, u"public"_s, &SchemaFacts::name);
    QVERIFY(live->exists);
    QCOMPARE(live->tables, 3);
    QCOMPARE(report.liveBytes(), live->bytes);
    QVERIFY(live->bytes >= shop.ask("SELECT pg_total_relation_size('public.products') + "
                                    "pg_total_relation_size('public.listings')")
                               .toLongLong());
    QCOMPARE(texts(report, PreflightNote::Weight::Fact),
             QStringList{u"Schema brand \"new\" is not there yet; it will be made."_s});
    QVERIFY(warnings(report).isEmpty());
}

void TestPreflight::schemasOfPostgresItselfAreRefused_data()
{
    QTest::addColumn<QString>("schema");
    QTest::addColumn<bool>("isRefused");
    // By name nobody can tell whose it is: tst_platform.
    QTest::newRow("logins of a platform elsewhere") << u"auth"_s << false;
    QTest::newRow("the catalogue") << u"pg_catalog"_s << true;
    QTest::newRow("the standard's catalogue") << u"information_schema"_s << true;
    QTest::newRow("somebody's temporary tables") << u"pg_temp_3"_s << true;
    QTest::newRow("ours that only sounds like it") << u"authors"_s << false;
    QTest::newRow("ours in capitals") << u"Auth"_s << false;
    QTest::newRow("ours with pg in it") << u"my_pg_tables"_s << false;
}

void TestPreflight::schemasOfPostgresItselfAreRefused()
{
    QFETCH(QString, schema);
    QFETCH(bool, isRefused);
    const Shop shop(*m_server, 5);
    dump::DumpInspection inspection = ofPublic();
    inspection.schemas.append(schema); // one among others is enough
    const PreflightReport report = this->report(shop, inspection);
    QCOMPARE(report.blocker.has_value(), isRefused);
    if (!isRefused)
        return;
    QCOMPARE(report.blocker->subject, u"schema "_s + schema);
    QCOMPARE(report.blocker->advice, Advice::MakeBackupWithPgDump);
    QVERIFY(report.blocker->detail.contains(u"pg_dump --schema"_s)); // the way out
    QVERIFY(report.loss.has_value()); // what else is known is shown all the same
}

void TestPreflight::aDumpOfNothingIsRefused()
{
    const Shop shop(*m_server, 5);
    const PreflightReport report = this->report(shop, {});
    QVERIFY(report.blocker.has_value());
    QCOMPARE(report.blocker->detail, u"it fills no schema, so there is nothing to restore"_s);
    QCOMPARE(report.blocker->advice, Advice::TakeAnotherBackup);
}

void TestPreflight::aTransactionPoolerIsRefusedWithTheWayOut()
{
    const Shop shop(*m_server, 5);
    const QString file = shop.writeDump(shop.dump());
    const QString before = shop.liveState();
    const tests::TempPooler pooler(shop.target());
    const auto found = look(shop, pooler.connectionString(), ofPublic());
    const Error refusal = !found ? found.error() : found->blocker ? *found->blocker : Error{};
    QCOMPARE(refusal.kind, ErrorKind::Refused);
    QCOMPARE(refusal.advice, Advice::UseSessionPort);
    // And who starts it regardless is refused by the restore itself.
    RestorePlan plan = shop.plan(file);
    plan.target = pooler.connectionString();
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->advice, Advice::UseSessionPort);
    QCOMPARE(shop.liveState(), before);
}

void TestPreflight::rightsDecide_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("refusal");
    QTest::newRow("nothing at all") << QByteArray("SELECT 1") << u"may not rename it"_s;
    QTest::newRow("may read everything")
        << QByteArray("GRANT USAGE ON SCHEMA public TO clerk; GRANT SELECT ON ALL TABLES IN SCHEMA "
                      "public TO clerk")
        << u"may not rename it"_s;
    QTest::newRow("owns the schema, may make no other")
        << QByteArray("ALTER SCHEMA public OWNER TO clerk") << u"may not create schemas here"_s;
    QTest::newRow("owns the schema and may make others")
        << QByteArray("ALTER SCHEMA public OWNER TO clerk; DO $$ BEGIN EXECUTE format('GRANT "
                      "CREATE ON DATABASE %I TO clerk', current_database()); END $$;"
                      "ALTER TABLE public.products OWNER TO clerk")
        << QString();
    QTest::newRow("is of the role that owns it")
        << QByteArray("ALTER SCHEMA public OWNER TO owners; GRANT owners TO clerk; DO $$ BEGIN "
                      "EXECUTE format('GRANT CREATE ON DATABASE %I TO clerk', current_database()); "
                      "END $$; ALTER TABLE public.products OWNER TO owners")
        << QString();
}

void TestPreflight::rightsDecide()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, refusal);
    const Shop shop(*m_server, 5);
    shop.run("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clerk') THEN "
             "CREATE ROLE clerk LOGIN PASSWORD 'pw'; CREATE ROLE owners; END IF; END $$;"
             "REVOKE owners FROM clerk");
    shop.run(sql);
    const auto found = look(shop, as(shop, u"clerk"_s), ofPublic());
    QVERIFY2(found, found ? "" : qPrintable(describe(found.error())));
    QCOMPARE(found->blocker.has_value(), !refusal.isEmpty());
    if (refusal.isEmpty())
        return;
    QCOMPARE(found->blocker->kind, ErrorKind::Denied);
    QCOMPARE(found->blocker->advice, Advice::AskForRights);
    QVERIFY2(found->blocker->detail.contains(refusal), qPrintable(found->blocker->detail));
    QVERIFY(found->blocker->detail.contains(u"clerk"_s)); // who lacks it, and on what
    QVERIFY(!found->blocker->subject.isEmpty());
}

void TestPreflight::anOwnerWithoutSuperpowersRestores()
{
    // As on every managed platform: the login owns the database and is no superuser.
    const Shop shop(*m_server, 50);
    const QByteArray database = shop.database().toUtf8();
    shop.run("CREATE ROLE tenant LOGIN PASSWORD 'pw'; ALTER DATABASE " + database +
             " OWNER TO tenant; ALTER TABLE public.products OWNER TO tenant;"
             "ALTER TABLE public.listings OWNER TO tenant; ALTER TABLE public.empty_one OWNER TO "
             "tenant; ALTER VIEW public.priced OWNER TO tenant; ALTER TYPE public.kind OWNER TO "
             "tenant; ALTER FUNCTION public.twice(integer) OWNER TO tenant");
    const QByteArray before = shop.dump();
    const QString file = shop.writeDump(before);
    shop.run("DELETE FROM public.products WHERE id > 20");
    const auto found = look(shop, as(shop, u"tenant"_s), ofPublic());
    QVERIFY(found && !found->blocker);
    RestorePlan plan = shop.plan(file);
    plan.target = as(shop, u"tenant"_s);
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt receipt = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(withoutKeys(shop.dump()), withoutKeys(before)); // owners and all
}

void TestPreflight::whatElsewhereUsesTheOldTablesIsNamed_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("name");
    tests::Thinned thinned(8);
    const auto row = [&thinned](const char *name, const char *sql, const QString &expected) {
        if (thinned.takesNext())
            QTest::newRow(name) << QByteArray(sql) << expected;
    };
    row("view", "CREATE VIEW other.daily AS SELECT count(*) FROM public.products",
        u"View other.daily"_s);
    row("materialised view", "CREATE MATERIALIZED VIEW other.sums AS SELECT * FROM public.priced",
        u"View other.sums"_s);
    row("view over a function", "CREATE VIEW other.two AS SELECT public.twice(1)",
        u"View other.two"_s);
    row("foreign key", "CREATE TABLE other.notes (p bigint REFERENCES public.products)",
        u"Foreign key of table other.notes"_s);
    // How sign-ups reach the application's own tables on one well-known platform.
    row("trigger",
        "CREATE TABLE other.users (id int); CREATE FUNCTION public.handle_new_user() RETURNS "
        "trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER on_sign_up AFTER "
        "INSERT ON other.users FOR EACH ROW EXECUTE FUNCTION public.handle_new_user();"
        "ALTER TABLE other.users DISABLE TRIGGER on_sign_up", // otherwise it follows: tst_platform
        u"Trigger on_sign_up of table other.users"_s);
    row("policy",
        "CREATE TABLE other.files (owner bigint); ALTER TABLE other.files ENABLE ROW LEVEL "
        "SECURITY; CREATE POLICY sellers ON other.files USING (owner IN (SELECT id FROM "
        "public.products))",
        u"Policy sellers of table other.files"_s);
    row("default from a sequence",
        "CREATE TABLE other.log (id bigint DEFAULT nextval('public.products_id_seq'))",
        u"Column other.log.id"_s);
    row("default from a function", "CREATE TABLE other.d (n int DEFAULT public.twice(2))",
        u"Column other.d.n"_s);
    row("column of a type", "CREATE TABLE other.typed (k public.kind)", u"Column other.typed.k"_s);
    row("partition",
        "CREATE TABLE public.parted (a int) PARTITION BY LIST (a); CREATE TABLE other.part "
        "PARTITION "
        "OF public.parted FOR VALUES IN (1)",
        u"Table other.part"_s);
    row("child", "CREATE TABLE other.child () INHERITS (public.empty_one)", u"Table other.child"_s);
    row("body of a function",
        "CREATE FUNCTION other.f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM "
        "public.products; END",
        u"Function other.f()"_s);
    row("domain", "CREATE DOMAIN other.kind AS public.kind", u"Type other.kind"_s);
    row("check", "CREATE TABLE other.c (a int CONSTRAINT even CHECK (public.twice(a) > 2))",
        u"Table constraint even on other.c"_s);
    row("index",
        "CREATE FUNCTION public.half(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';"
        "CREATE TABLE other.i (a int); CREATE INDEX by_half ON other.i (public.half(a))",
        u"Index other.by_half"_s);
    row("operator",
        "CREATE FUNCTION public.same(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true';"
        "CREATE OPERATOR other.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = public.same)",
        u"Operator other.===(integer,integer)"_s);
    row("text search",
        "CREATE TEXT SEARCH DICTIONARY public.plain (TEMPLATE = simple); CREATE TEXT SEARCH "
        "CONFIGURATION other.words (COPY = simple); ALTER TEXT SEARCH CONFIGURATION other.words "
        "ALTER MAPPING FOR word WITH public.plain",
        u"Text search configuration other.words"_s);
    row("cast between types of others",
        "CREATE FUNCTION public.to_circle(int) RETURNS circle LANGUAGE sql AS 'SELECT "
        "NULL::circle';"
        "CREATE CAST (int AS circle) WITH FUNCTION public.to_circle(int)",
        u"Cast (integer AS pg_catalog.circle)"_s);
    row("event trigger",
        "CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION public.watch();"
        "ALTER EVENT TRIGGER watcher DISABLE",
        u"Event trigger watcher"_s);
    row("language",
        "CREATE FUNCTION public.call() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql',"
        "'plpgsql_call_handler'; CREATE LANGUAGE second HANDLER public.call",
        u"Language second"_s);
    row("publication of a schema", "CREATE PUBLICATION feed FOR TABLES IN SCHEMA public",
        u"Publication feed"_s);
    row("publication", "CREATE PUBLICATION feed FOR TABLE public.products", u"Publication feed"_s);
}

void TestPreflight::whatElsewhereUsesTheOldTablesIsNamed()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, name);
    const Shop shop(*m_server, 5);
    const QString file = shop.writeDump(shop.dump());
    shop.run("CREATE SCHEMA other;" + sql);
    QCOMPARE(warnings(report(shop)), QStringList{name + u" would go on using the old schema."_s});
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Differences); // restored, and not as if nothing were
    QVERIFY2(receipt.notes.contains(name + u" goes on using the old schema"_s),
             qPrintable(receipt.notes.join(u'\n')));
}

void TestPreflight::whatOnlyLooksLikeAUserIsNotNamed()
{
    const Shop shop(*m_server, 5);
    shop.run(
        "CREATE EXTENSION pgcrypto WITH SCHEMA public; CREATE SCHEMA other;"
        "CREATE TABLE other.own (id uuid DEFAULT public.gen_random_uuid(), p bytea DEFAULT "
        "public.gen_random_bytes(4), n text DEFAULT 'public.products');"
        "CREATE VIEW other.mine AS SELECT id FROM other.own;"
        "CREATE VIEW public.inside AS SELECT id FROM public.products;"
        "CREATE CAST (public.kind AS integer) WITH INOUT;"
        "CREATE FUNCTION public.less(public.kind, public.kind) RETURNS bool LANGUAGE sql"
        " IMMUTABLE AS 'SELECT true'; CREATE OPERATOR public.<<< (LEFTARG = public.kind,"
        " RIGHTARG = public.kind, FUNCTION = public.less); CREATE OPERATOR CLASS public.odd FOR"
        " TYPE public.kind USING btree AS OPERATOR 1 public.<<<;"
        "CREATE TABLE public.parted (a int) PARTITION BY LIST (a);"
        "CREATE TABLE public.part PARTITION OF public.parted FOR VALUES IN (1);"
        "CREATE INDEX ON public.parted (public.twice(a)) WHERE a > 1;"
        "CREATE STATISTICS public.both ON id, name FROM public.products;"
        "CREATE VIEW public.outward AS SELECT id FROM other.own");
    const QStringList found = warnings(report(shop));
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
    // What an earlier restore keeps has views of its own; they are no users of the live tables.
    QCOMPARE(shop.restore(shop.writeDump(shop.dump())).verdict, Verdict::Proven);
    const QStringList after = warnings(report(shop));
    QVERIFY2(after.isEmpty(), qPrintable(after.join(u'\n')));
}

void TestPreflight::anOlderServerIsWarnedOf_data()
{
    QTest::addColumn<QString>("dumped");
    QTest::addColumn<bool>("isWarned");
    QTest::newRow("newer by far") << u"99.4 (Debian 99.4-1)"_s << true;
    QTest::newRow("older") << u"9.6.24"_s << false;
    QTest::newRow("not said") << QString() << false;
    QTest::newRow("not a number") << u"devel"_s << false;
}

void TestPreflight::anOlderServerIsWarnedOf()
{
    QFETCH(QString, dumped);
    QFETCH(bool, isWarned);
    const Shop shop(*m_server, 5);
    dump::DumpInspection inspection = ofPublic();
    inspection.serverVersion = dumped;
    const PreflightReport report = this->report(shop, inspection);
    QVERIFY(!report.blocker); // it may well work, and is safe to try
    QCOMPARE(warnings(report).size(), isWarned ? 1 : 0);
    if (isWarned)
        QVERIFY(warnings(report)[0].startsWith(u"The dump is of PostgreSQL 99.4 and this server "
                                               "is "_s));
}

void TestPreflight::anEmptyBackupIsAnAlarm()
{
    const Shop shop(*m_server, 5);
    dump::DumpInspection hollow = ofPublic();
    hollow.tables = {{.schema = u"public"_s, .name = u"products"_s},
                     {.schema = u"public"_s, .name = u"orders"_s}};
    const PreflightReport found = report(shop, hollow);
    QVERIFY(!found.blocker && !found.hindrance); // structure alone may be what is wanted
    QCOMPARE(found.notes.front().weight, PreflightNote::Weight::Alarm);
    QCOMPARE(found.notes.front().text, u"The backup holds no rows: its 2 tables are empty. "
                                       "Restoring it would empty the live data."_s);
    QVERIFY(toJson(found)["notes"_L1].toArray().first()["isWarning"_L1].toBool());
    hollow.tables.front().rows = 1;
    for (const PreflightNote &note : report(shop, hollow).notes)
        QVERIFY2(note.weight != PreflightNote::Weight::Alarm, qPrintable(note.text));
}

void TestPreflight::writersAreWarnedOf()
{
    const Shop shop(*m_server, 5);
    TaskContext context;
    auto reader = postgres::Session::connect(shop.target(), context);
    QVERIFY(reader->execute("BEGIN; SELECT count(*) FROM public.products", context));
    QVERIFY(warnings(report(shop)).isEmpty()); // readers lose nothing
    auto writer = postgres::Session::connect(shop.target(), context);
    QVERIFY(writer->execute("BEGIN; DELETE FROM public.products WHERE id = 1", context));
    QCOMPARE(warnings(report(shop)),
             QStringList{u"1 session is writing to schema public now. What is written until the "
                         "restore ends goes aside with the old data."_s});
    auto second = postgres::Session::connect(shop.target(), context);
    QVERIFY(second->execute("BEGIN; DELETE FROM public.products WHERE id = 2", context));
    QVERIFY(warnings(report(shop))
                .value(0)
                .startsWith(u"2 sessions are writing to schema "
                            "public now."_s));
}

void TestPreflight::aLockedTableDoesNotHoldThePreflight()
{
    const Shop shop(*m_server, 50);
    shop.run("ANALYZE");
    TaskContext context;
    auto holder = postgres::Session::connect(shop.target(), context);
    QVERIFY(holder->execute("BEGIN; ALTER TABLE public.products ADD COLUMN slow int", context));
    const PreflightReport report = this->report(shop);
    QVERIFY(!report.blocker);
    QVERIFY(report.liveBytes() > 0);
    QVERIFY(!report.loss->isExact); // not counted, and not claimed to be
    QCOMPARE(warnings(report).size(), 1);
    QVERIFY(holder->inTransaction());
}

void TestPreflight::olderStatesAreCounted()
{
    const Shop shop(*m_server, 5);
    const QString file = shop.writeDump(shop.dump());
    QVERIFY(report(shop).kept.isEmpty());
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    const auto facts = [](const PreflightReport &report) {
        return texts(report, PreflightNote::Weight::Fact);
    };
    QCOMPARE(facts(report(shop)), QStringList{u"1 older state is kept here already."_s});
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven); // and the next has a name of its own
    const PreflightReport twice = report(shop);
    QCOMPARE(facts(twice), QStringList{u"2 older states are kept here already."_s});
    QVERIFY(twice.kept[0].at >= twice.kept[1].at); // newest first
    QVERIFY(twice.kept[0].tables == 3 && twice.kept[0].bytes > 0);
}

void TestPreflight::aServerThatDoesNotAnswerIsAnError_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("nobody at that port") << u"port=1"_s << ErrorKind::Unreachable;
    QTest::newRow("no such database") << u"dbname=nowhere"_s << ErrorKind::NotFound;
    QTest::newRow("wrong password") << u"user=stranger"_s << ErrorKind::Denied;
}

void TestPreflight::aServerThatDoesNotAnswerIsAnError()
{
    QFETCH(QString, change);
    QFETCH(ErrorKind, kind);
    const Shop shop(*m_server, 5);
    const auto where =
        postgres::ConnectionString::parse(
            u"host=127.0.0.1 port=%1 dbname=%2 user=postgres %3"_s.arg(m_server->port())
                .arg(shop.database(), change))
            ->withPassword(m_server->password());
    const auto found = look(shop, where, ofPublic());
    QVERIFY(!found);
    QVERIFY2(found.error().kind == kind, qPrintable(describe(found.error())));
    QVERIFY(found.error().advice.has_value());
    QVERIFY(!describe(found.error()).contains(u"only-in-tests"_s));
}

void TestPreflight::aStopIsHeard()
{
    const Shop shop(*m_server, 5);
    std::stop_source stop;
    stop.request_stop();
    TaskContext context(stop.get_token());
    const RestorePlan plan = shop.plan(u"shop.sql"_s);
    const auto found = runPreflight(plan, ofPublic(), {plan.plannedAt}, context);
    QVERIFY(!found);
    QCOMPARE(found.error().kind, ErrorKind::Cancelled);
}

MAYDAY_TEST(TestPreflight);
#include "tst_preflight.moc"
