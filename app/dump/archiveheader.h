// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QByteArrayView>
#include <QDateTime>
#include <QVersionNumber>

#include <optional>

namespace mayday::dump {

/// What an archive of pg_dump -Fc, -Fd or -Ft says of itself in its first bytes. A value.
///
/// The layout is that of ReadHead() in PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c.
struct ArchiveHeader {
    enum class Kind { Custom, Directory, Tar };

    Kind kind = Kind::Custom;
    QVersionNumber format; ///< of the archive itself: 1.14, 1.16
    QString compression;   ///< "none", "gzip", "lz4", "zstd", or "method 7"
    QDateTime madeAt;      ///< by the clock and in the zone of the machine that made it
    QString database;      ///< the name it had
    QString serverVersion; ///< "17.11"
    QString dumpVersion;   ///< of pg_dump

    /// The oldest pg_restore that can read it; one number, its major version. 0: any that is in
    /// use.
    [[nodiscard]] int neededClient() const;
};

/// "custom", "directory", "tar"
[[nodiscard]] QString archiveWord(ArchiveHeader::Kind kind);

/// The header in the first bytes of a file: of the archive, or of the toc.dat in a folder or in a
/// tar file. Corrupt, with the byte where it was noticed, when they are cut or make no sense.
/// subject: the file, for errors.
[[nodiscard]] Result<ArchiveHeader> parseArchiveHeader(QByteArrayView head, const QString &subject);

/// The same of a file or a folder; nothing when it is no archive of pg_dump. Reads no more than the
/// beginning.
[[nodiscard]] Result<std::optional<ArchiveHeader>> archiveHeaderOf(const QString &path);

} // namespace mayday::dump
