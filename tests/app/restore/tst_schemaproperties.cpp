// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "restore/keptschema.h"
#include "restore/putback.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Who may use a schema, what it says of itself, and who owns what is in it: as the dump has it,
/// and as it was where the dump does not say.
class TestSchemaProperties : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void publicIsTheSameAfterwards();
    void publicIsTheSameInAnEmptyDatabase();
    void rightsGivenSinceTheBackupGo();
    void aSchemaWithoutRightsInTheDumpHasNone();
    void aDumpWithoutRightsLeavesThoseThatAreThere();
    void theOwnerKeepsItsRights();
    void aCommentMadeSinceTheBackupGoes();
    void aDumpWithoutCommentsLeavesTheOneThatIsThere();
    void ownersThatMayMakeNothingGetWhatIsTheirs();
    void ownersBySessionGetWhatIsTheirs();
    void aRightGivenOnIsGivenByTheSameRole();
    void aRightGivenOnByNobodyHereIsGivenByTheOwner();
    void aRoleThatMayNotBeActedAsOwnsNothing();

private:
    [[nodiscard]] postgres::ConnectionString asKeeper(const Shop &shop) const
    {
        return postgres::ConnectionString::parse(shop.target().withoutPassword() +
                                                 u" user=keeper"_s)
            ->withPassword(Secret("pw"));
    }
    [[nodiscard]] RestoreReceipt restored(const Shop &into, const QString &file,
                                          const postgres::ConnectionString &as) const
    {
        const SystemClock clock;
        RestorePlan plan = into.plan(file);
        plan.target = as;
        TaskContext context;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }
    /// What only the restore has brought: without what it keeps.
    void discardAll(const Shop &shop) const
    {
        TaskContext context;
        auto session = postgres::Session::connect(shop.target(), context);
        const auto all = keptSchemas(*session, context).value();
        for (const KeptSchema &kept : all)
            QVERIFY(discardKept(shop.target(), kept.name, context));
    }
    [[nodiscard]] QString rights(const Shop &shop, const QByteArray &schema) const
    {
        return shop.ask(
            "SELECT coalesce(nspacl::text, 'none') FROM pg_namespace WHERE nspname = '" + schema +
            "'");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestSchemaProperties::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "CREATE ROLE keeper LOGIN PASSWORD 'pw'; CREATE ROLE app;"
                                     "CREATE ROLE reader; CREATE ROLE stranger;"
                                     "GRANT app, reader TO keeper");
}

/// pg_dump says nothing of the comment and the rights that every new database has.
void TestSchemaProperties::publicIsTheSameAfterwards()
{
    const Shop shop(*m_server, 3);
    const QByteArray before = shop.dumpOf({});
    QVERIFY(!before.contains("COMMENT ON SCHEMA") && !before.contains("ON SCHEMA public"));
    const RestoreReceipt receipt = shop.restore(shop.writeDump(before));
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.notes, QStringList{});
    discardAll(shop);
    QCOMPARE(withoutKeys(shop.dumpOf({})), withoutKeys(before));
}

void TestSchemaProperties::publicIsTheSameInAnEmptyDatabase()
{
    const Shop shop(*m_server, 3);
    const QByteArray before = shop.dumpOf({});
    const QString file = shop.writeDump(before);
    shop.run("DROP SCHEMA public CASCADE");
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    discardAll(shop);
    QCOMPARE(withoutKeys(shop.dumpOf({})), withoutKeys(before));
}

void TestSchemaProperties::rightsGivenSinceTheBackupGo()
{
    const Shop shop(*m_server, 3);
    shop.run("GRANT USAGE ON SCHEMA public TO reader");
    const QString file = shop.writeDump(shop.dumpOf({}));
    const QString before = rights(shop, "public");
    shop.run("GRANT ALL ON SCHEMA public TO PUBLIC; GRANT ALL ON SCHEMA public TO stranger;"
             "REVOKE USAGE ON SCHEMA public FROM reader");
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    QCOMPARE(rights(shop, "public"), before);
}

/// The dump has rights, so it has all of them.
void TestSchemaProperties::aSchemaWithoutRightsInTheDumpHasNone()
{
    const Shop shop(*m_server, 3);
    shop.run("CREATE SCHEMA inner_one; CREATE TABLE inner_one.t (a int);"
             "GRANT SELECT ON public.products TO reader");
    const QString file = shop.writeDump(shop.dumpOf({}));
    shop.run("GRANT ALL ON SCHEMA inner_one TO stranger, PUBLIC");
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(receipt.notes, QStringList{});
    QVERIFY(!rights(shop, "inner_one").contains(u"stranger"_s));
    QCOMPARE(shop.ask("SELECT has_schema_privilege('reader', 'inner_one', 'USAGE')"), u"f"_s);
}

void TestSchemaProperties::aDumpWithoutRightsLeavesThoseThatAreThere()
{
    const Shop shop(*m_server, 3);
    shop.run("GRANT USAGE ON SCHEMA public TO reader WITH GRANT OPTION");
    const QString file = shop.writeDump(shop.dumpOf({u"--no-privileges"_s}));
    const QString before = rights(shop, "public");
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(rights(shop, "public"), before);
    QCOMPARE(receipt.notes, QStringList{u"the rights on schema public stay as they were: the dump "
                                        "says nothing about rights"_s});
}

void TestSchemaProperties::theOwnerKeepsItsRights()
{
    const Shop shop(*m_server, 3);
    shop.run("CREATE SCHEMA theirs AUTHORIZATION app; CREATE TABLE theirs.t (a int);"
             "GRANT USAGE ON SCHEMA theirs TO reader");
    const QString file = shop.writeDump(shop.dumpOf({}));
    shop.run("ALTER SCHEMA theirs OWNER TO keeper; GRANT USAGE ON SCHEMA theirs TO app");
    QCOMPARE(shop.restore(file).verdict, Verdict::Proven);
    QCOMPARE(rights(shop, "theirs"), u"{app=UC/app,reader=U/app}"_s);
}

void TestSchemaProperties::aCommentMadeSinceTheBackupGoes()
{
    const Shop shop(*m_server, 3);
    shop.run("CREATE SCHEMA inner_one; CREATE TABLE inner_one.t (a int);"
             "COMMENT ON TABLE public.products IS 'what we sell'");
    const QString file = shop.writeDump(shop.dumpOf({}));
    shop.run("COMMENT ON SCHEMA inner_one IS 'broken'; COMMENT ON SCHEMA public IS NULL");
    const RestoreReceipt receipt = shop.restore(file);
    QCOMPARE(receipt.verdict, Verdict::Proven);
    const QByteArray comment = "SELECT coalesce(obj_description('@'::regnamespace), 'none')";
    QCOMPARE(shop.ask(QByteArray(comment).replace('@', "inner_one")), u"none"_s);
    QCOMPARE(shop.ask(QByteArray(comment).replace('@', "public")), u"standard public schema"_s);
    QCOMPARE(receipt.notes, QStringList{});
}

void TestSchemaProperties::aDumpWithoutCommentsLeavesTheOneThatIsThere()
{
    const Shop shop(*m_server, 3);
    shop.run("COMMENT ON SCHEMA public IS 'ours'");
    const RestoreReceipt receipt = shop.restore(shop.writeDump(shop.dumpOf({u"--no-comments"_s})));
    QCOMPARE(receipt.verdict, Verdict::Proven);
    QCOMPARE(shop.ask("SELECT obj_description('public'::regnamespace)"), u"ours"_s);
    QCOMPARE(receipt.notes, QStringList{u"the comment on schema public stays as it was: the dump "
                                        "has no comments"_s});
}

/// The server gives a thing only to somebody who may make things in its schema, and pg_dump writes
/// the rights on schemas last.
void TestSchemaProperties::ownersThatMayMakeNothingGetWhatIsTheirs()
{
    const Shop source(*m_server, 3);
    source.run("ALTER DATABASE " + source.database().toUtf8() +
               " OWNER TO keeper;"
               "CREATE SCHEMA inner_one AUTHORIZATION keeper;"
               "CREATE TABLE inner_one.of_app (a int); ALTER TABLE inner_one.of_app OWNER TO app;"
               "CREATE TABLE inner_one.of_reader (a int);"
               "ALTER TABLE inner_one.of_reader OWNER TO reader;"
               "GRANT USAGE, CREATE ON SCHEMA inner_one TO app");
    const QString file = source.writeDump(source.dumpOf({u"--schema=inner_one"_s}));
    const QString before = rights(source, "inner_one");
    const Shop target(*m_server, 3);
    target.run("ALTER DATABASE " + target.database().toUtf8() + " OWNER TO keeper");
    for (const Shop *into : {&target, &target, &source}) {
        const RestoreReceipt receipt = restored(*into, file, asKeeper(*into));
        QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
        QCOMPARE(receipt.verdict, Verdict::Proven);
        QCOMPARE(into->ask("SELECT string_agg(relowner::regrole::text, ',' ORDER BY relname)"
                           " FROM pg_class WHERE relnamespace = 'inner_one'::regnamespace"),
                 u"app,reader"_s);
        QCOMPARE(rights(*into, "inner_one"), before);
    }
}

/// Older dumps, and --use-set-session-authorization, make a thing as its owner.
void TestSchemaProperties::ownersBySessionGetWhatIsTheirs()
{
    const Shop source(*m_server, 3);
    source.run("CREATE SCHEMA inner_one; CREATE TABLE inner_one.of_app (a int);"
               "ALTER TABLE inner_one.of_app OWNER TO app;"
               "CREATE TABLE inner_one.of_reader (a int);"
               "ALTER TABLE inner_one.of_reader OWNER TO reader");
    const QString file = source.writeDump(
        source.dumpOf({u"--schema=inner_one"_s, u"--use-set-session-authorization"_s}));
    const Shop target(*m_server, 3);
    const RestoreReceipt receipt = target.restore(file);
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(target.ask("SELECT string_agg(relowner::regrole::text, ',' ORDER BY relname)"
                        " FROM pg_class WHERE relnamespace = 'inner_one'::regnamespace"),
             u"app,reader"_s);
    QCOMPARE(target.ask("SELECT has_schema_privilege('app', 'inner_one', 'CREATE')"), u"f"_s);
}

/// pg_dump says it by SET SESSION AUTHORIZATION, which only a superuser may.
void TestSchemaProperties::aRightGivenOnIsGivenByTheSameRole()
{
    const Shop source(*m_server, 3);
    source.run("ALTER DATABASE " + source.database().toUtf8() +
               " OWNER TO keeper; SET ROLE keeper; CREATE SCHEMA inner_one;"
               "CREATE TABLE inner_one.t (a int); GRANT USAGE ON SCHEMA inner_one TO reader;"
               "GRANT SELECT ON inner_one.t TO reader WITH GRANT OPTION;"
               "SET ROLE reader; GRANT SELECT ON inner_one.t TO stranger");
    const QByteArray before = source.dumpOf({u"--schema=inner_one"_s});
    QVERIFY(before.contains("SET SESSION AUTHORIZATION reader"));
    const QString file = source.writeDump(before);
    for (const auto &as : {source.target(), asKeeper(source)}) {
        const RestoreReceipt receipt = restored(source, file, as);
        QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
        QCOMPARE(receipt.verdict, Verdict::Proven);
        QCOMPARE(withoutKeys(source.dumpOf({u"--schema=inner_one"_s})), withoutKeys(before));
    }
}

void TestSchemaProperties::aRightGivenOnByNobodyHereIsGivenByTheOwner()
{
    const Shop source(*m_server, 3);
    source.run("CREATE SCHEMA inner_one; CREATE TABLE inner_one.t (a int)");
    QByteArray text = source.dumpOf({u"--schema=inner_one"_s});
    text.replace("--\n-- PostgreSQL database dump complete",
                 "SET SESSION AUTHORIZATION gone;\nGRANT SELECT ON TABLE inner_one.t TO reader;\n"
                 "RESET SESSION AUTHORIZATION;\n\n--\n-- PostgreSQL database dump complete");
    const RestoreReceipt receipt = source.restore(source.writeDump(text));
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.verdict, Verdict::Differences);
    QCOMPARE(receipt.notes,
             (QStringList{u"what the dump does as gone is done as the connected role: this server "
                          "has no such role"_s,
                          u"was not there before the restore and is now: SELECT on "
                          "inner_one.t for reader"_s}));
    QCOMPARE(source.ask("SELECT has_table_privilege('reader', 'inner_one.t', 'SELECT')"), u"t"_s);
}

/// Since PostgreSQL 16 a member may be denied to act as the role it belongs to.
void TestSchemaProperties::aRoleThatMayNotBeActedAsOwnsNothing()
{
    const Shop source(*m_server, 3);
    source.run("CREATE ROLE closed; GRANT closed TO keeper WITH SET FALSE;"
               "ALTER DATABASE " +
               source.database().toUtf8() +
               " OWNER TO keeper; CREATE SCHEMA inner_one AUTHORIZATION keeper;"
               "CREATE TABLE inner_one.t (a int); ALTER TABLE inner_one.t OWNER TO closed");
    const QString file = source.writeDump(source.dumpOf({u"--schema=inner_one"_s}));
    const RestoreReceipt receipt = restored(source, file, asKeeper(source));
    QVERIFY2(!receipt.error, receipt.error ? qPrintable(describe(*receipt.error)) : "");
    QCOMPARE(receipt.notes.size(), 2);
    QCOMPARE(receipt.notes[0], u"owner closed left out: the connected role may not act as it"_s);
    QVERIFY2(receipt.notes[1].endsWith(u" on inner_one.t for closed"_s), why(receipt));
    QCOMPARE(
        source.ask("SELECT relowner::regrole FROM pg_class WHERE oid = 'inner_one.t'::regclass"),
        u"keeper"_s);
}

MAYDAY_TEST(TestSchemaProperties);
#include "tst_schemaproperties.moc"
