// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QByteArrayView>

namespace mayday::dump {

/// What a file is, by its first bytes (after decompression).
struct FileFormat {
    QString word;                 ///< "plain", "custom", "directory", "tar", "unknown"
    std::optional<Error> problem; ///< why it cannot be read as SQL text

    [[nodiscard]] bool isText() const { return !problem; }
};

/// compression: "plain" or what ByteSource::format() says; it becomes part of the word
/// ("plain.gz").
[[nodiscard]] FileFormat recogniseFormat(QByteArrayView head, const QString &path,
                                         const QString &compression);
/// The same for a folder, as pg_dump -Fd writes one.
[[nodiscard]] FileFormat recogniseFolder(const QString &path);

} // namespace mayday::dump
