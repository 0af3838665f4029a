// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskcontext.h"
#include "postgres/session.h"
#include "restore/preflightnote.h"

namespace mayday::restore {

/// A limit that sessions of this login have at the server before anybody sets another. A value.
struct LimitInForce {
    QString name;  ///< "statement_timeout"
    QString value; ///< "120 s"
    QString whose; ///< "of role app", "of role app in database shop", "of this server" ...
    bool operator==(const LimitInForce &) const = default;
};

/// What else goes on at the server, and what it holds sessions to. A value.
struct ServerLimits {
    QList<LimitInForce> limits = {}; ///< only those in force
    qint64 sessions = 0;             ///< of others, on the whole server
    qint64 sessionsHere = 0;         ///< of them in this database
    qint64 most = 0;                 ///< max_connections; 0: it was not asked
};

/// One round trip. The session's own settings are seen through: what was SET in it since the login
/// changes nothing of the answer. What the connection string itself asks for (options) is told as
/// the role's or the server's.
[[nodiscard]] Result<ServerLimits> serverLimits(postgres::Session &session, TaskContext &context);

/// A sentence for each limit in force; postgres::Session has read back that those that would end a
/// restore are off in its own sessions, or there is none.
[[nodiscard]] QList<PreflightNote> notesOf(const QList<LimitInForce> &limits);

/// "120 s", "10 min", "500 ms". Pure. unit: as pg_settings has it, "ms", "s" or "min".
[[nodiscard]] QString limitText(qint64 value, const QString &unit);

} // namespace mayday::restore
