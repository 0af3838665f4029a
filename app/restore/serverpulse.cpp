// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/serverpulse.h"

#include "postgres/session.h"

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

constexpr std::chrono::milliseconds pace{500};
/// A load that is over sooner costs the server no second connection.
constexpr std::chrono::milliseconds firstLook{1000};

constexpr int copyProgressSince = 140000;

/// Whose work is looked at: all connections of a restore of this database together.
constexpr QByteArrayView ofTheRestore =
    " p JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid"
    " WHERE a.application_name = 'mayday restore' AND (a.datname = pg_catalog.current_database()"
    " OR pg_catalog.starts_with(a.datname::text, pg_catalog.current_database() || '_restoring_'))";

/// rowsBefore: what was known to be there before the server was asked.
ServerPulse pulseFrom(const postgres::Rows &rows, std::chrono::milliseconds now, qint64 rowsBefore)
{
    const auto share = [&rows](int done, int total) {
        const auto whole = static_cast<double>(rows.integer(0, total));
        return whole > 0 ? static_cast<double>(rows.integer(0, done)) / whole : 0.0;
    };
    ServerPulse pulse{.at = now};
    if (rows.integer(0, 0) > 0)
        pulse.index = IndexBuild{.count = static_cast<int>(rows.integer(0, 0)),
                                 .read = share(1, 2),
                                 .written = share(3, 4)};
    // A COPY that ended in between is in neither, so it may be less than the truth and never more.
    if (rows.integer(0, 5) > 0)
        pulse.rowsTaken = rowsBefore + rows.integer(0, 6);
    return pulse;
}

} // namespace

/// Indexes: reading tables first, then sorting and writing (PostgreSQL's manual, "CREATE INDEX
/// Progress Reporting"). Only what the role itself does is told to it.
QByteArray pulseQuestion(int serverVersion)
{
    const QByteArray copies = serverVersion >= copyProgressSince
                                  ? "SELECT count(*), coalesce(sum(p.tuples_processed), 0)"
                                    " FROM pg_catalog.pg_stat_progress_copy" +
                                        ofTheRestore.toByteArray() + " AND p.command = 'COPY FROM'"
                                  : QByteArray("SELECT 0, 0");
    return "SELECT i.*, c.* FROM (SELECT count(*), coalesce(sum(p.blocks_done), 0),"
           " coalesce(sum(p.blocks_total), 0), coalesce(sum(p.tuples_done), 0),"
           " coalesce(sum(p.tuples_total), 0) FROM pg_catalog.pg_stat_progress_create_index" +
           ofTheRestore.toByteArray() + ") i, (" + copies + ") c";
}

Result<void> followServer(const postgres::ConnectionString &target, const Clock &clock,
                          const Latest<RestoreProgress> &progress, const Latest<ServerPulse> &pulse,
                          TaskContext &context)
{
    std::optional<std::chrono::milliseconds> since;
    std::optional<postgres::Session> session;
    while (!context.stopRequested()) {
        const RestorePhase phase = progress.read().phase;
        if (phase >= RestorePhase::Swapping)
            return {};
        if (phase >= RestorePhase::Loading && !since)
            since = clock.monotonic();
        if (since && !session && clock.monotonic() - *since >= firstLook) {
            auto connected =
                postgres::Session::connect(target, context, {.applicationName = u"mayday pulse"_s});
            if (!connected)
                return failure(connected.error());
            session = *std::move(connected);
        }
        if (session) {
            const qint64 before = progress.read().rowsDone;
            const auto rows =
                session->query(pulseQuestion(session->facts().versionNumber), context);
            if (!rows)
                return failure(rows.error());
            pulse.publish(pulseFrom(*rows, clock.monotonic(), before));
        }
        context.pause(pace);
    }
    return {};
}

} // namespace mayday::restore
