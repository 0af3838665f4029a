// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/id.h"
#include "postgres/connectionstring.h"

#include <QDateTime>
#include <QList>
#include <QMap>
#include <QPair>
#include <QString>
#include <QStringList>

namespace mayday::restore {

using RestoreId = Id<struct RestoreTag>;
using TableName = QPair<QString, QString>; ///< schema, name
/// Whom of a server a role of a dump is there; names as the server knows them.
using RoleMap = QMap<QString, QString>;

enum class RestoreMode {
    Replace, ///< the backup takes the place of the live data, which is kept
    Copy,    ///< the backup stands beside the live data, to compare and to bring rows back from
    ReplaceDatabase, ///< as Replace, of the whole database, by several connections
    InPlace, ///< what is live goes, after a safety copy of it, and the backup is loaded there
    Tables,  ///< tables that the server has lost come back where they were; nothing else changes
    NewDatabase, ///< as ReplaceDatabase, without the swap: people switch to it, or nobody does
};

/// A question of the team's own about what was loaded, whose answer must be true.
struct TeamCheck {
    QString name;
    QString sql; ///< one SELECT of one boolean
};

/// What the user decided: which file goes where. A value; editing it does nothing.
struct RestorePlan {
    RestoreId id;
    QString file;                      ///< the dump on this disk
    postgres::ConnectionString target; ///< with its password when one is needed
    QString environment;               ///< "production", "practice": named in every confirmation
    QString incident = {};             ///< id of the incident it belongs to, or empty
    QString database = {};             ///< id of the database in stack.yaml, or empty (maydayctl)
    QDateTime plannedAt = {};          ///< UTC; stamps the names of what is kept
    RestoreMode mode = RestoreMode::Replace;
    /// Of a Copy: whose rows; empty for all. Of Tables: which ones.
    QList<TableName> tables = {};
    int connections = 0; ///< of loadsDatabase(); 0 for as many as this machine has cores
    /// Of loadsDatabase(): with so many bytes of rows there, what a lost connection leaves is kept
    /// to be gone on with; less is begun anew.
    qint64 worthKeeping = qint64(64) * 1024 * 1024;
    QList<TeamCheck> checks = {}; ///< asked of what was loaded, before it becomes live
    /// The roles that the dump names and the server lacks are made first, without a login.
    bool makeRoles = false;
    /// Roles of the dump that are others here: theirs is what the dump says is those'.
    RoleMap mappedRoles = {};
    /// Schemas of the dump that are not restored: what is there under their names stays as it is.
    QStringList leaveOut = {};
    /// From stack.yaml, for the words of the plan: what is kept goes after so many; 0: by hand
    /// alone.
    int keepDays = 0;
    /// Of InPlace: the folder for the safety copy; empty for the one that the dump is in. Of Tables
    /// nothing but the note of restoremark.h goes there.
    QString safetyFolder = {};

    /// "schema public in shop on 127.0.0.1:5432", for buttons and receipts.
    [[nodiscard]] QString targetName(const QString &schema) const;
    /// The name under which a schema's other content is kept: "public_before_20261123_081500".
    [[nodiscard]] QString keptSchemaName(const QString &schema) const;
    /// Where the safety copy goes: "/backups/shop_before_20261123_081500.sql.gz".
    [[nodiscard]] QString safetyCopyFile() const;
};

/// An id that sorts by time: "restore-20261123-081500-123-0af31c"; no two are the same.
[[nodiscard]] RestoreId freshRestoreId(const QDateTime &now);
/// The moment in the id; invalid when it has none.
[[nodiscard]] QDateTime plannedAtOf(const RestoreId &restore);

/// Whether nothing is kept on the server by which it could be found there: restoremark.h.
[[nodiscard]] constexpr bool keepsNothing(RestoreMode mode)
{
    return mode == RestoreMode::InPlace || mode == RestoreMode::Tables;
}

/// Whether it goes into a database of its own, by several connections.
[[nodiscard]] constexpr bool loadsDatabase(RestoreMode mode)
{
    return mode == RestoreMode::ReplaceDatabase || mode == RestoreMode::NewDatabase;
}

/// Whether what is live stays live, all of it, whatever comes of the restore.
[[nodiscard]] constexpr bool leavesLive(RestoreMode mode)
{
    return mode == RestoreMode::Copy || mode == RestoreMode::NewDatabase;
}

[[nodiscard]] QString modeKey(RestoreMode mode); ///< "beside-schema", "copy" ...
/// Replace for what it does not know: records of the first versions have no mode.
[[nodiscard]] RestoreMode modeFromKey(const QString &key);

} // namespace mayday::restore
