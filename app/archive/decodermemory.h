// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace mayday::archive {

/// So many bytes of a stream tell what it takes.
inline constexpr qsizetype streamHeadSize = 12 + 1024;

/// How far back a stream may refer, in bytes: so much has to be kept in memory while it is
/// unpacked. 0 when its first bytes do not say, being cut, damaged or something else.
[[nodiscard]] qint64 xzDictionary(QByteArrayView head);
[[nodiscard]] qint64 zstdWindow(QByteArrayView head);
/// The same as the properties of LZMA2 say it, in one byte.
[[nodiscard]] qint64 lzma2Dictionary(uchar code);

/// KArchive's readers stop at 100 MiB of memory for xz, and at zstd's own limit.
inline constexpr qint64 largestXzDictionary = qint64(96) << 20;
inline constexpr qint64 largestZstdWindow = qint64(128) << 20;

} // namespace mayday::archive
