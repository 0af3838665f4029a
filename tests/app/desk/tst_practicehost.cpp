// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/scriptedsecretstore.h"
#include "desk/practicehost.h"
#include "postgres/session.h"
#include "practice/practicestack.h"
#include "support/tempprofile.h"
#include "support/testmain.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace mayday;
using namespace mayday::desk;
using namespace Qt::StringLiterals;

/// The practice world from its first start on; the tests share one, as runs of the program do.
class TestPracticeHost : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firstStartMakesTheWorld();
    void nextStartUsesItAgain();
    void deletedProductsMakeTheBackEndIll();
    void whatIsAskedMeanwhileIsDoneAfterwards();
    void aBrokenProviderIsPutRight();
    void nothingIsBrokenBeforeItIsThere();
    void aServerLeftOverIsTakenOver();
    void aServerKilledMeanwhileIsStartedAgain();
    void endedWhileStartingLeavesNoServer();
    void aLostPasswordMakesItAnew();
    void aFolderInTheWayIsAFailure();
    void aKeychainThatRefusesIsAFailure();

private:
    struct World {
        explicit World(TestPracticeHost &test)
            : host({.profile = test.m_profile.profile(),
                    .clock = test.m_clock,
                    .pool = test.m_pool,
                    .secrets = test.m_store,
                    .size = practice::SampleSize::Small})
        {
        }
        void start()
        {
            host.start();
            QTRY_VERIFY2_WITH_TIMEOUT(host.phase() == PracticePhase::Ready ||
                                          host.phase() == PracticePhase::Failed,
                                      qPrintable(host.doing()), 120000);
            if (host.error())
                qFatal("%s", qPrintable(describe(*host.error())));
            stack = ready.last().first().value<stack::Stack>();
        }
        PracticeHost host;
        QSignalSpy ready{&host, &PracticeHost::ready};
        QSignalSpy failed{&host, &PracticeHost::failed};
        stack::Stack stack;
    };
    [[nodiscard]] int status(const QUrl &url, QByteArray *body = nullptr)
    {
        const std::unique_ptr<QNetworkReply> reply(m_network.get(QNetworkRequest(url)));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 10000))
            return 0;
        if (body)
            *body = reply->readAll();
        return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    }
    [[nodiscard]] int backend(const World &world)
    {
        return status(world.stack.services.first().healthUrl());
    }
    [[nodiscard]] QString indicator(const World &world)
    {
        QByteArray body;
        const auto id = stack::ProviderId::parse(u"supabase"_s).value();
        if (status(world.stack.provider(id)->statusUrl, &body) != 200)
            return u"no page"_s;
        return QJsonDocument::fromJson(body)["status"_L1]["indicator"_L1].toString();
    }
    [[nodiscard]] Secret password()
    {
        return m_store.read(secrets::SecretName::parse(practice::practiceCredential).value())
            .wait()
            .value_or(Secret());
    }
    [[nodiscard]] qint64 products(const World &world)
    {
        const auto where =
            postgres::ConnectionString::parse(world.stack.databases.first().connection)
                ->withPassword(password());
        TaskContext context;
        auto session = postgres::Session::connect(where, context);
        if (!session)
            return -1;
        const auto rows = session->query("SELECT count(*) FROM products", context);
        return rows ? rows->integer(0, 0) : -1; // while it is being filled
    }
    [[nodiscard]] qint64 serverPid() const
    {
        QFile lock(m_profile.profile().practiceFolder() + u"/postgres/postmaster.pid"_s);
        return lock.open(QIODevice::ReadOnly) ? lock.readLine().trimmed().toLongLong() : 0;
    }
    [[nodiscard]] QStringList dumps() const
    {
        return QDir(m_profile.profile().backupFolder()).entryList({u"*.sql.gz"_s}, QDir::Files);
    }

    tests::TempProfile m_profile;
    SystemClock m_clock;
    QThreadPool m_pool;
    tests::ScriptedSecretStore m_store;
    QNetworkAccessManager m_network;
};

void TestPracticeHost::firstStartMakesTheWorld()
{
    World world(*this);
    QCOMPARE(world.host.phase(), PracticePhase::Off);
    QStringList doings;
    connect(&world.host, &PracticeHost::changed, this, [&] {
        if (world.host.phase() == PracticePhase::Starting && !doings.contains(world.host.doing()))
            doings.append(world.host.doing());
    });
    world.start();
    QCOMPARE(doings.value(0), u"Starting a PostgreSQL of its own"_s);
    QVERIFY2(doings.size() >= 2, qPrintable(doings.join(u'\n'))); // it says what takes so long
    QCOMPARE(world.ready.size(), 1);
    QVERIFY(world.stack.practice);
    QVERIFY(products(world) > 1000);
    QCOMPARE(dumps().size(), 1);
    QVERIFY(!password().isEmpty()); // there before anybody was told of the stack
    QTRY_COMPARE_WITH_TIMEOUT(backend(world), 200, 10000);
    QVERIFY(serverPid() > 0);
}

void TestPracticeHost::nextStartUsesItAgain()
{
    QCOMPARE(serverPid(), 0); // the first one has stopped what it started
    const QByteArray before = password().reveal();
    World world(*this);
    world.start();
    QCOMPARE(password().reveal(), before);
    QCOMPARE(dumps().size(), 1);
    QVERIFY(products(world) > 1000);
}

void TestPracticeHost::deletedProductsMakeTheBackEndIll()
{
    World world(*this);
    world.start();
    const qint64 before = products(world);
    world.host.deleteProducts();
    world.host.deleteProducts(); // an impatient second click
    QTRY_COMPARE_WITH_TIMEOUT(backend(world), 503, 20000);
    QCOMPARE(products(world), 0);
    world.host.putRight();
    QTRY_COMPARE_WITH_TIMEOUT(products(world), before, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(backend(world), 200, 20000);
    QCOMPARE(world.failed.size(), 0);
    QCOMPARE(dumps().size(), 1);
}

/// Whoever breaks it while it is still being put right wants it broken.
void TestPracticeHost::whatIsAskedMeanwhileIsDoneAfterwards()
{
    World world(*this);
    world.start();
    world.host.putRight();
    world.host.deleteProducts();
    QTRY_COMPARE_WITH_TIMEOUT(products(world), 0, 20000);
    world.host.deleteProducts();
    world.host.putRight();
    QTRY_VERIFY_WITH_TIMEOUT(products(world) > 1000, 20000);
    QTRY_COMPARE_WITH_TIMEOUT(backend(world), 200, 20000);
    QCOMPARE(world.failed.size(), 0);
}

void TestPracticeHost::aBrokenProviderIsPutRight()
{
    World world(*this);
    world.start();
    QCOMPARE(indicator(world), u"none"_s);
    world.host.breakSupabase();
    QCOMPARE(indicator(world), u"critical"_s);
    world.host.putRight();
    QCOMPARE(indicator(world), u"none"_s);
}

void TestPracticeHost::nothingIsBrokenBeforeItIsThere()
{
    World world(*this);
    world.host.deleteProducts();
    world.host.putRight();
    world.start();
    QVERIFY(products(world) > 1000);
    QCOMPARE(world.failed.size(), 0);
}

void TestPracticeHost::aServerLeftOverIsTakenOver()
{
    process::SystemProcessRunner runner;
    TaskContext context;
    // As a killed program leaves it: the server runs, the object that started it is gone.
    QVERIFY(practice::PracticeDatabase(runner, m_profile.profile().practiceFolder())
                .start(password(), context)
                .has_value());
    const qint64 pid = serverPid();
    QVERIFY(pid > 0);
    {
        World world(*this);
        world.start();
        QCOMPARE(serverPid(), pid);
        QVERIFY(products(world) > 1000);
    }
    QCOMPARE(serverPid(), 0); // and it is ours to stop now
}

void TestPracticeHost::aServerKilledMeanwhileIsStartedAgain()
{
    {
        World world(*this);
        world.start();
        QCOMPARE(::kill(pid_t(serverPid()), SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(backend(world), 503, 20000); // the back end misses its database
        world.host.deleteProducts();
        QTRY_COMPARE_WITH_TIMEOUT(world.failed.size(), 1, 20000);
    }
    World world(*this);
    world.start();
    QVERIFY(products(world) > 1000);
}

void TestPracticeHost::endedWhileStartingLeavesNoServer()
{
    QVERIFY(QDir(m_profile.profile().backupFolder()).removeRecursively()); // so there is work to do
    {
        World world(*this);
        world.host.start();
        QTRY_VERIFY2_WITH_TIMEOUT(serverPid() > 0 && !world.host.doing().startsWith("Starting"_L1),
                                  qPrintable(world.host.doing()), 60000);
        QCOMPARE(world.host.phase(), PracticePhase::Starting);
    }
    QCOMPARE(serverPid(), 0);
    World world(*this);
    world.start();
    QVERIFY(products(world) > 1000); // half a shop is no shop: it was filled again
    QCOMPARE(dumps().size(), 1);
}

void TestPracticeHost::aLostPasswordMakesItAnew()
{
    QVERIFY(m_store.remove(secrets::SecretName::parse(practice::practiceCredential).value())
                .wait()
                .has_value());
    World world(*this);
    world.start();
    QVERIFY(!password().isEmpty());
    QVERIFY(products(world) > 1000);
}

void TestPracticeHost::aFolderInTheWayIsAFailure()
{
    const tests::TempProfile other;
    const QString folder = other.profile().practiceFolder();
    QVERIFY(QDir().mkpath(QFileInfo(folder).path()));
    QFile inTheWay(folder);
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));
    inTheWay.close();
    tests::ScriptedSecretStore store;
    PracticeHost host(
        {.profile = other.profile(), .clock = m_clock, .pool = m_pool, .secrets = store});
    QSignalSpy ready(&host, &PracticeHost::ready);
    host.start();
    QTRY_COMPARE_WITH_TIMEOUT(host.phase(), PracticePhase::Failed, 60000);
    QVERIFY(host.error().has_value());
    QVERIFY2(!host.error()->subject.isEmpty(), qPrintable(describe(*host.error())));
    QCOMPARE(ready.size(), 0);
    // Out of the way, trying again is enough.
    QVERIFY(inTheWay.remove());
    host.start();
    QVERIFY(!host.error());
    QTRY_COMPARE_WITH_TIMEOUT(host.phase(), PracticePhase::Ready, 120000);
    QCOMPARE(ready.size(), 1);
}

void TestPracticeHost::aKeychainThatRefusesIsAFailure()
{
    World world(*this);
    m_store.isHolding = true;
    world.host.start(); // the password is read now
    m_store.release();
    m_store.refusal = ErrorKind::Denied; // and cannot be written afterwards
    QTRY_COMPARE_WITH_TIMEOUT(world.host.phase(), PracticePhase::Failed, 120000);
    m_store.refusal.reset();
    QCOMPARE(world.host.error()->kind, ErrorKind::Denied);
    QCOMPARE(world.ready.size(), 0); // a stack without its password would be a lie
}

MAYDAY_TEST(TestPracticeHost);
#include "tst_practicehost.moc"
