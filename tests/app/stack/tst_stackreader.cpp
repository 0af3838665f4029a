// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/stackreader.h"
#include "support/testmain.h"
#include "support/thinned.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;

namespace mayday {

using stack::Finding;
using stack::parseStack;
using stack::readStack;
using stack::Stack;
using stack::StackReading;

namespace {

constexpr auto minimal = "stack:\n  name: Shop\n";

QByteArray withMinimal(const QByteArray &more)
{
    return QByteArray(minimal) + more;
}

} // namespace

/// stack.yaml: what is understood, and what is said about a bad one.
class TestStackReader final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheExample();
    void theExampleHasTheUnreadableFeedAsItsOnlyFinding();
    void fillsInDefaults();
    void keepDaysAreWholeDays();
    void theFloorIsASize();
    void unknownKeyNamesPlaceAndNearest();
    void reportsAllFindings();
    void tabIsExplained();
    void brokenFiles_data();
    void brokenFiles();
    void secretsAreRefusedAndNeverShown_data();
    void secretsAreRefusedAndNeverShown();
    void innocentTextIsNoSecret();
    void hostileFilesAreHarmless_data();
    void hostileFilesAreHarmless();
    void warningsDoNotStopTheFile();
};

void TestStackReader::readsTheExample()
{
    QFile file(QStringLiteral(MAYDAY_SOURCE_DIR "/resources/stack.example.yaml"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Result<Stack> stack = parseStack(file.readAll(), u"stack.yaml"_s);
    QVERIFY2(stack, stack ? "" : qPrintable(describe(stack.error())));
    QCOMPARE(stack->environment, u"production"_s);
    QVERIFY(!stack->practice);
    QCOMPARE(stack->promises.rto, std::chrono::minutes(15));
    QCOMPARE(stack->promises.rpo, std::chrono::hours(24));
    QCOMPARE(stack->providers.size(), 5);
    QCOMPARE(stack->providers.at(4).components.size(), 3);
    QCOMPARE(stack->services.first().healthUrl(), QUrl(u"https://your-api.example.com/health"_s));
    QCOMPARE(stack->services.first().provider.text(), u"railway"_s);
    QCOMPARE(stack->databases.first().credential, u"database-main"_s);
    QCOMPARE(stack->databases.first().watch.first(), u"products"_s);
    QCOMPARE(stack->databases.first().checks.size(), 1);
    QCOMPARE(stack->databases.first().checks.first().name, u"there are products"_s);
    QCOMPARE(stack->databases.first().checks.first().sql, u"SELECT count(*) > 0 FROM products"_s);
    QCOMPARE(stack->contacts.last().phone, u"+1 555 0100"_s);
    QCOMPARE(stack->channels.first().kind, u"slack"_s);
}

void TestStackReader::theExampleHasTheUnreadableFeedAsItsOnlyFinding()
{
    QFile file(QStringLiteral(MAYDAY_SOURCE_DIR "/resources/stack.example.yaml"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const StackReading reading = readStack(file.readAll());
    QCOMPARE(reading.findings.size(), 1);
    QCOMPARE(reading.findings.first().weight, Finding::Weight::Warning);
    QCOMPARE(reading.findings.first().path, u"providers[0].feed"_s);
    QVERIFY(reading.findings.first().text.startsWith(u"unsupported feed"_s));
}

void TestStackReader::fillsInDefaults()
{
    const Result<Stack> stack = parseStack(
        withMinimal("services:\n  - id: api\n    url: http://127.0.0.1:8080\n"
                    "databases:\n  - id: main\n    connection: postgresql://app@db.example/shop\n"
                    "providers:\n"),
        u"stack.yaml"_s);
    QVERIFY2(stack, stack ? "" : qPrintable(describe(stack.error())));
    QCOMPARE(stack->services.first().name, u"api"_s);
    QCOMPARE(stack->services.first().expectStatus, 200);
    QCOMPARE(stack->services.first().healthUrl(), QUrl(u"http://127.0.0.1:8080"_s));
    QVERIFY(stack->services.first().provider.isNone());
    QCOMPARE(stack->databases.first().schema, u"public"_s);
    QCOMPARE(stack->databases.first().keepDays, 0); // nothing is dropped that nobody asked for
    QCOMPARE(stack->promises.rto.count(), 0);
    QVERIFY(parseStack("stack: {name: x, environment: practice}", u"s"_s)->practice);
}

void TestStackReader::theFloorIsASize()
{
    const auto floorOf = [](const QByteArray &value) {
        return parseStack(withMinimal("backups:\n  floor: " + value + "\n"), u"s"_s)
            .transform([](const Stack &stack) { return stack.backupFloor; });
    };
    QCOMPARE(parseStack(minimal, u"s"_s)->backupFloor, 0);
    QCOMPARE(floorOf("1 MB").value(), 1'000'000);
    QCOMPARE(floorOf("500kB").value(), 500'000);
    QCOMPARE(floorOf("2.5 gb").value(), 2'500'000'000);
    QCOMPARE(floorOf("20 b").value(), 20);
    for (const QByteArray &value :
         {"20", "MB", "-1 MB", "0 MB", "1 MiB", "nan MB", "1e9 MB", "much"}) {
        const auto floor = floorOf(value);
        QVERIFY2(!floor && floor.error().detail.contains(u"such as 500 kB or 1 MB"_s),
                 value.constData());
    }
}

void TestStackReader::keepDaysAreWholeDays()
{
    const auto daysIn = [](const QByteArray &value) {
        return parseStack(withMinimal("databases:\n  - id: main\n    connection: "
                                      "postgresql://app@db.example/shop\n    keep-days: " +
                                      value + "\n"),
                          u"s"_s)
            .transform([](const Stack &stack) { return stack.databases.first().keepDays; });
    };
    QCOMPARE(daysIn("14").value(), 14);
    // A slip of the pen must not drop anything at once.
    for (const QByteArray &value : {"0", "-1", "14 days", "1.5", "never", "99999"}) {
        const auto days = daysIn(value);
        QVERIFY2(!days, value.constData());
        QVERIFY(days.error().detail.contains(u"a whole number from 1 to 3650"_s));
    }
}

void TestStackReader::unknownKeyNamesPlaceAndNearest()
{
    const Result<Stack> stack = parseStack(
        withMinimal("services:\n  - id: api\n    url: http://a.example\n    helth: /x\n"),
        u"my.yaml"_s);
    QVERIFY(!stack);
    QCOMPARE(stack.error().kind, ErrorKind::Refused);
    QCOMPARE(stack.error().subject, u"my.yaml"_s);
    QCOMPARE(stack.error().line, 6);
    QCOMPARE(stack.error().advice, Advice::EditStackFile);
    QCOMPARE(stack.error().detail,
             u"column 5: services[0]: unknown key helth; did you mean health?"_s);
}

void TestStackReader::reportsAllFindings()
{
    const StackReading reading = readStack(withMinimal(
        "promises: {rto: 15, rpo: 90 min}\n"
        "providers:\n  - id: railway\n  - id: railway\n    status: ftp://x\n"
        "services:\n  - id: Bad Id\n    url: nowhere\n    provider: railwy\n    expect: 99\n"
        "    health: x\n  - url: https://ann@a.example\n"
        "databases:\n  - id: main\n    connection: db.example\n    watch: products\n"
        "contacts: nobody\n"));
    QVERIFY(!reading.stack);
    QStringList paths;
    for (const Finding &finding : reading.findings) {
        QVERIFY(finding.line > 0 && finding.column > 0);
        paths += finding.path;
    }
    const QStringList wanted{u"promises.rto"_s,         u"promises.rpo"_s,
                             u"providers[1].id"_s,      u"providers[1].status"_s,
                             u"services[0].id"_s,       u"services[0].url"_s,
                             u"services[0].provider"_s, u"services[0].expect"_s,
                             u"services[0].health"_s,   u"services[1].id"_s,
                             u"services[1].url"_s,      u"databases[0].connection"_s,
                             u"databases[0].watch"_s,   u"contacts"_s};
    QCOMPARE(paths, wanted);
    QCOMPARE(reading.findings.at(4).nearest, u"bad-id"_s);
    QCOMPARE(reading.findings.at(6).nearest, u"railway"_s);
}

void TestStackReader::tabIsExplained()
{
    const Result<Stack> stack = parseStack("stack:\n\tname: Shop\n", u"stack.yaml"_s);
    QVERIFY(!stack);
    QCOMPARE(stack.error().kind, ErrorKind::Corrupt);
    QCOMPARE(stack.error().line, 2);
    QVERIFY(stack.error().detail.contains(u"tab"_s));
    QCOMPARE(parseStack("stack:\n  name: a\n\t\n", u"s"_s).error().line, 3);
    QVERIFY(parseStack("stack:\n  name: a\tb # a\ttab\n", u"s"_s));
}

void TestStackReader::brokenFiles_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("says");
    QTest::newRow("empty") << QByteArray() << ErrorKind::Corrupt << 0 << u"empty"_s;
    QTest::newRow("comments only") << QByteArray("# x\n") << ErrorKind::Corrupt << 0 << u"empty"_s;
    QTest::newRow("a word") << QByteArray("hello") << ErrorKind::Corrupt << 0
                            << u"keys and values"_s;
    QTest::newRow("a list") << QByteArray("- 1\n- 2\n") << ErrorKind::Corrupt << 0
                            << u"keys and values"_s;
    QTest::newRow("quote left open")
        << QByteArray("stack:\n  name: \"Shop\n") << ErrorKind::Corrupt << 2 << u"never closed"_s;
    QTest::newRow("single quote left open") << QByteArray("stack:\n  name: 'Shop\nservices: []\n")
                                            << ErrorKind::Corrupt << 2 << u"never closed"_s;
    QTest::newRow("colon in the middle")
        << QByteArray("stack:\n  name: a: b\n") << ErrorKind::Corrupt << 2 << QString();
    QTest::newRow("alias") << QByteArray("stack: &a\n  name: x\nservices: *a\n")
                           << ErrorKind::Corrupt << 3 << u"alias"_s;
    QTest::newRow("two documents") << QByteArray("stack: {name: x}\n---\nstack: {name: y}\n")
                                   << ErrorKind::Corrupt << 3 << u"second document"_s;
    QTest::newRow("no name") << QByteArray("stack:\n  environment: staging\n") << ErrorKind::Refused
                             << 2 << u"name is missing"_s;
    QTest::newRow("no stack") << QByteArray("services: []\n") << ErrorKind::Refused << 1
                              << u"stack"_s;
    QTest::newRow("key twice") << QByteArray("stack:\n  name: x\n  name: y\n") << ErrorKind::Refused
                               << 3 << u"twice"_s;
    QTest::newRow("environment") << QByteArray("stack:\n  name: x\n  environment: prodution\n")
                                 << ErrorKind::Refused << 3 << u"did you mean production?"_s;
    QTest::newRow("list for a text")
        << QByteArray("stack:\n  name: [x]\n") << ErrorKind::Refused << 2 << u"a text is wanted"_s;
    QTest::newRow("png") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) << ErrorKind::Corrupt
                         << -1 << QString();
    QTest::newRow("too large") << QByteArray(1024 * 1024 + 1, '#') << ErrorKind::Refused << 0
                               << u"1 MiB"_s;
}

void TestStackReader::brokenFiles()
{
    QFETCH(QByteArray, yaml);
    QFETCH(ErrorKind, kind);
    QFETCH(int, line);
    QFETCH(QString, says);
    const Result<Stack> stack = parseStack(yaml, u"stack.yaml"_s);
    QVERIFY(!stack);
    QCOMPARE(stack.error().kind, kind);
    if (line >= 0)
        QCOMPARE(stack.error().line, line);
    QVERIFY2(stack.error().detail.contains(says), qPrintable(stack.error().detail));
    QVERIFY(!stack.error().detail.isEmpty());
}

void TestStackReader::secretsAreRefusedAndNeverShown_data()
{
    QTest::addColumn<QByteArray>("more");
    const QByteArray database = "databases:\n  - id: main\n    connection: ";
    QTest::newRow("conninfo") << database + "host=db.example user=app password=s3cr3t-v4lue\n";
    QTest::newRow("address") << database + "postgresql://app:s3cr3t-v4lue@db.example/shop\n";
    QTest::newRow("address with @")
        << database + "postgresql://app:p@s3cr3t-v4lue@db.example/shop\n";
    QTest::newRow("parameter") << database + "postgresql://db.example/shop?password=s3cr3t-v4lue\n";
    QTest::newRow("key password") << database + "host=x\n    password: s3cr3t-v4lue\n";
    QTest::newRow("key token") << QByteArray("channels:\n  - id: x\n    token: s3cr3t-v4lue\n");
    QTest::newRow("key api_key") << QByteArray(
        "providers:\n  - id: x\n    api_key: s3cr3t-v4lue\n");
    QTest::newRow("key API-KEY") << QByteArray(
        "providers:\n  - id: x\n    API-KEY: s3cr3t-v4lue\n");
    QTest::newRow("key client secret") << QByteArray("client_secret: [s3cr3t-v4lue]\n");
    QTest::newRow("note") << QByteArray("contacts:\n  - id: x\n    note: the pwd=s3cr3t-v4lue\n");
    QTest::newRow("comment") << QByteArray("# password: s3cr3t-v4lue\n");
    QTest::newRow("comment behind") << QByteArray("providers: [] # api_key=s3cr3t-v4lue\n");
    QTest::newRow("web hook") << QByteArray(
        "contacts:\n  - id: x\n    url: https://hooks.slack.com/services/s3cr3t-v4lue\n");
    QTest::newRow("as an id") << QByteArray("services:\n  - id: ghp_s3cr3ts3cr3ts3cr3ts3cr3t\n");
    QTest::newRow("as a key") << QByteArray("ghp_s3cr3ts3cr3ts3cr3ts3cr3t: 1\n");
    QTest::newRow("as a word") << QByteArray("providers:\n  - id: x\n    feed: password=s3cr3t\n");
}

void TestStackReader::secretsAreRefusedAndNeverShown()
{
    QFETCH(QByteArray, more);
    const QByteArray yaml = withMinimal(more);
    const StackReading reading = readStack(yaml);
    QVERIFY(!reading.stack);
    for (const Finding &finding : reading.findings)
        QVERIFY2(!finding.sentence().contains(u"s3cr3t"_s), qPrintable(finding.sentence()));

    const Result<Stack> stack = parseStack(yaml, u"stack.yaml"_s);
    QVERIFY(!stack);
    QCOMPARE(stack.error().kind, ErrorKind::Refused);
    QCOMPARE(stack.error().advice, Advice::UseKeychainForSecrets);
    QVERIFY(stack.error().line >= 3);
}

void TestStackReader::innocentTextIsNoSecret()
{
    const Result<Stack> stack = parseStack(
        withMinimal("# credential: the name of an entry in the keychain\n"
                    "databases:\n  - id: main\n    connection: host=db.example user=app\n"
                    "    # credential: database-main\n    credential: database-main\n"
                    "contacts:\n  - id: x\n    note: Ask for the password on the phone.\n"),
        u"s"_s);
    QVERIFY2(stack, stack ? "" : qPrintable(describe(stack.error())));
}

void TestStackReader::hostileFilesAreHarmless_data()
{
    QTest::addColumn<QByteArray>("yaml");
    constexpr int tenth = tests::thinnedStep(10);
    QByteArray laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const QByteArray before = '*' + QByteArray("a") + QByteArray::number(i - 1);
        laughs += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" +
                  QByteArrayList(9, before).join(", ") + "]\n";
    }
    QTest::newRow("billion laughs") << laughs;
    QTest::newRow("brackets") << QByteArray(500'000 / tenth, '[');
    QTest::newRow("braces") << QByteArray(500'000 / tenth, '{');
    QTest::newRow("dashes") << QByteArray("- ").repeated(250'000 / tenth);
    QTest::newRow("keys in keys") << QByteArray("? ").repeated(250'000 / tenth);
    QTest::newRow("many items") << "x: [" + QByteArray("1,").repeated(500'000 / tenth) + "1]";
    QTest::newRow("many unknown keys") << [] {
        QByteArray all;
        for (int i = 0; i < 40'000 / tenth; ++i)
            all += "servicez" + QByteArray::number(i) + ": 1\n";
        return all;
    }();
    QTest::newRow("long word") << "stack: {name: x}\n" + QByteArray(1'000'000, 'a') + ": 1";
    QTest::newRow("invalid UTF-8") << QByteArray("stack: {name: \xff\xfe\xc3}\nx: 1\n");
    QTest::newRow("NUL") << QByteArray("stack: {name: \0\0}\nx: 1\n", 24);
}

void TestStackReader::hostileFilesAreHarmless()
{
    QFETCH(QByteArray, yaml);
    QElapsedTimer timer;
    timer.start();
    const StackReading reading = readStack(yaml);
    QVERIFY(!reading.stack);
    QVERIFY(reading.hasErrors());
    QVERIFY2(timer.elapsed() < 60'000, qPrintable(QString::number(timer.elapsed()))); // it ends
}

void TestStackReader::warningsDoNotStopTheFile()
{
    const StackReading reading = readStack(withMinimal(
        "providers:\n  - id: x\n    status: https://x.example/current\n    feed: slack\n"));
    QVERIFY(reading.stack);
    QCOMPARE(reading.findings.size(), 1);
    QVERIFY(!reading.hasErrors());
}

} // namespace mayday

MAYDAY_TEST(mayday::TestStackReader);
#include "tst_stackreader.moc"
