// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/progressstrip.h"
#include "ui/kit/stateglyph.h"
#include "ui/restore/progressview.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/tableresultmodel.h"
#include "ui/restore/verdictview.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <QTimeZone>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using restore::RestorePhase;
using restore::RestoreState;
using restore::Verdict;

namespace {

restore::TableResult table(const QString &name, qint64 inDump, qint64 after, Verdict verdict,
                           const QString &note = {})
{
    return {.schema = u"public"_s,
            .name = name,
            .rowsInDump = inDump,
            .rowsAfter = after,
            .sequence = u"ok"_s,
            .constraints = 2,
            .verdict = verdict,
            .note = note};
}

restore::RestoreRecord recordOf(Verdict verdict)
{
    restore::RestoreReceipt receipt;
    receipt.verdict = verdict;
    receipt.seconds = 65.4;
    receipt.target = u"database shop on db:5432 as app"_s;
    receipt.file = u"/home/ada/backups/shop.sql.gz"_s;
    if (verdict != Verdict::NotRestored)
        receipt.tables = {table(u"products"_s, 60012, 60012, Verdict::Proven),
                          table(u"orders"_s, 312, verdict == Verdict::Proven ? 312 : 311, verdict,
                                verdict == Verdict::Proven ? QString() : u"1 row(s) missing"_s)};
    restore::RestoreRecord record;
    record.id = restore::RestoreId::parse(u"restore-1"_s).value();
    record.state = RestoreState::Finished;
    record.target = receipt.target;
    record.startedAt = QDateTime(QDate(2026, 11, 23), QTime(14, 2), QTimeZone::UTC);
    record.receipt = receipt;
    return record;
}

restore::RestoreRecord interrupted(std::optional<bool> committed)
{
    restore::RestoreRecord record = recordOf(Verdict::NotRestored);
    record.receipt.reset();
    record.state = committed ? RestoreState::Settled : RestoreState::Interrupted;
    record.committed = committed;
    return record;
}

} // namespace

class TestVerdictView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme.applyTo(*qApp); }
    void init();

    void provenIsSaidInCountedFacts();
    void differencesAreNamedTableByTable();
    void aFailureIsToldWithWhatIsSafe();
    void whatIsLeftOnTheServerIsNeverCalledSafe();
    void stoppedIsNotFailed();
    void putBackIsSaidAndCanBeTakenBack();
    void anInterruptedOneIsHonest_data();
    void anInterruptedOneIsHonest();
    void whatWasBrokenOffCanBeGoneOnWith();
    void whatIsCopiedIsAlwaysWhatIsShown();
    void thereIsAlwaysAWayOnByKeyboard_data();
    void thereIsAlwaysAWayOnByKeyboard();
    void notesAndWhatIsKeptAreListed();
    void whatIsLeftToDoIsThereOnceItIsLive();
    void whatCameToLifeIsSaidFirst();
    void thatNothingCameToLifeIsSaid();
    void nothingIsClipped_data();
    void nothingIsClipped();

    void progressSaysWhereItIs();
    void progressShowsARangeAndAHeartbeat();
    void aLongSilenceIsAQuestion();
    void anIndexThatIsBuiltIsSeenGrowing();
    void stoppingIsSaidAtOnceAndOnce();
    void behindTheSwapNothingIsUntouched();
    void tablesComeOneByOne();

private:
    void show(const restore::RestoreRecord &record)
    {
        m_view->setRecord(record);
        QCoreApplication::sendPostedEvents();
    }
    [[nodiscard]] QString seenAll() const { return seenText(*m_view); }

    Theme m_theme;
    std::unique_ptr<VerdictView> m_view;
};

void TestVerdictView::init()
{
    m_view = std::make_unique<VerdictView>(m_theme);
    m_view->resize(1144, 600);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
}

void TestVerdictView::provenIsSaidInCountedFacts()
{
    show(recordOf(Verdict::Proven));
    QVERIFY2(seenAll().contains(u"Proven: 2 tables with 60,324 rows are as in the backup."_s),
             qPrintable(seenAll()));
    QVERIFY(seenAll().contains(u"Took 1 min 05 s."_s));
    QVERIFY(seenAll().contains(u"can be put back"_s));
    QCOMPARE(seen<StateGlyph>(*m_view)->shape(), StateShape::Ok);
    QVERIFY(!seen<ErrorPanel>(*m_view));
}

void TestVerdictView::differencesAreNamedTableByTable()
{
    auto *model = m_view->findChild<TableResultModel *>();
    const QAbstractItemModelTester tester(model);
    show(recordOf(Verdict::Differences));
    QVERIFY(seenAll().contains(u"Restored with differences. Each is named below."_s));
    QCOMPARE(seen<StateGlyph>(*m_view)->shape(), StateShape::Degraded);
    const QModelIndex verdict = model->index(1, TableResultModel::Verdict);
    QCOMPARE(verdict.data().toString(), u"Differs: 1 row(s) missing"_s);
    QCOMPARE(verdict.data(ShapeRole).toInt(), static_cast<int>(StateShape::Degraded));
    QCOMPARE(model->index(0, TableResultModel::Verdict).data().toString(), u"Proven"_s);
    QCOMPARE(model->index(1, TableResultModel::Now).data().toString(), u"311"_s);
    QVERIFY(seenButton(*m_view, u"Put back the data as it was before"_s)); // also from this
}

void TestVerdictView::aFailureIsToldWithWhatIsSafe()
{
    restore::RestoreRecord record = recordOf(Verdict::NotRestored);
    record.receipt->error = Error{.kind = ErrorKind::Corrupt,
                                  .subject = u"shop.sql.gz"_s,
                                  .detail = u"invalid input syntax for type bigint"_s,
                                  .advice = Advice::TakeAnotherBackup,
                                  .sqlState = u"22P02"_s,
                                  .line = 48201};
    show(record);
    QVERIFY(seenAll().contains(u"Not restored. Nothing changed: the live data is as it was."_s));
    QVERIFY(seenAll().contains(u"Safe: The live data is as it was"_s));
    QVERIFY(seenAll().contains(u"Now: Choose another backup from the shelf."_s));
    QVERIFY2(seenAll().contains(u"Line 48,201 of the dump. SQLSTATE 22P02."_s),
             qPrintable(seenAll())); // without unfolding anything
    seen<ErrorPanel>(*m_view)->findChild<Disclosure *>()->setOpen(true);
    QVERIFY(seenAll().contains(u"Line 48,201\nSQLSTATE 22P02"_s));
    QVERIFY(!seenButton(*m_view, u"Put back"_s));
    QVERIFY(!seen<ActionTable>(*m_view));
}

void TestVerdictView::whatIsLeftOnTheServerIsNeverCalledSafe()
{
    restore::RestoreRecord record = recordOf(Verdict::NotRestored);
    record.receipt->error =
        Error{.kind = ErrorKind::Unreachable, .subject = u"shop"_s, .detail = u"gone"_s};
    record.receipt->left = {
        {.what = u"possibly schema shop_load"_s, .removeWith = u"DROP SCHEMA shop_load CASCADE"_s}};
    show(record);
    QVERIFY2(seenAll().contains(
                 u"Not restored, and something may be left. Read below before you go on."_s),
             qPrintable(seenAll()));
    QVERIFY(!seenAll().contains(u"The live data was not touched"_s));
    QVERIFY(seenAll().contains(u"Kept on the server: possibly schema shop_load."_s));
}

void TestVerdictView::stoppedIsNotFailed()
{
    restore::RestoreRecord record = recordOf(Verdict::NotRestored);
    record.receipt->error =
        Error{.kind = ErrorKind::Cancelled, .subject = u"the restore"_s, .detail = {}};
    show(record);
    QVERIFY(seenAll().contains(u"Stopped. Nothing changed: the live data is as it was."_s));
    QVERIFY(seenAll().contains(u"Start it again when you are ready."_s));
}

void TestVerdictView::putBackIsSaidAndCanBeTakenBack()
{
    restore::RestoreRecord record = recordOf(Verdict::Proven);
    record.putBackAt = record.startedAt.addSecs(1800);
    show(record);
    QVERIFY(
        seenAll().contains(u"Put back: the data as it was before the restore is live again."_s));
    QVERIFY(seenAll().contains(u"Since 14:32 UTC. What the restore had brought is kept."_s));
    QVERIFY(!seenAll().contains(u"Proven:"_s));
    const QSignalSpy asked(m_view.get(), &VerdictView::putBackRequested);
    seenButton(*m_view, u"Take the restored data again"_s)->click();
    QCOMPARE(asked.size(), 1);
    show(recordOf(Verdict::Proven));
    QVERIFY(seenButton(*m_view, u"Put back the data as it was before"_s));
}

void TestVerdictView::anInterruptedOneIsHonest_data()
{
    QTest::addColumn<int>("committed"); // -1: nobody knows
    QTest::addColumn<QString>("says");
    QTest::addColumn<bool>("canPutBack");
    QTest::newRow("not asked yet")
        << -1 << u"What is true is not known until the server answers."_s << false;
    QTest::newRow("rolled back") << 0 << u"nothing changed: the server rolled it back."_s << false;
    QTest::newRow("it had taken place")
        << 1 << u"it had taken place: the server keeps the old data."_s << true;
}

void TestVerdictView::anInterruptedOneIsHonest()
{
    QFETCH(int, committed);
    QFETCH(QString, says);
    show(recordOf(Verdict::Proven)); // what was there before must not shine through
    show(interrupted(committed < 0 ? std::nullopt : std::optional(committed == 1)));
    QVERIFY2(seenAll().contains(u"The restore of 14:02 UTC was interrupted"_s) &&
                 seenAll().contains(says),
             qPrintable(seenAll()));
    QVERIFY(!seenAll().contains(u"Proven"_s));
    QVERIFY(!seen<ActionTable>(*m_view));
    QCOMPARE(seen<StateGlyph>(*m_view)->shape() == StateShape::Ok, committed == 1);
    const bool canPutBack = seenButton(*m_view, u"Put back"_s) != nullptr;
    QTEST(canPutBack, "canPutBack");
}

void TestVerdictView::whatWasBrokenOffCanBeGoneOnWith()
{
    restore::RestoreRecord record = interrupted(false);
    record.mode = restore::RestoreMode::ReplaceDatabase;
    show(record); // of a version that did not ask
    QVERIFY2(seenAll().contains(u"the server rolled it back."_s), qPrintable(seenAll()));
    record.isLeftKnown = true;
    show(record);
    QVERIFY2(seenAll().contains(u"nothing of it is left on the server."_s), qPrintable(seenAll()));
    record.unfinished = u"shop_loading"_s;
    show(record);
    QVERIFY2(
        seenAll().contains(u"An unfinished copy was left on the server, database shop_loading"_s) &&
            !seenAll().contains(u"rolled it back"_s),
        qPrintable(seenAll()));
    record.committed = true; // of another one that died
    show(record);
    QVERIFY2(seenAll().contains(u"it had taken place"_s), qPrintable(seenAll()));
    record.committed = false;
    show(record);
    const QSignalSpy again(m_view.get(), &VerdictView::againRequested);
    seenButton(*m_view, u"Restore the same backup again"_s)->click();
    QCOMPARE(again.size(), 1);
    for (const restore::RestoreRecord &other :
         {interrupted(std::nullopt), interrupted(true), recordOf(Verdict::Proven)}) {
        show(other);
        QVERIFY(!seenButton(*m_view, u"Restore the same backup again"_s));
    }
}

void TestVerdictView::whatIsCopiedIsAlwaysWhatIsShown()
{
    const auto *copy = m_view->findChild<CopyButton *>();
    show(recordOf(Verdict::Proven));
    QVERIFY(copy->copyText().contains(u"Proven: 2 tables"_s));
    QVERIFY(copy->copyText().contains(u"Target: database shop on db:5432 as app"_s));
    QVERIFY(copy->copyText().contains(u"Backup: shop.sql.gz"_s));
    QVERIFY(!copy->copyText().contains(u"/home/ada"_s));
    show(interrupted(false));
    QVERIFY2(copy->copyText().contains(u"the server rolled it back"_s),
             qPrintable(copy->copyText()));
    QVERIFY(!copy->copyText().contains(u"Proven"_s));
}

void TestVerdictView::thereIsAlwaysAWayOnByKeyboard_data()
{
    QTest::addColumn<restore::RestoreRecord>("record");
    QTest::newRow("proven") << recordOf(Verdict::Proven);
    QTest::newRow("differences") << recordOf(Verdict::Differences);
    QTest::newRow("not restored") << recordOf(Verdict::NotRestored);
    QTest::newRow("interrupted") << interrupted(std::nullopt);
    QTest::newRow("rolled back") << interrupted(false);
    QTest::newRow("had taken place") << interrupted(true);
}

void TestVerdictView::thereIsAlwaysAWayOnByKeyboard()
{
    QFETCH(restore::RestoreRecord, record);
    show(record);
    QVERIFY(m_view->initialFocus()->isVisible() && m_view->initialFocus()->isEnabled());
    const QSignalSpy another(m_view.get(), &VerdictView::anotherRequested);
    ActionButton *button = seenButton(*m_view, u"Choose another backup"_s);
    QVERIFY(button);
    button->setFocus();
    press(*m_view, Qt::Key_Return);
    QCOMPARE(another.size(), 1);
    const QStringList missed = missedByTab(*m_view);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = namelessFor(*m_view, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
}

void TestVerdictView::notesAndWhatIsKeptAreListed()
{
    restore::RestoreRecord record = recordOf(Verdict::Proven);
    record.receipt->notes = {u"the owner app_old does not exist here and was left out"_s};
    record.receipt->left = {{.what = u"the old data as public_before_20261123_140200"_s,
                             .removeWith = u"DROP SCHEMA public_before_20261123_140200"_s}};
    show(record);
    QVERIFY(seenAll().contains(
        u"Note: the owner app_old does not exist here and was left out.\nKept on the server: the "
        "old data as public_before_20261123_140200."_s));
    show(recordOf(Verdict::Proven));
    QVERIFY(!seenAll().contains(u"Note:"_s));
}

void TestVerdictView::whatIsLeftToDoIsThereOnceItIsLive()
{
    restore::RestoreRecord record = recordOf(Verdict::Proven);
    show(record);
    auto *fold = m_view->findChild<Disclosure *>(QString(), Qt::FindDirectChildrenOnly);
    QVERIFY(fold->isVisible());
    fold->setOpen(true);
    QVERIFY2(seenAll().contains(u"whoever lost access since has it again"_s),
             qPrintable(seenAll()));
    QVERIFY(!seenAll().contains(u"Everybody was disconnected"_s));
    record.mode = restore::RestoreMode::ReplaceDatabase;
    show(record);
    QVERIFY2(seenAll().contains(u"Everybody was disconnected"_s), qPrintable(seenAll()));
    record.mode = restore::RestoreMode::Copy; // nothing live has changed
    show(record);
    QVERIFY2(seenAll().contains(u"nothing has to be restarted"_s), qPrintable(seenAll()));
    QVERIFY(!seenAll().contains(u"whoever lost access since"_s));
    show(recordOf(Verdict::NotRestored));
    QVERIFY(!fold->isVisible());
}

void TestVerdictView::whatCameToLifeIsSaidFirst()
{
    restore::RestoreRecord record = recordOf(Verdict::Differences);
    QStringList found;
    for (int i = 1; i <= 7; ++i)
        found.append(u"role%1 may SELECT on public.orders again"_s.arg(i));
    record.receipt->afterwards =
        restore::Afterwards{.found = found, .unseen = {u"public.users: it has no primary key"_s}};
    show(record);
    auto *fold = m_view->findChild<Disclosure *>(QString(), Qt::FindDirectChildrenOnly);
    QVERIFY(fold->isOpen());
    const QString seen = seenAll();
    QVERIFY2(seen.contains(u"role5 may SELECT on public.orders again."_s), qPrintable(seen));
    QVERIFY2(!seen.contains(u"role6"_s), qPrintable(seen));
    QVERIFY2(seen.contains(u"And 2 more: the verdict for the chat has them all."_s),
             qPrintable(seen));
    QVERIFY2(seen.contains(u"Not looked at: public.users: it has no primary key."_s),
             qPrintable(seen));
    QVERIFY2(seen.contains(u"whoever lost access since has it again"_s), qPrintable(seen));
    const QList<StateGlyph *> glyphs = fold->findChildren<StateGlyph *>();
    QCOMPARE(glyphs.size(), 6);
    QCOMPARE(glyphs[0]->accessibleName(), u"To be looked at"_s);
    const QString chat = restoretexts::verdictForChat(*record.receipt);
    QVERIFY(chat.contains(u"role7"_s));
    QVERIFY(chat.contains(u"Not looked at: public.users: it has no primary key."_s));
    m_view->resize(768, 520);
    QTRY_COMPARE(m_view->size(), QSize(768, 520));
    const QStringList clipped = clippedTexts(*m_view);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    fold->setOpen(false); // whoever has read it is left alone
    show(record);
    QVERIFY(!fold->isOpen());
}

void TestVerdictView::thatNothingCameToLifeIsSaid()
{
    restore::RestoreRecord record = recordOf(Verdict::Proven);
    record.receipt->afterwards = restore::Afterwards{.looked = {u"rights"_s, u"jobs"_s}};
    show(record);
    auto *fold = m_view->findChild<Disclosure *>(QString(), Qt::FindDirectChildrenOnly);
    QVERIFY(!fold->isOpen());
    fold->setOpen(true);
    QVERIFY2(seenAll().contains(u"Nothing found that came to life. Looked at: rights; jobs."_s),
             qPrintable(seenAll()));
    QVERIFY2(seenAll().contains(u"Scheduled jobs, queues and webhooks"_s), qPrintable(seenAll()));
    QVERIFY(fold->findChildren<StateGlyph *>().isEmpty());
}

void TestVerdictView::nothingIsClipped_data()
{
    thereIsAlwaysAWayOnByKeyboard_data();
}

void TestVerdictView::nothingIsClipped()
{
    QFETCH(restore::RestoreRecord, record);
    if (record.receipt) {
        record.receipt->notes = QStringList(
            8, u"the extension pg_stat_statements of the dump is not installed on this server "_s
                   .repeated(3));
        if (record.receipt->verdict == Verdict::NotRestored)
            record.receipt->error =
                Error{.kind = ErrorKind::Denied,
                      .subject = u"schema public in shop on db:5432 "_s.repeated(3),
                      .detail = u"must be owner of schema public"_s,
                      .advice = Advice::AskForRights,
                      .sqlState = u"42501"_s};
    }
    m_view->resize(840, 480);
    show(record);
    QTRY_COMPARE(m_view->size(), QSize(840, 480));
    const QStringList clipped = clippedTexts(*m_view);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
}

void TestVerdictView::progressSaysWhereItIs()
{
    ProgressView view(m_theme);
    view.resize(1100, 600);
    view.show();
    view.setProgress({.phase = RestorePhase::Loading,
                      .tablesDone = 12,
                      .tablesTotal = 41,
                      .table = u"public.products"_s});
    QString seen = seenText(view);
    QVERIFY2(seen.contains(u"Loading beside the live data: 12 of 41 tables"_s), qPrintable(seen));
    QVERIFY(seen.contains(u"Loading public.products. The live data has not been touched."_s));
    // In place it is empty until the commit, and whoever needs it waits.
    for (const RestorePhase phase : {RestorePhase::Loading, RestorePhase::Proving}) {
        view.setProgress({.phase = phase, .mode = restore::RestoreMode::InPlace});
        seen = seenText(view);
        QVERIFY2(seen.contains(u"Readers and writers wait."_s) && !seen.contains(u"touched"_s),
                 qPrintable(seen));
    }
    view.setProgress({.phase = RestorePhase::SafetyCopy, .mode = restore::RestoreMode::InPlace});
    QVERIFY(seenText(view).contains(u"Writers wait, readers do not. The live data has not been"_s));
    view.setProgress({.phase = RestorePhase::Proving,
                      .tablesDone = 33,
                      .tablesTotal = 41,
                      .table = u"public.products"_s});
    seen = seenText(view);
    QVERIFY(seen.contains(u"Proving the copy: 33 of 41 tables"_s));
    QVERIFY(!seen.contains(u"Loading"_s));
}

void TestVerdictView::progressShowsARangeAndAHeartbeat()
{
    ProgressView view(m_theme);
    const auto *strip = view.findChild<ProgressStrip *>();
    restore::RestoreProgress progress{.phase = RestorePhase::Loading,
                                      .bytesDone = 100'000'000,
                                      .bytesTotal = 300'000'000,
                                      .rowsDone = 1'000'000,
                                      .rowsTotal = 3'000'000,
                                      .tablesTotal = 41,
                                      .phaseElapsed = 20s,
                                      .sinceAnswer = 200ms};
    view.setProgress(progress);
    const QString spoken = strip->spokenText();
    for (const QString &part : {u"100 of 300 MB of the file"_s, u"1.0 M of 3.0 M rows"_s,
                                u"5 MB/s"_s, u"50,000 rows a second"_s, u"about 40 to 57 s left"_s,
                                u"server answered 0.2 s ago"_s, u"now: Load beside"_s})
        QVERIFY2(spoken.contains(part), qPrintable(part + u" in: "_s + spoken));
    progress.bytesDone = 0; // nothing measured yet: nothing promised
    view.setProgress(progress);
    QVERIFY2(!strip->spokenText().contains(u"left"_s), qPrintable(strip->spokenText()));
}

void TestVerdictView::aLongSilenceIsAQuestion()
{
    ProgressView view(m_theme);
    view.resize(888, 560);
    view.setVisible(true);
    restore::RestoreProgress progress{.phase = RestorePhase::Loading,
                                      .tablesTotal = 41,
                                      .table = u"public.products"_s,
                                      .sinceAnswer = 29s};
    view.setProgress(progress);
    QVERIFY(!tests::seenText(view).contains(u"has not answered"_s));
    progress.sinceAnswer = 75s;
    view.setProgress(progress);
    QVERIFY2(tests::seenText(view).contains(u"The server has not answered for 1 min 15 s. Go on "
                                            "waiting, or stop?"_s),
             qPrintable(tests::seenText(view)));
    progress.phase = RestorePhase::Refining; // it is live: there is nothing to decide
    view.setProgress(progress);
    QVERIFY(!tests::seenText(view).contains(u"has not answered"_s));
}

void TestVerdictView::anIndexThatIsBuiltIsSeenGrowing()
{
    ProgressView view(m_theme);
    view.resize(888, 560);
    view.setVisible(true);
    restore::RestoreProgress progress{.phase = RestorePhase::Loading,
                                      .tablesTotal = 41,
                                      .table = u"public.products"_s,
                                      .index = restore::IndexBuild{.count = 1, .read = 0.42}};
    const auto says = [&](const QString &words) {
        view.setProgress(progress);
        return tests::seenText(view).contains(words);
    };
    QVERIFY2(says(u"The server builds an index: 42 % of the table read."_s),
             qPrintable(tests::seenText(view)));
    progress.index->written = 0.071;
    QVERIFY(says(u"The server builds an index: 7 % of it written."_s));
    progress.index->count = 2;
    QVERIFY(says(u"The server builds 2 indexes: 42 % of the tables read."_s));
    progress.index.reset();
    QVERIFY(says(u"Loading public.products."_s));
}

void TestVerdictView::stoppingIsSaidAtOnceAndOnce()
{
    ProgressView view(m_theme);
    view.resize(1100, 600);
    view.show();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    view.setProgress({.phase = RestorePhase::Loading, .tablesDone = 1, .tablesTotal = 3});
    const QSignalSpy stop(&view, &ProgressView::stopRequested);
    view.initialFocus()->setFocus();
    press(view, Qt::Key_Escape);
    QTRY_COMPARE(stop.size(), 1);
    view.setStopping(true);
    view.setProgress({.phase = RestorePhase::Loading, .tablesDone = 2, .tablesTotal = 3});
    QVERIFY(seenText(view).contains(u"Stopping, and leaving the live data as it was"_s));
    press(view, Qt::Key_Escape);
    QCOMPARE(stop.size(), 1);
    // The stop came after the swap: what is live is not what was.
    view.setProgress({.phase = RestorePhase::Refining, .tablesDone = 1, .tablesTotal = 3});
    QVERIFY(!seenText(view).contains(u"as it was"_s));
    QVERIFY(seenText(view).contains(u"The restored data is live"_s));
    view.setStopping(false); // the next restore
    view.setProgress({.phase = RestorePhase::Waiting});
    QVERIFY(!seenText(view).contains(u"Stopping"_s));
    QVERIFY(seenButton(view, u"Stop and clean up"_s)->isEnabled());
}

void TestVerdictView::behindTheSwapNothingIsUntouched()
{
    ProgressView view(m_theme);
    view.resize(1100, 600);
    view.show();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    view.setProgress({.phase = RestorePhase::Swapping, .tablesDone = 3, .tablesTotal = 3});
    QVERIFY(seenText(view).contains(u"has not been touched"_s));
    view.setProgress({.phase = RestorePhase::Refining, .tablesDone = 1, .tablesTotal = 3});
    QVERIFY(!seenText(view).contains(u"has not been touched"_s));
    QVERIFY(seenText(view).contains(u"Completing the statistics"_s));
    view.setProgress({.phase = RestorePhase::Finished});
    QVERIFY(!seenText(view).contains(u"has not been touched"_s));
}

void TestVerdictView::tablesComeOneByOne()
{
    TableResultModel model;
    const QAbstractItemModelTester tester(&model);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QList<restore::TableResult> tables = {table(u"a"_s, 10, 10, Verdict::Proven),
                                          table(u"b"_s, 20, -1, Verdict::NotRestored),
                                          table(u"c"_s, 30, -1, Verdict::NotRestored)};
    model.setResults(tables, true);
    const auto words = [&] {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row)
            all.append(model.index(row, TableResultModel::Verdict).data().toString());
        return all;
    };
    QCOMPARE(words(), QStringList({u"Proven"_s, u"Counting"_s, u"Waiting"_s}));
    QVERIFY(model.index(1, 0).data(MarkedRole).toBool());
    QVERIFY(!model.index(2, TableResultModel::Verdict).data(ShapeRole).isValid());
    tables[1] = table(u"b"_s, 20, 19, Verdict::Differences);
    model.setResults(tables, true);
    QCOMPARE(words(), QStringList({u"Proven"_s, u"Differs"_s, u"Counting"_s}));
    model.setResults(tables, false); // it ended before the last was counted
    QCOMPARE(words().last(), u"Not restored"_s);
    QCOMPARE(model.index(2, TableResultModel::Now).data().toString(), QString());
    QCOMPARE(reset.size(), 1); // the reader's place stays
    model.setResults({}, false);
    QCOMPARE(model.rowCount(), 0);
}

MAYDAY_UI_TEST(TestVerdictView);
#include "tst_verdictview.moc"
