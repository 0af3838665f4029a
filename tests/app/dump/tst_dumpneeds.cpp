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
                          .settings = {u"lock_timeout"_s}};
    DumpInspection inspection;
    inspection.verdict = DumpVerdict::Complete;
    inspection.needs = {{{}, needs}, {u"auth"_s, {.owners = {u"zoe"_s}}}};
    QCOMPARE(inspectionFromJson(toJson(inspection))->needs, inspection.needs);
}

MAYDAY_TEST(TestDumpNeeds);
#include "tst_dumpneeds.moc"
