// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/keyboardwalk.h"
#include "support/testmain.h"
#include "ui/kit/disclosure.h"
#include "ui/runbook/stepview.h"
#include "ui/runbook/wizardbench.h"

#include <QClipboard>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::tests;
using namespace mayday::ui;
using namespace Qt::StringLiterals;
using runbook::StepState;

class TestWizardPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_bench = std::make_unique<WizardBench>(); }
    void cleanup() { m_bench.reset(); }

    void withoutAnIncidentItSaysHowToStart();
    void oneStepFillsTheCentre();
    void spaceTicksOneStepAtATime();
    void aHeldSpaceIsOneTick();
    void aTickIsShownOnlyOnceItIsOnDisk();
    void lookingAroundTicksNothing();
    void theListTakesArrowsAndEnter();
    void nextAndBackStopAtTheDecision();
    void thePageGoesAlongOnlyWithTheStepToDo();
    void aDeferredStepComesBackBeforeTheEnd();
    void anOverrideNeedsAReason();
    void notesAndUpdatesGoIntoTheRecord();
    void aSensedStepCannotBeTicked();
    void aSensedStepTicksItself();
    void aDecisionIsChosenByNumber();
    void aDecisionLeftAloneIsFoundAgain_data();
    void aDecisionLeftAloneIsFoundAgain();
    void theEndOfAGroupIsAPause();
    void theEndOffersToClose();
    void afterARestartThePlaceIsTold();
    void afterARestartAtTheDecisionTooItIsTold();
    void aFreshIncidentSaysNothingOfBefore();
    void aFocusedButtonKeepsItsSpace();
    void aPanelGetsTheRoomAndTheFocus();
    void tabReachesEverythingAndAllHasAName();
    void nothingIsClipped_data();
    void nothingIsClipped();

private:
    std::unique_ptr<WizardBench> m_bench;
};

void TestWizardPage::withoutAnIncidentItSaysHowToStart()
{
    QVERIFY(m_bench->seen().contains(u"No incident is running. Start a checklist on Now with 1, 2 "
                                     "or 3, or choose one under Runbooks."_s));
    QCOMPARE(m_bench->page->sentence(), u"No incident is running."_s);
    for (const Qt::Key key : {Qt::Key_Space, Qt::Key_N, Qt::Key_B, Qt::Key_C, Qt::Key_T, Qt::Key_U})
        m_bench->press(key);
    QVERIFY(m_bench->prompter.asked.isEmpty());
    QVERIFY(m_bench->fixture.errors.isEmpty());
    for (const QString &label : {u"Done"_s, u"Defer"_s, u"Override"_s, u"Close"_s})
        QVERIFY2(!m_bench->button(label), qPrintable(label));
}

void TestWizardPage::oneStepFillsTheCentre()
{
    m_bench->open();
    const QString seen = m_bench->seen();
    QVERIFY2(seen.contains(u"Step 1 of 5 · Respond · you tick it"_s), qPrintable(seen));
    QVERIFY(seen.contains(u"\nTell the team.\n"_s));
    QVERIFY(!seen.contains(u"Look at the log"_s)); // that one is only in the list
    QCOMPARE(m_bench->page->sentence(), u"Tell the team"_s);
    QCOMPARE(m_bench->list().currentIndex().data().toString(), u"Tell the team"_s);
    QVERIFY(m_bench->button(u"Done, next step"_s)->isEnabled());
    QCOMPARE(m_bench->page->findChildren<StepView *>().size(), 1);
}

void TestWizardPage::spaceTicksOneStepAtATime()
{
    m_bench->open();
    m_bench->press(Qt::Key_Space);
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Done);
    QCOMPARE(m_bench->state(u"Look at the log"_s), StepState::Open);
    QCOMPARE(m_bench->shownAction(), u"Look at the log of {{service.backend.name}}"_s);
    QVERIFY(m_bench->seen().contains(u"Look at the log of API backend."_s));
    QVERIFY(m_bench->fixture.lines().contains(u"Done: Tell the team"_s));
    m_bench->press(Qt::Key_B);
    QVERIFY(m_bench->seen().contains(u"Done at 03:00 UTC by Ada."_s));
    QVERIFY(!m_bench->button(u"Done, next step"_s)); // done is done
    m_bench->press(Qt::Key_Space);
    QCOMPARE(m_bench->fixture.lines().count(u"Done: Tell the team"_s), 1);
    QVERIFY(m_bench->fixture.errors.isEmpty());
}

void TestWizardPage::aHeldSpaceIsOneTick()
{
    m_bench->open();
    QWidget *focus = QApplication::focusWidget();
    QTest::simulateEvent(focus, true, Qt::Key_Space, Qt::NoModifier, u" "_s, false);
    for (int repeat = 0; repeat < 4; ++repeat) {
        m_bench->written();
        QTest::simulateEvent(focus, true, Qt::Key_Space, Qt::NoModifier, u" "_s, true);
    }
    m_bench->written();
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Done);
    QCOMPARE(m_bench->state(u"Look at the log"_s), StepState::Open);
}

void TestWizardPage::aTickIsShownOnlyOnceItIsOnDisk()
{
    m_bench->open();
    tests::press(*m_bench->page, Qt::Key_Space);
    QCOMPARE(m_bench->shownAction(), u"Tell the team"_s); // the disk has not answered yet
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Open);
    m_bench->written();
    QCOMPARE(m_bench->shownAction(), u"Look at the log of {{service.backend.name}}"_s);
}

void TestWizardPage::lookingAroundTicksNothing()
{
    m_bench->open();
    m_bench->press({Qt::Key_N, Qt::Key_N});
    QCOMPARE(m_bench->shownAction(), u"Ask a colleague"_s);
    QVERIFY(m_bench->seen().contains(u"Step 3 of 5 · Respond · optional"_s));
    m_bench->press({Qt::Key_B, Qt::Key_B, Qt::Key_B});
    QCOMPARE(m_bench->shownAction(), u"Tell the team"_s);
    QCOMPARE(m_bench->fixture.running().timeline.size(), 1); // the opening
}

void TestWizardPage::theListTakesArrowsAndEnter()
{
    m_bench->open();
    m_bench->list().setFocus();
    m_bench->press({Qt::Key_Down, Qt::Key_Down});
    QCOMPARE(m_bench->shownAction(), u"Tell the team"_s); // only looked at in the list
    m_bench->press(Qt::Key_Return);
    QCOMPARE(m_bench->shownAction(), u"Ask a colleague"_s);
    m_bench->press(Qt::Key_Home); // a heading leads nowhere
    m_bench->press(Qt::Key_Return);
    QCOMPARE(m_bench->shownAction(), u"Ask a colleague"_s);
}

void TestWizardPage::nextAndBackStopAtTheDecision()
{
    m_bench->open();
    m_bench->reachDecision();
    QVERIFY(m_bench->seen().contains(u"Which way do you go?"_s));
    m_bench->press(Qt::Key_B);
    QCOMPARE(m_bench->shownAction(), u"See that the backend answers"_s);
    QVERIFY(!m_bench->seen().contains(u"Which way do you go?"_s));
    m_bench->press(Qt::Key_N);
    QVERIFY(m_bench->seen().contains(u"Which way do you go?"_s));
    m_bench->press(Qt::Key_N);
    QCOMPARE(m_bench->shownAction(), u"Tell everybody that it is over"_s);
    m_bench->press(Qt::Key_N); // the end
    QCOMPARE(m_bench->shownAction(), u"Tell everybody that it is over"_s);
    m_bench->press(Qt::Key_B);
    QVERIFY(m_bench->seen().contains(u"Which way do you go?"_s));
}

void TestWizardPage::thePageGoesAlongOnlyWithTheStepToDo()
{
    m_bench->open();
    m_bench->press({Qt::Key_N, Qt::Key_N});
    m_bench->fixture.desk->addNote(u"The pool is full"_s); // by somebody, meanwhile
    m_bench->written();
    QCOMPARE(m_bench->shownAction(), u"Ask a colleague"_s);
    const auto *view = m_bench->page->findChild<StepView *>();
    m_bench->press(Qt::Key_Space); // out of order: the one that is shown
    QCOMPARE(m_bench->state(u"Ask a colleague"_s), StepState::Done);
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Open);
    QCOMPARE(m_bench->shownAction(), u"Ask a colleague"_s);
    QVERIFY(m_bench->page->findChild<StepView *>() != view); // it says now that it is done
    QVERIFY(m_bench->seen().contains(u"Done at"_s));
}

void TestWizardPage::aDeferredStepComesBackBeforeTheEnd()
{
    m_bench->open();
    m_bench->button(u"Defer"_s)->setFocus();
    m_bench->press(Qt::Key_Return);
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Deferred);
    QCOMPARE(m_bench->shownAction(), u"Look at the log of {{service.backend.name}}"_s);
    m_bench->list().setFocus();
    m_bench->press({Qt::Key_Space, Qt::Key_Space});
    m_bench->transport.answer(WizardBench::healthUrl(), 200, "{}");
    m_bench->sensor.lookNow();
    QTRY_VERIFY(m_bench->fixture.running().checklist.currentDecision());
    m_bench->written();
    m_bench->press({Qt::Key_1, Qt::Key_Space, Qt::Key_Space, Qt::Key_Space});
    QCOMPARE(m_bench->shownAction(), u"Tell the team"_s);
    const QString seen = m_bench->seen();
    QVERIFY2(seen.contains(u"Deferred at 03:00 UTC; it comes back before the end."_s),
             qPrintable(seen));
    QVERIFY(!m_bench->button(u"Close the incident"_s)); // R3
    QVERIFY(!m_bench->button(u"Defer"_s) || !m_bench->button(u"Defer"_s)->isEnabled());
    m_bench->press(Qt::Key_Space);
    QVERIFY(m_bench->button(u"Close the incident"_s));
}

void TestWizardPage::anOverrideNeedsAReason()
{
    m_bench->open();
    m_bench->prompter.texts = {u"The chat is down, I called them"_s};
    m_bench->button(u"Override"_s)->setFocus();
    m_bench->press(Qt::Key_Return);
    QTRY_COMPARE(m_bench->state(u"Tell the team"_s), StepState::Overridden);
    const TextQuestion &question = m_bench->prompter.textQuestions.value(0);
    QCOMPARE(question.title, u"Go on without \"Tell the team\"?"_s);
    QVERIFY(!question.mayBeEmpty);
    QVERIFY(m_bench->fixture.lines().contains(
        u"Overridden: Tell the team. Reason: The chat is down, I called them"_s));
    m_bench->written();
    m_bench->press(Qt::Key_B);
    QVERIFY(m_bench->seen().contains(u"by Ada: The chat is down, I called them"_s));

    m_bench->press(Qt::Key_N); // and whoever cancels has changed nothing
    m_bench->button(u"Override"_s)->click();
    m_bench->written();
    QCOMPARE(m_bench->prompter.asked.size(), 2);
    QCOMPARE(m_bench->state(u"Look at the log"_s), StepState::Open);
}

void TestWizardPage::notesAndUpdatesGoIntoTheRecord()
{
    m_bench->open();
    m_bench->prompter.texts = {u"  The pool is full \n"_s};
    m_bench->press(Qt::Key_T);
    QTRY_VERIFY(m_bench->fixture.lines().contains(u"The pool is full"_s));
    const QDateTime due = m_bench->fixture.running().nextUpdateDue;

    m_bench->prompter.texts = {u"We work on the database. Next update by 03:20 UTC."_s};
    m_bench->press(Qt::Key_U);
    QTRY_COMPARE(m_bench->fixture.running().updatesSent, 1);
    QVERIFY(m_bench->fixture.running().nextUpdateDue > due);
    const TextQuestion &draft = m_bench->prompter.textQuestions.value(1);
    QCOMPARE(draft.initial, u"We work on [what]. Next update by 03:20 UTC."_s);

    m_bench->press({Qt::Key_T, Qt::Key_U}); // cancelled, both
    QCOMPARE(m_bench->prompter.asked.size(), 4);
    QCOMPARE(m_bench->fixture.running().timeline.size(), 3);
    QCOMPARE(m_bench->shownAction(), u"Tell the team"_s);
}

void TestWizardPage::aSensedStepCannotBeTicked()
{
    m_bench->open();
    m_bench->press({Qt::Key_Space, Qt::Key_Space, Qt::Key_Space});
    QCOMPARE(m_bench->shownAction(), u"See that the backend answers"_s);
    QTRY_VERIFY(m_bench->seen().contains(u"503"_s));
    const QString seen = m_bench->seen();
    QVERIFY2(seen.contains(u"Step 4 of 5 · Respond · checks itself"_s), qPrintable(seen));
    QVERIFY(seen.contains(u"The backend answers 200"_s));
    QVERIFY(!m_bench->button(u"Done, next step"_s));
    QVERIFY(m_bench->button(u"Override"_s)->isEnabled());
    m_bench->press(Qt::Key_Space);
    QCOMPARE(m_bench->state(u"See that the backend"_s), StepState::Open);
    QVERIFY(m_bench->fixture.errors.isEmpty());
}

void TestWizardPage::aSensedStepTicksItself()
{
    m_bench->open();
    m_bench->reachDecision();
    QCOMPARE(m_bench->state(u"See that the backend"_s), StepState::Sensed);
    m_bench->press(Qt::Key_B);
    const QString seen = m_bench->seen();
    QVERIFY2(seen.contains(u"Seen to be so at 03:00 UTC:"_s) && seen.contains(u"200"_s),
             qPrintable(seen));
}

void TestWizardPage::aDecisionIsChosenByNumber()
{
    m_bench->open();
    m_bench->reachDecision();
    const QString seen = m_bench->seen();
    QVERIFY2(seen.contains(u"first: Ask the provider for a copy"_s) &&
                 seen.contains(u"first: Restore the dump"_s),
             qPrintable(seen));
    QVERIFY(!m_bench->button(u"Done, next step"_s));
    m_bench->press(Qt::Key_2);
    QCOMPARE(m_bench->shownAction(), u"Restore the dump"_s);
    QVERIFY(m_bench->fixture.lines().contains(u"Decision: From our own dump"_s));
    QVERIFY(m_bench->seen().contains(u"Step 5 of 6"_s));
}

void TestWizardPage::aDecisionLeftAloneIsFoundAgain_data()
{
    QTest::addColumn<int>("way");
    QTest::newRow("its row by keyboard") << 0;
    QTest::newRow("its row by mouse") << 1;
    QTest::newRow("back and next") << 2;
}

void TestWizardPage::aDecisionLeftAloneIsFoundAgain()
{
    QFETCH(int, way);
    m_bench->open();
    m_bench->reachDecision();
    QListView &list = m_bench->list();
    const QModelIndex decision = list.currentIndex();
    QVERIFY2(decision.data().toString().startsWith(
                 "Choose the way: From the provider or From our own dump"_L1),
             qPrintable(decision.data().toString()));
    m_bench->press({Qt::Key_B, Qt::Key_B});
    QCOMPARE(m_bench->shownAction(), u"Ask a colleague"_s);
    if (way == 0) {
        list.setFocus();
        list.setCurrentIndex(decision);
        m_bench->press(Qt::Key_Return);
    } else if (way == 1) {
        list.scrollTo(decision);
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.visualRect(decision).center());
    } else {
        m_bench->press({Qt::Key_N, Qt::Key_N});
    }
    QVERIFY(m_bench->seen().contains(u"Which way do you go?"_s));
    m_bench->press(Qt::Key_1);
    QCOMPARE(m_bench->shownAction(), u"Ask the provider for a copy"_s);
}

void TestWizardPage::theEndOfAGroupIsAPause()
{
    m_bench->open();
    QVERIFY(!m_bench->seen().contains(u"Pause:"_s));
    for (int step = 0; step < 2; ++step) {
        m_bench->button(u"Defer"_s)->click();
        m_bench->written();
    }
    m_bench->reachDecision();
    m_bench->press(Qt::Key_2);
    const QString seen = m_bench->seen();
    QVERIFY2(seen.contains(u"Pause: \"Respond\" is behind you; 2 steps are deferred and come "
                           "back. Look up"_s),
             qPrintable(seen));
    m_bench->press(Qt::Key_B); // whoever reads what is done is not at the pause
    QVERIFY2(!m_bench->seen().contains(u"Pause:"_s), qPrintable(m_bench->seen()));
}

void TestWizardPage::theEndOffersToClose()
{
    m_bench->open();
    m_bench->reachDecision();
    m_bench->press({Qt::Key_1, Qt::Key_Space, Qt::Key_Space});
    QVERIFY(!m_bench->button(u"Close the incident"_s));
    m_bench->press(Qt::Key_Space);
    ActionButton *close = m_bench->button(u"Close the incident"_s);
    QVERIFY(close);
    const QSignalSpy asked(m_bench->page.get(), &WizardPage::closeRequested);
    close->setFocus();
    m_bench->press(Qt::Key_Space);
    QCOMPARE(asked.size(), 1);
    m_bench->fixture.desk->close();
    m_bench->written();
    QVERIFY(m_bench->seen().contains(u"No incident is running."_s));
    QVERIFY(!m_bench->button(u"Close the incident"_s));
    QCOMPARE(m_bench->list().model()->rowCount(), 0);
}

void TestWizardPage::afterARestartThePlaceIsTold()
{
    m_bench->open();
    m_bench->press({Qt::Key_Space, Qt::Key_Space, Qt::Key_Space});
    m_bench->restart();
    QCOMPARE(m_bench->shownAction(), u"See that the backend answers"_s);
    QString seen = m_bench->seen();
    QVERIFY2(seen.contains(u"Resumed. Done before: Look at the log of API backend, then Ask a "
                           "colleague. Next: See that the backend answers."_s),
             qPrintable(seen));
    m_bench->press(Qt::Key_B); // looking back does not forget it
    QVERIFY(m_bench->seen().contains(u"Resumed."_s));
    m_bench->fixture.desk->overrideStep(m_bench->fixture.step(u"See that"_s), u"seen by hand"_s);
    m_bench->written();
    QVERIFY(!m_bench->seen().contains(u"Resumed."_s));
}

void TestWizardPage::afterARestartAtTheDecisionTooItIsTold()
{
    m_bench->open();
    m_bench->reachDecision();
    m_bench->restart();
    QVERIFY(m_bench->seen().contains(u"Next: choose the way."_s));
    QVERIFY(m_bench->seen().contains(u"Which way do you go?"_s));
    m_bench->press(Qt::Key_1);
    QVERIFY(!m_bench->seen().contains(u"Resumed."_s));
    m_bench->press({Qt::Key_Space, Qt::Key_Space, Qt::Key_Space});
    m_bench->restart();
    QVERIFY2(m_bench->seen().contains(u"Next: close the incident."_s), qPrintable(m_bench->seen()));
    m_bench->fixture.desk->close();
    m_bench->written();
    QVERIFY(!m_bench->seen().contains(u"Resumed."_s));
}

void TestWizardPage::aFreshIncidentSaysNothingOfBefore()
{
    m_bench->open();
    m_bench->restart();
    QVERIFY(!m_bench->seen().contains(u"Resumed."_s));
    m_bench->press(Qt::Key_Space);
    QVERIFY(!m_bench->seen().contains(u"Resumed."_s));
}

void TestWizardPage::aFocusedButtonKeepsItsSpace()
{
    m_bench->open();
    QGuiApplication::clipboard()->clear();
    m_bench->button(u"Copy the message"_s)->setFocus();
    m_bench->press(Qt::Key_Space);
    QVERIFY(QGuiApplication::clipboard()->text().startsWith("We have an incident"_L1));
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Open);
    auto *fold = m_bench->page->findChild<Disclosure *>();
    const bool wasOpen = fold->isOpen();
    fold->findChild<QAbstractButton *>()->setFocus();
    m_bench->press(Qt::Key_Space);
    QCOMPARE(fold->isOpen(), !wasOpen);
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Open);
    // And a letter typed into the message is a letter.
    auto *text = m_bench->page->findChild<QPlainTextEdit *>();
    text->setFocus();
    QTest::keyClicks(text, u"tnub "_s);
    m_bench->written();
    QVERIFY(text->toPlainText().startsWith("tnub We have"_L1));
    QVERIFY(m_bench->prompter.asked.isEmpty());
    QCOMPARE(m_bench->state(u"Tell the team"_s), StepState::Open);
}

void TestWizardPage::aPanelGetsTheRoomAndTheFocus()
{
    QPointer<QPlainTextEdit> panel;
    QString database;
    m_bench->panelFor = [&](const runbook::VerbCall &call, QWidget *parent) -> QWidget * {
        if (call.verb != "restore"_L1)
            return nullptr;
        database = call.parameter(u"database"_s);
        return panel = new QPlainTextEdit(parent);
    };
    m_bench->open();
    QVERIFY(!panel);
    m_bench->reachDecision();
    m_bench->press(Qt::Key_2);
    QVERIFY(panel && panel->isVisible());
    QCOMPARE(database, u"main"_s);
    QTRY_COMPARE(QApplication::focusWidget(), panel.data());
    QCOMPARE(m_bench->button(u"Done, next step"_s)->kind(), ButtonKind::Secondary);
    m_bench->page->setPanelDone(true);
    QCOMPARE(m_bench->button(u"Done, next step"_s)->kind(), ButtonKind::Primary);
    m_bench->page->setPanelDone(false);
    QCOMPARE(m_bench->button(u"Done, next step"_s)->kind(), ButtonKind::Secondary);
    m_bench->list().setFocus();
    m_bench->press(Qt::Key_N);
    QVERIFY(!panel || !panel->isVisible());
    QCOMPARE(m_bench->button(u"Done, next step"_s)->kind(), ButtonKind::Primary);
}

void TestWizardPage::tabReachesEverythingAndAllHasAName()
{
    m_bench->open();
    m_bench->press(Qt::Key_Space);
    QVERIFY(tabStops(*m_bench->page).size() >= 6);
    const QStringList missed = missedByTab(*m_bench->page);
    QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u", "_s)));
    int seen = 0;
    const QStringList nameless = namelessFor(*m_bench->page, seen);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
    QVERIFY(seen > 15);
}

void TestWizardPage::nothingIsClipped_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("ticks");
    for (int ticks = 0; ticks < 4; ++ticks) {
        QTest::addRow("1280x800, step %d", ticks + 1) << QSize(1192, 716) << ticks;
        QTest::addRow("1024x640, step %d", ticks + 1) << QSize(936, 556) << ticks;
    }
}

void TestWizardPage::nothingIsClipped()
{
    QFETCH(QSize, size);
    QFETCH(int, ticks);
    m_bench->open();
    m_bench->page->resize(size);
    for (int tick = 0; tick < ticks; ++tick)
        m_bench->press(Qt::Key_Space);
    QTRY_COMPARE(m_bench->page->size(), size);
    const QStringList clipped = clippedTexts(*m_bench->page);
    QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(u" | "_s)));
    const auto *scroll = m_bench->page->findChild<QScrollArea *>();
    QVERIFY(scroll->widget()->width() <= scroll->viewport()->width());
}

MAYDAY_UI_TEST(TestWizardPage);
#include "tst_wizardpage.moc"
