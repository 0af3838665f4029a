// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/ctlfixture.h"
#include "core/profile.h"
#include "support/httpfixture.h"
#include "support/testmain.h"

#include <QDir>

using namespace mayday;
using namespace mayday::tests;
using namespace Qt::StringLiterals;

namespace {

QByteArray page(const QByteArray &indicator)
{
    return R"({"page":{"id":"p","name":"Host","url":"https://host.example","time_zone":"Etc/UTC",)"
           R"("updated_at":"2026-11-23T00:00:00Z"},"components":[],"incidents":[],)"
           R"("scheduled_maintenances":[],"status":{"indicator":")" +
           indicator + R"(","description":"As told"}})";
}

} // namespace

/// "Is it us or them?", asked once by a script, over real HTTP and a real database.
class TestCtlStatus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void allWellIs0();
    void aServiceDownIs1_data();
    void aServiceDownIs1();
    void themIsSaidWhenTheirPageSaysSo();
    void aDatabaseWithoutAPasswordIsNamed();
    void theStackOfTheProfileIsTaken();
    void theTextNamesEveryPart();
    void aStackThatCannotBeUsed_data();
    void aStackThatCannotBeUsed();

private:
    [[nodiscard]] QByteArray stack() const
    {
        const auto server = m_ctl.server().connectionString(u"shop"_s);
        return "stack:\n  name: Test\n  environment: staging\n"
               "providers:\n  - id: host\n    name: Host\n    feed: statuspage\n    status: " +
               m_http->url("/summary.json").toEncoded() +
               "\nservices:\n  - id: backend\n    name: Backend\n    provider: host\n    url: " +
               m_http->url("/").toEncoded() +
               "\n    health: /health\ndatabases:\n  - id: main\n    name: shop\n    connection: " +
               u"host=127.0.0.1 port=%1 dbname=shop user=%2"_s.arg(server.port())
                   .arg(server.user())
                   .toUtf8() +
               "\n    schema: public\n    credential: database/main\n    watch: [products]\n";
    }
    [[nodiscard]] Answer status(const QStringList &more = {u"--json"_s},
                                const Ctl::Variables &variables = {})
    {
        const QString file = m_ctl.write(u"stack.yaml"_s, stack());
        return m_ctl.run(QStringList{u"status"_s, u"--stack"_s, file} + more, variables);
    }

    mutable Ctl m_ctl;
    std::unique_ptr<HttpFixture> m_http;
    bool m_hasShop = false;
};

void TestCtlStatus::init()
{
    m_http = std::make_unique<HttpFixture>();
    m_http->on("/health", {.body = "{}"});
    m_http->on("/summary.json",
               {.headers = {{"Content-Type", "application/json"}}, .body = page("none")});
    if (!m_hasShop)
        QVERIFY(!m_ctl.liveDatabase(u"shop"_s).isEmpty());
    m_hasShop = true;
}

void TestCtlStatus::allWellIs0()
{
    const Answer answer = status();
    QVERIFY2(answer.code == 0, answer.all());
    const QJsonObject json = answer.json();
    QCOMPARE(json["side"_L1].toString(), u"all-well"_s);
    QVERIFY(!json["sentence"_L1].toString().isEmpty());
    QVERIFY(json.contains("detail"_L1));
    QCOMPARE(json["probes"_L1].toArray().size(), 2);
    QCOMPARE(json["providers"_L1].toArray().size(), 1);
    for (const QLatin1StringView part : {"probes"_L1, "providers"_L1}) {
        for (const auto &row : json[part].toArray()) {
            QCOMPARE(row["state"_L1].toString(), u"operational"_s);
            QVERIFY(!row["id"_L1].toString().isEmpty());
            QVERIFY(!row["name"_L1].toString().isEmpty());
            QVERIFY(row.toObject().contains("word"_L1));
            const QString at = row["at"_L1].toString();
            QVERIFY2(at.endsWith(u'Z'), qPrintable(at));
            QVERIFY(QDateTime::fromString(at, Qt::ISODateWithMs).isValid());
        }
    }
    QCOMPARE(m_http->requests("/health"), 1); // asked once; nobody is polled
}

void TestCtlStatus::aServiceDownIs1_data()
{
    QTest::addColumn<int>("answer");
    QTest::newRow("it says that it is ill") << 503;
    QTest::newRow("it is not there any more") << 404;
    QTest::newRow("nobody listens") << 0;
}

void TestCtlStatus::aServiceDownIs1()
{
    QFETCH(int, answer);
    m_http->on("/health", {.status = answer == 0 ? 200 : answer, .body = "{}"});
    QByteArray yaml = stack();
    if (answer == 0)
        yaml.replace("url: " + m_http->url("/").toEncoded(), "url: http://127.0.0.1:1/");
    const QString file = m_ctl.write(u"stack.yaml"_s, yaml);
    const Answer told = m_ctl.run({u"status"_s, u"--stack"_s, file, u"--json"_s});
    QVERIFY2(told.code == 1, told.all());
    QCOMPARE(told.json()["side"_L1].toString(), u"us"_s);
    const auto probes = told.json()["probes"_L1].toArray();
    QCOMPARE(probes.size(), 2);
    for (const auto &probe : probes) {
        const bool isDown = probe["id"_L1].toString() == "service.backend"_L1;
        QVERIFY2((probe["state"_L1].toString() == "operational"_L1) != isDown, told.all());
    }
}

void TestCtlStatus::themIsSaidWhenTheirPageSaysSo()
{
    m_http->on("/health", {.status = 502, .body = "{}"});
    m_http->on("/summary.json",
               {.headers = {{"Content-Type", "application/json"}}, .body = page("critical")});
    const Answer answer = status();
    QVERIFY2(answer.code == 1, answer.all());
    QCOMPARE(answer.json()["side"_L1].toString(), u"them"_s);
    QVERIFY2(answer.json()["sentence"_L1].toString().contains("Host"_L1), answer.all());
}

void TestCtlStatus::aDatabaseWithoutAPasswordIsNamed()
{
    const Answer answer = status({u"--json"_s}, {{u"PGPASSWORD"_s, QString()}});
    QVERIFY2(answer.code == 1, answer.all());
    const auto probes = answer.json()["probes"_L1].toArray();
    const auto database = std::ranges::find_if(
        probes, [](const auto &probe) { return probe["id"_L1].toString() == "database.main"_L1; });
    QVERIFY(database != probes.end());
    QVERIFY2((*database)["state"_L1].toString() != "operational"_L1, answer.all());
    QVERIFY2(answer.out.contains("PGPASSWORD is not set"), answer.all());
}

void TestCtlStatus::theStackOfTheProfileIsTaken()
{
    const Answer none = m_ctl.run({u"status"_s, u"--json"_s});
    QCOMPARE(none.code, 2);
    QCOMPARE(none.error()["kind"_L1].toString(), u"not-found"_s);
    const QString file = Profile::under(m_ctl.profile()).stackFile();
    QVERIFY2(none.error()["subject"_L1].toString().contains("stack.yaml"_L1), none.all());
    QVERIFY(QDir().mkpath(QFileInfo(file).path()));
    QVERIFY(writeFileAtomically(file, stack()));
    const Answer found = m_ctl.run({u"status"_s, u"--json"_s});
    QVERIFY(QFile::remove(file));
    QVERIFY2(found.code == 0, found.all());
}

void TestCtlStatus::theTextNamesEveryPart()
{
    m_http->on("/health", {.status = 503, .body = "{}"});
    const Answer answer = status({});
    QVERIFY2(answer.code == 1, answer.all());
    for (const char *name : {"Backend", "database shop", "Host"})
        QVERIFY2(answer.out.contains(name), answer.all());
    QVERIFY2(answer.out.contains("\n  operational "), answer.all());
    QVERIFY(answer.err.isEmpty());
}

void TestCtlStatus::aStackThatCannotBeUsed_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("no head") << QByteArray("name: Test\n") << u"refused"_s
                             << QByteArray("the section stack with a name is missing");
    QTest::newRow("a tab") << QByteArray("stack:\n\tname: Test\n") << u"corrupt"_s
                           << QByteArray("YAML allows spaces only");
    QTest::newRow("a password in it")
        << QByteArray("stack:\n  name: T\ndatabases:\n  - id: main\n    name: shop\n    "
                      "connection: postgresql://a:hunter2@db/shop\n")
        << u"refused"_s << QByteArray("keychain");
    QTest::newRow("empty") << QByteArray() << u"corrupt"_s << QByteArray("stack");
}

void TestCtlStatus::aStackThatCannotBeUsed()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QString, kind);
    QFETCH(QByteArray, words);
    const QString file = m_ctl.write(u"bad.yaml"_s, yaml);
    const Answer answer = m_ctl.run({u"status"_s, u"--stack"_s, file, u"--json"_s});
    QVERIFY2(answer.code == 2, answer.all());
    QCOMPARE(answer.error()["kind"_L1].toString(), kind);
    QCOMPARE(answer.error()["subject"_L1].toString(), file);
    QVERIFY2(answer.out.contains(words), answer.all());
    QVERIFY(!answer.all().contains("hunter2"));
}

MAYDAY_TEST(TestCtlStatus);
#include "tst_ctlstatus.moc"
