// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/gzipbytes.h"

namespace mayday::tests {

namespace {

quint32 crcOf(const QByteArray &bytes)
{
    quint32 crc = ~0U;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

void appendNumber(QByteArray &to, quint32 value)
{
    for (int shift = 0; shift < 32; shift += 8)
        to.append(static_cast<char>((value >> shift) & 0xff));
}

} // namespace

QByteArray gzipped(const QByteArray &bytes)
{
    // qCompress writes 4 bytes of length and a zlib stream: 2 bytes of header, deflate, 4 of Adler.
    QByteArray member("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    member.append(bytes.isEmpty() ? QByteArray("\x03\0", 2)
                                  : qCompress(bytes).sliced(6).chopped(4));
    appendNumber(member, crcOf(bytes));
    appendNumber(member, static_cast<quint32>(bytes.size()));
    return member;
}

} // namespace mayday::tests
