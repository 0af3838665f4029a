// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/serverspace.h"

#include "backup/databasedump.h"
#include "core/atomicfile.h"
#include "core/bytetext.h"

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Of the text of the rows: the rows as they are stored, their indexes, and the record of changes
/// meanwhile. An estimate, on the high side.
constexpr qint64 timesText = 2;
constexpr qint64 mostApart = 10; // seconds
constexpr qint64 worthSaying = qint64(100) * 1000 * 1000;

/// Whether the files there are those of the server that answers, and not of another one that has
/// the same path on the far side of a tunnel. Lines of postmaster.pid: process, folder, start in
/// seconds since 1970, port (PostgreSQL's pidfile.h).
bool isItsFolder(const QString &folder, qint64 startedAt, QByteArrayView port)
{
    const auto lock = readWholeFile(folder + u"/postmaster.pid"_s, 4096);
    if (!lock)
        return false;
    const QByteArrayList lines = lock->split('\n');
    // The file has the moment a little before the one that the server tells.
    return lines.size() > 3 && std::abs(lines[2].toLongLong() - startedAt) <= mostApart &&
           lines[3] == port;
}

} // namespace

Result<ServerSpace> serverSpace(postgres::Session &session, const dump::DumpInspection &inspection,
                                TaskContext &context)
{
    ServerSpace space{.needed = timesText * inspection.plainBytes};
    // Who may not see it gets no row.
    const auto rows = session.query(
        "SELECT s.setting, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::bigint,"
        " pg_catalog.current_setting('port') FROM pg_catalog.pg_settings s"
        " WHERE s.name = 'data_directory'",
        context);
    if (!rows)
        return failure(rows.error());
    if (rows->rowCount() == 1 &&
        isItsFolder(rows->text(0, 0), rows->integer(0, 1), rows->text(0, 2).toLatin1()))
        space.free = backup::bytesFreeIn(rows->text(0, 0));
    return space;
}

std::optional<PreflightNote> noteOf(const ServerSpace &space)
{
    using Weight = PreflightNote::Weight;
    const bool isShort = space.free >= 0 && space.free < space.needed;
    if (isShort)
        return PreflightNote{
            Weight::Warning,
            u"The server's disk has %1 free, and this can take up to %2 until the old state is "
            "discarded. If it runs full, the restore changes nothing, and nobody can write until "
            "there is room."_s.arg(byteText(space.free), byteText(space.needed))};
    if (space.needed < worthSaying)
        return std::nullopt;
    return PreflightNote{
        Weight::Fact,
        space.free < 0
            ? u"On the server's disk it can take up to %1 until the old state is "
              "discarded; the server does not tell how much is free."_s.arg(byteText(space.needed))
            : u"On the server's disk it can take up to %1 until the old state is "
              "discarded; %2 are free."_s.arg(byteText(space.needed), byteText(space.free))};
}

} // namespace mayday::restore
