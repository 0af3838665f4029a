// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/testmain.h"

#include <sqlite3.h>

#include <QSignalSpy>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::tests;
using namespace Qt::StringLiterals;
using runbook::StepState;

/// One incident by hand: what each action shows, what is refused, what a restart finds.
class TestIncidentDesk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void openingShowsTheChecklist();
    void onlyOneRunsAtATime();
    void aTickIsShownOnlyWhenItIsOnDisk();
    void everyKindOfOutcome();
    void whatTheChecklistRefusesIsNotWritten_data();
    void whatTheChecklistRefusesIsNotWritten();
    void aDecisionIsRecorded();
    void closingIsRefusedOverOpenSteps();
    void twoQuickTicksAreOne();
    void quickActionsSeeEachOther();
    void whatIsSaidWithoutAnIncidentIsRefused();
    void messagesRestartTheUpdateClock();
    void restoresOfOtherPartsEnterTheTimeline();
    void aResumeShowsTheSamePlace();
    void aResumeKeepsTheStepsWhenTheFileChanged();
    void missingSharedPhasesAreRefused();
    void aFailedAppendChangesNothing();
    void secretsDoNotReachTheTimeline();
    void aClosedIncidentIsListedAndANewOneNumbered();
    void commandIsTakenByANameOnly();
    void afterTheEndNothingIsWrittenAnyMore();
    void everySignalComesAfterItsChange();

private:
    static void finishAll(IncidentFixture &fixture);
};

void TestIncidentDesk::finishAll(IncidentFixture &fixture)
{
    for (int i = 0; i < 20; ++i) {
        const runbook::Checklist &list = fixture.running().checklist;
        if (const runbook::Decision *decision = list.currentDecision()) {
            fixture.desk->recordChoice(decision->id, decision->options.last(), u"quicker"_s);
        } else if (const runbook::Step *step = list.current()) {
            if (step->isSensed())
                fixture.desk->senseDone(step->id, u"products has 100 rows"_s);
            else
                fixture.desk->tick(step->id);
        } else {
            return;
        }
        fixture.written();
    }
}

void TestIncidentDesk::openingShowsTheChecklist()
{
    IncidentFixture fixture;
    QSignalSpy running(fixture.desk.get(), &IncidentDesk::runningChanged);
    QSignalSpy changed(fixture.desk.get(), &IncidentDesk::incidentChanged);
    QVERIFY(!fixture.desk->running());
    fixture.open();
    QCOMPARE(running.size(), 1);
    QCOMPARE(changed.size(), 1);
    const Incident &incident = fixture.running();
    QCOMPARE(incident.number, 1);
    QCOMPARE(incident.title, u"Products are gone"_s);
    QCOMPARE(incident.runbookTitle, u"Data loss"_s);
    QCOMPARE(incident.commander, u"Ada"_s);
    QCOMPARE(incident.rto, std::chrono::minutes(15));
    QCOMPARE(incident.severity, Severity::Sev1); // in doubt the higher one
    QVERIFY(!incident.drill);
    QCOMPARE(incident.checklist.current()->action, u"Tell the team"_s);
    QCOMPARE(incident.nextUpdateDue, incident.openedAt.addSecs(300));
    QCOMPARE(fixture.lines().size(), 1);
    QVERIFY(fixture.lines().first().contains("production"_L1));
    QCOMPARE(fixture.desk->find(incident.id), &incident);
}

void TestIncidentDesk::onlyOneRunsAtATime()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.open();
    QCOMPARE(fixture.errors.size(), 1);
    QCOMPARE(fixture.errors.first().kind, ErrorKind::AlreadyExists);
    QCOMPARE(fixture.desk->incidents().size(), 1);
}

void TestIncidentDesk::aTickIsShownOnlyWhenItIsOnDisk()
{
    IncidentFixture fixture;
    fixture.open();
    const auto step = fixture.step(u"Tell the team"_s);
    fixture.desk->tick(step);
    QCOMPARE(fixture.running().checklist.state(step), StepState::Open); // not yet
    bool wasOnDisk = false;
    connect(fixture.desk.get(), &IncidentDesk::incidentChanged, this, [&] {
        const auto events = store::readJournal(fixture.path(), {.kindPrefix = u"step."_s});
        wasOnDisk =
            events->size() == 1 && fixture.running().checklist.state(step) == StepState::Done;
    });
    fixture.written();
    QVERIFY(wasOnDisk);
}

void TestIncidentDesk::everyKindOfOutcome()
{
    IncidentFixture fixture;
    fixture.open();
    const auto tell = fixture.step(u"Tell the team"_s);
    const auto token = fixture.step(u"Token"_s);
    fixture.desk->tick(tell);
    fixture.desk->reopen(tell);
    fixture.desk->defer(tell);
    fixture.desk->overrideStep(token, u"not ours"_s);
    fixture.written();
    QCOMPARE(fixture.errors, QList<Error>());
    const runbook::Checklist &list = fixture.running().checklist;
    QCOMPARE(list.state(tell), StepState::Deferred);
    QCOMPARE(list.outcome(token).state, StepState::Overridden);
    QCOMPARE(list.outcome(token).reason, u"not ours"_s);
    QCOMPARE(list.outcome(token).by, u"Ada"_s);
    QStringList lines = fixture.lines();
    lines.removeFirst();
    QCOMPARE(lines, QStringList({u"Done: Tell the team"_s, u"Taken back: Tell the team"_s,
                                 u"Put off until later: Tell the team"_s,
                                 u"Overridden: "_s + list.step(token)->action.section(u':', 0, 0) +
                                     u": [hidden] it, password: [hidden] it. Reason: not ours"_s}));
}

void TestIncidentDesk::whatTheChecklistRefusesIsNotWritten_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what :
         {"no reason", "tick a sensed one", "sense a human one", "other option", "unknown"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestIncidentDesk::whatTheChecklistRefusesIsNotWritten()
{
    QFETCH(QString, what);
    IncidentFixture fixture;
    fixture.open();
    const auto sensed = fixture.step(u"Check that the products"_s);
    if (what == "no reason"_L1)
        fixture.desk->overrideStep(fixture.step(u"Tell the team"_s), u"  "_s);
    else if (what == "tick a sensed one"_L1)
        fixture.desk->tick(sensed);
    else if (what == "sense a human one"_L1)
        fixture.desk->senseDone(fixture.step(u"Tell the team"_s), u"x"_s);
    else if (what == "other option"_L1)
        fixture.desk->senseDone(sensed, u"not chosen yet"_s);
    else
        fixture.desk->tick({u"no/such-step"_s});
    fixture.written();
    QCOMPARE(fixture.errors.size(), 1);
    QCOMPARE(fixture.journal->read({.kindPrefix = u"step."_s})->size(), 0);
    QCOMPARE(fixture.lines().size(), 1);
}

void TestIncidentDesk::aDecisionIsRecorded()
{
    IncidentFixture fixture;
    fixture.open();
    const runbook::Decision decision = fixture.running().checklist.decisions().first();
    fixture.desk->recordChoice(decision.id, u"From our own dump"_s, u"it is newer"_s);
    fixture.desk->recordChoice(decision.id, u"By magic"_s, {});
    fixture.written();
    QCOMPARE(fixture.errors.size(), 1);
    const Incident &incident = fixture.running();
    QCOMPARE(incident.choices.size(), 1);
    QCOMPARE(incident.choices.first().reason, u"it is newer"_s);
    QCOMPARE(incident.checklist.decisions().first().chosen, u"From our own dump"_s);
    QCOMPARE(fixture.lines().last(), u"Decision: From our own dump (it is newer)"_s);
}

void TestIncidentDesk::closingIsRefusedOverOpenSteps()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.desk->defer(fixture.step(u"Tell the team"_s));
    fixture.desk->close();
    fixture.written();
    QCOMPARE(fixture.errors.size(), 1);
    QCOMPARE(fixture.errors.first().kind, ErrorKind::Refused);
    const QString why = fixture.errors.first().detail;
    QVERIFY2(why.contains("put off: Tell the team"_L1), qPrintable(why));
    QVERIFY2(why.contains("open: Tell everybody"_L1), qPrintable(why));
    QVERIFY2(why.contains("not decided: From the provider or From our own dump"_L1),
             qPrintable(why));
    QVERIFY(fixture.running().isRunning());
    finishAll(fixture);
    QCOMPARE(fixture.running().openEnds(), QStringList());
    fixture.desk->close();
    fixture.written();
    QVERIFY(!fixture.desk->running());
    QCOMPARE(fixture.errors.size(), 1);
}

void TestIncidentDesk::twoQuickTicksAreOne()
{
    IncidentFixture fixture;
    fixture.open();
    for (int i = 0; i < 3; ++i)
        fixture.desk->tick(fixture.step(u"Tell the team"_s));
    fixture.written();
    QCOMPARE(fixture.errors, QList<Error>());
    QCOMPARE(fixture.lines().size(), 2);
}

void TestIncidentDesk::quickActionsSeeEachOther()
{
    IncidentFixture fixture;
    fixture.desk->open(fixture.book(), fixture.shared,
                       {.title = u"One"_s, .environment = u"e"_s, .commander = u"Ada"_s});
    fixture.desk->takeCommand(u"Bob"_s);
    fixture.desk->addNote(u"hello"_s);
    fixture.written();
    QCOMPARE(fixture.errors, QList<Error>());
    QCOMPARE(fixture.running().commander, u"Bob"_s);
    QCOMPARE(fixture.running().timeline.last().who, u"Bob"_s);
    QCOMPARE(fixture.running().timeline.at(1).who, u"Ada"_s);
}

void TestIncidentDesk::whatIsSaidWithoutAnIncidentIsRefused()
{
    IncidentFixture fixture;
    fixture.desk->addNote(u"hello"_s);
    fixture.desk->tick({u"a/b"_s});
    fixture.desk->close();
    fixture.desk->statusChanged(u"Supabase"_s, u"up"_s, u"down"_s, {}); // nobody's fault: silent
    fixture.written();
    QCOMPARE(fixture.errors.size(), 3);
    for (const Error &error : std::as_const(fixture.errors))
        QCOMPARE(error.kind, ErrorKind::NotFound);
}

void TestIncidentDesk::messagesRestartTheUpdateClock()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.clock.advance(std::chrono::minutes(4));
    const QDateTime sent = fixture.clock.now();
    fixture.desk->messageCopied(u"initial"_s, u"We are on it."_s);
    fixture.written();
    QCOMPARE(fixture.running().nextUpdateDue, sent.addSecs(20 * 60));
    QCOMPARE(fixture.running().updatesSent, 1);
    QCOMPARE(fixture.lines().last(), u"Message \"initial\" copied: We are on it."_s);
    fixture.desk->updateSent();
    fixture.desk->setSeverity(Severity::Sev3);
    fixture.desk->setSeverity(Severity::Sev3);
    fixture.desk->statusChanged(u"Supabase"_s, u"operational"_s, u"down"_s, u"major outage"_s);
    fixture.desk->evidenceKept(u"/e/1"_s, {u"a.json"_s, u"b.txt"_s}, u"ff"_s);
    fixture.written();
    QCOMPARE(fixture.running().updatesSent, 2);
    QCOMPARE(fixture.running().severity, Severity::Sev3);
    QCOMPARE(fixture.running().evidence.first().files, QStringList({u"a.json"_s, u"b.txt"_s}));
    QCOMPARE(fixture.lines().last(), u"Evidence kept: 2 files in /e/1"_s);
    QCOMPARE(fixture.lines().at(4), u"Supabase: down, before operational (major outage)"_s);
    QCOMPARE(fixture.lines().size(), 6);
}

void TestIncidentDesk::restoresOfOtherPartsEnterTheTimeline()
{
    IncidentFixture fixture;
    fixture.open();
    const QString id = fixture.running().id.text();
    const QJsonObject table{{u"schema"_s, u"public"_s},
                            {u"name"_s, u"products"_s},
                            {u"rowsInDump"_s, 100},
                            {u"rowsAfter"_s, 100},
                            {u"verdict"_s, u"proven"_s}};
    const auto append = [&](const QString &kind, QJsonObject data) {
        data[u"incident"_s] = id;
        QVERIFY(fixture.journal->appendNow({.kind = kind, .subject = u"r1"_s, .data = data})
                    .has_value());
    };
    append(u"restore.started"_s,
           {{u"file"_s, u"/b/shop.sql.gz"_s}, {u"target"_s, u"database shop"_s}});
    append(u"restore.finished"_s,
           {{u"receipt"_s,
             QJsonObject{{u"verdict"_s, u"proven"_s},
                         {u"tables"_s, QJsonArray{table}},
                         {u"left"_s, QJsonArray{QJsonObject{{u"what"_s, u"schema old"_s}}}}}}});
    const auto putBack = [&](const QString &live, const QString &parked) {
        append(u"restore.putback"_s,
               {{u"receipt"_s,
                 QJsonObject{{u"verdict"_s, u"proven"_s},
                             {u"live"_s, live},
                             {u"left"_s, QJsonArray{QJsonObject{{u"what"_s, parked}}}}}}});
    };
    putBack(u"before"_s, u"schema parked"_s);
    putBack(u"restored"_s, u"schema old again"_s);
    putBack(u"before"_s, u"schema parked again"_s);
    QVERIFY(fixture.journal->appendNow({.kind = u"restore.started"_s, .subject = u"r2"_s})
                .has_value()); // of no incident
    fixture.written();
    const Incident &incident = fixture.running();
    QCOMPARE(incident.restores.size(), 1);
    QCOMPARE(incident.restores.first().verdict, u"proven"_s);
    QCOMPARE(incident.restores.first().tables.first().name, u"public.products"_s);
    QCOMPARE(incident.restores.first().left, QStringList{u"schema parked again"_s});
    QVERIFY(incident.restores.first().putBackAt.has_value());
    QCOMPARE(
        fixture.lines().mid(1),
        QStringList(
            {u"Restore r1 started: shop.sql.gz into database shop"_s,
             u"Restore r1 ended: proven: every table holds the rows of the backup; 1 of 1 tables proven, 100 rows"_s,
             u"Restore r1 put back: the data from before it is live again"_s,
             u"Restore r1 taken again: the data it had brought is live again"_s,
             u"Restore r1 put back: the data from before it is live again"_s}));
}

void TestIncidentDesk::aResumeShowsTheSamePlace()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.desk->tick(fixture.step(u"Tell the team"_s));
    fixture.written();
    fixture.desk->overrideStep(fixture.step(u"Token"_s), u"no tokens here"_s);
    fixture.written();
    const QString before = IncidentFixture::dump(fixture.desk->incidents());
    fixture.start();
    QCOMPARE(IncidentFixture::dump(fixture.desk->incidents()), before);
    const Incident &incident = fixture.running();
    QVERIFY(incident.checklist.currentDecision());
    const auto last = incident.lastDone(2);
    QCOMPARE(last.size(), 2);
    QCOMPARE(last.first().action, u"Tell the team"_s);
    QVERIFY(last.last().action.startsWith("Token"_L1));
    QCOMPARE(incident.lastDone(1).first().action, last.last().action);
}

void TestIncidentDesk::aResumeKeepsTheStepsWhenTheFileChanged()
{
    IncidentFixture fixture;
    fixture.open();
    const auto phases = fixture.running().checklist.runbook().phases;
    QCOMPARE(phases, fixture.book().phases); // word for word, also what looks like a secret
    fixture.shared.clear();                  // the user has thrown the file away meanwhile
    fixture.start();
    QCOMPARE(fixture.running().checklist.runbook().phases, phases);
}

void TestIncidentDesk::missingSharedPhasesAreRefused()
{
    IncidentFixture fixture;
    fixture.desk->open(fixture.book(), {},
                       {.title = u"x"_s, .environment = u"e"_s, .commander = u"Ada"_s});
    fixture.written();
    QCOMPARE(fixture.errors.size(), 1);
    QVERIFY(!fixture.desk->running());
}

void TestIncidentDesk::aFailedAppendChangesNothing()
{
    IncidentFixture fixture;
    fixture.open();
    const auto step = fixture.step(u"Tell the team"_s);
    // Another process holds the journal for longer than an append waits.
    sqlite3 *other = nullptr;
    QCOMPARE(sqlite3_open(fixture.path().toUtf8().constData(), &other), SQLITE_OK);
    QCOMPARE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    fixture.desk->tick(step);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.errors.size(), 1, 20000);
    QCOMPARE(fixture.errors.first().kind, ErrorKind::Timeout);
    QCOMPARE(fixture.running().checklist.state(step), StepState::Open);
    QCOMPARE(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(other);
    fixture.desk->tick(step); // the failed one is forgotten, so this is no second press
    fixture.written();
    QCOMPARE(fixture.running().checklist.state(step), StepState::Done);
}

void TestIncidentDesk::secretsDoNotReachTheTimeline()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.desk->addNote(u"used postgres://app:hunter2@db/shop"_s);
    fixture.desk->overrideStep(fixture.step(u"Token"_s), u"password=hunter2"_s);
    fixture.written();
    QVERIFY(!IncidentFixture::dump(fixture.desk->incidents()).contains("hunter2"_L1));
    QVERIFY(fixture.lines().at(1).contains("[hidden]"_L1));
}

void TestIncidentDesk::aClosedIncidentIsListedAndANewOneNumbered()
{
    IncidentFixture fixture;
    fixture.open();
    finishAll(fixture);
    fixture.desk->close();
    fixture.written();
    fixture.open({.title = u"A drill"_s,
                  .drill = true,
                  .environment = u"practice"_s,
                  .commander = u"Ada"_s});
    QCOMPARE(fixture.desk->incidents().size(), 2);
    QCOMPARE(fixture.running().number, 2);
    QVERIFY(fixture.running().drill);
    QCOMPARE(fixture.desk->incidents().first().title, u"A drill"_s); // newest first
    QVERIFY(fixture.desk->incidents().last().closedAt.has_value());
    QVERIFY(fixture.lines().first().startsWith("Drill opened"_L1));
    QCOMPARE(fixture.desk->incidents().last().timeline.last().text, u"Incident closed"_s);
}

void TestIncidentDesk::commandIsTakenByANameOnly()
{
    IncidentFixture fixture;
    fixture.open();
    fixture.desk->takeCommand(u"  "_s);
    fixture.desk->tick(fixture.step(u"Tell the team"_s));
    fixture.written();
    QCOMPARE(fixture.errors.size(), 1);
    QCOMPARE(fixture.errors.first().kind, ErrorKind::Refused);
    QCOMPARE(fixture.running().commander, u"Ada"_s);
    QCOMPARE(fixture.running().timeline.last().who, u"Ada"_s);
    fixture.desk->takeCommand(u" Bob \n"_s);
    fixture.written();
    QCOMPARE(fixture.running().commander, u"Bob"_s);
    QCOMPARE(fixture.lines().last(), u"Bob takes command"_s);
}

void TestIncidentDesk::afterTheEndNothingIsWrittenAnyMore()
{
    IncidentFixture fixture;
    fixture.open();
    finishAll(fixture);
    fixture.desk->close();
    fixture.desk->addNote(u"in the same breath"_s); // before the closing is on the disk
    fixture.desk->close();
    fixture.written();
    QCOMPARE(fixture.errors.size(), 2);
    QCOMPARE(fixture.journal->read({.kindPrefix = u"incident.note"_s})->size(), 0);
    QCOMPARE(fixture.journal->read({.kindPrefix = u"incident.closed"_s})->size(), 1);
    QCOMPARE(fixture.desk->incidents().first().timeline.last().text, u"Incident closed"_s);
}

/// Whoever listens looks at the desk: it must already be so.
void TestIncidentDesk::everySignalComesAfterItsChange()
{
    IncidentFixture fixture;
    QStringList seen;
    connect(fixture.desk.get(), &IncidentDesk::runningChanged, this,
            [&] { seen += fixture.desk->running() ? u"runs"_s : u"none"_s; });
    connect(fixture.desk.get(), &IncidentDesk::incidentChanged, this, [&](const IncidentId &id) {
        const Incident *incident = fixture.desk->find(id);
        seen += incident ? incident->timeline.last().kind : u"nothing"_s;
    });
    fixture.open();
    fixture.desk->addNote(u"one"_s);
    fixture.desk->tick(fixture.step(u"Tell the team"_s));
    fixture.written();
    QCOMPARE(seen,
             QStringList({u"runs"_s, u"incident.opened"_s, u"incident.note"_s, u"step.done"_s}));
    seen.clear();
    finishAll(fixture);
    seen.clear();
    fixture.desk->close();
    fixture.written();
    QCOMPARE(seen, QStringList({u"none"_s, u"incident.closed"_s}));
}

MAYDAY_TEST(TestIncidentDesk);
#include "tst_incidentdesk.moc"
