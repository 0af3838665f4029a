// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/restore/restorepanelfixture.h"

#include "ui/kit/facttable.h"

#include <QTest>
#include <QTimer>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;

/// The backup names roles that have other names on this server: somebody says who they are.
class TestWhoIsWho : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init();
    void cleanup() { tearDown(); }

    void rolesBecomeThoseOfTheServer();
    void itCanBeTakenBack();

private:
    [[nodiscard]] QString facts() { return m_panel->findChild<FactTable *>()->plainText(); }
    void follow(const QString &link)
    {
        Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(link);
    }
};

void TestWhoIsWho::init()
{
    setUp();
    m_shop->run("CREATE ROLE old_owner; CREATE ROLE old_reader;"
                "ALTER TABLE public.products OWNER TO old_owner;"
                "GRANT SELECT ON public.products TO old_reader");
    putDump(m_shop->dump());
    m_shop->run("ALTER ROLE old_owner RENAME TO new_owner; ALTER ROLE old_reader RENAME TO "
                "new_reader");
}

void TestWhoIsWho::rolesBecomeThoseOfTheServer()
{
    choosePlan();
    QVERIFY2(facts().contains(u"Roles: not on this server, and left out: old_owner, old_reader "
                              "Make them, without a login \u00b7 Say who they are here..."_s),
             qPrintable(facts()));
    const QStringList there{u"nobody here"_s, u"new_owner"_s, u"new_reader"_s, u"postgres"_s};
    m_prompter->choices = {{1, 2}};
    follow(u"who-is-who"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(
        facts().contains(u"Roles: old_owner is new_owner, old_reader is new_reader on this "
                         "server. Change that or take it back..."_s),
        qPrintable(facts()), 15000);
    QCOMPARE(m_prompter->choiceQuestions.front().choices.size(), 2);
    QCOMPARE(m_prompter->choiceQuestions.front().choices[0].label, u"old_owner is"_s);
    QCOMPARE(m_prompter->choiceQuestions.front().choices[0].options, there);
    QVERIFY2(!facts().contains(u"unknown to this server"_s), qPrintable(facts()));

    m_prompter->decisions = {true};
    QTRY_VERIFY(button(u"Replace schema"_s));
    button(u"Replace schema"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QString asked;
    for (const Fact &fact : m_prompter->typed.last().facts)
        asked += fact.label + u": "_s + plainValue(fact) + u'\n';
    QVERIFY2(asked.contains(u"Roles: old_owner is new_owner, old_reader is new_reader on this"_s),
             qPrintable(asked));
    QVERIFY2(seenAll().contains(u"Proven: 3 tables"_s), qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT tableowner FROM pg_tables WHERE tablename = 'products' AND "
                         "schemaname = 'public'"),
             u"new_owner"_s);
    QCOMPARE(m_desk->records().front().mappedRoles.value(u"old_owner"_s), u"new_owner"_s);
    m_shop->run("DROP OWNED BY new_owner, new_reader CASCADE");
    m_shop->run("DROP ROLE new_owner; DROP ROLE new_reader");
}

void TestWhoIsWho::itCanBeTakenBack()
{
    choosePlan();
    m_prompter->choices = {{1, 0}, {0, 2}};
    follow(u"who-is-who"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(facts().contains(u"Roles: old_owner is new_owner on this"_s),
                              qPrintable(facts()), 15000);
    QVERIFY2(facts().contains(u"not on this server, and left out: old_reader "_s),
             qPrintable(facts()));
    follow(u"who-is-who"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(facts().contains(u"Roles: old_reader is new_reader on this"_s),
                              qPrintable(facts()), 15000);
    QCOMPARE(m_prompter->choiceQuestions.last().choices[0].chosen, 1); // as it was answered
    QCOMPARE(m_prompter->choiceQuestions.last().choices[1].chosen, 0);
    QVERIFY2(facts().contains(u"not on this server, and left out: old_owner "_s),
             qPrintable(facts()));
    // Who thinks better of it changes nothing.
    follow(u"who-is-who"_s);
    bool isAnswered = false; // behind the prompter's own turn
    QTimer::singleShot(0, this, [&isAnswered] { isAnswered = true; });
    QTRY_VERIFY(isAnswered);
    QCOMPARE(m_prompter->asked.size(), 3);
    QVERIFY2(facts().contains(u"Roles: old_reader is new_reader on this"_s), qPrintable(facts()));
    // Another choice of a backup begins anew.
    button(u"Choose another backup"_s)->click();
    choosePlan();
    QVERIFY2(!facts().contains(u"old_reader is new_reader"_s), qPrintable(facts()));
    m_shop->run("DROP OWNED BY new_owner, new_reader CASCADE");
    m_shop->run("DROP ROLE new_owner; DROP ROLE new_reader");
}

MAYDAY_UI_TEST(TestWhoIsWho);
#include "tst_whoiswho.moc"
