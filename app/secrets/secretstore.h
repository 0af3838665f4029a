// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/secret.h"
#include "core/task.h"
#include "secrets/secretname.h"

#include <memory>

namespace mayday::secrets {

/// Where secrets are while Mayday runs. MemoryOnly: they are gone when it ends, and the window says
/// so loudly. They are never in a file of ours.
enum class StoreKind { Keychain, MemoryOnly };

/// Keeps passwords and tokens (a port). Use it on the GUI thread; answers come in later turns.
///
/// Fails with NotFound (read), with Denied and UnlockKeychain when the keychain is locked or says
/// no, and with Unreachable when it cannot be spoken to.
class SecretStore {
public:
    SecretStore() = default;
    virtual ~SecretStore() = default;
    Q_DISABLE_COPY_MOVE(SecretStore)

    /// Replaces what is there.
    [[nodiscard]] virtual Task<void> write(const SecretName &name, Secret secret) = 0;
    [[nodiscard]] virtual Task<Secret> read(const SecretName &name) = 0;
    /// Afterwards there is none; also succeeds when there was none before, as not every keychain
    /// tells the difference.
    [[nodiscard]] virtual Task<void> remove(const SecretName &name) = 0;
    /// May turn from Keychain to MemoryOnly when the keychain goes away; ask after each answer.
    [[nodiscard]] virtual StoreKind kind() const = 0;
    /// For people: "Secret Service", "memory only".
    [[nodiscard]] virtual QString backendName() const = 0;
};

/// The keychain of this desktop, or memory when there is none. Asks the session bus who is there,
/// which takes milliseconds; prompts nobody. scope: empty for the standard profile, something of
/// its own for any other (a hash of its folder), so that profiles do not overwrite each other.
[[nodiscard]] std::unique_ptr<SecretStore> openSecretStore(const QString &scope);
/// Under which service the keychain keeps the secrets of a scope: "mayday", "mayday-<scope>".
[[nodiscard]] QString serviceName(const QString &scope);

} // namespace mayday::secrets
