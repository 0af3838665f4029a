// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/testmain.h"

#include <random>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

/// Walks at random over everything a person or Mayday can do, allowed or not.
class RandomWalk final {
public:
    RandomWalk(IncidentFixture &fixture, unsigned seed) : m_fixture(fixture), m_random(seed) {}

    void step()
    {
        if (!m_fixture.desk->running()) {
            m_fixture.desk->open(m_fixture.book(), m_fixture.shared,
                                 {.title = u"Walk %1"_s.arg(m_random() % 100),
                                  .drill = m_random() % 2 == 0,
                                  .environment = u"practice"_s,
                                  .commander = u"Ada"_s});
            return;
        }
        switch (m_random() % 14) {
        case 0: return m_fixture.desk->defer(anyStep());
        case 1: return m_fixture.desk->reopen(anyStep());
        case 2: return goAgainstIt();
        case 3: return m_fixture.desk->senseDone(anyStep(), u"seen"_s);
        case 4: return m_fixture.desk->addNote(u"note, token=abcdef%1"_s.arg(m_random()));
        case 5: return m_fixture.desk->messageCopied(u"update"_s, u"still at it"_s);
        case 6: return m_fixture.desk->takeCommand(m_random() % 2 == 0 ? u"Bob"_s : u"Ada"_s);
        case 7: return m_fixture.desk->setSeverity(Severity(m_random() % 4));
        case 8: return choose();
        case 9: return m_fixture.desk->close();
        case 10: return restore();
        case 11: return m_fixture.desk->evidenceKept(u"/e"_s, {u"a.txt"_s});
        default: return m_fixture.desk->tick(anyStep());
        }
    }

private:
    runbook::StepId anyStep()
    {
        const auto &list = m_fixture.running().checklist;
        if (const auto *current = list.current(); current && m_random() % 3 != 0)
            return current->id;
        const auto all = list.order();
        return all[qsizetype(m_random() % size_t(all.size()))].id;
    }
    void goAgainstIt()
    {
        // One after the other: in one call each compiler asks for them in an order of its own.
        const QString why = u"because %1"_s.arg(m_random() % 9);
        m_fixture.desk->overrideStep(anyStep(), why);
    }
    void choose()
    {
        const runbook::Decision decision = m_fixture.running().checklist.decisions().first();
        m_fixture.desk->recordChoice(decision.id, decision.options[qsizetype(m_random() % 2)],
                                     u"why not"_s);
    }
    void restore()
    {
        const QString id = m_fixture.running().id.text();
        const QString name = u"r%1"_s.arg(m_random() % 3);
        for (const QString &kind :
             {u"restore.started"_s, u"restore.finished"_s, u"restore.putback"_s}) {
            auto task = m_fixture.journal->append(
                {.kind = kind,
                 .subject = name,
                 .data = {{u"incident"_s, id},
                          {u"receipt"_s, QJsonObject{{u"verdict"_s, u"proven"_s}}}}});
            task.deliverTo(m_fixture.desk.get(), [](const Result<store::JournalEvent> &) {});
        }
    }

    IncidentFixture &m_fixture;
    std::mt19937 m_random;
};

} // namespace

/// What is shown is what the journal says: at every moment, after any sequence of actions.
class TestIncidentReplay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void replayIsLive_data();
    void replayIsLive();
    void everyPrefixIsAStateThatWasShown();
};

void TestIncidentReplay::replayIsLive_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed : {1u, 2u, 3u, 20260301u})
        QTest::addRow("seed %u", seed) << seed;
}

void TestIncidentReplay::replayIsLive()
{
    QFETCH(unsigned, seed);
    IncidentFixture fixture;
    RandomWalk walk(fixture, seed);
    for (int round = 0; round < 30; ++round) {
        for (unsigned i = 0; i <= seed % 4; ++i)
            walk.step(); // several at once: they queue
        fixture.written();
        IncidentHistory replayed;
        const auto events = fixture.journal->read();
        for (const store::JournalEvent &event : *events) {
            const auto applied = replayed.apply(event);
            QVERIFY2(applied.has_value(), "an event that the rules refuse was written");
        }
        QCOMPARE(IncidentFixture::dump(replayed.incidents()),
                 IncidentFixture::dump(fixture.desk->incidents()));
    }
    QVERIFY(fixture.journal->read({.kindPrefix = u"step."_s})->size() > 10);
    const QString before = IncidentFixture::dump(fixture.desk->incidents());
    fixture.start();
    QCOMPARE(IncidentFixture::dump(fixture.desk->incidents()), before);
}

/// A kill between any two events: the next start finds a state that a person has seen, no other.
void TestIncidentReplay::everyPrefixIsAStateThatWasShown()
{
    IncidentFixture fixture;
    QHash<qint64, QString> shown; // by the last sequence on the disk
    connect(fixture.journal.get(), &store::Journal::appended, this,
            [&](const store::JournalEvent &event) {
                shown.insert(event.sequence, IncidentFixture::dump(fixture.desk->incidents()));
            });
    RandomWalk walk(fixture, 7);
    for (int i = 0; i < 60; ++i) {
        walk.step();
        fixture.written();
    }
    const auto events = fixture.journal->read();
    QVERIFY(events->size() > 60);
    IncidentHistory replayed;
    for (const store::JournalEvent &event : *events) {
        QVERIFY(replayed.apply(event).has_value());
        QCOMPARE(IncidentFixture::dump(replayed.incidents()), shown.value(event.sequence));
    }
}

MAYDAY_TEST(TestIncidentReplay);
#include "tst_incidentreplay.moc"
