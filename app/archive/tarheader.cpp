// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/tarheader.h"

#include <algorithm>

namespace mayday::archive {

namespace {

constexpr qsizetype nameSize = 100;
constexpr qsizetype userAt = 108;
constexpr qsizetype groupAt = 116;
constexpr qsizetype ownerSize = 8;
constexpr qsizetype sizeAt = 124;
constexpr qsizetype sizeSize = 12;
constexpr qsizetype checksumAt = 148;
constexpr qsizetype checksumSize = 8;
constexpr qsizetype magicAt = 257;
constexpr qsizetype prefixAt = 345;
constexpr qsizetype prefixSize = 155;

/// Octal digits, or from the high bit on a big-endian number (sizes above 8 GB); -1: neither.
qint64 numberIn(QByteArrayView field)
{
    if (static_cast<uchar>(field[0]) == 0x80) {
        qint64 value = 0;
        for (const char byte : field.last(7))
            value = (value << 8) | static_cast<uchar>(byte);
        return value;
    }
    bool isNumber = false;
    QByteArray digits = field.toByteArray();
    digits.replace('\0', ' ');
    const qint64 value = digits.trimmed().toLongLong(&isNumber, 8);
    return isNumber ? value : -1;
}

} // namespace

QByteArrayView TarHeader::field(qsizetype at, qsizetype size) const
{
    return m_block.sliced(at, size);
}

bool TarHeader::isEmpty() const
{
    return std::ranges::all_of(m_block, [](char byte) { return byte == 0; });
}

bool TarHeader::hasRightSum() const
{
    qint64 sum = 0;
    qint64 oldSum = 0; // some old writers took bytes for signed
    for (qsizetype i = 0; i < m_block.size(); ++i) {
        const bool isSum = i >= checksumAt && i < checksumAt + checksumSize;
        sum += isSum ? ' ' : static_cast<uchar>(m_block[i]);
        oldSum += isSum ? ' ' : static_cast<signed char>(m_block[i]);
    }
    const qint64 written = numberIn(field(checksumAt, checksumSize));
    return written == sum || written == oldSum;
}

QByteArray TarHeader::name() const
{
    const auto text = [this](qsizetype at, qsizetype size) {
        const QByteArrayView whole = field(at, size);
        return whole.first(std::ranges::find(whole, '\0') - whole.begin()).toByteArray();
    };
    // GNU's own format has other things where POSIX has the folder.
    const bool isPosix = field(magicAt, 6) == QByteArrayView("ustar\0", 6);
    const QByteArray folder = isPosix ? text(prefixAt, prefixSize) : QByteArray();
    const QByteArray name = text(0, nameSize);
    return folder.isEmpty() ? name : folder + '/' + name;
}

qint64 TarHeader::size() const
{
    return numberIn(field(sizeAt, sizeSize));
}

qint64 TarHeader::user() const
{
    return numberIn(field(userAt, ownerSize));
}

qint64 TarHeader::group() const
{
    return numberIn(field(groupAt, ownerSize));
}

bool looksLikeTar(QByteArrayView head)
{
    if (head.size() > magicAt + 5 && head.sliced(magicAt, 5) == "ustar")
        return true;
    return head.size() >= tarBlock && head[0] != 0 && TarHeader(head.first(tarBlock)).hasRightSum();
}

} // namespace mayday::archive
