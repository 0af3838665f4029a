// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/memorysecretstore.h"

using namespace Qt::StringLiterals;

namespace mayday::secrets {

namespace {

Error notFound(const SecretName &name)
{
    return {.kind = ErrorKind::NotFound,
            .subject = name.text(),
            .detail = u"it is not in memory"_s,
            .advice = Advice::CheckPassword};
}

} // namespace

Task<void> MemorySecretStore::write(const SecretName &name, Secret secret)
{
    m_secrets.emplace(name, std::move(secret));
    return finishedTask<void>({});
}

Task<Secret> MemorySecretStore::read(const SecretName &name)
{
    const auto found = m_secrets.constFind(name);
    if (found == m_secrets.cend())
        return finishedTask<Secret>(failure(notFound(name)));
    return finishedTask<Secret>(*found);
}

Task<void> MemorySecretStore::remove(const SecretName &name)
{
    m_secrets.remove(name);
    return finishedTask<void>({});
}

QString MemorySecretStore::backendName() const
{
    return u"memory only"_s;
}

} // namespace mayday::secrets
