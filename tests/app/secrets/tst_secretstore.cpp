// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/fallbacksecretstore.h"
#include "secrets/keychainsecretstore.h"
#include "support/testmain.h"

#include <QTest>
#include <QUuid>

using namespace mayday;
using namespace mayday::secrets;
using namespace Qt::StringLiterals;

namespace {

SecretName name(const QString &text)
{
    return SecretName::parse(text).value();
}

/// A keychain that answers everything with one error, later, as a real one does.
class BrokenKeychain final : public SecretStore {
public:
    explicit BrokenKeychain(ErrorKind kind) : m_kind(kind) {}
    Task<void> write(const SecretName &, Secret) override { return refuse<void>(); }
    Task<Secret> read(const SecretName &) override { return refuse<Secret>(); }
    Task<void> remove(const SecretName &) override { return refuse<void>(); }
    [[nodiscard]] StoreKind kind() const override { return StoreKind::Keychain; }
    [[nodiscard]] QString backendName() const override { return u"broken"_s; }
    int asked = 0;

private:
    template <typename T>
    Task<T> refuse()
    {
        ++asked;
        return finishedTask<T>(
            failure({.kind = m_kind, .subject = u"keychain"_s, .detail = u"test"_s}));
    }
    ErrorKind m_kind;
};

/// There packaging/dev promises one, so its absence is a failure.
bool isOnVirtualDesktop()
{
    return qEnvironmentVariableIsSet("MAYDAY_VIRTUAL_DESKTOP");
}

} // namespace

/// The port: names, memory, the fall back from one to the other, and a real Secret Service.
class TestSecretStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void names_data();
    void names();
    void memoryKeepsAndForgets();
    void aLostKeychainBecomesMemory_data();
    void aLostKeychainBecomesMemory();
    void aKeychainThatSaysNoIsNotGivenUp();
    void profilesDoNotCollide();
    void theRealKeychainKeepsAcrossStores();
    void theRealKeychainKeepsServicesApart();
    void answersAfterTheStoreIsGoneAreDropped();

private:
    template <typename T>
    Result<T> outcome(Task<T> task)
    {
        std::optional<Result<T>> answer;
        task.deliverTo(this, [&](Result<T> result) { answer = std::move(result); });
        const bool came = QTest::qWaitFor([&] { return answer.has_value(); }, 20000);
        if (!came)
            qFatal("the store never answered");
        return *std::move(answer);
    }
};

void TestSecretStore::names_data()
{
    QTest::addColumn<bool>("isGood");
    QTest::newRow("practice-database") << true;
    QTest::newRow("database/main/password") << true;
    QTest::newRow("a/b/c/d/e/f") << true;
    QTest::newRow("a/b/c/d/e/f/g") << false;
    QTest::newRow("") << false;
    QTest::newRow("/a") << false;
    QTest::newRow("a//b") << false;
    QTest::newRow("a/../b") << false;
    QTest::newRow("A/b") << false;
    QTest::newRow("a b") << false;
}

void TestSecretStore::names()
{
    QFETCH(bool, isGood);
    const QString text = QString::fromLatin1(QTest::currentDataTag());
    const auto parsed = SecretName::parse(text);
    QCOMPARE(parsed.has_value(), isGood);
    if (isGood)
        QCOMPARE(parsed->text(), text);
    else
        QCOMPARE(parsed.error().kind, ErrorKind::Refused);
}

void TestSecretStore::memoryKeepsAndForgets()
{
    MemorySecretStore store;
    QCOMPARE(store.kind(), StoreKind::MemoryOnly);
    QCOMPARE(outcome(store.read(name(u"a"_s))).error().kind, ErrorKind::NotFound);
    QVERIFY(outcome(store.remove(name(u"a"_s))).has_value()); // there was none
    QVERIFY(outcome(store.write(name(u"a"_s), Secret("one"))).has_value());
    QVERIFY(outcome(store.write(name(u"a"_s), Secret("two"))).has_value());
    QCOMPARE(outcome(store.read(name(u"a"_s)))->reveal(), "two");
    QVERIFY(outcome(store.remove(name(u"a"_s))).has_value());
    QCOMPARE(outcome(store.read(name(u"a"_s))).error().kind, ErrorKind::NotFound);
}

void TestSecretStore::aLostKeychainBecomesMemory_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("unreachable") << int(ErrorKind::Unreachable);
    QTest::newRow("unsupported") << int(ErrorKind::Unsupported);
}

void TestSecretStore::aLostKeychainBecomesMemory()
{
    QFETCH(int, kind);
    auto keychain = std::make_unique<BrokenKeychain>(ErrorKind(kind));
    auto *watched = keychain.get();
    FallbackSecretStore store(std::move(keychain));
    QCOMPARE(store.kind(), StoreKind::Keychain);
    QVERIFY(outcome(store.write(name(u"a"_s), Secret("kept"))).has_value());
    QCOMPARE(store.kind(), StoreKind::MemoryOnly);
    QCOMPARE(store.backendName(), u"memory only"_s);
    QCOMPARE(outcome(store.read(name(u"a"_s)))->reveal(), "kept");
    QVERIFY(outcome(store.remove(name(u"a"_s))).has_value());
    QCOMPARE(watched->asked, 1);
}

void TestSecretStore::aKeychainThatSaysNoIsNotGivenUp()
{
    for (const ErrorKind kind : {ErrorKind::Denied, ErrorKind::NotFound}) {
        FallbackSecretStore store(std::make_unique<BrokenKeychain>(kind));
        QCOMPARE(outcome(store.read(name(u"a"_s))).error().kind, kind);
        QCOMPARE(outcome(store.write(name(u"a"_s), Secret("x"))).error().kind, kind);
        QCOMPARE(store.kind(), StoreKind::Keychain);
    }
}

void TestSecretStore::profilesDoNotCollide()
{
    QCOMPARE(serviceName({}), u"mayday"_s);
    QCOMPARE(serviceName(u"5c1b"_s), u"mayday-5c1b"_s);
}

void TestSecretStore::theRealKeychainKeepsAcrossStores()
{
    if (!KeychainSecretStore::isAvailable()) {
        QVERIFY2(!isOnVirtualDesktop(), "the virtual desktop has no Secret Service");
        QSKIP("no Secret Service on this session bus");
    }
    const QString service = u"mayday-test-"_s + QUuid::createUuid().toString(QUuid::Id128);
    const SecretName key = name(u"database/main/password"_s);
    const QByteArray value("p\xc3\xa4ss\0word\n", 11);
    KeychainSecretStore store(service);
    QCOMPARE(store.kind(), StoreKind::Keychain);
    QCOMPARE(outcome(store.read(key)).error().kind, ErrorKind::NotFound);
    QVERIFY(outcome(store.write(key, Secret("first"))).has_value());
    QVERIFY(outcome(store.write(key, Secret(value))).has_value());
    KeychainSecretStore later(service);
    const auto read = outcome(later.read(key));
    QVERIFY2(read.has_value(), qPrintable(read ? QString() : describe(read.error())));
    QCOMPARE(read->reveal(), value);
    QVERIFY(outcome(later.remove(key)).has_value());
    const auto gone = outcome(store.read(key));
    QCOMPARE(gone.error().kind, ErrorKind::NotFound);
    QVERIFY(gone.error().subject.contains("database/main/password"_L1));
    QVERIFY(outcome(store.remove(key)).has_value()); // there is none any more
}

void TestSecretStore::theRealKeychainKeepsServicesApart()
{
    if (!KeychainSecretStore::isAvailable()) {
        QVERIFY2(!isOnVirtualDesktop(), "the virtual desktop has no Secret Service");
        QSKIP("no Secret Service on this session bus");
    }
    const QString scope = QUuid::createUuid().toString(QUuid::Id128);
    const auto first = openSecretStore(scope + u"-one"_s);
    const auto second = openSecretStore(scope + u"-two"_s);
    QCOMPARE(first->kind(), StoreKind::Keychain);
    QVERIFY(outcome(first->write(name(u"token"_s), Secret("of-one"))).has_value());
    QCOMPARE(outcome(second->read(name(u"token"_s))).error().kind, ErrorKind::NotFound);
    QCOMPARE(outcome(first->read(name(u"token"_s)))->reveal(), "of-one");
    QVERIFY(outcome(first->remove(name(u"token"_s))).has_value());
}

void TestSecretStore::answersAfterTheStoreIsGoneAreDropped()
{
    if (!KeychainSecretStore::isAvailable()) {
        QVERIFY2(!isOnVirtualDesktop(), "the virtual desktop has no Secret Service");
        QSKIP("no Secret Service on this session bus");
    }
    auto store = std::make_unique<KeychainSecretStore>(u"mayday-test-gone"_s);
    auto task = store->read(name(u"token"_s));
    store.reset();
    KeychainSecretStore other(u"mayday-test-gone"_s);
    QCOMPARE(outcome(other.read(name(u"token"_s))).error().kind, ErrorKind::NotFound);
    QVERIFY(!task.isFinished() || !task.wait().has_value());
}

MAYDAY_TEST(TestSecretStore);
#include "tst_secretstore.moc"
