// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump/dumpfiles.h"
#include "dump/dumpinspection.h"
#include "dump/dumpreader.h"
#include "support/testmain.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::dump;
using namespace Qt::StringLiterals;

/// What a dump takes for granted is found while it is read, and remembered with the rest.
class TestDumpNeeds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachStatementSaysWhatItNeeds_data();
    void eachStatementSaysWhatItNeeds();
    void namesComeOnceAndInOrder();
    void eachSchemaHasItsOwn();
    void theyAreRemembered();
    void whatNeedsAnExtensionIsNamed_data();
    void whatNeedsAnExtensionIsNamed();
    void ofManyTheFirstAreNamed();
    void withoutExtensionsNothingNeedsOne();

private:
    NeedsBySchema needsOf(const QByteArray &sql)
    {
        const QString path = m_folder.filePath(u"dump%1.sql"_s.arg(++m_files));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(sql) != sql.size())
            qFatal("the dump could not be written");
        file.close();
        auto reader = DumpReader::open(path);
        TaskContext context;
        auto found = inspect(*reader, context);
        if (!found)
            qFatal("%s", qPrintable(describe(found.error())));
        return found->needs;
    }

    QTemporaryDir m_folder;
    int m_files = 0;
};

void TestDumpNeeds::eachStatementSaysWhatItNeeds_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<DumpNeeds>("needs");
    const auto row = [](const char *sql, const DumpNeeds &needs) {
        QTest::newRow(sql) << QByteArray(sql) << needs;
    };
    row("SET statement_timeout = 0;", {.settings = {u"statement_timeout"_s}});
    row("set local Transaction_Timeout to 0;", {.settings = {u"transaction_timeout"_s}});
    row("SET SESSION lock_timeout = 0;", {.settings = {u"lock_timeout"_s}});
    row("SET myapp.user = 'x';", {}); // anybody may set these
    row("SET TIME ZONE 'UTC';", {});
    row("SET ROLE gone;", {.otherRoles = {u"gone"_s}});
    row("SET ROLE NONE;", {});
    row("SET SESSION AUTHORIZATION 'clerk';", {}); // nothing is said in that name
    row("SET SESSION AUTHORIZATION 'clerk'; SET x = 1; CREATE TABLE a (b integer);",
        {.owners = {u"clerk"_s}, .settings = {u"x"_s}});
    row("SET SESSION AUTHORIZATION 'clerk'; RESET SESSION AUTHORIZATION; CREATE TYPE a;", {});
    row("SET SESSION AUTHORIZATION DEFAULT;", {});
    row("ALTER PUBLICATION p OWNER TO app; ALTER EVENT TRIGGER e OWNER TO app;",
        {.otherRoles = {u"app"_s}}); // no restore makes them
    row("ALTER TABLE public.a OWNER TO CURRENT_USER;", {});
    row("ALTER TABLE public.a RENAME COLUMN owner TO owner_id;", {});
    row("ALTER TABLE public.a RENAME owner TO owner_id;", {});
    row("ALTER POLICY mine ON public.a RENAME TO yours;", {});
    row("ALTER TABLE public.a OWNER TO \"App Owner\";", {.owners = {u"App Owner"_s}});
    row("ALTER FUNCTION public.f(integer) OWNER TO app;", {.owners = {u"app"_s}});
    row("GRANT SELECT ON TABLE public.a TO web, \"Reader\";",
        {.grantees = {u"web"_s, u"Reader"_s}});
    row("GRANT ALL ON SCHEMA public TO PUBLIC;", {});
    row("REVOKE ALL ON TABLE public.a FROM web;", {.grantees = {u"web"_s}});
    row("GRANT boss TO clerk;", // memberships are never restored
        {.otherRoles = {u"boss"_s, u"clerk"_s}});
    row("CREATE USER MAPPING FOR web SERVER s;", {.otherRoles = {u"web"_s}});
    row("CREATE SCHEMA a AUTHORIZATION app;", {.otherRoles = {u"app"_s}});
    row("ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public GRANT SELECT ON TABLES TO web;",
        {.grantees = {u"app"_s, u"web"_s}});
    row("CREATE POLICY mine ON public.a FOR SELECT TO web, clerk USING ((owner = 1));",
        {.policyRoles = {u"web"_s, u"clerk"_s}});
    row("CREATE POLICY mine ON public.a USING (to_char(a, 'x') = 'to');", {});
    row("CREATE POLICY mine ON public.a TO PUBLIC USING (true);", {});
    row("CREATE POLICY mine ON public.a TO CURRENT_USER USING (true);", {});
    row("ALTER TABLE public.a ENABLE ROW LEVEL SECURITY;", {});
    row("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public;",
        {.extensions = {u"uuid-ossp"_s}});
    row("CREATE EXTENSION citext;", {.extensions = {u"citext"_s}});
    row("COMMENT ON EXTENSION citext IS 'x';", {});
    row("INSERT INTO public.a VALUES ('GRANT x TO y; CREATE EXTENSION z');", {});
}

void TestDumpNeeds::eachStatementSaysWhatItNeeds()
{
    QFETCH(QByteArray, sql);
    QTEST(together(needsOf(sql + '\n')), "needs");
}

void TestDumpNeeds::namesComeOnceAndInOrder()
{
    const DumpNeeds needs =
        together(needsOf("ALTER TABLE a OWNER TO zoe;\nALTER TABLE b OWNER TO app;\n"
                         "ALTER TABLE c OWNER TO zoe;\n"));
    QCOMPARE(needs.owners, (QStringList{u"zoe"_s, u"app"_s}));
}

void TestDumpNeeds::eachSchemaHasItsOwn()
{
    const NeedsBySchema needs =
        needsOf("SET statement_timeout = 0;\n"
                "CREATE EXTENSION citext WITH SCHEMA extensions;\n"
                "ALTER SCHEMA auth OWNER TO supabase_admin;\n"
                "SET SESSION AUTHORIZATION helper;\n"
                "GRANT USAGE ON SCHEMA storage TO service_role;\n"
                "RESET SESSION AUTHORIZATION;\n"
                "ALTER TABLE auth.users OWNER TO supabase_auth_admin;\n"
                "ALTER TABLE public.a OWNER TO app;\n"
                "CREATE POLICY p ON storage.objects TO authenticated;\n"
                "GRANT USAGE ON SCHEMA auth TO dashboard_user;\n"
                "GRANT SELECT ON TABLE public.a TO anon;\n"
                "GRANT SELECT ON ALL TABLES IN SCHEMA storage TO service_role;\n"
                "ALTER DEFAULT PRIVILEGES FOR ROLE deputy IN SCHEMA auth GRANT SELECT ON TABLES TO "
                "clerk;\n");
    QCOMPARE(needs.keys(),
             (QStringList{{}, u"auth"_s, u"extensions"_s, u"public"_s, u"storage"_s}));
    QCOMPARE(needs[{}], DumpNeeds{.settings = {u"statement_timeout"_s}});
    QCOMPARE(needs[u"extensions"_s], DumpNeeds{.extensions = {u"citext"_s}});
    QCOMPARE(needs[u"auth"_s],
             (DumpNeeds{.owners = {u"supabase_admin"_s, u"supabase_auth_admin"_s},
                        .grantees = {u"dashboard_user"_s, u"deputy"_s, u"clerk"_s}}));
    QCOMPARE(needs[u"public"_s], (DumpNeeds{.owners = {u"app"_s}, .grantees = {u"anon"_s}}));
    QCOMPARE(needs[u"storage"_s], (DumpNeeds{.owners = {u"helper"_s},
                                             .grantees = {u"service_role"_s},
                                             .policyRoles = {u"authenticated"_s}}));
}

void TestDumpNeeds::theyAreRemembered()
{
    const DumpNeeds needs{.extensions = {u"citext"_s},
                          .owners = {u"app"_s},
                          .grantees = {u"web"_s},
                          .policyRoles = {u"clerk"_s},
                          .otherRoles = {u"boss"_s},
                          .settings = {u"lock_timeout"_s},
                          .uses = {{u"citext"_s,
                                    {.users = {u"public.a.b"_s},
                                     .userCount = 30,
                                     .mayUsers = {u"view public.v"_s},
                                     .mayUserCount = 1}}}};
    DumpInspection inspection;
    inspection.verdict = DumpVerdict::Complete;
    inspection.needs = {{{}, needs}, {u"auth"_s, {.owners = {u"zoe"_s}}}};
    QCOMPARE(inspectionFromJson(toJson(inspection))->needs, inspection.needs);
}

namespace {

/// extensions: "citext@public hstore", with the schema that each is put into.
void use(const QByteArray &extensions, const QByteArray &sql, const QString &said)
{
    QByteArray all;
    for (const QByteArray &extension : extensions.split(' ')) {
        const auto at = extension.indexOf('@');
        all += "CREATE EXTENSION IF NOT EXISTS \"" +
               extension.first(at < 0 ? extension.size() : at) + '"';
        if (at >= 0)
            all += " WITH SCHEMA " + extension.sliced(at + 1);
        all += ';';
    }
    const QByteArray name = extensions + ": " + sql;
    all += '\n' + sql + '\n';
    QTest::newRow(name.constData()) << all << said;
}

/// Columns by their types, their defaults, and what stands on them.
void addUsesOfColumns()
{
    use("vector@public",
        "CREATE TABLE public.docs (id bigint NOT NULL, embedding public.vector(1536), x text);"
        "CREATE INDEX docs_idx ON public.docs USING hnsw (embedding public.vector_cosine_ops);",
        u"vector: public.docs.embedding, index public.docs_idx"_s);
    use("vector@public", "CREATE INDEX i ON public.docs USING ivfflat (v);",
        u"vector: index public.i"_s);
    use("citext@\"Ext\"",
        "CREATE TABLE public.\"User\" (\"E Mail\" \"Ext\".citext, \"check\" \"Ext\".citext[]);"
        "ALTER TABLE ONLY public.\"User\" ADD CONSTRAINT k UNIQUE (\"E Mail\");",
        u"citext: public.User.E Mail, public.User.check, constraint k on public.User"_s);
    use("citext", "create table A (B CITEXT); create index c on A (lower(d));", u"citext: a.b"_s);
    use("postgis@public",
        "CREATE TABLE public.a (at public.geometry(Point,4326) DEFAULT "
        "public.st_point((0)::double precision, 0), by public.geography);"
        "CREATE INDEX i ON public.a USING gist (at);",
        u"postgis: public.a.at, public.a.by, index public.i"_s);
    use("hstore@public", "ALTER TABLE public.a ADD COLUMN b public.hstore;",
        u"hstore: public.a.b"_s);
    // Defaults and checks.
    use("uuid-ossp@extensions",
        "CREATE TABLE public.a (id uuid DEFAULT extensions.uuid_generate_v4() NOT NULL);"
        "ALTER TABLE ONLY public.b ALTER COLUMN id SET DEFAULT extensions.uuid_generate_v1();",
        u"uuid-ossp: public.a.id, public.b.id"_s);
    use("pgcrypto@public",
        "CREATE TABLE public.a (id uuid DEFAULT gen_random_uuid(), CONSTRAINT c CHECK "
        "((public.crypt(x, y) = y)));",
        u"pgcrypto: public.a"_s); // the other one is PostgreSQL's own
    use("pgcrypto@public", "CREATE TABLE public.a (id uuid DEFAULT public.gen_random_uuid());",
        u"pgcrypto: public.a.id"_s);
    // Operator classes, and columns that need one without saying so.
    use("pg_trgm@public", "CREATE INDEX i ON public.a USING gin (name public.gin_trgm_ops);",
        u"pg_trgm: index public.i"_s);
    use("btree_gist@public",
        "CREATE TABLE public.a (room integer NOT NULL, during tsrange, no integer[]);"
        "ALTER TABLE ONLY public.a ADD CONSTRAINT c EXCLUDE USING gist (room WITH =, during WITH "
        "&&); CREATE INDEX i ON public.a USING gist (during) WHERE (room > 1);"
        "CREATE INDEX j ON public.a USING btree (room);",
        u"btree_gist: constraint c on public.a"_s);
    use("btree_gin@public pg_trgm@public",
        "CREATE TABLE public.a (b text, c integer, d jsonb);"
        "CREATE INDEX i ON public.a USING gin (b public.gin_trgm_ops, c);"
        "CREATE INDEX j ON public.a USING gin (d);",
        u"btree_gin: index public.i; pg_trgm: index public.i"_s);
}

void addUsesOfFunctions()
{
    // Functions, views, triggers, types and what is made of these.
    use("citext@public",
        "CREATE FUNCTION public.f(citext integer, a public.citext DEFAULT 'x') RETURNS integer "
        "LANGUAGE sql AS $$ select 'a'::public.citext $$;"
        "CREATE FUNCTION public.g() RETURNS SETOF public.citext LANGUAGE sql AS '';"
        "CREATE FUNCTION public.h(citext integer) RETURNS TABLE(a numeric(3,1), b text) LANGUAGE "
        "sql AS '';",
        u"citext: function public.f, function public.g"_s);
    use("citext@public",
        "CREATE DOMAIN public.email AS public.citext CHECK (VALUE <> '');"
        "CREATE TABLE public.a (b public.email);",
        u"citext: type public.email, public.a.b"_s);
    use("moddatetime@extensions unaccent@extensions",
        "CREATE TRIGGER t BEFORE UPDATE ON public.a FOR EACH ROW EXECUTE FUNCTION "
        "extensions.moddatetime('x');"
        "CREATE VIEW public.v AS SELECT extensions.unaccent(a.b) AS b FROM public.a;",
        u"moddatetime: trigger t on public.a; unaccent: view public.v"_s);
    use("plpython3u", "CREATE FUNCTION public.f() RETURNS integer LANGUAGE plpython3u AS $$x$$;",
        u"plpython3u: function public.f"_s);
    use("postgres_fdw@public",
        "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h');"
        "CREATE FOREIGN TABLE public.a (b integer) SERVER s OPTIONS (c 'd');",
        u"postgres_fdw: foreign server s, public.a"_s);
    use("timescaledb", "SELECT create_hypertable('a', 'b');",
        u"timescaledb: the statement at line 2"_s);
    use("pg_cron", "CREATE VIEW public.v AS SELECT j.x FROM cron.job j;",
        u"pg_cron: view public.v"_s);
}

void addNamesOfOthers()
{
    // Names like theirs that are somebody else's.
    use("vector@public postgis@public cube@public",
        "CREATE TABLE public.vector_of (vector integer, geometry text, cube jsonb, v other.vector,"
        " w pg_catalog.cube, CONSTRAINT c CHECK ((vector > 0) AND (geometry <> 'cube')));"
        "CREATE VIEW public.v AS SELECT a.cube AS vector FROM public.a;",
        QString());
    use("fuzzystrmatch@public",
        "CREATE FUNCTION public.difference(a integer) RETURNS integer LANGUAGE sql AS '';"
        "CREATE VIEW public.v AS SELECT public.difference(1);",
        QString());
    // Of an extension that nobody knows only the schema tells.
    use("odd@odd_home", "CREATE TABLE public.a (b odd_home.thing);", u"odd: public.a.b"_s);
    use("odd@odd_home", "CREATE VIEW public.v AS SELECT 1 FROM x WHERE (a OPERATOR(odd_home.=) b);",
        u"odd: view public.v"_s);
    use("odd@odd_home", "CREATE TABLE odd_home.mine (); CREATE TABLE public.a (b odd_home.thing);",
        u"odd: ? public.a.b"_s);
    use("odd@public", "CREATE TABLE public.a (b public.thing, c integer);", u"odd: ? public.a.b"_s);
    use("odd@ext even@ext", "CREATE TABLE public.a (b ext.thing);",
        u"even: ? public.a.b; odd: ? public.a.b"_s);
    use("vector@ext odd@ext", "CREATE TABLE public.a (b ext.thing, c ext.vector);",
        u"odd: ? public.a.b; vector: public.a.c"_s);
}

} // namespace

void TestDumpNeeds::whatNeedsAnExtensionIsNamed_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("said"); ///< extension: what needs it ? what may
    addUsesOfColumns();
    addUsesOfFunctions();
    addNamesOfOthers();
}

void TestDumpNeeds::whatNeedsAnExtensionIsNamed()
{
    QFETCH(QByteArray, sql);
    QStringList found;
    const ExtensionUses uses = together(needsOf(sql)).uses;
    for (auto it = uses.begin(); it != uses.end(); ++it) {
        QCOMPARE(it->userCount, it->users.size());
        const QString may =
            it->mayUsers.isEmpty() ? QString() : u"? "_s + it->mayUsers.join(u", "_s);
        found.append(u"%1: %2%3"_s.arg(it.key(), it->users.join(u", "_s), may));
    }
    QTEST(found.join(u"; "_s), "said");
}

void TestDumpNeeds::ofManyTheFirstAreNamed()
{
    QByteArray sql = "CREATE EXTENSION citext WITH SCHEMA public;\n";
    for (int i = 0; i < 30; ++i)
        sql += "CREATE TABLE public.t" + QByteArray::number(i) + " (a public.citext);\n" +
               "CREATE TABLE app.t" + QByteArray::number(i) + " (a public.citext);\n";
    const NeedsBySchema needs = needsOf(sql);
    QCOMPARE(needs[u"app"_s].uses[u"citext"_s].userCount, 30); // what is left out needs nothing
    const ExtensionUse use = together(needs).uses[u"citext"_s];
    QCOMPARE(use.userCount, 60);
    QCOMPARE(use.users.size(), ExtensionUse::mostNamed);
    QCOMPARE(use.users.front(), u"app.t0.a"_s);
}

void TestDumpNeeds::withoutExtensionsNothingNeedsOne()
{
    QVERIFY(together(needsOf("CREATE TABLE public.a (b public.vector, c public.citext);\n"))
                .uses.isEmpty());
}

MAYDAY_TEST(TestDumpNeeds);
#include "tst_dumpneeds.moc"
