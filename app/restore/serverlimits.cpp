// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/serverlimits.h"

#include <array>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// reset_val is what RESET would bring back: what holds for everybody who sets nothing. Of several
/// ALTER ROLE and ALTER DATABASE the most special one wins, as at a login.
constexpr const char *limitsSql =
    "SELECT s.name, s.reset_val, s.unit, session_user, pg_catalog.current_database(),"
    " (SELECT (d.setrole <> 0)::int * 2 + (d.setdatabase <> 0)::int"
    "  FROM pg_catalog.pg_db_role_setting d, pg_catalog.unnest(d.setconfig) AS c(entry)"
    "  WHERE d.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))"
    "  AND d.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database"
    "   WHERE datname = pg_catalog.current_database()))"
    "  AND pg_catalog.lower(pg_catalog.split_part(c.entry, '=', 1)) = s.name"
    "  ORDER BY 1 DESC LIMIT 1)"
    " FROM pg_catalog.pg_settings s WHERE s.name IN ('statement_timeout', 'lock_timeout',"
    " 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout',"
    " 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count',"
    " 'tcp_user_timeout') AND s.reset_val NOT IN ('0', '-1') ORDER BY 1";

/// Whose session it is everybody may see; what kind it is not. Only those have a database and a
/// user.
constexpr const char *sessionsSql =
    "SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE datname ="
    " pg_catalog.current_database()), pg_catalog.current_setting('max_connections')"
    " FROM pg_catalog.pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL"
    " AND pid <> pg_catalog.pg_backend_pid()";

QString whose(const postgres::Rows &rows, int row)
{
    if (rows.isNull(row, 5))
        return u"of this server"_s;
    QString role = u"of role "_s + rows.text(row, 3);
    const QString database = rows.text(row, 4);
    switch (rows.integer(row, 5)) {
    case 3: return role + u" in database "_s + database;
    case 2: return role;
    case 1: return u"of database "_s + database;
    default: return u"of all roles"_s;
    }
}

/// They keep a connection alive or notice that it is gone; none of them ends a restore, so what the
/// machine has by itself is nobody's business.
bool isAboutTheLine(const QString &name)
{
    return name.startsWith("tcp_"_L1);
}

} // namespace

Result<ServerLimits> serverLimits(postgres::Session &session, TaskContext &context)
{
    const std::array<QByteArray, 2> questions{limitsSql, sessionsSql};
    const auto answers = session.queryBatch(questions, context);
    if (!answers)
        return failure(answers.error());
    const postgres::Rows &set = (*answers)[0];
    const postgres::Rows &others = (*answers)[1];
    ServerLimits found{.sessions = others.integer(0, 0),
                       .sessionsHere = others.integer(0, 1),
                       .most = others.integer(0, 2)};
    for (int row = 0; row < set.rowCount(); ++row) {
        const QString name = set.text(row, 0);
        if (isAboutTheLine(name) && set.isNull(row, 5))
            continue;
        found.limits.append({.name = name,
                             .value = limitText(set.integer(row, 1), set.text(row, 2)),
                             .whose = whose(set, row)});
    }
    return found;
}

QList<PreflightNote> notesOf(const QList<LimitInForce> &limits)
{
    QList<PreflightNote> notes;
    for (const LimitInForce &limit : limits) {
        const QString what = u"%1 %2 is %3; "_s.arg(limit.name, limit.whose, limit.value);
        if (isAboutTheLine(limit.name) || limit.name == "lock_timeout"_L1)
            notes.append({PreflightNote::Weight::Fact,
                          what + u"Mayday sets its own for its own connections."_s});
        else
            notes.append({PreflightNote::Weight::Fact,
                          what + u"Mayday switches it off for its own connections and has checked "
                                 "that it is off."_s});
    }
    return notes;
}

QString limitText(qint64 value, const QString &unit)
{
    constexpr qint64 second = 1000;
    constexpr qint64 minute = 60 * second;
    const qint64 ms = unit == "min"_L1 ? value * minute : unit == "s"_L1 ? value * second : value;
    if (unit.isEmpty())
        return QString::number(value);
    if (ms % minute == 0 && ms >= 10 * minute)
        return u"%1 min"_s.arg(ms / minute);
    if (ms % second == 0)
        return u"%1 s"_s.arg(ms / second);
    return u"%1 ms"_s.arg(ms);
}

} // namespace mayday::restore
