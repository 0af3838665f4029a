// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/gzipbytes.h"

#include "support/containers.h"

namespace mayday::tests {

namespace {

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
    appendNumber(member, crc32Of(bytes));
    appendNumber(member, static_cast<quint32>(bytes.size()));
    return member;
}

} // namespace mayday::tests
