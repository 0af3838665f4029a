// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/scriptedsecretstore.h"
#include "app/restore/keptmarks.h"
#include "app/store/journalfixture.h"
#include "desk/expirywatch.h"
#include "runbook/runbookreader.h"
#include "support/testmain.h"

#include <QSignalSpy>

using namespace mayday;
using namespace mayday::desk;
using namespace mayday::tests;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto fire = "---\nid: fire\ntitle: Fire\ntier: critical\n---\n\n# Fire\n\n## Do\n\n"
                      "- [ ] Optional: Ring the bell. (1 min)\n";

} // namespace

/// When what is kept goes by itself: never in the way of whoever has just opened Mayday.
class TestExpiryWatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<TempPostgres>(); }
    void init();
    void cleanup();
    void notInTheFirstHour();
    void onceADay();
    void withoutTheKeyNever();
    void neverInPractice();
    void onlyWhenTheBoardSaysWell_data();
    void onlyWhenTheBoardSaysWell();
    void notWhileAnIncidentIsOpen();
    void notOnTheDayOfARestore();
    void whatStackYamlNamesStays();
    void anotherStackStopsIt();
    void withoutAPasswordItWaits();

private:
    struct Bench {
        JournalFixture files;
        QThreadPool pool;
        ScriptedSecretStore secrets;
        std::unique_ptr<store::Journal> journal = files.open();
        Credentials credentials{secrets, pool};
        status::StatusBoard board{files.clock};
        incident::IncidentDesk incidents{*journal, files.clock};
        restore::RestoreDesk restores{*journal, files.clock, pool};
        ExpiryWatch watch{{.restores = restores,
                           .incidents = incidents,
                           .board = board,
                           .credentials = credentials,
                           .clock = files.clock}};
        QSignalSpy ended{&restores, &restore::RestoreDesk::expiryEnded};

        ~Bench() { pool.waitForDone(); }
    };
    void use(int keepDays, bool isPractice = false, const QString &credential = {});
    void tell(status::State state);
    restore::ExpiryReport look();
    [[nodiscard]] QString schemas() const
    {
        return m_server->scalar(m_database, "SELECT count(*) FROM pg_namespace WHERE nspname "
                                            "LIKE 'public\\_before%'");
    }

    std::unique_ptr<TempPostgres> m_server;
    std::unique_ptr<Bench> m_bench;
    QString m_database;
    stack::Stack m_stack;
};

void TestExpiryWatch::init()
{
    static int number = 0;
    m_database = u"watched%1"_s.arg(++number);
    m_server->createDatabase(m_database);
    m_server->execute(m_database, "CREATE TABLE products AS SELECT 1 AS id");
    restore::test::keepSchema(
        *m_server, m_database,
        restore::test::keptMark(u"public_before_20260101_000000"_s, u"restore-1"_s, 20));
    m_bench = std::make_unique<Bench>();
    FakeClock &clock = m_bench->files.clock;
    clock.advance(std::chrono::milliseconds(clock.now().msecsTo(QDateTime::currentDateTimeUtc())));
    restore::test::noteEnd(*m_bench->journal, clock, u"restore-1"_s, 20,
                           m_server->connectionString(m_database));
}

void TestExpiryWatch::cleanup()
{
    m_bench.reset();
}

void TestExpiryWatch::use(int keepDays, bool isPractice, const QString &credential)
{
    const auto socket = m_server->connectionString(m_database);
    m_bench->secrets.put(u"database/main"_s, m_server->password().reveal());
    m_stack = {};
    m_stack.practice = isPractice;
    m_stack.databases = {{.id = stack::DatabaseId::parse(u"main"_s).value(),
                          .name = u"shop"_s,
                          .provider = {},
                          .connection = socket.withoutPassword(),
                          .schema = u"public"_s,
                          .credential = credential.isEmpty() ? u"database/main"_s : credential,
                          .watch = {},
                          .keepDays = keepDays}};
    QSignalSpy loaded(&m_bench->credentials, &Credentials::loaded);
    m_bench->credentials.setStack(m_stack);
    QTRY_COMPARE(loaded.size(), 1);
    m_bench->board.watch(m_stack);
    m_bench->watch.setStack(m_stack);
    tell(status::State::Operational);
}

void TestExpiryWatch::tell(status::State state)
{
    status::ProbeReading reading;
    reading.reading.state = state;
    reading.reading.at = m_bench->files.clock.now();
    m_bench->board.applyProbe(status::probeIdOf(m_stack.databases.front()), reading, 1min);
}

/// And what came of it.
restore::ExpiryReport TestExpiryWatch::look()
{
    m_bench->ended.clear();
    if (!m_bench->watch.lookIfDue())
        qFatal("it is not time");
    if (!QTest::qWaitFor([this] { return !m_bench->ended.isEmpty(); }, 20000))
        qFatal("it does not end");
    return m_bench->ended[0][0].value<restore::ExpiryReport>();
}

void TestExpiryWatch::notInTheFirstHour()
{
    use(14);
    m_bench->files.clock.advance(59min);
    tell(status::State::Operational);
    QVERIFY(!m_bench->watch.lookIfDue());
    QCOMPARE(schemas(), u"1"_s);
    m_bench->files.clock.advance(1min);
    tell(status::State::Operational);
    const restore::ExpiryReport report = look();
    QCOMPARE(schemas(), u"0"_s);
    QCOMPARE(report.gone.size(), 1);
    QCOMPARE(report.keepDays, 14);
}

void TestExpiryWatch::onceADay()
{
    use(30);
    m_bench->files.clock.advance(1h);
    tell(status::State::Operational);
    QVERIFY(look().gone.isEmpty());
    m_bench->files.clock.advance(23h);
    tell(status::State::Operational);
    QVERIFY(!m_bench->watch.lookIfDue());
    m_bench->files.clock.advance(1h);
    tell(status::State::Operational);
    QVERIFY(look().gone.isEmpty());
    QCOMPARE(schemas(), u"1"_s); // it is kept for thirty days
}

void TestExpiryWatch::withoutTheKeyNever()
{
    use(0);
    m_bench->files.clock.advance(24h * 400);
    tell(status::State::Operational);
    QVERIFY(!m_bench->watch.lookIfDue());
    QCOMPARE(schemas(), u"1"_s);
}

void TestExpiryWatch::neverInPractice()
{
    use(14, true);
    m_bench->files.clock.advance(48h);
    tell(status::State::Operational);
    QVERIFY(!m_bench->watch.lookIfDue());
    QCOMPARE(schemas(), u"1"_s);
}

void TestExpiryWatch::onlyWhenTheBoardSaysWell_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("isOld");
    QTest::newRow("down") << int(status::State::Down) << false;
    QTest::newRow("rows are missing") << int(status::State::Degraded) << false;
    QTest::newRow("unknown") << int(status::State::Unknown) << false;
    QTest::newRow("well, but that was long ago") << int(status::State::Operational) << true;
}

void TestExpiryWatch::onlyWhenTheBoardSaysWell()
{
    QFETCH(int, state);
    QFETCH(bool, isOld);
    use(14);
    if (isOld)
        tell(static_cast<status::State>(state));
    m_bench->files.clock.advance(2h);
    if (!isOld)
        tell(static_cast<status::State>(state));
    QVERIFY(!m_bench->watch.lookIfDue());
    QCOMPARE(schemas(), u"1"_s);
    tell(status::State::Operational); // and it has not been forgotten
    QCOMPARE(look().gone.size(), 1);
    QCOMPARE(schemas(), u"0"_s);
}

void TestExpiryWatch::notWhileAnIncidentIsOpen()
{
    use(14);
    const auto reading =
        runbook::readRunbook(fire, u"fire.md"_s, runbook::VerbRegistry::standard());
    QVERIFY(reading.runbook);
    m_bench->incidents.open(*reading.runbook, {},
                            {.title = u"Fire"_s, .environment = {}, .commander = {}});
    QTRY_VERIFY(m_bench->incidents.running());
    QVERIFY(
        m_bench->restores.expiryRules(m_server->connectionString(m_database), 14).isIncidentOpen);
    m_bench->files.clock.advance(48h);
    tell(status::State::Operational);
    QVERIFY(!m_bench->watch.lookIfDue());
    QCOMPARE(schemas(), u"1"_s);
    m_bench->incidents.close();
    QTRY_VERIFY(!m_bench->incidents.running());
    QVERIFY(
        !m_bench->restores.expiryRules(m_server->connectionString(m_database), 14).isIncidentOpen);
    m_bench->files.clock.advance(23h);
    tell(status::State::Operational);
    QVERIFY(!m_bench->watch.lookIfDue()); // people look at what they have done
    m_bench->files.clock.advance(1h);
    tell(status::State::Operational);
    QCOMPARE(look().gone.size(), 1);
    QCOMPARE(schemas(), u"0"_s);
}

void TestExpiryWatch::notOnTheDayOfARestore()
{
    use(14);
    m_bench->files.clock.advance(2h);
    tell(status::State::Operational);
    Q_EMIT m_bench->restores.restoreChanged({});
    QVERIFY(!m_bench->watch.lookIfDue());
    m_bench->files.clock.advance(24h);
    tell(status::State::Operational);
    QCOMPARE(look().gone.size(), 1);
}

void TestExpiryWatch::whatStackYamlNamesStays()
{
    use(14);
    const auto target = m_server->connectionString(m_database);
    QCOMPARE(m_bench->restores.expiryRules(target, 14).inStack, QSet<QString>{m_database});
}

void TestExpiryWatch::anotherStackStopsIt()
{
    use(14);
    m_bench->files.clock.advance(2h);
    tell(status::State::Operational);
    m_bench->ended.clear();
    QVERIFY(m_bench->watch.lookIfDue());
    m_bench->watch.setStack({});
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->ended.size(), 1, 20000);
    QCOMPARE(schemas(), u"1"_s);
}

void TestExpiryWatch::withoutAPasswordItWaits()
{
    use(14, false, u"database/other"_s);
    m_bench->files.clock.advance(2h);
    tell(status::State::Operational);
    QVERIFY(!m_bench->watch.lookIfDue());
    m_bench->credentials.save(u"database/other"_s, m_server->password());
    QTRY_VERIFY(m_bench->credentials.secret(u"database/other"_s).has_value());
    QCOMPARE(look().gone.size(), 1);
    QCOMPARE(schemas(), u"0"_s);
}

MAYDAY_TEST(TestExpiryWatch);
#include "tst_expirywatch.moc"
