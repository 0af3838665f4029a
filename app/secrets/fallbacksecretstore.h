// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secrets/memorysecretstore.h"

#include <QObject>

namespace mayday::secrets {

/// A keychain for as long as it can be spoken to, memory from then on: an outage of the desktop's
/// services must not stop a restore. A keychain that answers "no" is not given up.
class FallbackSecretStore final : public SecretStore {
public:
    explicit FallbackSecretStore(std::unique_ptr<SecretStore> keychain);

    [[nodiscard]] Task<void> write(const SecretName &name, Secret secret) override;
    [[nodiscard]] Task<Secret> read(const SecretName &name) override;
    [[nodiscard]] Task<void> remove(const SecretName &name) override;
    [[nodiscard]] StoreKind kind() const override { return current().kind(); }
    [[nodiscard]] QString backendName() const override { return current().backendName(); }

private:
    [[nodiscard]] const SecretStore &current() const;
    template <typename T, typename Ask>
    [[nodiscard]] Task<T> ask(Ask ask);
    void giveUp(const Error &why);

    std::unique_ptr<SecretStore> m_keychain;
    MemorySecretStore m_memory;
    bool m_isLost = false;
    QObject m_receiver;
};

} // namespace mayday::secrets
