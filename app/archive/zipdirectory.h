// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/filesource.h"
#include "archive/members.h"

#include <QList>

namespace mayday::archive {

/// A member of a zip as the list at the file's end describes it.
struct ZipEntry {
    Member member;
    int method = 0; ///< of compression: 0 none, 8 deflate
    quint32 crc = 0;
    qint64 packed = 0;   ///< bytes in the file
    qint64 headerAt = 0; ///< of its own header, from the beginning of the file
};

struct ZipDirectory {
    QList<ZipEntry> entries = {};
    qint64 begin = 0; ///< where the list begins, and all members have ended
    QStringList remarks = {};
};

/// Reads the list (PKWARE's APPNOTE 6.3, with its 64-bit sizes). Corrupt, Unsupported (several
/// parts, an encrypted list) or Refused (too many members). endedEarly is set when it is cut off.
[[nodiscard]] Result<ZipDirectory> readZipDirectory(FileSource &file, const QString &subject,
                                                    bool &endedEarly);

/// The bytes of a member as they lie in the file. Corrupt when its own header is not where the list
/// says, or speaks of something else.
[[nodiscard]] Result<std::unique_ptr<ByteSource>>
packedBytes(const std::shared_ptr<FileSource> &file, const ZipDirectory &directory,
            const ZipEntry &entry, const QString &subject);

} // namespace mayday::archive
