// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secrets/secretstore.h"

#include <QHash>

namespace mayday::secrets {

/// Keeps secrets until it is destroyed, which overwrites them. Fails only with NotFound, when
/// reading.
class MemorySecretStore final : public SecretStore {
public:
    [[nodiscard]] Task<void> write(const SecretName &name, Secret secret) override;
    [[nodiscard]] Task<Secret> read(const SecretName &name) override;
    [[nodiscard]] Task<void> remove(const SecretName &name) override;
    [[nodiscard]] StoreKind kind() const override { return StoreKind::MemoryOnly; }
    [[nodiscard]] QString backendName() const override;

private:
    QHash<SecretName, Secret> m_secrets;
};

} // namespace mayday::secrets
