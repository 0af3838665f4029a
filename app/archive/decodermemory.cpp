// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/decodermemory.h"

#include <QtEndian>

#include <zlib.h>

#include <algorithm>
#include <array>

namespace mayday::archive {

namespace {

constexpr qsizetype xzStreamHead = 12;
constexpr quint64 lzma2Filter = 0x21;

/// A number of xz: seven bits a byte, the last without the eighth. Nothing left: 0.
quint64 takeNumber(QByteArrayView &bytes)
{
    quint64 value = 0;
    for (int shift = 0; shift < 63 && !bytes.isEmpty(); shift += 7) {
        const auto byte = static_cast<uchar>(bytes.front());
        bytes = bytes.sliced(1);
        value |= static_cast<quint64>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            break;
    }
    return value;
}

/// The header of the first block, when it is there and right by its checksum.
QByteArrayView firstBlock(QByteArrayView head)
{
    const bool isXz = head.size() > xzStreamHead && head.startsWith("\xfd"
                                                                    "7zXZ");
    const qsizetype size = isXz ? (static_cast<uchar>(head[xzStreamHead]) + 1) * 4 : 0;
    if (size < 8 || head.size() < xzStreamHead + size)
        return {};
    const QByteArrayView block = head.sliced(xzStreamHead, size);
    const auto sum = ::crc32_z(0, reinterpret_cast<const Bytef *>(block.data()),
                               static_cast<z_size_t>(size - 4));
    return sum == qFromLittleEndian<quint32>(block.data() + size - 4) ? block.chopped(4)
                                                                      : QByteArrayView();
}

} // namespace

qint64 lzma2Dictionary(uchar code)
{
    constexpr uchar largest = 40;
    if (code >= largest)
        return 0xffffffff;
    return (qint64(2) | (code & 1)) << (code / 2 + 11);
}

// The .xz File Format 1.2, section 3.1.
qint64 xzDictionary(QByteArrayView head)
{
    QByteArrayView block = firstBlock(head);
    if (block.isEmpty())
        return 0;
    const auto flags = static_cast<uchar>(block[1]);
    block = block.sliced(2);
    for (const int sizeIsThere : {0x40, 0x80}) {
        if ((flags & sizeIsThere) != 0)
            (void)takeNumber(block);
    }
    for (int filters = (flags & 3) + 1; filters > 0; --filters) {
        const quint64 filter = takeNumber(block);
        const quint64 size = takeNumber(block);
        if (size > static_cast<quint64>(block.size()))
            return 0;
        if (filter == lzma2Filter && size == 1)
            return lzma2Dictionary(static_cast<uchar>(block.front()));
        block = block.sliced(static_cast<qsizetype>(size));
    }
    return 0;
}

// RFC 8878, section 3.1.1.1.
qint64 zstdWindow(QByteArrayView head)
{
    constexpr qsizetype flagsAt = 4;
    constexpr int isSingleSegment = 0x20;
    if (head.size() <= flagsAt + 1 || !head.startsWith("\x28\xb5\x2f\xfd"))
        return 0;
    const auto flags = static_cast<uchar>(head[flagsAt]);
    if ((flags & isSingleSegment) == 0) {
        const auto window = static_cast<uchar>(head[flagsAt + 1]);
        const qint64 base = qint64(1) << (10 + (window >> 3));
        return base + base / 8 * (window & 7);
    }
    // All of it is kept at hand; its size stands behind the number of a dictionary.
    constexpr std::array<qsizetype, 4> numberSizes{0, 1, 2, 4};
    const qsizetype at = flagsAt + 1 + numberSizes[flags & 3];
    const qsizetype size = qsizetype(1) << (flags >> 6);
    if (head.size() < at + size)
        return 0;
    quint64 content = 0;
    for (qsizetype i = 0; i < size; ++i)
        content |= static_cast<quint64>(static_cast<uchar>(head[at + i])) << (8 * i);
    return static_cast<qint64>(std::min(content, quint64(1) << 62));
}

} // namespace mayday::archive
