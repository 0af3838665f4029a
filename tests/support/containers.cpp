// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/containers.h"

#include <QBuffer>
#include <QDateTime>
#include <QTimeZone>

#include <K7Zip>
#include <KCompressionDevice>
#include <KTar>
#include <KZip>

namespace mayday::tests {

namespace {

void fill(KArchive &archive, const PackedFiles &files)
{
    const QDateTime time(QDate(2026, 11, 20), QTime(3, 0), QTimeZone::UTC);
    if (!archive.open(QIODevice::WriteOnly))
        qFatal("%s", qPrintable(archive.errorString()));
    for (const PackedFile &file : files) {
        const QString user = QStringLiteral("user");
        const bool done =
            file.name.endsWith(u'/')
                ? archive.writeDir(file.name.chopped(1), user, user, 0755, time, time, time)
                : archive.writeFile(file.name, file.bytes, 0644, user, user, time, time, time);
        if (!done)
            qFatal("%s", qPrintable(archive.errorString()));
    }
    if (!archive.close())
        qFatal("%s", qPrintable(archive.errorString()));
}

void appendNumber(QByteArray &to, quint64 value, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        to.append(static_cast<char>((value >> (8 * i)) & 0xff));
}

void appendClaim(QByteArray &to, const ZipClaim &claim)
{
    appendNumber(to, static_cast<quint64>(claim.flags), 2);
    appendNumber(to, static_cast<quint64>(claim.method), 2);
    appendNumber(to, 0x5b740000, 4); // a day in 2025
    appendNumber(to, claim.crc, 4);
    appendNumber(to, 0xffffffff, 4); // sizes are in the field behind the name
    appendNumber(to, 0xffffffff, 4);
    appendNumber(to, static_cast<quint64>(claim.name.size()), 2);
    appendNumber(to, 20, 2);
}

void appendSizes(QByteArray &to, const ZipClaim &claim)
{
    appendNumber(to, 1, 2);
    appendNumber(to, 16, 2);
    appendNumber(to, static_cast<quint64>(claim.size < 0 ? claim.bytes.size() : claim.size), 8);
    appendNumber(to, static_cast<quint64>(claim.bytes.size()), 8);
}

} // namespace

QByteArray zipOf(const PackedFiles &files, bool isCompressed)
{
    QBuffer buffer;
    KZip zip(&buffer);
    zip.setCompression(isCompressed ? KZip::DeflateCompression : KZip::NoCompression);
    fill(zip, files);
    return buffer.data();
}

QByteArray tarOf(const PackedFiles &files)
{
    QBuffer buffer;
    KTar tar(&buffer);
    fill(tar, files);
    return buffer.data() + QByteArray(1024, '\0'); // the end, which KTar leaves out
}

QByteArray sevenZipOf(const PackedFiles &files)
{
    QBuffer buffer;
    K7Zip sevenZip(&buffer);
    fill(sevenZip, files);
    return buffer.data();
}

QByteArray packed(const QByteArray &bytes, const QString &word)
{
    auto type = KCompressionDevice::None;
    if (word == QLatin1StringView("gz"))
        type = KCompressionDevice::GZip;
    else if (word == QLatin1StringView("bz2"))
        type = KCompressionDevice::BZip2;
    else if (word == QLatin1StringView("xz"))
        type = KCompressionDevice::Xz;
    else if (word == QLatin1StringView("zst"))
        type = KCompressionDevice::Zstd;
    QBuffer buffer;
    KCompressionDevice device(&buffer, false, type);
    if (!device.open(QIODevice::WriteOnly) || device.write(bytes) != bytes.size())
        qFatal("%s", qPrintable(device.errorString()));
    device.close();
    return buffer.data();
}

quint32 crc32Of(const QByteArray &bytes)
{
    quint32 crc = ~0U;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

QByteArray zipOfClaims(const QList<ZipClaim> &claims)
{
    QByteArray zip;
    QByteArray list;
    for (const ZipClaim &claim : claims) {
        const auto at = static_cast<quint64>(zip.size());
        zip.append("PK\x03\x04\x2d\0", 6);
        appendClaim(zip, claim);
        zip.append(claim.name);
        appendSizes(zip, claim);
        zip.append(claim.bytes);
        list.append("PK\x01\x02\x2d\x03\x2d\0", 8);
        appendClaim(list, claim);
        appendNumber(list, 0, 6); // comment, part, attributes of text
        appendNumber(list, quint64(claim.mode) << 16, 4);
        appendNumber(list, at, 4);
        list.append(claim.name);
        appendSizes(list, claim);
    }
    const auto begin = static_cast<quint64>(zip.size());
    zip.append(list);
    zip.append("PK\x05\x06\0\0\0\0", 8);
    appendNumber(zip, static_cast<quint64>(claims.size()), 2);
    appendNumber(zip, static_cast<quint64>(claims.size()), 2);
    appendNumber(zip, static_cast<quint64>(list.size()), 4);
    appendNumber(zip, begin, 4);
    appendNumber(zip, 0, 2);
    return zip;
}

QByteArray sevenZipOfClaim(const SevenZipClaim &claim)
{
    const auto number = [](qint64 value) {
        QByteArray bytes(1, '\xff'); // eight bytes follow
        appendNumber(bytes, static_cast<quint64>(value), 8);
        return bytes;
    };
    QByteArray list("\x01\x04\x06\x00\x01\x09", 6);
    list += number(claim.packed.size());
    list += QByteArray("\x00\x07\x0b\x01\x00", 5) + claim.coders + '\x0c';
    for (int i = 0; i < claim.outputs; ++i)
        list += number(claim.size);
    list += QByteArray("\x0a\x01", 2);
    appendNumber(list, claim.crc, 4);
    list += QByteArray("\x00\x00\x05\x01\x11\x13\x00", 7);
    for (const char letter : QByteArray("shop.sql\0", 9))
        appendNumber(list, static_cast<uchar>(letter), 2);
    list += QByteArray(2, '\0');
    QByteArray start;
    appendNumber(start, static_cast<quint64>(claim.packed.size()), 8);
    appendNumber(start, static_cast<quint64>(list.size()), 8);
    appendNumber(start, crc32Of(list), 4);
    QByteArray file("7z\xbc\xaf\x27\x1c\x00\x04", 8);
    appendNumber(file, crc32Of(start), 4);
    return file + start + claim.packed + list;
}

QByteArray tarBlockOf(const QByteArray &name, qint64 size, char type)
{
    QByteArray block = name.leftJustified(100, '\0', true);
    block += QByteArray("0000644\0"
                        "0001000\0"
                        "0001000\0",
                        24);
    block += QByteArray::number(size, 8).rightJustified(11, '0') + '\0';
    block += QByteArray("14700000000\0"
                        "        ",
                        20);
    block += type;
    block += QByteArray(100, '\0');
    block += QByteArray("ustar\0"
                        "00",
                        8);
    block = block.leftJustified(512, '\0');
    int sum = 0;
    for (const char byte : std::as_const(block))
        sum += static_cast<uchar>(byte);
    return block.replace(148, 8,
                         QByteArray::number(sum, 8).rightJustified(6, '0') + QByteArray("\0 ", 2));
}

QByteArray padded(QByteArray bytes)
{
    return bytes.append(QByteArray((512 - bytes.size() % 512) % 512, '\0'));
}

} // namespace mayday::tests
