// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/fallbacksecretstore.h"
#include "secrets/keychainsecretstore.h"

#include <QCoreApplication>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace mayday;
using namespace mayday::secrets;
using namespace Qt::StringLiterals;

/// A desktop without a session bus: a server, a rescue system, a broken login.
class TestNoKeychain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void memoryIsUsedAndSaysSo();
    void aKeychainThatIsGoneFallsBack();

private:
    template <typename T>
    Result<T> outcome(Task<T> task)
    {
        std::optional<Result<T>> answer;
        task.deliverTo(this, [&](Result<T> result) { answer = std::move(result); });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 30000))
            qFatal("the store never answered");
        return *std::move(answer);
    }
};

void TestNoKeychain::memoryIsUsedAndSaysSo()
{
    QTemporaryDir home; // whatever is written against the rule would land here
    qputenv("HOME", home.path().toLocal8Bit());
    qputenv("XDG_CONFIG_HOME", home.path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    const auto store = openSecretStore(u"test"_s);
    QCOMPARE(store->kind(), StoreKind::MemoryOnly);
    QCOMPARE(store->backendName(), u"memory only"_s);
    const SecretName name = SecretName::parse(u"token"_s).value();
    QVERIFY(outcome(store->write(name, Secret("kept"))).has_value());
    QCOMPARE(outcome(store->read(name))->reveal(), "kept");
    QVERIFY(QDir(home.path()).isEmpty());
}

/// The bus was there at the start and is not any more: the real keychain's failure, not a made up
/// one.
void TestNoKeychain::aKeychainThatIsGoneFallsBack()
{
    FallbackSecretStore store(std::make_unique<KeychainSecretStore>(u"mayday-test"_s));
    const SecretName name = SecretName::parse(u"token"_s).value();
    QVERIFY(outcome(store.write(name, Secret("kept"))).has_value());
    QCOMPARE(store.kind(), StoreKind::MemoryOnly);
    QCOMPARE(outcome(store.read(name))->reveal(), "kept");
}

int main(int argc, char **argv)
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    QCoreApplication application(argc, argv);
    TestNoKeychain test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_nokeychain.moc"
