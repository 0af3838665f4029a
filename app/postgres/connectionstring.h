// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/secret.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>
#include <utility>

namespace mayday::postgres {

/// Where a database is and as whom to reach it, read by libpq's own parser from a conninfo text or
/// a postgresql:// address. The password is split off and never printed. A value; any thread.
class ConnectionString final {
public:
    ConnectionString() = default;
    /// Refused when libpq cannot read it. The reason never quotes the text: it may hold a password.
    [[nodiscard]] static Result<ConnectionString> parse(const QString &text);

    /// A host name, an address, or the folder of a Unix socket; empty for libpq's default.
    [[nodiscard]] QString host() const;
    [[nodiscard]] int port() const;
    [[nodiscard]] QString database() const;
    [[nodiscard]] QString user() const;
    /// "database shop on db.example:5432 as app"; never a password.
    [[nodiscard]] QString display() const;

    [[nodiscard]] bool hasPassword() const { return !m_password.isEmpty(); }
    [[nodiscard]] Secret password() const { return m_password; }
    [[nodiscard]] ConnectionString withPassword(Secret password) const;
    [[nodiscard]] ConnectionString withDatabase(const QString &name) const;
    /// Conninfo text without any secret, fit for the journal; parse() reads it back.
    [[nodiscard]] QString withoutPassword() const;

    /// The reason to believe that a transaction pooler answers there ("port 6543"), read from the
    /// address alone; isTransactionPooler() in catalog.h asks the server.
    [[nodiscard]] std::optional<QString> looksLikeTransactionPooler() const;

    using Setting = std::pair<QByteArray, QByteArray>;
    /// Keyword and value of everything but the secrets, for libpq and for child processes.
    [[nodiscard]] const QList<Setting> &settings() const { return m_settings; }
    [[nodiscard]] const Secret &keyPassword() const { return m_keyPassword; }

private:
    [[nodiscard]] QString value(QByteArrayView keyword) const;

    QList<Setting> m_settings;
    Secret m_password;
    Secret m_keyPassword; ///< of the client certificate's key file
};

} // namespace mayday::postgres
