// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/fallbacksecretstore.h"

#include "core/log.h"

using namespace Qt::StringLiterals;

namespace mayday::secrets {

namespace {

bool isLoss(const Error &error)
{
    return error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::Unsupported;
}

} // namespace

FallbackSecretStore::FallbackSecretStore(std::unique_ptr<SecretStore> keychain)
    : m_keychain(std::move(keychain))
{
}

const SecretStore &FallbackSecretStore::current() const
{
    return m_isLost ? static_cast<const SecretStore &>(m_memory) : *m_keychain;
}

void FallbackSecretStore::giveUp(const Error &why)
{
    if (!m_isLost)
        log::warning(u"secrets",
                     u"secrets are kept in memory only from now on: "_s + describe(why));
    m_isLost = true;
}

/// Asks the keychain, and when it turns out to be gone, memory.
template <typename T, typename Ask>
Task<T> FallbackSecretStore::ask(Ask ask)
{
    if (m_isLost)
        return ask(m_memory);
    TaskPromise<T> promise;
    auto asking = ask(*m_keychain);
    asking.deliverTo(&m_receiver, [this, promise, ask](Result<T> answer) mutable {
        if (answer || !isLoss(answer.error())) {
            promise.finish(std::move(answer));
            return;
        }
        giveUp(answer.error());
        promise.finish(ask(m_memory).wait());
    });
    return promise.task();
}

Task<void> FallbackSecretStore::write(const SecretName &name, Secret secret)
{
    return ask<void>([name, secret = std::move(secret)](SecretStore &store) {
        return store.write(name, secret);
    });
}

Task<Secret> FallbackSecretStore::read(const SecretName &name)
{
    return ask<Secret>([name](SecretStore &store) { return store.read(name); });
}

Task<void> FallbackSecretStore::remove(const SecretName &name)
{
    return ask<void>([name](SecretStore &store) { return store.remove(name); });
}

} // namespace mayday::secrets
