// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/id.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <chrono>
#include <optional>

namespace mayday::stack {

using ServiceId = Id<struct ServiceTag>;
using DatabaseId = Id<struct DatabaseTag>;
using ProviderId = Id<struct ProviderTag>;
using ContactId = Id<struct ContactTag>;
using ChannelId = Id<struct ChannelTag>;

/// Somebody whose platform the stack stands on, and where they say how they are.
struct Provider {
    ProviderId id;
    QString name;
    QUrl statusUrl;         ///< the machine-readable feed; empty: not watched
    QString feed;           ///< "statuspage", "incident.io", "instatus", "railway", "slack" ...
    QUrl pageUrl;           ///< for people
    QStringList components; ///< only these count; empty: all
};

/// Whether readings can be decoded from a feed of that kind now; the others show as unknown.
[[nodiscard]] bool isReadableFeed(QStringView feed);
/// Every kind of feed a stack.yaml may name.
[[nodiscard]] QStringList knownFeeds();

/// Something of ours that answers HTTP.
struct Service {
    ServiceId id;
    QString name;
    ProviderId provider; ///< none when it stands on nobody we watch
    QUrl url;
    QString healthPath;
    int expectStatus = 200;

    [[nodiscard]] QUrl healthUrl() const;
};

/// A question about a database's content whose answer must be true after a restore.
struct DatabaseCheck {
    QString name;
    QString sql; ///< one SELECT of one boolean
};

/// A PostgreSQL database of ours.
struct Database {
    DatabaseId id;
    QString name;
    ProviderId provider;
    QString connection; ///< conninfo without a password
    QString schema;
    QString credential; ///< the keychain's name for the password; empty: none is needed
    QStringList watch;  ///< tables that must not lose their rows
    QList<DatabaseCheck> checks = {};
    int keepDays = 0; ///< what restores keep goes after so many; 0: when somebody discards it
};

struct Contact {
    ContactId id;
    QString name;
    QUrl url;
    QString phone;
    QString note;
};

/// Where messages go: "slack", "discord", "email". The address is a secret and is in the keychain.
struct Channel {
    ChannelId id;
    QString name;
    QString kind;
    QString credential;
};

struct Promises {
    std::chrono::minutes rto{0}; ///< 0: nothing promised
    std::chrono::hours rpo{0};
};

/// The user's system as stack.yaml describes it. A value without secrets; any thread.
struct Stack {
    QString name;
    QString environment; ///< "production", "staging", "practice"
    bool practice = false;
    Promises promises;
    qint64 backupFloor = 0; ///< bytes; a smaller backup counts as failed. 0: none does
    QList<Provider> providers;
    QList<Service> services;
    QList<Database> databases;
    QList<Contact> contacts;
    QList<Channel> channels;

    /// Pointers live as long as the Stack is unchanged.
    [[nodiscard]] const Provider *provider(const ProviderId &id) const;
    [[nodiscard]] const Service *service(const ServiceId &id) const;
    [[nodiscard]] const Database *database(const DatabaseId &id) const;
    [[nodiscard]] const Contact *contact(const ContactId &id) const;

    /// What {{name}} in a runbook stands for: "service.backend.url", "database.main.schema",
    /// "contact.railway", "provider.supabase.status", "stack.environment". Unknown names and values
    /// left out of the file give nothing.
    [[nodiscard]] std::optional<QString> lookup(QStringView name) const;
    /// Every name lookup() answers, in the file's order.
    [[nodiscard]] QStringList knownNames() const;
};

} // namespace mayday::stack
