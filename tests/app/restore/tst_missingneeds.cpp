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

/// What a dump takes for granted and the server lacks: named before the load, and the roles made
/// when that is wanted.
class TestMissingNeeds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<tests::TempPostgres>(); }
    void whatIsThereIsNotMissing();
    void rolesOfPostgresItselfCannotBeMade();
    void whatStopsTheLoadIsInTheWay();
    void whatNeedsAnExtensionIsSaid();
    void eachIsSaidInASentence();
    void thePreflightNamesThem();
    void withoutTheRightToMakeRolesAPolicyIsInTheWay();
    void theyAreMade_data();
    void theyAreMade();
    void aLoginThatMayOnlyMakeRolesUsesThem();
    void thoseOfARestoreThatFailsAreGone_data();
    void thoseOfARestoreThatFailsAreGone();
    void unlessAskedTheyAreLeftOut();

private:
    /// A dump that names a role of its own, which this server does not have any more.
    QString dumpWithRole(const Shop &shop, const QByteArray &role, bool failing = false)
    {
        shop.run("CREATE ROLE " + role + "; GRANT SELECT ON public.products TO " + role +
                 "; ALTER TABLE public.listings OWNER TO " + role +
                 "; ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
                 "CREATE POLICY mine ON public.products TO " +
                 role + " USING (id > 1)");
        QByteArray text = shop.dump();
        shop.run("REASSIGN OWNED BY " + role + " TO postgres; DROP OWNED BY " + role +
                 "; DROP ROLE " + role);
        if (failing)
            text.replace("--\n-- PostgreSQL database dump complete",
                         "ALTER TABLE public.products ADD CHECK (id < 0);\n\n--\n"
                         "-- PostgreSQL database dump complete");
        return shop.writeDump(text);
    }
    RestoreReceipt restored(const QString &file, const postgres::ConnectionString &target,
                            RestoreMode mode, bool makeRoles = true)
    {
        const SystemClock clock;
        const QDateTime now = clock.now();
        TaskContext context;
        return RestoreRunner({.id = freshRestoreId(now),
                              .file = file,
                              .target = target,
                              .environment = u"test"_s,
                              .plannedAt = now,
                              .mode = mode,
                              .makeRoles = makeRoles},
                             clock, {})
            .run(std::nullopt, context);
    }
    PreflightReport preflight(const Shop &shop, const postgres::ConnectionString &target,
                              const QString &file)
    {
        TaskContext context;
        const auto inspection = backup::inspectUnlessKnown(file, context);
        RestorePlan plan = shop.plan(file);
        plan.target = target;
        auto report = runPreflight(plan, *inspection, {plan.plannedAt}, context);
        if (!report)
            qFatal("%s", qPrintable(describe(report.error())));
        return *std::move(report);
    }
    postgres::ConnectionString login(const Shop &shop, const QString &user)
    {
        return postgres::ConnectionString::parse(
                   u"host=127.0.0.1 port=%1 dbname=%2 user=%3"_s.arg(m_server->port())
                       .arg(shop.database(), user))
            ->withPassword(Secret("pw"));
    }
    static void addModes()
    {
        QTest::addColumn<RestoreMode>("mode");
        for (const RestoreMode mode :
             {RestoreMode::Replace, RestoreMode::ReplaceDatabase, RestoreMode::InPlace})
            QTest::newRow(qPrintable(modeKey(mode))) << mode;
    }
    [[nodiscard]] QString roles(const QByteArray &name) const
    {
        return m_server->scalar(u"postgres"_s, "SELECT coalesce(string_agg(rolname || "
                                               "rolcanlogin::text, ' '), '') FROM pg_roles "
                                               "WHERE rolname = '" +
                                                   name + "'");
    }

    std::unique_ptr<tests::TempPostgres> m_server;
    int m_databases = 0;
};

void TestMissingNeeds::whatIsThereIsNotMissing()
{
    const dump::DumpNeeds needs{.extensions = {u"citext"_s, u"hstore"_s, u"dblink"_s, u"nope"_s},
                                .owners = {u"app"_s, u"boss"_s, u"gone"_s},
                                .grantees = {u"app"_s, u"web"_s, u"gone"_s},
                                .policyRoles = {u"app"_s, u"clerk"_s},
                                .settings = {u"lock_timeout"_s, u"transaction_timeout"_s}};
    TargetFacts facts;
    facts.settings = {u"lock_timeout"_s};
    facts.roles = {u"app"_s, u"boss"_s};
    facts.rolesWeMayUse = {u"app"_s};
    facts.extensions = {u"citext"_s};
    facts.availableExtensions = {u"citext"_s, u"hstore"_s, u"dblink"_s};
    facts.guardedExtensions = {u"citext"_s, u"dblink"_s};
    MissingNeeds expected{.extensions = {u"nope"_s},
                          .guardedExtensions = {u"dblink"_s},
                          .newExtensions = {u"hstore"_s},
                          .roles = {u"gone"_s, u"web"_s, u"clerk"_s},
                          .owners = {u"gone"_s},
                          .grantees = {u"web"_s, u"gone"_s},
                          .policyRoles = {u"clerk"_s},
                          .ownersOfOthers = {u"boss"_s},
                          .settings = {u"transaction_timeout"_s}};
    QCOMPARE(missingNeeds(needs, facts), expected);
    facts.isSuperuser = true; // who may install everything
    expected.guardedExtensions.clear();
    expected.newExtensions = {u"hstore"_s, u"dblink"_s};
    QCOMPARE(missingNeeds(needs, facts), expected);
    QCOMPARE(missingNeeds({}, facts), MissingNeeds());
}

/// A newer PostgreSQL has them, this one has not, and no name of theirs is free.
void TestMissingNeeds::rolesOfPostgresItselfCannotBeMade()
{
    const dump::DumpNeeds needs{.grantees = {u"pg_maintain"_s}, .policyRoles = {u"pg_new"_s}};
    const MissingNeeds missing = missingNeeds(needs, {});
    QVERIFY(missing.roles.isEmpty());
    QVERIFY(hindrance(missing, true)->subject.contains(u"pg_new"_s));
    QVERIFY(hindrance(missing, true)->detail.endsWith(u"nobody can make one of that name here"_s));
    QCOMPARE(missing.reserved, (QStringList{u"pg_maintain"_s, u"pg_new"_s}));
    QVERIFY(notesOf(missing, u"me"_s, true).front().text.contains(u"pg_maintain"_s));
}

void TestMissingNeeds::whatStopsTheLoadIsInTheWay()
{
    QVERIFY(!hindrance({}, false));
    QVERIFY(!hindrance({.roles = {u"web"_s}, .grantees = {u"web"_s}}, false));
    const MissingNeeds extension{.extensions = {u"postgis"_s}};
    QCOMPARE(hindrance(extension, true)->advice, Advice::InstallExtension);
    QVERIFY(hindrance(extension, true)->subject.contains(u"postgis"_s));
    const MissingNeeds policy{.roles = {u"clerk"_s}, .policyRoles = {u"clerk"_s}};
    QVERIFY(!hindrance(policy, true));
    QCOMPARE(hindrance(policy, false)->advice, Advice::CreateRole);
    QVERIFY(hindrance(policy, false)->subject.contains(u"clerk"_s));
    QVERIFY(hindrance(policy, false)->detail.endsWith(u"has no such role"_s));
}

void TestMissingNeeds::whatNeedsAnExtensionIsSaid()
{
    QCOMPARE(whatNeeds(u"a"_s, {}), u"which tables need a is not known"_s);
    dump::ExtensionUse use;
    for (const char *name : {"t.a", "t.b", "index i", "view v"})
        use.add(QString::fromLatin1(name), true);
    QCOMPARE(whatNeeds(u"a"_s, use), u"a is needed by t.a, t.b, index i, view v"_s);
    use.add(u"w"_s, true);
    QCOMPARE(whatNeeds(u"a"_s, use), u"a is needed by t.a, t.b, index i, view v and 1 other"_s);
    use.userCount = 100;
    use.add(u"x"_s, false);
    QCOMPARE(whatNeeds(u"a"_s, use),
             u"a is needed by t.a, t.b, index i, view v and 96 others, perhaps by x"_s);
    QCOMPARE(whatNeeds(u"a"_s, {.mayUsers = {u"x"_s}, .mayUserCount = 2}),
             u"a is perhaps needed by x and 1 other"_s);

    dump::DumpNeeds needs{.extensions = {u"nope"_s, u"guarded"_s, u"free"_s}};
    for (const QString &extension : std::as_const(needs.extensions))
        needs.uses[extension].add(u"public."_s + extension, true);
    TargetFacts facts;
    facts.availableExtensions = {u"guarded"_s, u"free"_s};
    facts.guardedExtensions = {u"guarded"_s};
    const MissingNeeds missing = missingNeeds(needs, facts);
    QCOMPARE(missing.uses.keys(), (QStringList{u"guarded"_s, u"nope"_s}));
    QVERIFY(hindrance(missing, true)->detail.endsWith(u"nope is needed by public.nope"_s));
    QString said;
    for (const PreflightNote &note : notesOf(missing, u"me"_s, true))
        said += note.text + u'\n';
    QVERIFY2(said.contains(u"does not offer: nope is needed by public.nope."_s), qPrintable(said));
    QVERIFY2(said.contains(u"(guarded is needed by public.guarded)"_s), qPrintable(said));
    QVERIFY2(!said.contains(u"public.free"_s), qPrintable(said));
}

void TestMissingNeeds::eachIsSaidInASentence()
{
    const MissingNeeds missing{.guardedExtensions = {u"dblink"_s},
                               .newExtensions = {u"hstore"_s},
                               .roles = {u"gone"_s, u"web"_s},
                               .owners = {u"gone"_s},
                               .grantees = {u"web"_s},
                               .ownersOfOthers = {u"boss"_s},
                               .settings = {u"transaction_timeout"_s}};
    const auto said = [&missing](bool madeRoles) {
        QString all;
        for (const PreflightNote &note : notesOf(missing, u"me"_s, madeRoles))
            all += note.text + u'\n';
        return all;
    };
    for (const QString &name :
         {u"dblink"_s, u"hstore"_s, u"gone"_s, u"web"_s, u"boss"_s, u"transaction_timeout"_s})
        QCOMPARE(said(false).count(name), 1);
    QVERIFY(!said(true).contains(u"gone"_s) && !said(true).contains(u"web"_s));
    QVERIFY(said(true).contains(u"boss"_s));
    QVERIFY(notesOf({}, u"me"_s, false).isEmpty());
}

void TestMissingNeeds::thePreflightNamesThem()
{
    const Shop shop(*m_server, 5);
    const QString file = dumpWithRole(shop, "seen");
    const PreflightReport report = preflight(shop, shop.target(), file);
    QCOMPARE(report.missing.roles, QStringList{u"seen"_s});
    QCOMPARE(report.missing.policyRoles, QStringList{u"seen"_s});
    QVERIFY(report.canMakeRoles);
    QVERIFY(!report.blocker && !report.hindrance); // it will be made
    QCOMPARE(roles("seen"), QString());            // and was only asked about
}

void TestMissingNeeds::withoutTheRightToMakeRolesAPolicyIsInTheWay()
{
    const Shop shop(*m_server, 5);
    const QString file = dumpWithRole(shop, "barred");
    const QByteArray database = shop.database().toUtf8();
    shop.run("CREATE ROLE weak LOGIN PASSWORD 'pw'; ALTER DATABASE " + database +
             " OWNER TO weak; ALTER TABLE public.products OWNER TO weak");
    const PreflightReport report = preflight(shop, login(shop, u"weak"_s), file);
    QVERIFY(!report.canMakeRoles);
    QVERIFY(!report.blocker); // rows could be brought back
    QVERIFY(report.hindrance.has_value());
    QCOMPARE(report.hindrance->advice, Advice::CreateRole);
    QVERIFY(report.hindrance->subject.contains(u"barred"_s));
    // Who goes on regardless is refused before anything is loaded.
    const RestoreReceipt receipt =
        restored(file, login(shop, u"weak"_s), RestoreMode::Replace, false);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->advice, Advice::CreateRole);
    QCOMPARE(receipt.error->line, 0);
}

void TestMissingNeeds::theyAreMade_data()
{
    addModes();
}

void TestMissingNeeds::theyAreMade()
{
    QFETCH(RestoreMode, mode);
    const Shop shop(*m_server, 20);
    const QByteArray role = "made" + QByteArray::number(++m_databases);
    const QString file = dumpWithRole(shop, role);
    const QString name = u"fresh%1"_s.arg(m_databases);
    const RestoreReceipt receipt = restored(file, m_server->createDatabase(name), mode);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY2(why(receipt).contains("role " + role + " was made"), why(receipt));
    QCOMPARE(roles(role), QString::fromLatin1(role) + u"false"_s);
    const auto ask = [&](const QByteArray &sql) {
        return m_server->scalar(name, sql);
    };
    QCOMPARE(ask("SELECT has_table_privilege('" + role + "', 'public.products', 'SELECT')"),
             u"t"_s);
    QCOMPARE(ask("SELECT tableowner FROM pg_tables WHERE tablename = 'listings'"),
             QString::fromLatin1(role));
    QCOMPARE(ask("SELECT roles::text FROM pg_policies"), u"{%1}"_s.arg(QLatin1StringView(role)));
}

/// As on a managed host: who owns the database may make roles and is no superuser.
void TestMissingNeeds::aLoginThatMayOnlyMakeRolesUsesThem()
{
    const Shop shop(*m_server, 20);
    const QString file = dumpWithRole(shop, "tended");
    m_server->createDatabase(u"managed"_s);
    m_server->execute(u"managed"_s, "CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'pw';"
                                    "ALTER DATABASE managed OWNER TO keeper");
    const auto target =
        postgres::ConnectionString::parse(
            u"host=127.0.0.1 port=%1 dbname=managed user=keeper"_s.arg(m_server->port()))
            ->withPassword(Secret("pw"));
    const RestoreReceipt receipt = restored(file, target, RestoreMode::Replace);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(m_server->scalar(u"managed"_s,
                              "SELECT tableowner FROM pg_tables WHERE tablename = 'listings'"),
             u"tended"_s);
}

void TestMissingNeeds::thoseOfARestoreThatFailsAreGone_data()
{
    addModes();
}

void TestMissingNeeds::thoseOfARestoreThatFailsAreGone()
{
    QFETCH(RestoreMode, mode);
    const Shop shop(*m_server, 20);
    const QByteArray role = "brief" + QByteArray::number(++m_databases);
    const QString file = dumpWithRole(shop, role, true);
    const QString before = shop.liveState();
    const RestoreReceipt receipt = restored(file, shop.target(), mode);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->sqlState, u"23514"_s);
    QVERIFY(receipt.left.isEmpty());
    QVERIFY(!receipt.notes.join(u'\n').contains(u"was made"_s));
    QCOMPARE(roles(role), QString());
    QCOMPARE(shop.liveState(), before);
}

void TestMissingNeeds::unlessAskedTheyAreLeftOut()
{
    const Shop shop(*m_server, 20);
    shop.run("CREATE ROLE unasked; GRANT SELECT ON public.products TO unasked");
    const QString file = shop.writeDump(shop.dump());
    shop.run("DROP OWNED BY unasked; DROP ROLE unasked");
    const RestoreReceipt receipt =
        restored(file, m_server->createDatabase(u"without"_s), RestoreMode::Replace, false);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(roles("unasked"), QString());
}

MAYDAY_TEST(TestMissingNeeds);
#include "tst_missingneeds.moc"
