// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backup/manifest.h"
#include "dump/dumpinspection.h"

#include <QDateTime>
#include <QString>

#include <optional>

namespace mayday::backup {

/// Who says when the data of a backup was taken, the surest first.
enum class DataTimeSource {
    Dump,     ///< the file itself: an archive's header, or what pg_dump --verbose writes
    Manifest, ///< the one written with it
    FileName, ///< shop-2026-11-29.sql.gz: the earliest moment which that can mean
    FileTime, ///< nobody; the file was last written then, so the data may be any age above that
};

/// When the data of a backup was taken, and how far that can be believed: what is copied or
/// downloaded is as new to the file system as if it had been taken at that moment.
struct DataTime {
    QDateTime at; ///< UTC
    DataTimeSource source = DataTimeSource::FileTime;

    /// Whether it was written down when the data was taken.
    [[nodiscard]] bool isRecorded() const
    {
        return source == DataTimeSource::Dump || source == DataTimeSource::Manifest;
    }
    [[nodiscard]] bool operator==(const DataTime &) const = default;
};

/// The earliest moment that a date in a file's name can mean, in UTC: 2026-11-29, 20261129,
/// 2026-11-29_03-15, 20261129T031500Z. A day begins at midnight, and where no zone is named, there
/// or here, whichever is earlier. Of several dates the last. Nothing when there is none.
[[nodiscard]] std::optional<QDateTime> timeInName(const QString &fileName);

/// modifiedAt: of the file, UTC. A name that speaks of a time after that is not believed.
[[nodiscard]] DataTime dataTimeOf(const QString &fileName, const QDateTime &modifiedAt,
                                  const std::optional<dump::DumpInspection> &inspection,
                                  const ManifestCheck &manifest);

/// The same of one file, with the manifest that lies beside it.
[[nodiscard]] DataTime dataTimeOf(const QString &path, const dump::DumpInspection &inspection);

} // namespace mayday::backup
