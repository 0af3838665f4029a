// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

#include <chrono>
#include <optional>

namespace mayday::ui {

/// What its age is: some backups do not say when their data was taken.
enum class AgeIs { Known, AtLeast, AtMost };

/// What a restore right now would rest on. A value, filled by whoever knows the shelf.
struct RestoreOutlook {
    QString backupName; ///< of the newest; empty: there is none
    QDateTime takenAt;  ///< when its data was taken
    AgeIs ageIs = AgeIs::Known;
    bool isComplete = false; ///< read to its end, nothing is missing
    bool isProven = false;   ///< it was restored once, and every table was as it should be
    std::optional<std::chrono::milliseconds> provenTime; ///< of the last proven restore
    std::chrono::hours promisedLoss{0};                  ///< RPO; 0: nothing promised
    std::chrono::minutes promisedTime{0};                ///< RTO; 0: nothing promised
    QString shelfFolder;                                 ///< where backups are looked for
    bool isReading = false; ///< the files are being read at this moment

    [[nodiscard]] bool operator==(const RestoreOutlook &) const = default;
};

} // namespace mayday::ui
