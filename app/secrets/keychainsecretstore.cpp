// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/keychainsecretstore.h"

#include <qt6keychain/keychain.h>

#ifdef Q_OS_LINUX
#include <QDBusConnection>
#include <QDBusConnectionInterface>
#endif

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::secrets {

namespace {

#ifdef Q_OS_LINUX
/// Somebody on the session bus who keeps secrets, running or ready to be started.
bool isSomebodyThere()
{
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return false;
    const QStringList keepers = {u"org.freedesktop.secrets"_s, u"org.kde.kwalletd6"_s,
                                 u"org.kde.kwalletd5"_s};
    const QStringList names = bus.interface()->registeredServiceNames().value() +
                              bus.interface()->activatableServiceNames().value();
    return std::ranges::any_of(keepers, [&](const QString &name) { return names.contains(name); });
}
#else
bool isSomebodyThere()
{
    return true;
}
#endif

/// The keychain's own words never hold the secret; they may hold the name.
Error errorOf(const QKeychain::Job &job)
{
    Error error{.kind = ErrorKind::Unreachable,
                .subject = u"keychain, "_s + job.key(),
                .detail = job.errorString()};
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        error.kind = ErrorKind::NotFound;
        error.advice = Advice::CheckPassword;
        break;
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
    case QKeychain::CouldNotDeleteEntry:
        error.kind = ErrorKind::Denied;
        error.advice = Advice::UnlockKeychain;
        break;
    case QKeychain::NotImplemented: error.kind = ErrorKind::Unsupported; break;
    case QKeychain::NoBackendAvailable:
    case QKeychain::OtherError:
    case QKeychain::NoError: break;
    }
    return error;
}

/// Starts the job and finishes the promise with what value() makes of its success. The job is
/// nobody's child: the keychain's library calls back into it, so it must outlive even this store.
template <typename T, typename Value>
Task<T> start(QKeychain::Job *job, const SecretName &name, QObject *receiver, Value value)
{
    TaskPromise<T> promise;
    job->setKey(name.text());
    job->setInsecureFallback(false);
    QObject::connect(
        job, &QKeychain::Job::finished, receiver, [promise, value](QKeychain::Job *done) mutable {
            // "There was none to remove": only some backends tell.
            const bool isGone = std::is_void_v<T> && done->error() == QKeychain::EntryNotFound;
            if (done->error() == QKeychain::NoError || isGone)
                promise.finish(value());
            else
                promise.finish(failure(errorOf(*done)));
        });
    job->start();
    return promise.task();
}

} // namespace

KeychainSecretStore::KeychainSecretStore(QString service) : m_service(std::move(service)) {}

bool KeychainSecretStore::isAvailable()
{
    return isSomebodyThere() && QKeychain::isAvailable();
}

Task<void> KeychainSecretStore::write(const SecretName &name, Secret secret)
{
    auto *job = new QKeychain::WritePasswordJob(m_service);
    job->setBinaryData(secret.reveal());
    return start<void>(job, name, &m_receiver, [] { return Result<void>(); });
}

Task<Secret> KeychainSecretStore::read(const SecretName &name)
{
    auto *job = new QKeychain::ReadPasswordJob(m_service);
    return start<Secret>(job, name, &m_receiver,
                         [job] { return Result<Secret>(Secret(job->binaryData())); });
}

Task<void> KeychainSecretStore::remove(const SecretName &name)
{
    auto *job = new QKeychain::DeletePasswordJob(m_service);
    return start<void>(job, name, &m_receiver, [] { return Result<void>(); });
}

QString KeychainSecretStore::backendName() const
{
#if defined(Q_OS_WIN)
    return u"Windows Credential Manager"_s;
#elif defined(Q_OS_MACOS)
    return u"macOS Keychain"_s;
#else
    return u"Secret Service"_s;
#endif
}

} // namespace mayday::secrets
