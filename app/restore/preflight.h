// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/datatime.h"
#include "restore/inplace.h"
#include "restore/lossestimate.h"
#include "restore/missingneeds.h"
#include "restore/notmade.h"
#include "restore/platform.h"
#include "restore/restoreplan.h"
#include "restore/restoreway.h"
#include "restore/schemaswap.h"
#include "restore/serverlimits.h"
#include "restore/statementfilter.h"

namespace mayday::restore {

/// A schema the restore will replace.
struct SchemaFacts {
    QString name;
    bool exists = false;
    QString owner = {};
    qint64 tables = 0;
    qint64 rows = 0; ///< as the planner knows them
    qint64 bytes = 0;
};

/// What the target really is, asked of the server, before anything is decided. A value.
struct PreflightReport {
    QString serverVersion;
    QString target; ///< "database shop on 127.0.0.1:5432 as app"
    QList<SchemaFacts> schemas;
    QList<PreflightNote> notes;
    std::optional<Error> blocker; ///< set: the restore would be refused, and why
    /// Set: the live data could not be replaced, and why; rows could be brought back all the same.
    std::optional<Error> hindrance = std::nullopt;
    std::optional<LossEstimate> loss;
    RestoreWay way;
    QList<KeptSchema> kept;                             ///< what earlier restores have left here
    QList<TableName> missingTables = {};                ///< of the dump; they can come back alone
    std::optional<InPlaceFacts> inPlace = std::nullopt; ///< when the schemas can be emptied
    MissingNeeds missing = {};                          ///< of what the dump takes for granted
    NotMade notMade = {};                               ///< of the dump, and not for want of them
    bool canMakeRoles = false;                          ///< the login may make the missing roles
    HostProfile host = {};                              ///< whose server it is
    ServerLimits limits = {};                           ///< what holds sessions there
    bool isPoolerExcluded = false;      ///< it was looked for, and no transaction pooler was found
    QList<RoleChoice> roleChoices = {}; ///< mapped ones included
    /// Schemas of the dump that stay as they are: left out by the plan, or because they have to.
    QStringList leftOut = {};
    QList<PlatformSchema> platform = {}; ///< of them those that have to and that the plan has not
    qint64 safetySpace = -1; ///< bytes free where the safety copy would go; -1: nobody can say

    [[nodiscard]] qint64 liveBytes() const;
    [[nodiscard]] qint64 liveRows() const;
};

/// For maydayctl; rows are as the planner knows them.
[[nodiscard]] QJsonObject toJson(const PreflightReport &report);
/// "3 of 100 in use, 1 of them in this database; no transaction pooler found in between"; empty
/// when it was not asked.
[[nodiscard]] QString sessionsInWords(const PreflightReport &report);

/// Connects, asks, disconnects. Changes nothing. taken: when the backup's data was. An Error only
/// when nothing could be asked at all.
[[nodiscard]] Result<PreflightReport> runPreflight(const RestorePlan &plan,
                                                   const dump::DumpInspection &inspection,
                                                   const backup::DataTime &taken,
                                                   TaskContext &context);

/// What checkTarget() asks for a restore beside the schema, and targetFacts().
[[nodiscard]] std::vector<postgres::Question> rightsQuestions(const QStringList &schemas);
[[nodiscard]] std::vector<postgres::Question> targetQuestions(const QStringList &schemas);
/// The part the load itself needs, through a session that is open already.
[[nodiscard]] Result<TargetFacts> targetFacts(postgres::Session &session,
                                              const QStringList &schemas, TaskContext &context);
/// Owners who may make nothing in one of these schemas are none there.
[[nodiscard]] Result<void> leaveOutWhoMayNot(postgres::Session &session,
                                             const QSet<QString> &schemas, TargetFacts &facts,
                                             TaskContext &context);
/// The numbers of all large objects: they belong to the database and do not go aside.
[[nodiscard]] Result<QSet<QByteArray>> largeObjects(postgres::Session &session,
                                                    TaskContext &context);
/// Refused for a transaction pooler, by its address or by what it does. Outside of a transaction.
[[nodiscard]] Result<void> checkNoPooler(postgres::Session &session, const RestorePlan &plan,
                                         TaskContext &context);
/// reason: " (its port is 6543)", or empty.
[[nodiscard]] Error poolerError(const postgres::Session &session, const QString &reason);
/// Refused for a standby, a schema the login may not rename, or in place may not empty;
/// with the way out.
[[nodiscard]] Result<void> checkTarget(postgres::Session &session, const RestorePlan &plan,
                                       const QStringList &schemas, TaskContext &context);
/// Refused for PostgreSQL's own schemas, and when there are none.
[[nodiscard]] Result<void> checkSchemas(const QStringList &schemas);

} // namespace mayday::restore
