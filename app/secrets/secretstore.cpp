// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/secretstore.h"

#include "core/log.h"
#include "secrets/fallbacksecretstore.h"
#include "secrets/keychainsecretstore.h"
#include "secrets/memorysecretstore.h"

#include <QCryptographicHash>

using namespace Qt::StringLiterals;

namespace mayday::secrets {

QString serviceName(const Profile &profile)
{
    if (profile.dataFolder == Profile::standard().dataFolder)
        return u"mayday"_s;
    const QByteArray hash =
        QCryptographicHash::hash(profile.dataFolder.toUtf8(), QCryptographicHash::Sha256);
    return u"mayday-"_s + QString::fromLatin1(hash.toHex().first(12));
}

std::unique_ptr<SecretStore> openSecretStore(const Profile &profile)
{
    if (KeychainSecretStore::isAvailable())
        return std::make_unique<FallbackSecretStore>(
            std::make_unique<KeychainSecretStore>(serviceName(profile)));
    log::warning(u"secrets", u"there is no keychain; secrets are kept in memory only"_s);
    return std::make_unique<MemorySecretStore>();
}

} // namespace mayday::secrets
