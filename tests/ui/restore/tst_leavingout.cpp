// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/restore/restorepanelfixture.h"

#include "ui/kit/facttable.h"
#include "ui/restore/tablesview.h"

#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;

/// A backup of a whole database, and a host that has schemas of its own in it.
class TestLeavingOut : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        startServer();
        m_server->execute(u"postgres"_s, "CREATE ROLE app LOGIN PASSWORD 'pw'; CREATE ROLE host");
    }
    void init();
    void cleanup() { tearDown(); }

    void whatIsInTheWayIsALinkAwayFromTheRest();
    void rowsOfTheRestAreThereAllTheSame();

private:
    void chooseAsApp();
    [[nodiscard]] QString facts() { return m_panel->findChild<FactTable *>()->plainText(); }
};

void TestLeavingOut::init()
{
    setUp();
    m_shop->run("CREATE SCHEMA auth AUTHORIZATION host; CREATE TABLE auth.users (id integer);"
                "INSERT INTO auth.users VALUES (1), (2); ALTER TABLE auth.users OWNER TO host;"
                "GRANT USAGE ON SCHEMA auth TO app; GRANT SELECT ON auth.users TO app;"
                "ALTER SCHEMA public OWNER TO app; ALTER TABLE public.products OWNER TO app;"
                "ALTER TABLE public.listings OWNER TO app; ALTER TABLE public.empty_one OWNER TO "
                "app; ALTER VIEW public.priced OWNER TO app; ALTER TYPE public.kind OWNER TO app;"
                "ALTER FUNCTION public.twice(integer) OWNER TO app; ALTER DATABASE " +
                m_shop->database().toUtf8() + " OWNER TO app");
    putDump(m_shop->dumpOf({}));
    m_shop->run("DELETE FROM public.products WHERE id > 10; INSERT INTO auth.users VALUES (3)");
}

void TestLeavingOut::chooseAsApp()
{
    RestoreTarget asApp = target();
    asApp.connection = [this]() -> Result<postgres::ConnectionString> {
        return postgres::ConnectionString::parse(
                   u"host=127.0.0.1 port=%1 dbname=%2 user=app"_s.arg(m_server->port())
                       .arg(m_shop->database()))
            ->withPassword(Secret("pw"));
    };
    m_panel->setTarget(asApp);
    QTRY_VERIFY(seen<ChooseView>(*m_panel));
    m_panel->initialFocus()->setFocus();
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(seen<ErrorPanel>(*m_panel), 15000);
}

void TestLeavingOut::whatIsInTheWayIsALinkAwayFromTheRest()
{
    chooseAsApp();
    QVERIFY2(facts().contains(u"In the way: app may not replace what is there (auth: it belongs to "
                              "host). Restore without them"_s),
             qPrintable(facts()));
    QVERIFY(!button(u"Replace schema"_s));
    QVERIFY2(seenAll().contains(u"Restore without them: the plan has a link"_s),
             qPrintable(seenAll()));

    Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(u"left-out"_s);
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Replace schema public in"_s), 15000);
    QVERIFY(!seen<ErrorPanel>(*m_panel));
    QVERIFY2(facts().contains(u"Left out: auth: 1 table with 2 rows of the backup is not restored; "
                              "what is there stays as it is. Take them in again"_s),
             qPrintable(facts()));
    // And back, and forth.
    Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(u"left-out"_s);
    QTRY_VERIFY_WITH_TIMEOUT(seen<ErrorPanel>(*m_panel), 15000);
    Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(u"left-out"_s);
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Replace schema public in"_s), 15000);

    m_prompter->decisions = {true};
    button(u"Replace schema"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QString asked;
    for (const Fact &fact : m_prompter->typed.last().facts)
        asked += fact.label + u": "_s + plainValue(fact) + u'\n';
    QVERIFY2(asked.contains(u"Left out: auth: not restored, stays as it is"_s), qPrintable(asked));
    QVERIFY2(seenAll().contains(u"Proven: 3 tables with 6,000 rows"_s), qPrintable(seenAll()));
    QVERIFY2(seenAll().contains(u"schema auth left out: 1 table with 2 rows"_s),
             qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"3000"_s);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM auth.users"), u"3"_s);
}

void TestLeavingOut::rowsOfTheRestAreThereAllTheSame()
{
    chooseAsApp();
    button(u"Only bring rows back"_s)->click();
    QVERIFY(seen<TablesView>(*m_panel));
    QVERIFY(button(u"Lay 6,000 rows of 2 tables beside the live data ("_s)); // none of auth
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY2_WITH_TIMEOUT(seenAll().contains(u"Not live now: "_s), qPrintable(seenAll()),
                              30000);
}

MAYDAY_UI_TEST(TestLeavingOut);
#include "tst_leavingout.moc"
