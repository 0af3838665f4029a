// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/databasedump.h"
#include "backup/manifest.h"
#include "core/clock.h"
#include "core/latest.h"
#include "dump/dumpinspection.h"
#include "dump/dumpreader.h"
#include "restore/access.h"
#include "restore/defaultrights.h"
#include "restore/inplace.h"
#include "restore/loadledger.h"
#include "restore/preflight.h"
#include "restore/proof.h"
#include "restore/restoreprogress.h"
#include "restore/schemaproperties.h"
#include "restore/sideload.h"
#include "restore/statistics.h"

namespace mayday::restore {

class LoadCrew;
class SideDatabase;
class TableScope;
class TablesBack;

/// Carries out one restore: inspect, preflight, load beside, prove, analyse, swap; or, of a Copy,
/// leave beside. Of a ReplaceDatabase what is beside is a database of its own, and of a NewDatabase
/// it stays one; InPlace there is nothing beside, and what is live goes after a safety copy of it;
/// Tables come back among the others.
///
/// A blocking worker over values; reads top to bottom. Until the last commit nothing is visible to
/// anybody else, so every failure before it means: nothing changed. Never throws and never returns
/// an Error: the receipt always says what is true, including that it is not known.
class RestoreRunner final {
public:
    RestoreRunner(RestorePlan plan, const Clock &clock, Latest<RestoreProgress> progress);

    /// How long the data are live before the full statistics begin, 0 unless told: who has waited
    /// is to see and use them first.
    void setRestWhenLive(std::chrono::milliseconds rest) { m_restWhenLive = rest; }

    /// inspection: of the same file, when there is a fresh one; otherwise the file is read first.
    [[nodiscard]] RestoreReceipt run(std::optional<dump::DumpInspection> inspection,
                                     TaskContext &context);

private:
    /// Where the statements and rows of a dump go, of a database of its own.
    struct LoadInto {
        postgres::Session &main;
        LoadCrew &crew;
        const StatementFilter &filter;
        SchemaProperties &properties;
    };

    Result<void> work(std::optional<dump::DumpInspection> inspection, TaskContext &context);
    Result<void> inspect(std::optional<dump::DumpInspection> inspection, TaskContext &context);
    Result<void> checkChoice() const;
    [[nodiscard]] static bool isForCrew(const dump::DataBlock &block);
    [[nodiscard]] QList<dump::DataBlock> blocksForCrew() const;
    [[nodiscard]] QSet<TableName> largeTables() const;
    [[nodiscard]] bool isTaken(const dump::TableInDump &table) const;
    Result<postgres::Session> openTarget(TaskContext &context);
    Result<void> choose(dump::DumpInspection whole);
    [[nodiscard]] Result<void> checkPlatform(postgres::Session &session,
                                             TaskContext &context) const;
    [[nodiscard]] Result<TargetFacts> factsFor(postgres::Session &session,
                                               TaskContext &context) const;
    Result<dump::DumpReader> openReader(TaskContext &context);
    [[nodiscard]] Result<dump::DumpReader> readerOf(TaskContext &context);
    [[nodiscard]] bool isBesideSchema() const;
    [[nodiscard]] Result<void> askAtFirst(postgres::Session &session, TaskContext &context) const;
    [[nodiscard]] Result<void> begin(postgres::Session &session, TaskContext &context) const;
    [[nodiscard]] Result<void> askBeforeTheMove(postgres::Session &session,
                                                TaskContext &context) const;
    [[nodiscard]] std::vector<postgres::Question> questionsBehindProof() const;
    Result<void> loadBeside(postgres::Session &session, dump::DumpReader &reader,
                            TaskContext &context);
    Result<void> makeRoles(postgres::Session &session, TargetFacts &facts, TaskContext &context);
    [[nodiscard]] QStringList notesOfRoles() const;
    void takeRolesAway(TaskContext &context);
    void tellRolesLeft();
    Result<void> readInto(postgres::Session &session, dump::DumpReader &reader,
                          const StatementFilter &filter, SchemaProperties &schemas,
                          TaskContext &context);
    Result<void> readDump(postgres::Session &session, dump::DumpReader &reader, SideLoad &load,
                          dump::DumpVisitor &visitor, TaskContext &context);
    [[nodiscard]] Result<void> fetchStructure(postgres::Session &session, TaskContext &context);
    Result<void> readIntoStructure(dump::DumpReader &reader, SideLoad &load, TaskContext &watched);
    [[nodiscard]] Result<void> keepWhatIsNotInRows(postgres::Session &session,
                                                   TaskContext &context);
    static Result<void> loadStructure(const QByteArray &text, SideLoad &load, TaskContext &context);
    Result<void> checkWhatWasRead(const dump::DumpReader &reader, const SideLoad &load);
    Result<void> settle(postgres::Session &session, SchemaProperties &schemas,
                        TaskContext &context);
    Result<void> proveLoad(postgres::Session &session, TaskContext &context);
    Result<void> compareAccess(postgres::Session &session, TaskContext &context);
    void readManifest();
    Result<void> compareManifest(postgres::Session &session, TaskContext &context);
    Result<void> askTheTeam(postgres::Session &session, TaskContext &context);
    Result<void> analyse(postgres::Session &session, TaskContext &context);
    void refine(postgres::Session &session, TaskContext &context);
    Result<void> leaveCopies(postgres::Session &session, TaskContext &context);
    Result<void> swap(postgres::Session &session, TaskContext &context);
    Result<void> commit(postgres::Session &session, TaskContext &context);
    [[nodiscard]] bool bringsJobs() const;
    Result<void> rememberJobs(postgres::Session &session, TaskContext &context);
    Result<void> keepJobsOff(postgres::Session &session, TaskContext &context);
    void noteJobsBefore();
    void rememberJobsOfDatabase(TaskContext &context);
    void noteItIsLive();
    [[nodiscard]] bool wakesAnything() const;
    [[nodiscard]] QHash<QString, QString> keptNames() const;
    void lookAfterwards(postgres::Session *live, TaskContext &context);
    [[nodiscard]] double secondsSinceStart() const;
    void tellWhatIsLeft();
    Result<void> settleCommit(const Error &lost, TaskContext &context);

    Result<void> copySafely(postgres::Session &session, TaskContext &context);
    Result<void> emptySchemas(postgres::Session &session, TargetFacts &facts,
                              SchemaProperties &properties, TaskContext &context);
    Result<void> finishInPlace(postgres::Session &session, TaskContext &context);
    void removeSafetyCopy();

    Result<void> restoreTables(dump::DumpReader &reader, TaskContext &context);
    Result<void> noteTables(const QStringList &defaults, const TableScope &scope);
    Result<void> finishTables(postgres::Session &session, const TablesBack &back,
                              const TableScope &scope, TaskContext &context);
    [[nodiscard]] Result<void> checkPartitions() const;
    Result<DefaultRights> setDefaultsAside(postgres::Session &session, TaskContext &context);

    Result<void> takePublicAlong(postgres::Session &live, TaskContext &context);
    Result<void> tellWhosePublicIs(postgres::Session &made, TaskContext &context);
    Result<void> besideDatabase(dump::DumpReader &reader, TaskContext &context);
    Result<QString> placeFor(SideDatabase &side, postgres::Session &live, TaskContext &context);
    void takeAway(SideDatabase &side, const QString &name, TaskContext &context,
                  const QString &doubt = {});
    Result<void> fillDatabase(const QString &name, dump::DumpReader &reader,
                              SchemaProperties &properties, TaskContext &context);
    Result<void> loadDatabase(dump::DumpReader &reader, LoadInto into, TaskContext &context);
    [[nodiscard]] Result<void> checkDatabaseWay(postgres::Session &live, TaskContext &context);
    Result<void> tellWhatGoesAside(postgres::Session &live, TaskContext &context);
    Result<void> handOver(SideDatabase &side, const QString &name, TaskContext &context);
    Result<void> handOverAgain(const QString &name, const KeptSchema &given, const Error &lost,
                               TaskContext &context);
    Result<void> swapDatabase(SideDatabase &side, const QString &name, TaskContext &context);
    void refineByNewConnection(TaskContext &context);
    Result<void> settleDatabase(const QString &name, const Error &lost, TaskContext &context);

    void enter(RestorePhase phase, qint64 bytesTotal);
    void publish(const postgres::Session *session);
    void publish(std::chrono::milliseconds sinceAnswer);
    Result<void> makeRoom(postgres::Session &session, TargetFacts &facts,
                          SchemaProperties &properties, TaskContext &context);
    Result<void> setAside(postgres::Session &session, const QString &schema,
                          SchemaProperties &properties, TaskContext &context);

    RestorePlan m_plan;
    const Clock &m_clock;
    Latest<RestoreProgress> m_progress;
    RestoreProgress m_now;
    std::chrono::milliseconds m_restWhenLive{0};
    std::chrono::milliseconds m_start{0};
    std::chrono::milliseconds m_phaseStart{0};
    std::chrono::milliseconds m_lastPublished{0};
    dump::DumpInspection m_inspection;
    QList<TableTally> m_tallies;
    QList<KeptSchema> m_kept;
    QStringList m_keptEmpty; ///< of them, those that stand for a schema that was not there
    RestoreReceipt m_receipt;
    LoadLedger m_ledger;      ///< of a ReplaceDatabase
    QString m_publicOfLive;   ///< its rights, where the new database's are not ours to change
    QByteArray m_fingerprint; ///< by which what was broken off is gone on with; empty: not at all
    std::optional<InPlace> m_inPlace;
    std::optional<backup::Manifest> m_manifest;   ///< one that is compared
    std::optional<backup::Structure> m_structure; ///< of a dump that has rows only
    QHash<TableName, QStringList> m_columns;      ///< of its tables
    Statistics m_statistics;
    Access m_access;              ///< before the load
    QStringList m_awakenedRights; ///< that the live data did not give, and the backup gives
    QList<JobOff> m_jobsOff;      ///< switched off before anybody can see them
    std::optional<QSet<qint64>> m_jobsBefore; ///< that were on in what was live
    QSet<QByteArray> m_largeObjects;          ///< that the dump has made
    QStringList m_outside;                    ///< what uses the old schemas from outside of them
    QStringList m_madeRoles; ///< in this restore's transaction, or beside its database
    QStringList m_whole;     ///< of Tables: all schemas of the dump
    QString m_undoTables;    ///< of Tables: what takes them away again
    QString m_safetyNote;    ///< how the safety copy was made
    qint64 m_bytesLoaded = 0;
    bool m_hasDifferences = false;
    bool m_checksWereOff = false;
};

} // namespace mayday::restore
