// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/secretstore.h"

#include "core/log.h"
#include "secrets/fallbacksecretstore.h"
#include "secrets/keychainsecretstore.h"
#include "secrets/memorysecretstore.h"

using namespace Qt::StringLiterals;

namespace mayday::secrets {

QString serviceName(const QString &scope)
{
    return scope.isEmpty() ? u"mayday"_s : u"mayday-"_s + scope;
}

std::unique_ptr<SecretStore> openSecretStore(const QString &scope)
{
    if (KeychainSecretStore::isAvailable())
        return std::make_unique<FallbackSecretStore>(
            std::make_unique<KeychainSecretStore>(serviceName(scope)));
    log::warning(u"secrets", u"there is no keychain; secrets are kept in memory only"_s);
    return std::make_unique<MemorySecretStore>();
}

} // namespace mayday::secrets
