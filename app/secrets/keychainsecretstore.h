// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secrets/secretstore.h"

#include <QObject>

namespace mayday::secrets {

/// The operating system's keychain (Secret Service, KWallet, Keychain, Credential Manager).
///
/// GUI thread; needs a running event loop. The keychain may ask the user to unlock it, so an answer
/// can take as long as the user does. Never falls back to plain text.
class KeychainSecretStore final : public SecretStore {
public:
    /// service: see serviceName().
    explicit KeychainSecretStore(QString service);

    /// Whether there is a keychain to speak to at all.
    [[nodiscard]] static bool isAvailable();

    [[nodiscard]] Task<void> write(const SecretName &name, Secret secret) override;
    [[nodiscard]] Task<Secret> read(const SecretName &name) override;
    [[nodiscard]] Task<void> remove(const SecretName &name) override;
    [[nodiscard]] StoreKind kind() const override { return StoreKind::Keychain; }
    [[nodiscard]] QString backendName() const override;

private:
    QString m_service;
    QObject m_receiver; ///< answers that come after the store is gone are dropped
};

} // namespace mayday::secrets
