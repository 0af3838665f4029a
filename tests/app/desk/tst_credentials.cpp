// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/scriptedsecretstore.h"
#include "core/log.h"
#include "desk/credentials.h"
#include "support/temppostgres.h"
#include "support/testmain.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace mayday;
using namespace mayday::desk;
using namespace Qt::StringLiterals;

/// The door to the secrets: which are needed, which are there, and that none gets out.
class TestCredentials : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everySecretOfTheStackIsLookedFor();
    void loadedComesAfterTheLastAnswer();
    void aStackWithoutSecretsIsLoadedAtOnce();
    void whatTheKeychainRefusesIsUnreadable_data();
    void whatTheKeychainRefusesIsUnreadable();
    void aNameTheKeychainCannotTakeIsSaid();
    void savedIsThereForWorkers();
    void aRefusedSaveKeepsTheOldOne();
    void savingWhileReadingIsNotTakenBack();
    void replacingIsSeenByTheNextConnection();
    void removedIsGone();
    void removingWhatIsNotThereIsNoFailure();
    void aRefusedRemovalKeepsIt();
    void databasesMayShareASecret();
    void anotherStackForgetsTheQuestionsOfTheFirst();
    void whatLeftTheKeychainIsForgotten();
    void connectionsCarryTheirPassword();
    void testingConnectsWithWhatIsKept();
    void testingACandidateKeepsNothing();
    void testingSaysWhyNot_data();
    void testingSaysWhyNot();
    void answersAfterTheEndAreDropped();
    void noSecretInErrorsOrLog();

private:
    struct Bench {
        tests::ScriptedSecretStore store;
        QThreadPool pool;
        Credentials credentials{store, pool};
        QSignalSpy changed{&credentials, &Credentials::changed};
        QSignalSpy loaded{&credentials, &Credentials::loaded};
        QSignalSpy saved{&credentials, &Credentials::saved};
        QSignalSpy failed{&credentials, &Credentials::failed};

        ~Bench() { pool.waitForDone(); }
        [[nodiscard]] CredentialState state(qsizetype index = 0) const
        {
            return credentials.list().at(index).state;
        }
        [[nodiscard]] Error failure() const { return failed.last().first().value<Error>(); }
    };
    [[nodiscard]] stack::Database database(const QString &id, const QString &credential) const
    {
        return {.id = stack::DatabaseId::parse(id).value(),
                .name = u"shop"_s,
                .provider = {},
                .connection = m_server->connectionString().withoutPassword(),
                .schema = u"public"_s,
                .credential = credential,
                .watch = {}};
    }
    [[nodiscard]] stack::Stack stackOf(const QList<stack::Database> &databases) const
    {
        stack::Stack stack;
        stack.databases = databases;
        return stack;
    }
    template <typename T>
    Result<T> outcome(Task<T> task)
    {
        std::optional<Result<T>> answer;
        task.deliverTo(this, [&](Result<T> result) { answer = std::move(result); });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20000))
            qFatal("no answer");
        return *std::move(answer);
    }

    std::unique_ptr<tests::TempPostgres> m_server;
};

void TestCredentials::initTestCase()
{
    m_server = std::make_unique<tests::TempPostgres>();
}

void TestCredentials::everySecretOfTheStackIsLookedFor()
{
    Bench bench;
    bench.store.put(u"database/main"_s, "one");
    bench.credentials.setStack(
        stackOf({database(u"main"_s, u"database/main"_s), database(u"open"_s, {}),
                 database(u"spare"_s, u"database/spare"_s)}));
    QCOMPARE(bench.credentials.list().size(), 2); // one of the three needs none
    QCOMPARE(bench.state(0), CredentialState::Unknown);
    QCOMPARE(bench.credentials.list().first().purpose, u"password of database main (shop)"_s);
    QTRY_COMPARE(bench.loaded.size(), 1);
    QCOMPARE(bench.state(0), CredentialState::Present);
    QCOMPARE(bench.state(1), CredentialState::Missing);
    QVERIFY(!bench.credentials.list().at(1).error); // missing is a state, not a failure
    QCOMPARE(bench.failed.size(), 0);
}

void TestCredentials::loadedComesAfterTheLastAnswer()
{
    Bench bench;
    bench.store.isHolding = true;
    bench.credentials.setStack(stackOf(
        {database(u"main"_s, u"database/main"_s), database(u"spare"_s, u"database/spare"_s)}));
    QStringList states;
    connect(&bench.credentials, &Credentials::loaded, this, [&] {
        for (const Credential &one : bench.credentials.list())
            states.append(one.state == CredentialState::Unknown ? u"unknown"_s : u"known"_s);
    });
    QCoreApplication::processEvents();
    QCOMPARE(bench.loaded.size(), 0);
    bench.store.release();
    QTRY_COMPARE(bench.loaded.size(), 1);
    QCOMPARE(states, (QStringList{u"known"_s, u"known"_s}));
}

void TestCredentials::aStackWithoutSecretsIsLoadedAtOnce()
{
    Bench bench;
    bench.credentials.setStack(stackOf({database(u"open"_s, {})}));
    QCOMPARE(bench.loaded.size(), 1);
    QVERIFY(bench.store.asked.isEmpty());
}

void TestCredentials::whatTheKeychainRefusesIsUnreadable_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("locked") << int(ErrorKind::Denied);
    QTest::newRow("gone") << int(ErrorKind::Unreachable);
    QTest::newRow("slow") << int(ErrorKind::Timeout);
}

void TestCredentials::whatTheKeychainRefusesIsUnreadable()
{
    QFETCH(int, kind);
    Bench bench;
    bench.store.put(u"database/main"_s, "one");
    bench.store.refusal = ErrorKind(kind);
    const stack::Stack stack = stackOf({database(u"main"_s, u"database/main"_s)});
    bench.credentials.setStack(stack);
    QTRY_COMPARE(bench.loaded.size(), 1);
    QCOMPARE(bench.state(), CredentialState::Unreadable); // which is not "missing": it may be there
    QCOMPARE(bench.credentials.list().first().error->kind, ErrorKind(kind));
    QCOMPARE(bench.credentials.list().first().error->advice, Advice::UnlockKeychain);
    QVERIFY(!bench.credentials.secret(u"database/main"_s));
    // Unlocked, it is found.
    bench.store.refusal.reset();
    bench.credentials.setStack(stack);
    QTRY_COMPARE(bench.loaded.size(), 2);
    QCOMPARE(bench.state(), CredentialState::Present);
    QVERIFY(!bench.credentials.list().first().error);
}

void TestCredentials::aNameTheKeychainCannotTakeIsSaid()
{
    Bench bench;
    bench.credentials.setStack(stackOf({database(u"main"_s, u"../etc/passwd"_s)}));
    QCOMPARE(bench.loaded.size(), 1);
    QCOMPARE(bench.state(), CredentialState::Unreadable);
    bench.credentials.save(u"../etc/passwd"_s, Secret("x"));
    bench.credentials.remove(u"../etc/passwd"_s);
    QCOMPARE(bench.failed.size(), 2);
    QCOMPARE(bench.failure().kind, ErrorKind::Refused);
    QVERIFY(bench.store.asked.isEmpty());
}

void TestCredentials::savedIsThereForWorkers()
{
    Bench bench;
    bench.credentials.setStack(stackOf({database(u"main"_s, u"database/main"_s)}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    const auto missing = bench.credentials.secret(u"database/main"_s);
    QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    QCOMPARE(missing.error().advice, Advice::CheckPassword);
    bool wasUsable = false;
    connect(&bench.credentials, &Credentials::saved, this,
            [&](const QString &name) { wasUsable = bench.credentials.secret(name).has_value(); });
    bench.credentials.save(u"database/main"_s, Secret("one"));
    QTRY_COMPARE(bench.saved.size(), 1);
    QVERIFY(wasUsable);
    QCOMPARE(bench.state(), CredentialState::Present);
    auto fromWorker = startTask(bench.pool, [&](TaskContext &) -> Result<QByteArray> {
        return bench.credentials.secret(u"database/main"_s).transform([](const Secret &secret) {
            return secret.reveal();
        });
    });
    QCOMPARE(outcome(std::move(fromWorker)).value(), "one");
}

void TestCredentials::aRefusedSaveKeepsTheOldOne()
{
    Bench bench;
    bench.store.put(u"database/main"_s, "old");
    bench.credentials.setStack(stackOf({database(u"main"_s, u"database/main"_s)}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    bench.store.refusal = ErrorKind::Denied;
    bench.credentials.save(u"database/main"_s, Secret("new"));
    QTRY_COMPARE(bench.failed.size(), 1);
    QCOMPARE(bench.failure().kind, ErrorKind::Denied);
    QCOMPARE(bench.saved.size(), 0);
    QCOMPARE(bench.state(), CredentialState::Present);
    QCOMPARE(bench.credentials.secret(u"database/main"_s)->reveal(), "old");
}

void TestCredentials::savingWhileReadingIsNotTakenBack()
{
    Bench bench;
    bench.store.isHolding = true;
    bench.credentials.setStack(stackOf(
        {database(u"main"_s, u"database/main"_s), database(u"spare"_s, u"database/spare"_s)}));
    bench.store.isHolding = false; // the write overtakes the two reads
    bench.credentials.save(u"database/main"_s, Secret("typed"));
    QTRY_COMPARE(bench.state(0), CredentialState::Present);
    QCOMPARE(bench.loaded.size(), 0); // the other one has not been looked for yet
    bench.store.put(u"database/main"_s, "stale");
    bench.store.release();
    QTRY_COMPARE(bench.loaded.size(), 1);
    QCOMPARE(bench.state(1), CredentialState::Missing);
    QCOMPARE(bench.credentials.secret(u"database/main"_s)->reveal(), "typed");
}

void TestCredentials::replacingIsSeenByTheNextConnection()
{
    Bench bench;
    const stack::Database main = database(u"main"_s, u"database/main"_s);
    bench.store.put(u"database/main"_s, "old");
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    QCOMPARE(outcome(bench.credentials.test(main)).error().kind, ErrorKind::Denied);
    bench.credentials.save(u"database/main"_s, m_server->password());
    QTRY_COMPARE(bench.saved.size(), 1);
    QVERIFY(outcome(bench.credentials.test(main)).has_value());
}

void TestCredentials::removedIsGone()
{
    Bench bench;
    const stack::Database main = database(u"main"_s, u"database/main"_s);
    bench.store.put(u"database/main"_s, "one");
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    bench.credentials.remove(u"database/main"_s);
    QTRY_COMPARE(bench.state(), CredentialState::Missing);
    QVERIFY(!bench.credentials.secret(u"database/main"_s));
    QVERIFY(!bench.credentials.connection(main)); // not "without a password": nobody asked for that
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 2);
    QCOMPARE(bench.state(), CredentialState::Missing);
}

void TestCredentials::removingWhatIsNotThereIsNoFailure()
{
    Bench bench;
    bench.credentials.setStack(stackOf({database(u"main"_s, u"database/main"_s)}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    const auto before = bench.changed.size();
    bench.credentials.remove(u"database/main"_s);
    QTRY_VERIFY(bench.changed.size() > before);
    QCOMPARE(bench.failed.size(), 0);
}

void TestCredentials::aRefusedRemovalKeepsIt()
{
    Bench bench;
    bench.store.put(u"database/main"_s, "one");
    bench.credentials.setStack(stackOf({database(u"main"_s, u"database/main"_s)}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    bench.store.refusal = ErrorKind::Denied;
    bench.credentials.remove(u"database/main"_s);
    QTRY_COMPARE(bench.failed.size(), 1);
    QCOMPARE(bench.state(), CredentialState::Present);
    QVERIFY(bench.credentials.secret(u"database/main"_s).has_value());
}

void TestCredentials::databasesMayShareASecret()
{
    Bench bench;
    bench.store.put(u"database/all"_s, "one");
    bench.credentials.setStack(stackOf(
        {database(u"main"_s, u"database/all"_s), database(u"replica"_s, u"database/all"_s)}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    QCOMPARE(bench.store.asked, QStringList{u"read database/all"_s}); // one prompt, not two
    QCOMPARE(bench.state(0), CredentialState::Present);
    QCOMPARE(bench.state(1), CredentialState::Present);
}

void TestCredentials::anotherStackForgetsTheQuestionsOfTheFirst()
{
    Bench bench;
    bench.store.isHolding = true;
    bench.credentials.setStack(stackOf(
        {database(u"main"_s, u"database/main"_s), database(u"spare"_s, u"database/spare"_s)}));
    bench.credentials.setStack(stackOf({database(u"other"_s, u"database/other"_s)}));
    bench.store.put(u"database/other"_s, "other");
    bench.store.release();
    QTRY_COMPARE(bench.loaded.size(), 1);
    QCOMPARE(bench.credentials.list().size(), 1);
    QCOMPARE(bench.state(), CredentialState::Present);
    QCoreApplication::processEvents();
    QCOMPARE(bench.loaded.size(), 1);
}

void TestCredentials::whatLeftTheKeychainIsForgotten()
{
    Bench bench;
    bench.store.put(u"database/main"_s, "one");
    const stack::Stack stack = stackOf({database(u"main"_s, u"database/main"_s)});
    bench.credentials.setStack(stack);
    QTRY_COMPARE(bench.loaded.size(), 1);
    QVERIFY(bench.store.remove(secrets::SecretName::parse(u"database/main"_s).value()).wait());
    bench.credentials.setStack(stack);
    QTRY_COMPARE(bench.loaded.size(), 2);
    QCOMPARE(bench.state(), CredentialState::Missing);
    QVERIFY(!bench.credentials.secret(u"database/main"_s)); // the list and the door say the same
}

void TestCredentials::connectionsCarryTheirPassword()
{
    Bench bench;
    const stack::Database main = database(u"main"_s, u"database/main"_s);
    bench.store.put(u"database/main"_s, "one");
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    const auto where = bench.credentials.connection(main);
    QCOMPARE(where->password().reveal(), "one");
    QCOMPARE(where->display(), m_server->connectionString().display());
    const auto open = bench.credentials.connection(database(u"open"_s, {}));
    QVERIFY(open.has_value() && !open->hasPassword());
    stack::Database broken = main;
    broken.connection = u"host=a and nonsense"_s;
    QCOMPARE(bench.credentials.connection(broken).error().kind, ErrorKind::Refused);
}

void TestCredentials::testingConnectsWithWhatIsKept()
{
    Bench bench;
    const stack::Database main = database(u"main"_s, u"database/main"_s);
    bench.store.put(u"database/main"_s, m_server->password().reveal());
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    const auto facts = outcome(bench.credentials.test(main));
    QVERIFY2(facts.has_value(), facts ? "" : qPrintable(describe(facts.error())));
    QCOMPARE(facts->user, m_server->connectionString().user());
}

void TestCredentials::testingACandidateKeepsNothing()
{
    Bench bench;
    const stack::Database main = database(u"main"_s, u"database/main"_s);
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    QVERIFY(outcome(bench.credentials.test(main, m_server->password())).has_value());
    QCOMPARE(bench.state(), CredentialState::Missing);
    QVERIFY(!bench.credentials.secret(u"database/main"_s));
    QCOMPARE(bench.store.asked, QStringList{u"read database/main"_s});
}

void TestCredentials::testingSaysWhyNot_data()
{
    QTest::addColumn<QString>("connection");
    QTest::addColumn<bool>("hasCandidate");
    QTest::addColumn<int>("kind");
    const QString here = m_server->connectionString().withoutPassword();
    QTest::newRow("nothing kept") << here << false << int(ErrorKind::NotFound);
    QTest::newRow("wrong") << here << true << int(ErrorKind::Denied);
    QTest::newRow("nobody there") << u"host=127.0.0.1 port=1 dbname=x user=y"_s << true
                                  << int(ErrorKind::Unreachable);
    QTest::newRow("not a connection")
        << u"host=a and nonsense"_s << true << int(ErrorKind::Refused);
}

void TestCredentials::testingSaysWhyNot()
{
    QFETCH(QString, connection);
    QFETCH(bool, hasCandidate);
    QFETCH(int, kind);
    Bench bench;
    stack::Database main = database(u"main"_s, u"database/main"_s);
    main.connection = connection;
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    const auto tested = outcome(bench.credentials.test(
        main, hasCandidate ? std::optional(Secret("hunter2")) : std::nullopt));
    QCOMPARE(tested.error().kind, ErrorKind(kind));
    QVERIFY(!describe(tested.error()).contains("hunter2"_L1));
}

void TestCredentials::answersAfterTheEndAreDropped()
{
    tests::ScriptedSecretStore store;
    QThreadPool pool;
    auto credentials = std::make_unique<Credentials>(store, pool);
    store.isHolding = true;
    credentials->setStack(stackOf({database(u"main"_s, u"database/main"_s)}));
    credentials->save(u"database/main"_s, Secret("one"));
    credentials.reset();
    store.release();
    QCoreApplication::processEvents();
    // What was on its way to the keychain is there all the same.
    QVERIFY(store.read(secrets::SecretName::parse(u"database/main"_s).value()).wait().has_value());
}

void TestCredentials::noSecretInErrorsOrLog()
{
    QTemporaryDir folder;
    QVERIFY(log::open(folder.path()).has_value());
    Bench bench;
    const stack::Database main = database(u"main"_s, u"database/main"_s);
    bench.credentials.setStack(stackOf({main}));
    QTRY_COMPARE(bench.loaded.size(), 1);
    bench.store.refusal = ErrorKind::Denied;
    bench.credentials.save(u"database/main"_s, Secret("correct-horse-battery"));
    QTRY_COMPARE(bench.failed.size(), 1);
    log::warning(u"desk", describe(bench.failure()));
    const auto tested = outcome(bench.credentials.test(main, Secret("correct-horse-battery")));
    log::warning(u"desk", describe(tested.error()));
    log::close();
    QFile file(folder.filePath(u"mayday.log"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY(text.contains("denied"));
    QVERIFY(!text.contains("correct-horse-battery"));
}

MAYDAY_TEST(TestCredentials);
#include "tst_credentials.moc"
