// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's other way: into a database of its own, by several connections.
#include "backup/dumpopener.h"
#include "backup/inspectionindex.h"
#include "core/log.h"
#include "postgres/quoting.h"
#include "restore/parallelload.h"
#include "restore/putback.h"
#include "restore/restorerunner.h"
#include "restore/sidedatabase.h"

#include <QFileInfo>
#include <QThread>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Rows of fewer bytes cost a connection more than they bring it; the place costs up to 8 MB of
/// inflating.
constexpr qint64 largeBlock = 1024 * 1024;
constexpr int mostConnections = 16;

int connectionsFor(const RestorePlan &plan)
{
    const int wanted = plan.connections > 0 ? plan.connections : QThread::idealThreadCount();
    return std::clamp(wanted, 1, mostConnections);
}

Result<postgres::Session> connectTo(const postgres::ConnectionString &where, TaskContext &context)
{
    return postgres::Session::connect(where, context, {.applicationName = u"mayday restore"_s});
}

bool isLarge(const dump::DataBlock &block)
{
    return block.end >= 0 && block.bytes >= largeBlock;
}

QList<dump::DataBlock> largeBlocks(const dump::DumpIndex &index)
{
    QList<dump::DataBlock> large;
    std::ranges::copy_if(index.blocks, std::back_inserter(large), isLarge);
    return large;
}

} // namespace

/// What stands against swapping a whole database.
Result<void> RestoreRunner::checkDatabase(postgres::Session &live, TaskContext &context)
{
    const postgres::ServerFacts &facts = live.facts();
    const auto refused = [&](const QString &detail) {
        return failure({.kind = ErrorKind::Refused,
                        .subject = live.subject(),
                        .detail = detail,
                        .advice = Advice::RestoreBesideSchema});
    };
    if (!facts.isSuperuser && !facts.canCreateDatabases)
        return refused(u"%1 may not create databases here"_s.arg(facts.user));
    const auto isOwner = live.query("SELECT pg_catalog.pg_has_role(datdba, 'USAGE') FROM"
                                    " pg_catalog.pg_database"
                                    " WHERE datname = pg_catalog.current_database()",
                                    context);
    if (!isOwner)
        return failure(isOwner.error());
    if (!isOwner->isTrue(0, 0))
        return refused(
            u"the database does not belong to %1, who so may not rename it"_s.arg(facts.user));
    auto missing = SideDatabase::missingFrom(live, m_inspection.schemas, context);
    if (!missing)
        return failure(missing.error());
    if (m_inspection.objects.value(u"large-object"_s) > 0)
        missing->removeAll(u"large objects"_s);
    if (missing->isEmpty())
        return {};
    return refused(u"the backup does not bring back %1, which would be missing after the swap of "
                   "the whole database"_s.arg(missing->join(u", "_s)));
}

Result<void> RestoreRunner::besideDatabase(TaskContext &context)
{
    enter(RestorePhase::Preflight, 0);
    auto live = connectTo(m_plan.target, context);
    if (!live)
        return failure(live.error());
    if (auto able = checkDatabase(*live, context); !able)
        return able;
    if (auto able = checkTarget(*live, m_plan, {}, context); !able)
        return able;
    auto side = SideDatabase::open(m_plan.target, SideDatabase::Patience::None, context);
    if (!side)
        return failure(side.error());
    KeptSchema mark{.name = {},
                    .original = m_plan.target.database(),
                    .restore = m_plan.id.text(),
                    .at = m_plan.plannedAt,
                    .file = QFileInfo(m_plan.file).fileName(),
                    .state = KeptState::Loading,
                    .isDatabase = true};
    const auto name = side->freeName(RestoreMode::ReplaceDatabase, m_plan.plannedAt, context);
    if (!name)
        return failure(name.error());
    mark.name = *name;
    SchemaProperties properties(live->facts());
    for (const QString &schema : std::as_const(m_inspection.schemas)) {
        if (auto remembered = properties.remember(*live, schema, context); !remembered)
            return remembered;
    }
    if (auto made = side->create(*live, mark, m_inspection.schemas, context); !made)
        return failure(made.error());
    live->close();
    auto filled = fillDatabase(*name, properties, context);
    if (!filled) {
        takeAway(*side, *name);
        return filled;
    }
    return swapDatabase(*side, *name, context);
}

/// Nobody has seen it, so it goes; where that fails, it is said.
void RestoreRunner::takeAway(SideDatabase &side, const QString &name)
{
    TaskContext unstoppable;
    auto gone = side.drop(name, unstoppable);
    if (!gone) {
        // The connection may have died with the others; a new one may live.
        auto again = SideDatabase::open(m_plan.target, SideDatabase::Patience::Some, unstoppable);
        gone = again ? again->drop(name, unstoppable) : failure(again.error());
    }
    if (!gone)
        m_receipt.left.append({u"database %1: an unfinished copy of the backup; the live data is "
                               "untouched"_s.arg(name),
                               u"DROP DATABASE "_s + postgres::quoteIdentifier(name)});
}

Result<void> RestoreRunner::fillDatabase(const QString &name, SchemaProperties &properties,
                                         TaskContext &context)
{
    const postgres::ConnectionString where = m_plan.target.withDatabase(name);
    auto main = connectTo(where, context);
    if (!main)
        return failure(main.error());
    for (const QString &schema : std::as_const(m_inspection.schemas)) {
        if (auto lent = properties.lend(*main, schema, context); !lent)
            return lent;
    }
    auto facts = targetFacts(*main, m_inspection.schemas, context);
    if (!facts)
        return failure(facts.error());
    facts->isOwnDatabase = true;
    const QSet<QString> schemas(m_inspection.schemas.begin(), m_inspection.schemas.end());
    const StatementFilter filter(*std::move(facts), schemas);
    const bool isInParts = backup::completeIndex(m_inspection, m_plan.file);
    if (!isInParts) {
        m_inspection.index = {};
        m_receipt.notes.append(u"this file can only be read from front to end, so its tables were "
                               "filled one after the other"_s);
    }
    const auto wanted =
        std::clamp<qsizetype>(largeBlocks(m_inspection.index).size(), 1, connectionsFor(m_plan));
    std::vector<postgres::Session> sessions;
    while (std::ssize(sessions) < wanted) {
        auto session = connectTo(where, context);
        if (!session)
            return failure(session.error());
        sessions.push_back(*std::move(session));
    }
    LoadCrew crew(std::move(sessions), {m_plan.file, m_inspection.index.points, filter}, context);
    if (auto loaded = loadDatabase(*main, crew, filter, properties, context); !loaded)
        return loaded;
    if (auto settled = settle(*main, properties, context); !settled)
        return settled;
    // The crew gathers statistics while the rows are counted.
    const auto statistics = analysis(*main, context);
    if (!statistics)
        return failure(statistics.error());
    for (qsizetype i = 0; i < m_tallies.size(); ++i)
        crew.addStatement(
            {.sql = (*statistics)[static_cast<size_t>(i)], .objectName = m_tallies[i].name});
    return main->execute("BEGIN", context)
        .and_then([&](qint64) { return proveLoad(*main, context); })
        .and_then([&] { return main->execute("COMMIT", context); })
        .and_then([&](qint64) {
            enter(RestorePhase::Analysing, 0);
            return crew.wait([this] { publish(nullptr); });
        });
}

Result<void> RestoreRunner::loadDatabase(postgres::Session &main, LoadCrew &crew,
                                         const StatementFilter &filter,
                                         SchemaProperties &properties, TaskContext &context)
{
    enter(RestorePhase::Loading, m_inspection.plainBytes);
    const dump::DumpIndex &index = m_inspection.index;
    auto reader = index.blocks.isEmpty()
                      ? backup::openDump(m_plan.file, context)
                      : Result<dump::DumpReader>(dump::DumpReader::ofParts(
                            m_plan.file, index.partsWithout(isLarge), index.points));
    if (!reader)
        return failure(reader.error());
    SideLoad load(main, filter, properties, std::nullopt, context);
    ParallelLoad parallel(main, load, crew, largeBlocks(index), context);
    parallel.countBlocks(index.blocks);
    const auto tick = [&] {
        m_now.bytesDone = std::min(m_now.bytesTotal, reader->plainBytes() + crew.bytesDone());
        m_now.rowsDone = load.rows() - crew.rowsGiven() + crew.rowsDone();
        m_now.connections = crew.work();
        publish(&main);
    };
    parallel.onTick(tick);
    load.onAdvance([&](const SideLoad &) { tick(); });
    TaskContext watched(context.stopToken());
    auto read = main.execute("BEGIN", context)
                    .and_then([&](qint64) { return reader->read(parallel, watched); })
                    .and_then([&] { return parallel.finish(); })
                    .and_then([&] { return checkWhatWasRead(*reader, load); });
    m_now.connections.clear();
    return read;
}

Result<void> RestoreRunner::swapDatabase(SideDatabase &side, const QString &name,
                                         TaskContext &context)
{
    enter(RestorePhase::Swapping, 0);
    const auto keptName = side.freeName(RestoreMode::Replace, m_plan.plannedAt, context);
    if (!keptName) {
        takeAway(side, name);
        return failure(keptName.error());
    }
    const KeptSchema kept{.name = *keptName,
                          .original = m_plan.target.database(),
                          .restore = m_plan.id.text(),
                          .file = QFileInfo(m_plan.file).fileName(),
                          .isDatabase = true};
    m_kept = {kept};
    auto swapped = side.swap(name, kept, context);
    if (!swapped && (swapped.error().kind == ErrorKind::Unreachable ||
                     swapped.error().kind == ErrorKind::Timeout))
        swapped = settleDatabase(name, swapped.error());
    if (swapped) {
        m_receipt.verdict = m_hasDifferences ? Verdict::Differences : Verdict::Proven;
        tellWhatIsLeft();
        return {};
    }
    if (swapped.error().kind == ErrorKind::Cancelled || !m_receipt.left.isEmpty()) {
        if (m_receipt.left.isEmpty())
            takeAway(side, name);
        return swapped;
    }
    m_receipt.left.append(
        {u"database %1: the backup, whole and proven; the live data is "
         "untouched. Whoever connects to it instead uses the restored data"_s.arg(name),
         u"DROP DATABASE "_s + postgres::quoteIdentifier(name)});
    return swapped;
}

/// The connection died with the swap on its way: only the server knows.
Result<void> RestoreRunner::settleDatabase(const QString &name, const Error &lost)
{
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        TaskContext patient;
        auto side = SideDatabase::open(m_plan.target, SideDatabase::Patience::Some, patient);
        const auto isSwapped =
            side ? side->exists(m_kept.front().name, patient) : Result<bool>(failure(side.error()));
        if (!isSwapped)
            continue;
        if (*isSwapped)
            return {};
        takeAway(*side, name);
        return failure(lost);
    }
    Error unknown = lost;
    unknown.sqlState = outcomeUnknown;
    unknown.detail = u"the connection was lost during the swap, and the server cannot be asked: it "
                     "may have taken place"_s;
    m_receipt.left.append({u"possibly: database %1: the data as it was before; or %2: the backup, "
                           "not yet live"_s.arg(m_kept.front().name, name),
                           QString()});
    return failure(unknown);
}

} // namespace mayday::restore
