// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/incident/incidentfixture.h"
#include "support/testmain.h"

#include <QFile>

using namespace mayday;
using namespace mayday::incident;
using namespace mayday::tests;
using namespace Qt::StringLiterals;
using runbook::StepState;
using store::JournalEvent;

namespace {

const QString one = QStringLiteral("incident-1");
const QString tell = QStringLiteral("immediate/tell-the-team");
const QString ask = QStringLiteral("recover/ask-the-provider-for-a-copy");
const QString look = QStringLiteral("recover/check-that-the-products-are-back");
const QString over = QStringLiteral("after/tell-everybody-that-it-is-over");
const QString ways = QStringLiteral("recover/decision");

/// Events as a journal holds them, written by hand: also such as no desk would write.
class Log final {
public:
    JournalEvent event(const QString &kind, const QJsonObject &data = {},
                       const QString &subject = one)
    {
        m_now = m_now.addSecs(10);
        return {
            .sequence = ++m_sequence, .at = m_now, .kind = kind, .subject = subject, .data = data};
    }
    JournalEvent step(const QString &kind, const QString &step, const QString &reason = {})
    {
        return event(kind, {{u"step"_s, step}, {u"reason"_s, reason}, {u"by"_s, u"Ada"_s}});
    }
    JournalEvent opened(const QJsonObject &more = {}, const QString &subject = one)
    {
        QJsonObject data{{u"title"_s, u"Products are gone"_s}, {u"runbook"_s, packedBook()},
                         {u"severity"_s, u"sev1"_s},           {u"environment"_s, u"production"_s},
                         {u"commander"_s, u"Ada"_s},           {u"rtoMinutes"_s, 15}};
        for (auto at = more.begin(); at != more.end(); ++at)
            data[at.key()] = at.value();
        return event(u"incident.opened"_s, data, subject);
    }
    /// All that has to be done before an incident may close, by the provider's way.
    QList<JournalEvent> allDone()
    {
        return {step(u"step.done"_s, tell),
                step(u"step.done"_s, u"immediate/token-rotate-it-password-reset-it"_s),
                event(u"incident.choice"_s,
                      {{u"decision"_s, ways}, {u"option"_s, u"From the provider"_s}}),
                step(u"step.done"_s, ask), step(u"step.done"_s, over)};
    }
    static QJsonObject packedBook()
    {
        const auto reading = runbook::readRunbook(
            bookMarkdown, u"data-loss.md"_s, runbook::VerbRegistry::standard(),
            [](const QString &) { return std::optional<QByteArray>(sharedMarkdown); });
        return packRunbook(*reading.runbook, {{u"first"_s, QByteArray(sharedMarkdown)}});
    }

private:
    QDateTime m_now{QDate(2026, 3, 1), QTime(3, 0), QTimeZone::UTC};
    qint64 m_sequence = 0;
};

QString dump(const IncidentHistory &history)
{
    return IncidentFixture::dump(history.incidents());
}

} // namespace

/// The fold from events to incidents, fed with what a journal can hold after years, crashes,
/// downgrades and repairs: what fits counts, what does not fit changes nothing.
class TestIncidentHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_log = Log();
        m_history = IncidentHistory();
        QVERIFY(m_history.apply(m_log.opened()));
    }

    void otherPeoplesEventsChangeNothing_data();
    void otherPeoplesEventsChangeNothing();
    void whatDoesNotFitIsRefused_data();
    void whatDoesNotFitIsRefused();
    void valuesOfAWrongKindAreSurvived_data();
    void valuesOfAWrongKindAreSurvived();
    void openingWithOddValues_data();
    void openingWithOddValues();
    void aDamagedChecklistOpensNothing_data();
    void aDamagedChecklistOpensNothing();
    void withoutItsOpeningNothingOfItCounts();
    void aClosedIncidentIsFinal_data();
    void aClosedIncidentIsFinal();
    void aRestoreMayEndAfterTheIncident();
    void twoIncidentsDoNotMix();
    void ticksOfAnyOrderEndTheSame();
    void everyOutcomeKeepsItsTimeAndReason();
    void choosingAgainKeepsBothDecisions();
    void longMessagesAreCutBetweenCharacters();
    void theFileMayChangeWhileItRuns();

private:
    Log m_log;
    IncidentHistory m_history;
};

void TestIncidentHistory::otherPeoplesEventsChangeNothing_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("subject");
    QTest::newRow("another module") << u"backup.finished"_s << one;
    QTest::newRow("a newer version") << u"incident.telepathy"_s << one;
    QTest::newRow("a newer step") << u"step.levitated"_s << one;
    QTest::newRow("no kind") << QString() << one;
    QTest::newRow("capitals") << u"Incident.Note"_s << one;
    QTest::newRow("a restore of no incident") << u"restore.started"_s << u"r1"_s;
    QTest::newRow("a subject that is no id") << u"incident.note"_s << u"../../etc"_s;
    QTest::newRow("no subject") << u"incident.closed"_s << QString();
    QTest::newRow("the journal's own") << u"journal.salvaged"_s << u"journal"_s;
}

void TestIncidentHistory::otherPeoplesEventsChangeNothing()
{
    QFETCH(QString, kind);
    QFETCH(QString, subject);
    const QString before = dump(m_history);
    const auto changed = m_history.apply(m_log.event(kind, {{u"text"_s, u"x"_s}}, subject));
    QVERIFY(changed.has_value());
    QVERIFY(changed->isNone());
    QCOMPARE(dump(m_history), before);
}

void TestIncidentHistory::whatDoesNotFitIsRefused_data()
{
    QTest::addColumn<JournalEvent>("event");
    QTest::addColumn<ErrorKind>("kind");
    Log log;
    const auto row = [](const char *name, const JournalEvent &event, ErrorKind kind) {
        QTest::newRow(name) << event << kind;
    };
    row("no step", log.event(u"step.done"_s), ErrorKind::NotFound);
    row("a number for a step", log.event(u"step.done"_s, {{u"step"_s, 7}}), ErrorKind::NotFound);
    row("a step of another file", log.step(u"step.done"_s, u"do/other"_s), ErrorKind::NotFound);
    row("a way not chosen", log.step(u"step.done"_s, ask), ErrorKind::Refused);
    row("a check that nobody made", log.step(u"step.sensed"_s, tell), ErrorKind::Refused);
    row("no reason", log.step(u"step.overridden"_s, tell, u" \n "_s), ErrorKind::Refused);
    row("no decision", log.event(u"incident.choice"_s, {{u"option"_s, u"From the provider"_s}}),
        ErrorKind::NotFound);
    row("no such option",
        log.event(u"incident.choice"_s, {{u"decision"_s, ways}, {u"option"_s, u"Pray"_s}}),
        ErrorKind::NotFound);
    row("closing too early", log.event(u"incident.closed"_s), ErrorKind::Refused);
    row("nobody leads", log.event(u"incident.command"_s, {{u"commander"_s, QString()}}),
        ErrorKind::Refused);
    row("of an unknown incident",
        log.event(u"incident.note"_s, {{u"text"_s, u"x"_s}}, u"incident-2"_s), ErrorKind::NotFound);
    row("a second one beside it", log.opened({}, u"incident-2"_s), ErrorKind::AlreadyExists);
    row("opened twice", log.opened(), ErrorKind::AlreadyExists);
}

void TestIncidentHistory::whatDoesNotFitIsRefused()
{
    QFETCH(JournalEvent, event);
    const QString before = dump(m_history);
    const auto changed = m_history.apply(event);
    QVERIFY(!changed);
    QTEST(changed.error().kind, "kind");
    QVERIFY(!changed.error().detail.isEmpty());
    QCOMPARE(dump(m_history), before);
}

void TestIncidentHistory::valuesOfAWrongKindAreSurvived_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QJsonObject>("data");
    QTest::newRow("severity") << u"incident.severity"_s << QJsonObject{{u"severity"_s, 4}};
    QTest::newRow("files") << u"incident.evidence"_s
                           << QJsonObject{{u"files"_s, QJsonObject{{u"a"_s, 1}}}};
    QTest::newRow("text") << u"incident.message"_s << QJsonObject{{u"text"_s, QJsonArray{1}}};
    QTest::newRow("by") << u"incident.note"_s << QJsonObject{{u"text"_s, u"x"_s}, {u"by"_s, 9}};
    QTest::newRow("receipt") << u"restore.finished"_s
                             << QJsonObject{{u"incident"_s, one}, {u"receipt"_s, u"proven"_s}};
    QTest::newRow("status") << u"incident.status"_s << QJsonObject{{u"what"_s, QJsonValue::Null}};
}

void TestIncidentHistory::valuesOfAWrongKindAreSurvived()
{
    QFETCH(QString, kind);
    QFETCH(QJsonObject, data);
    const auto changed = m_history.apply(m_log.event(kind, data));
    QVERIFY(changed && changed->text() == one);
    const Incident &incident = *m_history.running();
    QCOMPARE(incident.severity, Severity::Sev1);
    QCOMPARE(incident.timeline.last().who, u"Mayday"_s); // nobody is said to have done it
    QVERIFY(incident.restores.isEmpty());
}

void TestIncidentHistory::openingWithOddValues_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QJsonValue>("value");
    QTest::addColumn<int>("rto");
    QTest::addColumn<bool>("drill");
    QTest::addColumn<Severity>("severity");
    const auto row = [](const char *name, const QString &key, const QJsonValue &value, int rto = 15,
                        bool drill = false, Severity severity = Severity::Sev1) {
        QTest::newRow(name) << key << value << rto << drill << severity;
    };
    row("no promise", u"rtoMinutes"_s, 0, 0);
    row("a promise in words", u"rtoMinutes"_s, u"soon"_s, 0);
    row("half a minute", u"rtoMinutes"_s, 0.5, 0);
    row("beyond all measure", u"rtoMinutes"_s, 1e18, 0);
    row("a drill", u"drill"_s, true, 15, true);
    row("a drill in words", u"drill"_s, u"true"_s);
    row("no severity", u"severity"_s, QJsonValue::Null, 15, false, Severity::Sev2);
    row("a newer severity", u"severity"_s, u"sev0"_s, 15, false, Severity::Sev2);
}

void TestIncidentHistory::openingWithOddValues()
{
    QFETCH(QString, key);
    QFETCH(QJsonValue, value);
    IncidentHistory history;
    QVERIFY(history.apply(m_log.opened({{key, value}})));
    QTEST(int(history.running()->rto.count()), "rto");
    QTEST(history.running()->drill, "drill");
    QTEST(history.running()->severity, "severity");
}

void TestIncidentHistory::aDamagedChecklistOpensNothing_data()
{
    QTest::addColumn<QJsonValue>("runbook");
    const auto packed = [](const QByteArray &markdown) {
        return QJsonObject{{u"fileName"_s, u"x.md"_s},
                           {u"markdown"_s, QString::fromLatin1(qCompress(markdown).toHex())}};
    };
    QString cut = Log::packedBook()[u"markdown"_s].toString();
    cut.chop(40);
    QTest::newRow("none") << QJsonValue();
    QTest::newRow("a text") << QJsonValue(u"## Do"_s);
    QTest::newRow("no markdown") << QJsonValue(QJsonObject{{u"fileName"_s, u"x.md"_s}});
    QTest::newRow("not packed") << QJsonValue(QJsonObject{{u"markdown"_s, u"## Do"_s}});
    QTest::newRow("cut off") << QJsonValue(QJsonObject{{u"markdown"_s, cut}});
    QTest::newRow("a length that cannot be")
        << QJsonValue(QJsonObject{{u"markdown"_s, u"ffffffff789c03"_s}});
    QTest::newRow("empty") << QJsonValue(packed({}));
    QTest::newRow("prose") << QJsonValue(packed("# Title\n\nWords.\n"));
    QTest::newRow("a picture") << QJsonValue(packed(QByteArray("\x89PNG\0\0", 6)));
}

void TestIncidentHistory::aDamagedChecklistOpensNothing()
{
    QFETCH(QJsonValue, runbook);
    IncidentHistory history;
    const auto opened = history.apply(m_log.opened({{u"runbook"_s, runbook}}));
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::Corrupt);
    QVERIFY(history.incidents().isEmpty());
    QVERIFY(history.apply(m_log.opened({}, u"incident-2"_s))); // the next one is not hindered
    QCOMPARE(history.running()->number, 1);
}

void TestIncidentHistory::withoutItsOpeningNothingOfItCounts()
{
    IncidentHistory history;
    QList<JournalEvent> events = m_log.allDone();
    events.append(m_log.event(u"incident.closed"_s));
    for (const JournalEvent &event : std::as_const(events)) {
        const auto changed = history.apply(event);
        QVERIFY(!changed);
        QCOMPARE(changed.error().kind, ErrorKind::NotFound);
    }
    QVERIFY(history.incidents().isEmpty());
}

void TestIncidentHistory::aClosedIncidentIsFinal_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QJsonObject>("data");
    QTest::newRow("closed again") << u"incident.closed"_s << QJsonObject();
    QTest::newRow("a tick taken back") << u"step.reopened"_s << QJsonObject{{u"step"_s, tell}};
    QTest::newRow("another way") << u"incident.choice"_s
                                 << QJsonObject{{u"decision"_s, ways},
                                                {u"option"_s, u"From our own dump"_s}};
    QTest::newRow("less bad") << u"incident.severity"_s << QJsonObject{{u"severity"_s, u"sev4"_s}};
    QTest::newRow("another name") << u"incident.command"_s
                                  << QJsonObject{{u"commander"_s, u"Eve"_s}};
    QTest::newRow("a message") << u"incident.message"_s << QJsonObject{{u"text"_s, u"late"_s}};
}

/// The recovery time is what was promised to customers: nothing may change it afterwards.
void TestIncidentHistory::aClosedIncidentIsFinal()
{
    QFETCH(QString, kind);
    QFETCH(QJsonObject, data);
    for (const JournalEvent &event : m_log.allDone())
        QVERIFY(m_history.apply(event));
    QVERIFY(m_history.apply(m_log.event(u"incident.closed"_s)));
    QVERIFY(!m_history.running());
    const QString before = dump(m_history);
    const auto changed = m_history.apply(m_log.event(kind, data));
    QVERIFY(!changed);
    QCOMPARE(changed.error().kind, ErrorKind::Refused);
    QCOMPARE(dump(m_history), before);
}

void TestIncidentHistory::aRestoreMayEndAfterTheIncident()
{
    QVERIFY(m_history.apply(m_log.event(u"restore.started"_s, {{u"incident"_s, one}}, u"r1"_s)));
    for (const JournalEvent &event : m_log.allDone())
        QVERIFY(m_history.apply(event));
    QVERIFY(m_history.apply(m_log.event(u"incident.closed"_s)));
    QVERIFY(m_history.apply(m_log.event(
        u"restore.finished"_s,
        {{u"incident"_s, one}, {u"receipt"_s, QJsonObject{{u"verdict"_s, u"proven"_s}}}},
        u"r1"_s)));
    const Incident &incident = m_history.incidents().first();
    QCOMPARE(incident.restores.first().verdict, u"proven"_s);
    QCOMPARE(incident.timeline.last().kind, u"restore.finished"_s);
}

void TestIncidentHistory::twoIncidentsDoNotMix()
{
    for (const JournalEvent &event : m_log.allDone())
        QVERIFY(m_history.apply(event));
    QVERIFY(m_history.apply(m_log.event(u"incident.closed"_s)));
    const QDateTime closedAt = *m_history.incidents().first().closedAt;
    QVERIFY(m_history.apply(m_log.opened({{u"title"_s, u"Again"_s}}, u"incident-2"_s)));
    QVERIFY(m_history.apply(
        m_log.event(u"incident.note"_s, {{u"text"_s, u"second"_s}}, u"incident-2"_s)));
    QVERIFY(m_history.apply(
        m_log.event(u"restore.started"_s, {{u"incident"_s, u"incident-2"_s}}, u"r1"_s)));
    QCOMPARE(m_history.incidents().size(), 2);
    const Incident &second = m_history.incidents().first();
    const Incident &first = m_history.incidents().last();
    QCOMPARE(second.number, 2);
    QCOMPARE(second.timeline.size(), 3);
    QCOMPARE(second.checklist.doneIn({}), 0);
    QCOMPARE(second.restores.size(), 1);
    QCOMPARE(first.restores.size(), 0);
    QCOMPARE(first.closedAt, std::optional(closedAt));
    QCOMPARE(first.timeline.last().text, u"Incident closed"_s);
}

/// Events of two writers may stand in any order in the journal.
void TestIncidentHistory::ticksOfAnyOrderEndTheSame()
{
    QList<JournalEvent> events{
        m_log.step(u"step.done"_s, tell), m_log.step(u"step.overridden"_s, over, u"nobody asked"_s),
        m_log.event(u"incident.severity"_s, {{u"severity"_s, u"sev3"_s}}),
        m_log.event(u"incident.choice"_s,
                    {{u"decision"_s, ways}, {u"option"_s, u"From our own dump"_s}}),
        m_log.event(u"incident.note"_s, {{u"text"_s, u"a note"_s}})};
    std::array<int, 5> order{0, 1, 2, 3, 4};
    QSet<QString> ends;
    do {
        IncidentHistory history = m_history;
        for (const int at : order)
            QVERIFY(history.apply(events.at(at)));
        QList<Incident> incidents = history.incidents();
        QCOMPARE(incidents.first().timeline.size(), 6);
        incidents.first().timeline.clear(); // in the order of writing, whatever it was
        ends.insert(IncidentFixture::dump(incidents));
    } while (std::ranges::next_permutation(order).found);
    QCOMPARE(ends.size(), 1);
}

void TestIncidentHistory::everyOutcomeKeepsItsTimeAndReason()
{
    QVERIFY(m_history.apply(m_log.event(
        u"incident.choice"_s, {{u"decision"_s, ways}, {u"option"_s, u"From our own dump"_s}})));
    const JournalEvent seen = m_log.step(u"step.sensed"_s, look, u"products has 60,012 rows"_s);
    QVERIFY(m_history.apply(seen));
    const auto outcome = m_history.running()->checklist.outcome({look});
    QCOMPARE(outcome.state, StepState::Sensed);
    QCOMPARE(outcome.at, seen.at);
    QCOMPARE(outcome.reason, u"products has 60,012 rows"_s);
    QVERIFY(m_history.apply(m_log.step(u"step.reopened"_s, look)));
    QCOMPARE(m_history.running()->checklist.state({look}), StepState::Open);
    QVERIFY(m_history.apply(m_log.step(u"step.overridden"_s, look, u"seen by eye"_s)));
    QCOMPARE(m_history.running()->checklist.outcome({look}).reason, u"seen by eye"_s);
    QCOMPARE(m_history.running()->lastDone(5).size(), 1);
}

void TestIncidentHistory::choosingAgainKeepsBothDecisions()
{
    const auto choose = [this](const QString &option, const QString &reason) {
        return m_history.apply(
            m_log.event(u"incident.choice"_s,
                        {{u"decision"_s, ways}, {u"option"_s, option}, {u"reason"_s, reason}}));
    };
    QVERIFY(choose(u"From the provider"_s, u"it is quicker"_s));
    QVERIFY(m_history.apply(m_log.step(u"step.done"_s, ask)));
    QVERIFY(choose(u"From our own dump"_s, u"they do not answer"_s));
    const Incident &incident = *m_history.running();
    QCOMPARE(incident.choices.size(), 2);
    QCOMPARE(incident.choices.first().reason, u"it is quicker"_s);
    QCOMPARE(incident.checklist.decisions().first().chosen, u"From our own dump"_s);
    QVERIFY(!m_history.apply(m_log.step(u"step.reopened"_s, ask))); // of the other way now
}

void TestIncidentHistory::longMessagesAreCutBetweenCharacters()
{
    const auto lineFor = [this](const QString &text) {
        if (!m_history.apply(
                m_log.event(u"incident.message"_s, {{u"which"_s, u"update"_s}, {u"text"_s, text}})))
            return QString();
        return m_history.running()->timeline.last().text;
    };
    const QString prefix = u"Message \"update\" copied: "_s;
    QCOMPARE(lineFor(QString(600, u'x')), prefix + QString(600, u'x'));
    QCOMPARE(lineFor(QString(601, u'x')), prefix + QString(600, u'x') + u" ..."_s);
    const QString fire = QString(599, u'x') + u"🔥🔥"_s;
    QCOMPARE(lineFor(fire), prefix + QString(599, u'x') + u" ..."_s);
    QVERIFY(lineFor(fire).isValidUtf16());
}

/// The checklist in front of the user stays what it was when the incident was opened, whatever
/// happens to the folder of runbooks.
void TestIncidentHistory::theFileMayChangeWhileItRuns()
{
    const QTemporaryDir folder;
    const auto write = [&folder](const QString &name, const QByteArray &bytes) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(bytes);
    };
    write(u"data-loss.md"_s, bookMarkdown);
    write(u"first.md"_s, sharedMarkdown);
    const auto load = [&folder] {
        return runbook::RunbookLibrary::load(folder.path(), runbook::VerbRegistry::standard());
    };
    const auto library = load();
    const runbook::Runbook book = *library.find(*runbook::RunbookId::parse(u"data-loss"_s));
    const auto opened =
        m_log.opened({{u"runbook"_s, packRunbook(book, sharedSources(library, book))}});
    const QList<JournalEvent> events{opened, m_log.step(u"step.done"_s, tell)};
    write(u"data-loss.md"_s, "---\nid: data-loss\n---\n## Other\n- [ ] Something else\n");
    write(u"first.md"_s, "---\nplace: before\n---\n## Immediate\n- [ ] Panic\n");
    QCOMPARE(load().find(book.id)->stepCount(), 1);
    IncidentHistory history;
    for (const JournalEvent &event : events)
        QVERIFY(history.apply(event));
    QVERIFY(history.running()->checklist.runbook().phases == book.phases);
    QCOMPARE(history.running()->checklist.runbook().title, book.title);
    QCOMPARE(history.running()->checklist.state({tell}), StepState::Done);
}

MAYDAY_TEST(TestIncidentHistory);
#include "tst_incidenthistory.moc"
