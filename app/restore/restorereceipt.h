// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "restore/afterwards.h"
#include "restore/restoreplan.h"

#include <QJsonObject>
#include <QList>
#include <QStringList>

#include <optional>

namespace mayday::restore {

/// There are three and no other; none of them is taken from an exit code.
enum class Verdict { Proven, Differences, NotRestored };

/// One table, counted on both sides.
struct TableResult {
    QString schema;
    QString name;
    qint64 rowsInDump = 0;
    qint64 rowsAfter = -1; ///< -1: not counted
    QString sequence = {}; ///< "ok", "behind its column", or empty when it has none
    int constraints = 0;   ///< valid constraints of the table
    Verdict verdict = Verdict::NotRestored;
    QString note = {};
};

/// Something that stays on the server, and the statement that removes it.
struct Leftover {
    QString what;
    QString removeWith;
};

/// The answer to one of the team's own checks.
struct CheckResult {
    QString name;
    bool isTrue = false;
    QString detail = {}; ///< why it is not
};

/// What was live before a restore in place, as a backup that was read back and compared.
struct SafetyCopy {
    QString file;
    qint64 bytes = 0;
    qint64 tables = 0;
    qint64 rows = 0;

    [[nodiscard]] bool operator==(const SafetyCopy &) const = default;
};

/// transaction_resolution_unknown (PostgreSQL's manual, appendix A): of an error, that the
/// connection was lost on the last word and the server could not be asked.
inline const QString outcomeUnknown = QStringLiteral("08007");

/// The outcome of one restore in counted facts. A value; goes into the journal as JSON.
struct RestoreReceipt {
    RestoreId id;
    Verdict verdict = Verdict::NotRestored;
    QList<TableResult> tables = {};
    QString mode = QStringLiteral("beside-schema");
    double seconds = 0; ///< until the data were live, or left beside; or until it failed
    std::optional<Error> error = std::nullopt;
    QList<Leftover> left = {};
    QStringList notes = {};         ///< what was left out or changed, one sentence each
    QList<CheckResult> checks = {}; ///< the team's own
    std::optional<Afterwards> afterwards = std::nullopt; ///< nothing when nobody looked
    std::optional<SafetyCopy> safetyCopy = std::nullopt; ///< restoring it undoes this restore
    QString target = {};                                 ///< "database shop on ..."
    QString file = {};
    /// Of a NewDatabase that is there: how to connect to it, without a password.
    QString connection = {};

    /// Whether it may have taken place all the same: only the server knows.
    [[nodiscard]] bool isUnknown() const { return error && error->sqlState == outcomeUnknown; }
    [[nodiscard]] qint64 rowsRestored() const;
    [[nodiscard]] qsizetype tablesProven() const;
    [[nodiscard]] qsizetype checksFailed() const;
};

[[nodiscard]] QString verdictKey(Verdict verdict); ///< "proven", "differences", "not-restored"
[[nodiscard]] QJsonObject toJson(const RestoreReceipt &receipt);
/// What toJson() wrote; missing keys become defaults, for journals of older versions.
[[nodiscard]] RestoreReceipt receiptFromJson(const QJsonObject &json);

} // namespace mayday::restore
