// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restoreway.h"

#include "restore/sidedatabase.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// As text. A connection loads about 100 MB of it a second; below this, minutes are not at stake.
constexpr qint64 worthManyConnections = qint64(4) * 1024 * 1024 * 1024;
/// What a table must have to be worth a connection of its own.
constexpr qint64 largeTable = 64 * 1024 * 1024;

bool hasManyLargeTables(const dump::DumpInspection &inspection)
{
    return std::ranges::count_if(inspection.tables, [](const dump::TableInDump &table) {
               return table.bytes >= largeTable;
           }) > 1;
}

} // namespace

bool RestoreWay::isPossible(RestoreMode mode) const
{
    switch (mode) {
    case RestoreMode::Replace: return !noSchema;
    case RestoreMode::ReplaceDatabase: return !noDatabase;
    case RestoreMode::InPlace: return !noPlace;
    case RestoreMode::NewDatabase: return !noNewDatabase;
    case RestoreMode::Copy:
    case RestoreMode::Tables: break;
    }
    return false;
}

Result<void> RestoreWay::turnFromSchema()
{
    if (!noSchema || proposed == RestoreMode::ReplaceDatabase)
        return {};
    if (noDatabase && noNewDatabase && noPlace)
        return failure(*noSchema);
    proposed = !noDatabase      ? RestoreMode::ReplaceDatabase
               : !noNewDatabase ? RestoreMode::NewDatabase
                                : RestoreMode::InPlace;
    reason = u"nothing can be loaded beside %1: %2"_s.arg(noSchema->subject, noSchema->detail);
    return {};
}

Result<void> checkNewDatabase(const postgres::Session &live)
{
    const postgres::ServerFacts &facts = live.facts();
    if (facts.isSuperuser || facts.canCreateDatabases)
        return {};
    return failure({.kind = ErrorKind::Refused,
                    .subject = live.subject(),
                    .detail = u"%1 may not create databases here"_s.arg(facts.user),
                    .advice = Advice::RestoreBesideSchema});
}

Result<QStringList> missingFromBackup(postgres::Session &live,
                                      const dump::DumpInspection &inspection, TaskContext &context)
{
    auto missing = SideDatabase::missingFrom(live, inspection.schemas, context);
    if (missing && inspection.objects.value(u"large-object"_s) > 0)
        missing->removeAll(u"large objects"_s);
    return missing;
}

Result<void> checkWholeDatabase(postgres::Session &live, const dump::DumpInspection &inspection,
                                TaskContext &context)
{
    const postgres::ServerFacts &facts = live.facts();
    const auto refused = [&](const QString &detail) {
        return failure({.kind = ErrorKind::Refused,
                        .subject = live.subject(),
                        .detail = detail,
                        .advice = Advice::RestoreBesideSchema});
    };
    if (auto can = checkNewDatabase(live); !can)
        return can;
    const auto isOwner = live.query("SELECT pg_catalog.pg_has_role(datdba, 'USAGE') FROM"
                                    " pg_catalog.pg_database"
                                    " WHERE datname = pg_catalog.current_database()",
                                    context);
    if (!isOwner)
        return failure(isOwner.error());
    if (!isOwner->isTrue(0, 0))
        return refused(u"the database does not belong to %1, who so may not rename it, but may "
                       "load the backup into a new one that is left beside it"_s.arg(facts.user));
    const auto missing = missingFromBackup(live, inspection, context);
    if (!missing)
        return failure(missing.error());
    if (missing->isEmpty())
        return {};
    return refused(u"the backup does not bring back %1, which would be missing after the swap of "
                   "the whole database"_s.arg(missing->join(u", "_s)));
}

Result<RestoreWay> proposeWay(postgres::Session &live, const dump::DumpInspection &inspection,
                              TaskContext &context)
{
    RestoreWay way;
    if (auto can = checkNewDatabase(live); !can)
        way.noNewDatabase = can.error();
    if (auto able = checkWholeDatabase(live, inspection, context); !able) {
        if (able.error().advice != Advice::RestoreBesideSchema)
            return failure(able.error()); // the question itself failed
        way.noDatabase = able.error();
        way.reason = u"nobody is disconnected"_s;
        return way;
    }
    if (inspection.plainBytes < worthManyConnections) {
        way.reason = u"the backup is small enough for one connection, and nobody is disconnected"_s;
        return way;
    }
    if (!hasManyLargeTables(inspection)) {
        way.reason = u"most of the backup is one table, which only one connection can load, and "
                     "nobody is disconnected"_s;
        return way;
    }
    way.proposed = RestoreMode::ReplaceDatabase;
    way.reason = u"the backup is large, and several connections load it in less time"_s;
    return way;
}

} // namespace mayday::restore
