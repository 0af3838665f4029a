// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/restore/deskcase.h"
#include "backup/dumpopener.h"
#include "support/steprelay.h"
#include "support/testmain.h"

#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace mayday;
using namespace mayday::restore;
using namespace mayday::restore::test;
using namespace Qt::StringLiterals;

namespace {

/// The journal's table refuses one kind of record, as a full disk would.
QByteArray refusing(const char *kind)
{
    return QByteArray("CREATE TRIGGER refuse BEFORE INSERT ON journal WHEN NEW.kind = '") + kind +
           "' BEGIN SELECT RAISE(ABORT, 'no room'); END";
}

} // namespace

/// A desk over a real journal and a real server: what it says, what it writes down, and what a new
/// one finds after the old one died.
class TestRestoreDesk : public QObject, private DeskCase {
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }
    void aRestoreIsRecordedFromIntentionToReceipt();
    void theIntentionIsWrittenBeforeTheServerHearsOfIt();
    void anIntentionThatCannotBeWrittenStartsNothing();
    void anOutcomeThatCannotBeWrittenIsStillShown();
    void oneAtATime();
    void aStopLeavesTheLiveDataAndAReceipt();
    void aStopBeforeTheBeginningIsNotForgotten();
    void aPutBackFollowsTheRestore();
    void thePutBackOfTheNewestNamesIt();
    void aPutBackThatFailsChangesNoRecord();
    void aDeskThatDiesLeavesAnInterruptedRestore();
    void anInterruptedRestoreThatWasCommittedIsFound();
    void aServerThatCannotBeAskedSettlesNothing();
    void settlingTwiceWritesOnce();
    void aPutBackNobodySawEndIsAskedAbout_data();
    void aPutBackNobodySawEndIsAskedAbout();
    void aCommitStillUnderWayIsWaitedFor();
    void aRestoreOfASchemaThatWasNotThereIsFoundAndUndone();
    void onlyWhatWasInterruptedIsSettled();
    void aNewDeskKnowsWhatTheOldOneKnew();
    void theLettersAreWrittenDown();
    void progressGoesOnUntilTheEnd();
    void theLossIsKnownBeforeTheStart();
};

void TestRestoreDesk::aRestoreIsRecordedFromIntentionToReceipt()
{
    const RestorePlan plan = this->plan();
    QStringList seen;
    connect(m_desk.get(), &RestoreDesk::restoreChanged, this, [&](const RestoreId &id) {
        QCOMPARE(id, plan.id);
        const RestoreRecord *record = m_desk->record(id);
        seen.append(record->state == RestoreState::Running ? u"running"_s : u"finished"_s);
        // Whoever is told may start the next one at once.
        QCOMPARE(m_desk->isBusy(), record->state == RestoreState::Running);
        QCOMPARE(m_desk->running().isNone(), record->state != RestoreState::Running);
    });
    m_desk->start(plan, std::nullopt);
    QVERIFY(m_desk->isBusy());
    QTRY_COMPARE_WITH_TIMEOUT(seen, (QStringList{u"running"_s, u"finished"_s}), patience);
    QCOMPARE(kinds(), (QStringList{u"restore.started"_s, u"restore.finished"_s}));
    const RestoreRecord &record = *m_desk->record(plan.id);
    QCOMPARE(record.receipt->verdict, Verdict::Proven);
    QCOMPARE(record.incident, u"incident-7"_s);
    QVERIFY(record.isInEffect());
    QVERIFY(record.endedAt.has_value());
    QCOMPARE(products(), u"50"_s);
    QVERIFY(m_errors.isEmpty());
}

void TestRestoreDesk::theIntentionIsWrittenBeforeTheServerHearsOfIt()
{
    QByteArray onDisk;
    const StepRelay relay(m_shop->target(), "mayday restore", [&] {
        QFile file(m_journalFile->path() + u"-wal"_s);
        if (file.open(QIODevice::ReadOnly))
            onDisk = file.readAll();
        QFile main(m_journalFile->path());
        if (main.open(QIODevice::ReadOnly))
            onDisk += main.readAll();
        return StepRelay::Then::GoOn;
    });
    RestorePlan plan = this->plan();
    plan.target = relay.connectionString();
    QCOMPARE(restored(plan).receipt->verdict, Verdict::Proven);
    QVERIFY(relay.hasStruck());
    QVERIFY(onDisk.contains("restore.started"));
    QVERIFY(onDisk.contains(plan.id.text().toUtf8()));
    QVERIFY(!onDisk.contains("only-in-tests")); // and never the password
}

void TestRestoreDesk::anIntentionThatCannotBeWrittenStartsNothing()
{
    m_journalFile->sql(refusing("restore.started").constData());
    const QString before = m_shop->liveState();
    const RestorePlan plan = this->plan();
    m_desk->start(plan, std::nullopt);
    QTRY_COMPARE_WITH_TIMEOUT(m_errors.size(), 1, patience);
    QVERIFY(!m_desk->isBusy());
    QVERIFY(m_desk->records().isEmpty());
    QVERIFY(m_pool.waitForDone(patience));
    QCOMPARE(m_shop->liveState(), before);
    m_journalFile->sql("DROP TRIGGER refuse");
    QCOMPARE(restored(plan).receipt->verdict, Verdict::Proven);
}

void TestRestoreDesk::anOutcomeThatCannotBeWrittenIsStillShown()
{
    m_journalFile->sql(refusing("restore.finished").constData());
    const RestoreRecord record = restored(plan());
    QCOMPARE(m_errors.size(), 1);
    QCOMPARE(record.state, RestoreState::Finished);
    QCOMPARE(record.receipt->verdict, Verdict::Proven);
    QCOMPARE(products(), u"50"_s);
    // The next start knows only of the intention, asks the server, and learns the truth.
    m_journalFile->sql("DROP TRIGGER refuse");
    restartDesk();
    QCOMPARE(m_desk->record(record.id)->state, RestoreState::Interrupted);
    m_desk->settle(record.id, m_shop->target());
    QTRY_VERIFY_WITH_TIMEOUT(m_desk->record(record.id)->isInEffect(), patience);
}

void TestRestoreDesk::oneAtATime()
{
    const RestorePlan first = endlessPlan();
    m_desk->start(first, std::nullopt);
    const RestorePlan second = plan();
    m_desk->start(second, std::nullopt); // even before the first is written down
    QTRY_VERIFY_WITH_TIMEOUT(isLoading(), patience);
    m_desk->putBack(m_shop->target(), {});
    QCOMPARE(m_errors.size(), 2);
    for (const Error &error : std::as_const(m_errors)) {
        QCOMPARE(error.kind, ErrorKind::AlreadyExists);
        QCOMPARE(error.detail, u"another restore is running; wait for it or stop it first"_s);
    }
    QCOMPARE(m_desk->running(), first.id);
    QVERIFY(!m_desk->record(second.id));
    QVERIFY(isLoading()); // the first was not disturbed
    m_desk->requestStop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    QCOMPARE(kinds(), (QStringList{u"restore.started"_s, u"restore.finished"_s}));
}

void TestRestoreDesk::aStopLeavesTheLiveDataAndAReceipt()
{
    const QString before = m_shop->liveState();
    const RestorePlan endless = endlessPlan();
    m_desk->start(endless, std::nullopt);
    QTRY_VERIFY_WITH_TIMEOUT(isLoading(), patience);
    m_desk->requestStop();
    m_desk->requestStop(); // an impatient finger
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    const RestoreRecord &record = *m_desk->record(endless.id);
    QCOMPARE(record.state, RestoreState::Finished);
    QCOMPARE(record.receipt->error->kind, ErrorKind::Cancelled);
    QVERIFY(!record.isInEffect());
    QCOMPARE(m_shop->liveState(), before);
    QCOMPARE(restored(plan()).receipt->verdict, Verdict::Proven); // the stop was for that one only
}

void TestRestoreDesk::aStopBeforeTheBeginningIsNotForgotten()
{
    const QString before = m_shop->liveState();
    const RestorePlan plan = this->plan();
    m_desk->start(plan, std::nullopt);
    m_desk->requestStop(); // while the intention is on its way to the disk
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    const RestoreRecord &record = *m_desk->record(plan.id);
    QCOMPARE(record.receipt->verdict, Verdict::NotRestored);
    QCOMPARE(record.receipt->error->kind, ErrorKind::Cancelled);
    QCOMPARE(m_shop->liveState(), before);
}

void TestRestoreDesk::aPutBackFollowsTheRestore()
{
    const RestoreRecord record = restored(plan());
    QSignalSpy undone(m_desk.get(), &RestoreDesk::putBackFinished);
    QSignalSpy changed(m_desk.get(), &RestoreDesk::restoreChanged);
    m_desk->putBack(m_shop->target(), record.id.text());
    QVERIFY(m_desk->isBusy());
    QTRY_COMPARE_WITH_TIMEOUT(undone.size(), 1, patience);
    QVERIFY(!m_desk->isBusy());
    QCOMPARE(changed.last()[0].value<RestoreId>(), record.id);
    QVERIFY(!m_desk->record(record.id)->isInEffect());
    // What is left on the server now is what the restore had brought, no more the state before it.
    QVERIFY(m_desk->record(record.id)->receipt->left.value(0).what.contains(u"had brought"_s));
    QCOMPARE(products(), u"20"_s);
    QCOMPARE(m_journal->read()->last().data["incident"_L1].toString(), u"incident-7"_s);
    m_journalFile->clock.advance(std::chrono::minutes(1));
    m_desk->putBack(m_shop->target(), record.id.text()); // the undo of the undo
    QTRY_COMPARE_WITH_TIMEOUT(undone.size(), 2, patience);
    QVERIFY(m_desk->record(record.id)->isInEffect());
    QCOMPARE(products(), u"50"_s);
}

void TestRestoreDesk::thePutBackOfTheNewestNamesIt()
{
    const RestoreRecord record = restored(plan());
    QSignalSpy changed(m_desk.get(), &RestoreDesk::restoreChanged);
    m_desk->putBack(m_shop->target(), {});
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    QCOMPARE(products(), u"20"_s);
    QVERIFY2(!m_desk->record(record.id)->isInEffect(), "it says that the restore is still live");
    QCOMPARE(changed.last()[0].value<RestoreId>(), record.id);
    QCOMPARE(m_journal->read()->last().subject, record.id.text());
    QCOMPARE(m_journal->read()->last().data["incident"_L1].toString(), u"incident-7"_s);
}

void TestRestoreDesk::aPutBackThatFailsChangesNoRecord()
{
    const RestoreRecord record = restored(plan());
    m_shop->run(
        "COMMENT ON SCHEMA " +
        m_shop->ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE '%before%'").toUtf8() +
        " IS 'somebody tidied up'");
    QSignalSpy undone(m_desk.get(), &RestoreDesk::putBackFinished);
    m_desk->putBack(m_shop->target(), record.id.text());
    QTRY_COMPARE_WITH_TIMEOUT(undone.size(), 1, patience);
    const auto receipt = undone[0][0].value<PutBackReceipt>();
    QCOMPARE(receipt.verdict, Verdict::NotRestored);
    QCOMPARE(receipt.error->kind, ErrorKind::NotFound);
    QVERIFY(m_desk->record(record.id)->isInEffect());
    QCOMPARE(m_desk->record(record.id)->receipt->left.size(), 1);
    QCOMPARE(kinds().last(), u"restore.putback"_s); // that it was tried is part of the record
    QCOMPARE(products(), u"50"_s);
}

void TestRestoreDesk::aDeskThatDiesLeavesAnInterruptedRestore()
{
    const QString before = m_shop->liveState();
    const RestorePlan endless = endlessPlan();
    m_desk->start(endless, std::nullopt);
    QTRY_VERIFY_WITH_TIMEOUT(isLoading(), patience);
    m_desk.reset();
    QVERIFY(m_pool.waitForDone(patience));
    QCOMPARE(kinds(), QStringList{u"restore.started"_s});
    QCOMPARE(m_shop->liveState(), before);

    restartDesk();
    const RestoreRecord *record = m_desk->record(endless.id);
    QCOMPARE(record->state, RestoreState::Interrupted); // and not "running": nobody is at it
    QVERIFY(!m_desk->isBusy());
    QVERIFY(!record->isInEffect());
    QSignalSpy changed(m_desk.get(), &RestoreDesk::restoreChanged);
    m_desk->settle(endless.id, m_shop->target());
    QTRY_COMPARE_WITH_TIMEOUT(changed.size(), 1, patience);
    QCOMPARE(m_desk->record(endless.id)->state, RestoreState::Settled);
    QCOMPARE(m_desk->record(endless.id)->committed, std::optional(false));
    QVERIFY(!m_desk->record(endless.id)->isInEffect());
}

void TestRestoreDesk::anInterruptedRestoreThatWasCommittedIsFound()
{
    const RestorePlan plan = this->plan();
    QVERIFY(m_journal->appendNow(startedDraft(plan)));
    const SystemClock clock;
    TaskContext context;
    QCOMPARE(RestoreRunner(plan, clock, {}).run(std::nullopt, context).verdict, Verdict::Proven);
    restartDesk(); // the process died between the commit and the record of it
    m_desk->settle(plan.id, m_shop->target());
    QTRY_COMPARE_WITH_TIMEOUT(m_desk->record(plan.id)->committed, std::optional(true), patience);
    QVERIFY(m_desk->record(plan.id)->isInEffect());
    restartDesk(); // the answer was written down, so nobody has to ask again
    QCOMPARE(m_desk->record(plan.id)->state, RestoreState::Settled);
    m_desk->putBack(m_shop->target(), plan.id.text());
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    QVERIFY(!m_desk->record(plan.id)->isInEffect());
    QCOMPARE(products(), u"20"_s);
}

void TestRestoreDesk::aServerThatCannotBeAskedSettlesNothing()
{
    const RestorePlan plan = this->plan();
    QVERIFY(m_journal->appendNow(startedDraft(plan)));
    restartDesk();
    const auto wrong = m_shop->target().withPassword(Secret("wrong"));
    m_desk->settle(plan.id, wrong);
    QTRY_COMPARE_WITH_TIMEOUT(m_errors.size(), 1, patience);
    QCOMPARE(m_errors[0].advice, Advice::CheckPassword);
    QCOMPARE(m_desk->record(plan.id)->state, RestoreState::Interrupted);
    QCOMPARE(kinds(), QStringList{u"restore.started"_s});
    m_desk->settle(plan.id, m_shop->target()); // with the right one, later
    QTRY_COMPARE_WITH_TIMEOUT(m_desk->record(plan.id)->state, RestoreState::Settled, patience);
}

void TestRestoreDesk::settlingTwiceWritesOnce()
{
    const RestorePlan plan = this->plan();
    QVERIFY(m_journal->appendNow(startedDraft(plan)));
    restartDesk();
    m_desk->settle(plan.id, m_shop->target());
    m_desk->settle(plan.id, m_shop->target());
    QTRY_COMPARE_WITH_TIMEOUT(m_desk->record(plan.id)->state, RestoreState::Settled, patience);
    // A later restore ends after whatever the second asking would have written.
    QCOMPARE(restored(this->plan()).receipt->verdict, Verdict::Proven);
    QCOMPARE(kinds().count(u"restore.settled"_s), 1);
}

void TestRestoreDesk::aPutBackNobodySawEndIsAskedAbout_data()
{
    QTest::addColumn<bool>("tookPlace");
    QTest::newRow("it took place") << true;
    QTest::newRow("it did not") << false;
}

/// The process died between the put-back's commit and the record of it, or just before.
void TestRestoreDesk::aPutBackNobodySawEndIsAskedAbout()
{
    QFETCH(bool, tookPlace);
    const RestoreRecord record = restored(plan());
    QVERIFY(m_journal->appendNow(putBackStartedDraft(record.id.text(), {})));
    TaskContext context;
    if (tookPlace)
        QCOMPARE(putBack(m_shop->target(), record.id.text(), SystemClock().now(), context).verdict,
                 Verdict::Proven);
    restartDesk();
    QVERIFY(m_desk->record(record.id)->isPutBackOpen);
    QVERIFY(m_desk->record(record.id)->isToBeAsked());
    m_desk->settle(record.id, m_shop->target());
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->record(record.id)->isToBeAsked(), patience);
    QCOMPARE(m_desk->record(record.id)->isInEffect(), !tookPlace);
    QCOMPARE(kinds().last(), u"restore.putback.settled"_s);
    restartDesk(); // the answer was written down
    QVERIFY(!m_desk->record(record.id)->isToBeAsked());
    QCOMPARE(m_desk->record(record.id)->isInEffect(), !tookPlace);
}

/// Whoever was killed with the commit on its way may have a server that is still at it.
void TestRestoreDesk::aCommitStillUnderWayIsWaitedFor()
{
    const RestorePlan plan = this->plan();
    TaskContext context;
    auto dying = postgres::Session::connect(m_shop->target(), context);
    QVERIFY(dying && dying->execute("BEGIN", context) && lockForRestore(*dying, context));
    QVERIFY(moveAside(*dying,
                      {.name = u"public_before_x"_s,
                       .original = u"public"_s,
                       .restore = plan.id.text(),
                       .file = u"shop.sql"_s},
                      context));
    std::optional<bool> answer;
    std::thread asking([&] {
        TaskContext patient;
        const auto settlement = settlementOf(m_shop->target(), plan.id, patient);
        if (settlement)
            answer = settlement->committed;
    });
    QTRY_COMPARE_WITH_TIMEOUT(m_shop->ask("SELECT count(*) FROM pg_locks WHERE locktype = "
                                          "'advisory' AND NOT granted"),
                              u"1"_s, patience);
    QVERIFY(dying->execute("COMMIT", context));
    asking.join();
    QCOMPARE(answer, std::optional(true));
}

void TestRestoreDesk::aRestoreOfASchemaThatWasNotThereIsFoundAndUndone()
{
    m_shop->run("DROP SCHEMA public CASCADE");
    const RestoreRecord record = restored(plan());
    QVERIFY(record.receipt && record.receipt->verdict == Verdict::Proven);
    TaskContext context;
    QCOMPARE(settlementOf(m_shop->target(), record.id, context).value(),
             Settlement{.committed = true});
    const PutBackReceipt undone =
        putBack(m_shop->target(), record.id.text(), SystemClock().now(), context);
    QVERIFY2(!undone.error, undone.error ? qPrintable(mayday::describe(*undone.error)) : "");
    QCOMPARE(m_shop->ask("SELECT count(*) FROM pg_class WHERE relnamespace = "
                         "'public'::regnamespace"),
             u"0"_s);
}

void TestRestoreDesk::onlyWhatWasInterruptedIsSettled()
{
    const RestoreRecord record = restored(plan());
    QSignalSpy changed(m_desk.get(), &RestoreDesk::restoreChanged);
    m_desk->settle(record.id, m_shop->target());
    m_desk->settle(RestoreId::parse(u"restore-of-nobody"_s).value(), m_shop->target());
    QVERIFY(m_pool.waitForDone(patience));
    QCOMPARE(restored(plan()).receipt->verdict, Verdict::Proven);
    QCOMPARE(m_desk->record(record.id)->state, RestoreState::Finished);
    QCOMPARE(kinds().count(u"restore.settled"_s), 0);
    QVERIFY(m_errors.isEmpty());
}

void TestRestoreDesk::aNewDeskKnowsWhatTheOldOneKnew()
{
    const RestoreRecord first = restored(plan());
    m_journalFile->clock.advance(std::chrono::hours(1));
    RestorePlan bad = plan();
    bad.file = m_shop->writeDump(m_dump.first(500), u"half.sql"_s);
    const RestoreRecord second = restored(bad);
    m_desk->putBack(m_shop->target(), first.id.text());
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    const QList<RestoreRecord> before = m_desk->records();
    restartDesk();
    const QList<RestoreRecord> &after = m_desk->records();
    QCOMPARE(after.size(), 2);
    QCOMPARE(after[0].id, second.id); // newest first
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(after[i].id, before[i].id);
        QCOMPARE(after[i].state, before[i].state);
        QCOMPARE(after[i].file, before[i].file);
        QCOMPARE(after[i].target, before[i].target);
        QCOMPARE(after[i].connection, before[i].connection);
        QCOMPARE(after[i].startedAt, before[i].startedAt);
        QCOMPARE(after[i].endedAt, before[i].endedAt);
        QCOMPARE(after[i].putBackAt, before[i].putBackAt);
        QCOMPARE(toJson(*after[i].receipt), toJson(*before[i].receipt));
        QCOMPARE(after[i].isInEffect(), before[i].isInEffect());
    }
    // The address in the record is enough to ask the server again, but for the password.
    const auto where = postgres::ConnectionString::parse(after[0].connection);
    QVERIFY(where);
    QCOMPARE(where->database(), m_shop->database());
}

void TestRestoreDesk::theLettersAreWrittenDown()
{
    const RestoreId id = restored(plan()).id;
    m_shop->run("UPDATE public.products SET name = 'other' WHERE id = 3");
    const QSignalSpy checked(m_desk.get(), &RestoreDesk::contentChecked);
    m_desk->checkContent(m_shop->target(), id);
    QVERIFY(!m_desk->isBusy()); // it is in nobody's way
    QTRY_COMPARE_WITH_TIMEOUT(checked.count(), 1, patience);
    QCOMPARE(kinds().last(), u"restore.content"_s);
    QCOMPARE(m_journal->read().value().last().data[u"incident"_s].toString(), u"incident-7"_s);
    const ContentSummary before = *m_desk->record(id)->content;
    QCOMPARE(before.different, QStringList{u"public.products"_s});
    QVERIFY(!before.isSame());
    restartDesk();
    const ContentSummary after = *m_desk->record(id)->content;
    QCOMPARE(after.at, before.at);
    QCOMPARE(after.tables, before.tables);
    QCOMPARE(after.rows, before.rows);
    QCOMPARE(after.different, before.different);
    // What is put back is no longer what was compared.
    m_desk->putBack(m_shop->target(), id.text());
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    QVERIFY(!m_desk->record(id)->content);
    QVERIFY(!m_desk->record(id)->canBeCheckedByContent());
    QVERIFY(m_errors.isEmpty());
}

void TestRestoreDesk::progressGoesOnUntilTheEnd()
{
    const RestorePlan endless = endlessPlan();
    QSignalSpy ticks(m_desk.get(), &RestoreDesk::progressChanged);
    m_desk->start(endless, std::nullopt);
    QTRY_VERIFY_WITH_TIMEOUT(m_desk->progress().phase == RestorePhase::Loading && isLoading(),
                             patience);
    const qsizetype before = ticks.size();
    QTRY_VERIFY_WITH_TIMEOUT(ticks.size() > before + 1, patience); // it looks alive
    QCOMPARE(m_desk->progress().rowsTotal, 100);
    QCOMPARE(m_desk->progress().tablesTotal, 3);
    m_desk->requestStop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_desk->isBusy(), patience);
    QCOMPARE(m_desk->progress().phase, RestorePhase::Finished);
    // The next begins anew; nobody is shown the numbers of the one before.
    const RestorePlan next = plan();
    bool isFresh = false;
    connect(m_desk.get(), &RestoreDesk::restoreChanged, this, [&](const RestoreId &id) {
        if (id == next.id && m_desk->record(id)->state == RestoreState::Running)
            isFresh = m_desk->progress().phase == RestorePhase::Waiting;
    });
    QCOMPARE(restored(next).receipt->verdict, Verdict::Proven);
    QVERIFY(isFresh);
}

void TestRestoreDesk::theLossIsKnownBeforeTheStart()
{
    TaskContext context;
    const auto inspection = backup::inspectDump(m_file, context);
    const backup::DataTime taken{.at = SystemClock().now(),
                                 .source = backup::DataTimeSource::FileName};
    m_shop->run("INSERT INTO public.products (name, created_at) VALUES ('new', now() + '9 min')");
    std::optional<Result<PreflightReport>> report;
    auto task = m_desk->preflight(plan(), *inspection, taken);
    task.deliverTo(m_desk.get(), [&](Result<PreflightReport> found) { report = std::move(found); });
    QTRY_VERIFY_WITH_TIMEOUT(report.has_value(), patience);
    QVERIFY2(*report, *report ? "" : qPrintable(describe(report->error())));
    QCOMPARE((*report)->loss->newerRows, 1);
    QCOMPARE((*report)->loss->taken, taken);
    QVERIFY(!(*report)->blocker);
    QVERIFY(kinds().isEmpty()); // looking is not doing
}

MAYDAY_TEST(TestRestoreDesk);
#include "tst_restoredesk.moc"
