// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/task.h"
#include "postgres/session.h"
#include "secrets/secretstore.h"
#include "stack/stack.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <memory>
#include <mutex>

namespace mayday::desk {

/// Whether a secret that the stack needs is there.
enum class CredentialState { Unknown, Present, Missing, Unreadable };

/// One secret the stack refers to. Never holds the secret itself.
struct Credential {
    QString name;    ///< the keychain's name: "database/main/password"
    QString purpose; ///< "password of database main (shop)"
    stack::DatabaseId database;
    CredentialState state = CredentialState::Unknown;
    std::optional<Error> error = std::nullopt;
};

/// The secrets of the stack: which are needed, which are there, and the only door to them.
///
/// Lives on the GUI thread, owned by Desk. The keychain answers in later turns, so what was read
/// once is kept in memory for the workers (probes, restores), which take it from any thread.
class Credentials final : public QObject {
    Q_OBJECT

public:
    Credentials(secrets::SecretStore &store, QThreadPool &pool, QObject *parent = nullptr);
    ~Credentials() override;

    /// Reads every secret the stack names.
    void setStack(const stack::Stack &stack);
    [[nodiscard]] const QList<Credential> &list() const { return m_list; }
    [[nodiscard]] secrets::StoreKind storeKind() const;
    [[nodiscard]] QString storeName() const;

    void save(const QString &name, Secret secret);
    void remove(const QString &name);
    /// Connects with what is kept (or with the candidate) and asks one question.
    [[nodiscard]] Task<postgres::ServerFacts> test(const stack::Database &database,
                                                   std::optional<Secret> candidate = std::nullopt);

    /// The secret for a worker; NotFound when it is not there (yet). Any thread.
    [[nodiscard]] Result<Secret> secret(const QString &name) const;
    /// How to reach a database of the stack, with its password. Any thread.
    [[nodiscard]] Result<postgres::ConnectionString>
    connection(const stack::Database &database) const;

Q_SIGNALS:
    void changed();
    /// Everything the stack names has been looked for.
    void loaded();
    /// A secret is in the keychain now, after everything had been looked for.
    void saved(const QString &name);
    /// The keychain refused; the secret is where it was.
    void failed(const mayday::Error &error);

private:
    void read(const QString &name);
    void settle(const QString &name, CredentialState state, std::optional<Error> error);
    bool endReading(const QString &name);
    void keep(const QString &name, Secret secret);
    void forget(const QString &name);

    struct Cache {
        mutable std::mutex mutex;
        QHash<QString, Secret> secrets;
    };

    secrets::SecretStore &m_store;
    QThreadPool &m_pool;
    std::shared_ptr<Cache> m_cache = std::make_shared<Cache>();
    QList<Credential> m_list;
    QSet<QString> m_reading; ///< names of this stack that nobody has answered yet
    int m_round = 0;         ///< answers for an earlier stack are of no use
};

} // namespace mayday::desk
