// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/schemaswap.h"
#include "restore/tablepair.h"

#include <functional>

namespace mayday::restore {

/// How one table of a kept schema differs from the live one. The words are those after a restore;
/// where a copy of a backup is kept, the rows only kept were deleted since, those only live
/// written.
struct TableComparison {
    TablePair pair;
    qint64 onlyKept = 0;  ///< written after the backup: the restore took them away
    qint64 onlyLive = 0;  ///< deleted after the backup: the restore brought them back
    qint64 different = 0; ///< same key, other contents; 0 without a key

    [[nodiscard]] bool isSame() const { return onlyKept + onlyLive + different == 0; }
};

/// Everything in which what a restore has moved aside differs from what is live now. A value.
struct Comparison {
    QString restore = {};  ///< id of the restore whose kept schemas these are
    bool isCopy = false;   ///< they hold a backup, not the state before it
    QString database = {}; ///< they are in; empty for the live one
    QList<TableComparison> tables = {};

    [[nodiscard]] qint64 onlyKept() const;
    [[nodiscard]] bool isSame() const;
};

/// Compares on the server, in one snapshot, without changing anything or keeping anybody waiting.
/// Of another database the rows of tables that differ come over the line. restore: its id, or empty
/// for the newest. NotFound when nothing of it is kept. A blocking worker.
[[nodiscard]] Result<Comparison>
compareWithKept(const postgres::ConnectionString &target, const QString &restore,
                TaskContext &context, const std::function<void(const Comparison &)> &onTable);

/// Fills in the counts. Inside the caller's transaction.
[[nodiscard]] Result<void> compareTable(postgres::Session &session, TableComparison &table,
                                        TaskContext &context);

/// Stable keys: what `maydayctl compare --json` prints.
[[nodiscard]] QJsonObject toJson(const Comparison &comparison);

} // namespace mayday::restore
