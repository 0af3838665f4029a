// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/session.h"
#include "support/keyboardwalk.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/copybutton.h"
#include "ui/kit/progressstrip.h"
#include "ui/restore/contenttexts.h"
#include "ui/restore/contentview.h"
#include "ui/restore/restorepanelfixture.h"

#include <QClipboard>
#include <QRegularExpression>
#include <QSignalSpy>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;
using restore::ContentCheck;
using restore::ContentVerdict;

namespace {

constexpr int patience = 30000;

restore::TableContent tableOf(const QString &name, ContentVerdict verdict)
{
    return {.schema = u"public"_s, .name = name, .verdict = verdict};
}

} // namespace

/// From the verdict to the letters of every row, and back.
class TestContent : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void theAnswerComesByKeyboardAndStays();
    void whatDiffersStandsFirst();
    void whatWentBackIsNoLongerAskedAbout();
    void aFileThatIsGoneIsSaid();
    void aStopIsNoError();
    void inTheBackgroundItIsInNobodysWay();
    void whatChangesSomethingStopsIt();
    void theLatestQuestionIsAnswered();
    void theSentenceNeverSaysMoreThanIsKnown_data();
    void theSentenceNeverSaysMoreThanIsKnown();
    void progressOfBothHalves();

private:
    void compareLetters()
    {
        ActionButton *compare = button(u"Compare every letter"_s);
        QVERIFY(compare);
        compare->setFocus();
        press(*m_panel, Qt::Key_Return);
        QVERIFY(seen<ContentView>(*m_panel));
    }
    [[nodiscard]] QString textOfAllRows() const
    {
        const auto *table = seen<ActionTable>(*m_panel);
        table->selectionModel()->clearSelection();
        return table->asText();
    }
};

void TestContent::theAnswerComesByKeyboardAndStays()
{
    putDump(m_shop->dump());
    restoreNow();
    compareLetters();
    QTRY_VERIFY2_WITH_TIMEOUT(
        seenAll().contains(
            u"The same to the letter: 3 tables with 6,000 rows are as in the backup."_s),
        qPrintable(seenAll()), patience);
    const QString text = textOfAllRows();
    QVERIFY2(text.contains(u"public.products\tSame\t3,000\t3,000\t"_s), qPrintable(text));
    static const QRegularExpression whole(u"\t[0-9a-f]{32}\n"_s);
    QVERIFY2(text.contains(whole), qPrintable(text)); // not the short one that is shown
    QCOMPARE(QApplication::focusWidget(), m_panel->initialFocus());
    const QStringList clipped = clippedTexts(*m_panel);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    int named = 0;
    QVERIFY(namelessFor(*seen<ContentView>(*m_panel), named).isEmpty());

    button(u"Back to the verdict"_s)->setFocus();
    press(*m_panel, Qt::Key_Return);
    QVERIFY(seen<VerdictView>(*m_panel));
    QVERIFY2(seenAll().contains(u"UTC: 3 tables with 6,000 rows are as in the backup."_s),
             qPrintable(seenAll()));
    QVERIFY(m_errors.isEmpty());
}

void TestContent::whatDiffersStandsFirst()
{
    putDump(m_shop->dump());
    restoreNow();
    m_shop->run("UPDATE products SET name = name || '.' WHERE id = 7;"
                "INSERT INTO products (name) VALUES ('since')");
    m_shop->run("UPDATE listings SET product_id = 4 WHERE id = 5");
    compareLetters();
    QTRY_VERIFY2_WITH_TIMEOUT(seenAll().contains(u"2 of 3 tables differ from the backup."_s),
                              qPrintable(seenAll()), patience);
    QVERIFY(
        seenAll().contains(u"What was written since the restore counts as a difference too."_s));
    const QStringList lines = textOfAllRows().split(u'\n');
    QVERIFY2(lines.size() >= 4 && lines[1].contains(u"Different"_s) &&
                 lines[2].contains(u"Different"_s) && lines[3].contains(u"Same"_s),
             qPrintable(lines.join(u'\n')));
    QVERIFY(textOfAllRows().contains(u"Different: 1 row more than in the backup"_s));
    QVERIFY(textOfAllRows().contains(u"Different: as many rows, other contents"_s));
    seen<CopyButton>(*m_panel)->click();
    const QString chat = QApplication::clipboard()->text();
    QVERIFY2(chat.contains(u"public.products: Different"_s) && !chat.contains(u"empty_one"_s),
             qPrintable(chat));
    button(u"Back to the verdict"_s)->click();
    QVERIFY2(seenAll().contains(u"2 of 3 tables differed from the backup: public."_s),
             qPrintable(seenAll()));
}

void TestContent::whatWentBackIsNoLongerAskedAbout()
{
    putDump(m_shop->dump());
    restoreNow();
    compareLetters();
    QTRY_VERIFY_WITH_TIMEOUT(seenAll().contains(u"The same to the letter"_s), patience);
    button(u"Back to the verdict"_s)->click();
    m_prompter->decisions = {true};
    button(u"Put back"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seenAll().contains(u"Put back: the data as it was"_s), patience);
    QVERIFY(!button(u"Compare every letter"_s));
    QVERIFY(!seenAll().contains(u"Compared to the letter"_s));
}

void TestContent::aFileThatIsGoneIsSaid()
{
    putDump(m_shop->dump());
    restoreNow();
    QVERIFY(QFile::remove(m_folder->filePath(u"backups/shop.sql"_s)));
    compareLetters();
    QTRY_VERIFY2_WITH_TIMEOUT(seenAll().contains(u"It could not be compared."_s),
                              qPrintable(seenAll()), patience);
    QVERIFY(seenAll().contains(u"shop.sql"_s));
    QVERIFY(seenAll().contains(u"Nothing was changed: only questions were asked."_s));
    m_noConnection =
        Error{.kind = ErrorKind::NotFound, .subject = u"password"_s, .detail = u"it is nowhere"_s};
    button(u"Compare again"_s)->click();
    QTRY_VERIFY(seenAll().contains(u"password"_s));
}

void TestContent::aStopIsNoError()
{
    putDump(m_shop->dump());
    restoreNow();
    // Whoever asks waits for this one.
    TaskContext context;
    auto holder = postgres::Session::connect(m_shop->target(), context, {});
    QVERIFY(holder);
    QVERIFY(holder->execute("BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE", context));
    compareLetters();
    QTRY_VERIFY_WITH_TIMEOUT(seenAll().contains(u"Comparing public."_s), patience);
    QVERIFY(seen<ProgressStrip>(*m_panel));
    press(*m_panel, Qt::Key_Escape);
    QTRY_VERIFY2_WITH_TIMEOUT(seenAll().contains(u"Stopped before there was an answer."_s),
                              qPrintable(seenAll()), patience);
    QVERIFY(!seen<ErrorPanel>(*m_panel));
    QVERIFY(!m_desk->records().front().content);
    QVERIFY(holder->execute("ROLLBACK", context));
    button(u"Compare again"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seenAll().contains(u"The same to the letter"_s), patience);
}

void TestContent::inTheBackgroundItIsInNobodysWay()
{
    putDump(m_shop->dump());
    restoreNow();
    TaskContext context;
    auto holder = postgres::Session::connect(m_shop->target(), context, {});
    QVERIFY(holder);
    QVERIFY(holder->execute("BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE", context));
    compareLetters();
    button(u"Back to the verdict"_s)->click();
    button(u"Choose another backup"_s)->click();
    QVERIFY(seen<ChooseView>(*m_panel));
    const QSignalSpy checked(m_desk.get(), &restore::RestoreDesk::contentChecked);
    QVERIFY(holder->execute("ROLLBACK", context));
    QTRY_COMPARE_WITH_TIMEOUT(checked.count(), 1, patience);
    QVERIFY(seen<ChooseView>(*m_panel)); // and nobody is thrown out of it
    QVERIFY(m_desk->records().front().content->isSame());
}

void TestContent::whatChangesSomethingStopsIt()
{
    putDump(m_shop->dump());
    restoreNow();
    const restore::RestoreId id = m_desk->records().front().id;
    TaskContext context;
    auto holder = postgres::Session::connect(m_shop->target(), context, {});
    QVERIFY(holder);
    QVERIFY(holder->execute("BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE", context));
    const QSignalSpy failed(m_desk.get(), &restore::RestoreDesk::contentCheckFailed);
    m_desk->checkContent(m_shop->target(), id);
    m_desk->putBack(m_shop->target(), id.text());
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, patience);
    QCOMPARE(failed[0][1].value<Error>().kind, ErrorKind::Cancelled);
    QVERIFY(holder->execute("ROLLBACK", context));
    QTRY_VERIFY_WITH_TIMEOUT(m_desk->record(id)->putBackAt.has_value(), patience);
    QVERIFY(!m_desk->record(id)->content);
    QVERIFY2(m_desk->record(id)->receipt->verdict == restore::Verdict::Proven, "");
}

void TestContent::theLatestQuestionIsAnswered()
{
    putDump(m_shop->dump());
    restoreNow();
    const restore::RestoreId id = m_desk->records().front().id;
    const QSignalSpy answers(m_desk.get(), &restore::RestoreDesk::contentChecked);
    const QSignalSpy failures(m_desk.get(), &restore::RestoreDesk::contentCheckFailed);
    for (int i = 0; i < 3; ++i)
        m_desk->checkContent(m_shop->target(), id);
    QTRY_COMPARE_WITH_TIMEOUT(answers.count(), 1, patience);
    QVERIFY(m_pool->waitForDone());
    QCoreApplication::processEvents();
    QCOMPARE(answers.count(), 1);
    QCOMPARE(failures.count(), 0);
    QVERIFY(m_desk->records().front().content->isSame());
}

void TestContent::theSentenceNeverSaysMoreThanIsKnown_data()
{
    QTest::addColumn<QList<int>>("verdicts");
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<int>("shape");
    constexpr int same = static_cast<int>(ContentVerdict::Same);
    constexpr int different = static_cast<int>(ContentVerdict::Different);
    constexpr int unknown = static_cast<int>(ContentVerdict::NotCompared);
    QTest::newRow("same") << QList{same}
                          << u"The same to the letter: 1 table with 0 rows are as in the backup."_s
                          << static_cast<int>(StateShape::Ok);
    QTest::newRow("one different")
        << QList{same, different, same} << u"1 of 3 tables differ from the backup."_s
        << static_cast<int>(StateShape::Degraded);
    QTest::newRow("one unknown")
        << QList{same, unknown}
        << u"1 of 2 tables are the same to the letter; the others could not be compared."_s
        << static_cast<int>(StateShape::Unknown);
    QTest::newRow("different and unknown")
        << QList{different, unknown} << u"1 of 2 tables differ from the backup."_s
        << static_cast<int>(StateShape::Degraded);
    QTest::newRow("none") << QList<int>() << u"There are no rows in the backup."_s
                          << static_cast<int>(StateShape::Unknown);
}

void TestContent::theSentenceNeverSaysMoreThanIsKnown()
{
    QFETCH(QList<int>, verdicts);
    ContentCheck check;
    for (const int verdict : std::as_const(verdicts))
        check.tables.append(tableOf(u"t"_s, static_cast<ContentVerdict>(verdict)));
    QTEST(contenttexts::sentence(check), "sentence");
    QTEST(static_cast<int>(contenttexts::shape(check)), "shape");
}

void TestContent::progressOfBothHalves()
{
    using namespace std::chrono_literals;
    ContentView view(m_theme);
    view.resize(1144, 600);
    view.show();
    view.showProgress({.isReading = true, .done = 30'000'000, .total = 90'000'000, .elapsed = 3s});
    QVERIFY2(seenText(view).contains(u"Reading the backup"_s), qPrintable(seenText(view)));
    QString spoken = view.findChild<ProgressStrip *>()->spokenText();
    QVERIFY2(spoken.contains(u"30 of 90 MB"_s) && spoken.contains(u"6 to 10 s"_s),
             qPrintable(spoken));
    view.showProgress({.isReading = false,
                       .done = 100,
                       .total = 300,
                       .tables = 1,
                       .tablesTotal = 3,
                       .table = u"public.products"_s,
                       .elapsed = 100ms});
    QVERIFY2(seenText(view).contains(u"Comparing public.products: 1 of 3 tables done"_s),
             qPrintable(seenText(view)));
    spoken = view.findChild<ProgressStrip *>()->spokenText();
    QVERIFY2(spoken.contains(u"100 of 300 rows"_s), qPrintable(spoken));
}

MAYDAY_UI_TEST(TestContent);
#include "tst_content.moc"
