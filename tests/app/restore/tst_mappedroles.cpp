// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/restorefixture.h"
#include "backup/inspectionindex.h"
#include "restore/preflight.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// The roles of a dump have other names on this server: what is restored is theirs, to the letter,
/// and the live data is as it was for everybody who has a role.
class TestMappedRoles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theOutcomeIsTheDumpWithTheNamesOfTheServer_data();
    void theOutcomeIsTheDumpWithTheNamesOfTheServer();
    void twoMayBeOne();
    void aCopyAndRowsAloneAreLaidBesideAsWell();
    void whoIsNobodyStopsItBeforeAnything_data();
    void whoIsNobodyStopsItBeforeAnything();
    void aRoleWeMayNotActAsOwnsNothing();
    void thePreflightKnowsWhoTheyAre();
    void tablesComeBackToTheirOwnerHere();

private:
    [[nodiscard]] RestoreReceipt restored(RestorePlan plan, RestoreMode mode,
                                          const RoleMap &roles) const
    {
        plan.mode = mode;
        plan.mappedRoles = roles;
        const SystemClock clock;
        TaskContext context;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }
    [[nodiscard]] RestorePlan planAs(const QString &user, const QString &file) const
    {
        RestorePlan plan = m_shop->plan(file);
        plan.target = postgres::ConnectionString::parse(
                          u"host=127.0.0.1 port=%1 dbname=%2 user=%3"_s.arg(m_server->port())
                              .arg(m_shop->database(), user))
                          ->withPassword(Secret("pw"));
        return plan;
    }

    const RoleMap m_roles = {{u"old_owner"_s, u"New Owner"_s}, {u"old_reader"_s, u"new_reader"_s}};
    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
    QByteArray m_wanted; ///< the dump as it is to be afterwards
};

void TestMappedRoles::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_shop = std::make_unique<Shop>(*m_server, 50);
    m_shop->run(
        "CREATE ROLE old_owner LOGIN PASSWORD 'pw'; CREATE ROLE old_reader;"
        "CREATE ROLE stranger; CREATE ROLE weak LOGIN PASSWORD 'pw';"
        "ALTER DATABASE " +
        m_shop->database().toUtf8() +
        " OWNER TO old_owner;"
        "ALTER TABLE public.products OWNER TO old_owner;"
        "ALTER TABLE public.listings OWNER TO old_owner;"
        "ALTER TABLE public.empty_one OWNER TO old_owner;"
        "ALTER VIEW public.priced OWNER TO old_owner; ALTER TYPE public.kind OWNER TO old_owner;"
        "ALTER FUNCTION public.twice(integer) OWNER TO old_owner;"
        "GRANT USAGE ON SCHEMA public TO old_reader WITH GRANT OPTION;"
        "GRANT SELECT, UPDATE (name) ON public.products TO old_reader WITH GRANT OPTION;"
        "REVOKE ALL ON FUNCTION public.twice(integer) FROM PUBLIC;"
        "REVOKE TRUNCATE ON public.listings FROM old_owner;"
        "SET SESSION AUTHORIZATION old_reader;" // who gives a right is in a dump, too
        "GRANT SELECT ON public.products TO stranger; RESET SESSION AUTHORIZATION;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE old_owner IN SCHEMA public GRANT SELECT ON TABLES TO "
        "old_reader;"
        "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY mine ON public.products FOR SELECT TO old_reader USING (id > 1);"
        "COMMENT ON TABLE public.listings IS 'those of the owner'");
    const QByteArray dump = m_shop->dump();
    m_shop->writeDump(dump);
    m_shop->writeDump(m_shop->dump({u"--use-set-session-authorization"_s}), u"speaking.sql"_s);
    m_shop->writeDump(m_shop->dump({u"--data-only"_s, u"--use-set-session-authorization"_s}),
                      u"rows.sql"_s);
    // Of the same cluster: who is on the server now has other names.
    m_shop->run("ALTER ROLE old_owner RENAME TO \"New Owner\"; ALTER ROLE \"New Owner\" PASSWORD "
                "'pw'; ALTER ROLE old_reader RENAME TO new_reader;"
                "GRANT new_reader TO \"New Owner\"");
    m_wanted = withoutKeys(dump)
                   .replace("old_owner", "\"New Owner\"")
                   .replace("Owner: \"New Owner\"", "Owner: New Owner")
                   .replace("old_reader", "new_reader");
    QCOMPARE(withoutKeys(m_shop->dump()), m_wanted);
}

void TestMappedRoles::theOutcomeIsTheDumpWithTheNamesOfTheServer_data()
{
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("file");
    const auto row = [](const char *name, RestoreMode mode, const QString &user,
                        const QString &file) {
        QTest::newRow(name) << mode << user << file;
    };
    row("beside", RestoreMode::Replace, {}, u"shop.sql"_s);
    row("beside, as the owner", RestoreMode::Replace, u"'New Owner'"_s, u"shop.sql"_s);
    row("beside, who speaks is said", RestoreMode::Replace, {}, u"speaking.sql"_s);
    row("database", RestoreMode::ReplaceDatabase, {}, u"shop.sql"_s);
    row("in place", RestoreMode::InPlace, {}, u"shop.sql"_s);
}

void TestMappedRoles::theOutcomeIsTheDumpWithTheNamesOfTheServer()
{
    QFETCH(RestoreMode, mode);
    QFETCH(QString, user);
    QFETCH(QString, file);
    const QString path = m_shop->path(file);
    const RestorePlan plan = user.isEmpty() ? m_shop->plan(path) : planAs(user, path);
    m_shop->run("DELETE FROM public.products WHERE id > 10");
    const RestoreReceipt receipt = restored(plan, mode, m_roles);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(
        receipt.notes.contains(u"roles mapped: old_owner is New Owner, old_reader is new_reader"_s),
        why(receipt));
    QCOMPARE(withoutKeys(m_shop->dump()), m_wanted);
}

void TestMappedRoles::twoMayBeOne()
{
    RestorePlan plan = m_shop->plan(m_shop->path(u"shop.sql"_s));
    plan.target = m_server->createDatabase(u"merged"_s);
    const RestoreReceipt receipt =
        restored(plan, RestoreMode::Replace,
                 {{u"old_owner"_s, u"new_reader"_s}, {u"old_reader"_s, u"new_reader"_s}});
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    const auto ask = [this](const QByteArray &sql) {
        return m_server->scalar(u"merged"_s, sql);
    };
    QCOMPARE(ask("SELECT tableowner FROM pg_tables WHERE tablename = 'products'"), u"new_reader"_s);
    QCOMPARE(ask("SELECT roles::text FROM pg_policies"), u"{new_reader}"_s);
    QCOMPARE(ask("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'old%'"), u"0"_s);
}

/// Whatever is live keeps its names: only the dump speaks of others.
void TestMappedRoles::aCopyAndRowsAloneAreLaidBesideAsWell()
{
    const RestorePlan plan = m_shop->plan(m_shop->path(u"shop.sql"_s));
    const RestoreReceipt copy = restored(plan, RestoreMode::Copy, m_roles);
    QVERIFY2(copy.verdict == Verdict::Proven, why(copy));
    m_shop->run(copy.left.front().removeWith.toUtf8());
    const RestoreReceipt rows = restored(m_shop->plan(m_shop->path(u"rows.sql"_s)),
                                         RestoreMode::Replace, {{u"old_owner"_s, u"New Owner"_s}});
    QVERIFY2(rows.verdict == Verdict::Proven, why(rows));
    QCOMPARE(withoutKeys(m_shop->dump()), m_wanted);
}

void TestMappedRoles::whoIsNobodyStopsItBeforeAnything_data()
{
    QTest::addColumn<RestoreMode>("mode");
    for (const RestoreMode mode :
         {RestoreMode::Replace, RestoreMode::ReplaceDatabase, RestoreMode::InPlace})
        QTest::newRow(qPrintable(modeKey(mode))) << mode;
}

void TestMappedRoles::whoIsNobodyStopsItBeforeAnything()
{
    QFETCH(RestoreMode, mode);
    const QString file = m_shop->path(u"shop.sql"_s);
    const QString before = m_shop->liveState();
    const auto isRefused = [&](const RoleMap &roles, const QString &role) {
        const RestoreReceipt receipt = restored(m_shop->plan(file), mode, roles);
        QCOMPARE(receipt.verdict, Verdict::NotRestored);
        QCOMPARE(receipt.error->kind, ErrorKind::NotFound);
        QCOMPARE(receipt.error->subject, u"role "_s + role);
        QVERIFY(receipt.left.isEmpty());
        QVERIFY(!receipt.safetyCopy);
    };
    isRefused({{u"old_owner"_s, u"nobody"_s}}, u"nobody"_s);
    isRefused({{u"old_owner"_s, u"public"_s}}, u"public"_s);
    isRefused({{u"odl_owner"_s, u"New Owner"_s}}, u"odl_owner"_s);
    QCOMPARE(m_shop->liveState(), before);
}

/// As if the dump had named that one.
void TestMappedRoles::aRoleWeMayNotActAsOwnsNothing()
{
    RestorePlan plan = planAs(u"weak"_s, m_shop->path(u"shop.sql"_s));
    m_server->createDatabase(u"weaks"_s);
    m_server->execute(u"weaks"_s, "ALTER DATABASE weaks OWNER TO weak");
    plan.target = plan.target.withDatabase(u"weaks"_s);
    const RestoreReceipt receipt =
        restored(plan, RestoreMode::Replace,
                 {{u"old_owner"_s, u"stranger"_s}, {u"old_reader"_s, u"new_reader"_s}});
    QVERIFY2(receipt.verdict != Verdict::NotRestored, why(receipt));
    QVERIFY2(why(receipt).contains("owner stranger left out: the connected role may not act as it"),
             why(receipt));
    QCOMPARE(m_server->scalar(u"weaks"_s,
                              "SELECT tableowner FROM pg_tables WHERE tablename = 'products'"),
             u"weak"_s);
}

void TestMappedRoles::thePreflightKnowsWhoTheyAre()
{
    TaskContext context;
    RestorePlan plan = m_shop->plan(m_shop->path(u"shop.sql"_s));
    const auto inspection = backup::inspectUnlessKnown(plan.file, context);
    QVERIFY(inspection);
    const auto asked = [&](const RoleMap &roles) {
        plan.mappedRoles = roles;
        return runPreflight(plan, *inspection, {plan.plannedAt}, context);
    };
    const QStringList there = {u"New Owner"_s, u"new_reader"_s, u"postgres"_s, u"stranger"_s,
                               u"weak"_s};
    const QList<RoleChoice> choices = {{u"old_owner"_s, there}, {u"old_reader"_s, there}};
    const auto without = asked({});
    QVERIFY(without);
    QCOMPARE(without->missing.roles, (QStringList{u"old_owner"_s, u"old_reader"_s}));
    QCOMPARE(without->roleChoices, choices);
    const auto with = asked(m_roles);
    QVERIFY(with);
    QVERIFY(with->missing.roles.isEmpty() && !with->hindrance && !with->blocker);
    QCOMPARE(with->roleChoices, choices); // so that it can be taken back
    const auto half = asked({{u"old_owner"_s, u"New Owner"_s}});
    QVERIFY(half);
    QCOMPARE(half->missing.roles, QStringList{u"old_reader"_s});
    QCOMPARE(asked({{u"old_owner"_s, u"nobody"_s}}).error().subject, u"role nobody"_s);
    QCOMPARE(asked({{u"nobody"_s, u"weak"_s}}).error().subject, u"role nobody"_s);
}

void TestMappedRoles::tablesComeBackToTheirOwnerHere()
{
    RestorePlan plan = m_shop->plan(m_shop->path(u"shop.sql"_s));
    m_shop->run("DROP TABLE public.products CASCADE");
    plan.tables = {{u"public"_s, u"products"_s}};
    const RestoreReceipt receipt = restored(plan, RestoreMode::Tables, m_roles);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(m_shop->ask("SELECT tableowner FROM pg_tables WHERE tablename = 'products' AND "
                         "schemaname = 'public'"),
             u"New Owner"_s);
    QCOMPARE(m_shop->ask("SELECT roles::text FROM pg_policies WHERE schemaname = 'public'"),
             u"{new_reader}"_s);
    QCOMPARE(m_shop->ask("SELECT has_table_privilege('new_reader', 'public.products', 'SELECT')"),
             u"t"_s);
}

MAYDAY_TEST(TestMappedRoles);
#include "tst_mappedroles.moc"
