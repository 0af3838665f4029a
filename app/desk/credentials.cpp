// SPDX-License-Identifier: GPL-3.0-or-later
#include "desk/credentials.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::desk {

Credentials::Credentials(secrets::SecretStore &store, QThreadPool &pool, QObject *parent)
    : QObject(parent), m_store(store), m_pool(pool)
{
}

Credentials::~Credentials() = default;

void Credentials::setStack(const stack::Stack &stack)
{
    m_list.clear();
    for (const stack::Database &database : stack.databases) {
        if (!database.credential.isEmpty())
            m_list.append({.name = database.credential,
                           .purpose = u"password of database %1 (%2)"_s.arg(database.id.text(),
                                                                            database.name),
                           .database = database.id});
    }
    ++m_round;
    m_reading.clear();
    for (const Credential &credential : std::as_const(m_list))
        m_reading.insert(credential.name); // databases may share one
    Q_EMIT changed();
    if (m_reading.isEmpty())
        Q_EMIT loaded();
    for (const QString &name : QSet(m_reading))
        read(name);
}

secrets::StoreKind Credentials::storeKind() const
{
    return m_store.kind();
}

QString Credentials::storeName() const
{
    return m_store.backendName();
}

void Credentials::read(const QString &name)
{
    const auto key = secrets::SecretName::parse(name);
    if (!key) {
        settle(name, CredentialState::Unreadable, key.error());
        endReading(name);
        return;
    }
    auto reading = m_store.read(*key);
    reading.deliverTo(this, [this, name, round = m_round](Result<Secret> secret) {
        // Of an earlier stack, or overtaken by a save or a removal: those know better.
        if (round != m_round || !m_reading.contains(name))
            return;
        if (secret) {
            keep(name, *std::move(secret));
            settle(name, CredentialState::Present, std::nullopt);
        } else if (secret.error().kind == ErrorKind::NotFound) {
            forget(name);
            settle(name, CredentialState::Missing, std::nullopt);
        } else {
            settle(name, CredentialState::Unreadable, secret.error());
        }
        endReading(name);
    });
}

void Credentials::settle(const QString &name, CredentialState state, std::optional<Error> error)
{
    for (Credential &credential : m_list) {
        if (credential.name == name) {
            credential.state = state;
            credential.error = error;
        }
    }
    Q_EMIT changed();
}

/// True when it was the last answer that was waited for.
bool Credentials::endReading(const QString &name)
{
    if (!m_reading.remove(name) || !m_reading.isEmpty())
        return false;
    Q_EMIT loaded();
    return true;
}

void Credentials::keep(const QString &name, Secret secret)
{
    const std::scoped_lock lock(m_cache->mutex);
    m_cache->secrets.emplace(name, std::move(secret));
}

void Credentials::forget(const QString &name)
{
    const std::scoped_lock lock(m_cache->mutex);
    m_cache->secrets.remove(name);
}

void Credentials::save(const QString &name, Secret secret)
{
    const auto key = secrets::SecretName::parse(name);
    if (!key) {
        Q_EMIT failed(key.error());
        return;
    }
    auto writing = m_store.write(*key, secret);
    writing.deliverTo(this, [this, name, secret = std::move(secret)](Result<void> written) {
        if (!written) {
            Q_EMIT failed(written.error());
            return;
        }
        keep(name, secret);
        settle(name, CredentialState::Present, std::nullopt);
        if (!endReading(name))
            Q_EMIT saved(name);
    });
}

void Credentials::remove(const QString &name)
{
    const auto key = secrets::SecretName::parse(name);
    if (!key) {
        Q_EMIT failed(key.error());
        return;
    }
    auto removing = m_store.remove(*key);
    removing.deliverTo(this, [this, name](Result<void> removed) {
        if (!removed) {
            Q_EMIT failed(removed.error());
            return;
        }
        forget(name);
        settle(name, CredentialState::Missing, std::nullopt);
        endReading(name);
    });
}

Task<postgres::ServerFacts> Credentials::test(const stack::Database &database,
                                              std::optional<Secret> candidate)
{
    auto where = connection(database);
    if (candidate)
        where = postgres::ConnectionString::parse(database.connection)
                    .transform([&](const postgres::ConnectionString &bare) {
                        return bare.withPassword(*candidate);
                    });
    return startTask(
        m_pool, [where = std::move(where)](TaskContext &context) -> Result<postgres::ServerFacts> {
            if (!where)
                return failure(where.error());
            return postgres::Session::connect(*where, context,
                                              {.applicationName = u"mayday test"_s})
                .transform([](const postgres::Session &session) { return session.facts(); });
        });
}

Result<Secret> Credentials::secret(const QString &name) const
{
    const std::scoped_lock lock(m_cache->mutex);
    const auto found = m_cache->secrets.constFind(name);
    if (found == m_cache->secrets.cend())
        return failure({.kind = ErrorKind::NotFound,
                        .subject = name,
                        .detail = u"it is not in the keychain"_s,
                        .advice = Advice::CheckPassword});
    return *found;
}

Result<postgres::ConnectionString> Credentials::connection(const stack::Database &database) const
{
    auto bare = postgres::ConnectionString::parse(database.connection);
    if (!bare || database.credential.isEmpty())
        return bare;
    return secret(database.credential).transform([&](const Secret &password) {
        return bare->withPassword(password);
    });
}

} // namespace mayday::desk
