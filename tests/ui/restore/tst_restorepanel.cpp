// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"
#include "ui/restore/restorepanelfixture.h"

#include "postgres/session.h"
#include "support/keyboardwalk.h"
#include "ui/kit/actiontable.h"
#include "ui/kit/disclosure.h"
#include "ui/kit/facttable.h"
#include "ui/kit/progressstrip.h"
#include "ui/restore/cameafterview.h"
#include "ui/restore/progressview.h"

#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace mayday::ui::test;
using namespace Qt::StringLiterals;
using restore::Verdict;

/// The way of a restore as a person goes it, with a real server at its end.
class TestRestorePanel : public QObject, protected RestorePanelFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startServer(); }
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void thePlanNamesEverythingAboveTheButton();
    void inPlaceIsALinkAwayAndUndoneByItsSafetyCopy();
    void theButtonIsDeafToEnterAndAsksForTheName();
    void aRestoreIsProvenAndPutBack();
    void whatCameAfterIsBroughtBackByKeyboard();
    void aComparisonThatFailsSaysSo();
    void aComparisonIsStoppedAndChangesNothing();
    void aBringBackThatFailsChangesNothing();
    void aBackupCanBeChosenAgainAfterwards();
    void aFailureNamesLineAndStateAndChangesNothing();
    void itStopsAndLeavesEverythingAsItWas();
    void aBlockerSaysWhyAndAsksAgain();
    void theOtherWayIsALinkAway();
    void aNewDatabaseSwapsNothing();
    void missingRolesAreMadeWhenWanted();
    void aFileThatIsGoneIsABlocker();
    void anotherPanelShowsTheSame();
    void aPanelThatNobodySeesWaits();
    void anInterruptedRestoreAsksTheServer();
    void anIncidentShowsOnlyItsOwn();
};

void TestRestorePanel::thePlanNamesEverythingAboveTheButton()
{
    putDump(m_shop->dump());
    m_shop->run("INSERT INTO public.products (name, created_at) VALUES ('new', now() + interval '1 "
                "hour')");
    choosePlan();
    const QString facts = m_panel->findChild<PlanView *>()->findChild<FactTable *>()->plainText();
    for (const QString &part :
         {u"shop.sql  3 tables, 6,000 rows, file written "_s,
          u"schema public in %1 on "_s.arg(m_shop->database()), u"You will lose: "_s, u"1 row"_s,
          u"Time: not measured on this server yet; progress shows it"_s,
          u"Undo: Put back, until you discard the kept data"_s})
        QVERIFY2(facts.contains(part), qPrintable(part + u" in:\n"_s + facts));
    QCOMPARE(button(u"Replace schema"_s)->text(),
             u"Replace schema public in %1 on 127.0.0.1:%2..."_s.arg(m_shop->database())
                 .arg(m_server->port()));
    // "See which" unfolds the tables.
    auto *fold = m_panel->findChild<PlanView *>()->findChild<Disclosure *>();
    QVERIFY(!fold->isOpen());
    Q_EMIT m_panel->findChild<FactTable *>()->linkActivated(u"loss"_s);
    QVERIFY(fold->isOpen());
    QVERIFY2(seenAll().contains(u"public.products: 3,001 rows now, 3,000 in the backup"_s),
             qPrintable(seenAll()));
    const QStringList clipped = clippedTexts(*m_panel);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    int seen = 0;
    QVERIFY(namelessFor(*m_panel, seen).isEmpty());
}

void TestRestorePanel::theOtherWayIsALinkAway()
{
    putDump(m_shop->dump());
    m_shop->run("DELETE FROM public.products WHERE id > 10;"
                "INSERT INTO public.products (name) VALUES ('sold since')");
    choosePlan();
    auto *facts = m_panel->findChild<FactTable *>();
    QVERIFY2(facts->plainText().contains(u"Way: schema by schema, over one connection, because the "
                                         "backup is small enough for one connection, and nobody is "
                                         "disconnected. Swap the whole database"_s),
             qPrintable(facts->plainText()));
    Q_EMIT facts->linkActivated(u"beside-database"_s);
    QVERIFY2(facts->plainText().contains(u"Way: the whole database, over several connections; "
                                         "everybody is disconnected for a moment. Replace the "
                                         "schemas only"_s),
             qPrintable(facts->plainText()));
    QVERIFY(!button(u"Replace schema"_s));
    Q_EMIT facts->linkActivated(u"beside-schema"_s);
    QVERIFY(button(u"Replace schema"_s));
    Q_EMIT facts->linkActivated(u"beside-database"_s);
    m_prompter->decisions = {true};
    button(u"Replace database "_s + m_shop->database())->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY2(seenAll().contains(u"Proven: 3 tables with 6,000 rows"_s), qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"3000"_s);
    QCOMPARE(m_desk->records().front().mode, restore::RestoreMode::ReplaceDatabase);
    QVERIFY(button(u"Put back the data as it was before"_s));
    // What came after the backup is in the other database.
    button(u"What came after the backup"_s)->click();
    QTRY_VERIFY2(seenAll().contains(u"Not live now: 1 row that came after the backup."_s),
                 qPrintable(seenAll()));
    m_prompter->decisions = {true};
    button(u"Bring back 1 row..."_s)->click();
    QTRY_VERIFY2(seenAll().contains(u"Brought back and proven: 1 row in 1 table."_s),
                 qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"3001"_s);
}

void TestRestorePanel::aNewDatabaseSwapsNothing()
{
    putDump(m_shop->dump());
    m_shop->run("DELETE FROM public.products WHERE id > 10");
    choosePlan();
    auto *facts = m_panel->findChild<FactTable *>();
    Q_EMIT facts->linkActivated(u"new-database"_s);
    for (const QString &part :
         {u"Way: into a new database, over several connections; nothing is swapped"_s,
          u"You will lose: nothing, as long as nobody switches; what is written to "_s,
          u"Undo: Nothing to undo"_s, u"Swap the whole database"_s})
        QVERIFY2(facts->plainText().contains(part),
                 qPrintable(part + u" in:\n"_s + facts->plainText()));
    m_prompter->decisions = {true};
    button(u"Restore into a new database beside "_s + m_shop->database())->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY(seenAll().contains(u"Proven, in a database of its own; the live one is as it was."_s));
    QVERIFY(seenAll().contains(m_shop->database() + u"_restored_"_s));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"10"_s);
    QVERIFY(!button(u"Put back the data as it was before"_s));
}

void TestRestorePanel::missingRolesAreMadeWhenWanted()
{
    m_shop->run("CREATE ROLE newcomer; GRANT SELECT ON public.products TO newcomer");
    putDump(m_shop->dump());
    m_shop->run("DROP OWNED BY newcomer; DROP ROLE newcomer");
    choosePlan();
    auto *facts = m_panel->findChild<FactTable *>();
    QVERIFY2(facts->plainText().contains(u"Roles: not on this server, and left out: newcomer Make "
                                         "them, without a login"_s),
             qPrintable(facts->plainText()));
    QVERIFY(facts->plainText().contains(u"Roles unknown to this server: newcomer."_s));
    Q_EMIT facts->linkActivated(u"in-place"_s);
    Q_EMIT facts->linkActivated(u"roles"_s); // which does not change the way
    QTRY_VERIFY(button(u"Empty and refill schema"_s));
    Q_EMIT facts->linkActivated(u"beside-schema"_s);
    QTRY_VERIFY2(facts->plainText().contains(u"made first, without a login and without a password: "
                                             "newcomer Leave them out"_s),
                 qPrintable(facts->plainText()));
    QVERIFY(!facts->plainText().contains(u"Roles unknown"_s));
    QTRY_VERIFY(button(u"Replace schema"_s));
    m_prompter->decisions = {true};
    button(u"Replace schema"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY2(seenAll().contains(u"role newcomer was made"_s), qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT has_table_privilege('newcomer', 'public.products', 'SELECT')"),
             u"t"_s);
    m_shop->run("DROP OWNED BY newcomer; DROP ROLE newcomer");
}

void TestRestorePanel::inPlaceIsALinkAwayAndUndoneByItsSafetyCopy()
{
    putDump(m_shop->dump());
    m_shop->run("DELETE FROM public.products WHERE id > 10");
    choosePlan();
    auto *facts = m_panel->findChild<FactTable *>();
    QVERIFY(facts->plainText().contains(u"Empty the schemas and load it in place"_s));
    Q_EMIT facts->linkActivated(u"in-place"_s);
    QVERIFY2(facts->plainText().contains(u"Safety copy: "_s + m_shelf->folder()),
             qPrintable(facts->plainText()));
    m_prompter->decisions = {true};
    button(u"Empty and refill schema public in "_s + m_shop->database())->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY2(seenAll().contains(u"Proven: 3 tables with 6,000 rows"_s), qPrintable(seenAll()));
    QVERIFY2(seenAll().contains(u"To undo this, restore that file"_s), qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"3000"_s);
    QVERIFY(!button(u"Put back the data as it was before"_s));
    // It is on the shelf like any other.
    QTRY_COMPARE(m_shelf->entries().size(), 2);
    QTRY_VERIFY(!m_shelf->isReading());
    button(u"Undo: restore the safety copy"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Replace schema"_s), 15000);
    m_prompter->decisions = {true};
    button(u"Replace schema"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"10"_s);
}

void TestRestorePanel::theButtonIsDeafToEnterAndAsksForTheName()
{
    putDump(m_shop->dump());
    choosePlan();
    ActionButton *replace = button(u"Replace schema"_s);
    QCOMPARE(replace->kind(), ButtonKind::Danger);
    QVERIFY(!replace->hasFocus() && !replace->isDefault());
    replace->setFocus();
    press(*m_panel, Qt::Key_Return);
    QVERIFY(m_prompter->asked.isEmpty());
    press(*m_panel, Qt::Key_Space); // and whoever does not type the name has changed nothing
    QTRY_COMPARE(m_prompter->typed.size(), 1);
    const TypedQuestion &question = m_prompter->typed.first();
    QCOMPARE(question.nameToType, m_shop->database());
    QVERIFY(question.title.startsWith(u"Replace schema public in "_s + m_shop->database()));
    QVERIFY(question.confirmLabel.startsWith("Replace schema public"_L1));
    QStringList facts;
    for (const Fact &one : question.facts)
        facts.append(one.label + u": "_s + plainValue(one));
    QVERIFY2(facts.contains(u"Environment: production"_s), qPrintable(facts.join(u'\n')));
    QVERIFY(facts.filter(u"Target: "_s).value(0).contains(m_shop->database()));
    QVERIFY(!facts.filter(u"You will lose: "_s).isEmpty());
    QVERIFY(!facts.filter(u"Undo: "_s).isEmpty());
    QCoreApplication::sendPostedEvents();
    QVERIFY(!m_desk->isBusy() && m_desk->records().isEmpty());
    QVERIFY(seen<PlanView>(*m_panel));
}

void TestRestorePanel::aRestoreIsProvenAndPutBack()
{
    putDump(m_shop->dump());
    m_shop->run("DELETE FROM public.products WHERE id > 10");
    const QSignalSpy done(m_panel.get(), &RestorePanel::doneChanged);
    restoreNow();
    QVERIFY2(seenAll().contains(u"Proven: 3 tables with 6,000 rows are as in the backup."_s),
             qPrintable(seenAll()));
    QCOMPARE(done.last()[0].toBool(), true);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"3000"_s);
    const auto *table = seen<ActionTable>(*m_panel);
    QCOMPARE(table->model()->rowCount(), 3);
    QVERIFY(table->asText().contains(u"public.products\tProven\t3,000\t3,000\tok\t"_s));

    m_prompter->decisions = {true};
    ActionButton *back = button(u"Put back the data as it was before"_s);
    back->setFocus();
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY(
        seenAll().contains(u"Put back: the data as it was before the restore is live again."_s));
    QCOMPARE(done.last()[0].toBool(), false);
    const TypedQuestion &question = m_prompter->typed.last();
    QCOMPARE(question.nameToType, m_shop->database());
    QVERIFY(question.text.contains(u"this can be undone too"_s));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"10"_s);
    m_prompter->decisions = {true};
    button(u"Take the restored data again"_s)->click();
    QTRY_VERIFY(seenAll().contains(u"Proven: "_s));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"3000"_s);
    QVERIFY(m_errors.isEmpty());
}

void TestRestorePanel::whatCameAfterIsBroughtBackByKeyboard()
{
    putDump(m_shop->dump());
    m_shop->run("INSERT INTO products (name) VALUES ('new 1'), ('new 2');"
                "DELETE FROM products WHERE id <= 5;"
                "CREATE TABLE brand_new AS SELECT 1 AS a");
    restoreNow();
    button(u"What came after the backup"_s)->setFocus();
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY(seen<CameAfterView>(*m_panel) && seen<ActionTable>(*m_panel));
    QVERIFY2(seenAll().contains(u"Not live now: 3 rows that came after the backup."_s),
             qPrintable(seenAll()));
    const auto *table = seen<ActionTable>(*m_panel);
    table->selectionModel()->clearSelection(); // the text is then that of all rows
    const QString text = table->asText();
    QVERIFY2(text.contains(u"public.products\t2\t5\t0\tAdd what came after"_s), qPrintable(text));
    QVERIFY2(text.contains(u"public.listings\t0\t5\t0\tLeave as restored"_s), qPrintable(text));
    QVERIFY2(text.contains(u"The backup has no such table"_s), qPrintable(text));
    QVERIFY(!text.contains(u"empty_one"_s)); // the same on both sides
    const QStringList clipped = clippedTexts(*m_panel);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    int named = 0;
    QVERIFY(namelessFor(*seen<CameAfterView>(*m_panel), named).isEmpty());
    QCOMPARE(QApplication::focusWidget(), m_panel->initialFocus());
    // Enter changes the choice of the row: the first is brand_new, which has none.
    press(*m_panel, Qt::Key_Return);
    QVERIFY(button(u"Bring back 2 rows..."_s));
    press(*m_panel, Qt::Key_Down);
    press(*m_panel, Qt::Key_Return);
    QVERIFY(button(u"Bring back 2 rows, change 5 rows..."_s));
    press(*m_panel, Qt::Key_Return);
    QVERIFY(!button(u"Bring back"_s)->isEnabled());
    press(*m_panel, Qt::Key_Return);
    button(u"Bring back 2 rows..."_s)->setFocus(); // and whoever says no has changed nothing
    press(*m_panel, Qt::Key_Return);
    QTRY_COMPARE(m_prompter->confirms.size(), 1);
    QCoreApplication::sendPostedEvents();
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"3000"_s);
    m_prompter->decisions = {true};
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY2(seenAll().contains(u"Brought back and proven: 2 rows in 1 table."_s),
                 qPrintable(seenAll()));
    QStringList facts;
    for (const Fact &one : m_prompter->confirms.last().facts)
        facts.append(one.label + u": "_s + plainValue(one));
    QVERIFY2(facts.contains(u"Rows: 2 rows added"_s), qPrintable(facts.join(u'\n')));
    QVERIFY(facts.contains(u"Environment: production"_s));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"3002"_s);
    // The one of the table that the backup has not.
    QVERIFY2(seenAll().contains(u"Not live now: 1 row that came after the backup."_s),
             qPrintable(seenAll()));
    QVERIFY(!button(u"Bring back"_s)->isEnabled());
    button(u"Back to the verdict"_s)->setFocus();
    press(*m_panel, Qt::Key_Return);
    QVERIFY(seen<VerdictView>(*m_panel));
    QVERIFY2(seenAll().contains(u"Brought back since: 2 rows that came after the backup."_s),
             qPrintable(seenAll()));
    QVERIFY(m_errors.isEmpty());
}

void TestRestorePanel::aComparisonThatFailsSaysSo()
{
    putDump(m_shop->dump());
    restoreNow();
    m_shop->run("DO $$ BEGIN EXECUTE (SELECT 'DROP SCHEMA ' || nspname || ' CASCADE' FROM "
                "pg_namespace WHERE nspname LIKE 'public_before%'); END $$");
    button(u"What came after the backup"_s)->click();
    QTRY_VERIFY(seen<ErrorPanel>(*m_panel));
    QVERIFY2(seenAll().contains(u"It could not be compared."_s), qPrintable(seenAll()));
    QVERIFY(seenAll().contains(u"Nothing was changed: only questions were asked."_s));
    QVERIFY(button(u"Compare again"_s));
    m_noConnection = Error{.kind = ErrorKind::Denied, .subject = u"database main"_s, .detail = {}};
    button(u"Compare again"_s)->click();
    QVERIFY(seen<ErrorPanel>(*m_panel));
    button(u"Back to the verdict"_s)->click();
    QVERIFY(seen<VerdictView>(*m_panel));
}

void TestRestorePanel::aComparisonIsStoppedAndChangesNothing()
{
    putDump(m_shop->dump());
    m_shop->run("INSERT INTO products (name) VALUES ('new')");
    restoreNow();
    const auto everything = [this] {
        return m_shop->liveState() +
               m_shop->ask("SELECT string_agg(nspname, ',' ORDER BY oid) FROM "
                           "pg_namespace WHERE nspname !~ '^pg_'");
    };
    const QString before = everything();
    // Somebody holds a table, so the comparison has to wait for them; the statistics may, too.
    const auto waiting = [this] {
        return m_shop->ask("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                           "WHERE NOT l.granted AND a.query NOT LIKE 'ANALYZE%'");
    };
    TaskContext context;
    auto holder = postgres::Session::connect(m_shop->target(), context);
    QVERIFY(holder);
    button(u"What came after the backup"_s)->setFocus();
    for (const bool byKey : {true, false}) {
        QVERIFY(holder->execute("BEGIN", context));
        QVERIFY(holder->execute("LOCK TABLE public.products IN ACCESS EXCLUSIVE MODE", context));
        press(*m_panel, Qt::Key_Return); // the second time on "Compare again"
        QTRY_VERIFY(button(u"Stop; nothing changes"_s));
        QTRY_COMPARE(waiting(), u"1"_s);
        QVERIFY(!button(u"Back to the verdict"_s)->isEnabled());
        if (byKey)
            press(*m_panel, Qt::Key_Escape);
        else
            button(u"Stop; nothing changes"_s)->click();
        QTRY_VERIFY2(seenAll().contains(u"Stopped. Nothing was changed."_s), qPrintable(seenAll()));
        QTRY_COMPARE(waiting(), u"0"_s);
        QVERIFY(!seen<ErrorPanel>(*m_panel) && !button(u"Stop; nothing changes"_s));
        QVERIFY(holder->execute("ROLLBACK", context));
        QCOMPARE(everything(), before);
        button(u"Compare again"_s)->setFocus();
    }
    press(*m_panel, Qt::Key_Return); // and nothing of it is in the way of the next
    QTRY_VERIFY2(seenAll().contains(u"Not live now: 1 row that came after the backup."_s),
                 qPrintable(seenAll()));
    QVERIFY(m_errors.isEmpty());
}

void TestRestorePanel::aBringBackThatFailsChangesNothing()
{
    putDump(m_shop->dump());
    m_shop->run("INSERT INTO products (name) VALUES ('new')");
    restoreNow();
    m_shop->run("ALTER TABLE products ADD CHECK (name <> 'new')");
    button(u"What came after the backup"_s)->click();
    QTRY_VERIFY(button(u"Bring back 1 row..."_s));
    m_prompter->decisions = {true};
    button(u"Bring back 1 row..."_s)->click();
    QTRY_VERIFY2(seenAll().contains(u"Not brought back. Nothing changed."_s),
                 qPrintable(seenAll()));
    QVERIFY(seenAll().contains(u"was rolled back"_s));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM products"), u"3000"_s);
    QVERIFY(button(u"Compare again"_s)->isEnabled());
}

void TestRestorePanel::aBackupCanBeChosenAgainAfterwards()
{
    putDump(m_shop->dump());
    restoreNow();
    button(u"Choose another backup"_s)->setFocus();
    press(*m_panel, Qt::Key_Return);
    QVERIFY(seen<ChooseView>(*m_panel) && !seen<VerdictView>(*m_panel));
    QTRY_COMPARE(QApplication::focusWidget(), m_panel->initialFocus());
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY(button(u"Replace schema"_s));
    // This server's own speed is known now.
    const QString facts = m_panel->findChild<PlanView *>()->findChild<FactTable *>()->plainText();
    QVERIFY2(facts.contains(u", from the restore of "_s), qPrintable(facts));
    QVERIFY(facts.contains(u"older state"_s) || facts.contains(u"kept"_s));
}

void TestRestorePanel::aFailureNamesLineAndStateAndChangesNothing()
{
    QByteArray dump = m_shop->dump();
    const qsizetype row = dump.indexOf("\n1500\tp;");
    QVERIFY(row > 0);
    dump.insert(row + 1, "x");
    const qint64 line = dump.left(row + 1).count('\n') + 1;
    putDump(dump);
    m_shop->run("DELETE FROM public.products WHERE id > 10");
    const QSignalSpy done(m_panel.get(), &RestorePanel::doneChanged);
    restoreNow();
    QCOMPARE(done.last()[0].toBool(), false);
    QVERIFY2(seenAll().contains(u"Not restored. Nothing changed: the live data is as it was."_s),
             qPrintable(seenAll()));
    QVERIFY(seenAll().contains(u"Safe: The live data is as it was: everything happened in one "
                               "transaction that was rolled back."_s));
    QVERIFY2(seenAll().contains(u"SQLSTATE 22P02"_s), qPrintable(seenAll()));
    QVERIFY2(seenAll().contains(u"Line %1"_s.arg(QString::number(line).insert(
                 QString::number(line).size() - 3, line > 999 ? u","_s : QString()))),
             qPrintable(seenAll()));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"10"_s);
    QVERIFY(!button(u"Put back"_s));
    QVERIFY(button(u"Choose another backup"_s));
    for (const QString &word : {u"success"_s, u"Oops"_s, u"!"_s})
        QVERIFY2(!seenAll().contains(word, Qt::CaseInsensitive), qPrintable(word));
    // Its text is read from the file when somebody asks, and stands nowhere else.
    button(u"Show the row at line "_s)->click();
    QTRY_COMPARE(m_prompter->textQuestions.size(), 1);
    const TextQuestion &shown = m_prompter->textQuestions.front();
    QVERIFY(shown.readOnly && shown.note.startsWith(u"A row of public.products, "_s));
    QVERIFY2(shown.initial.startsWith(u"x1500\tp;"_s), qPrintable(shown.initial));
    QVERIFY(!seenAll().contains(u"p;'1500"_s));
    for (const store::JournalEvent &event : m_journal->read().value())
        QVERIFY(!QJsonDocument(event.data).toJson().contains("p;'1500"));
}

void TestRestorePanel::itStopsAndLeavesEverythingAsItWas()
{
    putDump(m_shop->dump());
    choosePlan();
    // Somebody changes the live schema, so the restore has to wait for them.
    TaskContext context;
    auto holder = postgres::Session::connect(m_shop->target(), context);
    QVERIFY(holder);
    QVERIFY(holder->execute("BEGIN", context));
    QVERIFY(holder->execute("ALTER SCHEMA public OWNER TO postgres", context));
    m_prompter->decisions = {true};
    button(u"Replace schema"_s)->click();
    QTRY_VERIFY(seen<ProgressView>(*m_panel));
    QVERIFY(seenAll().contains(u"The live data has not been touched."_s));
    QTRY_COMPARE(m_shop->ask("SELECT count(*) FROM pg_locks WHERE NOT granted"), u"1"_s);
    QTRY_VERIFY(seen<ProgressStrip>(*m_panel)->spokenText().contains(u"now: "_s));
    m_panel->initialFocus()->setFocus();
    press(*m_panel, Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 20000);
    QVERIFY2(seenAll().contains(u"Stopped. Nothing changed: the live data is as it was."_s),
             qPrintable(seenAll()));
    QVERIFY(holder->execute("ROLLBACK", context));
    QCOMPARE(m_shop->ask("SELECT count(*) FROM public.products"), u"3000"_s);
    QCOMPARE(m_shop->ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'public%'"), u"1"_s);
    button(u"Choose another backup"_s)->click(); // and it can begin again
    QVERIFY(seen<ChooseView>(*m_panel));
}

void TestRestorePanel::aBlockerSaysWhyAndAsksAgain()
{
    putDump(m_shop->dump());
    m_noConnection = Error{.kind = ErrorKind::NotFound,
                           .subject = u"database/main/password"_s,
                           .detail = u"it is not in the keychain"_s,
                           .advice = Advice::CheckPassword};
    choosePlan();
    QVERIFY2(seenAll().contains(u"This cannot be restored there as it is."_s),
             qPrintable(seenAll()));
    QVERIFY(seenAll().contains(u"Safe: Nothing was changed: only questions were asked."_s));
    QVERIFY(seenAll().contains(u"Check the password under Settings, Credentials"_s));
    QVERIFY(!button(u"Replace schema"_s));
    m_noConnection.reset();
    ActionButton *again = button(u"Ask the server again"_s);
    again->setFocus();
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY(button(u"Replace schema"_s));
    QVERIFY(!seen<ErrorPanel>(*m_panel));
    button(u"Choose another backup"_s)->click();
    QVERIFY(seen<ChooseView>(*m_panel));
}

void TestRestorePanel::aFileThatIsGoneIsABlocker()
{
    putDump(m_shop->dump());
    const QString path = m_shelf->entries().front().path;
    QVERIFY(QFile::remove(path));
    m_shelf->refresh();
    m_panel->setTarget(target());
    m_panel->choose(path);
    QVERIFY(seen<PlanView>(*m_panel));
    QVERIFY2(seenAll().contains(u"Not found: "_s + path), qPrintable(seenAll()));
    QVERIFY(!button(u"Replace schema"_s));
}

void TestRestorePanel::anotherPanelShowsTheSame()
{
    putDump(m_shop->dump());
    restoreNow();
    // On the Backups page it begins anew: only what runs is shown there.
    makePanel();
    m_panel->setTarget(target());
    QVERIFY(seen<ChooseView>(*m_panel));
    m_prompter->decisions = {true};
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY(button(u"Replace schema"_s));
    button(u"Replace schema"_s)->click();
    QTRY_VERIFY(m_desk->isBusy());
    makePanel(); // the page was closed and opened again meanwhile
    m_panel->setTarget(target());
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QVERIFY(seenAll().contains(u"Proven: "_s));
    QCOMPARE(m_desk->records().size(), 2);
}

/// To lay out a verdict takes milliseconds, and the one that is looked at wants them.
void TestRestorePanel::aPanelThatNobodySeesWaits()
{
    putDump(m_shop->dump());
    RestorePanel other(parts());
    RestorePanel another(parts());
    other.setTarget(target());
    another.setTarget(target());
    const QSignalSpy done(&other, &RestorePanel::doneChanged);
    restoreNow();
    QVERIFY(!other.findChild<VerdictView *>()->isVisibleTo(&other));
    QCOMPARE(done.last()[0].toBool(), true); // but it says that nothing is left to do
    other.show();
    QTRY_VERIFY(seen<VerdictView>(other));
    QVERIFY2(seenText(other).contains(u"Proven: 3 tables with 6,000 rows"_s),
             qPrintable(seenText(other)));
    // What is chosen before anybody looks is not swept away by it.
    another.choose(m_shelf->entries().front().path);
    another.show();
    QVERIFY(seen<PlanView>(another));
}

void TestRestorePanel::anInterruptedRestoreAsksTheServer()
{
    putDump(m_shop->dump());
    restore::RestorePlan plan = m_shop->plan(m_shelf->entries().front().path);
    plan.database = u"main"_s;
    plan.incident = u"incident-1"_s;
    QVERIFY(m_journal->appendNow(restore::startedDraft(plan)));
    m_desk->replay(m_journal->read().value());
    m_noConnection = Error{.kind = ErrorKind::Unreachable, .subject = u"shop"_s, .detail = {}};
    m_panel->setTarget(target(u"incident-1"_s));
    QVERIFY2(seenAll().contains(u"What is true is not known until the server answers."_s),
             qPrintable(seenAll()));
    QVERIFY(!button(u"Put back"_s));
    QVERIFY(m_panel->initialFocus()->isVisible());
    m_noConnection.reset();
    makePanel();
    m_panel->setTarget(target(u"incident-1"_s));
    QTRY_VERIFY2(seenAll().contains(u"nothing changed: the server rolled it back."_s),
                 qPrintable(seenAll()));
    QVERIFY(button(u"Choose another backup"_s));
}

void TestRestorePanel::anIncidentShowsOnlyItsOwn()
{
    putDump(m_shop->dump());
    restoreNow();
    makePanel();
    m_panel->setTarget(target(u"incident-7"_s));
    QVERIFY(seen<ChooseView>(*m_panel));
    press(*m_panel, Qt::Key_Return);
    QTRY_VERIFY(button(u"Replace schema"_s));
    m_prompter->decisions = {true};
    button(u"Replace schema"_s)->click();
    QTRY_VERIFY_WITH_TIMEOUT(seen<VerdictView>(*m_panel), 30000);
    QCOMPARE(m_desk->records().front().incident, u"incident-7"_s);
    makePanel(); // back to the step later: its verdict is still there
    m_panel->setTarget(target(u"incident-7"_s));
    QVERIFY(seen<VerdictView>(*m_panel));
    QVERIFY(seenAll().contains(u"Proven: "_s));
}

MAYDAY_UI_TEST(TestRestorePanel);
#include "tst_restorepanel.moc"
