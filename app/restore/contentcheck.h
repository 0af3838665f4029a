// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/connectionstring.h"
#include "restore/restoreplan.h"
#include "restore/rowsdigest.h"

#include <QJsonObject>

#include <chrono>
#include <functional>

namespace mayday::restore {

enum class ContentVerdict { Same, Different, NotCompared };

/// One table of a backup beside the one of that name in a database.
struct TableContent {
    QString schema = {};
    QString name = {};
    ContentVerdict verdict = ContentVerdict::NotCompared;
    RowsDigest inFile = {};
    RowsDigest inDatabase = {};
    /// Columns whose text depends on the server, and the one by which a restore has switched off
    /// scheduled jobs: nothing follows from them.
    QStringList leftOut = {};
    QString why = {}; ///< of a verdict that no digest gave: "the database has no such table"
};

/// Which rows are to be those of which backup.
struct ContentQuestion {
    QString file = {};
    postgres::ConnectionString target = {};
    QList<TableName> tables = {}; ///< of the file, those that count; empty: all
};

/// How far it is: first the file is read, then the database.
struct ContentProgress {
    bool isReading = true;
    qint64 done = 0; ///< bytes of the file, then rows of the database
    qint64 total = 0;
    qsizetype tables = 0; ///< compared so far
    qsizetype tablesTotal = 0;
    QString table = {};                     ///< "public.products", of the one being read
    std::chrono::milliseconds elapsed = {}; ///< in this half
};

/// Whether the rows in a database are those of a backup, to the letter. A value.
struct ContentCheck {
    QString file = {};
    QList<TableContent> tables = {}; ///< in the order of the file

    [[nodiscard]] bool isSame() const; ///< every table was compared; leftOut is not part of it
    [[nodiscard]] qsizetype count(ContentVerdict verdict) const;
    [[nodiscard]] qint64 rows() const;       ///< of the file
    [[nodiscard]] qsizetype leftOut() const; ///< columns
};

/// Reads the file to its end and then every table of it in the database, in one snapshot, and
/// compares digests of the rows as COPY writes them. Both sides are brought to the same spelling:
/// encoding, dates, intervals, UTC. Changes nothing and keeps nobody waiting; all rows come over
/// the line once. Rows that a dump brings as INSERT are not compared.
///
/// Corrupt when the file is not a whole dump. onProgress comes often. A blocking worker.
[[nodiscard]] Result<ContentCheck>
checkContent(const ContentQuestion &question, TaskContext &context,
             const std::function<void(const ContentProgress &)> &onProgress = {});

/// Stable keys: what `maydayctl digest --json` prints.
[[nodiscard]] QJsonObject toJson(const ContentCheck &check);
[[nodiscard]] QString contentVerdictKey(ContentVerdict verdict);

} // namespace mayday::restore
