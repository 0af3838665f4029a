// SPDX-License-Identifier: GPL-3.0-or-later
// RestoreRunner's other way: into a database of its own, by several connections.
#include "core/latestop.h"
#include "postgres/quoting.h"
#include "restore/parallelload.h"
#include "restore/putback.h"
#include "restore/restorerunner.h"
#include "restore/restoreway.h"
#include "restore/rolemap.h"
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
/// Of rows that are brought in the order of the file; a commit costs a moment.
constexpr qint64 mostToLose = 32 * 1024 * 1024;

int connectionsFor(const RestorePlan &plan)
{
    const int wanted = plan.connections > 0 ? plan.connections : QThread::idealThreadCount();
    return std::clamp(wanted, 1, mostConnections);
}

/// In full where nobody waits for the data to be live, and nothing comes behind.
QByteArrayList samplesFor(RestoreMode mode)
{
    return mode == RestoreMode::NewDatabase ? QByteArrayList()
                                            : QByteArrayList{Statistics::smallSamples(false)};
}

Result<postgres::Session> connectTo(const postgres::ConnectionString &where, TaskContext &context)
{
    return postgres::Session::connect(where, context, {.applicationName = u"mayday restore"_s});
}

Result<std::vector<postgres::Session>> sessionsTo(const postgres::ConnectionString &where,
                                                  qsizetype wanted, TaskContext &context)
{
    std::vector<postgres::Session> sessions;
    while (std::ssize(sessions) < wanted) {
        auto session = connectTo(where, context);
        if (!session)
            return failure(session.error());
        sessions.push_back(*std::move(session));
    }
    return sessions;
}

/// "belongs to shop, with the rights {shop=UC/shop}"
Result<QString> rightsOfPublic(postgres::Session &session, TaskContext &context)
{
    return session
        .query("SELECT pg_catalog.pg_get_userbyid(nspowner), coalesce(nspacl::text, '')"
               " FROM pg_catalog.pg_namespace WHERE nspname = 'public'",
               context)
        .transform([](const postgres::Rows &rows) {
            return rows.rowCount() == 0 ? u"is not there"_s
                                        : u"belongs to %1, with the rights %2"_s.arg(
                                              rows.text(0, 0), rows.text(0, 1));
        });
}

} // namespace

/// Its rows are read and sent by a connection of their own.
bool RestoreRunner::isForCrew(const dump::DataBlock &block)
{
    return !block.isInserts && block.end >= 0 && block.bytes >= largeBlock;
}

QList<dump::DataBlock> RestoreRunner::blocksForCrew() const
{
    QList<dump::DataBlock> large;
    std::ranges::copy_if(m_inspection.index.blocks, std::back_inserter(large), isForCrew);
    return large;
}

/// Their indexes are worth a connection of their own.
QSet<TableName> RestoreRunner::largeTables() const
{
    QSet<TableName> large;
    for (const dump::TableInDump &table : m_inspection.tables) {
        if (table.bytes >= largeBlock)
            large.insert({table.schema, table.name});
    }
    return large;
}

/// A new database has a schema public of its own. Also where the backup has nothing in it, it is to
/// be whose it is now, with those rights.
Result<void> RestoreRunner::takePublicAlong(postgres::Session &live, TaskContext &context)
{
    if (m_inspection.schemas.contains(u"public"_s))
        return {};
    if (live.facts().isSuperuser || live.facts().versionNumber >= publicOfDatabaseOwnerSince) {
        m_inspection.schemas.append(u"public"_s);
        return {};
    }
    return rightsOfPublic(live, context).transform([this](const QString &rights) {
        m_publicOfLive = rights;
    });
}

/// Only a superuser could have changed it.
Result<void> RestoreRunner::tellWhosePublicIs(postgres::Session &made, TaskContext &context)
{
    if (m_publicOfLive.isEmpty())
        return {};
    return rightsOfPublic(made, context).transform([this](const QString &rights) {
        if (rights == m_publicOfLive)
            return;
        m_receipt.notes.append(
            u"schema public %1; in the live database it %2: before PostgreSQL 15 only a superuser "
            "may make it so in a new one"_s.arg(rights, m_publicOfLive));
        m_hasDifferences = true;
    });
}

Result<void> RestoreRunner::besideDatabase(dump::DumpReader &reader, TaskContext &context)
{
    enter(RestorePhase::Preflight, 0);
    auto live = connectTo(m_plan.target, context);
    if (!live)
        return failure(live.error());
    const auto able = takePublicAlong(*live, context)
                          .and_then([&] { return checkPlatform(*live, context); })
                          .and_then([&] { return checkDatabaseWay(*live, context); })
                          .and_then([&] { return checkNoPooler(*live, m_plan, context); })
                          .and_then([&] { return checkTarget(*live, m_plan, {}, context); });
    if (!able)
        return able;
    auto side = SideDatabase::open(m_plan.target, SideDatabase::Patience::None, context);
    if (!side)
        return failure(side.error());
    if (m_plan.mode == RestoreMode::NewDatabase)
        side->setStaysBeside();
    SchemaProperties properties(live->facts());
    for (const QString &schema : std::as_const(m_inspection.schemas)) {
        if (auto remembered = properties.remember(*live, schema, context); !remembered)
            return remembered;
    }
    auto access = Access::of(*live, m_inspection.schemas, context);
    if (!access)
        return failure(access.error());
    m_access = *std::move(access);
    if (auto told = tellWhatGoesAside(*live, context); !told)
        return told;
    const auto name = placeFor(*side, *live, context);
    if (!name)
        return failure(name.error());
    live->close();
    auto filled = fillDatabase(*name, reader, properties, context);
    if (!side->notTaken().isEmpty()) {
        m_receipt.notes.append(
            u"settings of roles in the live database that the new one lacks: "_s +
            side->notTaken().join(u", "_s));
        m_hasDifferences = true;
    }
    if (filled)
        return m_plan.mode == RestoreMode::NewDatabase ? handOver(*side, *name, context)
                                                       : swapDatabase(*side, *name, context);
    const ErrorKind kind = filled.error().kind;
    const bool isLost = kind == ErrorKind::Unreachable || kind == ErrorKind::Timeout;
    const bool isMuch = m_bytesLoaded >= m_plan.worthKeeping || m_ledger.reached() >= 0;
    if (isLost && isMuch && m_ledger.isKept()) {
        m_receipt.left.append(
            {u"database %1: an unfinished copy of the backup, which the next restore of the same "
             "file goes on with; the live data is untouched"_s.arg(*name),
             u"DROP DATABASE "_s + postgres::quoteIdentifier(*name)});
        tellRolesLeft();
    } else {
        takeAway(*side, *name, context);
    }
    return filled;
}

/// What earlier restores keep in the live database.
Result<void> RestoreRunner::tellWhatGoesAside(postgres::Session &live, TaskContext &context)
{
    if (m_plan.mode == RestoreMode::NewDatabase)
        return {};
    return keptSchemas(live, context).transform([this](const QList<KeptSchema> &older) {
        if (!older.isEmpty())
            m_receipt.notes.append(
                (older.size() == 1 ? u"1 earlier state went"_s
                                   : u"%1 earlier states went"_s.arg(older.size())) +
                u" aside with the database, and can be put back when that is put back"_s);
    });
}

/// What an earlier restore of this file has left unfinished, or a new one.
Result<QString> RestoreRunner::placeFor(SideDatabase &side, postgres::Session &live,
                                        TaskContext &context)
{
    KeptSchema mark{.name = {},
                    .original = m_plan.target.database(),
                    .restore = m_plan.id.text(),
                    .at = m_plan.plannedAt,
                    .file = QFileInfo(m_plan.file).fileName(),
                    .state = KeptState::Loading,
                    .isDatabase = true};
    const auto kept = keptDatabases(live, m_plan.target.database(), context);
    if (!kept)
        return failure(kept.error());
    for (const KeptSchema &one : *kept) {
        if (m_fingerprint.isEmpty() || one.state != KeptState::Loading || one.file != mark.file)
            continue;
        auto inside = connectTo(m_plan.target.withDatabase(one.name), context);
        auto ledger = inside ? LoadLedger::find(*inside, m_fingerprint, context)
                             : Result<std::optional<LoadLedger>>(failure(inside.error()));
        if (context.stopRequested())
            return failure(TaskContext::cancelled(live.subject(), u"nothing changed"_s));
        if (!ledger || !*ledger)
            continue; // of another file; it is listed among what is kept
        inside->close();
        mark.name = one.name;
        if (auto ours = side.adopt(mark, context); !ours)
            return failure(ours.error());
        m_ledger = **ledger;
        m_receipt.notes.append(u"an earlier restore of this file was broken off; this one went on "
                               "with what that one had loaded (%1)"_s.arg(one.name));
        return one.name;
    }
    const auto name = side.freeName(RestoreMode::ReplaceDatabase, m_plan.plannedAt, context);
    if (!name)
        return name;
    mark.name = *name;
    auto made = side.create(live, mark, m_inspection.schemas, context);
    if (!made && made.error().kind != ErrorKind::AlreadyExists)
        takeAway(side, mark.name, context, u"possibly: "_s); // whether it came to be, nobody said
    return made.transform([&] { return mark.name; });
}

/// Nobody has seen it, so it goes; where that fails, it is said.
void RestoreRunner::takeAway(SideDatabase &side, const QString &name, TaskContext &context,
                             const QString &doubt)
{
    LateStop unstoppable(context);
    // A large one takes its minute to go; whoever stops it because the line fell silent should not
    // have to wait for that.
    auto gone = (context.stopRequested() ? side.hear() : Result<void>()).and_then([&] {
        return side.drop(name, unstoppable.context());
    });
    if (!gone) {
        // The connection may have died with the others; a new one may live.
        auto again =
            SideDatabase::open(m_plan.target, SideDatabase::Patience::Some, unstoppable.context());
        gone = again ? again->drop(name, unstoppable.context()) : failure(again.error());
    }
    if (gone)
        return takeRolesAway(context);
    m_receipt.left.append(
        {doubt + u"database %1: an unfinished copy of the backup; the live data is "
                 "untouched"_s.arg(name),
         u"DROP DATABASE "_s + postgres::quoteIdentifier(name)});
    tellRolesLeft();
}

Result<void> RestoreRunner::fillDatabase(const QString &name, dump::DumpReader &reader,
                                         SchemaProperties &properties, TaskContext &context)
{
    const postgres::ConnectionString where = m_plan.target.withDatabase(name);
    auto main = connectTo(where, context);
    if (!main)
        return failure(main.error());
    using Lending = SchemaProperties::Lending;
    const Lending lending = m_ledger.isKept() ? Lending::Done : Lending::Now;
    for (const QString &schema : std::as_const(m_inspection.schemas)) {
        if (auto lent = properties.lend(*main, schema, context, lending); !lent)
            return lent;
    }
    if (auto told = tellWhosePublicIs(*main, context); !told)
        return told;
    auto facts = targetFacts(*main, m_inspection.schemas, context);
    if (!facts)
        return failure(facts.error());
    facts->isOwnDatabase = true;
    if (auto made = makeRoles(*main, *facts, context); !made)
        return made;
    const QSet<QString> schemas(m_inspection.schemas.begin(), m_inspection.schemas.end());
    const StatementFilter filter(*std::move(facts), schemas);
    if (m_inspection.index.blocks.isEmpty())
        m_receipt.notes.append(u"this file can only be read from front to end, so its tables were "
                               "filled one after the other"_s);
    if (!m_fingerprint.isEmpty() && !m_ledger.isKept()) {
        auto ledger = LoadLedger::create(*main, m_fingerprint, context);
        if (!ledger)
            return failure(ledger.error());
        m_ledger = *std::move(ledger);
    }
    const auto wanted = std::clamp<qsizetype>(
        std::max(blocksForCrew().size(), largeTables().size()), 1, connectionsFor(m_plan));
    auto sessions = sessionsTo(where, wanted, context);
    if (!sessions)
        return failure(sessions.error());
    LoadCrew crew(*std::move(sessions), {m_plan.file, m_inspection.index.points, filter, m_ledger},
                  context);
    if (auto loaded = loadDatabase(reader, {*main, crew, filter, properties}, context); !loaded)
        return loaded;
    if (auto settled = settle(*main, properties, context); !settled)
        return settled;
    // The crew gathers statistics while the rows are counted.
    auto statistics = Statistics::of(*main, m_tallies, context);
    if (!statistics)
        return failure(statistics.error());
    m_statistics = *std::move(statistics);
    m_receipt.notes += m_statistics.notes();
    for (const TableTally &table : m_statistics.tables())
        crew.addOwn(Statistics::statementFor(table), samplesFor(m_plan.mode), table.name);
    return main->execute("BEGIN", context)
        .and_then([&](qint64) { return proveLoad(*main, context); })
        .and_then([&] { return keepJobsOff(*main, context); })
        .and_then([&] { return main->execute("COMMIT", context); })
        .and_then([&](qint64) {
            enter(RestorePhase::Analysing, 0);
            return crew.wait([this] { publish(nullptr); });
        })
        .and_then([&] { return LoadLedger::remove(*main, context); });
}

Result<void> RestoreRunner::loadDatabase(dump::DumpReader &reader, LoadInto into,
                                         TaskContext &context)
{
    enter(RestorePhase::Loading, m_inspection.plainBytes);
    postgres::Session &main = into.main;
    LoadCrew &crew = into.crew;
    SideLoad load(main, into.filter, into.properties, std::nullopt, context);
    ParallelLoad parallel(main, load, crew, blocksForCrew(), m_ledger, context);
    parallel.countBlocks(m_inspection.index.blocks);
    if (m_inspection.index.blocks.isEmpty())
        parallel.fillInOrder(largeTables(), std::min(mostToLose, m_plan.worthKeeping));
    const auto tick = [&] {
        m_now.bytesDone = std::min(m_now.bytesTotal, reader.plainBytes() + crew.bytesDone());
        m_bytesLoaded = std::max(m_bytesLoaded, parallel.bytesThere());
        m_now.rowsDone = load.rows() - crew.rowsGiven() + crew.rowsDone();
        m_now.connections = crew.work();
        publish(std::min(main.sinceLastAnswer(), crew.sinceLastAnswer()));
    };
    parallel.onTick(tick);
    load.onAdvance([&](const SideLoad &) { tick(); });
    MappedDump mapped(parallel, m_plan.mappedRoles);
    TaskContext watched(context.stopToken());
    auto read = main.execute("BEGIN", context)
                    .and_then([&](qint64) { return reader.read(mapped, watched); })
                    .and_then([&] { return parallel.finish(); })
                    .and_then([&] { return checkWhatWasRead(reader, load); });
    m_now.connections.clear();
    return read;
}

Result<void> RestoreRunner::swapDatabase(SideDatabase &side, const QString &name,
                                         TaskContext &context)
{
    enter(RestorePhase::Swapping, 0);
    const auto keptName = side.freeName(RestoreMode::Replace, m_plan.plannedAt, context);
    if (!keptName) {
        takeAway(side, name, context);
        return failure(keptName.error());
    }
    const KeptSchema kept{.name = *keptName,
                          .original = m_plan.target.database(),
                          .restore = m_plan.id.text(),
                          .file = QFileInfo(m_plan.file).fileName(),
                          .isDatabase = true};
    m_kept = {kept};
    rememberJobsOfDatabase(context);
    auto swapped = side.swap(name, kept, context);
    if (!swapped && side.mayBeSwapped() &&
        (swapped.error().kind == ErrorKind::Unreachable ||
         swapped.error().kind == ErrorKind::Timeout))
        swapped = settleDatabase(name, swapped.error(), context);
    if (swapped) {
        auto live = connectTo(m_plan.target, context);
        noteItIsLive();
        lookAfterwards(live ? &*live : nullptr, context);
        if (live && live->isOpen())
            refine(*live, context);
        else
            refineByNewConnection(context);
        return {};
    }
    if (swapped.error().kind == ErrorKind::Cancelled || !m_receipt.left.isEmpty()) {
        if (m_receipt.left.isEmpty())
            takeAway(side, name, context);
        return swapped;
    }
    m_receipt.left.append(
        {u"database %1: the backup, whole and proven; the live data is "
         "untouched. Whoever connects to it instead uses the restored data"_s.arg(name),
         u"DROP DATABASE "_s + postgres::quoteIdentifier(name)});
    tellRolesLeft();
    return swapped;
}

/// By one: others use the database now.
void RestoreRunner::refineByNewConnection(TaskContext &context)
{
    auto live = connectTo(m_plan.target, context);
    if (live)
        return refine(*live, context);
    m_receipt.notes.append(Statistics::missing(u"all tables"_s, live.error()));
}

/// The connection died with the swap on its way: only the server knows.
Result<void> RestoreRunner::settleDatabase(const QString &name, const Error &lost,
                                           TaskContext &context)
{
    LateStop patient(context);
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto side =
            SideDatabase::open(m_plan.target, SideDatabase::Patience::Some, patient.context());
        const auto isSwapped = side ? side->exists(m_kept.front().name, patient.context())
                                    : Result<bool>(failure(side.error()));
        if (!isSwapped)
            continue;
        return *isSwapped ? Result<void>() : failure(lost);
    }
    Error unknown = lost;
    unknown.sqlState = outcomeUnknown;
    unknown.detail = u"the connection was lost during the swap, and the server cannot be asked: it "
                     "may have taken place"_s;
    m_receipt.left.append({u"possibly: database %1: the data as it was before; or %2: the backup, "
                           "not yet live"_s.arg(m_kept.front().name, name),
                           QString()});
    tellRolesLeft();
    return failure(unknown);
}

} // namespace mayday::restore
