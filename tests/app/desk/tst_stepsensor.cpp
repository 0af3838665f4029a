// SPDX-License-Identifier: GPL-3.0-or-later
#include "desk/stepsensor.h"
#include "secrets/memorysecretstore.h"
#include "support/fakeclock.h"
#include "support/scriptedtransport.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::desk;
using namespace Qt::StringLiterals;

namespace {

runbook::Step stepWith(const QString &verb, const QList<std::pair<QString, QString>> &parameters)
{
    runbook::Step step;
    step.id = {u"verify/"_s + verb};
    step.checks = {{.verb = verb, .parameters = parameters, .label = u"The check"_s}};
    return step;
}

} // namespace

class TestStepSensor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void rowsPassWhenTheyAreThere();
    void rowsDoNotPassWhenTheyAreNot();
    void httpComparesTheStatus();
    void allChecksHaveToHold();
    void whatCannotBeSeenNeverPasses_data();
    void whatCannotBeSeenNeverPasses();
    void anotherStepForgetsTheFirst();
    void rowsHaveTwoLimits_data();
    void rowsHaveTwoLimits();
    void sqlComparesOneValue_data();
    void sqlComparesOneValue();
    void aCheckNeverWrites_data();
    void aCheckNeverWrites();
    void secretsAreNoEvidence();
    void whatIsTrueIsToldOnceWithAllEvidence();
    void aServiceThatIsGoneDoesNotPass();
    void withoutAPasswordItSaysWhatIsMissing();

private:
    struct Bench {
        tests::FakeClock clock;
        tests::ScriptedTransport transport;
        QThreadPool pool;
        secrets::MemorySecretStore store;
        Credentials credentials{store, pool};
        status::StatusBoard board{clock};
        StepSensor sensor{{.transport = transport,
                           .pool = pool,
                           .clock = clock,
                           .board = board,
                           .credentials = credentials}};

        ~Bench() { pool.waitForDone(); }
    };
    void prepare(Bench &bench);

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestStepSensor::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
    m_server->createDatabase(u"shop"_s);
    m_server->execute(u"shop"_s, "CREATE TABLE products AS SELECT g AS id FROM generate_series(1, "
                                 "1200) g; CREATE TABLE empty_one (id integer)");
}

void TestStepSensor::prepare(Bench &bench)
{
    stack::Stack stack;
    stack.databases = {{.id = stack::DatabaseId::parse(u"main"_s).value(),
                        .name = u"shop"_s,
                        .provider = {},
                        .connection = m_server->connectionString(u"shop"_s).withoutPassword(),
                        .schema = u"public"_s,
                        .credential = u"database/main"_s,
                        .watch = {}}};
    stack.services = {{.id = stack::ServiceId::parse(u"backend"_s).value(),
                       .name = u"Backend"_s,
                       .provider = {},
                       .url = QUrl(u"http://backend.test"_s),
                       .healthPath = u"/health"_s}};
    QSignalSpy loaded(&bench.credentials, &Credentials::changed);
    bench.sensor.setStack(stack);
    bench.credentials.setStack(stack);
    bench.credentials.save(u"database/main"_s, m_server->password());
    QTRY_VERIFY(bench.credentials.secret(u"database/main"_s).has_value());
    bench.transport.answer(QUrl(u"http://backend.test/health"_s), 503, "{}");
}

void TestStepSensor::rowsPassWhenTheyAreThere()
{
    Bench bench;
    prepare(bench);
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    const auto step = stepWith(
        u"rows"_s, {{u"database"_s, u"main"_s}, {u"table"_s, u"products"_s}, {u"min"_s, u"1"_s}});
    bench.sensor.watch(&step);
    QCOMPARE(bench.sensor.readings().size(), 1);
    QTRY_COMPARE(cameTrue.size(), 1);
    QCOMPARE(cameTrue[0][1].toString(), u"products has 1,200 rows"_s);
}

void TestStepSensor::rowsDoNotPassWhenTheyAreNot()
{
    Bench bench;
    prepare(bench);
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    const auto step = stepWith(
        u"rows"_s, {{u"database"_s, u"main"_s}, {u"table"_s, u"empty_one"_s}, {u"min"_s, u"1"_s}});
    bench.sensor.watch(&step);
    QTRY_VERIFY(bench.sensor.readings().value(0).passed.has_value());
    QCOMPARE(bench.sensor.readings()[0].passed, std::optional(false));
    QCOMPARE(bench.sensor.readings()[0].words, u"empty_one has 0 rows"_s);
    QCOMPARE(cameTrue.size(), 0);
    m_server->execute(u"shop"_s, "INSERT INTO empty_one VALUES (1)");
    QTRY_COMPARE_WITH_TIMEOUT(cameTrue.size(), 1, 10000); // it looks again by itself
    m_server->execute(u"shop"_s, "DELETE FROM empty_one");
}

void TestStepSensor::httpComparesTheStatus()
{
    Bench bench;
    prepare(bench);
    const auto step = stepWith(u"http"_s, {{u"service"_s, u"backend"_s}, {u"status"_s, u"200"_s}});
    bench.sensor.watch(&step);
    QTRY_COMPARE(bench.sensor.readings().value(0).passed, std::optional(false));
    QVERIFY(bench.sensor.readings()[0].words.contains(u"503"_s));
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    bench.transport.answer(QUrl(u"http://backend.test/health"_s), 200, "{}");
    bench.sensor.lookNow();
    QTRY_COMPARE(cameTrue.size(), 1);
}

void TestStepSensor::allChecksHaveToHold()
{
    Bench bench;
    prepare(bench);
    auto step = stepWith(
        u"rows"_s, {{u"database"_s, u"main"_s}, {u"table"_s, u"products"_s}, {u"min"_s, u"1"_s}});
    step.checks +=
        stepWith(u"http"_s, {{u"service"_s, u"backend"_s}, {u"status"_s, u"200"_s}}).checks;
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    bench.sensor.watch(&step);
    QTRY_VERIFY(bench.sensor.readings().value(0).passed.has_value() &&
                bench.sensor.readings().value(1).passed.has_value());
    QCOMPARE(cameTrue.size(), 0);
}

void TestStepSensor::whatCannotBeSeenNeverPasses_data()
{
    QTest::addColumn<QString>("verb");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");
    QTest::newRow("not built yet") << u"deployment"_s << u"service"_s << u"backend"_s;
    QTest::newRow("no such service") << u"http"_s << u"service"_s << u"nobody"_s;
    QTest::newRow("no such database") << u"rows"_s << u"database"_s << u"nobody"_s;
    QTest::newRow("no such provider") << u"status"_s << u"provider"_s << u"nobody"_s;
    QTest::newRow("no such probe") << u"probe"_s << u"database"_s << u"nobody"_s;
}

void TestStepSensor::whatCannotBeSeenNeverPasses()
{
    QFETCH(QString, verb);
    QFETCH(QString, name);
    QFETCH(QString, value);
    Bench bench;
    prepare(bench);
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    const auto step = stepWith(verb, {{name, value}});
    bench.sensor.watch(&step);
    QTRY_VERIFY(bench.sensor.readings().value(0).at.isValid());
    QVERIFY(!bench.sensor.readings()[0].passed.value_or(false));
    QVERIFY(!bench.sensor.readings()[0].words.isEmpty());
    QCOMPARE(cameTrue.size(), 0);
}

void TestStepSensor::anotherStepForgetsTheFirst()
{
    Bench bench;
    prepare(bench);
    bench.transport.hold(QUrl(u"http://backend.test/health"_s));
    const auto first = stepWith(u"http"_s, {{u"service"_s, u"backend"_s}, {u"status"_s, u"503"_s}});
    bench.sensor.watch(&first);
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    bench.sensor.watch(nullptr);
    QVERIFY(bench.sensor.readings().isEmpty());
    bench.transport.release(QUrl(u"http://backend.test/health"_s));
    QCoreApplication::processEvents();
    QCOMPARE(cameTrue.size(), 0);
}

void TestStepSensor::rowsHaveTwoLimits_data()
{
    QTest::addColumn<QString>("min");
    QTest::addColumn<QString>("max");
    QTest::addColumn<bool>("passes");
    QTest::newRow("exactly the least") << u"1200"_s << u""_s << true;
    QTest::newRow("one too few") << u"1201"_s << u""_s << false;
    QTest::newRow("exactly the most") << u""_s << u"1200"_s << true;
    QTest::newRow("one too many") << u""_s << u"1199"_s << false;
    QTest::newRow("between") << u"1000"_s << u"2000"_s << true;
}

void TestStepSensor::rowsHaveTwoLimits()
{
    QFETCH(QString, min);
    QFETCH(QString, max);
    QFETCH(bool, passes);
    Bench bench;
    prepare(bench);
    const auto step = stepWith(u"rows"_s, {{u"database"_s, u"main"_s},
                                           {u"table"_s, u"products"_s},
                                           {u"min"_s, min},
                                           {u"max"_s, max}});
    bench.sensor.watch(&step);
    QTRY_COMPARE(bench.sensor.readings().value(0).passed, std::optional(passes));
}

void TestStepSensor::sqlComparesOneValue_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("expect");
    QTest::addColumn<bool>("passes");
    QTest::addColumn<QString>("words");
    QTest::newRow("as expected") << u"SELECT count(*) FROM products"_s << u"1200"_s << true
                                 << u"the query gives 1200"_s;
    QTest::newRow("something else")
        << u"SELECT count(*) FROM products"_s << u"7"_s << false << u"the query gives 1200"_s;
    QTest::newRow("anything will do")
        << u"SELECT 'there'"_s << u""_s << true << u"the query gives there"_s;
    QTest::newRow("no row at all")
        << u"SELECT 1 WHERE false"_s << u""_s << false << u"the query gives "_s;
    QTest::newRow("null") << u"SELECT NULL"_s << u""_s << false << u"the query gives "_s;
    QTest::newRow("no such table") << u"SELECT * FROM nowhere"_s << u""_s << false << u"nowhere"_s;
    QTest::newRow("not SQL") << u"is it well?"_s << u""_s << false << u"42601"_s;
}

void TestStepSensor::sqlComparesOneValue()
{
    QFETCH(QString, query);
    QFETCH(QString, expect);
    QFETCH(bool, passes);
    QFETCH(QString, words);
    Bench bench;
    prepare(bench);
    const auto step = stepWith(
        u"sql"_s, {{u"database"_s, u"main"_s}, {u"query"_s, query}, {u"expect"_s, expect}});
    bench.sensor.watch(&step);
    QTRY_COMPARE(bench.sensor.readings().value(0).passed, std::optional(passes));
    QVERIFY2(bench.sensor.readings()[0].words.contains(words),
             qPrintable(bench.sensor.readings()[0].words));
}

void TestStepSensor::aCheckNeverWrites_data()
{
    QTest::addColumn<QString>("query");
    QTest::newRow("a delete") << u"DELETE FROM products RETURNING id"_s;
    QTest::newRow("behind a commit") << u"COMMIT; DELETE FROM products; SELECT 'done'"_s;
    QTest::newRow("having asked for it")
        << u"SET TRANSACTION READ WRITE; DELETE FROM products; COMMIT; SELECT 'done'"_s;
    QTest::newRow("inside a select") << u"WITH gone AS (DELETE FROM products RETURNING 1) SELECT "
                                        "count(*) FROM gone"_s;
}

void TestStepSensor::aCheckNeverWrites()
{
    QFETCH(QString, query);
    Bench bench;
    prepare(bench);
    const auto step = stepWith(u"sql"_s, {{u"database"_s, u"main"_s}, {u"query"_s, query}});
    bench.sensor.watch(&step);
    QTRY_COMPARE(bench.sensor.readings().value(0).passed, std::optional(false));
    QCOMPARE(m_server->scalar(u"shop"_s, "SELECT count(*) FROM products"), u"1200"_s);
}

void TestStepSensor::secretsAreNoEvidence()
{
    Bench bench;
    prepare(bench);
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    const auto step =
        stepWith(u"sql"_s, {{u"database"_s, u"main"_s},
                            {u"query"_s, u"SELECT 'postgresql://app:hunter2xyz@db/shop'"_s}});
    bench.sensor.watch(&step);
    QTRY_COMPARE(cameTrue.size(), 1);
    QVERIFY2(!cameTrue[0][1].toString().contains("hunter2xyz"_L1),
             qPrintable(cameTrue[0][1].toString()));
}

void TestStepSensor::whatIsTrueIsToldOnceWithAllEvidence()
{
    Bench bench;
    prepare(bench);
    auto step = stepWith(
        u"rows"_s, {{u"database"_s, u"main"_s}, {u"table"_s, u"products"_s}, {u"min"_s, u"1"_s}});
    step.checks +=
        stepWith(u"http"_s, {{u"service"_s, u"backend"_s}, {u"status"_s, u"503"_s}}).checks;
    QSignalSpy cameTrue(&bench.sensor, &StepSensor::cameTrue);
    bench.sensor.watch(&step);
    bench.sensor.lookNow(); // impatient; the first look is under way
    QTRY_COMPARE(cameTrue.size(), 1);
    QCOMPARE(cameTrue[0][1].toString(), u"products has 1,200 rows; Backend answers 503"_s);
    QCOMPARE(bench.transport.count(QUrl(u"http://backend.test/health"_s)), 1);
    bench.sensor.watch(&step); // the same step again is not another one
    QCoreApplication::processEvents();
    QCOMPARE(cameTrue.size(), 1);
}

void TestStepSensor::aServiceThatIsGoneDoesNotPass()
{
    Bench bench;
    prepare(bench);
    bench.transport.fail(QUrl(u"http://backend.test/health"_s), ErrorKind::Unreachable);
    const auto step = stepWith(u"http"_s, {{u"service"_s, u"backend"_s}});
    bench.sensor.watch(&step);
    QTRY_COMPARE(bench.sensor.readings().value(0).passed, std::optional(false));
    QVERIFY(bench.sensor.readings()[0].words.startsWith("unreachable"_L1));
    QCOMPARE(bench.sensor.readings()[0].at, bench.clock.now());
}

void TestStepSensor::withoutAPasswordItSaysWhatIsMissing()
{
    Bench bench;
    prepare(bench);
    bench.credentials.remove(u"database/main"_s);
    QTRY_VERIFY(!bench.credentials.secret(u"database/main"_s));
    const auto step =
        stepWith(u"rows"_s, {{u"database"_s, u"main"_s}, {u"table"_s, u"products"_s}});
    bench.sensor.watch(&step);
    QTRY_VERIFY(bench.sensor.readings().value(0).at.isValid());
    QVERIFY(!bench.sensor.readings()[0].passed.has_value()); // nobody has looked
    QVERIFY2(bench.sensor.readings()[0].words.contains("database/main"_L1),
             qPrintable(bench.sensor.readings()[0].words));
}

MAYDAY_TEST(TestStepSensor);
#include "tst_stepsensor.moc"
