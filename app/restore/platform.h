// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "postgres/session.h"
#include "restore/restoreplan.h"

namespace mayday::restore {

/// A schema of a dump that is on the server already and that this login can replace in no way: on a
/// managed host auth, storage, realtime ... A value.
struct PlatformSchema {
    QString name;
    QString reason;         ///< a clause: "it belongs to supabase_admin"
    bool isService = false; ///< a service of the host works in it, and must find it as it is
};

/// Which of these schemas are the platform's, in their order: those of an extension or of a role
/// that runs a service; and all others but "public" that are somebody else's, or the home of an
/// extension that cannot be moved, when the login may not drop what is in them. By what the server
/// says of rights, not by a list of names: on a server of one's own they are restored.
[[nodiscard]] Result<QList<PlatformSchema>>
platformSchemas(postgres::Session &session, const QStringList &schemas, TaskContext &context);

/// What platformSchemas() asks in any case.
[[nodiscard]] std::vector<postgres::Question> platformQuestions(const QStringList &schemas);

/// The schemas that are home to an extension which this login cannot move, and whose it is.
[[nodiscard]] Result<QMap<QString, QString>>
homesOfExtensions(postgres::Session &session, const QStringList &schemas, TaskContext &context);

/// Why a restore of all of these cannot be, and that it could be without the platform's.
[[nodiscard]] Error mustStay(const QList<PlatformSchema> &schemas, const QString &user);

/// The inspection of the same dump as if these schemas were not in it: their tables, sequences and
/// what only they need. What describes the file (its size, its lines) stays.
[[nodiscard]] dump::DumpInspection withoutSchemas(const dump::DumpInspection &whole,
                                                  const QStringList &schemas);

/// Refused: a schema that the dump does not have, or all that it has.
[[nodiscard]] Result<void> checkLeftOut(const RestorePlan &plan, const dump::DumpInspection &whole);
/// Why the whole database cannot be swapped for one without these schemas.
[[nodiscard]] Error notWithTheDatabase(const QStringList &leaveOut);
/// NotFound: one that is not on the server, so that nothing would stay as it is.
[[nodiscard]] Result<void> checkIsThere(postgres::Session &session, const QStringList &schemas,
                                        TaskContext &context);

/// How much of the dump is in these schemas.
struct LeftOutAmount {
    qint64 tables = 0;
    qint64 rows = 0;
};
[[nodiscard]] LeftOutAmount amountIn(const dump::DumpInspection &whole, const QStringList &schemas);

/// "schemas auth, storage left out: 2 tables with 12 rows of the backup are not restored, and what
/// is there stays as it is"
[[nodiscard]] QString leftOutNote(const dump::DumpInspection &whole, const QStringList &schemas);

} // namespace mayday::restore
