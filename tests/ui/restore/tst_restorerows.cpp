// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/keyboardwalk.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/facttable.h"
#include "ui/restore/cameafterview.h"
#include "ui/restore/restorepanelfixture.h"
#include "ui/restore/tablesview.h"

#include <QSignalSpy>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;

/// Only bringing rows back: a backup beside the live data, from which some return.
class TestRestoreRows : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void lostRowsComeBackByKeyboard();
    void someTablesOnly();
    void withoutATableThereIsNoButton();
    void theWayBackLeadsToThePlan();
    void aCopyThatFailsTouchesNothing();

private:
    void chooseTables()
    {
        choosePlan();
        ActionButton *rows = button(u"Only bring rows back"_s);
        QVERIFY(rows);
        rows->setFocus();
        press(*m_panel, Qt::Key_Return);
        QVERIFY(seen<TablesView>(*m_panel));
    }
};

void TestRestoreRows::lostRowsComeBackByKeyboard()
{
    putDump(m_shop->dump());
    m_shop->run("DELETE FROM products WHERE id <= 5; INSERT INTO products (name) VALUES ('new')");
    const QSignalSpy done(m_panel.get(), &RestorePanel::doneChanged);
    chooseTables();
    QVERIFY2(seenAll().contains(u"Whose rows of shop.sql do you want beside the live data?"_s),
             qPrintable(seenAll()));
    QVERIFY(button(u"Lay 6,000 rows of 2 tables beside the live data ("_s)); // not the empty one
    QCOMPARE(QApplication::focusWidget(), m_panel->initialFocus());
    const QStringList clipped = clippedTexts(*m_panel);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    int named = 0;
    QVERIFY(namelessFor(*seen<TablesView>(*m_panel), named).isEmpty());
    press(*m_panel, Qt::Key_Return);

    // No name to type: nothing is replaced. The comparison comes by itself.
    QTRY_VERIFY2_WITH_TIMEOUT(seenAll().contains(u"Not live now: 10 rows of the backup."_s),
                              qPrintable(seenAll()), 30000);
    QVERIFY(m_prompter->typed.isEmpty());
    const auto *table = seen<ActionTable>(*m_panel);
    table->selectionModel()->clearSelection();
    const QString text = table->asText();
    QVERIFY2(text.startsWith(u"Table\tOnly in the backup\tWritten since\tChanged since\t"_s),
             qPrintable(text));
    QVERIFY2(text.contains(u"public.products\t5\t1\t0\tAdd what is missing"_s), qPrintable(text));
    QVERIFY2(text.contains(u"public.listings\t5\t0\t0\tAdd what is missing"_s), qPrintable(text));
    QVERIFY(button(u"As in the backup"_s));
    m_prompter->decisions = {true};
    button(u"Bring back 10 rows..."_s)->setFocus();
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY2(seenAll().contains(u"Brought back and proven: 10 rows in 2 tables."_s),
                 qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"3001"_s);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM listings"), u"3000"_s);
    QTRY_VERIFY(!button(u"Bring back"_s) || !button(u"Bring back"_s)->isEnabled());
    button(u"Back to the verdict"_s)->click();
    QVERIFY2(seenAll().contains(u"The copy is proven: 3 tables with 6,000 rows are as in the "
                                "backup."_s),
             qPrintable(seenAll()));
    QVERIFY(seenAll().contains(u"The live data is as it was; the copy stands beside it."_s));
    QVERIFY2(seenAll().contains(u"Brought back since: 10 rows of the backup."_s),
             qPrintable(seenAll()));
    QVERIFY(!button(u"Put back"_s));
    QVERIFY(button(u"Compare with the live data"_s));
    QCOMPARE(done.last()[0].toBool(), true);
    QVERIFY(m_errors.isEmpty());
}

void TestRestoreRows::someTablesOnly()
{
    putDump(m_shop->dump());
    m_shop->run("DELETE FROM listings WHERE id <= 7");
    chooseTables();
    auto *table = seen<ActionTable>(*m_panel);
    table->setFocus();
    press(*m_panel, Qt::Key_Down); // another alone, then the first alone: listings
    press(*m_panel, Qt::Key_Up);
    QVERIFY2(button(u"Lay 3,000 rows of 1 table beside the live data ("_s), qPrintable(seenAll()));
    QCOMPARE(seen<TablesView>(*m_panel)->chosen(),
             QList<restore::TableName>{restore::TableName(u"public"_s, u"listings"_s)});
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY2_WITH_TIMEOUT(seenAll().contains(u"Not live now: 7 rows of the backup."_s),
                              qPrintable(seenAll()), 30000);
    QCOMPARE(seen<ActionTable>(*m_panel)->model()->rowCount(), 1);
}

void TestRestoreRows::withoutATableThereIsNoButton()
{
    putDump(m_shop->dump());
    chooseTables();
    seen<ActionTable>(*m_panel)->clearSelection();
    QVERIFY(!button(u"Select a table"_s)->isEnabled());
    seen<ActionTable>(*m_panel)->setFocus();
    press(*m_panel, Qt::Key_Return);
    QVERIFY(!m_desk->isBusy());
}

void TestRestoreRows::theWayBackLeadsToThePlan()
{
    putDump(m_shop->dump());
    chooseTables();
    button(u"Back to the plan"_s)->click();
    QVERIFY(seen<PlanView>(*m_panel));
    QVERIFY(button(u"Replace schema"_s));
    m_prompter->decisions = {true};
    button(u"Replace schema"_s)->click(); // and replacing is still replacing
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY2(seenAll().contains(u"Proven: "_s), qPrintable(seenAll()));
    QVERIFY(button(u"Put back the data as it was before"_s));
}

void TestRestoreRows::aCopyThatFailsTouchesNothing()
{
    putDump(m_shop->dump());
    chooseTables();
    QFile file(m_folder->filePath(u"backups/shop.sql"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("SELECT 1;\n");
    file.close();
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY2(seenAll().contains(u"Not copied. Nothing changed: the live data is as it was."_s),
             qPrintable(seenAll()));
    QVERIFY(!button(u"Compare with the live data"_s));
}

MAYDAY_UI_TEST(TestRestoreRows);
#include "tst_restorerows.moc"
