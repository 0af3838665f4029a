// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/bringbackcase.h"
#include "restore/awakening.h"
#include "restore/contentcheck.h"
#include "restore/putback.h"
#include "support/testmain.h"

#include <QJsonDocument>
#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// What comes to life with a backup and was not alive before it is named, and costs nothing.
class TestAfterwards : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void nothingIsFoundWhereNothingChanged();
    void rightsAndGuards();
    void triggersThatCallOut();
    void triggersOfADatabase();
    void triggersInPlace();
    void whoIsLetInAgain();
    void whatIsInOneOfThemOnly();
    void whatCannotBeCountedIsNamed();
    void scheduledJobs();
    void jobsOfTheBackupStayOff_data();
    void jobsOfTheBackupStayOff();
    void jobsThatCannotBeSwitchedOff();
    void theSwitchOfAJobIsNoLoss();
    void aCopyKeepsItsJobs();
    void jobsOfOthersAreHidden();
    void aForeignTableIsAWholeWord();
    void theDatabaseBeforeMayBeClosed();
    void whatWasNotThereBefore();
    void aLockDelaysNothing();
    void aCopyWakesNobody();

private:
    [[nodiscard]] RestoreReceipt restored(const QString &file,
                                          RestoreMode mode = RestoreMode::Replace)
    {
        RestorePlan plan = m_shop->plan(file);
        plan.mode = mode;
        if (mode == RestoreMode::Tables)
            plan.tables = {{u"cron"_s, u"job"_s}};
        plan.safetyFolder = m_folder.path();
        const SystemClock clock;
        TaskContext context;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }
    [[nodiscard]] static QStringList found(const RestoreReceipt &receipt)
    {
        return receipt.afterwards ? receipt.afterwards->found : QStringList{u"not looked"_s};
    }

    /// Two jobs that are on, and one that is off.
    void makeJobs()
    {
        m_shop->run("CREATE SCHEMA cron; CREATE TABLE cron.job (jobid bigint PRIMARY KEY, command"
                    " text, active boolean NOT NULL DEFAULT true); INSERT INTO cron.job VALUES"
                    " (1, 'CALL s3cret()', true), (2, 'VACUUM', true), (3, 'x', false)");
    }
    [[nodiscard]] QString dumpWithJobs(const QStringList &more = {}) const
    {
        return m_shop->writeDump(
            m_shop->dumpOf(QStringList{u"--schema=public"_s, u"--schema=cron"_s} + more),
            u"jobs.sql"_s);
    }
    [[nodiscard]] QString jobs() const
    {
        return m_shop->ask("SELECT string_agg(jobid || CASE WHEN active THEN ' on' ELSE ' off' END,"
                           " ', ' ORDER BY jobid) FROM cron.job");
    }

    QTemporaryDir m_folder;
    std::unique_ptr<tests::TempPostgres> m_server;
    std::unique_ptr<Shop> m_shop;
};

void TestAfterwards::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->execute(u"postgres"_s, "CREATE ROLE reader; CREATE ROLE clerk");
}

void TestAfterwards::init()
{
    m_shop = std::make_unique<Shop>(*m_server, 5);
}

void TestAfterwards::nothingIsFoundWhereNothingChanged()
{
    const RestoreReceipt receipt = restored(m_shop->writeDump(m_shop->dump()));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(found(receipt), QStringList());
    QCOMPARE(receipt.afterwards->unseen, QStringList());
    QCOMPARE(
        receipt.afterwards->looked,
        (QStringList{u"rights and row security"_s, u"triggers that call out by their own text"_s,
                     u"scheduled jobs of pg_cron"_s,
                     u"rows of tables that are called as those of users, keys or sessions"_s}));
}

void TestAfterwards::rightsAndGuards()
{
    m_shop->run("CREATE POLICY cheap ON public.products FOR SELECT TO reader USING (id < 4);"
                "GRANT SELECT, INSERT ON public.products TO reader");
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("REVOKE ALL ON public.products FROM reader;"
                "GRANT SELECT ON public.listings TO clerk;" // which is lost, and wakes nothing
                "ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;"
                "ALTER POLICY cheap ON public.products USING (id < 3);"
                "CREATE POLICY mine ON public.listings AS RESTRICTIVE USING (false)");
    QCOMPARE(found(restored(file)),
             (QStringList{u"reader may INSERT, SELECT on public.products again"_s,
                          u"policy mine on public.listings is gone again"_s,
                          u"row security on public.products is off again"_s,
                          u"policy cheap on public.products reads as in the backup again"_s}));
}

namespace {

const QByteArray webhooks =
    "CREATE SCHEMA net; CREATE FUNCTION net.http_post(text) RETURNS bigint LANGUAGE sql AS"
    " 'SELECT 1::bigint';"
    "CREATE FUNCTION public.tell() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN PERFORM"
    " net.http_post('https://example.com/hook?key=s3cret'); RETURN NEW; END $f$;"
    "CREATE FUNCTION public.queue() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN PERFORM"
    " pg_notify('orders', NEW.id::text); RETURN NEW; END $f$;"
    "CREATE FUNCTION public.quiet() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END"
    " $f$;"
    "CREATE TRIGGER gone AFTER INSERT ON public.products FOR EACH ROW EXECUTE FUNCTION tell();"
    "CREATE TRIGGER stays AFTER INSERT ON public.products FOR EACH ROW EXECUTE FUNCTION tell();"
    "CREATE TRIGGER off AFTER INSERT ON public.listings FOR EACH ROW EXECUTE FUNCTION queue();"
    "CREATE TRIGGER still AFTER INSERT ON public.listings FOR EACH ROW EXECUTE FUNCTION quiet();";
const QByteArray webhooksOff =
    "DROP TRIGGER gone ON public.products; DROP TRIGGER still ON public.listings;"
    "ALTER TABLE public.listings DISABLE TRIGGER off";
const QStringList webhooksFound{
    u"trigger off on public.listings calls out again (NOTIFY): it was switched off"_s,
    u"trigger gone on public.products calls out (HTTP): it was not there before"_s};

} // namespace

void TestAfterwards::triggersThatCallOut()
{
    m_shop->run(webhooks);
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run(webhooksOff);
    const RestoreReceipt receipt = restored(file);
    QCOMPARE(found(receipt), webhooksFound);
    m_shop->run("CREATE OR REPLACE FUNCTION public.tell() RETURNS trigger LANGUAGE plpgsql AS $f$"
                " BEGIN PERFORM net.http_post('https://new.example.com'); RETURN NEW; END $f$");
    QCOMPARE(found(restored(file)),
             (QStringList{u"trigger gone on public.products calls out as in the backup again "
                          "(HTTP): it was another one"_s,
                          u"trigger stays on public.products calls out as in the backup again "
                          "(HTTP): it was another one"_s}));
}

void TestAfterwards::triggersOfADatabase()
{
    m_shop->run(webhooks);
    const QString file = m_shop->writeDump(m_shop->dumpOf({}));
    m_shop->run(webhooksOff);
    const RestoreReceipt receipt = restored(file, RestoreMode::ReplaceDatabase);
    QCOMPARE(found(receipt), webhooksFound);
    QCOMPARE(receipt.afterwards->unseen,
             QStringList{u"who is let in again: what was live before is in another database"_s});
}

void TestAfterwards::triggersInPlace()
{
    m_shop->run(webhooks);
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run(webhooksOff);
    const RestoreReceipt receipt = restored(file, RestoreMode::InPlace);
    QCOMPARE(receipt.afterwards->unseen,
             QStringList{u"who is let in again: what was live before is gone"_s});
    const QStringList all = found(receipt);
    QCOMPARE(all.size(), 3);
    QCOMPARE(all.first(), u"trigger off on public.listings calls out (NOTIFY); whether it did "
                          "before is not known"_s);
}

void TestAfterwards::whoIsLetInAgain()
{
    m_shop->run(
        "CREATE TABLE public.users (id int PRIMARY KEY, name text, disabled_at timestamptz,"
        " banned_until timestamptz, is_active boolean DEFAULT true, status text);"
        "INSERT INTO public.users SELECT g, 's3cret' || g FROM generate_series(1, 9) g;"
        "CREATE TABLE public.api_keys (id uuid PRIMARY KEY, owner int, expires_at timestamptz);"
        "INSERT INTO public.api_keys SELECT ('00000000-0000-0000-0000-00000000000' || g)::uuid, g,"
        " CASE WHEN g = 3 THEN now() - interval '1 day' END FROM generate_series(1, 4) g;"
        "CREATE TABLE public.notes (id int PRIMARY KEY, deleted_at timestamptz);"
        "INSERT INTO public.notes VALUES (1);"
        // A type of the schema is another one on the other side; a key may be of several columns.
        "CREATE TABLE public.team_members (team public.kind, \"User\" int, revoked boolean"
        " NOT NULL DEFAULT false, PRIMARY KEY (team, \"User\"));"
        "INSERT INTO public.team_members VALUES ('a', 1), ('a', 2), ('b', 1);"
        "CREATE TABLE public.sessions (token text);"
        "CREATE TABLE public.accounts (id int PRIMARY KEY, locked boolean)");
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("UPDATE public.users SET disabled_at = now() WHERE id = 1;"
                "UPDATE public.users SET banned_until = now() + interval '1 day' WHERE id = 2;"
                "UPDATE public.users SET banned_until = now() - interval '1 day' WHERE id = 3;"
                "UPDATE public.users SET is_active = false WHERE id = 4;"
                "UPDATE public.users SET status = 'Suspended' WHERE id = 5;"
                "UPDATE public.users SET name = 'new' WHERE id = 6;"
                "DELETE FROM public.users WHERE id = 7;"
                "DELETE FROM public.api_keys WHERE owner IN (2, 3, 4);" // one had expired
                "UPDATE public.notes SET deleted_at = now();"
                "UPDATE public.team_members SET revoked = true WHERE team = 'a';"
                "ALTER TABLE public.accounts RENAME COLUMN id TO number");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(found(receipt),
             (QStringList{u"2 rows of public.api_keys that were deleted are there again"_s,
                          u"2 rows of public.team_members that were shut out (revoked) are in "
                          "again"_s,
                          u"4 rows of public.users that were shut out (disabled_at, banned_until, "
                          "is_active, status) are in again"_s,
                          u"1 row of public.users that was deleted is there again"_s}));
    QCOMPARE(receipt.afterwards->unseen,
             (QStringList{u"public.accounts: it had another primary key"_s,
                          u"public.sessions: it has no primary key"_s}));
    QVERIFY(!QJsonDocument(toJson(receipt)).toJson().contains("s3cret"));
}

/// The column, or the table, is only in the backup or only in what was live before.
void TestAfterwards::whatIsInOneOfThemOnly()
{
    m_shop->run("CREATE TABLE public.users (id int PRIMARY KEY, banned_at timestamptz);"
                "INSERT INTO public.users SELECT generate_series(1, 5);"
                "CREATE TABLE public.api_keys (secret text, revoked boolean);"
                "INSERT INTO public.api_keys VALUES ('a', false), ('b', NULL), ('c', true);"
                "CREATE TABLE public.devices (id int PRIMARY KEY)");
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("ALTER TABLE public.users DROP COLUMN banned_at, ADD COLUMN disabled_at timestamp;"
                "UPDATE public.users SET disabled_at = now() WHERE id < 4;"
                "DROP TABLE public.api_keys; DROP TABLE public.devices");
    const RestoreReceipt receipt = restored(file);
    QCOMPARE(found(receipt),
             (QStringList{u"public.api_keys is there again, with 2 rows: there was no such table "
                          "before"_s,
                          u"3 rows of public.users that were shut out (disabled_at which the "
                          "backup lacks) are in again"_s}));
    QCOMPARE(receipt.afterwards->unseen, QStringList());
}

/// One of them hides no other.
void TestAfterwards::whatCannotBeCountedIsNamed()
{
    m_shop->run("CREATE TABLE public.accounts (id int PRIMARY KEY, banned_until time);"
                "INSERT INTO public.accounts VALUES (1, NULL), (2, NULL);"
                "CREATE TYPE public.pair AS (a int, b int);"
                "CREATE TABLE public.members (id public.pair PRIMARY KEY, disabled boolean);"
                "CREATE TABLE public.tokens (id int PRIMARY KEY) PARTITION BY LIST (id);"
                "CREATE TABLE public.tokens_1 PARTITION OF public.tokens FOR VALUES IN (1);"
                "CREATE TABLE public.users (id int PRIMARY KEY, disabled boolean);"
                "INSERT INTO public.users VALUES (1, false), (2, false)");
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("DELETE FROM public.accounts WHERE id = 1; DELETE FROM public.users WHERE id = 2;"
                "UPDATE pg_class SET reltuples = 3e6 WHERE relname = 'tokens_1'");
    const RestoreReceipt receipt = restored(file);
    QCOMPARE(found(receipt),
             (QStringList{u"1 row of public.accounts that was deleted is there again"_s,
                          u"1 row of public.users that was deleted is there again"_s}));
    QCOMPARE(receipt.afterwards->unseen,
             (QStringList{u"public.members: its primary key is of the type public.pair"_s,
                          u"public.tokens: it is too large to be looked at in passing"_s}));
}

/// Those that no backup has brought are nobody's to switch off.
void TestAfterwards::scheduledJobs()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    makeJobs();
    const QString withJobs = dumpWithJobs();
    const RestoreReceipt receipt = restored(file);
    QCOMPARE(found(receipt),
             QStringList{u"2 scheduled jobs of cron.job are active, with what was restored"_s});
    QCOMPARE(receipt.afterwards->jobsOff, QList<JobOff>());
    RestorePlan plan = m_shop->plan(withJobs);
    plan.leaveOut = {u"cron"_s};
    const SystemClock clock;
    TaskContext context;
    const RestoreReceipt without = RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    QVERIFY2(!without.error, why(without));
    QCOMPARE(without.afterwards->jobsOff, QList<JobOff>());
    QCOMPARE(jobs(), u"1 on, 2 on, 3 off"_s);
}

void TestAfterwards::jobsOfTheBackupStayOff_data()
{
    QTest::addColumn<RestoreMode>("mode");
    QTest::addColumn<bool>("byFunction");
    QTest::newRow("beside the schema") << RestoreMode::Replace << false;
    QTest::newRow("beside the schema, INSERT") << RestoreMode::Replace << true;
    QTest::newRow("beside the database") << RestoreMode::ReplaceDatabase << true;
    QTest::newRow("in place") << RestoreMode::InPlace << false;
    QTest::newRow("a missing table") << RestoreMode::Tables << false;
}

/// Until they are switched on, each by its own statement; whatever they were before.
void TestAfterwards::jobsOfTheBackupStayOff()
{
    QFETCH(RestoreMode, mode);
    QFETCH(bool, byFunction);
    makeJobs();
    if (byFunction) // as pg_cron's: it may alter where nobody may update
        m_shop->run("CREATE FUNCTION cron.alter_job(job_id bigint, active boolean) RETURNS void"
                    " LANGUAGE plpgsql AS $f$ BEGIN PERFORM set_config('cron.alters', 'on', true);"
                    " UPDATE cron.job SET active = alter_job.active WHERE jobid = job_id;"
                    " PERFORM set_config('cron.alters', 'off', true); END $f$;"
                    "CREATE FUNCTION cron.deny() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF"
                    " current_setting('cron.alters', true) IS DISTINCT FROM 'on' THEN RAISE"
                    " insufficient_privilege; END IF; RETURN NEW; END $f$;"
                    "CREATE TRIGGER deny BEFORE UPDATE ON cron.job FOR EACH ROW"
                    " EXECUTE FUNCTION cron.deny()");
    const QString file =
        mode == RestoreMode::ReplaceDatabase
            ? m_shop->writeDump(m_shop->dumpOf({}))
            : dumpWithJobs(byFunction ? QStringList{u"--inserts"_s} : QStringList());
    m_shop->run(mode == RestoreMode::Tables ? "DROP TABLE cron.job"
                                            : "ALTER TABLE cron.job DISABLE TRIGGER USER;"
                                              "UPDATE cron.job SET active = false WHERE jobid = 2");
    const RestoreReceipt receipt = restored(file, mode);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(jobs(), u"1 off, 2 off, 3 off"_s);
    QVERIFY(receipt.afterwards.has_value());
    QCOMPARE(found(receipt), QStringList());
    const QString sql = byFunction ? u"SELECT cron.alter_job(job_id := %1, active := true);"_s
                                   : u"UPDATE cron.job SET active = true WHERE jobid = %1;"_s;
    const QList<JobOff> off{
        {.id = 1, .wasActive = mode != RestoreMode::Tables, .switchOn = sql.arg(1)},
        {.id = 2, .wasActive = false, .switchOn = sql.arg(2)}};
    QCOMPARE(receipt.afterwards->jobsOff, off);
    QCOMPARE(receiptFromJson(toJson(receipt)).afterwards, receipt.afterwards);
    QVERIFY(!QJsonDocument(toJson(receipt)).toJson().contains("s3cret"));
    m_shop->run(off.last().switchOn.toUtf8());
    QCOMPARE(jobs(), u"1 off, 2 on, 3 off"_s);
}

void TestAfterwards::jobsThatCannotBeSwitchedOff()
{
    makeJobs();
    m_shop->run("CREATE FUNCTION cron.deny() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE"
                " 'nobody may'; END $f$; CREATE TRIGGER deny BEFORE UPDATE ON cron.job FOR EACH ROW"
                " WHEN (OLD.jobid = 2) EXECUTE FUNCTION cron.deny()");
    const QString file = dumpWithJobs();
    m_shop->run("DELETE FROM cron.job");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QCOMPARE(jobs(), u"1 on, 2 on, 3 off"_s);
    const QStringList notes = receipt.notes.filter(u"could not be switched off"_s);
    QCOMPARE(notes.size(), 1);
    QVERIFY2(notes.first().startsWith(u"2 scheduled jobs of cron.job came with the backup and are "
                                      "active: they could not be switched off ("_s),
             qPrintable(notes.first()));
    QCOMPARE(receipt.afterwards->jobsOff, QList<JobOff>());
    QCOMPARE(found(receipt), QStringList{u"2 scheduled jobs of cron.job are active again"_s});
}

/// Neither what came after the backup nor what is to be brought back; and a put-back has it again.
void TestAfterwards::theSwitchOfAJobIsNoLoss()
{
    makeJobs();
    const QString file = dumpWithJobs();
    m_shop->run("INSERT INTO cron.job VALUES (4, 'since', true);"
                "UPDATE cron.job SET command = 'REINDEX' WHERE jobid = 2");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    TaskContext context;
    const auto check = checkContent({.file = file, .target = m_shop->target()}, context);
    QVERIFY(check && check->isSame());
    QCOMPARE(check->leftOut(), 1);
    const Comparison comparison = compared(*m_shop);
    QCOMPARE(counts(comparison, u"job"_s), u"1/0/1"_s);
    QCOMPARE(find(comparison, u"job"_s)->pair.notComparedColumns(), QStringList{u"active"_s});
    const BringBackReceipt back = bringBack(
        m_shop->target(), {},
        {{.schema = u"cron"_s, .name = u"job"_s, .choice = TableChoice::AsBefore}}, context);
    QVERIFY2(back.verdict == Verdict::Proven, why(back));
    QCOMPARE(jobs(), u"1 off, 2 off, 3 off, 4 on"_s); // the fourth is of no backup
    QCOMPARE(m_shop->ask("SELECT command FROM cron.job WHERE jobid = 2"), u"REINDEX"_s);
    const SystemClock clock;
    const PutBackReceipt undone = putBack(m_shop->target(), {}, clock.now(), context);
    QVERIFY2(!undone.error, why(undone));
    QCOMPARE(jobs(), u"1 on, 2 on, 3 off, 4 on"_s);
}

/// It is the backup, and nobody runs its jobs; one that is brought back from it is off.
void TestAfterwards::aCopyKeepsItsJobs()
{
    makeJobs();
    const QString file = dumpWithJobs();
    m_shop->run("DELETE FROM cron.job WHERE jobid = 1");
    const RestoreReceipt receipt = restored(file, RestoreMode::Copy);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY(!receipt.afterwards);
    const Comparison comparison = compared(*m_shop);
    const QByteArray copy = find(comparison, u"job"_s)->pair.keptTable().toUtf8();
    QCOMPARE(m_shop->ask("SELECT count(*) FROM " + copy + " WHERE active"), u"2"_s);
    TaskContext context;
    const BringBackReceipt back = bringBack(
        m_shop->target(), {},
        {{.schema = u"cron"_s, .name = u"job"_s, .choice = TableChoice::AddMissing}}, context);
    QVERIFY2(back.verdict == Verdict::Proven, why(back));
    QCOMPARE(jobs(), u"1 off, 2 on, 3 off"_s);
}

/// pg_cron lets everybody see their own jobs, and no others.
void TestAfterwards::jobsOfOthersAreHidden()
{
    m_shop->run("CREATE SCHEMA cron; CREATE TABLE cron.job (jobid bigint PRIMARY KEY, active"
                " boolean, username text DEFAULT 'postgres'); INSERT INTO cron.job VALUES"
                " (1, true, 'postgres'), (2, true, 'postgres'), (3, true, 'clerk');"
                "ALTER TABLE cron.job ENABLE ROW LEVEL SECURITY;"
                "CREATE POLICY own ON cron.job USING (username = current_user);"
                "GRANT USAGE ON SCHEMA cron TO clerk; GRANT SELECT ON cron.job TO clerk");
    TaskContext context;
    auto session = postgres::Session::connect(m_shop->target(), context);
    QVERIFY(session && session->execute("SET SESSION AUTHORIZATION clerk", context));
    const Afterwards own = Awakening({u"public"_s}, {}).look(*session, context);
    QCOMPARE(own.found,
             QStringList{u"1 scheduled job of cron.job is active, with what was restored"_s});
    QCOMPARE(own.unseen, QStringList{u"scheduled jobs of others: this login sees its own only"_s});
    QVERIFY(!own.looked.join(u' ').contains(u"jobs"_s));
    // Of those before, too.
    m_shop->run("ALTER SCHEMA cron RENAME TO kept; CREATE SCHEMA cron;"
                "CREATE TABLE cron.job (jobid bigint, active boolean);"
                "INSERT INTO cron.job VALUES (1, true);"
                "GRANT USAGE ON SCHEMA cron TO clerk; GRANT SELECT ON cron.job TO clerk");
    const Afterwards both =
        Awakening({u"public"_s}, {{u"cron"_s, u"kept"_s}}).look(*session, context);
    QCOMPARE(both.found, QStringList());
    QCOMPARE(both.unseen,
             QStringList{u"scheduled jobs: this login may not see all that were there before"_s});
}

void TestAfterwards::aForeignTableIsAWholeWord()
{
    m_shop->run("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
                "CREATE SCHEMA far; CREATE FOREIGN TABLE far.or (id int) SERVER s;"
                "CREATE FOREIGN TABLE far.\"a+b\" (id int) SERVER s;"
                "CREATE FUNCTION public.inside() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
                " NEW.name := 'ordinary'; RETURN NEW; END $f$;"
                "CREATE FUNCTION public.outside() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
                " INSERT INTO far.\"a+b\" VALUES (NEW.id); RETURN NEW; END $f$;"
                "CREATE TRIGGER one AFTER INSERT ON public.products FOR EACH ROW EXECUTE FUNCTION"
                " inside();"
                "CREATE TRIGGER two AFTER INSERT ON public.products FOR EACH ROW EXECUTE FUNCTION"
                " outside()");
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("DROP TRIGGER one ON public.products; DROP TRIGGER two ON public.products");
    QCOMPARE(found(restored(file)),
             QStringList{u"trigger two on public.products calls out (a foreign table): it was not "
                         "there before"_s});
}

void TestAfterwards::theDatabaseBeforeMayBeClosed()
{
    TaskContext context;
    auto session = postgres::Session::connect(m_shop->target(), context);
    QVERIFY(session);
    m_shop->run(webhooks);
    Awakening awakening({u"public"_s}, {});
    awakening.setBeforeGone(u"shop_old cannot be asked what was live before"_s);
    const Afterwards seen = awakening.look(*session, context);
    QCOMPARE(seen.found.size(), 3);
    QCOMPARE(seen.unseen,
             QStringList{u"who is let in again: shop_old cannot be asked what was live "
                         "before"_s});
    QVERIFY(session->isOpen());
}

/// A schema that was not there before has no tables to compare with, and is no cause for alarm.
void TestAfterwards::whatWasNotThereBefore()
{
    m_shop->run("CREATE TABLE public.users (id int PRIMARY KEY, disabled boolean);"
                "INSERT INTO public.users VALUES (1, false)");
    const QString file = m_shop->writeDump(m_shop->dump());
    m_shop->run("DROP SCHEMA public CASCADE");
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(!receipt.error, why(receipt));
    QCOMPARE(found(receipt), QStringList());
}

/// A question that has to wait is given up; the restore is what it is all the same.
void TestAfterwards::aLockDelaysNothing()
{
    m_shop->run("CREATE TABLE public.users (id int PRIMARY KEY, disabled boolean);"
                "INSERT INTO public.users VALUES (1, false)");
    const QString file = m_shop->writeDump(m_shop->dump());
    TaskContext context;
    auto other =
        postgres::Session::connect(m_server->connectionString(m_shop->database()), context);
    QVERIFY(other);
    QVERIFY(other->execute("BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE", context));
    const RestoreReceipt receipt = restored(file);
    QVERIFY2(!receipt.error, why(receipt));
    QCOMPARE(found(receipt), QStringList());
    QCOMPARE(receipt.afterwards->unseen.size(), 1);
    QVERIFY2(receipt.afterwards->unseen.first().startsWith(u"public.users: "_s),
             qPrintable(receipt.afterwards->unseen.first()));
    QVERIFY(receipt.afterwards->looked.contains(u"scheduled jobs of pg_cron"_s));
    QCOMPARE(receipt.notes.filter(u"statistics"_s), QStringList()); // they came in full
}

void TestAfterwards::aCopyWakesNobody()
{
    const RestoreReceipt receipt = restored(m_shop->writeDump(m_shop->dump()), RestoreMode::Copy);
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QVERIFY(!receipt.afterwards);
}

MAYDAY_TEST(TestAfterwards);
#include "tst_afterwards.moc"
