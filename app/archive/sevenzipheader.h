// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/filesource.h"
#include "archive/members.h"

#include <QList>

namespace mayday::archive {

/// One step from packed bytes to plain ones.
struct SevenZipCoder {
    quint64 method = 0;
    QByteArray properties = {};
};

/// Members that are packed as one: a block, which can only be unpacked from its beginning.
struct SevenZipBlock {
    QList<SevenZipCoder> coders = {};
    qint64 packedAt = 0; ///< from the beginning of the file
    qint64 packed = 0;   ///< bytes in the file
    qint64 size = 0;     ///< unpacked
    qsizetype streams = 1;
    std::optional<quint32> crc = std::nullopt; ///< of all of it, unpacked
    QString hindrance = {};                    ///< why it cannot be unpacked here; empty: it can
};

/// A file in the list. block -1: it has no bytes.
struct SevenZipEntry {
    Member member;
    qsizetype block = -1;
    std::optional<quint32> crc = std::nullopt;
};

struct SevenZipHeader {
    QList<SevenZipBlock> blocks = {};
    QList<SevenZipEntry> entries = {}; ///< of one block in the order in which they are packed
};

/// Reads the list of contents (7zFormat.txt of the LZMA SDK), which is packed itself as a rule.
/// Corrupt, Unsupported (encrypted) or Refused (too many members). endedEarly is set when the file
/// is cut off.
[[nodiscard]] Result<SevenZipHeader> readSevenZipHeader(const std::shared_ptr<FileSource> &file,
                                                        const QString &subject, bool &endedEarly);

/// The inside of a block, from its beginning, without a check. Unsupported when it has a hindrance.
[[nodiscard]] Result<std::unique_ptr<ByteSource>>
unpackedBlock(const std::shared_ptr<FileSource> &file, const SevenZipBlock &block,
              const QString &subject);

} // namespace mayday::archive
