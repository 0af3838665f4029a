// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runbook/stepids.h"
#include "runbook/checklist.h"
#include "runbook/runbookreader.h"
#include "support/testmain.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::runbook;
using namespace mayday::runbook::test;
using namespace std::chrono_literals;

namespace {

/// Two decisions in one phase with an option of the same name, one more in the next.
const QByteArray crossroads = R"(## Recover
### Option: Wait
- [ ] Sit. (10 min)

### Option: Move
- [ ] Pack. (1 min)
- [ ] Go. (1 min)

### Between
- [ ] Breathe. (1 min)

### Option: Wait
- [ ] Sit again. (2 min)

### Option: Ask
- [ ] Call. (3 min)

## After
### Option: Blame
- [ ] Nobody. (1 min)

### Option: Learn
- [ ] Optional: Write it down. (5 min)
)";

Checklist listOf(const QByteArray &text)
{
    return Checklist(*readRunbook(text, u"list.md"_s, VerbRegistry::standard()).runbook);
}

bool put(Checklist &list, const char *step, StepState state = StepState::Done)
{
    return list.apply(id(step), {.state = state, .reason = u"because"_s}).has_value();
}

/// Equal text, equal state: everything a person could see of the list.
QString dump(const Checklist &list)
{
    QString text;
    for (const Step &step : list.order()) {
        const StepOutcome outcome = list.outcome(step.id);
        text += step.id.value + u' ' + stepStateKey(outcome.state) + u' ' + outcome.reason + u'\n';
    }
    for (const Decision &decision : list.decisions())
        text += decision.id + u'=' + decision.chosen + u'\n';
    text += list.current() ? list.current()->id.value : u"-"_s;
    text += list.currentDecision() ? list.currentDecision()->id : u"-"_s;
    return text + QString::number(list.remaining().count());
}

} // namespace

/// Forks in the road: asked in their turn, taken back, and none of the ways lost.
class TestChecklistDecisions final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameNamesAreTwoDecisions()
    {
        Checklist list = listOf(crossroads);
        QCOMPARE(list.decisions().size(), 3);
        QCOMPARE(list.decisions().at(0).id, u"recover/decision"_s);
        QCOMPARE(list.decisions().at(1).id, u"recover/decision-2"_s);
        QCOMPARE(list.decisions().at(2).id, u"after/decision"_s);
        QVERIFY(list.choose(u"recover/decision-2"_s, u"Wait"_s));
        QVERIFY(list.decisions().at(0).isOpen());
        QCOMPARE(idsOf(list.order()), (QStringList{u"recover/breathe"_s, u"recover/sit-again"_s}));
        QVERIFY(!list.choose(u"recover/decision"_s, u"Ask"_s)); // the other one's
        QVERIFY(!list.choose(u"after/decision"_s, u"Wait"_s));
    }

    void eachIsAskedInItsTurn()
    {
        Checklist list = listOf(crossroads);
        QVERIFY(!list.current());
        QCOMPARE(list.currentDecision()->id, u"recover/decision"_s);
        QVERIFY(list.choose(u"recover/decision"_s, u"Move"_s));
        QVERIFY(!list.currentDecision());
        QCOMPARE(list.current()->id, id("recover/pack"));
        QVERIFY(put(list, "recover/pack") && put(list, "recover/go"));
        QCOMPARE(list.current()->id, id("recover/breathe"));
        QVERIFY(put(list, "recover/breathe"));
        QCOMPARE(list.currentDecision()->id, u"recover/decision-2"_s);
        QVERIFY(!list.canClose());
    }

    void aDeferredStepDoesNotJumpADecision()
    {
        Checklist list = listOf(crossroads);
        QVERIFY(list.choose(u"recover/decision"_s, u"Wait"_s));
        QVERIFY(put(list, "recover/sit", StepState::Deferred));
        QVERIFY(put(list, "recover/breathe", StepState::Deferred));
        QVERIFY(!list.current());
        QCOMPARE(list.currentDecision()->id, u"recover/decision-2"_s);
        QVERIFY(list.choose(u"recover/decision-2"_s, u"Ask"_s));
        QVERIFY(put(list, "recover/call"));
        QVERIFY(list.choose(u"after/decision"_s, u"Blame"_s));
        QVERIFY(put(list, "after/nobody"));
        QCOMPARE(list.current()->id, id("recover/sit")); // the first of those put off
        QCOMPARE(list.blocking().size(), 2);
    }

    void whatIsNotChosenDoesNotBlock()
    {
        Checklist list = listOf(crossroads);
        QVERIFY(list.choose(u"recover/decision"_s, u"Wait"_s));
        QVERIFY(put(list, "recover/sit", StepState::Deferred));
        QVERIFY(list.choose(u"recover/decision"_s, u"Move"_s));
        QVERIFY(!list.deferred().contains(id("recover/sit")));
        QVERIFY(!list.blocking().contains(id("recover/sit")));
        QVERIFY(!put(list, "recover/sit"));
        QVERIFY(list.choose(u"recover/decision"_s, u"Wait"_s));
        QCOMPARE(list.deferred(), QList<StepId>{id("recover/sit")}); // it was not forgotten
    }

    void onlyOptionalStepsAreLeftOut()
    {
        Checklist list = listOf(crossroads);
        QVERIFY(list.choose(u"recover/decision"_s, u"Wait"_s));
        QVERIFY(list.choose(u"recover/decision-2"_s, u"Wait"_s));
        QVERIFY(put(list, "recover/sit") && put(list, "recover/sit-again"));
        QVERIFY(put(list, "recover/breathe", StepState::Overridden));
        QVERIFY(!list.canClose()); // a decision is open
        QVERIFY(list.choose(u"after/decision"_s, u"Learn"_s));
        QVERIFY(list.canClose());
        QCOMPARE(list.current()->id, id("after/write-it-down"));
        QVERIFY(list.choose(u"after/decision"_s, u"Blame"_s));
        QVERIFY(!list.canClose());
    }

    void theLongestWayIsCountedUntilItIsChosen_data()
    {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::addColumn<int>("minutes");
        QTest::newRow("open") << QString() << QString() << 10 + 1 + 3 + 5;
        QTest::newRow("short first") << u"Move"_s << QString() << 2 + 1 + 3 + 5;
        QTest::newRow("short both") << u"Move"_s << u"Wait"_s << 2 + 1 + 2 + 5;
        QTest::newRow("long first") << u"Wait"_s << u"Ask"_s << 10 + 1 + 3 + 5;
    }
    void theLongestWayIsCountedUntilItIsChosen()
    {
        QFETCH(QString, first);
        QFETCH(QString, second);
        QFETCH(int, minutes);
        Checklist list = listOf(crossroads);
        QVERIFY(first.isEmpty() || list.choose(u"recover/decision"_s, first));
        QVERIFY(second.isEmpty() || list.choose(u"recover/decision-2"_s, second));
        QCOMPARE(list.remaining(), std::chrono::minutes(minutes));
    }

    /// What was ticked on one way and what was put off still counts its time once it is back.
    void anOverriddenStepTakesNoTime()
    {
        Checklist list = listOf("## Do\n- [ ] Long. (30 min)\n- [ ] Unknown.\n");
        QCOMPARE(list.remaining(), 31min);
        QVERIFY(put(list, "do/long", StepState::Deferred));
        QCOMPARE(list.remaining(), 31min);
        QVERIFY(put(list, "do/long", StepState::Overridden));
        QCOMPARE(list.remaining(), 1min);
        QVERIFY(put(list, "do/long", StepState::Open));
        QCOMPARE(list.remaining(), 31min);
    }

    /// The journal of two people, merged in any order, ends in one state as long as nobody
    /// contradicts anybody.
    void independentOutcomesCommute()
    {
        Checklist base = listOf(crossroads);
        QVERIFY(base.choose(u"recover/decision"_s, u"Move"_s));
        QVERIFY(base.choose(u"recover/decision-2"_s, u"Ask"_s));
        struct Event {
            const char *step;
            StepState state;
        };
        std::array<Event, 5> events{{{"recover/breathe", StepState::Overridden},
                                     {"recover/call", StepState::Done},
                                     {"recover/go", StepState::Deferred},
                                     {"recover/pack", StepState::Done},
                                     {"recover/sit", StepState::Done}}}; // refused: not chosen
        std::array<int, 5> order{0, 1, 2, 3, 4};
        QSet<QString> ends;
        do {
            Checklist list = base;
            for (const int at : order)
                (void)put(list, events[size_t(at)].step, events[size_t(at)].state);
            ends.insert(dump(list));
        } while (std::ranges::next_permutation(order).found);
        QCOMPARE(ends.size(), 1);
        QVERIFY(ends.begin()->contains(u"recover/go deferred"));
    }

    /// The same calls a second time change nothing: a journal read twice is no second incident.
    void replayingTwiceIsReplayingOnce()
    {
        Checklist list = listOf(crossroads);
        const auto replay = [&list] {
            (void)list.choose(u"recover/decision"_s, u"Move"_s);
            (void)put(list, "recover/pack");
            (void)put(list, "recover/go", StepState::Overridden);
            (void)put(list, "recover/breathe", StepState::Deferred);
        };
        replay();
        const QString once = dump(list);
        replay();
        QCOMPARE(dump(list), once);
    }

    void aReasonBelongsToItsOutcome()
    {
        Checklist list = listOf("## Do\n- [ ] Go.\n");
        QVERIFY(put(list, "do/go", StepState::Overridden));
        QCOMPARE(list.outcome(id("do/go")).reason, u"because"_s);
        QVERIFY(list.apply(id("do/go"), {.state = StepState::Done}));
        QVERIFY(list.outcome(id("do/go")).reason.isEmpty());
    }

    void pausesStandBetweenWaysAndPhases()
    {
        Checklist list = listOf(crossroads);
        QVERIFY(list.choose(u"recover/decision"_s, u"Move"_s));
        QVERIFY(!list.pauseAfter(id("recover/pack")));
        QVERIFY(list.pauseAfter(id("recover/go")));
        QVERIFY(!list.pauseAfter(id("recover/sit")));               // not on this way
        QVERIFY(list.pauseAfter(id("recover/breathe"))->endsPhase); // as far as is known
        QVERIFY(list.choose(u"recover/decision-2"_s, u"Ask"_s));
        QVERIFY(!list.pauseAfter(id("recover/breathe"))->endsPhase);
        QCOMPARE(list.pauseAfter(id("recover/breathe"))->groupTitle, u"Between"_s);
        QVERIFY(!list.pauseAfter(id("no/step")));
    }

    void anEmptyListAsksNothing()
    {
        const Checklist list{Runbook{}};
        QVERIFY(!list.current() && !list.currentDecision());
        QVERIFY(list.canClose());
        QCOMPARE(list.remaining(), 0s);
        QCOMPARE(list.total({}), 0);
        QVERIFY(!list.step(id("a/b")) && !list.phaseOf(id("a/b")) && !list.groupOf(id("a/b")));
        QVERIFY(!list.next(id("a/b")) && !list.previous(id("a/b")));
    }

    void aLongListStaysOrdered()
    {
        QByteArray text = "## Do\n";
        for (int i = 0; i < 2000; ++i)
            text += "- [ ] Same words\n";
        Checklist list = listOf(text);
        QCOMPARE(list.total(u"do"_s), 2000);
        QSet<StepId> ids;
        int met = 0;
        for (const Step *step = list.current(); step; step = list.current()) {
            ids.insert(step->id);
            ++met;
            QVERIFY(list.apply(step->id, {.state = StepState::Done}));
        }
        QCOMPARE(met, 2000);
        QCOMPARE(ids.size(), 2000);
        QVERIFY(list.canClose());
    }
};

MAYDAY_TEST(TestChecklistDecisions);
#include "tst_checklistdecisions.moc"
