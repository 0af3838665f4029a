// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/keyboardwalk.h"
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/errorpanel.h"
#include "ui/kit/stateglyph.h"
#include "ui/restore/restoretexts.h"
#include "ui/restore/verdictview.h"

#include <QTest>
#include <QTimeZone>

#include <algorithm>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;

/// What a verdict says once its restore was put back, or was to be.
class TestPutBackVerdict : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme.applyTo(*qApp); }
    void init() { m_view = std::make_unique<VerdictView>(m_theme); }
    void cleanup() { m_view.reset(); }
    void whatPuttingBackCameToIsSaid_data();
    void whatPuttingBackCameToIsSaid();
    void aPutBackOfAnInterruptedOneIsSaid();
    void whatWasProvenIsNotSaidOfWhatIsLive();
    void aTryThatFailedHidesNothing();
    void aDatabaseOfItsOwnIsToldWithItsConnection();

private:
    [[nodiscard]] static restore::RestoreRecord restoredOnce()
    {
        restore::RestoreReceipt receipt;
        receipt.verdict = restore::Verdict::Proven;
        receipt.target = u"database shop on db:5432 as app"_s;
        receipt.file = u"/home/ada/backups/shop.sql.gz"_s;
        receipt.tables = {{.schema = u"public"_s,
                           .name = u"products"_s,
                           .rowsInDump = 60012,
                           .rowsAfter = 60012,
                           .verdict = restore::Verdict::Proven}};
        restore::RestoreRecord record;
        record.id = restore::RestoreId::parse(u"restore-1"_s).value();
        record.state = restore::RestoreState::Finished;
        record.target = receipt.target;
        record.startedAt = QDateTime(QDate(2026, 11, 23), QTime(14, 2), QTimeZone::UTC);
        record.receipt = receipt;
        return record;
    }
    void show(const restore::RestoreRecord &record)
    {
        m_view->setRecord(record);
        m_view->resize(1144, 600);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
    }

    Theme m_theme;
    std::unique_ptr<VerdictView> m_view;
};

void TestPutBackVerdict::whatPuttingBackCameToIsSaid_data()
{
    QTest::addColumn<restore::Verdict>("verdict");
    QTest::addColumn<bool>("isLiveAgain");
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<StateShape>("shape");
    QTest::newRow("put back") << restore::Verdict::Proven << true
                              << u"Put back: the data as it was before the restore is live again."_s
                              << StateShape::Ok;
    QTest::newRow("put back, with differences")
        << restore::Verdict::Differences << true
        << u"Put back, with differences: the data as it was before the restore is live again."_s
        << StateShape::Degraded;
    QTest::newRow("taken again") << restore::Verdict::Proven << false
                                 << u"Taken again: the restored data is live."_s << StateShape::Ok;
    QTest::newRow("taken again, with differences")
        << restore::Verdict::Differences << false
        << u"Taken again, with differences: the restored data is live."_s << StateShape::Degraded;
    QTest::newRow("not put back") << restore::Verdict::NotRestored << false
                                  << u"Proven: 1 table with 60,012 rows are as in the backup."_s
                                  << StateShape::Ok;
}

void TestPutBackVerdict::whatPuttingBackCameToIsSaid()
{
    QFETCH(restore::Verdict, verdict);
    QFETCH(bool, isLiveAgain);
    QFETCH(QString, sentence);
    QFETCH(StateShape, shape);
    restore::RestoreRecord record = restoredOnce();
    restore::RestoreReceipt back;
    back.verdict = verdict;
    if (verdict == restore::Verdict::NotRestored)
        back.error = Error{.kind = ErrorKind::Refused,
                           .subject = u"database shop"_s,
                           .detail = u"another restore or put-back is running"_s};
    if (verdict == restore::Verdict::Differences)
        back.notes = {u"View reports.daily goes on using what was live until now"_s};
    if (back.error)
        record.putBackError = back.error;
    else
        record.lastPutBack = back;
    record.receipt->notes = back.notes; // as the record has them
    if (isLiveAgain)
        record.putBackAt = record.startedAt.addSecs(1800);
    show(record);
    QVERIFY2(seenText(*m_view).contains(sentence), qPrintable(seenText(*m_view)));
    QCOMPARE(seen<StateGlyph>(*m_view)->shape(), shape);
    const auto *copy = seen<CopyButton>(*m_view);
    QVERIFY(copy && copy->focusPolicy() != Qt::NoFocus);
    QVERIFY(copy->copyText().contains(u"Target: database shop on db:5432 as app"_s));
    if (verdict == restore::Verdict::Differences) {
        QVERIFY(
            seenText(*m_view).contains(u"Note: View reports.daily goes on using what was live"_s));
        QVERIFY(copy->copyText().contains(u"View reports.daily goes on using"_s));
    }
    if (verdict == restore::Verdict::NotRestored) {
        QVERIFY(seen<ErrorPanel>(*m_view));
        QVERIFY(seenText(*m_view).contains(u"What was live is live, and what was kept is kept."_s));
        QVERIFY(copy->copyText().contains(u"another restore or put-back is running"_s));
    } else {
        QVERIFY(copy->copyText().startsWith(sentence));
        QVERIFY(!seen<ErrorPanel>(*m_view));
    }
    const QStringList clipped = clippedTexts(*m_view);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
}

/// There is no receipt of the restore then, and still there is one of the put-back.
void TestPutBackVerdict::aPutBackOfAnInterruptedOneIsSaid()
{
    restore::RestoreRecord record = restoredOnce();
    record.receipt.reset();
    record.state = restore::RestoreState::Settled;
    record.committed = true;
    restore::RestoreReceipt back;
    back.verdict = restore::Verdict::Differences;
    back.notes = {u"View reports.daily goes on using what was live until now"_s};
    record.lastPutBack = back;
    record.putBackAt = record.startedAt.addSecs(1800);
    show(record);
    QVERIFY(seenText(*m_view).contains(u"Put back, with differences: "_s));
    QVERIFY(seenText(*m_view).contains(u"Note: View reports.daily goes on using"_s));
    QVERIFY(seenButton(*m_view, u"Take the restored data again"_s));
}

/// What was proven is kept, and what is live has other rows.
void TestPutBackVerdict::whatWasProvenIsNotSaidOfWhatIsLive()
{
    restore::RestoreRecord record = restoredOnce();
    record.receipt->notes = {u"sequences go on beyond where they stood before"_s};
    record.receipt->checks = {{.name = u"orders have lines"_s, .isTrue = true, .detail = {}}};
    record.rowsBroughtBack = 318;
    show(record);
    QVERIFY(seen<QTableView>(*m_view));
    QVERIFY(seenText(*m_view).contains(u"Your check is true: orders have lines."_s));
    QVERIFY(seenText(*m_view).contains(u"Brought back since: 318 rows"_s));
    record.isPutBackOpen = true;
    show(record);
    QVERIFY(!seen<QTableView>(*m_view));
    QVERIFY(!seenText(*m_view).contains(u"Your check"_s));
    QVERIFY(!seenText(*m_view).contains(u"Brought back since"_s));
    record.isPutBackOpen = false;
    record.putBackAt = record.startedAt.addSecs(1800);
    show(record);
    QVERIFY(!seen<QTableView>(*m_view));
    QVERIFY(!seenText(*m_view).contains(u"Your check"_s));
    QVERIFY(!seenText(*m_view).contains(u"Brought back since"_s));
    QVERIFY(m_view->initialFocus()->isVisibleTo(m_view.get()));
    // The room of the table is at the end, not between what is left.
    const QWidget *again = seenButton(*m_view, u"Take the restored data again"_s);
    QVERIFY2(again->mapTo(m_view.get(), QPoint()).y() < 150,
             qPrintable(QString::number(again->mapTo(m_view.get(), QPoint()).y())));
    record.putBackAt.reset();
    record.lastPutBack.emplace();
    show(record); // taken again
    QVERIFY(seen<QTableView>(*m_view));
}

/// What is live is what it was, with the differences it had.
void TestPutBackVerdict::aTryThatFailedHidesNothing()
{
    restore::RestoreRecord record = restoredOnce();
    restore::RestoreReceipt back;
    back.verdict = restore::Verdict::Differences;
    record.lastPutBack = back;
    record.putBackAt = record.startedAt.addSecs(1800);
    record.putBackError = Error{.kind = ErrorKind::Refused,
                                .subject = u"database shop"_s,
                                .detail = u"another restore is running"_s};
    show(record);
    QVERIFY(seenText(*m_view).contains(u"Put back, with differences: "_s));
    QCOMPARE(seen<StateGlyph>(*m_view)->shape(), StateShape::Degraded);
    QVERIFY(seen<ErrorPanel>(*m_view));
    record.lastPutBack.reset();
    record.putBackError.reset();
    record.isPutBackUnseen = true;
    show(record);
    QVERIFY(seenText(*m_view).contains(u"Nobody saw its end"_s));
    QCOMPARE(seen<StateGlyph>(*m_view)->shape(), StateShape::Degraded);
}

/// Nothing to put back, and something to switch to.
void TestPutBackVerdict::aDatabaseOfItsOwnIsToldWithItsConnection()
{
    restore::RestoreRecord record = restoredOnce();
    record.mode = restore::RestoreMode::NewDatabase;
    record.receipt->mode = restore::modeKey(record.mode);
    record.receipt->connection = u"host=db.example dbname=shop_restored_20261123_081500"_s;
    show(record);
    for (const QString &words : {u"Proven, in a database of its own; the live one is as it was."_s,
                                 record.receipt->connection, u"stays until you drop it"_s,
                                 u"Add the password that you have"_s})
        QVERIFY2(seenText(*m_view).contains(words),
                 qPrintable(words + u" in:\n"_s + seenText(*m_view)));
    QVERIFY(!seenText(*m_view).contains(u"can be put back"_s));
    QVERIFY(!seenButton(*m_view, u"Put back"_s));
    QVERIFY(!seenButton(*m_view, u"What came after the backup"_s));
    const auto copies = m_view->findChildren<CopyButton *>();
    QVERIFY(std::ranges::any_of(copies, [&](const CopyButton *copy) {
        return copy->isVisible() && copy->copyText() == record.receipt->connection;
    }));
    const QStringList clipped = clippedTexts(*m_view);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    QVERIFY(restoretexts::whatNext(record).front().startsWith(u"Before you switch, "_s));
    record.discardedAt = record.startedAt.addDays(1);
    show(record);
    QVERIFY2(seenText(*m_view).contains(u"The new database was discarded at "_s),
             qPrintable(seenText(*m_view)));
    QVERIFY(!seenText(*m_view).contains(u"Add the password that you have"_s));
    record = restoredOnce(); // the process died behind the last word
    record.receipt.reset();
    record.state = restore::RestoreState::Settled;
    record.committed = true;
    record.mode = restore::RestoreMode::NewDatabase;
    record.connection = u"host=db.example dbname=shop user=app"_s;
    record.made = u"shop_restored_20261123_081500"_s;
    show(record);
    QVERIFY2(seenText(*m_view).contains(
                 u"it had been proven: the backup stands in a database of its own, "
                 "shop_restored_20261123_081500."_s),
             qPrintable(seenText(*m_view)));
    QVERIFY(seenText(*m_view).contains(u"Add the password that you have"_s));
    show(restoredOnce());
    QVERIFY(!seenText(*m_view).contains(u"Add the password that you have"_s));
}

MAYDAY_UI_TEST(TestPutBackVerdict);
#include "tst_putbackverdict.moc"
