// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/connectionstring.h"
#include "restore/rowsdigest.h"

#include <QJsonObject>

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
    QStringList leftOut = {}; ///< columns whose text depends on the server, so that nothing follows
    QString why = {}; ///< of a verdict that no digest gave: "the database has no such table"
};

/// Whether the rows in a database are those of a backup, to the letter. A value.
struct ContentCheck {
    QString file = {};
    QList<TableContent> tables = {}; ///< in the order of the file

    [[nodiscard]] bool isSame() const; ///< every table was compared; leftOut is not part of it
};

/// Reads the file to its end and then every table of it in the database, in one snapshot, and
/// compares digests of the rows as COPY writes them. Both sides are brought to the same spelling:
/// encoding, dates, intervals, UTC. Changes nothing and keeps nobody waiting; all rows come over
/// the line once. Rows that a dump brings as INSERT are not compared.
///
/// Corrupt when the file is not a whole dump. A blocking worker.
[[nodiscard]] Result<ContentCheck>
checkContent(const QString &file, const postgres::ConnectionString &target, TaskContext &context,
             const std::function<void(const TableContent &)> &onTable = {});

/// Stable keys: what `maydayctl digest --json` prints.
[[nodiscard]] QJsonObject toJson(const ContentCheck &check);
[[nodiscard]] QString contentVerdictKey(ContentVerdict verdict);

} // namespace mayday::restore
