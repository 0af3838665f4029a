// SPDX-License-Identifier: GPL-3.0-or-later
#include "restore/restorerunner.h"

#include "backup/dumpopener.h"
#include "backup/inspectionindex.h"
#include "core/latestop.h"
#include "core/log.h"
#include "postgres/catalog.h"
#include "postgres/quoting.h"
#include "restore/defaultrights.h"
#include "restore/dependents.h"
#include "restore/foreignkeys.h"
#include "restore/handover.h"
#include "restore/missingneeds.h"
#include "restore/missingtables.h"
#include "restore/outsidewatch.h"
#include "restore/rolemap.h"
#include "restore/sidedatabase.h"
#include "restore/teamchecks.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::restore {

namespace {

/// Often enough to look alive, seldom enough to cost nothing.
constexpr std::chrono::milliseconds publishEvery{80};
/// Bytes of rows that are longer read than sought over: a new place costs up to 8 MB of inflating.
constexpr qint64 worthSkipping = 1024 * 1024;

Error verdictError(const dump::DumpInspection &inspection, const QString &file)
{
    Error error = inspection.problem.value_or(Error{
        .kind = ErrorKind::Corrupt, .subject = {}, .detail = u"the file is not a complete dump"_s});
    error.subject = QFileInfo(file).fileName();
    if (!error.advice)
        error.advice = Advice::TakeAnotherBackup;
    return error;
}

Error changedError(const QString &file, const QString &how)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = QFileInfo(file).fileName(),
            .detail = u"the file changed since it was inspected: "_s + how,
            .advice = Advice::TakeAnotherBackup};
}

} // namespace

RestoreRunner::RestoreRunner(RestorePlan plan, const Clock &clock, Latest<RestoreProgress> progress)
    : m_plan(std::move(plan)), m_clock(clock), m_progress(std::move(progress))
{
    m_receipt.id = m_plan.id;
    m_receipt.target = m_plan.target.display();
    m_receipt.file = m_plan.file;
    m_receipt.mode = modeKey(m_plan.mode);
    m_now.mode = m_plan.mode;
}

RestoreReceipt RestoreRunner::run(std::optional<dump::DumpInspection> inspection,
                                  TaskContext &context)
{
    m_start = m_clock.monotonic();
    if (auto done = work(std::move(inspection), context); !done) {
        m_receipt.verdict = Verdict::NotRestored;
        m_receipt.error = withWhatNeedsIt(done.error(), together(m_inspection.needs).uses);
        m_receipt.seconds = secondsSinceStart();
        removeSafetyCopy();
        for (TableResult &table : m_receipt.tables) {
            if (table.verdict == Verdict::Proven)
                table.verdict = Verdict::NotRestored;
        }
    }
    enter(RestorePhase::Finished, 0);
    log::info(u"restore",
              u"%1: %2 in %3 s%4"_s.arg(m_plan.id.text(), verdictKey(m_receipt.verdict))
                  .arg(m_receipt.seconds)
                  .arg(m_receipt.error ? u": "_s + describe(*m_receipt.error) : QString()));
    return m_receipt;
}

Result<void> RestoreRunner::work(std::optional<dump::DumpInspection> inspection,
                                 TaskContext &context)
{
    if (auto read = inspect(std::move(inspection), context); !read)
        return read;
    auto reader = openReader(context);
    if (!reader)
        return failure(reader.error());
    if (loadsDatabase(m_plan.mode))
        return besideDatabase(*reader, context);
    if (m_plan.mode == RestoreMode::Tables)
        return restoreTables(*reader, context);
    auto session = openTarget(context);
    if (!session)
        return failure(session.error());
    if (auto fetched = fetchStructure(*session, context); !fetched)
        return fetched;
    if (auto loaded = loadBeside(*session, *reader, context); !loaded)
        return loaded;
    if (auto proven = proveLoad(*session, context); !proven)
        return proven;
    if (auto analysed = analyse(*session, context); !analysed)
        return analysed;
    if (m_plan.mode == RestoreMode::Copy) {
        if (auto left = leaveCopies(*session, context); !left)
            return left;
    } else if (m_plan.mode == RestoreMode::InPlace) {
        if (auto finished = finishInPlace(*session, context); !finished)
            return finished;
    }
    return swap(*session, context);
}

Result<void> RestoreRunner::inspect(std::optional<dump::DumpInspection> inspection,
                                    TaskContext &context)
{
    enter(RestorePhase::Inspecting, backup::sizeOnDisk(m_plan.file));
    if (!inspection) {
        TaskContext watched(context.stopToken(),
                            [this](qint64 done, qint64 total, const QString &) {
                                m_now.bytesDone = done;
                                m_now.bytesTotal = total;
                                publish(nullptr);
                            });
        auto fresh = backup::inspectUnlessKnown(m_plan.file, watched);
        if (!fresh)
            return failure(fresh.error());
        inspection = *std::move(fresh);
    }
    if (inspection->verdict != dump::DumpVerdict::Complete)
        return failure(verdictError(*inspection, m_plan.file));
    if (auto chosen = choose(*std::move(inspection)); !chosen)
        return chosen;
    for (const dump::TableInDump &table : std::as_const(m_inspection.tables)) {
        m_now.tablesTotal += isTaken(table) ? 1 : 0;
        m_now.rowsTotal += isTaken(table) ? table.rows : 0;
    }
    return checkSchemas(m_inspection.schemas);
}

Result<postgres::Session> RestoreRunner::openTarget(TaskContext &context)
{
    enter(RestorePhase::Preflight, 0);
    auto session = postgres::Session::connect(m_plan.target, context,
                                              {.applicationName = u"mayday restore"_s});
    if (!session)
        return session;
    if (auto asked = askAtFirst(*session, context); !asked)
        return failure(asked.error());
    if (auto stays = checkPlatform(*session, context); !stays)
        return failure(stays.error());
    if (auto able = checkTarget(*session, m_plan, m_inspection.schemas, context); !able)
        return failure(able.error());
    // What uses the live tables goes on using them; and in place there must be nothing.
    if (m_plan.mode == RestoreMode::Copy || keepsNothing(m_plan.mode))
        return session;
    auto outside = outsideDependents(*session, m_inspection.schemas, context);
    if (!outside)
        return failure(outside.error());
    m_outside = *std::move(outside);
    return session;
}

Result<void> RestoreRunner::loadBeside(postgres::Session &session, dump::DumpReader &reader,
                                       TaskContext &context)
{
    auto facts = factsFor(session, context);
    if (!facts)
        return failure(facts.error());
    if (auto begun = begin(session, context); !begun)
        return begun;
    if (auto made = makeRoles(session, *facts, context); !made)
        return made;
    if (m_plan.mode == RestoreMode::InPlace) {
        if (auto copied = copySafely(session, context); !copied)
            return copied;
    }
    // Before the first CREATE SCHEMA: there are some for schemas, too.
    const auto defaults = DefaultRights::setAside(session, {}, context);
    if (!defaults)
        return failure(defaults.error());
    if (auto asked = askBeforeTheMove(session, context); !asked)
        return asked;
    if (m_plan.mode != RestoreMode::Copy) {
        auto access = Access::of(session, m_inspection.schemas, context);
        if (!access)
            return failure(access.error());
        m_access = *std::move(access);
    }
    SchemaProperties properties(session.facts());
    if (auto room = makeRoom(session, *facts, properties, context); !room)
        return room;
    const QSet<QString> schemas(m_inspection.schemas.begin(), m_inspection.schemas.end());
    const auto watch = OutsideWatch::begin(session, context);
    if (!watch)
        return failure(watch.error());
    return readInto(session, reader, StatementFilter(*std::move(facts), schemas), properties,
                    context)
        .and_then([&] { return watch->verify(session, context); })
        .and_then([&] { return settle(session, properties, context); })
        .and_then([&] { return defaults->bringBack(session, context); })
        .transform([this](const QStringList &notes) {
            m_receipt.notes += notes;
            m_hasDifferences = m_hasDifferences || !notes.isEmpty();
        });
}

/// A copy gets its own rights and its own comment.
Result<void> RestoreRunner::settle(postgres::Session &session, SchemaProperties &schemas,
                                   TaskContext &context)
{
    if (m_plan.mode == RestoreMode::Copy)
        return {};
    return schemas.settle(session, context).transform([this](const QStringList &notes) {
        m_receipt.notes += notes;
    });
}

/// Before the server is asked for anything: what is wrapped may take minutes to unpack, and nobody
/// else should wait for that.
Result<dump::DumpReader> RestoreRunner::openReader(TaskContext &context)
{
    enter(RestorePhase::Opening, backup::sizeOnDisk(m_plan.file));
    TaskContext watched(context.stopToken(), [this](qint64 done, qint64 total, const QString &) {
        m_now.bytesDone = done;
        m_now.bytesTotal = total;
        publish(nullptr);
    });
    return readerOf(watched);
}

/// Of a few tables only what has to be read; everything else in full, checksums included.
Result<dump::DumpReader> RestoreRunner::readerOf(TaskContext &context)
{
    const bool isDatabase = loadsDatabase(m_plan.mode);
    const dump::DumpIndex &index = m_inspection.index;
    const bool isWanted =
        isDatabase ? !index.blocks.isEmpty() : !m_plan.tables.isEmpty() && index.knowsRows();
    const bool inParts = isWanted && backup::completeIndex(m_inspection, m_plan.file);
    if (!inParts)
        m_inspection.index.blocks.clear(); // which makes another fingerprint
    if (isDatabase)
        m_fingerprint =
            withRoles(backup::fingerprintOf(m_inspection, m_plan.file), m_plan.mappedRoles);
    if (!inParts) {
        m_inspection.index = {};
        return backup::openDump(m_plan.file, context);
    }
    const auto isUnwanted = [this, isDatabase](const dump::DataBlock &block) {
        if (isDatabase)
            return isForCrew(block);
        return block.bytes >= worthSkipping &&
               !m_plan.tables.contains(TableName(block.schema, block.table));
    };
    return dump::DumpReader::ofParts(m_plan.file, m_inspection.index.partsWithout(isUnwanted),
                                     m_inspection.index.points);
}

Result<void> RestoreRunner::readInto(postgres::Session &session, dump::DumpReader &reader,
                                     const StatementFilter &filter, SchemaProperties &schemas,
                                     TaskContext &context)
{
    std::optional<CopyScope> scope;
    if (m_plan.mode == RestoreMode::Copy)
        scope.emplace(m_plan.tables);
    SideLoad load(session, filter, schemas, scope, context);
    return readDump(session, reader, load, load, context);
}

/// visitor: what hears the dump, and sends by the load what it takes of it.
Result<void> RestoreRunner::readDump(postgres::Session &session, dump::DumpReader &reader,
                                     SideLoad &load, dump::DumpVisitor &visitor,
                                     TaskContext &context)
{
    enter(RestorePhase::Loading, backup::sizeOnDisk(m_plan.file));
    load.onAdvance([this, &session](const SideLoad &at) {
        m_now.rowsDone = at.rows();
        m_now.tablesDone = static_cast<int>(at.tablesDone());
        m_now.table = at.currentTable();
        publish(&session);
    });
    TaskContext watched(context.stopToken(), [this](qint64 done, qint64 total, const QString &) {
        m_now.bytesDone = done;
        m_now.bytesTotal = total;
    });
    MappedDump mapped(visitor, m_plan.mappedRoles);
    auto read =
        m_structure ? readIntoStructure(reader, load, watched) : reader.read(mapped, watched);
    if (!read)
        return read;
    if (auto arrived = load.finish(); !arrived)
        return arrived;
    return checkWhatWasRead(reader, load);
}

Result<void> RestoreRunner::checkWhatWasRead(const dump::DumpReader &reader, const SideLoad &load)
{
    if (!reader.completionLineSeen())
        return failure(changedError(m_plan.file, u"its last line is gone"_s));
    // What was shown and agreed to is what the inspection found; another dump is another question.
    const bool isOtherText =
        !m_inspection.index.knowsRows() && reader.plainBytes() != m_inspection.plainBytes;
    if (reader.fileBytes() != m_inspection.fileBytes || reader.lines() != m_inspection.lines ||
        isOtherText)
        return failure(changedError(m_plan.file, u"it is another dump now"_s));
    // An INSERT that a trigger or a rule swallows succeeds with no row.
    if (load.rows() < m_now.rowsTotal)
        return failure(
            {.kind = ErrorKind::Corrupt,
             .subject = QFileInfo(m_plan.file).fileName(),
             .detail =
                 u"it has %1 rows, and the server took %2"_s.arg(m_now.rowsTotal).arg(load.rows()),
             .advice = Advice::TakeAnotherBackup});
    m_tallies = load.tallies();
    m_receipt.notes += load.notes();
    m_hasDifferences = m_hasDifferences || load.hasDifferences();
    m_checksWereOff = load.checksWereOff();
    m_largeObjects = load.largeObjects();
    return {};
}

Result<void> RestoreRunner::proveLoad(postgres::Session &session, TaskContext &context)
{
    if (auto kept = keepWhatIsNotInRows(session, context); !kept)
        return kept;
    readManifest();
    enter(RestorePhase::Proving, 0);
    m_now.tablesDone = 0;
    m_now.tablesTotal = static_cast<int>(m_tallies.size());
    const auto proof = prove(
        session, m_tallies, m_inspection.sequences, context,
        [this, &session](const ProofResult &at) {
            m_now.tables = at.tables;
            m_now.tablesDone += 1;
            publish(&session);
        },
        questionsBehindProof());
    if (!proof)
        return failure(proof.error());
    m_receipt.tables = proof->tables;
    m_receipt.notes += proof->notes;
    m_hasDifferences = m_hasDifferences || proof->hasDifferences;
    if (proof->isProven) {
        // Of Tables those are made later, and checked then.
        auto keys = m_checksWereOff && m_plan.mode != RestoreMode::Tables
                        ? checkForeignKeys(session, m_inspection.schemas, context)
                        : Result<void>();
        return keys.and_then([&] { return proveLargeObjects(session, m_largeObjects, context); })
            .and_then([&] { return compareAccess(session, context); })
            .and_then([&] { return compareManifest(session, context); })
            .and_then([&] { return askTheTeam(session, context); });
    }
    const auto wrong =
        std::ranges::find(proof->tables, Verdict::Differences, &TableResult::verdict);
    const bool isTable = wrong != proof->tables.end();
    return failure({.kind = ErrorKind::Corrupt,
                    .subject = isTable ? wrong->schema + u'.' + wrong->name : u"the copy"_s,
                    .detail = isTable ? wrong->note : proof->notes.value(0),
                    .advice = Advice::TakeAnotherBackup});
}

/// Whoever was let in before and is refused now, or the other way round.
Result<void> RestoreRunner::compareAccess(postgres::Session &session, TaskContext &context)
{
    if (m_plan.mode == RestoreMode::Copy || m_plan.mode == RestoreMode::Tables)
        return {};
    return Access::of(session, m_inspection.schemas, context).transform([this](const Access &now) {
        const QStringList changes = m_access.changesTo(now);
        m_receipt.notes += changes;
        m_awakenedRights = m_access.awakenedIn(now);
        m_hasDifferences = m_hasDifferences || !changes.isEmpty();
    });
}

Result<void> RestoreRunner::askTheTeam(postgres::Session &session, TaskContext &context)
{
    auto answers = runChecks(session, m_plan.checks, m_inspection.schemas, context);
    if (!answers)
        return failure(answers.error());
    m_receipt.checks = *std::move(answers);
    m_hasDifferences = m_hasDifferences || m_receipt.checksFailed() > 0;
    return {};
}

/// A copy is nobody's until it is looked at, so its statistics come in full at once.
Result<void> RestoreRunner::analyse(postgres::Session &session, TaskContext &context)
{
    enter(RestorePhase::Analysing, 0);
    m_now.tables = m_receipt.tables;
    auto statistics = Statistics::of(session, m_tallies, context);
    if (!statistics)
        return failure(statistics.error());
    m_statistics = *std::move(statistics);
    m_receipt.notes += m_statistics.notes();
    const QByteArray samples =
        m_plan.mode == RestoreMode::Copy ? QByteArray() : Statistics::smallSamples(true);
    return m_statistics.gather(session, samples, context, [&](qsizetype) { publish(&session); });
}

/// Whatever comes of it, the verdict stands.
void RestoreRunner::refine(postgres::Session &session, TaskContext &context)
{
    enter(RestorePhase::Refining, 0);
    m_now.tablesDone = 0;
    m_now.tablesTotal = static_cast<int>(m_statistics.tables().size());
    context.pause(m_restWhenLive);
    m_receipt.notes += m_statistics.refine(session, context, [&](qsizetype done) {
        m_now.tablesDone = static_cast<int>(done);
        publish(&session);
    });
}

/// What was loaded makes room again for what is live; nobody else has seen it go.
Result<void> RestoreRunner::leaveCopies(postgres::Session &session, TaskContext &context)
{
    const auto kept = keptOf(session, m_plan.id.text(), KeptFor::PutBack, context);
    if (!kept)
        return failure(kept.error());
    for (const KeptSchema &aside : *kept) {
        const auto name =
            freeKeptName(session, aside.original, m_plan.plannedAt, RestoreMode::Copy, context);
        if (!name)
            return failure(name.error());
        KeptSchema copy = aside;
        copy.name = *name;
        copy.state = KeptState::Copy;
        if (!m_plan.tables.isEmpty())
            copy.only.emplace();
        for (const TableName &table : std::as_const(m_plan.tables)) {
            if (table.first == aside.original)
                copy.only->append(table.second);
        }
        if (auto left =
                leaveAsCopy(session, aside, copy, !m_keptEmpty.contains(aside.name), context);
            !left)
            return left;
        std::ranges::replace_if(
            m_kept, [&](const KeptSchema &one) { return one.name == aside.name; }, copy);
    }
    return {};
}

Result<void> RestoreRunner::swap(postgres::Session &session, TaskContext &context)
{
    enter(RestorePhase::Swapping, 0);
    if (context.stopRequested())
        return failure(TaskContext::cancelled(m_receipt.target, u"nothing changed"_s));
    if (auto off = keepJobsOff(session, context); !off)
        return off;
    if (auto committed = commit(session, context); !committed)
        return committed;
    noteItIsLive();
    if (m_plan.mode == RestoreMode::Copy)
        return {};
    lookAfterwards(session.isOpen() ? &session : nullptr, context);
    if (session.isOpen())
        refine(session, context);
    else // lost with the answer to the commit
        refineByNewConnection(context);
    return {};
}

double RestoreRunner::secondsSinceStart() const
{
    return static_cast<double>((m_clock.monotonic() - m_start).count()) / 1000.0;
}

Result<void> RestoreRunner::commit(postgres::Session &session, TaskContext &context)
{
    QList<NameChange> changes;
    for (const KeptSchema &kept : std::as_const(m_kept)) {
        if (kept.state != KeptState::Copy) // beside it, the live names mean what they did
            changes.append({.from = kept.name, .to = kept.original});
    }
    const QStringList before = m_receipt.notes;
    Handover handover(session, changes);
    auto done = handover.commit(context);
    m_hasDifferences = m_hasDifferences || !handover.differences().isEmpty();
    m_receipt.notes += handover.differences() + handover.notes();
    for (const QString &dependent : std::as_const(m_outside)) {
        if (handover.followed().contains(dependent))
            continue;
        m_hasDifferences = true;
        m_receipt.notes.append(dependent + u" goes on using the old schema"_s);
    }
    if (!done && handover.mayHaveHappened())
        done = settleCommit(done.error(), context);
    if (!done)
        m_receipt.notes = before; // those are about a swap
    return done;
}

void RestoreRunner::tellWhatIsLeft()
{
    for (const KeptSchema &kept : std::as_const(m_kept)) {
        QString what = u"schema %1: the data as it was before"_s;
        if (kept.state == KeptState::Copy)
            what = u"schema %1: a copy of the backup, beside the live data"_s;
        else if (m_keptEmpty.contains(kept.name))
            what = u"schema %1: empty, as there was none before"_s;
        if (kept.isDatabase)
            what = kept.state == KeptState::HandedOver
                       ? u"database %1: the backup, in a database of its own"_s
                       : u"database %1: the data as it was before"_s;
        m_receipt.left.append({what.arg(kept.name), removalOf(kept)});
    }
    if (m_plan.mode == RestoreMode::Tables)
        m_receipt.left.append(
            {u"%1: not there before"_s.arg(inWords(m_plan.tables)), m_undoTables});
}

void RestoreRunner::enter(RestorePhase phase, qint64 bytesTotal)
{
    m_phaseStart = m_clock.monotonic();
    m_now.phase = phase;
    m_now.bytesDone = 0;
    m_now.bytesTotal = bytesTotal;
    m_now.table.clear();
    m_lastPublished = {};
    publish(nullptr);
}

void RestoreRunner::publish(const postgres::Session *session)
{
    publish(session ? session->sinceLastAnswer() : std::chrono::milliseconds(0));
}

void RestoreRunner::publish(std::chrono::milliseconds sinceAnswer)
{
    const auto now = m_clock.monotonic();
    if (m_lastPublished.count() != 0 && now - m_lastPublished < publishEvery)
        return;
    m_lastPublished = now;
    m_now.publishedAt = now;
    m_now.phaseElapsed = now - m_phaseStart;
    m_now.sinceAnswer = sinceAnswer;
    m_progress.publish(m_now);
}

Result<void> RestoreRunner::makeRoom(postgres::Session &session, TargetFacts &facts,
                                     SchemaProperties &properties, TaskContext &context)
{
    if (m_plan.mode == RestoreMode::InPlace)
        return emptySchemas(session, facts, properties, context);
    for (const QString &schema : std::as_const(m_inspection.schemas)) {
        if (auto aside = setAside(session, schema, properties, context); !aside)
            return aside;
    }
    return {};
}

Result<void> RestoreRunner::setAside(postgres::Session &session, const QString &schema,
                                     SchemaProperties &properties, TaskContext &context)
{
    const auto exists = postgres::schemaExists(session, schema, context);
    if (!exists)
        return failure(exists.error());
    const auto name =
        freeKeptName(session, schema, m_plan.plannedAt, RestoreMode::Replace, context);
    if (!name)
        return failure(name.error());
    const KeptSchema kept{.name = *name,
                          .original = schema,
                          .restore = m_plan.id.text(),
                          .file = QFileInfo(m_plan.file).fileName()};
    if (auto remembered = properties.remember(session, schema, context); !remembered)
        return remembered;
    const auto notes = moveAside(session, kept, context, [&](const QString &owner) {
        return properties.lendTo(schema, owner);
    });
    if (!notes)
        return failure(notes.error());
    m_receipt.notes += *notes;
    if (!*exists) {
        if (auto lent = properties.lend(session, schema, context); !lent)
            return lent;
        m_keptEmpty.append(kept.name);
    }
    m_kept.append(kept);
    return {};
}

} // namespace mayday::restore
