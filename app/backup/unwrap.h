// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"
#include "backup/unpackfolder.h"
#include "dump/archiveheader.h"
#include "dump/dumpinspection.h"

#include <vector>

namespace mayday::backup {

/// A backup with everything taken off that it was wrapped in: either text that streams, or an
/// archive of pg_dump that lies on the disk.
struct Unwrapped {
    std::vector<std::unique_ptr<UnpackFolder>> folders = {}; ///< in which the rest is, if anywhere
    std::unique_ptr<archive::ByteSource> text = {};
    QString archive = {}; ///< a file or a folder for pg_restore; empty: it is text
    dump::ArchiveHeader header = {};
    QString format = {}; ///< as a ByteSource says it: "gz", "zip/plain", "tar.gz/directory"
    QStringList remarks = {};
};

/// Why there is no backup to be had. verdict: what that says of the file; nothing when it says
/// nothing, because the file could not be read or somebody stopped.
struct NotUnwrapped {
    Error error;
    std::optional<dump::DumpVerdict> verdict = std::nullopt;
    QString format = {}; ///< of the container it was found in
};

/// Looks into a file by its bytes, never by its name: compressed up to twice, in up to two
/// containers (zip, tar, 7z) that hold one backup each. What pg_restore has to read is unpacked to
/// a private folder; text is not. Blocks while it looks through a container.
[[nodiscard]] std::expected<Unwrapped, NotUnwrapped> unwrap(const QString &path,
                                                            TaskContext &context);

} // namespace mayday::backup
