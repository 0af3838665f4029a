// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/restoreplan.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QStringList>

#include <optional>

namespace mayday::restore {

/// What stands in a schema that Mayday keeps.
enum class KeptState {
    Before,   ///< the data from before a restore
    Restored, ///< what a restore had brought, after its undo
    Copy,     ///< a backup that was never live
    Loading,  ///< a backup whose restore is under way, or has died
    /// A backup in a database of its own, proven, that people may have switched to: nothing to put
    /// back with, and it goes by hand alone, while nobody is connected to it.
    HandedOver,
};

/// A schema that a restore, or the undo of one, has moved aside. Known from the comment that Mayday
/// writes on it, so it is found from any machine and after any crash.
struct KeptSchema {
    QString name;     ///< "public_before_20261123_081500"
    QString original; ///< "public"
    /// id of the restore that moved it; empty of a database that died before it could be marked
    QString restore;
    /// UTC, by the server's clock. Invalid of what was handed over: its mark has no time from which
    /// days could be counted, whoever reads it.
    QDateTime at = {};
    QString file;         ///< the file that took its place
    QString comment = {}; ///< what its own comment said before ours
    KeptState state = KeptState::Before;
    bool isDatabase = false; ///< name and original are those of databases
    /// A DROP DATABASE of it was interrupted: nobody can connect to it, it can only be dropped.
    bool isBroken = false;
    /// Of a Copy: the tables whose rows are in it; absent when all are.
    std::optional<QStringList> only = std::nullopt;
    qint64 bytes = 0;
    qint64 tables = 0;
};

/// Keys: name, original, kind ("schema" or "database"), restore, at, file, holds ("before",
/// "restored", "copy", "loading" or "handed-over"), tables, bytes; of a part of a backup also only,
/// and broken: true.
[[nodiscard]] QJsonObject toJson(const KeptSchema &kept);

/// Everything Mayday keeps in this database, newest first.
[[nodiscard]] Result<QList<KeptSchema>> keptSchemas(postgres::Session &session,
                                                    TaskContext &context);

/// What kept schemas are wanted for: a copy was never live, so it can only be compared.
enum class KeptFor { PutBack, Compare };

/// All schemas of one restore that are kept here, each once, in its newest state; the newest
/// restore when none is named. NotFound when there are none.
[[nodiscard]] Result<QList<KeptSchema>> keptOf(postgres::Session &session, const QString &restore,
                                               KeptFor purpose, TaskContext &context);

/// The name a schema's content is kept under as of then, or the next one that is not taken: long
/// names differ behind the part there is room for, and two undos may fall into one second.
[[nodiscard]] Result<QString> freeKeptName(postgres::Session &session, const QString &schema,
                                           const QDateTime &at, RestoreMode mode,
                                           TaskContext &context);

/// The statement that takes a kept schema away by hand.
[[nodiscard]] QString removalOf(const QString &keptName);
[[nodiscard]] QString removalOf(const KeptSchema &kept); ///< whatever it is
/// Since when it is kept, by its mark or else by the moment in its name, for people; invalid when
/// neither says.
[[nodiscard]] QDateTime keptSince(const KeptSchema &kept);
/// Whether it has the name Mayday gave it. Renamed by hand it carries the mark still, and whoever
/// did that may work with it: it is never dropped.
[[nodiscard]] bool isAside(const KeptSchema &kept);
/// What a mark says about the schema or database that carries it; nothing when it is not ours.
[[nodiscard]] std::optional<KeptSchema> keptFromComment(const QString &name,
                                                        QByteArrayView comment);

/// The comment that marks a schema as kept.
[[nodiscard]] QByteArray commentOf(const KeptSchema &kept);

} // namespace mayday::restore
