// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QByteArrayView>

namespace mayday::dump {

/// What a file is, by its first bytes (after decompression).
struct FileFormat {
    /// "plain", "plain.gz", "custom", "directory", "tar", "unknown"; of what was wrapped once more
    /// with that in front: "zip/plain.gz", "tar.gz/directory".
    QString word;
    std::optional<Error> problem; ///< why it cannot be read as SQL text

    [[nodiscard]] bool isText() const { return !problem; }
};

/// Whether these are the first bytes of what pg_dump -Ft writes.
[[nodiscard]] bool isPgDumpTar(QByteArrayView head);

/// source: what ByteSource::format() says; "gz" becomes "plain.gz", "zip/gz" "zip/plain.gz", and
/// the SQL text that comes out of an archive keeps the archive's word.
[[nodiscard]] FileFormat recogniseFormat(QByteArrayView head, const QString &path,
                                         const QString &source);
/// The same for a folder, which is no text.
[[nodiscard]] FileFormat recogniseFolder(const QString &path);

} // namespace mayday::dump
