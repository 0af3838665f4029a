// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/screen.h"
#include "support/testmain.h"
#include "ui/kit/actiontable.h"
#include "ui/restore/tablesview.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::ui;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// The tables of a backup, of which some are wanted, by keyboard.
class TestTablesView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_theme.applyTo(*qApp);
        m_view = std::make_unique<TablesView>(m_theme);
        m_view->resize(900, 500);
        m_view->showTables(u"shop.sql"_s,
                           {{.schema = u"public"_s, .name = u"products"_s, .rows = 30},
                            {.schema = u"public"_s, .name = u"orders"_s, .rows = 7},
                            {.schema = u"Audit"_s, .name = u"order_events"_s, .rows = 2},
                            {.schema = u"public"_s, .name = u"empty"_s, .rows = 0}},
                           {{u"public"_s, u"orders"_s}});
        m_view->show();
        QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
        m_view->initialFocus()->setFocus();
    }
    void cleanup() { m_view.reset(); }

    void allAreTakenAtFirst();
    void whatIsFoundIsTaken();
    void nothingFoundIsNothingToTake();
    void theKeyboardFindsAndGoesOn();
    void whatIsMissingCanComeBackAlone();

private:
    [[nodiscard]] QLineEdit *field() const { return m_view->findChild<QLineEdit *>(); }
    [[nodiscard]] ActionTable *table() const { return m_view->findChild<ActionTable *>(); }

    Theme m_theme;
    std::unique_ptr<TablesView> m_view;
};

void TestTablesView::allAreTakenAtFirst()
{
    QCOMPARE(m_view->chosen(), QList<restore::TableName>()); // the backup as a whole
    QVERIFY(seenButton(*m_view, u"Lay 39 rows of 3 tables"_s));
}

void TestTablesView::whatIsFoundIsTaken()
{
    field()->setText(u"ORDER"_s);
    QCOMPARE(m_view->chosen(), (QList<restore::TableName>{{u"public"_s, u"orders"_s},
                                                          {u"Audit"_s, u"order_events"_s}}));
    QVERIFY(seenButton(*m_view, u"Lay 9 rows of 2 tables"_s));
    QVERIFY(table()->isRowHidden(0) && !table()->isRowHidden(1));
    field()->setText(u" audit."_s);
    QCOMPARE(m_view->chosen(), (QList<restore::TableName>{{u"Audit"_s, u"order_events"_s}}));
    table()->selectAll(); // of what is seen
    QCOMPARE(m_view->chosen(), (QList<restore::TableName>{{u"Audit"_s, u"order_events"_s}}));
    field()->clear();
    QVERIFY(!table()->isRowHidden(0));
    QCOMPARE(m_view->chosen(), QList<restore::TableName>());
    QVERIFY(seenButton(*m_view, u"Lay 39 rows of 3 tables"_s));
}

void TestTablesView::nothingFoundIsNothingToTake()
{
    const QSignalSpy asked(m_view.get(), &TablesView::copyRequested);
    field()->setText(u"invoices"_s);
    QVERIFY(!seenButton(*m_view, u"Select a table"_s)->isEnabled());
    table()->setFocus();
    press(*m_view, Qt::Key_Return);
    QCOMPARE(asked.size(), 0);
    // Another backup starts with all of its tables.
    m_view->showTables(u"other.sql"_s, {{.schema = u"public"_s, .name = u"a"_s, .rows = 1}}, {});
    QVERIFY(field()->text().isEmpty());
    QVERIFY(seenButton(*m_view, u"Lay 1 row of 1 table"_s)->isEnabled());
}

void TestTablesView::theKeyboardFindsAndGoesOn()
{
    const QSignalSpy asked(m_view.get(), &TablesView::copyRequested);
    QTest::keyClick(m_view.get(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(field()->hasFocus());
    QTest::keyClicks(field(), u"events"_s);
    press(*m_view, Qt::Key_Return); // to the table, not yet on
    QVERIFY(table()->hasFocus());
    QCOMPARE(asked.size(), 0);
    press(*m_view, Qt::Key_Return);
    QCOMPARE(asked.size(), 1);
    QCOMPARE(m_view->chosen(), (QList<restore::TableName>{{u"Audit"_s, u"order_events"_s}}));
}

/// Only when all that are chosen are missing.
void TestTablesView::whatIsMissingCanComeBackAlone()
{
    const QSignalSpy asked(m_view.get(), &TablesView::tablesRequested);
    QVERIFY(!seenButton(*m_view, u"Bring "_s));
    field()->setText(u"order"_s);
    QVERIFY(!seenButton(*m_view, u"Bring "_s)); // one of two
    field()->setText(u"public.order"_s);
    QCOMPARE(table()->model()->index(1, 3).data().toString(), u"missing"_s);
    QCOMPARE(table()->model()->index(0, 3).data().toString(), u"there"_s);
    seenButton(*m_view, u"Bring it back"_s)->click();
    QCOMPARE(asked.size(), 1);
    QCOMPARE(m_view->chosen(), (QList<restore::TableName>{{u"public"_s, u"orders"_s}}));
    // An empty one too, though there are no rows to take from it.
    m_view->showTables(u"other.sql"_s, {{.schema = u"public"_s, .name = u"empty"_s}},
                       {{u"public"_s, u"empty"_s}});
    QVERIFY(seenButton(*m_view, u"Bring it back"_s));
}

MAYDAY_UI_TEST(TestTablesView);
#include "tst_tablesview.moc"
