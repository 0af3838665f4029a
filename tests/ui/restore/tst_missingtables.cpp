// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/restore/restorepanelfixture.h"

#include "ui/kit/facttable.h"
#include "ui/restore/tablesview.h"

#include <QLineEdit>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;

/// Somebody has dropped a table: the plan says so, and brings back no more than that.
class TestMissingTables : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init();
    void cleanup() { tearDown(); }

    void thePlanOffersOnlyWhatIsMissing();
    void oneOfThemIsChosenByName();
    void whereNothingIsMissingNothingIsSaid();

private:
    void choose();
    [[nodiscard]] QString facts() { return m_panel->findChild<FactTable *>()->plainText(); }
};

void TestMissingTables::init()
{
    setUp();
    putDump(m_shop->dump());
}

void TestMissingTables::choose()
{
    m_panel->setTarget(target());
    QTRY_VERIFY(seen<ChooseView>(*m_panel));
    m_panel->initialFocus()->setFocus();
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Replace schema public in"_s), 15000);
}

void TestMissingTables::thePlanOffersOnlyWhatIsMissing()
{
    m_shop->run("DROP TABLE public.products CASCADE; DROP TABLE public.empty_one;"
                "INSERT INTO public.listings (product_id, price) VALUES (1, 77)");
    choose();
    QVERIFY2(facts().contains(u"Missing there: public.empty_one, public.products: 2 tables with "
                              "3,000 rows in the backup. Bring back only what is missing"_s),
             qPrintable(facts()));

    Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(u"missing-tables"_s);
    ActionButton *bring = button(u"Bring back 2 tables in "_s);
    QVERIFY(bring);
    QCOMPARE(bring->kind(), ButtonKind::Primary);
    QVERIFY2(facts().contains(u"Stays: everything that is there, to the last row"_s),
             qPrintable(facts()));
    QVERIFY2(!facts().contains(u"You will lose"_s), qPrintable(facts()));
    // There and back again.
    Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(u"beside-schema"_s);
    QCOMPARE(button(u"Replace schema public in"_s)->kind(), ButtonKind::Danger);
    Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(u"missing-tables"_s);

    m_prompter->decisions = {true};
    button(u"Bring back 2 tables in "_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY(m_prompter->typed.isEmpty()); // nothing is replaced, so nothing has to be typed
    QVERIFY2(
        seenAll().contains(u"Back and proven: 2 tables with 3,000 rows are as in the backup."_s),
        qPrintable(seenAll()));
    QVERIFY2(seenAll().contains(u"They were missing before; everything else is as it was."_s),
             qPrintable(seenAll()));
    QVERIFY(!button(u"Put back"_s));
    QVERIFY2(seenAll().contains(u"DROP TABLE \"public\".\"empty_one\", \"public\".\"products\""_s),
             qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.listings"), u"3001"_s);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.priced"), u"3001"_s);
}

void TestMissingTables::oneOfThemIsChosenByName()
{
    m_shop->run("DROP TABLE public.products, public.listings CASCADE");
    choose();
    button(u"Only bring rows back"_s)->click();
    QVERIFY(button(u"Bring 2 tables back where they were"_s));
    m_panel->findChild<QLineEdit *>()->setText(u"prod"_s);
    button(u"Bring it back where it was"_s)->click();
    QVERIFY(button(u"Bring back public.products in "_s));
    m_prompter->decisions = {true};
    button(u"Bring back public.products in "_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    // A view of both is one of the things that went, and cannot come back with one of them.
    QVERIFY2(seenAll().contains(u"Back, with differences."_s), qPrintable(seenAll()));
    QVERIFY2(seenAll().contains(u"view public.priced is not made: "_s), qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"3000"_s);
    QCOMPARE(m_shop->ask("SELECT to_regclass('public.listings') IS NULL"), u"t"_s);
    // The next plan starts anew.
    button(u"Choose another backup"_s)->click();
    QTRY_VERIFY(seen<ChooseView>(*m_panel));
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Replace schema public in"_s), 15000);
    QVERIFY2(facts().contains(u"Missing there: public.listings: "_s), qPrintable(facts()));
}

void TestMissingTables::whereNothingIsMissingNothingIsSaid()
{
    choose();
    QVERIFY2(!facts().contains(u"Missing there"_s), qPrintable(facts()));
    button(u"Only bring rows back"_s)->click();
    QVERIFY(!button(u"Bring "_s));
}

MAYDAY_UI_TEST(TestMissingTables);
#include "tst_missingtables.moc"
