// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/preflightnote.h"

#include <QJsonObject>
#include <QList>
#include <QSet>
#include <QStringList>

namespace mayday::restore {

/// By what a host may be told. A value.
struct HostSigns {
    QSet<QString> logins = {};   ///< roles that can log in; one made for a restore cannot
    QSet<QString> settings = {}; ///< names in pg_settings
    QString hostName = {}; ///< of the connection: a hint, where the server itself says nothing
    QString user = {};
    bool isSuperuser = false;
};

/// What is known about the host that a server runs at. A value; empty for a PostgreSQL that is
/// nobody's product. It explains, and keeps a restore from trying what cannot be; what a login may
/// do is asked of the server, never read here.
struct HostProfile {
    QString name = {};   ///< "Supabase"; empty for plain PostgreSQL
    QString toldBy = {}; ///< "the role rdsadmin", "the setting rds.extensions", "the host name"
    bool isSuperuser = false;
    /// Roles that nobody but the host can make; "x_*" for all that begin so. None where only the
    /// name of the host told which one it is.
    QStringList reservedRoles = {};
    int transactionPort = 0;    ///< where a transaction pooler answers; 0: none that is known
    QStringList leavesOut = {}; ///< what a restore leaves out there and why, a sentence each
    QStringList byHand = {};    ///< what has to be done afterwards, a sentence each
    bool operator==(const HostProfile &) const = default;

    /// Whether the connected role cannot make one of that name: PostgreSQL's own, and the host's.
    [[nodiscard]] bool isReserved(const QString &role) const;
};

/// Pure. The server's own signs come before the name of the host.
[[nodiscard]] HostProfile hostProfile(const HostSigns &signs);

/// "Amazon RDS or Aurora (told by the role rdsadmin)"; empty for plain PostgreSQL.
[[nodiscard]] QString inWords(const HostProfile &host);
[[nodiscard]] QJsonObject toJson(const HostProfile &host);

/// What becomes of the roles that a server lacks.
enum class MissingRoles { Stay, MayBeMade, AreMade };

/// Some of these roles, which the server lacks, have names that a host gives roles of its own: a
/// sentence for each host but this one, with what becomes of them.
[[nodiscard]] QList<PreflightNote> notesOfHostRoles(const QStringList &missing,
                                                    const HostProfile &here, MissingRoles fate);

} // namespace mayday::restore
