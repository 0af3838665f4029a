// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/platformcase.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// A backup of a whole database of a managed host, and what of it comes back there.
class TestPlatform : public QObject, protected PlatformCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { makeDatabase(); }
    void whatTheHostOwnsIsInTheWay();
    void thePlanKnowsWhatIsLeft();
    void whatTheHostReservesIsNotMade();
    void withoutItTheRestIsProven_data();
    void withoutItTheRestIsProven();
    void whatIsMissingOnItsTablesIsTold_data();
    void whatIsMissingOnItsTablesIsTold();
    void aCopyIsWithoutIt();
    void namesThatAreNotThereAreRefused_data();
    void namesThatAreNotThereAreRefused();
    void theWholeDatabaseIsNotSwappedWithoutIt();
    void whatSaysNoSchemaCannotBeLeftOut();
    void rowsThatAreChangedThereAreRefused();
    void whatOnlyItNeedsIsNotMissing();
    void onAServerOfOnesOwnAllOfItComesBack();
    void theSchemaOfAnExtensionStays();
    void whatReachesAcrossIsRefused_data();
    void whatReachesAcrossIsRefused();
    void anExtensionInItIsNotMade_data();
    void anExtensionInItIsNotMade();
    void whoMaySwapDatabasesMayNotSwapAService();
    void aColleaguesSchemaComesBackWithTheDatabase();
};

void TestPlatform::whatTheHostOwnsIsInTheWay()
{
    const QString before = platformState();
    RestorePlan all = plan(write(m_dump));
    all.leaveOut.clear();
    for (const RestoreMode mode : {RestoreMode::Replace, RestoreMode::InPlace, RestoreMode::Copy}) {
        all.mode = mode;
        const RestoreReceipt receipt = carryOut(all);
        QCOMPARE(receipt.verdict, Verdict::NotRestored);
        QCOMPARE(receipt.error->kind, ErrorKind::Denied);
        QCOMPARE(receipt.error->advice, Advice::LeaveSchemasOut);
        QCOMPARE(receipt.error->subject, u"schemas auth, storage"_s);
        QVERIFY2(receipt.error->detail.contains(u"auth: it belongs to supabase_admin"_s),
                 reason(receipt));
    }
    QCOMPARE(platformState(), before);
    QCOMPARE(ask("SELECT count(*) FROM public.profiles"), u"10"_s);

    const PreflightReport report = preflight(all);
    QVERIFY(!report.blocker);
    QVERIFY(report.hindrance.has_value());
    QCOMPARE(report.hindrance->advice, Advice::LeaveSchemasOut);
    QCOMPARE(report.leftOut, (QStringList{u"auth"_s, u"storage"_s}));
    QCOMPARE(report.platform.size(), 2);
}

void TestPlatform::thePlanKnowsWhatIsLeft()
{
    const PreflightReport report = preflight(plan(write(m_dump)));
    QVERIFY2(!report.hindrance, qPrintable(describe(report.hindrance.value_or(Error{}))));
    QVERIFY(!report.blocker);
    QVERIFY(report.platform.isEmpty());
    QCOMPARE(report.leftOut, (QStringList{u"auth"_s, u"storage"_s}));
    QCOMPARE(report.schemas.size(), 1);
    QCOMPARE(report.schemas.first().name, u"public"_s);
    QVERIFY(report.way.isPossible(RestoreMode::Replace));
    QVERIFY(report.way.isPossible(RestoreMode::InPlace));
    QVERIFY(!report.way.isPossible(RestoreMode::ReplaceDatabase));
    QCOMPARE(said(report.missing), QString());
    QCOMPARE(inWords(report.host), u"Supabase (told by the role supabase_admin)"_s);
    QVERIFY(report.host.isReserved(u"supabase_functions_admin"_s));
    QVERIFY(!report.host.isReserved(u"bob"_s));
}

/// To try it would fail the restore.
void TestPlatform::whatTheHostReservesIsNotMade()
{
    QByteArray text = m_dump;
    const QByteArray end = "--\n-- PostgreSQL database dump complete";
    text.replace(end, "GRANT SELECT ON TABLE public.profiles TO service_role;\n\n"
                      "GRANT SELECT ON TABLE public.profiles TO carol;\n\n" +
                          end);
    RestorePlan wanted = plan(write(text));
    wanted.makeRoles = true;
    const PreflightReport report = preflight(wanted);
    QCOMPARE(report.missing.roles, QStringList{u"carol"_s});
    QCOMPARE(report.missing.reserved, QStringList{u"service_role"_s});
    const RestoreReceipt receipt = carryOut(wanted);
    const QString made = ask("SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolname IN"
                             " ('carol', 'service_role')");
    admin("DROP OWNED BY carol");
    m_server->execute(u"postgres"_s, "DROP ROLE carol");
    QCOMPARE(made, u"carol"_s);
    QVERIFY2(receipt.verdict == Verdict::Differences, reason(receipt));
    QVERIFY2(
        receipt.notes.contains(u"rights of service_role left out: this server has no such role"_s),
        reason(receipt));
}

void TestPlatform::withoutItTheRestIsProven_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<RestoreMode>("mode");
    QTest::newRow("beside") << QStringList() << RestoreMode::Replace;
    QTest::newRow("in place") << QStringList() << RestoreMode::InPlace;
    QTest::newRow("made with --clean")
        << QStringList{u"--clean"_s, u"--if-exists"_s} << RestoreMode::Replace;
    QTest::newRow("made with --inserts") << QStringList{u"--inserts"_s} << RestoreMode::Replace;
}

void TestPlatform::withoutItTheRestIsProven()
{
    QFETCH(QStringList, options);
    QFETCH(RestoreMode, mode);
    admin("DELETE FROM auth.users WHERE id > 50; TRUNCATE storage.objects;"
          "INSERT INTO storage.objects SELECT g, g FROM generate_series(1, 20) g;"
          "INSERT INTO public.profiles SELECT g, 'n' || g"
          " FROM generate_series(11, 50) g");
    const QString file = write(options.isEmpty() ? m_dump : dumpAll(options));
    admin("INSERT INTO auth.users VALUES (51, 'came after', 'aal2');"
          "DELETE FROM public.profiles WHERE id > 10");
    const QString before = platformState();
    const RestoreReceipt receipt = carryOut(plan(file, mode));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(platformState(), before);
    QCOMPARE(ask("SELECT count(*) FROM public.profiles"), u"50"_s);
    QCOMPARE(ask("SELECT count(*) FROM public.mails"), u"50"_s);
    QCOMPARE(receipt.tables.size(), 1);
    QVERIFY2(receipt.notes.contains(u"schemas auth, storage left out: 2 tables with 70 rows of the "
                                    "backup are not restored, and what is there stays as it is, "
                                    "rights included"_s),
             reason(receipt));
    QVERIFY2(!receipt.notes.join(u'\n').contains(u"no part of this restore"_s), reason(receipt));
}

void TestPlatform::whatIsMissingOnItsTablesIsTold_data()
{
    QTest::addColumn<QByteArray>("gone");
    QTest::addColumn<QString>("thing");
    QTest::newRow("policy") << QByteArray("DROP POLICY mine ON storage.objects")
                            << u"policy mine on storage.objects"_s;
    QTest::newRow("rule") << QByteArray("DROP RULE no_deletes ON storage.objects")
                          << u"rule no_deletes on storage.objects"_s;
    QTest::newRow("index") << QByteArray("DROP INDEX auth.users_level")
                           << u"index auth.users_level"_s;
    QTest::newRow("one function of two") << QByteArray("DROP FUNCTION auth.find(integer, text)")
                                         << u"function auth.find(a integer, b text)"_s;
    QTest::newRow("row level security")
        << QByteArray("ALTER TABLE storage.objects DISABLE ROW LEVEL SECURITY")
        << u"row level security on storage.objects"_s;
    QTest::newRow("constraint of a domain")
        << QByteArray("ALTER DOMAIN auth.mail DROP CONSTRAINT has_at")
        << u"constraint has_at on auth.mail"_s;
    QTest::newRow("statistics") << QByteArray("DROP STATISTICS auth.kinds")
                                << u"statistics auth.kinds"_s;
    QTest::newRow("cast") << QByteArray("DROP CAST (auth.level AS integer)")
                          << u"cast (auth.level AS integer)"_s;
    QTest::newRow("view") << QByteArray("DROP VIEW auth.emails") << u"view auth.emails"_s;
    QTest::newRow("constraint") << QByteArray(
                                       "ALTER TABLE auth.users DROP CONSTRAINT users_email_key")
                                << u"constraint users_email_key on auth.users"_s;
    QTest::newRow("trigger") << QByteArray("DROP TRIGGER greet ON auth.users")
                             << u"trigger greet on auth.users"_s;
}

void TestPlatform::whatIsMissingOnItsTablesIsTold()
{
    QFETCH(QByteArray, gone);
    QFETCH(QString, thing);
    admin("CREATE SCHEMA hooks; CREATE FUNCTION hooks.greet() RETURNS trigger LANGUAGE plpgsql AS"
          " 'BEGIN RETURN NEW; END'; CREATE TRIGGER greet AFTER INSERT ON auth.users FOR EACH ROW"
          " EXECUTE FUNCTION hooks.greet(); ALTER SCHEMA hooks OWNER TO app;"
          "ALTER FUNCTION hooks.greet() OWNER TO app; DELETE FROM auth.users WHERE id = 51");
    RestorePlan wanted = plan(write(dumpAll()));
    admin(gone);
    wanted.leaveOut.append(u"hooks"_s); // live things outside use it
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Differences, reason(receipt));
    const auto told = receipt.notes.filter(u"is not made"_s);
    QCOMPARE(told.size(), 1);
    QVERIFY2(told.first().startsWith(thing + u" is not made: schema "_s), reason(receipt));
    QVERIFY2(told.first().endsWith(u" is left out, and has none"_s), reason(receipt));
}

void TestPlatform::aCopyIsWithoutIt()
{
    const QString before = platformState();
    admin("DROP POLICY mine ON storage.objects");
    const RestoreReceipt receipt = carryOut(plan(write(m_dump), RestoreMode::Copy));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(platformState(), before);
    QCOMPARE(receipt.tables.size(), 1);
    QCOMPARE(ask("SELECT count(*) FROM public.profiles"), u"10"_s);
    QCOMPARE(ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%\\_copy\\_%'"), u"1"_s);
}

void TestPlatform::namesThatAreNotThereAreRefused_data()
{
    QTest::addColumn<QStringList>("leaveOut");
    QTest::addColumn<QString>("words");
    QTest::newRow("misspelt") << QStringList{u"auth"_s, u"strage"_s}
                              << u"has no such schema; it has auth, storage, public"_s;
    QTest::newRow("all of it") << QStringList{u"auth"_s, u"storage"_s, u"public"_s}
                               << u"nothing of it is left to restore"_s;
    QTest::newRow("one is not enough")
        << QStringList{u"auth"_s} << u"storage: it belongs to supabase_admin"_s;
    QTest::newRow("not on the server")
        << QStringList{u"auth"_s, u"storage"_s, u"lost"_s} << u"without that wish it is restored"_s;
}

void TestPlatform::namesThatAreNotThereAreRefused()
{
    QFETCH(QStringList, leaveOut);
    QFETCH(QString, words);
    const QString before = platformState();
    QByteArray text = m_dump;
    if (leaveOut.contains(u"lost"_s))
        text.replace("CREATE SCHEMA auth;", "CREATE SCHEMA lost;\n\nCREATE SCHEMA auth;");
    RestorePlan wanted = plan(write(text));
    wanted.leaveOut = leaveOut;
    const RestoreReceipt receipt = carryOut(wanted);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error && describe(*receipt.error).contains(words), reason(receipt));
    QCOMPARE(platformState(), before);
    QCOMPARE(ask("SELECT count(*) FROM public.profiles"), u"10"_s);
}

void TestPlatform::theWholeDatabaseIsNotSwappedWithoutIt()
{
    const RestoreReceipt receipt = carryOut(plan(write(m_dump), RestoreMode::ReplaceDatabase));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error && receipt.error->detail.contains(u"would be gone"_s), reason(receipt));
}

/// Dumps before 2018: what comes behind could be anywhere.
void TestPlatform::whatSaysNoSchemaCannotBeLeftOut()
{
    QByteArray text = m_dump;
    text.replace("CREATE SCHEMA auth;",
                 "CREATE SCHEMA auth;\n\nSET search_path = auth, pg_catalog;");
    const QString before = platformState();
    const RestoreReceipt receipt = carryOut(plan(write(text)));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error && receipt.error->detail.contains(u"without their schema"_s),
             reason(receipt));
    QCOMPARE(platformState(), before);
}

void TestPlatform::rowsThatAreChangedThereAreRefused()
{
    QByteArray text = m_dump;
    text.replace("--\n-- PostgreSQL database dump complete",
                 "DELETE FROM auth.users;\n\n--\n-- PostgreSQL database dump complete");
    const QString before = platformState();
    const RestoreReceipt receipt = carryOut(plan(write(text)));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error && receipt.error->kind == ErrorKind::Refused, reason(receipt));
    QCOMPARE(platformState(), before);
}

/// And so nobody makes the platform's roles.
void TestPlatform::whatOnlyItNeedsIsNotMissing()
{
    QByteArray text = m_dump;
    text.replace("OWNER TO supabase_auth_admin", "OWNER TO auth_of_elsewhere")
        .replace("ON storage.objects FOR SELECT TO authenticated",
                 "ON storage.objects FOR SELECT TO files_of_elsewhere")
        .replace("GRANT SELECT ON TABLE auth.emails TO authenticated",
                 "GRANT SELECT ON TABLE auth.emails TO mails_of_elsewhere");
    QCOMPARE(text.count("_of_elsewhere"), m_dump.count("OWNER TO supabase_auth_admin") + 2);
    RestorePlan wanted = plan(write(text));
    wanted.makeRoles = true;
    QCOMPARE(said(preflight(wanted).missing), QString());
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(ask("SELECT count(*) FROM pg_roles WHERE rolname LIKE '%elsewhere'"), u"0"_s);
}

void TestPlatform::onAServerOfOnesOwnAllOfItComesBack()
{
    m_server->createDatabase(u"at_home"_s);
    RestorePlan home = plan(write(m_dump));
    home.target = m_server->connectionString(u"at_home"_s);
    home.leaveOut.clear();
    // Twice: what is there then is the superuser's to replace.
    for (int round = 0; round < 2; ++round) {
        home.plannedAt = home.plannedAt.addSecs(round);
        home.id = freshRestoreId(home.plannedAt);
        const RestoreReceipt receipt = carryOut(home);
        QVERIFY2(receipt.verdict == Verdict::Differences, reason(receipt));
        QCOMPARE(receipt.notes.filter(u"left out"_s),
                 (QStringList{u"publication supabase_realtime left out"_s,
                              u"event trigger watch left out"_s}));
        QCOMPARE(receipt.tables.size(), 3);
    }
    QCOMPARE(m_server->scalar(u"at_home"_s, "SELECT count(*) FROM auth.users"), u"50"_s);
}

/// Functions of the host's own stand beside the extension's, so that the dump fills the schema.
void TestPlatform::theSchemaOfAnExtensionStays()
{
    admin("CREATE SCHEMA extensions AUTHORIZATION app;"
          "CREATE EXTENSION pgcrypto WITH SCHEMA extensions;"
          "CREATE FUNCTION extensions.grant_it() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
          "ALTER FUNCTION extensions.grant_it() OWNER TO bob");
    RestorePlan wanted = plan(write(dumpAll()));
    const PreflightReport report = preflight(wanted);
    QCOMPARE(report.platform.size(), 1);
    QCOMPARE(report.platform.first().name, u"extensions"_s);
    QCOMPARE(report.platform.first().reason, u"extension pgcrypto lives in it"_s);
    wanted.leaveOut = report.leftOut;
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(ask("SELECT count(*) FROM pg_extension WHERE extname = 'pgcrypto'"), u"1"_s);
}

void TestPlatform::whatReachesAcrossIsRefused_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("words");
    const QString parts = u"are parts of one table, and only one of them is left out"_s;
    QTest::newRow("partition") << QByteArray("ALTER TABLE ONLY auth.users ATTACH PARTITION "
                                             "public.profiles FOR VALUES FROM (1) TO (2)")
                               << u"auth.users and public.profiles "_s + parts;
    QTest::newRow("partitioned") << QByteArray("ALTER TABLE ONLY public.profiles ATTACH PARTITION "
                                               "auth.users FOR VALUES FROM (1) TO (2)")
                                 << parts;
    QTest::newRow("index") << QByteArray("ALTER INDEX auth.users_level ATTACH PARTITION public.i")
                           << parts;
    QTest::newRow("child") << QByteArray("CREATE TABLE public.kid (a integer) INHERITS "
                                         "(public.profiles, auth.users)")
                           << parts;
    QTest::newRow("made as a partition")
        << QByteArray("CREATE TABLE public.kid PARTITION OF auth.users DEFAULT") << parts;
    QTest::newRow("rights in both")
        << QByteArray("GRANT USAGE ON SCHEMA public, auth TO authenticated")
        << u"it gives rights in schemas that are left out and in others"_s;
}

void TestPlatform::whatReachesAcrossIsRefused()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, words);
    QByteArray text = m_dump;
    const QByteArray end = "--\n-- PostgreSQL database dump complete";
    text.replace(end, sql + ";\n\n" + end);
    const QString before = platformState();
    const RestoreReceipt receipt = carryOut(plan(write(text)));
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QVERIFY2(receipt.error && receipt.error->detail.contains(words), reason(receipt));
    QCOMPARE(platformState(), before);
}

void TestPlatform::anExtensionInItIsNotMade_data()
{
    QTest::addColumn<QByteArray>("extension");
    QTest::newRow("offered") << QByteArray("hstore");
    QTest::newRow("not offered") << QByteArray("of_the_host_alone");
}

void TestPlatform::anExtensionInItIsNotMade()
{
    QFETCH(QByteArray, extension);
    QByteArray text = m_dump;
    text.replace("CREATE TYPE auth.level", "CREATE EXTENSION IF NOT EXISTS " + extension +
                                               " WITH SCHEMA auth;\n\nCREATE TYPE auth.level");
    const RestorePlan wanted = plan(write(text));
    QCOMPARE(said(preflight(wanted).missing), QString());
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Differences, reason(receipt));
    QVERIFY2(receipt.notes.contains(u"extension %1 is not made: schema auth is left out, and has "
                                    "none"_s.arg(QString::fromUtf8(extension))),
             reason(receipt));
    QCOMPARE(ask("SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'"), u"0"_s);
}

void TestPlatform::whoMaySwapDatabasesMayNotSwapAService()
{
    admin("DROP EVENT TRIGGER watch; DROP PUBLICATION supabase_realtime");
    RestorePlan all = plan(write(dumpAll()), RestoreMode::ReplaceDatabase);
    all.leaveOut.clear();
    m_server->execute(u"postgres"_s, "ALTER ROLE app CREATEDB");
    const PreflightReport report = preflight(all);
    const RestoreReceipt receipt = carryOut(all);
    m_server->execute(u"postgres"_s, "ALTER ROLE app NOCREATEDB");
    QVERIFY(report.way.noDatabase && report.hindrance);
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->advice, Advice::LeaveSchemasOut);
    QCOMPARE(receipt.error->subject, u"schemas auth, storage"_s);
}

void TestPlatform::aColleaguesSchemaComesBackWithTheDatabase()
{
    admin("DROP SCHEMA auth, storage CASCADE; DROP PUBLICATION supabase_realtime;"
          "CREATE SCHEMA bob AUTHORIZATION bob; CREATE TABLE bob.notes (id integer);"
          "INSERT INTO bob.notes VALUES (1); ALTER TABLE bob.notes OWNER TO bob;"
          "DELETE FROM public.profiles");
    RestorePlan all = plan(write(dumpAll()), RestoreMode::ReplaceDatabase);
    all.leaveOut.clear();
    m_server->execute(u"postgres"_s, "ALTER ROLE app CREATEDB");
    const PreflightReport report = preflight(all);
    m_server->execute(u"postgres"_s, "ALTER ROLE app NOCREATEDB");
    QVERIFY(!report.hindrance && !report.blocker);
    QCOMPARE(report.way.proposed, RestoreMode::ReplaceDatabase);
    QCOMPARE(report.schemas.size(), 2);
    QVERIFY(!report.way.isPossible(RestoreMode::Replace));
    QVERIFY(!report.way.isPossible(RestoreMode::InPlace));
    QCOMPARE(report.platform.first().reason, u"it belongs to bob"_s);
}

MAYDAY_TEST(TestPlatform);
#include "tst_platform.moc"
