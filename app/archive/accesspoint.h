// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace mayday::archive {

/// A place inside a gzip file from which its text can be inflated without all that comes before
/// (after zlib's examples/zran.c), with the checksum of the member so far, so that what is read
/// from here on is checked as well as in a reading from the beginning.
struct AccessPoint {
    qint64 textOffset = 0;  ///< inflated bytes before it
    qint64 fileOffset = 0;  ///< bytes of the file before it
    int bits = 0;           ///< of the byte before it that belong behind it
    quint8 lastByte = 0;    ///< that byte
    quint32 crc = 0;        ///< CRC-32 of the member's text before it
    QByteArray window = {}; ///< the text before it, 32 KiB at most, compressed by qCompress()
};

/// How far apart points are kept, in bytes of text: so much is inflated for nothing at most.
inline constexpr qint64 accessPointEvery = 8 * 1024 * 1024;
/// How far apart a reading offers them; PointSieve chooses.
inline constexpr qint64 accessPointOffered = 512 * 1024;

/// In the order of their places.
using AccessPoints = QList<AccessPoint>;

} // namespace mayday::archive
