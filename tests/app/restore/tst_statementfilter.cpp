// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/statementclass.h"
#include "restore/sqlwords.h"
#include "restore/statementfilter.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

namespace {

using dump::StatementClass;
using Kind = StatementDecision::Kind;

TargetFacts facts()
{
    TargetFacts facts;
    facts.settings = {u"statement_timeout"_s, u"search_path"_s, u"client_encoding"_s};
    facts.roles = {u"app"_s, u"postgres"_s, u"Reader"_s, u"to"_s, u"with"_s};
    facts.rolesWeMayUse = {u"app"_s, u"to"_s};
    facts.extensions = {u"plpgsql"_s};
    facts.availableExtensions = {u"plpgsql"_s, u"pgcrypto"_s};
    facts.comments = {{u"plpgsql"_s, u"x"_s}, {u"pgcrypto"_s, u"it's"_s}};
    facts.databaseThings = {u"language plpgsql"_s};
    return facts;
}

StatementDecision decide(const char *sql, StatementClass kind = StatementClass::Other,
                         const QString &name = {}, qint64 line = 7)
{
    dump::DumpStatement statement;
    statement.sql = sql;
    statement.line = line;
    statement.kind = kind;
    statement.objectName = name;
    return StatementFilter(facts(), {u"public"_s}).decide(statement);
}

} // namespace

class TestStatementFilter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void splitsWords_data();
    void splitsWords();
    void decides_data();
    void decides();
    void leavesNoteOnlyWhereItMatters();
    void whoSpeaksIsSaidAsTheServerAllowsIt();
    void whatIsLeftOutIsNamed();
    void whatAnExtensionSaysOfItselfIsNotRepeated();
    void aDatabaseOfItsOwnIsMadeAsTheDumpSays();
    void nothingOfASchemaThatIsLeftOutRuns_data();
    void nothingOfASchemaThatIsLeftOutRuns();
};

void TestStatementFilter::splitsWords_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("plain") << QByteArray("SET x = 1")
                           << QStringList{u"set"_s, u"x"_s, u"="_s, u"1"_s};
    QTest::newRow("comments") << QByteArray("-- a\n/* b /* c */ d */ DROP\tTABLE \"T\"\"x\"")
                              << QStringList{u"drop"_s, u"table"_s, u"T\"x"_s};
    QTest::newRow("literal") << QByteArray("SELECT 'it''s; ok'")
                             << QStringList{u"select"_s, u"'it's; ok"_s};
    QTest::newRow("open comment") << QByteArray("/* never") << QStringList{};
    QTest::newRow("empty") << QByteArray() << QStringList{};
}

void TestStatementFilter::splitsWords()
{
    QFETCH(QByteArray, sql);
    QFETCH(QStringList, words);
    QCOMPARE(allWords(sql), words);
    QCOMPARE(leadingWords(sql, 1), words.mid(0, 1));
}

void TestStatementFilter::decides_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<int>("kind");
    QTest::addColumn<Kind>("decision");
    QTest::addColumn<bool>("difference");
    const auto row = [](const char *sql, Kind decision, StatementClass kind = StatementClass::Other,
                        bool difference = false) {
        QTest::newRow(sql) << QByteArray(sql) << int(kind) << decision << difference;
    };
    row("SET statement_timeout = 0", Kind::Run);
    row("SET transaction_timeout = 0", Kind::Skip);
    row("SET my.custom = 1", Kind::Run);
    row("SET SESSION AUTHORIZATION 'app'", Kind::Run);
    row("SELECT pg_catalog.set_config('search_path', '', false)", Kind::Run);
    row("BEGIN", Kind::Skip);
    row("COMMIT", Kind::Skip);
    row("/* x */ ROLLBACK", Kind::Refuse);
    row("SAVEPOINT a", Kind::Refuse);
    row("COMMIT PREPARED 'x'", Kind::Refuse);
    row("VACUUM", Kind::Refuse);
    row("DROP TABLE public.products", Kind::Skip);
    row("DROP SCHEMA IF EXISTS public_before_1 CASCADE", Kind::Skip);
    row("ALTER TABLE IF EXISTS ONLY public.a DROP CONSTRAINT b", Kind::Skip);
    row("ALTER TABLE ONLY public.a ADD CONSTRAINT b PRIMARY KEY (id)", Kind::Run);
    row("CREATE DATABASE shop", Kind::Skip, StatementClass::Other, true);
    row("CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog", Kind::Skip,
        StatementClass::Extension);
    row("CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public", Kind::Run,
        StatementClass::Extension);
    row("CREATE EXTENSION IF NOT EXISTS postgis", Kind::Refuse, StatementClass::Extension);
    row("COMMENT ON EXTENSION plpgsql IS 'x'", Kind::Skip, StatementClass::Comment);
    row("COMMENT ON SCHEMA public IS 'of the shop: {\"mayday\": a day}'", Kind::Run,
        StatementClass::Comment);
    row("COMMENT ON SCHEMA public IS NULL", Kind::Run, StatementClass::Comment);
    row("COMMENT ON SCHEMA public IS '{\"mayday\":1,\"original\":\"app\"}';", Kind::Skip,
        StatementClass::Comment);
    row("COMMENT ON SCHEMA public IS\n '{\"mayday\":1,'\n '\"original\":\"app\"}'", Kind::Skip,
        StatementClass::Comment);
    row("COMMENT ON SCHEMA public IS E'{\"\\x6dayday\":1,\"original\":\"app\"}'", Kind::Skip,
        StatementClass::Comment);
    row("COMMENT ON SCHEMA public IS $a${\"mayday\":1,\"original\":\"app\"}$a$", Kind::Skip,
        StatementClass::Comment);
    row("CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()", Kind::Skip,
        StatementClass::EventTrigger, true);
    row("CREATE PUBLICATION p FOR ALL TABLES", Kind::Skip, StatementClass::Publication, true);
    row("ALTER TABLE public.a OWNER TO app", Kind::Run, StatementClass::Owner);
    row("ALTER TABLE public.a OWNER TO postgres", Kind::Skip, StatementClass::Owner);
    row("ALTER TABLE public.a OWNER TO \"Gone\"", Kind::Skip, StatementClass::Owner);
    row("GRANT SELECT ON TABLE public.a TO \"Reader\"", Kind::Run, StatementClass::Grant);
    row("GRANT SELECT ON TABLE public.a TO PUBLIC", Kind::Run, StatementClass::Grant);
    row("GRANT SELECT ON TABLE public.a TO gone WITH GRANT OPTION", Kind::Skip,
        StatementClass::Grant, true);
    row("REVOKE ALL ON TABLE public.a FROM gone", Kind::Skip, StatementClass::Grant, true);
    row("ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON TABLES TO app",
        Kind::Skip, StatementClass::Grant, true);
    // Names that are words elsewhere.
    row("ALTER TABLE public.a OWNER TO \"to\"", Kind::Run, StatementClass::Owner);
    row("ALTER TABLE public.a OWNER TO \"from\"", Kind::Skip, StatementClass::Owner);
    row("ALTER TABLE extension.a OWNER TO gone", Kind::Skip, StatementClass::Owner);
    row("GRANT SELECT ON TABLE public.a TO \"with\"", Kind::Run, StatementClass::Grant);
    row("GRANT SELECT ON TABLE public.a TO \"from\" WITH GRANT OPTION", Kind::Skip,
        StatementClass::Grant, true);
    row("GRANT SELECT(revoke, \"from\") ON TABLE public.a TO gone", Kind::Skip,
        StatementClass::Grant, true);
    row("GRANT ALL ON FUNCTION public.f(\"to\" integer) TO app", Kind::Run, StatementClass::Grant);
    row("GRANT \"on\" TO app", Kind::Skip, StatementClass::Grant, true);
    row("GRANT ALL ON SCHEMA \"database\" TO app", Kind::Skip, StatementClass::Grant, true);
    row("ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public GRANT ALL ON TABLES TO \"from\"",
        Kind::Skip, StatementClass::Grant, true);
    row("COPY public.a FROM '/etc/passwd'", Kind::Refuse, StatementClass::Data);
    row("COPY public.a FROM PROGRAM 'id'", Kind::Refuse, StatementClass::Data);
    row("CREATE TABLE public.a (id integer)", Kind::Run, StatementClass::Table);
}

void TestStatementFilter::decides()
{
    QFETCH(QByteArray, sql);
    QFETCH(int, kind);
    QFETCH(Kind, decision);
    QFETCH(bool, difference);
    const auto decided = decide(sql.constData(), static_cast<StatementClass>(kind));
    QCOMPARE(decided.kind, decision);
    QCOMPARE(decided.isDifference, difference);
    QCOMPARE(decided.error.has_value(), decision == Kind::Refuse);
    if (decided.error)
        QCOMPARE(decided.error->line, 7);
}

void TestStatementFilter::leavesNoteOnlyWhereItMatters()
{
    QVERIFY(decide("SET transaction_timeout = 0").note.contains(u"transaction_timeout"_s));
    QVERIFY(decide("DROP TABLE a").note.isEmpty());
    // A thousand large objects in a dump are not two thousand notes.
    QCOMPARE(decide("BEGIN", StatementClass::Session, {}, 70).note, decide("BEGIN").note);
    QVERIFY(decide("CREATE SCHEMA public", StatementClass::Schema, u"public"_s).note.isEmpty());
    QCOMPARE(decide("CREATE SCHEMA public", StatementClass::Schema, u"public"_s).kind, Kind::Skip);
    QCOMPARE(decide("CREATE SCHEMA other", StatementClass::Schema, u"other"_s).kind, Kind::Run);
    QVERIFY(decide("ALTER TABLE public.a OWNER TO gone", StatementClass::Owner)
                .note.contains(u"no such role"_s));
    // Whoever is connected is somebody.
    for (const auto &mine :
         {decide("ALTER TABLE public.a OWNER TO CURRENT_USER", StatementClass::Owner),
          decide("GRANT SELECT ON TABLE public.a TO SESSION_USER", StatementClass::Grant)})
        QVERIFY(mine.kind == Kind::Run && mine.note.isEmpty());
    const auto mapping = decide("CREATE USER MAPPING FOR gone SERVER far");
    QVERIFY(mapping.kind == Kind::Skip && mapping.isDifference);
    QCOMPARE(mapping.note,
             u"user mapping for gone on far left out: this server has no such role"_s);
    QCOMPARE(decide("CREATE USER MAPPING FOR PUBLIC SERVER far").kind, Kind::Run);
}

void TestStatementFilter::whoSpeaksIsSaidAsTheServerAllowsIt()
{
    QCOMPARE(decide("SET SESSION AUTHORIZATION 'app'").instead, QByteArray("SET ROLE \"app\""));
    QCOMPARE(decide("SET SESSION AUTHORIZATION \"to\"").instead, QByteArray("SET ROLE \"to\""));
    QCOMPARE(decide("RESET SESSION AUTHORIZATION").instead, QByteArray("RESET ROLE"));
    QCOMPARE(decide("SET SESSION AUTHORIZATION DEFAULT").instead, QByteArray("RESET ROLE"));
    const auto mayNot = decide("SET SESSION AUTHORIZATION postgres");
    QCOMPARE(mayNot.instead, QByteArray("RESET ROLE"));
    QVERIFY(mayNot.isDifference);
    QVERIFY(mayNot.note.contains(u"postgres"_s) && mayNot.note.contains(u"may not act"_s));
    QVERIFY(decide("SET SESSION AUTHORIZATION gone").note.contains(u"no such role"_s));
    QVERIFY(!decide("SET search_path = ''").instead);
}

void TestStatementFilter::whatIsLeftOutIsNamed()
{
    QCOMPARE(decide("CREATE EVENT TRIGGER \"On x\" ON sql_drop EXECUTE FUNCTION f()").note,
             u"event trigger On x left out"_s);
    // Many statements about one are one note.
    QCOMPARE(decide("ALTER EVENT TRIGGER \"On x\" DISABLE").note, u"event trigger On x left out"_s);
    QCOMPARE(decide("ALTER PUBLICATION feed ADD TABLE ONLY public.a").note,
             u"publication feed left out"_s);
    QCOMPARE(decide("CREATE SUBSCRIPTION feed CONNECTION '' PUBLICATION x").note,
             u"subscription feed left out"_s);
}

void TestStatementFilter::whatAnExtensionSaysOfItselfIsNotRepeated()
{
    const auto comment = [](const QByteArray &sql, bool isSuperuser, bool isOwnDatabase) {
        TargetFacts there = facts();
        there.isSuperuser = isSuperuser;
        there.isOwnDatabase = isOwnDatabase;
        dump::DumpStatement statement;
        statement.sql = "COMMENT ON EXTENSION " + sql;
        statement.kind = StatementClass::Comment;
        return StatementFilter(there, {u"public"_s}).decide(statement);
    };
    for (const bool isSuperuser : {false, true}) {
        const auto same = comment("pgcrypto IS 'it''s'", isSuperuser, false);
        QCOMPARE(same.kind, Kind::Skip);
        QVERIFY(same.note.isEmpty());
        const auto fresh = comment("\"pgcrypto\" IS 'ours'", isSuperuser, false);
        QCOMPARE(fresh.kind, isSuperuser ? Kind::Run : Kind::Skip);
        QVERIFY(isSuperuser || fresh.note.contains(u"extension pgcrypto"_s));
        const auto there = comment("plpgsql IS 'ours'", isSuperuser, false);
        QCOMPARE(there.kind, Kind::Skip);
        QVERIFY(there.note.contains(u"extension plpgsql"_s));
        QCOMPARE(comment("plpgsql IS 'ours'", isSuperuser, true).kind,
                 isSuperuser ? Kind::Run : Kind::Skip);
    }
}

void TestStatementFilter::aDatabaseOfItsOwnIsMadeAsTheDumpSays()
{
    const auto decideIn = [](bool isOwnDatabase, const QByteArray &sql, StatementClass kind) {
        TargetFacts there = facts();
        there.isSuperuser = true;
        there.isOwnDatabase = isOwnDatabase;
        there.schemasWeOwn = {u"public"_s, u"other"_s};
        dump::DumpStatement statement;
        statement.sql = sql;
        statement.kind = kind;
        if (sql.contains("pg_catalog"))
            statement.objectSchema = u"pg_catalog"_s;
        return StatementFilter(there, {u"public"_s}).decide(statement);
    };
    const QByteArray rights = "REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC";
    QCOMPARE(decideIn(false, rights, StatementClass::Grant).kind, Kind::Skip);
    QCOMPARE(decideIn(true, rights, StatementClass::Grant).kind, Kind::Run);
    const QByteArray creation = "CREATE LANGUAGE plround HANDLER public.handler";
    QVERIFY(decideIn(false, creation, StatementClass::Function).note.contains(u"put-back"_s));
    QVERIFY(decideIn(true, creation, StatementClass::Function).note.isEmpty());
    QCOMPARE(decideIn(true, "CREATE LANGUAGE plpgsql", StatementClass::Function).kind, Kind::Skip);
    // Of a schema that the dump does not fill.
    const QByteArray closing = "REVOKE CREATE ON SCHEMA other FROM PUBLIC";
    QCOMPARE(decideIn(false, closing, StatementClass::Grant).kind, Kind::Skip);
    QCOMPARE(decideIn(true, closing, StatementClass::Grant).kind, Kind::Run);
    const QByteArray system = "GRANT SELECT ON TABLE pg_catalog.pg_authid TO app";
    QCOMPARE(decideIn(true, system, StatementClass::Grant).kind, Kind::Skip);
}

void TestStatementFilter::nothingOfASchemaThatIsLeftOutRuns_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("note");
    const auto row = [](const char *sql, Kind kind, const QString &note = {}) {
        QTest::newRow(sql) << QByteArray(sql) << static_cast<int>(kind) << note;
    };
    row("CREATE SCHEMA auth", Kind::Skip);
    row("ALTER SCHEMA auth OWNER TO app", Kind::Skip);
    row("COMMENT ON SCHEMA auth IS 'x'", Kind::Skip);
    row("GRANT USAGE ON SCHEMA auth TO app", Kind::Skip);
    row("CREATE TABLE auth.users (id integer)", Kind::Skip);
    row("CREATE VIEW auth.mine AS SELECT 1", Kind::Skip, u"view auth.mine"_s);
    row("ALTER TABLE auth.users OWNER TO app", Kind::Skip);
    row("INSERT INTO auth.users VALUES (1)", Kind::Skip);
    row("SELECT pg_catalog.setval('auth.users_id_seq', 1, true)", Kind::Skip);
    row("SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180000'::integer,"
        " 'schemaname', 'auth', 'relname', 'users')",
        Kind::Skip);
    row("COMMENT ON COLUMN auth.users.id IS 'x'", Kind::Skip);
    row("SECURITY LABEL FOR p ON TABLE auth.users IS 'x'", Kind::Skip);
    row("GRANT SELECT ON TABLE auth.users TO app", Kind::Skip);
    row("GRANT SELECT ON ALL TABLES IN SCHEMA auth TO app", Kind::Skip);
    row("ALTER DEFAULT PRIVILEGES FOR ROLE gone IN SCHEMA auth GRANT SELECT ON TABLES TO app",
        Kind::Skip);
    row("CREATE RULE r AS ON INSERT TO auth.users DO INSTEAD NOTHING", Kind::Skip,
        u"rule r on auth.users"_s);
    row("CREATE POLICY p ON auth.users USING (true)", Kind::Skip);
    row("CREATE POLICY \"on\" ON auth.users USING (true)", Kind::Skip,
        u"policy on on auth.users"_s);
    row("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION"
        " public.f()",
        Kind::Skip, u"trigger t on auth.users"_s);
    row("CREATE UNIQUE INDEX i ON auth.users USING btree (id)", Kind::Skip, u"index auth.i"_s);
    row("ALTER TABLE ONLY auth.users ADD CONSTRAINT users_pkey PRIMARY KEY (id)", Kind::Skip);
    row("ALTER TABLE ONLY auth.users ADD CONSTRAINT to_ours FOREIGN KEY (id) REFERENCES public.a",
        Kind::Skip, u"constraint to_ours on auth.users"_s);
    row("CREATE FUNCTION auth.uid() RETURNS integer LANGUAGE sql AS 'SELECT 1'", Kind::Skip,
        u"function auth.uid()"_s);
    row("CREATE TYPE auth.level AS ENUM ('a')", Kind::Skip, u"type auth.level"_s);
    row("DROP TABLE auth.users", Kind::Skip);
    row("DELETE FROM auth.users", Kind::Refuse);
    row("SET search_path = auth, pg_catalog", Kind::Refuse);
    row("SET LOCAL search_path TO \"auth\"", Kind::Refuse);
    row("SET SCHEMA 'auth'", Kind::Refuse);
    row("SELECT pg_catalog.set_config('search_path', 'public, auth', false)", Kind::Refuse);
    row("SELECT pg_catalog.set_config('search_path', '', false)", Kind::Run);
    row("CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA auth", Kind::Skip,
        u"extension pgcrypto"_s);
    row("CREATE CAST (auth.level AS integer) WITH INOUT", Kind::Skip,
        u"cast (auth.level AS integer)"_s);
    row("COMMENT ON CAST (auth.level AS integer) IS 'x'", Kind::Skip);
    row("SET search_path = public, pg_catalog", Kind::Run);
    row("CREATE TABLE public.users (id integer)", Kind::Run);
    row("ALTER TABLE ONLY public.a ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES auth.users(id)",
        Kind::Run);
}

void TestStatementFilter::nothingOfASchemaThatIsLeftOutRuns()
{
    QFETCH(QByteArray, sql);
    QFETCH(int, kind);
    QFETCH(QString, note);
    TargetFacts facts = ::facts();
    facts.leftOut = {.schemas = {u"auth"_s},
                     .things = {u"table auth.users"_s, u"policy p on auth.users"_s,
                                u"constraint users_pkey on auth.users"_s}};
    dump::DumpStatement statement;
    statement.sql = sql;
    statement.line = 7;
    dump::classify(statement);
    const StatementDecision decision = StatementFilter(facts, {u"public"_s}).decide(statement);
    QCOMPARE(static_cast<int>(decision.kind), kind);
    QCOMPARE(decision.note, note.isEmpty()
                                ? QString()
                                : note + u" is not made: schema auth is left out, and has none"_s);
    QCOMPARE(decision.isDifference, !note.isEmpty());
    facts.leftOut.isCompared = false;
    QVERIFY(!StatementFilter(facts, {u"public"_s}).decide(statement).isDifference);
}

MAYDAY_TEST(TestStatementFilter);
#include "tst_statementfilter.moc"
