// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/deskcase.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

/// What a desk does while the data of a restore are live and their full statistics are not there.
class TestDeskStatistics : public QObject, private DeskCase {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void theVerdictDoesNotWaitForStatistics();
    void theVerdictDoesNotWaitForTheLookAfterwards();
    void whatComesNextEndsTheStatistics();
};

void TestDeskStatistics::theVerdictDoesNotWaitForStatistics()
{
    StepRelay relay(m_shop->target(), "SET lock_timeout = '5s'",
                    [] { return StepRelay::Then::Hold; });
    RestorePlan plan = this->plan();
    plan.target = relay.connectionString();
    const RestoreRecord record = restored(plan);
    QTRY_VERIFY_WITH_TIMEOUT(relay.hasStruck(), patience);
    QCOMPARE(record.state, RestoreState::Finished);
    QCOMPARE(record.receipt->verdict, Verdict::Proven);
    QCOMPARE(record.receipt->left.size(), 1);
    QVERIFY(m_desk->running().isNone());
    relay.release();
    QVERIFY(m_pool.waitForDone(patience));
    QCOMPARE(kinds(), (QStringList{u"restore.started"_s, u"restore.finished"_s}));
}

void TestDeskStatistics::theVerdictDoesNotWaitForTheLookAfterwards()
{
    m_shop->run("CREATE SCHEMA cron; CREATE TABLE cron.job (jobid bigint, active boolean);"
                "INSERT INTO cron.job VALUES (1, true)");
    StepRelay relay(m_shop->target(), "SET LOCAL lock_timeout = '1s'",
                    [] { return StepRelay::Then::Hold; });
    RestorePlan plan = this->plan();
    plan.target = relay.connectionString();
    const RestoreRecord record = restored(plan);
    QTRY_VERIFY_WITH_TIMEOUT(relay.hasStruck(), patience);
    QCOMPARE(record.receipt->verdict, Verdict::Proven);
    QCOMPARE(record.receipt->afterwards->found, QStringList());
    QCOMPARE(record.receipt->afterwards->unseen,
             QStringList{u"triggers that call out, scheduled jobs, who is let in again: the look "
                         "was going on"_s});
    QVERIFY(m_desk->running().isNone());
    const QSignalSpy looked(m_desk.get(), &RestoreDesk::lookedAfterwards);
    relay.release();
    QTRY_COMPARE_WITH_TIMEOUT(looked.size(), 1, patience);
    const auto seen = m_desk->record(plan.id)->receipt->afterwards;
    QVERIFY(seen);
    QCOMPARE(seen->found,
             QStringList{u"1 scheduled job of cron.job is active, with what was restored"_s});
    QVERIFY(m_pool.waitForDone(patience));
    restartDesk(); // another process reads the same
    QCOMPARE(m_desk->record(plan.id)->receipt->afterwards, seen);
    QVERIFY(m_errors.isEmpty());
}

void TestDeskStatistics::whatComesNextEndsTheStatistics()
{
    StepRelay relay(m_shop->target(), "SET lock_timeout = '5s'",
                    [] { return StepRelay::Then::Hold; });
    RestorePlan plan = this->plan();
    plan.target = relay.connectionString();
    restored(plan);
    const QSignalSpy back(m_desk.get(), &RestoreDesk::putBackFinished);
    m_desk->putBack(m_shop->target(), plan.id.text());
    QTRY_COMPARE_WITH_TIMEOUT(back.size(), 1, patience);
    const RestoreRecord &record = *m_desk->record(plan.id);
    QTRY_VERIFY_WITH_TIMEOUT(record.receipt->notes.join(u' ').contains(u"ANALYZE makes them"_s),
                             patience);
    QCOMPARE(record.receipt->verdict, Verdict::Proven);
    QVERIFY(record.putBackAt.has_value());
    QCOMPARE(products(), u"20"_s);
    // Another process reads the same out of the journal.
    const QStringList notes = record.receipt->notes;
    restartDesk();
    QCOMPARE(m_desk->record(plan.id)->receipt->notes, notes);
    QVERIFY(m_errors.isEmpty());
}

MAYDAY_TEST(TestDeskStatistics);
#include "tst_deskstatistics.moc"
