// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runbook/stepids.h"
#include "runbook/checklist.h"
#include "runbook/runbookreader.h"
#include "support/testmain.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace mayday;
using namespace mayday::runbook;
using namespace mayday::runbook::test;

namespace {

const QByteArray sample = R"(## Now
### Start
- [ ] Look. (2 min)
- [ ] Tell. (1 min)

## Recover
### Option: Wait
- [ ] Wait. (30 min)

### Option: Move
- [ ] Copy. (5 min)
- [ ] Switch.

### Check
- [ ] It answers.

  [It answers](check:probe?service=backend)
- [ ] Optional: tidy up. (4 min)

## After
- [ ] Learn.
)";

Checklist sampleList()
{
    return Checklist(*readRunbook(sample, u"sample.md"_s, VerbRegistry::standard()).runbook);
}

bool put(Checklist &list, const StepId &step, StepState state, const QString &reason = {})
{
    return list.apply(step, {.state = state, .at = {}, .by = u"Ann"_s, .reason = reason})
        .has_value();
}

/// What must hold in every state a checklist can get into.
void checkInvariants(const Checklist &list)
{
    const QList<Step> order = list.order();
    const QStringList ids = idsOf(order);
    QCOMPARE(list.total({}), order.size());
    QVERIFY(list.doneIn({}) + list.open().size() + list.deferred().size() == order.size());
    if (const Step *now = list.current()) {
        QVERIFY(!list.currentDecision());
        QVERIFY(ids.contains(now->id.value));
        const bool deferred = list.state(now->id) == StepState::Deferred;
        QVERIFY(deferred || list.state(now->id) == StepState::Open);
        QVERIFY(!deferred || list.open().isEmpty());
    } else if (!list.currentDecision()) {
        QVERIFY(list.open().isEmpty() && list.deferred().isEmpty());
        QVERIFY(list.canClose());
    }
    if (list.canClose()) {
        QVERIFY(list.blocking().isEmpty());
        for (const Step &step : order)
            QVERIFY(!step.required || list.state(step.id) != StepState::Open);
    }
    int sum = 0;
    for (const Phase &phase : list.runbook().phases)
        sum += list.total(phase.slug);
    QCOMPARE(sum, list.total({}));
    QVERIFY(list.remaining().count() >= 0);
    if (!order.isEmpty()) {
        const Step *walk = list.step(order.first().id);
        for (int i = 1; i < order.size(); ++i) {
            walk = list.next(walk->id);
            QVERIFY(walk && walk->id == order.at(i).id);
            QCOMPARE(list.previous(walk->id)->id, order.at(i - 1).id);
        }
        QVERIFY(!list.next(walk->id));
    }
}

} // namespace

class TestChecklist final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void walksThroughAChosenOption()
    {
        Checklist list = sampleList();
        QCOMPARE(list.current()->id, id("now/look"));
        QVERIFY(put(list, id("now/look"), StepState::Done));
        QVERIFY(put(list, id("now/tell"), StepState::Done));
        QVERIFY(!list.current());
        QCOMPARE(list.currentDecision()->id, u"recover/decision"_s);
        QCOMPARE(list.currentDecision()->options, (QStringList{u"Wait"_s, u"Move"_s}));
        QVERIFY(!put(list, id("recover/copy"), StepState::Done));
        QVERIFY(list.choose(u"recover/decision"_s, u"Move"_s));
        QCOMPARE(idsOf(list.order()),
                 (QStringList{u"now/look"_s, u"now/tell"_s, u"recover/copy"_s, u"recover/switch"_s,
                              u"recover/it-answers"_s, u"recover/tidy-up"_s, u"after/learn"_s}));
        QVERIFY(put(list, id("recover/copy"), StepState::Done));
        QVERIFY(put(list, id("recover/switch"), StepState::Done));
        QVERIFY(put(list, id("recover/it-answers"), StepState::Sensed));
        QVERIFY(!list.canClose());
        QVERIFY(put(list, id("after/learn"), StepState::Done));
        QCOMPARE(list.current()->id, id("recover/tidy-up"));
        QVERIFY(list.canClose());
        QCOMPARE(list.doneIn(u"recover"_s), 3);
        QCOMPARE(list.total(u"recover"_s), 4);
    }

    void choosingAgainKeepsOutcomes()
    {
        Checklist list = sampleList();
        QVERIFY(list.choose(u"recover/decision"_s, u"Move"_s));
        QVERIFY(put(list, id("recover/copy"), StepState::Done));
        QVERIFY(list.choose(u"recover/decision"_s, u"Wait"_s));
        QVERIFY(!idsOf(list.order()).contains(u"recover/copy"_s));
        QVERIFY(!put(list, id("recover/copy"), StepState::Open));
        QVERIFY(!list.next(id("recover/copy")));
        QVERIFY(list.choose(u"recover/decision"_s, u"Move"_s));
        QCOMPARE(list.state(id("recover/copy")), StepState::Done);
    }

    void deferredComesBackBeforeTheEnd()
    {
        Checklist list = sampleList();
        QVERIFY(put(list, id("now/look"), StepState::Deferred));
        QCOMPARE(list.current()->id, id("now/tell"));
        QVERIFY(list.choose(u"recover/decision"_s, u"Wait"_s));
        for (const char *step : {"now/tell", "recover/wait", "recover/tidy-up", "after/learn"})
            QVERIFY(put(list, id(step), StepState::Done));
        QVERIFY(put(list, id("recover/it-answers"), StepState::Overridden, u"no probe here"_s));
        QCOMPARE(list.current()->id, id("now/look"));
        QVERIFY(!list.canClose());
        QCOMPARE(list.blocking(), QList<StepId>{id("now/look")});
        QVERIFY(put(list, id("now/look"), StepState::Done));
        QVERIFY(list.canClose());
        QVERIFY(!list.current());
    }

    void refusesWhatDoesNotFit_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<StepState>("state");
        QTest::addColumn<QString>("reason");
        QTest::newRow("unknown") << u"now/nothing"_s << StepState::Done << QString();
        QTest::newRow("sensed by hand") << u"recover/it-answers"_s << StepState::Done << QString();
        QTest::newRow("human sensed") << u"now/look"_s << StepState::Sensed << QString();
        QTest::newRow("override") << u"now/look"_s << StepState::Overridden << u" \n"_s;
        QTest::newRow("option") << u"recover/wait"_s << StepState::Done << QString();
        QTest::newRow("finished") << u"now/tell"_s << StepState::Deferred << QString();
    }
    void refusesWhatDoesNotFit()
    {
        QFETCH(QString, step);
        QFETCH(StepState, state);
        QFETCH(QString, reason);
        Checklist list = sampleList();
        QVERIFY(put(list, id("now/tell"), StepState::Done));
        const StepState before = list.state(StepId{step});
        const auto answer = list.apply(StepId{step}, {.state = state, .reason = reason});
        QVERIFY(!answer);
        QVERIFY(answer.error().kind == ErrorKind::Refused ||
                answer.error().kind == ErrorKind::NotFound);
        QVERIFY(!answer.error().detail.isEmpty());
        QCOMPARE(list.state(StepId{step}), before);
    }

    void refusesUnknownChoices()
    {
        Checklist list = sampleList();
        QCOMPARE(list.choose(u"x"_s, u"Wait"_s).error().kind, ErrorKind::NotFound);
        QCOMPARE(list.choose(u"recover/decision"_s, u"Run"_s).error().kind, ErrorKind::NotFound);
        QVERIFY(list.decisions().first().isOpen());
    }

    void aTickCanBeTakenBack()
    {
        Checklist list = sampleList();
        QVERIFY(put(list, id("now/look"), StepState::Done));
        QCOMPARE(list.outcome(id("now/look")).by, u"Ann"_s);
        QVERIFY(put(list, id("now/look"), StepState::Open));
        QCOMPARE(list.current()->id, id("now/look"));
        QVERIFY(list.outcome(id("now/look")).by.isEmpty());
    }

    void countsTheRemainingTime()
    {
        Checklist list = sampleList();
        // 2 + 1, the longer option 30, 1 without an estimate, 4, 1 without an estimate
        QCOMPARE(list.remaining(), std::chrono::minutes(39));
        QVERIFY(list.choose(u"recover/decision"_s, u"Move"_s));
        QCOMPARE(list.remaining(), std::chrono::minutes(15));
        QVERIFY(put(list, id("recover/copy"), StepState::Done));
        QCOMPARE(list.remaining(), std::chrono::minutes(10));
    }

    void pausesAtTheEndOfGroups()
    {
        Checklist list = sampleList();
        QVERIFY(!list.pauseAfter(id("now/look")));
        QVERIFY(list.pauseAfter(id("now/tell"))->endsPhase);
        QCOMPARE(list.pauseAfter(id("now/tell"))->groupTitle, u"Start"_s);
        QVERIFY(!list.pauseAfter(id("recover/wait")));
        QVERIFY(list.choose(u"recover/decision"_s, u"Wait"_s));
        QVERIFY(list.pauseAfter(id("recover/wait")));
        QVERIFY(!list.pauseAfter(id("recover/wait"))->endsPhase);
        QVERIFY(list.pauseAfter(id("after/learn"))->endsPhase);
        QCOMPARE(list.phaseOf(id("after/learn"))->slug, u"after"_s);
        QCOMPARE(list.groupOf(id("recover/wait"))->option, u"Wait"_s);
    }

    void copiesAreIndependent()
    {
        Checklist list = sampleList();
        const Step *now = list.current();
        Checklist copy = list;
        QVERIFY(put(copy, id("now/look"), StepState::Done));
        QCOMPARE(list.state(id("now/look")), StepState::Open);
        list = sampleList();
        QCOMPARE(now->id, id("now/look"));
    }

    void statesHaveKeys()
    {
        for (const StepState state : {StepState::Open, StepState::Done, StepState::Sensed,
                                      StepState::Overridden, StepState::Deferred})
            QCOMPARE(stepStateFromKey(stepStateKey(state)), state);
        QVERIFY(!stepStateFromKey(u"ticked"));
    }

    void holdsItsInvariantsInAnyOrder_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 40; ++seed)
            QTest::newRow(qPrintable(QString::number(seed))) << seed;
    }
    void holdsItsInvariantsInAnyOrder()
    {
        QFETCH(quint32, seed);
        QRandomGenerator random(seed);
        Checklist list = sampleList();
        Checklist replay = list;
        const QList<StepState> states{StepState::Open, StepState::Done, StepState::Sensed,
                                      StepState::Overridden, StepState::Deferred};
        QList<StepId> all;
        for (const Phase &phase : list.runbook().phases) {
            for (const Group &group : phase.groups) {
                for (const Step &step : group.steps)
                    all.append(step.id);
            }
        }
        for (int i = 0; i < 200; ++i) {
            if (random.bounded(20) == 0) {
                const QString option = random.bounded(2) == 0 ? u"Wait"_s : u"Move"_s;
                QVERIFY(list.choose(u"recover/decision"_s, option));
                QVERIFY(replay.choose(u"recover/decision"_s, option));
            }
            const StepId step = all.at(random.bounded(int(all.size())));
            const StepOutcome outcome{.state = states.at(random.bounded(int(states.size()))),
                                      .at = {},
                                      .by = {},
                                      .reason = u"r"_s};
            QCOMPARE(list.apply(step, outcome).has_value(),
                     replay.apply(step, outcome).has_value());
            checkInvariants(list);
        }
        for (const StepId &step : all)
            QCOMPARE(list.state(step), replay.state(step));
    }
};

MAYDAY_TEST(TestChecklist);
#include "tst_checklist.moc"
