// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/comparison.h"
#include "restore/restorereceipt.h"

namespace mayday::restore {

/// What becomes of one table of which the kept state has more, or other, rows than the live one.
enum class TableChoice {
    LeaveAsRestored, ///< as it is live
    AddMissing,      ///< the live rows, and those that only the kept state has
    AsBefore,        ///< exactly the rows of the kept state
};

struct TableDecision {
    QString schema; ///< the live one
    QString name;
    TableChoice choice = TableChoice::LeaveAsRestored;
};

/// What one table got.
struct TableBroughtBack {
    QString schema;
    QString name;
    TableChoice choice = TableChoice::AddMissing;
    qint64 inserted = 0;
    qint64 updated = 0;
    qint64 deleted = 0;
};

/// The outcome, counted. On any failure nothing changed, unless isUnknown says that the connection
/// was lost during the commit.
struct BringBackReceipt {
    Verdict verdict = Verdict::NotRestored;
    QString restore = {};
    QList<TableBroughtBack> tables = {};
    QStringList notes = {};
    std::optional<Error> error = std::nullopt;
    bool isUnknown = false;
    bool isFromCopy = false; ///< of a backup, not from the state before a restore
    double seconds = 0;

    [[nodiscard]] qint64 inserted() const;
};

/// Brings rows of a kept state, which a restore took away or which a copy of a backup still has,
/// into the live tables, in one transaction: writers of the
/// chosen tables wait, readers do not. Parents before children; user triggers do not run; sequences
/// never stay behind. Proven before the commit: each chosen table compared again, no other table
/// with another number of rows.
///
/// restore: id of the one whose kept schemas are the source. A blocking worker.
[[nodiscard]] BringBackReceipt bringBack(const postgres::ConnectionString &target,
                                         const QString &restore,
                                         const QList<TableDecision> &decisions,
                                         TaskContext &context);

[[nodiscard]] QString choiceKey(TableChoice choice); ///< "leave", "add", "before"
[[nodiscard]] std::optional<TableChoice> choiceFromKey(const QString &key);
[[nodiscard]] QJsonObject toJson(const BringBackReceipt &receipt);

} // namespace mayday::restore
