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

namespace {

/// As Amazon gives it: "app" owns its database, may make databases and roles, and is no superuser.
const QByteArray amazonRoles =
    "CREATE ROLE rdsadmin LOGIN SUPERUSER; CREATE ROLE rds_superuser;"
    "CREATE ROLE app LOGIN CREATEDB CREATEROLE PASSWORD 'pw' IN ROLE rds_superuser";

const QByteArray amazonDatabase =
    "CREATE EXTENSION hstore; CREATE TABLE public.orders (id integer PRIMARY KEY, tags hstore);"
    "INSERT INTO public.orders SELECT g, 'a=>1' FROM generate_series(1, 40) g;"
    "ALTER TABLE public.orders OWNER TO app; CREATE TABLE public.audit (id integer);"
    "INSERT INTO public.audit VALUES (1), (2); ALTER TABLE public.audit OWNER TO rdsadmin;"
    "GRANT SELECT ON public.orders TO rds_superuser;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE rdsadmin IN SCHEMA public GRANT SELECT ON TABLES TO app;"
    "CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
    "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.watch();"
    "CREATE PUBLICATION changes FOR TABLE public.orders; CREATE PUBLICATION \"All of it\";"
    "COMMENT ON EXTENSION hstore IS 'ours, with tags'";

QStringList textsOf(const PreflightReport &report)
{
    QStringList all;
    for (const PreflightNote &note : report.notes)
        all.append(note.text);
    return all;
}

} // namespace

/// Whose server it is, told by the server; and that roles which only a host can make fail nothing.
class TestHostProfile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachIsTold_data();
    void eachIsTold();
    void theServerIsBelievedBeforeItsName();
    void aNameAloneReservesNothing();
    void aSuperuserLeavesNothingOut();
    void rolesThatARestoreHasMadeTellNothing();
    void rolesOfAHostAreToldElsewhere_data();
    void rolesOfAHostAreToldElsewhere();
    void aDumpOfAHostComesBackOnAPlainServer();
    void whatIsNotMadeIsCounted();
    void aPlainDumpComesToAHost_data();
    void aPlainDumpComesToAHost();
    void whatTheServerRefusesIsAsMissing_data();
    void whatTheServerRefusesIsAsMissing();
    void aPolicyOfARefusedRoleIsInTheWay_data();
    void aPolicyOfARefusedRoleIsInTheWay();

private:
    /// In one transaction with the load, and in one of their own before it.
    static void addModes()
    {
        QTest::addColumn<RestoreMode>("mode");
        for (const RestoreMode mode : {RestoreMode::Replace, RestoreMode::ReplaceDatabase})
            QTest::newRow(qPrintable(modeKey(mode))) << mode;
    }
    QString write(const QByteArray &text)
    {
        QFile file(m_folder.filePath(u"dump%1.sql"_s.arg(++m_number)));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("the dump could not be written");
        return file.fileName();
    }
    /// What pg_dump writes for a table of three rows, and this behind it.
    QString dumpWith(const QByteArray &statements)
    {
        return write("--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
                     "CREATE TABLE public.products (\n    id integer NOT NULL\n);\n\n"
                     "COPY public.products (id) FROM stdin;\n1\n2\n3\n\\.\n\n" +
                     statements + "\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    }
    /// Owned by app, who is in it as well.
    postgres::ConnectionString newDatabase(tests::TempPostgres &server)
    {
        m_database = u"target%1"_s.arg(++m_number);
        server.createDatabase(m_database);
        server.execute(u"postgres"_s, "ALTER DATABASE " + m_database.toUtf8() + " OWNER TO app");
        return postgres::ConnectionString::parse(
                   u"host=127.0.0.1 port=%1 dbname=%2 user=app"_s.arg(server.port())
                       .arg(m_database))
            ->withPassword(Secret("pw"));
    }
    RestorePlan plan(const QString &file, const postgres::ConnectionString &target,
                     RestoreMode mode = RestoreMode::Replace, bool makeRoles = false)
    {
        const QDateTime now = SystemClock().now();
        return {.id = freshRestoreId(now),
                .file = file,
                .target = target,
                .environment = u"test"_s,
                .plannedAt = now,
                .mode = mode,
                .makeRoles = makeRoles,
                .safetyFolder = m_folder.path()};
    }
    static RestoreReceipt carryOut(const RestorePlan &plan)
    {
        TaskContext context;
        return RestoreRunner(plan, SystemClock(), {}).run(std::nullopt, context);
    }
    static PreflightReport preflight(const RestorePlan &plan)
    {
        TaskContext context;
        const auto inspection = backup::inspectUnlessKnown(plan.file, context);
        auto report = runPreflight(plan, *inspection, {plan.plannedAt}, context);
        if (!report)
            qFatal("%s", qPrintable(describe(report.error())));
        return *std::move(report);
    }
    [[nodiscard]] QString roles(const QByteArray &names) const
    {
        return m_plain->scalar(u"postgres"_s,
                               "SELECT coalesce(string_agg(rolname, ' '), '') FROM pg_roles WHERE "
                               "rolname = ANY ('{" +
                                   names + "}')");
    }

    std::unique_ptr<tests::TempPostgres> m_host;
    std::unique_ptr<tests::TempPostgres> m_plain;
    QTemporaryDir m_folder;
    QString m_database;
    int m_number = 0;
};

void TestHostProfile::initTestCase()
{
    m_host = std::make_unique<tests::TempPostgres>();
    m_host->execute(u"postgres"_s, amazonRoles);
    m_plain = std::make_unique<tests::TempPostgres>();
    m_plain->execute(u"postgres"_s, "CREATE ROLE app LOGIN CREATEDB PASSWORD 'pw'");
}

void TestHostProfile::eachIsTold_data()
{
    QTest::addColumn<QString>("login");
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QString>("hostName");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const QString &login, const QString &setting,
                        const QString &hostName, const QString &words) {
        QTest::newRow(name) << login << setting << hostName << words;
    };
    row("nobody's", u"postgres"_s, u"work_mem"_s, u"db.example"_s, {});
    row("supabase", u"supabase_admin"_s, {}, {}, u"Supabase (told by the role supabase_admin)"_s);
    row("supabase's pooler", {}, {}, u"aws-0-eu-west-1.pooler.supabase.com"_s,
        u"Supabase (told by the host name aws-0-eu-west-1.pooler.supabase.com)"_s);
    row("rds", u"rdsadmin"_s, {}, {}, u"Amazon RDS or Aurora (told by the role rdsadmin)"_s);
    row("rds, by a setting", {}, u"rds.extensions"_s, {},
        u"Amazon RDS or Aurora (told by the setting rds.extensions)"_s);
    row("rds in China", {}, {}, u"x.y.rds.amazonaws.com.cn"_s,
        u"Amazon RDS or Aurora (told by the host name x.y.rds.amazonaws.com.cn)"_s);
    row("cloud sql", u"cloudsqladmin"_s, {}, {},
        u"Google Cloud SQL (told by the role cloudsqladmin)"_s);
    row("azure", u"azuresu"_s, {}, {},
        u"Azure Database for PostgreSQL (told by the role azuresu)"_s);
    row("azure, by a setting", {}, u"azure.extensions"_s, {},
        u"Azure Database for PostgreSQL (told by the setting azure.extensions)"_s);
    row("neon", {}, u"neon.tenant_id"_s, {}, u"Neon (told by the setting neon.tenant_id)"_s);
    row("digitalocean", u"doadmin"_s, {}, {}, u"DigitalOcean (told by the role doadmin)"_s);
    row("aiven", u"avnadmin"_s, {}, {}, u"Aiven (told by the role avnadmin)"_s);
    row("railway", u"postgres"_s, {}, u"x.proxy.rlwy.net"_s,
        u"Railway (told by the host name x.proxy.rlwy.net)"_s);
    row("railway from inside", u"postgres"_s, {}, u"Postgres.Railway.Internal"_s,
        u"Railway (told by the host name Postgres.Railway.Internal)"_s);
    row("only sounds like it", {}, {}, u"notrlwy.net.example"_s, {});
}

void TestHostProfile::eachIsTold()
{
    QFETCH(QString, login);
    QFETCH(QString, setting);
    QFETCH(QString, hostName);
    QFETCH(QString, words);
    const HostProfile host = hostProfile(
        {.logins = {login}, .settings = {setting}, .hostName = hostName, .user = u"app"_s});
    QCOMPARE(inWords(host), words);
    QCOMPARE(toJson(host).isEmpty(), words.isEmpty());
    QCOMPARE(host.leavesOut.isEmpty(), words.isEmpty());
    QVERIFY(host.isReserved(u"pg_maintain"_s)); // PostgreSQL's own, anywhere
    QVERIFY(!host.isReserved(u"app"_s));
}

void TestHostProfile::theServerIsBelievedBeforeItsName()
{
    const HostProfile host =
        hostProfile({.logins = {u"rdsadmin"_s}, .hostName = u"db.x.supabase.co"_s});
    QCOMPARE(host.name, u"Amazon RDS or Aurora"_s);
    QVERIFY(host.isReserved(u"rds_replication"_s) && !host.isReserved(u"service_role"_s));
    QVERIFY(host.leavesOut.first().contains(u"where one is missing, what is for it is left out"_s));
}

void TestHostProfile::aNameAloneReservesNothing()
{
    const HostProfile host = hostProfile({.hostName = u"db.x.supabase.co"_s, .user = u"app"_s});
    QCOMPARE(host.name, u"Supabase"_s);
    QCOMPARE(host.transactionPort, 6543);
    QVERIFY(!host.isReserved(u"service_role"_s));
    QVERIFY(!host.leavesOut.join(u' ').contains(u"Roles"_s));
}

void TestHostProfile::aSuperuserLeavesNothingOut()
{
    const HostProfile host = hostProfile(
        {.hostName = u"x.proxy.rlwy.net"_s, .user = u"postgres"_s, .isSuperuser = true});
    QCOMPARE(host.leavesOut, QStringList{u"postgres is a superuser there."_s});
    const HostProfile other = hostProfile({.logins = {u"supabase_admin"_s}, .isSuperuser = true});
    QVERIFY(!other.isReserved(u"service_role"_s));
}

/// They cannot log in.
void TestHostProfile::rolesThatARestoreHasMadeTellNothing()
{
    m_plain->execute(u"postgres"_s, "CREATE ROLE supabase_admin; CREATE ROLE rds_superuser");
    const RestorePlan wanted = plan(dumpWith({}), newDatabase(*m_plain));
    const PreflightReport report = preflight(wanted);
    m_plain->execute(u"postgres"_s, "DROP ROLE supabase_admin, rds_superuser");
    QCOMPARE(report.host.name, QString());
}

void TestHostProfile::rolesOfAHostAreToldElsewhere_data()
{
    QTest::addColumn<QStringList>("roles");
    QTest::addColumn<MissingRoles>("fate");
    QTest::addColumn<QStringList>("said");
    const QString supabases = u" of Supabase's own. Its services act as such roles, and policies "
                              "are for them. "_s;
    const QString amazons = u" of Amazon RDS or Aurora's own. Such roles are for its "
                            "administration; an application does without them. "_s;
    QTest::newRow("none") << QStringList() << MissingRoles::MayBeMade << QStringList();
    QTest::newRow("one's own") << QStringList{u"clerk"_s, u"pgbouncer"_s} << MissingRoles::MayBeMade
                               << QStringList();
    QTest::newRow("one") << QStringList{u"anon"_s, u"clerk"_s} << MissingRoles::AreMade
                         << QStringList{u"anon is the name of a role"_s + supabases +
                                        u"It is made here, without a login."_s};
    QTest::newRow("several")
        << QStringList{u"anon"_s, u"service_role"_s} << MissingRoles::MayBeMade
        << QStringList{u"anon, service_role are names of roles"_s + supabases +
                       u"They can be made here without a login, or left out; a policy cannot be "
                       "made without its role."_s};
    QTest::newRow("of two hosts")
        << QStringList{u"rdsadmin"_s, u"anon"_s} << MissingRoles::Stay
        << QStringList{u"anon is the name of a role"_s + supabases +
                           u"It is left out here; a policy cannot be made without its role."_s,
                       u"rdsadmin is the name of a role"_s + amazons +
                           u"It is left out here; a policy cannot be made without its role."_s};
}

void TestHostProfile::rolesOfAHostAreToldElsewhere()
{
    QFETCH(QStringList, roles);
    QFETCH(MissingRoles, fate);
    QFETCH(QStringList, said);
    QStringList texts;
    for (const PreflightNote &note : notesOfHostRoles(roles, {}, fate))
        texts.append(note.text);
    QCOMPARE(texts, said);
    // At home they are nobody else's.
    const HostProfile home = hostProfile({.logins = {u"supabase_admin"_s}});
    for (const PreflightNote &note : notesOfHostRoles(roles, home, fate))
        QVERIFY(!note.text.contains(u"Supabase"_s));
}

void TestHostProfile::aDumpOfAHostComesBackOnAPlainServer()
{
    m_host->createFilled(u"hosted"_s, amazonDatabase);
    QProcess pgDump;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(m_host->password().reveal()));
    pgDump.setProcessEnvironment(environment);
    pgDump.start(u"pg_dump"_s,
                 {u"--dbname="_s + m_host->connectionString(u"hosted"_s).withoutPassword()});
    QVERIFY(pgDump.waitForFinished() && pgDump.exitCode() == 0);
    newDatabase(*m_plain);
    const RestorePlan wanted =
        plan(write(pgDump.readAllStandardOutput()), m_plain->connectionString(m_database));
    const PreflightReport report = preflight(wanted);
    QCOMPARE(report.host.name, QString());
    QCOMPARE(textsOf(report).filter(u"Amazon RDS or Aurora's own"_s).size(), 1);
    QVERIFY(!report.blocker && !report.hindrance);
    const QString byHand =
        u": no restore switches such things on; make them by hand where they are "
        "wanted."_s;
    QCOMPARE(inWords(report.notMade, RestoreMode::Replace),
             QStringList{u"2 publications, 1 event trigger"_s + byHand});
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    for (const QString &note :
         {u"event trigger watch left out"_s, u"publication changes left out"_s,
          u"publication All of it left out"_s,
          u"rights of rds_superuser left out: this server has no such role"_s,
          u"default privileges of rdsadmin left out"_s,
          u"owner rdsadmin left out: this server has no such role"_s})
        QVERIFY2(receipt.notes.contains(note), why(receipt));
    QCOMPARE(m_plain->scalar(m_database, "SELECT count(*) FROM orders WHERE tags -> 'a' = '1'"),
             u"40"_s);
    QCOMPARE(m_plain->scalar(m_database, "SELECT count(*) FROM audit"), u"2"_s);
    QCOMPARE(roles("rdsadmin,rds_superuser"), QString());
    QCOMPARE(m_plain->scalar(m_database, "SELECT obj_description(oid) FROM pg_extension"
                                         " WHERE extname = 'hstore'"),
             u"ours, with tags"_s); // of a superuser, so that nothing had to be said of it
}

/// What every profile leaves out is told by what this backup holds, and by what is there.
void TestHostProfile::whatIsNotMadeIsCounted()
{
    const QByteArray made = "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;\n\n"
                            "COMMENT ON EXTENSION hstore IS 'it''s ours';\n\n"
                            "COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';\n\n"
                            "CREATE PUBLICATION \"All of it\" FOR ALL TABLES;\n\n"
                            "ALTER PUBLICATION \"All of it\" OWNER TO app;\n\n"
                            "CREATE PUBLICATION changes;\n\n"
                            "CREATE SUBSCRIPTION orders CONNECTION 'dbname=elsewhere' PUBLICATION p"
                            " WITH (connect = false, slot_name = 'orders');\n\n";
    const RestorePlan asApp = plan(dumpWith(made), newDatabase(*m_plain));
    m_plain->execute(m_database, "CREATE PUBLICATION changes; CREATE PUBLICATION others");
    RestorePlan asOwner = asApp;
    asOwner.target = m_plain->connectionString(m_database);
    const auto said = [](const RestorePlan &plan, RestoreMode mode) {
        return inWords(preflight(plan).notMade, mode);
    };
    const QString byHand =
        u": no restore switches such things on; make them by hand where they are "
        "wanted."_s;
    const QString there = u"1 publication: there already, and what is there stays."_s;
    const QString comment = u"1 comment on an extension (hstore): what the server says of them "
                            "stays."_s;
    QCOMPARE(said(asApp, RestoreMode::Replace),
             QStringList({u"1 publication, 1 subscription"_s + byHand, there, comment}));
    QCOMPARE(said(asApp, RestoreMode::ReplaceDatabase),
             QStringList({u"2 publications, 1 subscription"_s + byHand, comment}));
    QCOMPARE(said(asApp, RestoreMode::Tables), QStringList());
    QCOMPARE(said(asOwner, RestoreMode::InPlace),
             QStringList({u"1 publication, 1 subscription"_s + byHand, there}));
    m_plain->execute(m_database, "CREATE EXTENSION hstore");
    QCOMPARE(said(asOwner, RestoreMode::Replace).size(), 3);
    QCOMPARE(said(asOwner, RestoreMode::ReplaceDatabase).size(), 1);
    // Nothing when there is nothing.
    QCOMPARE(preflight(plan(dumpWith({}), asOwner.target)).notMade, NotMade{.isSuperuser = true});
}

void TestHostProfile::aPlainDumpComesToAHost_data()
{
    addModes();
}

/// As a login that may make databases and roles, where some names are the host's.
void TestHostProfile::aPlainDumpComesToAHost()
{
    QFETCH(RestoreMode, mode);
    const QByteArray clerk = "clerk" + QByteArray::number(++m_number);
    const QString file = dumpWith("ALTER TABLE public.products OWNER TO postgres;\n\n"
                                  "GRANT SELECT ON TABLE public.products TO rds_replication;\n\n"
                                  "GRANT SELECT ON TABLE public.products TO " +
                                  clerk + ";");
    const RestorePlan wanted = plan(file, newDatabase(*m_host), mode, true);
    const PreflightReport report = preflight(wanted);
    QCOMPARE(inWords(report.host), u"Amazon RDS or Aurora (told by the role rdsadmin)"_s);
    QCOMPARE(report.missing.roles, QStringList{QString::fromLatin1(clerk)});
    QCOMPARE(report.missing.reserved, QStringList{u"rds_replication"_s});
    QVERIFY(textsOf(report).contains(u"No role can be made here with the name rds_replication."_s));
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.contains(
                 u"rights of rds_replication left out: this server has no such role"_s),
             why(receipt));
    QCOMPARE(m_host->scalar(m_database, "SELECT has_table_privilege('" + clerk +
                                            "', 'products', 'SELECT')::text || tableowner FROM "
                                            "pg_tables WHERE tablename = 'products'"),
             u"trueapp"_s);
    QCOMPARE(m_host->scalar(m_database, "SELECT count(*) FROM products"), u"3"_s);
}

void TestHostProfile::whatTheServerRefusesIsAsMissing_data()
{
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<QString>("user");
    QTest::newRow("beside") << RestoreMode::Replace << u"postgres"_s;
    QTest::newRow("whole database") << RestoreMode::ReplaceDatabase << u"postgres"_s;
    QTest::newRow("in place") << RestoreMode::InPlace << u"postgres"_s;
    QTest::newRow("who may make none") << RestoreMode::Replace << u"app"_s;
}

/// PostgreSQL itself lets nobody have the name "none".
void TestHostProfile::whatTheServerRefusesIsAsMissing()
{
    QFETCH(RestoreMode, mode);
    QFETCH(QString, user);
    const QByteArray fresh = "fresh" + QByteArray::number(++m_number);
    const QString file = dumpWith("GRANT SELECT ON TABLE public.products TO \"none\";\n\n"
                                  "GRANT SELECT ON TABLE public.products TO " +
                                  fresh + ";");
    const auto asApp = newDatabase(*m_plain);
    const bool isApp = user == "app"_L1;
    const RestoreReceipt receipt =
        carryOut(plan(file, isApp ? asApp : m_plain->connectionString(m_database), mode, true));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.contains(
                 u"role none was not made: the server does not let %1 make it"_s.arg(user)),
             why(receipt));
    QVERIFY2(receipt.notes.contains(u"rights of none left out: this server has no such role"_s),
             why(receipt));
    QCOMPARE(m_plain->scalar(m_database, "SELECT count(*) FROM products"), u"3"_s);
    QCOMPARE(roles(fresh), isApp ? QString() : QString::fromLatin1(fresh));
    QCOMPARE(receipt.notes.contains(u"rights of %1 left out: this server has no such role"_s.arg(
                 QLatin1StringView(fresh))),
             isApp);
}

void TestHostProfile::aPolicyOfARefusedRoleIsInTheWay_data()
{
    addModes();
}

void TestHostProfile::aPolicyOfARefusedRoleIsInTheWay()
{
    QFETCH(RestoreMode, mode);
    const QByteArray brief = "brief" + QByteArray::number(++m_number);
    const QString file =
        dumpWith("CREATE POLICY mine ON public.products TO \"none\" USING (true);\n\n"
                 "GRANT SELECT ON TABLE public.products TO " +
                 brief + ";");
    newDatabase(*m_plain);
    const RestoreReceipt receipt =
        carryOut(plan(file, m_plain->connectionString(m_database), mode, true));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->advice, Advice::CreateRole);
    QCOMPARE(receipt.error->subject, u"role none"_s);
    QVERIFY2(receipt.left.isEmpty(), why(receipt));
    QCOMPARE(roles(brief), QString());
    QCOMPARE(m_plain->scalar(m_database, "SELECT count(*) FROM pg_tables WHERE schemaname ="
                                         " 'public'"),
             u"0"_s);
}

MAYDAY_TEST(TestHostProfile);
#include "tst_hostprofile.moc"
