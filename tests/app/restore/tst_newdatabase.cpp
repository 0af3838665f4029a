// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "app/restore/restorefixture.h"
#include "restore/keptexpiry.h"
#include "restore/preflight.h"
#include "restore/putback.h"
#include "restore/restorerecord.h"
#include "restore/settlement.h"
#include "restore/sidedatabase.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

#include <csignal>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// A backup in a database of its own that nothing is swapped for: for whoever may create databases
/// and not rename the live one, and by choice. The live one is as it was, whatever comes of it.
class TestNewDatabase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { m_shop = std::make_unique<Shop>(m_ctl->server(), 2000); }
    void whoMayNotRenameTheLiveOneGetsANewOne();
    void whoeverMayConnectToTheLiveOneMayConnect();
    void settingsOfOtherRolesAreNamedWhereTheyStay();
    void whatTheBackupLacksIsNamed();
    void theNextRestoreLeavesItAlone();
    void itGoesByHandAloneAndNeverFromUnderSomebody();
    void aLineCutAtTheLastWordEndsTruly_data();
    void aLineCutAtTheLastWordEndsTruly();
    void aStopAtTheLastWordLeavesNothing();
    void aKillBeforeTheEndIsToldTruly();
    void theProgramTellsHowToConnect();

private:
    [[nodiscard]] RestorePlan planOf(const postgres::ConnectionString &target) const
    {
        RestorePlan plan = m_shop->plan(m_shop->writeDump(m_shop->dump()));
        plan.target = target;
        plan.mode = RestoreMode::NewDatabase;
        plan.connections = 2;
        return plan;
    }
    [[nodiscard]] static RestoreReceipt run(const RestorePlan &plan, TaskContext context = {})
    {
        const SystemClock clock;
        return RestoreRunner(plan, clock, {}).run(std::nullopt, context);
    }
    /// Databases of this shop beside its own.
    [[nodiscard]] QStringList others() const
    {
        return m_ctl->server()
            .scalar(u"postgres"_s,
                    "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database"
                    " WHERE datname LIKE '" +
                        m_shop->database().toUtf8() + "\\_%'")
            .split(u' ', Qt::SkipEmptyParts);
    }
    [[nodiscard]] postgres::ConnectionString as(const QString &user) const
    {
        QString text = m_shop->target().withoutPassword();
        text.replace(QRegularExpression(u"user=('[^']*'|\\S+)"_s), u"user="_s + user);
        return postgres::ConnectionString::parse(text).value().withPassword(Secret("m"));
    }
    [[nodiscard]] QList<KeptSchema> kept() const
    {
        TaskContext context;
        auto session = postgres::Session::connect(m_shop->target(), context);
        return allKept(*session, context).value();
    }
    [[nodiscard]] QString count(const QString &database) const
    {
        return m_ctl->server().scalar(database, "SELECT count(*) FROM public.products");
    }

    std::unique_ptr<tests::Ctl> m_ctl;
    std::unique_ptr<Shop> m_shop;
};

void TestNewDatabase::initTestCase()
{
    m_ctl = std::make_unique<tests::Ctl>();
    m_ctl->server().execute(u"postgres"_s,
                            "CREATE ROLE maker LOGIN CREATEDB PASSWORD 'm';"
                            "CREATE ROLE reader LOGIN PASSWORD 'm'; CREATE ROLE stranger;"
                            "CREATE ROLE landlord");
}

void TestNewDatabase::whoMayNotRenameTheLiveOneGetsANewOne()
{
    const RestorePlan plan = planOf(as(u"maker"_s));
    m_shop->run("DELETE FROM public.listings");
    const QString before = m_shop->liveState();
    RestorePlan swapping = plan;
    swapping.mode = RestoreMode::ReplaceDatabase;
    const RestoreReceipt refused = run(swapping);
    QCOMPARE(refused.verdict, Verdict::NotRestored);
    QVERIFY2(refused.error->detail.contains(u"a new one that is left beside it"_s), why(refused));
    QCOMPARE(others(), QStringList());

    const RestoreReceipt receipt = run(plan);

    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(receipt.mode, u"new-database"_s);
    QCOMPARE(receipt.rowsRestored(), 4000);
    QCOMPARE(m_shop->liveState(), before);
    QCOMPARE(others().size(), 1);
    const QString made = others().front();
    QCOMPARE(made, plan.keptSchemaName(m_shop->database()));
    QVERIFY(made.startsWith(m_shop->database() + u"_restored_"_s));
    QVERIFY2(!receipt.connection.contains(u"password"_s), qPrintable(receipt.connection));
    QCOMPARE(receiptFromJson(toJson(receipt)).connection, receipt.connection);
    const auto there = postgres::ConnectionString::parse(receipt.connection).value();
    QCOMPARE(there.database(), made);
    TaskContext context;
    auto session = postgres::Session::connect(there.withPassword(Secret("m")), context);
    QVERIFY2(session, session ? "" : qPrintable(describe(session.error())));
    QCOMPARE(session->query("SELECT count(*) FROM public.listings", context)->integer(0, 0), 2000);
    // From full samples: nothing is done later.
    QCOMPARE(m_ctl->server().scalar(
                 made, "SELECT cardinality(histogram_bounds::text::bigint[]) FROM pg_stats"
                       " WHERE tablename = 'products' AND attname = 'id'"),
             u"101"_s);
    QCOMPARE(receipt.left.size(), 1);
    QVERIFY(receipt.left[0].what.contains(u"the backup, in a database of its own"_s));
    QVERIFY(receipt.left[0].removeWith.contains(made));
}

void TestNewDatabase::whoeverMayConnectToTheLiveOneMayConnect()
{
    const QByteArray name = m_shop->database().toUtf8();
    m_shop->run("ALTER DATABASE " + name + " OWNER TO landlord; REVOKE ALL ON DATABASE " + name +
                " FROM PUBLIC; GRANT CONNECT ON DATABASE " + name + " TO reader, maker");
    const RestoreReceipt receipt = run(planOf(as(u"maker"_s)));
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    const QByteArray made = others().front().toUtf8();
    const auto may = [&](const QByteArray &who, const QByteArray &what) {
        return m_shop->ask("SELECT has_database_privilege('" + who + "', '" + made + "', '" + what +
                           "')");
    };
    QCOMPARE(may("reader", "CONNECT"), u"t"_s);
    QCOMPARE(may("reader", "CREATE"), u"f"_s);
    QCOMPARE(may("stranger", "CONNECT"), u"f"_s);
    QCOMPARE(may("landlord", "CREATE"), u"t"_s);
}

void TestNewDatabase::settingsOfOtherRolesAreNamedWhereTheyStay()
{
    const QByteArray name = m_shop->database().toUtf8();
    m_shop->run("ALTER ROLE reader IN DATABASE " + name +
                " SET work_mem TO '7MB';"
                "ALTER DATABASE " +
                name + " SET work_mem TO '5MB'");
    const RestoreReceipt receipt = run(planOf(as(u"maker"_s)));
    QVERIFY2(receipt.verdict == Verdict::Differences, why(receipt));
    QVERIFY2(receipt.notes.join(u' ').contains(u"the new one lacks: work_mem of role reader"_s),
             why(receipt));
    QCOMPARE(m_ctl->server().scalar(others().front(), "SHOW work_mem"), u"5MB"_s);
}

void TestNewDatabase::whatTheBackupLacksIsNamed()
{
    const RestorePlan plan = planOf(m_shop->target());
    m_shop->run("CREATE SCHEMA reports; CREATE TABLE reports.daily ()");
    const RestoreReceipt receipt = run(plan);
    QCOMPARE(receipt.verdict, Verdict::Differences);
    QVERIFY2(receipt.notes.join(u' ').contains(u"the backup has it not: schema reports"_s),
             why(receipt));
    QCOMPARE(count(others().front()), u"2000"_s);
}

/// By choice: the login may swap, and does so with the next one.
void TestNewDatabase::theNextRestoreLeavesItAlone()
{
    const RestorePlan plan = planOf(m_shop->target());
    m_shop->run("DELETE FROM public.products WHERE id > 10");
    for (int number = 1; number <= 2; ++number) {
        RestorePlan again = plan;
        again.id = freshRestoreId(plan.plannedAt);
        const RestoreReceipt receipt = run(again);
        QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
        QCOMPARE(others().size(), number);
        QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"10"_s);
    }
    m_ctl->server().execute(others().front(), "DELETE FROM public.products WHERE id > 1500");
    RestorePlan swapping = plan;
    swapping.id = freshRestoreId(plan.plannedAt);
    swapping.mode = RestoreMode::ReplaceDatabase;
    QCOMPARE(run(swapping).verdict, Verdict::Proven);
    QCOMPARE(others().size(), 3);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"2000"_s);
    TaskContext context;
    const PutBackReceipt back = putBack(m_shop->target(), {}, SystemClock().now(), context);
    QCOMPARE(back.restore, swapping.id.text());
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"10"_s);
    QCOMPARE(count(plan.keptSchemaName(m_shop->database())), u"1500"_s);
}

void TestNewDatabase::itGoesByHandAloneAndNeverFromUnderSomebody()
{
    const RestorePlan plan = planOf(m_shop->target());
    QCOMPARE(run(plan).verdict, Verdict::Proven);
    QCOMPARE(kept().size(), 1);
    const KeptSchema made = kept().front();
    QCOMPARE(made.state, KeptState::HandedOver);
    QVERIFY(isAside(made));
    QCOMPARE(keptSince(made).secsTo(plan.plannedAt), 0);
    TaskContext context;
    auto live = postgres::Session::connect(m_shop->target(), context);
    const auto look = lookAtKept(*live, context);
    live->close();
    const QDateTime later = plan.plannedAt.addDays(900);
    const ExpiryRules rules{.keepDays = 1, .ended = {{plan.id.text(), plan.plannedAt}}};
    KeptLook aged = *look;
    aged.serverNow = later;
    QCOMPARE(fateKey(termOf(made, aged, rules, later).fate), u"by-hand"_s);
    QVERIFY(dueOf(aged, rules, later).isEmpty());
    QVERIFY(discardTogether(m_shop->target(), {made}, rules, later, context).error);
    for (const QString &restore : {plan.id.text(), QString()}) {
        const PutBackReceipt back = putBack(m_shop->target(), restore, later, context);
        QCOMPARE(back.verdict, Verdict::NotRestored);
        if (!restore.isEmpty())
            QVERIFY2(back.error->detail.contains(u"nothing to put back"_s), why(back));
    }
    {
        auto guest = postgres::Session::connect(m_shop->target().withDatabase(made.name), context);
        QVERIFY(guest);
        const auto stays = discardKept(m_shop->target(), made.name, context);
        QVERIFY(!stays);
        QCOMPARE(stays.error().kind, ErrorKind::Refused);
        QVERIFY(guest->query("SELECT 1", context)); // it was not sent away
    }
    const auto gone = discardKept(m_shop->target(), made.name, context);
    QVERIFY2(gone, gone ? "" : qPrintable(describe(gone.error())));
    QCOMPARE(others(), QStringList());
}

void TestNewDatabase::aLineCutAtTheLastWordEndsTruly_data()
{
    QTest::addColumn<StepRelay::Then>("then");
    QTest::newRow("before the server has seen it") << StepRelay::Then::Cut;
    QTest::newRow("before its answer") << StepRelay::Then::CutAfter;
}

void TestNewDatabase::aLineCutAtTheLastWordEndsTruly()
{
    QFETCH(StepRelay::Then, then);
    RestorePlan plan = planOf(m_shop->target());
    const QString before = m_shop->liveState();
    const StepRelay relay(plan.target, "RENAME TO", [then] { return then; });
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = run(plan);
    QVERIFY(relay.hasStruck());
    QVERIFY2(receipt.verdict == Verdict::Proven, why(receipt));
    QCOMPARE(others(), QStringList{plan.keptSchemaName(m_shop->database())});
    QCOMPARE(kept().front().state, KeptState::HandedOver);
    QCOMPARE(m_shop->liveState(), before);
}

void TestNewDatabase::aStopAtTheLastWordLeavesNothing()
{
    RestorePlan plan = planOf(m_shop->target());
    const QString before = m_shop->liveState();
    std::stop_source stop;
    const StepRelay relay(plan.target, "RENAME TO", [&stop] {
        stop.request_stop();
        return StepRelay::Then::GoOn;
    });
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = run(plan, TaskContext(stop.get_token()));
    QVERIFY(relay.hasStruck());
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::Cancelled);
    QVERIFY(receipt.left.isEmpty() && receipt.connection.isEmpty());
    QCOMPARE(others(), QStringList());
    QCOMPARE(m_shop->liveState(), before);
}

/// What the next start is told, and that the next restore of the file is none the worse for it.
void TestNewDatabase::aKillBeforeTheEndIsToldTruly()
{
    RestorePlan plan = planOf(m_shop->target());
    const QString before = m_shop->liveState();
    QProcess process;
    qint64 number = 0;
    const StepRelay relay(plan.target, "RENAME TO", [&number] {
        ::kill(static_cast<pid_t>(number), SIGKILL);
        return StepRelay::Then::GoOn;
    });
    m_ctl->start(process, {u"restore"_s, plan.file, u"--database"_s, u"--no-swap"_s, u"--yes"_s,
                           u"--target"_s, relay.connectionString().withoutPassword()});
    QVERIFY(process.waitForStarted());
    number = process.processId();
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitStatus(), QProcess::CrashExit);
    QCOMPARE(others().size(), 1);
    QCOMPARE(kept().front().state, KeptState::Loading);
    const RestoreId dead = RestoreId::parse(kept().front().restore).value();
    TaskContext context;
    const auto told = settlementOf(m_shop->target(), dead, context);
    QCOMPARE(told.value(), (Settlement{.committed = false, .unfinished = others().front()}));
    QCOMPARE(m_shop->liveState(), before);

    plan.id = freshRestoreId(plan.plannedAt);
    QCOMPARE(run(plan).verdict, Verdict::Proven);
    const auto done = settlementOf(m_shop->target(), plan.id, context);
    QCOMPARE(done.value(),
             (Settlement{.committed = true, .made = plan.keptSchemaName(m_shop->database())}));
    // Of one that died behind the last word.
    QList<RestoreRecord> records;
    const auto fold = [&records](const store::JournalDraft &draft) {
        store::JournalEvent event;
        event.kind = draft.kind;
        event.subject = draft.subject;
        event.data = draft.data;
        applyEvent(records, event);
    };
    fold(startedDraft(plan));
    QVERIFY(records.front().newConnection().isEmpty());
    fold(settledDraft(records.front(), *done));
    const RestoreRecord &record = records.front();
    QCOMPARE(postgres::ConnectionString::parse(record.newConnection()).value().database(),
             done->made);
    QVERIFY(!record.isInEffect() && !record.canBePutBack() && !record.canBeCompared());
}

void TestNewDatabase::theProgramTellsHowToConnect()
{
    const QString file = m_shop->writeDump(m_shop->dump());
    const QString target = m_shop->target().withoutPassword();
    const QStringList arguments{u"restore"_s, file,          u"--database"_s, u"--no-swap"_s,
                                u"--yes"_s,   u"--target"_s, target};
    QCOMPARE(m_ctl->run({u"restore"_s, file, u"--no-swap"_s, u"--target"_s, target}).code, 64);
    const tests::Answer plan = m_ctl->run(arguments + QStringList{u"--dry-run"_s});
    QVERIFY2(plan.out.contains("Loss: none while nobody switches"), plan.all());
    const tests::Answer done = m_ctl->run(arguments);
    QVERIFY2(done.code == 0, done.all());
    QVERIFY2(done.out.contains("Proven, in a database of its own"), done.all());
    QVERIFY2(done.out.contains("dbname=" + others().front().toUtf8()) ||
                 done.out.contains("dbname='" + others().front().toUtf8()),
             done.all());
    QVERIFY(!done.out.contains(m_ctl->server().password().reveal()));
    const tests::Answer list = m_ctl->run({u"kept"_s, u"--target"_s, target});
    QVERIFY2(list.out.contains("in a database of its own that may be in use"), list.all());
    const tests::Answer old =
        m_ctl->run({u"discard"_s, u"--older-than"_s, u"1"_s, u"--yes"_s, u"--target"_s, target});
    QVERIFY2(old.out.contains("Nothing is that old"), old.all());
}

MAYDAY_TEST(TestNewDatabase);
#include "tst_newdatabase.moc"
