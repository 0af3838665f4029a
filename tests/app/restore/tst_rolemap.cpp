// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/statementclass.h"
#include "restore/missingneeds.h"
#include "restore/rolemap.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace Qt::StringLiterals;

namespace {

/// Two of them are one there; clerk is clerk.
const RoleMap theirs = {
    {u"old"_s, u"new"_s}, {u"Old Boss"_s, u"New \"Boss\""_s}, {u"reader"_s, u"new"_s}};

dump::DumpStatement classified(const QByteArray &sql)
{
    dump::DumpStatement statement{.sql = sql, .line = 7, .offset = 70};
    dump::classify(statement);
    return statement;
}

} // namespace

/// A role of a dump becomes one of the server wherever the grammar has a role, and nowhere else.
class TestRoleMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rolesBecomeThoseOfTheServer_data();
    void rolesBecomeThoseOfTheServer();
    void whatIsNoRoleStays_data();
    void whatIsNoRoleStays();
    void twoMayChangePlaces();
    void needsAreThoseOfTheServer();
    void everyRoleWithAPlaceIsKnownToBeNamed();
    void aRoleThatTheDumpDoesNotNameIsRefused();
    void otherRolesMakeAnotherLoad();
    void whoMayOwnIsSomebodyWeMayBe();
    void survivesTheJournal();
};

void TestRoleMap::rolesBecomeThoseOfTheServer_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QByteArray>("mapped");
    const auto row = [](const char *sql, const char *mapped) {
        QTest::newRow(sql) << QByteArray(sql) << QByteArray(mapped);
    };
    row("ALTER TABLE public.old OWNER TO old", "ALTER TABLE public.old OWNER TO \"new\"");
    row("ALTER TABLE old.\"old\" OWNER TO \"Old Boss\"",
        "ALTER TABLE old.\"old\" OWNER TO \"New \"\"Boss\"\"\"");
    row("alter function public.f(old integer, owner \"to\") owner to OLD",
        "alter function public.f(old integer, owner \"to\") owner to \"new\"");
    row("ALTER TABLE public.owner OWNER TO old", "ALTER TABLE public.owner OWNER TO \"new\"");
    row("ALTER TABLE a /* OWNER TO old */ OWNER TO -- old\n old",
        "ALTER TABLE a /* OWNER TO old */ OWNER TO -- old\n \"new\"");
    row("ALTER LARGE OBJECT 16400 OWNER TO old", "ALTER LARGE OBJECT 16400 OWNER TO \"new\"");
    row("ALTER PUBLICATION old OWNER TO old", "ALTER PUBLICATION old OWNER TO \"new\"");
    row("GRANT SELECT(old),UPDATE(\"to\") ON TABLE public.old TO old",
        "GRANT SELECT(old),UPDATE(\"to\") ON TABLE public.old TO \"new\"");
    row("GRANT SELECT ON a TO clerk, GROUP old, PUBLIC WITH GRANT OPTION GRANTED BY old",
        "GRANT SELECT ON a TO clerk, GROUP \"new\", PUBLIC WITH GRANT OPTION GRANTED BY \"new\"");
    row("GRANT SELECT ON a TO old, clerk, reader", "GRANT SELECT ON a TO \"new\", clerk");
    row("GRANT SELECT ON a TO old, PUBLIC /* x, y */, reader, clerk",
        "GRANT SELECT ON a TO \"new\", PUBLIC /* x, y */, clerk");
    row("REVOKE ALL ON FUNCTION old.old(old) FROM old",
        "REVOKE ALL ON FUNCTION old.old(old) FROM \"new\"");
    row("REVOKE GRANT OPTION FOR SELECT ON a FROM old CASCADE",
        "REVOKE GRANT OPTION FOR SELECT ON a FROM \"new\" CASCADE");
    row("GRANT USAGE ON SCHEMA old TO reader", "GRANT USAGE ON SCHEMA old TO \"new\"");
    row("GRANT old TO clerk", "GRANT \"new\" TO clerk");
    row("GRANT clerk, old TO reader WITH ADMIN OPTION GRANTED BY old",
        "GRANT clerk, \"new\" TO \"new\" WITH ADMIN OPTION GRANTED BY \"new\"");
    row("REVOKE ADMIN OPTION FOR old FROM clerk", "REVOKE ADMIN OPTION FOR \"new\" FROM clerk");
    row("ALTER DEFAULT PRIVILEGES FOR ROLE old IN SCHEMA old GRANT SELECT ON TABLES TO reader",
        "ALTER DEFAULT PRIVILEGES FOR ROLE \"new\" IN SCHEMA old GRANT SELECT ON TABLES TO "
        "\"new\"");
    row("ALTER DEFAULT PRIVILEGES FOR USER clerk, old REVOKE ALL ON FUNCTIONS FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES FOR USER clerk, \"new\" REVOKE ALL ON FUNCTIONS FROM PUBLIC");
    row("CREATE POLICY old ON old.old FOR SELECT TO old, reader USING ((old = 'old'::text))",
        "CREATE POLICY old ON old.old FOR SELECT TO \"new\" USING ((old = 'old'::text))");
    row("ALTER POLICY rename ON old TO clerk, old", "ALTER POLICY rename ON old TO clerk, \"new\"");
    row("CREATE SCHEMA old AUTHORIZATION old", "CREATE SCHEMA old AUTHORIZATION \"new\"");
    row("SET SESSION AUTHORIZATION 'old'", "SET SESSION AUTHORIZATION \"new\"");
    row("SET LOCAL SESSION AUTHORIZATION old", "SET LOCAL SESSION AUTHORIZATION \"new\"");
    row("SET ROLE old", "SET ROLE \"new\"");
    row("SET LOCAL role TO 'old'", "SET LOCAL role TO \"new\"");
    row("CREATE USER MAPPING IF NOT EXISTS FOR old SERVER old OPTIONS (\"user\" 'old')",
        "CREATE USER MAPPING IF NOT EXISTS FOR \"new\" SERVER old OPTIONS (\"user\" 'old')");
    row("ALTER USER MAPPING FOR old SERVER old OPTIONS (SET \"user\" 'old')",
        "ALTER USER MAPPING FOR \"new\" SERVER old OPTIONS (SET \"user\" 'old')");
    row("ALTER ROLE old SET search_path TO old", "ALTER ROLE \"new\" SET search_path TO old");
    row("COMMENT ON ROLE old IS 'old'", "COMMENT ON ROLE \"new\" IS 'old'");
    row("SECURITY LABEL FOR 'old' ON ROLE old IS 'old'",
        "SECURITY LABEL FOR 'old' ON ROLE \"new\" IS 'old'");
}

void TestRoleMap::rolesBecomeThoseOfTheServer()
{
    QFETCH(QByteArray, sql);
    QFETCH(QByteArray, mapped);
    const dump::DumpStatement statement = classified(sql);
    const dump::DumpStatement there = withRoles(statement, theirs);
    QCOMPARE(there.sql, mapped);
    // It is still the same statement at the same place.
    QCOMPARE(there.kind, statement.kind);
    QCOMPARE(there.offset, 70);
    QCOMPARE(there.objectName, statement.objectName);
    QCOMPARE(withRoles(statement, {}).sql, sql);
    QCOMPARE(withRoles(there, theirs).sql, mapped);
}

void TestRoleMap::whatIsNoRoleStays_data()
{
    QTest::addColumn<QByteArray>("sql");
    const auto row = [](const char *sql) {
        QTest::newRow(sql) << QByteArray(sql);
    };
    row("ALTER TABLE a OWNER TO clerk");
    row("ALTER TABLE old OWNER TO CURRENT_USER");
    row("ALTER TABLE a RENAME COLUMN owner TO old");
    row("GRANT SELECT ON old TO \"OLD\", PUBLIC, SESSION_USER");
    row("GRANT SELECT ON old TO \"public\"");
    row("CREATE POLICY p ON old TO CURRENT_USER USING (true)");
    row("CREATE POLICY p ON old USING ((old = 'TO old'::text))");
    row("ALTER POLICY p ON old RENAME TO old");
    row("CREATE SCHEMA old");
    row("CREATE SCHEMA AUTHORIZATION old"); // it names the schema
    row("SET old TO old");
    row("SET ROLE NONE");
    row("SET SESSION AUTHORIZATION DEFAULT");
    row("RESET SESSION AUTHORIZATION");
    row("CREATE USER MAPPING FOR PUBLIC SERVER old");
    row("CREATE USER MAPPING FOR USER SERVER old");
    row("CREATE ROLE old");
    row("COMMENT ON TABLE old IS 'ALTER TABLE a OWNER TO old'");
    row("COMMENT ON COLUMN old.old IS $$GRANT SELECT ON a TO old$$");
    row("CREATE FUNCTION old.old() RETURNS void LANGUAGE sql AS $_$ GRANT SELECT ON a TO old; "
        "ALTER TABLE a OWNER TO old $_$");
    row("CREATE TABLE old.old (old text DEFAULT 'old'::text, \"to\" text)");
    row("CREATE VIEW old AS SELECT old FROM old");
    row("INSERT INTO old VALUES ('ALTER TABLE a OWNER TO old')");
    row("COPY old (old) FROM stdin");
    row("SELECT pg_catalog.setval('old.old', 1, true)");
}

void TestRoleMap::whatIsNoRoleStays()
{
    QFETCH(QByteArray, sql);
    const RoleMap roles = {{u"old"_s, u"new"_s},          {u"public"_s, u"new"_s},
                           {u"none"_s, u"new"_s},         {u"default"_s, u"new"_s},
                           {u"current_user"_s, u"new"_s}, {u"session_user"_s, u"new"_s}};
    QCOMPARE(withRoles(classified(sql), roles).sql, sql);
}

void TestRoleMap::twoMayChangePlaces()
{
    const RoleMap roles = {{u"a"_s, u"b"_s}, {u"b"_s, u"a"_s}};
    QCOMPARE(withRoles(classified("GRANT SELECT ON a TO a, b"), roles).sql,
             "GRANT SELECT ON a TO \"b\", \"a\"");
}

void TestRoleMap::needsAreThoseOfTheServer()
{
    const dump::DumpNeeds needs{.extensions = {u"old"_s},
                                .owners = {u"old"_s, u"clerk"_s, u"reader"_s},
                                .grantees = {u"clerk"_s, u"old"_s},
                                .policyRoles = {u"Old Boss"_s},
                                .otherRoles = {u"reader"_s},
                                .settings = {u"old"_s}};
    const dump::DumpNeeds mapped{.extensions = {u"old"_s},
                                 .owners = {u"new"_s, u"clerk"_s},
                                 .grantees = {u"clerk"_s, u"new"_s},
                                 .policyRoles = {u"New \"Boss\""_s},
                                 .otherRoles = {u"new"_s},
                                 .settings = {u"old"_s}};
    QCOMPARE(withRoles(needs, theirs), mapped);
    QCOMPARE(withRoles(dump::NeedsBySchema{{u"old"_s, needs}}, theirs),
             (dump::NeedsBySchema{{u"old"_s, mapped}}));
}

/// What may be mapped and what is mapped are one list.
void TestRoleMap::everyRoleWithAPlaceIsKnownToBeNamed()
{
    for (const char *sql :
         {"ALTER TABLE a OWNER TO old", "ALTER EVENT TRIGGER a OWNER TO old", "GRANT old TO clerk",
          "GRANT ALL ON TABLE a TO old", "REVOKE ALL ON TABLE a FROM clerk GRANTED BY old",
          "ALTER DEFAULT PRIVILEGES FOR ROLE old GRANT ALL ON TABLES TO clerk",
          "CREATE POLICY p ON a TO old", "CREATE SCHEMA a AUTHORIZATION old", "SET ROLE old",
          "CREATE USER MAPPING FOR old SERVER a", "ALTER ROLE old SET a TO b",
          "COMMENT ON ROLE old IS 'a'", "SECURITY LABEL ON ROLE old IS 'a'"}) {
        dump::NeedsReader reader;
        reader.hear(classified(sql));
        QVERIFY2(rolesIn(together(reader.needs())).contains(u"old"_s), sql);
        dump::DumpInspection inspection;
        inspection.needs = reader.needs();
        QVERIFY2(checkRolesOfDump({{u"old"_s, u"new"_s}}, inspection), sql);
    }
}

void TestRoleMap::aRoleThatTheDumpDoesNotNameIsRefused()
{
    dump::DumpInspection inspection;
    inspection.needs = {{u"public"_s, {.owners = {u"old"_s}}}};
    QVERIFY(checkRolesOfDump({}, inspection));
    QVERIFY(checkRolesOfDump({{u"old"_s, u"new"_s}}, inspection));
    const auto refused = checkRolesOfDump({{u"odl"_s, u"new"_s}}, inspection);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::NotFound);
    QCOMPARE(refused.error().subject, u"role odl"_s);
    QVERIFY(refused.error().detail.contains(u"cannot be new here"_s));
}

void TestRoleMap::otherRolesMakeAnotherLoad()
{
    const QByteArray file = "stamp";
    QCOMPARE(withRoles(file, {}), file);
    QVERIFY(withRoles(file, theirs) != file);
    QVERIFY(withRoles(file, theirs) != withRoles(file, {{u"old"_s, u"new"_s}}));
    QCOMPARE(withRoles(file, theirs), withRoles(file, RoleMap(theirs)));
    QCOMPARE(withRoles(QByteArray(), theirs), QByteArray()); // it cannot be gone on with
}

void TestRoleMap::whoMayOwnIsSomebodyWeMayBe()
{
    const dump::DumpNeeds needs{.owners = {u"old"_s, u"app"_s}, .grantees = {u"reader"_s}};
    TargetFacts facts;
    facts.roles = {u"web"_s, u"app"_s, u"postgres"_s, u"pg_monitor"_s};
    facts.rolesWeMayUse = {u"web"_s, u"app"_s};
    const QList<RoleChoice> expected = {{u"old"_s, {u"app"_s, u"web"_s}},
                                        {u"reader"_s, {u"app"_s, u"postgres"_s, u"web"_s}}};
    QCOMPARE(roleChoices(needs, facts), expected);
}

void TestRoleMap::survivesTheJournal()
{
    QCOMPARE(roleMapFromJson(toJson(theirs)), theirs);
    QCOMPARE(rolesInWords(RoleMap{{u"old_owner"_s, u"new_owner"_s}, {u"reader"_s, u"web"_s}}),
             u"old_owner is new_owner, reader is web"_s);
    QCOMPARE(rolesInWords(RoleMap()), QString());
}

MAYDAY_TEST(TestRoleMap);
#include "tst_rolemap.moc"
