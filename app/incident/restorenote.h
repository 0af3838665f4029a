// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journalevent.h"

#include <QList>
#include <QStringList>

#include <optional>

namespace mayday::incident {

/// One table of a restore, as its receipt counted it.
struct RestoredTable {
    QString name; ///< with its schema
    qint64 rowsInDump = 0;
    qint64 rowsAfter = -1; ///< -1: not counted
    QString verdict;       ///< "proven", "differences", "not-restored"
    QString note = {};

    [[nodiscard]] bool operator==(const RestoredTable &) const = default;
};

/// What an incident remembers of a restore: read from the journal's events, for the timeline and
/// the report. The restore itself belongs to the module restore.
struct RestoreNote {
    QString id;
    QString file;
    QString target;
    QDateTime startedAt;
    std::optional<QDateTime> endedAt = std::nullopt;
    QString verdict = {}; ///< empty while nobody knows
    QString error = {};
    QList<RestoredTable> tables = {};
    QStringList left = {};
    QStringList notes = {};
    QString content = {}; ///< what came of comparing every letter, the last time
    std::optional<bool> committed = std::nullopt; ///< what the server said after an interruption
    std::optional<QDateTime> putBackAt = std::nullopt;
    bool isCopy = false;        ///< beside the live data, which it did not touch
    qint64 rowsBroughtBack = 0; ///< that came after the backup; proven ones

    [[nodiscard]] bool operator==(const RestoreNote &) const = default;
};

/// Applies a restore.* event; others change nothing.
void applyRestoreEvent(QList<RestoreNote> &notes, const store::JournalEvent &event);
/// "proven: every table holds the rows of the backup"; the three verdicts and no other. isCopy: of
/// a copy beside the live data.
[[nodiscard]] QString verdictWords(const QString &verdict, bool isCopy = false);

[[nodiscard]] QString restoreStartedWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString restoreFinishedWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString statisticsWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString afterwardsWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString restoreSettledWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString discardedWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString putBackWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString putBackStartedWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString putBackSettledWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString contentWords(const QJsonObject &data, const QString &subject);
[[nodiscard]] QString bringBackWords(const QJsonObject &data, const QString &subject);

} // namespace mayday::incident
