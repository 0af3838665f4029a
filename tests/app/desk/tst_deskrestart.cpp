// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/deskfixture.h"
#include "postgres/session.h"
#include "restore/restorerunner.h"
#include "support/testmain.h"

using namespace mayday;
using namespace mayday::desk;
using namespace mayday::tests;
using namespace Qt::StringLiterals;
using restore::RestoreState;

namespace {

QByteArray dumpWith(const QByteArray &statement = {})
{
    return "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.11\n-- "
           "Dumped by pg_dump version 17.11\n\nSET client_encoding = 'UTF8';\n\nCREATE TABLE "
           "public.products (\n    id integer NOT NULL\n);\n\n" +
           statement +
           "COPY public.products (id) FROM stdin;\n1\n2\n3\n\\.\n\n--\n-- PostgreSQL database dump "
           "complete\n--\n\n";
}

} // namespace

/// The program ends in the middle of its work, and the next start says exactly what is true.
class TestDeskRestart : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theRunningIncidentIsFoundWhereItWas();
    void endedInTheMiddleOfARestore();
    void aFinishedRestoreIsNotAskedAbout();
    void anUnfinishedRestoreIsSettled_data();
    void anUnfinishedRestoreIsSettled();
    void aRestoreElsewhereIsNobodysBusiness();
    void aServerThatIsAwayIsAskedWhenItIsBack();
    void aReplacedStackFileIsReadByTheNextStart();
    void aMendedStackFileEndsThePractice();

private:
    [[nodiscard]] static restore::RestorePlan
    planFor(const DeskFixture &fixture, const QByteArray &dump, const QString &database)
    {
        const QString file = fixture.profile().backupFolder() + u"/shop.sql"_s;
        fixture.write(file, dump);
        const QDateTime now = fixture.clock.now();
        return {.id = restore::freshRestoreId(now),
                .file = file,
                .target = fixture.target(),
                .environment = u"production"_s,
                .database = database,
                .plannedAt = now};
    }
    /// What a process leaves that died after it wrote down its intention.
    static void leaveStarted(const DeskFixture &fixture, const restore::RestorePlan &plan)
    {
        QVERIFY(QDir().mkpath(fixture.profile().dataFolder));
        auto journal = store::Journal::open(fixture.profile().journalFile(), fixture.clock);
        QVERIFY(journal.has_value());
        QVERIFY((*journal)->appendNow(restore::startedDraft(plan)).has_value());
    }

    std::unique_ptr<TempPostgres> m_server;
};

void TestDeskRestart::initTestCase()
{
    m_server = std::make_unique<TempPostgres>();
}

void TestDeskRestart::theRunningIncidentIsFoundWhereItWas()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    fixture.openFire();
    const incident::IncidentId id = fixture.desk->incidents().running()->id;
    const runbook::StepId first = fixture.desk->incidents().running()->checklist.current()->id;
    fixture.desk->incidents().tick(first);
    fixture.desk->incidents().addNote(u"The bell is silent"_s);
    fixture.desk.reset(); // at once: what was asked for is on its way to the disk
    // A runbook that changed, or went, meanwhile does not take the steps away.
    QVERIFY(QDir(fixture.profile().runbookFolder()).removeRecursively());
    fixture.open();
    const incident::Incident *found = fixture.desk->incidents().running();
    QVERIFY(found);
    QCOMPARE(found->id, id);
    QCOMPARE(found->checklist.state(first), runbook::StepState::Done);
    QCOMPARE(found->checklist.current()->action, u"Leave the house"_s);
    QCOMPARE(found->timeline.last().text, u"The bell is silent"_s);
    QVERIFY(!fixture.desk->reportOf(id).isEmpty());
    fixture.desk->start();
    QVERIFY(fixture.desk->incidents().running());
    QVERIFY(fixture.errors.isEmpty());
}

void TestDeskRestart::endedInTheMiddleOfARestore()
{
    DeskFixture fixture(*m_server);
    fixture.start();
    fixture.givePassword();
    const auto plan = planFor(fixture, dumpWith("SELECT pg_catalog.pg_sleep(600);\n\n"), u"main"_s);
    fixture.desk->restores().start(plan, std::nullopt);
    const auto napping = [&] {
        return m_server->scalar(fixture.database,
                                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                "'%pg_sleep(600)%' AND application_name = 'mayday restore'");
    };
    QTRY_COMPARE_WITH_TIMEOUT(napping(), u"1"_s, 20000);
    QVERIFY(fixture.desk->restores().isBusy());
    fixture.desk.reset();
    QTRY_COMPARE_WITH_TIMEOUT(napping(), u"0"_s, 10000);
    QCOMPARE(fixture.products(), u"99"_s);

    fixture.open();
    const restore::RestoreRecord *record = fixture.desk->restores().record(plan.id);
    QVERIFY(record);
    QVERIFY(!fixture.desk->restores().isBusy());
    QVERIFY(record->state != RestoreState::Running);
    fixture.desk->start();
    fixture.givePassword();
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.desk->restores().record(plan.id)->state != RestoreState::Interrupted, 20000);
    record = fixture.desk->restores().record(plan.id);
    QVERIFY(!record->isInEffect());
    QVERIFY(record->committed != std::optional(true));
}

void TestDeskRestart::aFinishedRestoreIsNotAskedAbout()
{
    DeskFixture fixture(*m_server);
    fixture.start();
    fixture.givePassword();
    const auto plan = planFor(fixture, dumpWith(), u"main"_s);
    fixture.desk->restores().start(plan, std::nullopt);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.desk->restores().record(plan.id) &&
                                 fixture.desk->restores().record(plan.id)->state ==
                                     RestoreState::Finished,
                             20000);
    QCOMPARE(fixture.products(), u"1 2 3"_s);
    fixture.desk.reset();
    fixture.start();
    fixture.givePassword();
    QVERIFY(fixture.desk->restores().record(plan.id)->isInEffect());
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"database.main"_s), status::State::Operational, 20000);
    QVERIFY(fixture.events(u"restore.settled"_s).isEmpty());
    QCOMPARE(fixture.desk->restores().record(plan.id)->state, RestoreState::Finished);
}

void TestDeskRestart::anUnfinishedRestoreIsSettled_data()
{
    QTest::addColumn<QString>("database");
    QTest::addColumn<bool>("committed");
    QTest::newRow("by the window, before the swap") << u"main"_s << false;
    QTest::newRow("by the window, after the swap") << u"main"_s << true;
    QTest::newRow("by maydayctl, before the swap") << QString() << false;
    QTest::newRow("by maydayctl, after the swap") << QString() << true;
}

void TestDeskRestart::anUnfinishedRestoreIsSettled()
{
    QFETCH(QString, database);
    QFETCH(bool, committed);
    DeskFixture fixture(*m_server);
    const auto plan = planFor(fixture, dumpWith(), database);
    leaveStarted(fixture, plan);
    if (committed) {
        TaskContext context;
        const auto receipt =
            restore::RestoreRunner(plan, fixture.clock, {}).run(std::nullopt, context);
        QCOMPARE(receipt.verdict, restore::Verdict::Proven);
    }
    fixture.start();
    QCOMPARE(fixture.desk->restores().record(plan.id)->state, RestoreState::Interrupted);
    fixture.givePassword(); // which is what it waited for
    QTRY_COMPARE_WITH_TIMEOUT(fixture.desk->restores().record(plan.id)->state,
                              RestoreState::Settled, 20000);
    QCOMPARE(fixture.desk->restores().record(plan.id)->committed, std::optional(committed));
    QCOMPARE(fixture.desk->restores().record(plan.id)->isInEffect(), committed);
    QVERIFY(fixture.errors.isEmpty());
    // Written down, so that it is not asked again.
    fixture.desk.reset();
    fixture.open();
    QCOMPARE(fixture.desk->restores().record(plan.id)->state, RestoreState::Settled);
    QCOMPARE(fixture.events(u"restore.settled"_s).size(), 1);
}

void TestDeskRestart::aRestoreElsewhereIsNobodysBusiness()
{
    DeskFixture fixture(*m_server);
    auto plan = planFor(fixture, dumpWith(), {});
    plan.target = plan.target.withDatabase(u"postgres"_s);
    leaveStarted(fixture, plan);
    fixture.start();
    fixture.givePassword();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"database.main"_s), status::State::Operational, 20000);
    QCOMPARE(fixture.desk->restores().record(plan.id)->state, RestoreState::Interrupted);
    QVERIFY(fixture.errors.isEmpty());
}

void TestDeskRestart::aServerThatIsAwayIsAskedWhenItIsBack()
{
    DeskFixture fixture(*m_server);
    const auto plan = planFor(fixture, dumpWith(), u"main"_s);
    leaveStarted(fixture, plan);
    const QByteArray allow = "ALTER DATABASE " + fixture.database.toUtf8() + " ALLOW_CONNECTIONS ";
    m_server->execute(u"postgres"_s, allow + "false");
    fixture.start();
    fixture.givePassword();
    QTRY_VERIFY_WITH_TIMEOUT(!fixture.errors.isEmpty(), 20000); // it is said, and not given up
    QCOMPARE(fixture.desk->restores().record(plan.id)->state, RestoreState::Interrupted);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"database.main"_s), status::State::Down, 20000);
    m_server->execute(u"postgres"_s, allow + "true");
    QTRY_COMPARE_WITH_TIMEOUT(fixture.desk->restores().record(plan.id)->state,
                              RestoreState::Settled, 40000);
}

void TestDeskRestart::aReplacedStackFileIsReadByTheNextStart()
{
    DeskFixture fixture(*m_server);
    fixture.start();
    QCOMPARE(fixture.desk->stack().environment, u"production"_s);
    fixture.desk.reset();
    fixture.write(fixture.profile().stackFile(),
                  fixture.stackYaml().replace("production", "staging"));
    fixture.open();
    fixture.desk->start();
    QCOMPARE(fixture.desk->stack().environment, u"staging"_s);
}

void TestDeskRestart::aMendedStackFileEndsThePractice()
{
    DeskFixture fixture(*m_server);
    fixture.write(fixture.profile().stackFile(), "stack:\n\tname: Shop\n");
    fixture.open();
    fixture.desk->start();
    QVERIFY(fixture.desk->stackError().has_value());
    fixture.desk.reset();
    fixture.start();
    QVERIFY(!fixture.desk->stackError());
    QVERIFY(!fixture.desk->isPractice());
    QCOMPARE(fixture.desk->practice().phase(), PracticePhase::Off);
}

MAYDAY_TEST(TestDeskRestart);
#include "tst_deskrestart.moc"
