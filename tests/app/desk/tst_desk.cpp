// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/deskfixture.h"
#include "incident/evidence.h"
#include "support/testmain.h"

#include <QDirIterator>

using namespace mayday;
using namespace mayday::desk;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

/// The whole below the window: what a start finds, shows and offers.
class TestDesk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aProfileThatCannotBeUsedIsAnError_data();
    void aProfileThatCannotBeUsedIsAnError();
    void endedBeforeItStarted();
    void withAStackItWatchesIt();
    void withoutAStackThePracticeWorldBegins();
    void aStackThatIsPracticeBeginsIt();
    void aBadStackIsShownAndPracticeOffered_data();
    void aBadStackIsShownAndPracticeOffered();
    void aMissingPasswordIsNamedUntilItIsGiven();
    void connectionsAreOfTheStackOnly();
    void aScenarioBecomesAnIncident();
    void whatCannotBeOpenedIsSaid();
    void practiceIncidentsAreDrills();
    void aRunbookOfTheUserReplacesAShippedOne();
    void evidenceIsKeptAndCanBeProven();
    void withoutAnIncidentThereIsNoEvidence();
    void theStatusSheetFollowsTheIncident();
    void messagesKnowTheirWords();
    void theReportIsOfThatIncident();
    void whatTheBoardNoticesEntersTheTimeline();
    void noPasswordOnTheDisk();

private:
    std::unique_ptr<TempPostgres> m_server;
};

void TestDesk::initTestCase()
{
    m_server = std::make_unique<TempPostgres>();
}

void TestDesk::aProfileThatCannotBeUsedIsAnError_data()
{
    QTest::addColumn<QString>("inTheWay");
    QTest::newRow("a file where the folder should be") << u"/data"_s;
    QTest::newRow("a folder where the journal should be") << u"/data/journal.sqlite/x"_s;
}

void TestDesk::aProfileThatCannotBeUsedIsAnError()
{
    QFETCH(QString, inTheWay);
    const TempProfile profile;
    const QString path = profile.path() + inTheWay;
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QVERIFY(writeFileAtomically(path, "in the way"));
    const SystemClock clock;
    const auto opened = Desk::open(profile.profile(), clock);
    QVERIFY(!opened);
    QVERIFY2(opened.error().subject.contains(profile.path()), qPrintable(describe(opened.error())));
}

void TestDesk::endedBeforeItStarted()
{
    DeskFixture fixture(*m_server);
    fixture.open();
    QVERIFY(fixture.events(u""_s).isEmpty()); // opening alone writes nothing down
    fixture.desk.reset();
    fixture.start();
    fixture.desk.reset(); // at once, with everything on its way
}

void TestDesk::withAStackItWatchesIt()
{
    DeskFixture fixture(*m_server);
    fixture.write(fixture.profile().stackFile(), fixture.stackYaml());
    fixture.open();
    QSignalSpy stackChanged(fixture.desk.get(), &Desk::stackChanged);
    fixture.desk->start();
    QCOMPARE(stackChanged.size(), 1);
    QVERIFY(!fixture.desk->isPractice());
    QVERIFY(!fixture.desk->stackError());
    QCOMPARE(fixture.desk->stack().name, u"Shop"_s);
    QCOMPARE(fixture.desk->practice().phase(), PracticePhase::Off);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"service.backend"_s), status::State::Operational,
                              20000);
    QVERIFY(!QFileInfo::exists(fixture.profile().practiceFolder()));
    QVERIFY(fixture.errors.isEmpty());
}

void TestDesk::withoutAStackThePracticeWorldBegins()
{
    DeskFixture fixture(*m_server);
    fixture.open();
    QSignalSpy stackChanged(fixture.desk.get(), &Desk::stackChanged);
    fixture.desk->start();
    QVERIFY(fixture.desk->isPractice());
    QVERIFY(!fixture.desk->stackError()); // none is not a bad one
    QCOMPARE(stackChanged.size(), 1);
    QCOMPARE(fixture.desk->practice().phase(), PracticePhase::Starting);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.desk->practice().phase(), PracticePhase::Ready, 120000);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"database.main"_s), status::State::Operational, 20000);
    QVERIFY(fixture.desk->isPractice());
    QVERIFY(fixture.desk->connection(u"main"_s).has_value());
    QTRY_VERIFY(!fixture.desk->shelf().entries().isEmpty()); // a backup to try it with
}

void TestDesk::aStackThatIsPracticeBeginsIt()
{
    DeskFixture fixture(*m_server);
    fixture.write(fixture.profile().stackFile(),
                  "stack:\n  name: Mine\n  environment: practice\n  practice: true\n");
    fixture.open();
    fixture.desk->start();
    QVERIFY(fixture.desk->isPractice());
    QVERIFY(!fixture.desk->stackError());
    QCOMPARE(fixture.desk->practice().phase(), PracticePhase::Starting);
}

void TestDesk::aBadStackIsShownAndPracticeOffered_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<int>("kind");
    QTest::addColumn<qint64>("line");
    QTest::newRow("a tab") << QByteArray("stack:\n\tname: Shop\n") << int(ErrorKind::Corrupt)
                           << qint64(2);
    QTest::newRow("empty") << QByteArray() << int(ErrorKind::Corrupt) << qint64(-1);
    QTest::newRow("no head") << QByteArray("name: Shop\n") << int(ErrorKind::Refused) << qint64(-1);
    QTest::newRow("a password in it")
        << QByteArray("stack:\n  name: S\ndatabases:\n  - id: main\n    name: shop\n    "
                      "connection: postgresql://a:hunter2@db/shop\n")
        << int(ErrorKind::Refused) << qint64(6);
    QTest::newRow("half written") << QByteArray("stack:\n  name: \"Sh") << int(ErrorKind::Corrupt)
                                  << qint64(-1);
}

void TestDesk::aBadStackIsShownAndPracticeOffered()
{
    QFETCH(QByteArray, yaml);
    QFETCH(int, kind);
    QFETCH(qint64, line);
    DeskFixture fixture(*m_server);
    fixture.write(fixture.profile().stackFile(), yaml);
    fixture.open();
    fixture.desk->start();
    const auto &error = fixture.desk->stackError();
    QVERIFY(error.has_value());
    QCOMPARE(error->kind, ErrorKind(kind));
    QCOMPARE(error->subject, fixture.profile().stackFile());
    if (line > 0)
        QCOMPARE(error->line, line);
    QVERIFY(!describe(*error).contains("hunter2"_L1));
    QVERIFY(fixture.desk->isPractice());
    QCOMPARE(fixture.desk->practice().phase(), PracticePhase::Starting);
    // The file is the user's: it stays as it is.
    QCOMPARE(readWholeFile(fixture.profile().stackFile(), 1 << 20).value_or("-"), yaml);
}

void TestDesk::aMissingPasswordIsNamedUntilItIsGiven()
{
    DeskFixture fixture(*m_server);
    fixture.start();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.desk->board()
                                 .snapshot()
                                 .probe(status::ProbeId::parse(u"database.main"_s).value())
                                 ->watched.reading.error.has_value(),
                             20000);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.desk->credentials().list().first().state,
                              CredentialState::Missing, 20000);
    QVERIFY(fixture.probe(u"database.main"_s) != status::State::Operational);
    fixture.givePassword(); // asks again by itself, and does not wait for the next round
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"database.main"_s), status::State::Operational, 12000);
}

void TestDesk::connectionsAreOfTheStackOnly()
{
    DeskFixture fixture(*m_server);
    fixture.start();
    QCOMPARE(fixture.desk->connection(u"nobody"_s).error().kind, ErrorKind::NotFound);
    QCOMPARE(fixture.desk->connection(u"nobody"_s).error().advice, Advice::EditStackFile);
    QCOMPARE(fixture.desk->connection(u"no id at all"_s).error().kind, ErrorKind::NotFound);
    QCOMPARE(fixture.desk->connection(u"main"_s).error().advice, Advice::CheckPassword);
    fixture.givePassword();
    const auto where = fixture.desk->connection(u"main"_s);
    QVERIFY(where.has_value());
    QVERIFY(where->hasPassword());
    QCOMPARE(where->database(), fixture.database);
}

void TestDesk::aScenarioBecomesAnIncident()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    fixture.openFire();
    const incident::Incident &running = *fixture.desk->incidents().running();
    QCOMPARE(running.title, u"Fire"_s);
    QCOMPARE(running.environment, u"production"_s);
    QCOMPARE(running.rto, std::chrono::minutes(15)); // the stack's, where the runbook promises none
    QVERIFY(!running.drill);
    QCOMPARE(running.severity, incident::Severity::Sev1);
    QVERIFY(!running.commander.isEmpty());
    QVERIFY(fixture.errors.isEmpty());
}

void TestDesk::whatCannotBeOpenedIsSaid()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    fixture.desk->startScenario(runbook::RunbookId::parse(u"nothing-such"_s).value());
    QCOMPARE(fixture.errors.size(), 1);
    QCOMPARE(fixture.errors.first().kind, ErrorKind::NotFound);
    QCOMPARE(fixture.errors.first().subject, u"nothing-such"_s);
    QVERIFY(!fixture.desk->incidents().running());
    fixture.openFire();
    fixture.desk->startScenario(DeskFixture::fire());
    QTRY_COMPARE(fixture.errors.size(), 2);
    QCOMPARE(fixture.errors.last().kind, ErrorKind::AlreadyExists);
    QCOMPARE(fixture.desk->incidents().incidents().size(), 1);
}

void TestDesk::practiceIncidentsAreDrills()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.open();
    fixture.desk->start();
    fixture.openFire(); // also while the practice world is still being made
    QVERIFY(fixture.desk->incidents().running()->drill);
    QCOMPARE(fixture.desk->incidents().running()->environment, u"practice"_s);
}

void TestDesk::aRunbookOfTheUserReplacesAShippedOne()
{
    DeskFixture fixture(*m_server);
    fixture.open();
    const auto id = runbook::RunbookId::parse(u"database-corruption"_s).value();
    const auto shipped = fixture.desk->library().list().size();
    QVERIFY(fixture.desk->library().find(id));
    fixture.desk.reset();
    fixture.write(fixture.profile().runbookFolder() + u"/ours.md"_s,
                  "---\nid: database-corruption\ntitle: Our own way\n---\n\n# Our own way\n\n## "
                  "Do\n\n- [ ] Call Ada. (1 min)\n");
    fixture.open();
    QCOMPARE(fixture.desk->library().find(id)->title, u"Our own way"_s);
    QCOMPARE(fixture.desk->library().list().size(), shipped);
}

void TestDesk::evidenceIsKeptAndCanBeProven()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    fixture.givePassword();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"service.backend"_s), status::State::Operational,
                              20000);
    fixture.openFire();
    fixture.desk->incidents().addNote(u"The bell is silent"_s);
    QTRY_VERIFY(fixture.desk->incidents().running()->timeline.size() >= 2);
    QSignalSpy kept(fixture.desk.get(), &Desk::evidenceKept);
    fixture.desk->keepEvidence();
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 1, 20000);
    const QDir folder(kept.first().first().toString());
    QVERIFY(folder.path().startsWith(fixture.profile().evidenceFolder()));
    QCOMPARE(incident::verifyEvidence(folder.path()).value(), QStringList{});
    const auto timeline = readWholeFile(folder.filePath(u"timeline.txt"_s), 1 << 20);
    QVERIFY2(timeline->contains("The bell is silent\n"), timeline->constData());
    const auto readings = readWholeFile(folder.filePath(u"readings.json"_s), 1 << 20);
    QVERIFY2(readings->contains("service.backend") && readings->contains("operational"),
             readings->constData());
    QTRY_COMPARE(fixture.desk->incidents().running()->evidence.size(), 1);
    QCOMPARE(fixture.desk->incidents().running()->evidence.first().folder, folder.path());
    QVERIFY(fixture.errors.isEmpty());
}

void TestDesk::withoutAnIncidentThereIsNoEvidence()
{
    DeskFixture fixture(*m_server);
    fixture.start();
    fixture.desk->keepEvidence();
    QTRY_VERIFY(QFile::exists(fixture.profile().statusSheetFile())); // the pool has been at work
    QVERIFY(!QFileInfo::exists(fixture.profile().evidenceFolder()));
    // And a disk that says no is said, with the incident going on.
    fixture.write(fixture.profile().evidenceFolder(), "in the way");
    fixture.desk.reset();
    fixture.writeRunbook();
    fixture.start();
    fixture.openFire();
    fixture.desk->keepEvidence();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.errors.size(), 1, 20000);
    QVERIFY(fixture.desk->incidents().running()->evidence.isEmpty());
}

void TestDesk::theStatusSheetFollowsTheIncident()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    const auto sheet = [&] {
        return readWholeFile(fixture.profile().statusSheetFile(), 1 << 20).value_or(QByteArray());
    };
    QTRY_VERIFY(sheet().contains("</html>"));
    QVERIFY(!sheet().contains("Fire"));
    fixture.openFire();
    QTRY_VERIFY(sheet().contains("Fire"));
    QTRY_VERIFY(sheet().contains("Ring the bell"));
    QVERIFY(sheet().contains("</html>")); // never half a sheet
}

void TestDesk::messagesKnowTheirWords()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    QVERIFY(!fixture.desk->messageWord(u"name"_s));
    QVERIFY(!fixture.desk->messageWord(u"time"_s)); // of what? nothing has begun
    QVERIFY(fixture.desk->messageWord(u"time of next update"_s)->endsWith(" UTC"_L1));
    fixture.openFire();
    const incident::Incident &running = *fixture.desk->incidents().running();
    QCOMPARE(fixture.desk->messageWord(u"name"_s), running.commander);
    QCOMPARE(fixture.desk->messageWord(u"start"_s),
             running.openedAt.toUTC().toString(u"HH:mm 'UTC'"_s));
    QCOMPARE(fixture.desk->messageWord(u"date"_s),
             running.openedAt.toUTC().date().toString(Qt::ISODate));
    QVERIFY(!fixture.desk->messageWord(u"what nobody knows"_s)); // left for the person to fill in
}

void TestDesk::theReportIsOfThatIncident()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    QVERIFY(fixture.desk->reportOf(incident::IncidentId{}).isEmpty());
    fixture.openFire();
    fixture.desk->incidents().addNote(u"The bell is silent"_s);
    const auto report = [&] {
        return fixture.desk->reportOf(fixture.desk->incidents().running()->id);
    };
    QTRY_VERIFY(report().contains("The bell is silent"_L1));
    QVERIFY(report().startsWith(u'#'));
    QVERIFY(report().contains("Fire"_L1));
}

void TestDesk::whatTheBoardNoticesEntersTheTimeline()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.probe(u"service.backend"_s), status::State::Operational,
                              20000);
    fixture.openFire();
    const auto lines = fixture.desk->incidents().running()->timeline.size();
    fixture.http.on("/health", {.status = 503, .body = "{}"});
    fixture.desk->poller().refreshNow();
    QTRY_VERIFY_WITH_TIMEOUT(fixture.desk->incidents().running()->timeline.size() > lines, 20000);
    QVERIFY2(fixture.desk->incidents().running()->timeline.last().text.contains("Backend"_L1),
             qPrintable(fixture.desk->incidents().running()->timeline.last().text));
}

void TestDesk::noPasswordOnTheDisk()
{
    DeskFixture fixture(*m_server);
    fixture.writeRunbook();
    fixture.start();
    fixture.givePassword();
    fixture.openFire();
    fixture.desk->incidents().addNote(u"password: "_s +
                                      QString::fromUtf8(m_server->password().reveal()));
    QTRY_VERIFY(fixture.desk->incidents().running()->timeline.size() >= 2);
    QSignalSpy kept(fixture.desk.get(), &Desk::evidenceKept);
    fixture.desk->keepEvidence();
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 1, 20000);
    fixture.desk.reset();
    QDirIterator files(QFileInfo(fixture.profile().dataFolder).path(), QDir::Files | QDir::Hidden,
                       QDirIterator::Subdirectories);
    int read = 0;
    while (files.hasNext()) {
        QFile one(files.next());
        QVERIFY(one.open(QIODevice::ReadOnly));
        QVERIFY2(!one.readAll().contains(m_server->password().reveal()),
                 qPrintable(one.fileName()));
        ++read;
    }
    QVERIFY(read >= 4); // journal, stack, sheet, evidence
}

MAYDAY_TEST(TestDesk);
#include "tst_desk.moc"
