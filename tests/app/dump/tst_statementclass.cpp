// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/forbidden.h"
#include "dump/inspector.h"
#include "dump/rightswords.h"
#include "dump/statementclass.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

namespace {

DumpStatement made(const QByteArray &sql, bool escapes = false)
{
    DumpStatement statement{.sql = sql, .line = 7, .plainStringsEscape = escapes};
    classify(statement);
    return statement;
}

} // namespace

class TestStatementClass : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void classifies_data();
    void classifies();
    void namesTheSchema_data();
    void namesTheSchema();
    void remarksNameTheSchema_data();
    void remarksNameTheSchema();
    void rightsNameTheSchema_data();
    void rightsNameTheSchema();
    void everyKindHasItsWord();
    void forbids_data();
    void forbids();
    void forbiddenErrorNamesTheLine();
    void stringsHideNothing();
    void tellsDangers_data();
    void tellsDangers();
    void countsRowsOfInserts_data();
    void countsRowsOfInserts();
};

void TestStatementClass::classifies_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("name");
    const auto row = [](const char *sql, const QString &word, const QString &name = {}) {
        QTest::newRow(sql) << QByteArray(sql) << word << name;
    };
    row("SET statement_timeout = 0", u"session"_s);
    row("SELECT pg_catalog.set_config('search_path', '', false)", u"session"_s);
    row("BEGIN", u"session"_s);
    row("CREATE SCHEMA shop", u"schema"_s, u".shop"_s);
    row("CREATE SCHEMA IF NOT EXISTS \"My Shop\"", u"schema"_s, u".My Shop"_s);
    row("CREATE TYPE public.mood AS ENUM ('sad')", u"type"_s, u"public.mood"_s);
    row("CREATE DOMAIN public.d AS text", u"type"_s, u"public.d"_s);
    row("CREATE FUNCTION public.f(a integer) RETURNS int LANGUAGE sql AS $$ select 1; $$",
        u"function"_s, u"public.f"_s);
    row("CREATE OR REPLACE PROCEDURE public.p() LANGUAGE sql AS ''", u"function"_s, u"public.p"_s);
    row("CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE tongue HANDLER public.h", u"function"_s,
        u".tongue"_s);
    row("CREATE AGGREGATE public.a(int) (sfunc = x)", u"function"_s, u"public.a"_s);
    row("CREATE TABLE public.products (id int)", u"table"_s, u"public.products"_s);
    row("/* x */ create -- y\n unlogged table Public.Products (id int)", u"table"_s,
        u"public.products"_s);
    row("CREATE TABLE IF NOT EXISTS a (id int)", u"table"_s, u".a"_s);
    row("CREATE TABLE \"a\"\"b\".\"c.d\" ()", u"table"_s, u"a\"b.c.d"_s);
    row("CREATE FOREIGN TABLE public.f (a int) SERVER s", u"table"_s, u"public.f"_s);
    row("ALTER TABLE ONLY public.a ALTER COLUMN id SET DEFAULT nextval('public.s'::regclass)",
        u"table"_s, u"public.a"_s);
    row("ALTER TABLE ONLY public.a ATTACH PARTITION public.a1 FOR VALUES IN (1)", u"table"_s,
        u"public.a"_s);
    row("ALTER TABLE public.a REPLICA IDENTITY FULL", u"table"_s, u"public.a"_s);
    row("INSERT INTO public.a VALUES (1)", u"data"_s, u"public.a"_s);
    row("COPY public.a (id) FROM stdin", u"data"_s, u"public.a"_s);
    row("CREATE SEQUENCE public.a_id_seq AS integer", u"sequence"_s, u"public.a_id_seq"_s);
    row("ALTER SEQUENCE public.a_id_seq OWNED BY public.a.id", u"sequence"_s, u"public.a_id_seq"_s);
    row("ALTER TABLE public.a ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "
        "public.s)",
        u"sequence"_s, u"public.a"_s);
    row("SELECT pg_catalog.setval('public.a_id_seq', 3, true)", u"sequence-set"_s,
        u"public.a_id_seq"_s);
    row("SELECT pg_catalog.setval('public.\"It''s\"', 3, true)", u"sequence-set"_s,
        u"public.It's"_s);
    row("CREATE INDEX i ON public.a USING btree (id)", u"index"_s, u"public.i"_s);
    row("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY public.a (id)", u"index"_s,
        u"public.i"_s);
    row("ALTER INDEX public.i ATTACH PARTITION public.i1", u"index"_s, u"public.i"_s);
    row("ALTER TABLE public.a CLUSTER ON i", u"index"_s, u"public.a"_s);
    row("ALTER TABLE ONLY public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id)", u"constraint"_s,
        u"public.a"_s);
    row("ALTER TABLE public.a ADD CONSTRAINT \"c d\" CHECK ((id > 0)) NOT VALID", u"constraint"_s,
        u"public.a"_s);
    row("ALTER TABLE ONLY public.a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES public.b(id)",
        u"foreign-key"_s, u"public.a"_s);
    row("CREATE TRIGGER t BEFORE INSERT ON public.a FOR EACH ROW EXECUTE FUNCTION public.f()",
        u"trigger"_s, u"public.t"_s);
    row("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON public.a EXECUTE FUNCTION f()", u"trigger"_s,
        u"public.t"_s);
    row("ALTER TABLE public.a DISABLE TRIGGER t", u"trigger"_s, u"public.a"_s);
    row("CREATE POLICY p ON public.a USING (true)", u"policy"_s, u"public.p"_s);
    row("ALTER TABLE public.a ENABLE ROW LEVEL SECURITY", u"policy"_s, u"public.a"_s);
    row("ALTER TABLE ONLY public.a FORCE ROW LEVEL SECURITY", u"policy"_s, u"public.a"_s);
    row("GRANT SELECT ON TABLE public.a TO r", u"grant"_s, u"public.a"_s);
    row("REVOKE ALL ON SCHEMA public FROM PUBLIC", u"grant"_s, u".public"_s);
    row("ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA public GRANT ALL ON TABLES TO r",
        u"grant"_s);
    row("ALTER TABLE public.a OWNER TO r", u"owner"_s, u"public.a"_s);
    row("ALTER FUNCTION public.f(a integer, b text) OWNER TO r", u"owner"_s, u"public.f"_s);
    row("ALTER SCHEMA shop OWNER TO r", u"owner"_s, u".shop"_s);
    row("ALTER SCHEMA rename OWNER TO r", u"owner"_s, u".rename"_s);
    row("ALTER FUNCTION public.f(rename integer) OWNER TO r", u"owner"_s, u"public.f"_s);
    row("ALTER TABLE public.a RENAME COLUMN owner TO owner_id", u"table"_s, u"public.a"_s);
    row("ALTER TABLE public.a RENAME owner TO owner_id", u"table"_s, u"public.a"_s);
    row("ALTER LARGE OBJECT 16400 OWNER TO r", u"owner"_s);
    row("COMMENT ON TABLE public.a IS 'x'", u"comment"_s, u"public.a"_s);
    row("COMMENT ON EXTENSION pgcrypto IS 'x'", u"comment"_s, u".pgcrypto"_s);
    row("CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions", u"extension"_s,
        u".pgcrypto"_s);
    row("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()", u"event-trigger"_s,
        u".e"_s);
    row("CREATE PUBLICATION p FOR ALL TABLES", u"publication"_s, u".p"_s);
    row("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", u"publication"_s, u".s"_s);
    row("CREATE RULE r AS ON INSERT TO public.a DO NOTHING", u"rule"_s, u"public.r"_s);
    row("CREATE VIEW public.v AS SELECT 1", u"view"_s, u"public.v"_s);
    row("CREATE OR REPLACE VIEW public.v AS SELECT 1", u"view"_s, u"public.v"_s);
    row("CREATE MATERIALIZED VIEW public.m AS SELECT 1 WITH NO DATA", u"view"_s, u"public.m"_s);
    row("REFRESH MATERIALIZED VIEW public.m", u"view"_s, u"public.m"_s);
    row("SELECT pg_catalog.lo_create('16400')", u"large-object"_s);
    row("SELECT pg_catalog.lowrite(0, '\\x00')", u"large-object"_s);
    row("CREATE DATABASE shop", u"platform"_s, u".shop"_s);
    row("ALTER ROLE r SET search_path = x", u"platform"_s, u".r"_s);
    row("CREATE SERVER s FOREIGN DATA WRAPPER w", u"platform"_s, u".s"_s);
    row("CREATE STATISTICS public.s ON a, b FROM public.c", u"type"_s, u"public.s"_s);
    row("DO $$ begin end $$", u"other"_s);
    row("SELECT 1", u"other"_s);
    row("", u"other"_s);
    row("CREATE", u"other"_s);
    row("ALTER TABLE", u"table"_s);
}

void TestStatementClass::classifies()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, word);
    QFETCH(QString, name);
    const DumpStatement statement = made(sql);
    QCOMPARE(kindWord(statement.kind), word);
    if (!name.isEmpty())
        QCOMPARE(statement.objectSchema + u'.' + statement.objectName, name);
}

/// Each thing in a schema that pg_dump 13 to 18 can write, where the schema does not stand right
/// behind the kind of thing, or where more names than one do.
void TestStatementClass::namesTheSchema_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("name");
    const auto row = [](const char *sql, const QString &word, const QString &name) {
        QTest::newRow(sql) << QByteArray(sql) << word << name;
    };
    row("CREATE RULE r AS\n    ON INSERT TO auth.x DO INSTEAD  INSERT INTO public.y (a)\n"
        "  VALUES (new.a)",
        u"rule"_s, u"auth.r"_s);
    row("CREATE OR REPLACE RULE r AS ON UPDATE TO \"Auth\".x WHERE (new.a > 0) DO ALSO NOTIFY x",
        u"rule"_s, u"Auth.r"_s);
    row("CREATE RULE \"on\" AS ON DELETE TO auth.x DO INSTEAD (SELECT 1 FROM a.b JOIN c.d ON true; "
        "SELECT 2)",
        u"rule"_s, u"auth.on"_s);
    row("CREATE RULE \"_RETURN\" AS ON SELECT TO auth.v DO INSTEAD SELECT 1", u"rule"_s,
        u"auth._RETURN"_s);
    row("CREATE RULE r AS ON INSERT TO x DO INSTEAD INSERT INTO a.b SELECT 1 FROM c.d ON e.f",
        u"rule"_s, u".r"_s);
    row("CREATE RULE r AS ON INSERT", u"rule"_s, u".r"_s);
    row("DROP RULE IF EXISTS r ON auth.x", u"rule"_s, u"auth.r"_s);
    row("CREATE TRIGGER \"to\" BEFORE INSERT OR UPDATE OF a, \"on\" ON auth.users FOR EACH ROW "
        "WHEN ((new.a > 0)) EXECUTE FUNCTION public.f('on')",
        u"trigger"_s, u"auth.to"_s);
    row("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON auth.a FROM public.b DEFERRABLE INITIALLY "
        "DEFERRED FOR EACH ROW EXECUTE FUNCTION public.f()",
        u"trigger"_s, u"auth.t"_s);
    row("CREATE TRIGGER t AFTER INSERT ON domain FOR EACH ROW EXECUTE FUNCTION a.f()", u"trigger"_s,
        u".t"_s);
    row("CREATE TRIGGER t AFTER INSERT ON domain.x FOR EACH ROW EXECUTE FUNCTION a.f()",
        u"trigger"_s, u"domain.t"_s);
    row("ALTER TRIGGER t ON auth.users DEPENDS ON EXTENSION x", u"trigger"_s, u"auth.t"_s);
    row("CREATE POLICY \"on\" ON auth.t AS RESTRICTIVE FOR SELECT TO r USING ((EXISTS ( SELECT 1 "
        "FROM (public.a JOIN public.b ON (true)))))",
        u"policy"_s, u"auth.on"_s);
    row("CREATE POLICY p ON t TO authenticated USING (a.b.c)", u"policy"_s, u".p"_s);
    row("ALTER POLICY p ON auth.t TO r", u"policy"_s, u"auth.p"_s);
    row("CREATE UNIQUE INDEX \"on\" ON ONLY auth.t USING btree (a)", u"index"_s, u"auth.on"_s);
    row("CREATE INDEX i ON \"Auth\".\"on\" USING gin (a public.gin_trgm_ops)", u"index"_s,
        u"Auth.i"_s);
    row("ALTER INDEX auth.i ATTACH PARTITION parts.i1", u"index"_s, u"auth.i"_s);
    row("ALTER INDEX auth.i ALTER COLUMN 1 SET STATISTICS 400", u"index"_s, u"auth.i"_s);
    row("CREATE TABLE auth.t PARTITION OF public.p FOR VALUES IN (1)", u"table"_s, u"auth.t"_s);
    row("ALTER TABLE ONLY auth.t ATTACH PARTITION parts.p DEFAULT", u"table"_s, u"auth.t"_s);
    row("ALTER TABLE auth.t INHERIT public.p", u"table"_s, u"auth.t"_s);
    row("ALTER TABLE ONLY auth.t REPLICA IDENTITY USING INDEX i", u"table"_s, u"auth.t"_s);
    row("ALTER TABLE auth.t CLUSTER ON i", u"index"_s, u"auth.t"_s);
    row("ALTER TABLE auth.t DISABLE TRIGGER x", u"trigger"_s, u"auth.t"_s);
    row("ALTER TABLE auth.t DISABLE RULE x", u"trigger"_s, u"auth.t"_s);
    row("ALTER TABLE auth.t ENABLE ROW LEVEL SECURITY", u"policy"_s, u"auth.t"_s);
    row("ALTER TABLE IF EXISTS ONLY auth.t DROP CONSTRAINT IF EXISTS c", u"table"_s, u"auth.t"_s);
    row("ALTER FOREIGN TABLE ONLY auth.t ALTER COLUMN a OPTIONS (x 'y')", u"table"_s, u"auth.t"_s);
    row("ALTER DOMAIN auth.d\n    ADD CONSTRAINT c CHECK ((VALUE > 0)) NOT VALID", u"type"_s,
        u"auth.d"_s);
    row("ALTER SEQUENCE auth.s OWNED BY public.t.c", u"sequence"_s, u"auth.s"_s);
    row("SELECT pg_catalog.setval('auth.s', 1, true)", u"sequence-set"_s, u"auth.s"_s);
    row("SELECT pg_catalog.setval('\"auth\".\"s\"', 1, true)", u"sequence-set"_s, u"auth.s"_s);
    row("ALTER STATISTICS auth.s SET STATISTICS 33", u"type"_s, u"auth.s"_s);
    row("CREATE STATISTICS auth.s (ndistinct) ON a, b FROM public.t", u"type"_s, u"auth.s"_s);
    row("CREATE DEFAULT CONVERSION auth.c FOR 'LATIN1' TO 'UTF8' FROM public.f", u"type"_s,
        u"auth.c"_s);
    row("CREATE TEXT SEARCH CONFIGURATION auth.x (\n    PARSER = pg_catalog.\"default\" )",
        u"type"_s, u"auth.x"_s);
    row("ALTER TEXT SEARCH CONFIGURATION auth.x\n    ADD MAPPING FOR word WITH public.d", u"type"_s,
        u"auth.x"_s);
    row("CREATE OPERATOR auth.=== (\n    FUNCTION = public.same,\n    LEFTARG = text\n)",
        u"function"_s, u"auth.==="_s);
    row("CREATE OPERATOR \"Auth\".!~@ (FUNCTION = f)", u"function"_s, u"Auth.!~@"_s);
    row("CREATE OPERATOR <-> (FUNCTION = f)", u"function"_s, u".<->"_s);
    row("ALTER OPERATOR auth.- (NONE, integer) OWNER TO r", u"owner"_s, u"auth.-"_s);
    row("DROP OPERATOR IF EXISTS auth.=== (text, text)", u"function"_s, u"auth.==="_s);
    row("CREATE OPERATOR CLASS auth.oc\n    FOR TYPE public.n USING btree AS\n"
        "    OPERATOR 1 public.<(public.n,public.n)",
        u"function"_s, u"auth.oc"_s);
    row("ALTER OPERATOR FAMILY auth.f USING btree ADD\n    OPERATOR 1 public.<(public.n,public.n)",
        u"function"_s, u"auth.f"_s);
    row("CREATE AGGREGATE auth.a(*) (SFUNC = int8inc, STYPE = bigint)", u"function"_s, u"auth.a"_s);
    row("REFRESH MATERIALIZED VIEW auth.v", u"view"_s, u"auth.v"_s);
    row("ALTER PUBLICATION p ADD TABLE ONLY auth.t (a, b) WHERE ((a > 0))", u"publication"_s,
        u"auth.p"_s);
    row("ALTER PUBLICATION p DROP TABLE auth.t", u"publication"_s, u"auth.p"_s);
    row("ALTER PUBLICATION p ADD TABLES IN SCHEMA \"Auth\"", u"publication"_s, u"Auth.p"_s);
    row("ALTER PUBLICATION p OWNER TO r", u"owner"_s, u".p"_s);
    row("SELECT * FROM pg_catalog.pg_restore_relation_stats(\n\t'version', '180000'::integer,\n"
        "\t'schemaname', 'auth',\n\t'relname', 'It''s',\n\t'relpages', '0'::integer\n)",
        u"other"_s, u"auth.It's"_s);
    row("SELECT * FROM pg_catalog.pg_restore_attribute_stats('version', '180000'::integer, "
        "'schemaname', 'relname', 'relname', 'schemaname', 'attname', 'relname', 'inherited', "
        "'f'::boolean)",
        u"other"_s, u"relname.schemaname"_s);
    row("SELECT pg_catalog.pg_restore_relation_stats('version', '180000'::integer, 'schemaname', "
        "'auth', 'relname', 'users')",
        u"other"_s, u"auth.users"_s);
    row("SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180000'::integer,",
        u"other"_s, u"."_s);
    row("SELECT * FROM setval('auth.s', 1)", u"other"_s, u"."_s); // setval() only where it is plain
    // These are in no schema.
    row("CREATE CAST (auth.a AS auth.b) WITH FUNCTION auth.f(auth.a)", u"type"_s, u"."_s);
    row("CREATE TRANSFORM FOR auth.t LANGUAGE l (FROM SQL WITH FUNCTION auth.f(internal))",
        u"function"_s, u"."_s);
    row("CREATE USER MAPPING FOR r SERVER s", u"platform"_s, u"."_s);
    row("CREATE EVENT TRIGGER e ON sql_drop\n   EXECUTE FUNCTION auth.f()", u"event-trigger"_s,
        u".e"_s);
    row("CREATE EXTENSION IF NOT EXISTS x WITH SCHEMA extensions", u"extension"_s, u".x"_s);
}

void TestStatementClass::namesTheSchema()
{
    classifies();
}

void TestStatementClass::remarksNameTheSchema_data()
{
    QTest::addColumn<QByteArray>("about");
    QTest::addColumn<QString>("name");
    const auto row = [](const char *about, const QString &name) {
        QTest::newRow(about) << QByteArray(about) << name;
    };
    row("SCHEMA auth", u".auth"_s);
    row("TABLE auth.t", u"auth.t"_s);
    row("FOREIGN TABLE auth.t", u"auth.t"_s);
    row("VIEW auth.v", u"auth.v"_s);
    row("MATERIALIZED VIEW auth.v", u"auth.v"_s);
    row("SEQUENCE auth.s", u"auth.s"_s);
    row("INDEX auth.i", u"auth.i"_s);
    row("COLUMN auth.t.c", u"auth.t"_s);
    row("COLUMN \"A.b\".\"t\".\"c.d\"", u"A.b.t"_s);
    row("COLUMN t.c", u".t"_s);
    row("CONSTRAINT c ON auth.t", u"auth.c"_s);
    row("CONSTRAINT \"on\" ON auth.\"on\"", u"auth.on"_s);
    row("CONSTRAINT c ON DOMAIN auth.d", u"auth.c"_s);
    row("CONSTRAINT c ON DOMAIN \"Auth\".d", u"Auth.c"_s);
    row("CONSTRAINT c ON domain.t", u"domain.c"_s);
    row("CONSTRAINT c ON domain", u".c"_s);
    row("TRIGGER \"on\" ON ONLY auth.t", u"auth.on"_s);
    row("POLICY p ON auth.t", u"auth.p"_s);
    row("RULE r ON auth.t", u"auth.r"_s);
    row("FUNCTION auth.f(integer, \"on\" text)", u"auth.f"_s);
    row("PROCEDURE auth.p()", u"auth.p"_s);
    row("AGGREGATE auth.a(integer)", u"auth.a"_s);
    row("OPERATOR auth.+ (integer, integer)", u"auth.+"_s);
    row("OPERATOR auth.!~@ (NONE, integer)", u"auth.!~@"_s);
    row("OPERATOR CLASS auth.oc USING btree", u"auth.oc"_s);
    row("OPERATOR FAMILY auth.f USING btree", u"auth.f"_s);
    row("TYPE auth.t", u"auth.t"_s);
    row("DOMAIN auth.d", u"auth.d"_s);
    row("COLLATION auth.c", u"auth.c"_s);
    row("CONVERSION auth.c", u"auth.c"_s);
    row("STATISTICS auth.s", u"auth.s"_s);
    row("TEXT SEARCH CONFIGURATION auth.x", u"auth.x"_s);
    row("TEXT SEARCH DICTIONARY auth.x", u"auth.x"_s);
    row("TEXT SEARCH PARSER auth.x", u"auth.x"_s);
    row("TEXT SEARCH TEMPLATE auth.x", u"auth.x"_s);
    row("EXTENSION x", u".x"_s);
    row("EVENT TRIGGER e", u".e"_s);
    row("PUBLICATION p", u".p"_s);
    row("LARGE OBJECT 16400", u"."_s);
    row("CAST (auth.a AS auth.b)", u"."_s);
    row("TRANSFORM FOR auth.t LANGUAGE l", u"."_s);
}

/// Comments and security labels say in the same words what they are about.
void TestStatementClass::remarksNameTheSchema()
{
    QFETCH(QByteArray, about);
    QFETCH(QString, name);
    for (const QByteArray &words :
         {QByteArray("COMMENT ON "), QByteArray("SECURITY LABEL ON "),
          QByteArray("SECURITY LABEL FOR pgsodium ON "),
          QByteArray("SECURITY LABEL FOR \"on\" ON "), QByteArray("security label for 'on' on ")}) {
        const DumpStatement statement = made(words + about + " IS 'x ON public.y'");
        QVERIFY2(statement.kind == StatementClass::Comment, words.constData());
        QCOMPARE(statement.objectSchema + u'.' + statement.objectName, name);
    }
    QCOMPARE(made("SECURITY DEFINER").kind, StatementClass::Other);
}

void TestStatementClass::rightsNameTheSchema_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("schemas");
    const auto row = [](const char *sql, const QString &name, const QStringList &schemas = {}) {
        QTest::newRow(sql) << QByteArray(sql) << name << schemas;
    };
    row("GRANT SELECT ON TABLE auth.t TO x", u"auth.t"_s);
    row("GRANT SELECT ON auth.t TO x", u"auth.t"_s);
    row("GRANT SELECT(a),UPDATE(\"on\") ON TABLE auth.t TO x", u"auth.t"_s);
    row("GRANT ALL ON SEQUENCE auth.s TO x", u"auth.s"_s);
    row("GRANT ALL ON FUNCTION auth.f(integer, \"on\" text) TO x", u"auth.f"_s);
    row("REVOKE ALL ON PROCEDURE auth.p() FROM PUBLIC", u"auth.p"_s);
    row("REVOKE GRANT OPTION FOR ALL ON TYPE auth.t FROM x", u"auth.t"_s);
    row("REVOKE ALL ON DOMAIN auth.d FROM PUBLIC", u"auth.d"_s);
    row("GRANT ALL ON SCHEMA auth TO x", u".auth"_s, {u"auth"_s});
    row("GRANT ALL ON ALL TABLES IN SCHEMA auth TO x", u"auth.*"_s);
    row("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA \"Auth\" FROM PUBLIC", u"Auth.*"_s);
    row("GRANT ALL ON LANGUAGE l TO x", u".l"_s);
    row("GRANT ALL ON FOREIGN DATA WRAPPER w TO x", u".w"_s);
    row("GRANT ALL ON FOREIGN SERVER s TO x", u".s"_s);
    row("GRANT SELECT ON LARGE OBJECT 16400 TO x", u"."_s);
    row("GRANT a TO x", u"."_s);
    row("ALTER DEFAULT PRIVILEGES FOR ROLE x IN SCHEMA auth GRANT ALL ON TABLES TO y", u"."_s,
        {u"auth"_s});
    row("ALTER DEFAULT PRIVILEGES FOR ROLE x IN SCHEMA \"in\" REVOKE ALL ON FUNCTIONS FROM PUBLIC",
        u"."_s, {u"in"_s});
    row("ALTER DEFAULT PRIVILEGES FOR ROLE x GRANT ALL ON SCHEMAS TO y", u"."_s);
}

/// What the name does not tell, the words of the right do.
void TestStatementClass::rightsNameTheSchema()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, name);
    QFETCH(QStringList, schemas);
    const DumpStatement statement = made(sql);
    QCOMPARE(statement.kind, StatementClass::Grant);
    QCOMPARE(statement.objectSchema + u'.' + statement.objectName, name);
    QCOMPARE(rightsWords(statement).schemas, schemas);
}

void TestStatementClass::everyKindHasItsWord()
{
    QSet<QString> words;
    for (int kind = 0; kind <= static_cast<int>(StatementClass::Other); ++kind)
        words.insert(kindWord(static_cast<StatementClass>(kind)));
    QCOMPARE(words.size(), static_cast<int>(StatementClass::Other) + 1);
}

void TestStatementClass::forbids_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<bool>("isForbidden");
    const auto row = [](const char *sql, bool isForbidden) {
        QTest::newRow(sql) << QByteArray(sql) << isForbidden;
    };
    row("COPY public.a (id) FROM stdin", false);
    row("COPY public.a (id) FROM stdin WITH (FORMAT csv)", false);
    row("COPY a (\"from\") FROM STDIN", false);
    row("COPY public.a FROM '/etc/passwd'", true);
    row("copy binary public.a from '/etc/passwd'", true);
    row("COPY public.a FROM /* x */ PROGRAM 'id'", true);
    row("COPY public.a (\"x\") FROM PROGRAM $$id$$", true);
    row("COPY public.a TO '/tmp/x'", true);
    row("COPY public.a TO PROGRAM 'cat'", true);
    row("COPY (SELECT 1) TO PROGRAM 'cat'", true);
    row("COPY a FROM E'/etc/passwd'", true);
    row("ALTER SYSTEM SET shared_preload_libraries = 'x'", true);
    row("alter/**/system reset all", true);
    row("LOAD 'x'", true);
    row("SELECT pg_catalog.lo_import('/etc/passwd')", true);
    row("SELECT pg_read_file('/etc/passwd')", true);
    row("INSERT INTO a SELECT pg_read_binary_file ('x')", true);
    row("WITH x AS (SELECT pg_ls_dir('.')) SELECT 1", true);
    row("INSERT INTO a VALUES ('pg_read_file(')", false);
    row("INSERT INTO a VALUES (E'\\'pg_read_file(')", false);
    row("SELECT pg_catalog.lo_create('1')", false);
    row("CREATE TABLE a (pg_read_file text)", false);
    row("ALTER TABLE system ADD COLUMN a int", false);
}

void TestStatementClass::forbids()
{
    QFETCH(QByteArray, sql);
    QFETCH(bool, isForbidden);
    QCOMPARE(forbidden(made(sql)).has_value(), isForbidden);
    QCOMPARE(danger(made(sql)).isEmpty(), !isForbidden);
}

void TestStatementClass::forbiddenErrorNamesTheLine()
{
    const auto error = forbidden(made("ALTER SYSTEM SET a = 1"));
    QVERIFY(error);
    QCOMPARE(error->kind, ErrorKind::Refused);
    QCOMPARE(error->line, 7);
    QVERIFY(error->subject.contains(u'7'));
}

/// Where a string ends is read as the server reads it, or something could hide behind it.
void TestStatementClass::stringsHideNothing()
{
    QVERIFY(forbidden(made("SELECT 'a\\', pg_read_file('x')")));
    QVERIFY(!forbidden(made("SELECT 'a\\', pg_read_file(\\'x')", true)));
    QVERIFY(forbidden(made("SELECT 'a\\'', pg_read_file('x'), '", true)));
    QVERIFY(forbidden(made("SELECT E'a'\n'b\\'', pg_read_file('x')")));
    QVERIFY(forbidden(made("SELECT $a$'$a$, pg_read_file('x')")));
    QVERIFY(forbidden(made("SELECT /* /* */ ' */ pg_read_file('x')")));
    QVERIFY(forbidden(made("SELECT 1 -- '\r, pg_read_file('x')")));
    QVERIFY(forbidden(made("SELECT U&\"a\\\"\"\", pg_read_file('x')")));
    QVERIFY(forbidden(made("SELECT 1$$'$$, pg_read_file('x')")));
}

void TestStatementClass::tellsDangers_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *sql, const QString &words) {
        QTest::newRow(sql) << QByteArray(sql) << words;
    };
    row("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1'",
        u"SECURITY DEFINER"_s);
    row("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x.so', 'y'", u"language c"_s);
    row("CREATE FUNCTION f() RETURNS int AS 'x' LANGUAGE 'C'", u"language c"_s);
    row("CREATE OR REPLACE FUNCTION f() RETURNS int AS $$x$$ LANGUAGE plpython3u", u"plpython3u"_s);
    row("CREATE LANGUAGE plperlu", u"a language"_s);
    row("CREATE TRUSTED PROCEDURAL LANGUAGE x HANDLER y", u"a language"_s);
    row("DO $$ begin end $$", u"DO block"_s);
    row("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()", u"event trigger"_s);
    row("CREATE OR REPLACE PROCEDURAL LANGUAGE plpgsql", {});
    row("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'language c security definer'", {});
    row("CREATE TABLE language (c int)", {});
    row("SELECT 1", {});
}

void TestStatementClass::tellsDangers()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, words);
    const QString told = danger(made(sql));
    QCOMPARE(told.isEmpty(), words.isEmpty());
    QVERIFY2(told.contains(words), qPrintable(told));
}

void TestStatementClass::countsRowsOfInserts_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<qint64>("rows");
    const auto row = [](const char *sql, qint64 rows) {
        QTest::newRow(sql) << QByteArray(sql) << rows;
    };
    row("INSERT INTO a VALUES (1, 'x)(', (2))", 1);
    row("INSERT INTO a (id, b) VALUES\n (1, 2),\n (3, 4),\n (5, $$($$)", 3);
    row("INSERT INTO a (id) OVERRIDING SYSTEM VALUE VALUES (1), (2) ON CONFLICT (id) DO NOTHING",
        2);
    row("INSERT INTO a DEFAULT VALUES", 1);
}

void TestStatementClass::countsRowsOfInserts()
{
    QFETCH(QByteArray, sql);
    QFETCH(qint64, rows);
    QCOMPARE(rowsOfInsert(made(sql)), rows);
}

MAYDAY_TEST(TestStatementClass);
#include "tst_statementclass.moc"
