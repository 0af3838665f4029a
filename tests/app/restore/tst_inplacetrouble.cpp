// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/inplacecase.h"
#include "backup/dumpopener.h"
#include "restore/settlement.h"
#include "support/liveload.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QTest>

#include <stop_token>
#include <thread>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// Whatever happens to a restore in place, all of it is done or nothing, and no row is lost between
/// the safety copy and the commit.
class TestInPlaceTrouble : public QObject, protected InPlaceCase {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { makeShop(); }
    void whatComesMeanwhileIsRefused_data();
    void whatComesMeanwhileIsRefused();
    void aFailingRowChangesNothing();
    void aSafetyCopyThatFailsChangesNothing_data();
    void aSafetyCopyThatFailsChangesNothing();
    void noRowOfAWriterIsLost();
    void whoReadAndThenWritesIsNotWaitedForForever();
    void whoeverDoesNotLetGoIsNamed();
    void theEndOfACommitNobodyHeard_data();
    void theEndOfACommitNobodyHeard();
};

void TestInPlaceTrouble::whatComesMeanwhileIsRefused_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("words");
    QTest::newRow("a table") << QByteArray("CREATE TABLE public.just_now AS SELECT 1 AS a")
                             << u"somebody made it while the safety copy was made"_s;
    QTest::newRow("another function")
        << QByteArray("CREATE OR REPLACE FUNCTION public.twice(integer) RETURNS integer LANGUAGE"
                      " sql AS 'SELECT $1 * 20'")
        << u"somebody changed it while the safety copy was made"_s;
    QTest::newRow("another view")
        << QByteArray("CREATE OR REPLACE VIEW public.priced AS SELECT p.name, l.price + 1 AS price"
                      " FROM public.products p JOIN public.listings l ON l.product_id = p.id")
        << u"somebody changed it while the safety copy was made"_s;
    QTest::newRow("a view outside")
        << QByteArray("CREATE VIEW outside.daily AS SELECT * FROM public.newer")
        << u"View outside.daily"_s;
}

void TestInPlaceTrouble::whatComesMeanwhileIsRefused()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, words);
    m_shop->run("CREATE SCHEMA outside");
    QString before;
    StepRelay relay(m_shop->target(), "TO stdout", [&] {
        m_shop->run(sql);
        before = m_shop->liveState();
        return StepRelay::Then::GoOn;
    });
    RestorePlan plan = planFor(m_file);
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = carryOut(plan);
    QVERIFY(relay.hasStruck());
    verifyNothingChanged(receipt, before, words);
}

void TestInPlaceTrouble::aFailingRowChangesNothing()
{
    QByteArray bad = m_backup;
    const qsizetype row = bad.indexOf("\n1000\t");
    QVERIFY(row > 0);
    bad.replace(row + 1, 4, "oops");
    const QString file = m_shop->writeDump(bad, u"bad.sql"_s);
    const QString before = m_shop->liveState();
    const RestoreReceipt receipt = carryOut(planFor(file));
    verifyNothingChanged(receipt, before, u"22P02"_s);
    QVERIFY(receipt.error->line > 0);
}

void TestInPlaceTrouble::aSafetyCopyThatFailsChangesNothing_data()
{
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("words");
    QTest::newRow("pg_dump dies") << u"dies"_s << u"the safety copy could not be made: "_s;
    QTest::newRow("its line is cut") << u"cut"_s << u"the safety copy could not be made: "_s;
    QTest::newRow("no such folder") << u"folder"_s << u"the safety copy could not be made: "_s;
    QTest::newRow("stopped") << u"stopped"_s << u"cancelled"_s;
    QTest::newRow("our own line is cut") << u"server"_s << u"unreachable"_s;
}

void TestInPlaceTrouble::aSafetyCopyThatFailsChangesNothing()
{
    QFETCH(QString, how);
    QFETCH(QString, words);
    const QString before = m_shop->liveState();
    std::stop_source stop;
    StepRelay relay(m_shop->target(), "TO stdout", [&] {
        if (how == "dies"_L1)
            m_shop->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                        " application_name = 'pg_dump'");
        if (how == "server"_L1)
            m_shop->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                        " application_name = 'mayday restore'");
        if (how == "stopped"_L1)
            stop.request_stop();
        return how == "cut"_L1 ? StepRelay::Then::Cut : StepRelay::Then::GoOn;
    });
    RestorePlan plan = planFor(m_file);
    plan.target = relay.connectionString();
    if (how == "folder"_L1)
        plan.safetyFolder = m_file + u"/no"_s;
    const RestoreReceipt receipt = carryOut(plan, TaskContext(stop.get_token()));
    QCOMPARE(relay.hasStruck(), how != "folder"_L1);
    verifyNothingChanged(receipt, before, words);
}

/// Whatever a writer was told is committed is in the safety copy or live.
void TestInPlaceTrouble::noRowOfAWriterIsLost()
{
    tests::LiveLoad load(m_shop->target(),
                         {{.name = u"writer"_s, .round = [](tests::LiveUser &user) {
                               const QString value = user.freshValue();
                               if (user.ask("INSERT INTO public.products (name)"
                                            " VALUES ('" +
                                            value.toUtf8() + "')"))
                                   user.isCommitted(value);
                           }}});
    load.awaitRounds(20);
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    load.awaitRounds(20);
    load.stop();
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QCOMPARE(load.failures(), QStringList());
    TaskContext context;
    auto reader = backup::openDump(receipt.safetyCopy->file, context);
    QVERIFY(reader);
    m_server->createDatabase(u"lost"_s);
    RestorePlan elsewhere = planFor(receipt.safetyCopy->file);
    elsewhere.target = m_server->connectionString(u"lost"_s);
    const RestoreReceipt copied = carryOut(elsewhere);
    QVERIFY2(copied.verdict == Verdict::Proven, reason(copied));
    const QByteArray all = "SELECT string_agg(name, '|') FROM public.products WHERE name NOT LIKE"
                           " 'p;%'";
    const QStringList inCopy = m_server->scalar(u"lost"_s, all).split(u'|');
    const QStringList live = m_shop->ask(all).split(u'|');
    int fromCopy = 0;
    for (const QString &value : load.committed()) {
        QVERIFY2(inCopy.contains(value) || live.contains(value), qPrintable(value));
        fromCopy += inCopy.contains(value) ? 1 : 0;
    }
    QVERIFY(fromCopy > 0 && fromCopy < load.committed().size());
}

/// A pool whose every transaction reads before it writes would keep us out for ever.
void TestInPlaceTrouble::whoReadAndThenWritesIsNotWaitedForForever()
{
    TaskContext context;
    auto other =
        postgres::Session::connect(m_shop->target(), context, {.applicationName = u"the shop"_s});
    QVERIFY(other);
    QVERIFY(other->execute("BEGIN; SELECT count(*) FROM public.products", context));
    std::jthread writer;
    Result<qint64> written = 0;
    StepRelay relay(m_shop->target(), "TO stdout", [&] {
        writer = std::jthread([&] {
            TaskContext own;
            written = other->execute("UPDATE public.products SET name = 'x' WHERE id = 1", own);
            other->close();
        });
        while (m_shop->ask("SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                           " 'the shop' AND wait_event_type = 'Lock'") != u"1"_s)
            context.pause(std::chrono::milliseconds(20));
        return StepRelay::Then::GoOn;
    });
    RestorePlan plan = planFor(m_file);
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = carryOut(plan);
    writer = {};
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QVERIFY(!written);
    QCOMPARE(written.error().sqlState, u"57014"_s);
    QVERIFY2(receipt.notes.join(u'\n').contains(u"neither side would have got on: 1"_s),
             reason(receipt));
}

void TestInPlaceTrouble::whoeverDoesNotLetGoIsNamed()
{
    const QString before = m_shop->liveState();
    TaskContext context;
    auto other = postgres::Session::connect(m_shop->target(), context,
                                            {.applicationName = u"a long report"_s});
    QVERIFY(other);
    QVERIFY(other->execute("BEGIN; SELECT count(*) FROM public.products", context));
    const RestoreReceipt receipt = carryOut(planFor(m_file));
    QVERIFY(other->execute("SELECT count(*) FROM public.products", context)); // not ended
    other->close();
    verifyNothingChanged(receipt, before, u"a long report as "_s);
    QCOMPARE(receipt.error->advice, Advice::CloseOtherSessions);
}

void TestInPlaceTrouble::theEndOfACommitNobodyHeard_data()
{
    QTest::addColumn<bool>("isHeardByServer");
    QTest::newRow("it was committed") << true;
    QTest::newRow("it was not") << false;
}

void TestInPlaceTrouble::theEndOfACommitNobodyHeard()
{
    QFETCH(bool, isHeardByServer);
    const QString before = m_shop->liveState();
    StepRelay relay(m_shop->target(), "COMMIT", [&] {
        return isHeardByServer ? StepRelay::Then::CutAfter : StepRelay::Then::Cut;
    });
    RestorePlan plan = planFor(m_file);
    plan.target = relay.connectionString();
    const RestoreReceipt receipt = carryOut(plan);
    QVERIFY(relay.hasStruck());
    TaskContext context;
    const auto committed =
        settlementByNote(m_shop->target(), plan.id, plan.safetyCopyFile(), context);
    QVERIFY(committed);
    const bool isLive = m_shop->ask("SELECT count(*) FROM public.products") == u"2000"_s;
    QCOMPARE(committed->committed, isLive);
    QVERIFY(isHeardByServer || !isLive);
    if (!isLive) // also when the server noticed the end of the line first
        return verifyNothingChanged(receipt, before, u"unreachable"_s);
    QVERIFY2(receipt.verdict == Verdict::Proven, reason(receipt));
    QVERIFY(receipt.safetyCopy && QFile::exists(receipt.safetyCopy->file));
    // Also when others came after it.
    RestorePlan again = planFor(m_file);
    again.plannedAt = again.plannedAt.addSecs(2);
    QVERIFY(carryOut(again).verdict == Verdict::Proven);
    const auto ask = [&](const RestoreId &id) {
        return settlementByNote(m_shop->target(), id, plan.safetyCopyFile(), context)
            .value()
            .committed;
    };
    QVERIFY(ask(plan.id));
    QVERIFY(!ask(again.id)); // it has a note of its own
}

MAYDAY_TEST(TestInPlaceTrouble);
#include "tst_inplacetrouble.moc"
