// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/platformcase.h"
#include "core/task.h"
#include "restore/putback.h"
#include "support/testmain.h"

#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Triggers on the host's tables that call a function of the application.
class TestOutsideTriggers : public QObject, protected PlatformCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { makeDatabase(); }
    void signUpsReachTheRestoredTablesAndBack();
    void aTriggerThatCannotFollowIsTold_data();
    void aTriggerThatCannotFollowIsTold();
    void aPutBackTellsWhatStaysBehind();
    void whoeverWritesThereIsNotWaitedForForever();
    void thoseOfPartitionsFollow();

private:
    void makeTrigger(const QByteArray &table = "auth.users")
    {
        admin("CREATE FUNCTION public.welcome() RETURNS trigger LANGUAGE plpgsql AS"
              " 'BEGIN RETURN NEW; END'; ALTER FUNCTION public.welcome() OWNER TO app;"
              "CREATE TRIGGER sign_up AFTER INSERT ON " +
              table + " FOR EACH ROW EXECUTE FUNCTION public.welcome()");
    }
    /// In which schemas the functions are that are called.
    QString calls()
    {
        return ask("SELECT string_agg(DISTINCT n.nspname, ' ') FROM pg_trigger t"
                   " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n"
                   " ON n.oid = p.pronamespace WHERE tgname = 'sign_up'");
    }
};

/// How sign-ups reach the application's own tables on one well-known host.
void TestOutsideTriggers::signUpsReachTheRestoredTablesAndBack()
{
    const QByteArray names =
        "CREATE FUNCTION public.welcome() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
        " 'BEGIN INSERT INTO public.profiles VALUES (NEW.id, TG_NAME); RETURN NEW; END'";
    admin(names + "; ALTER FUNCTION public.welcome() OWNER TO app;"
                  "SET ROLE app;"
                  "CREATE TRIGGER \"On sign-up\" AFTER INSERT ON auth.users FOR EACH ROW"
                  " WHEN (NEW.id > 0) EXECUTE FUNCTION public.welcome(); RESET ROLE");
    const QString file = write(dumpAll());
    const auto calls = [this] {
        return ask("SELECT n.nspname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN"
                   " pg_namespace n ON n.oid = p.pronamespace WHERE tgname = 'On sign-up'");
    };
    const PreflightReport report = preflight(plan(file));
    QVERIFY(std::ranges::any_of(report.notes, [](const PreflightNote &note) {
        return note.text == u"Trigger On sign-up of table auth.users will call the restored "
                            "function, when the backup has it."_s &&
               note.weight == PreflightNote::Weight::Fact;
    }));
    const RestorePlan wanted = plan(file);
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QVERIFY2(receipt.notes.contains(u"Trigger On sign-up of table auth.users calls the function "
                                    "that is live now"_s),
             reason(receipt));
    QCOMPARE(calls(), u"public"_s);
    admin("INSERT INTO auth.users VALUES (60, 'sixtieth', 'aal1')");
    QCOMPARE(ask("SELECT name FROM public.profiles WHERE id = 60"), u"On sign-up"_s);

    TaskContext context;
    m_server->forgetSessions();
    const PutBackReceipt back = putBack(wanted.target, {}, SystemClock().now().addSecs(1), context);
    QVERIFY2(!back.error, back.error ? qPrintable(describe(*back.error)) : "");
    QCOMPARE(back.verdict, Verdict::Proven);
    QCOMPARE(calls(), u"public"_s);
    admin("INSERT INTO auth.users VALUES (61, 'one more', 'aal1')");
    QCOMPARE(ask("SELECT count(*) FROM public.profiles"), u"11"_s);
    // Nothing uses what is kept any more.
    const QString other = back.left.first().what.section(u' ', 1, 1).chopped(1);
    const auto gone = discardKept(wanted.target, other, context);
    QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
}

void TestOutsideTriggers::aTriggerThatCannotFollowIsTold_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    const QByteArray granted = "SELECT 1"; // with all other rights on the table
    QTest::newRow("no right") << QByteArray("REVOKE TRIGGER ON auth.users FROM app") << granted;
    QTest::newRow("switched off") << granted
                                  << QByteArray("ALTER TABLE auth.users DISABLE TRIGGER sign_up");
    QTest::newRow("not in the backup")
        << granted
        << QByteArray("CREATE FUNCTION public.newer() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN"
                      " RETURN NEW; END'; CREATE OR REPLACE TRIGGER sign_up AFTER INSERT ON"
                      " auth.users FOR EACH ROW EXECUTE FUNCTION public.newer();"
                      "ALTER FUNCTION public.newer() OWNER TO app");
}

void TestOutsideTriggers::aTriggerThatCannotFollowIsTold()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    admin(before + "; CREATE FUNCTION public.welcome() RETURNS trigger LANGUAGE plpgsql AS"
                   " 'BEGIN RETURN NEW; END'; ALTER FUNCTION public.welcome() OWNER TO app;"
                   "CREATE TRIGGER sign_up AFTER INSERT ON auth.users FOR EACH ROW EXECUTE"
                   " FUNCTION public.welcome()");
    const QString file = write(dumpAll());
    admin(after);
    const RestoreReceipt receipt = carryOut(plan(file));
    QVERIFY2(receipt.verdict == Verdict::Differences, reason(receipt));
    QVERIFY2(receipt.notes.contains(
                 u"Trigger sign_up of table auth.users goes on using the old schema"_s),
             reason(receipt));
}

void TestOutsideTriggers::aPutBackTellsWhatStaysBehind()
{
    makeTrigger();
    const RestorePlan wanted = plan(write(dumpAll()));
    QVERIFY(carryOut(wanted).verdict == Verdict::Proven);
    admin("REVOKE TRIGGER ON auth.users FROM app");
    m_server->forgetSessions();
    TaskContext context;
    const PutBackReceipt back = putBack(wanted.target, {}, SystemClock().now().addSecs(1), context);
    QVERIFY2(!back.error, back.error ? qPrintable(describe(*back.error)) : "");
    QCOMPARE(back.verdict, Verdict::Differences);
    QVERIFY2(back.notes.contains(
                 u"Trigger sign_up of table auth.users goes on using what was live until now"_s),
             qPrintable(back.notes.join(u'\n')));
    admin("GRANT TRIGGER ON auth.users TO app");
}

/// The own tables are locked all the same, so nothing is torn.
void TestOutsideTriggers::whoeverWritesThereIsNotWaitedForForever()
{
    makeTrigger("storage.objects");
    const RestorePlan wanted = plan(write(dumpAll()));
    TaskContext context;
    auto writer = postgres::Session::connect(m_server->connectionString(m_database), context);
    QVERIFY(writer &&
            writer->execute("BEGIN; UPDATE storage.objects SET owner = 2 WHERE id = 1", context));
    QElapsedTimer took;
    took.start();
    const RestoreReceipt receipt = carryOut(wanted);
    QVERIFY2(receipt.verdict == Verdict::Differences, reason(receipt));
    QVERIFY2(receipt.notes.contains(
                 u"Trigger sign_up of table storage.objects goes on using the old schema"_s),
             reason(receipt));
    QVERIFY2(!receipt.notes.join(u'\n').contains(u"still using the old tables"_s), reason(receipt));
    QVERIFY(took.elapsed() < 25000);
    QVERIFY(writer->execute("ROLLBACK", context));
}

void TestOutsideTriggers::thoseOfPartitionsFollow()
{
    admin("CREATE TABLE auth.mails (id integer) PARTITION BY RANGE (id);"
          "CREATE TABLE auth.mails1 PARTITION OF auth.mails FOR VALUES FROM (1) TO (9);"
          "CREATE TABLE auth.mails2 PARTITION OF auth.mails FOR VALUES FROM (9) TO (99);"
          "GRANT ALL ON auth.mails, auth.mails1, auth.mails2 TO app");
    makeTrigger("auth.mails");
    const QString file = write(dumpAll());
    const RestoreReceipt receipt = carryOut(plan(file));
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(calls(), u"public"_s);
    // One that is switched off would be switched on with the others.
    admin("ALTER TABLE auth.mails2 DISABLE TRIGGER sign_up");
    const RestoreReceipt second = carryOut(plan(file));
    QVERIFY2(second.verdict == Verdict::Differences, reason(second));
    QCOMPARE(ask("SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'auth.mails2'::regclass"),
             u"D"_s);
}

MAYDAY_TEST(TestOutsideTriggers);
#include "tst_outsidetriggers.moc"
