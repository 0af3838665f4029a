// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/zipdirectory.h"

#include "archive/slicesource.h"

#include <QtEndian>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

constexpr qint64 zipEndSize = 22;
constexpr qint64 longestComment = 0xffff;
constexpr qint64 zipLocatorSize = 20;
constexpr qint64 bigEndSize = 56;
constexpr qint64 zipEntrySize = 46;
constexpr qint64 localSize = 30;
constexpr qint64 largestList = 64 * 1024 * 1024;
constexpr quint32 isElsewhere32 = 0xffffffff; ///< the number is in a 64-bit field instead
constexpr int encryptedFlag = 1;
constexpr int zipAes = 99;

template <typename T>
T numberAt(QByteArrayView bytes, qsizetype at)
{
    return qFromLittleEndian<T>(bytes.data() + at);
}

qint64 bigNumberAt(QByteArrayView bytes, qsizetype at)
{
    return static_cast<qint64>(numberAt<quint64>(bytes, at)); // negative: nonsense, noticed later
}

/// What stands at the very end.
struct ZipEnd {
    qint64 at = 0; ///< nothing of the list is behind this
    qint64 count = 0;
    qint64 listSize = 0;
    qint64 listAt = 0;
    qint64 behind = 0; ///< bytes after the end
    bool isOneOfSeveral = false;
};

/// The last place that looks like an end and fits into the file; -1: none.
qsizetype endIn(QByteArrayView tail)
{
    for (qsizetype at = tail.size() - zipEndSize; at >= 0; --at) {
        if (tail.sliced(at).startsWith("PK\x05\x06") &&
            at + zipEndSize + numberAt<quint16>(tail, at + 20) <= tail.size())
            return at;
    }
    return -1;
}

/// Sizes and counts that have no room in the end of old.
Result<void> takeBigEnd(FileSource &file, qint64 endAt, ZipEnd &end)
{
    if (endAt < zipLocatorSize)
        return {};
    const auto locator = bytesAt(file, endAt - zipLocatorSize, zipLocatorSize);
    if (!locator)
        return failure(locator.error());
    if (!locator->startsWith("PK\x06\x07"))
        return {};
    const qint64 bigAt = bigNumberAt(*locator, 8);
    const auto big = bigAt >= 0 && bigAt <= endAt ? bytesAt(file, bigAt, bigEndSize)
                                                  : Result<QByteArray>(QByteArray());
    if (!big)
        return failure(big.error());
    if (big->size() < bigEndSize || !big->startsWith("PK\x06\x06"))
        return failure(damagedContainer({}, u"the zip is damaged: its end is not there"_s));
    end = {.at = bigAt,
           .count = bigNumberAt(*big, 32),
           .listSize = bigNumberAt(*big, 40),
           .listAt = bigNumberAt(*big, 48),
           .behind = end.behind,
           .isOneOfSeveral = numberAt<quint32>(*locator, 16) > 1};
    return {};
}

Result<ZipEnd> findEnd(FileSource &file, bool &endedEarly)
{
    const qint64 size = file.total();
    const qint64 tailSize = std::min(size, zipEndSize + longestComment);
    const auto tail = bytesAt(file, size - tailSize, tailSize);
    if (!tail)
        return failure(tail.error());
    const qsizetype at = endIn(*tail);
    if (at < 0) {
        endedEarly = true;
        return failure(damagedContainer(
            {},
            u"the zip is cut off: its list of contents, which stands at the end, is not there"_s));
    }
    const qint64 endAt = size - tailSize + at;
    ZipEnd end{.at = endAt,
               .count = numberAt<quint16>(*tail, at + 10),
               .listSize = numberAt<quint32>(*tail, at + 12),
               .listAt = numberAt<quint32>(*tail, at + 16),
               .behind = tailSize - at - zipEndSize - numberAt<quint16>(*tail, at + 20),
               .isOneOfSeveral = numberAt<quint16>(*tail, at + 4) != 0 &&
                                 numberAt<quint16>(*tail, at + 4) != 0xffff};
    if (auto big = takeBigEnd(file, endAt, end); !big)
        return failure(big.error());
    return end;
}

/// The 64-bit numbers that stand for those that are all ones, in this order.
bool takeBigNumbers(QByteArrayView extra, ZipEntry &entry)
{
    while (extra.size() >= 4) {
        const auto id = numberAt<quint16>(extra, 0);
        const qsizetype size = numberAt<quint16>(extra, 2);
        if (size > extra.size() - 4)
            return false;
        QByteArrayView field = extra.sliced(4, size);
        extra = extra.sliced(4 + size);
        if (id != 1)
            continue;
        for (qint64 *number : {&entry.member.size, &entry.packed, &entry.headerAt}) {
            if (*number != isElsewhere32)
                continue;
            if (field.size() < 8)
                return false;
            *number = bigNumberAt(field, 0);
            field = field.sliced(8);
        }
    }
    return entry.member.size >= 0 && entry.packed >= 0 && entry.headerAt >= 0;
}

QString hindranceOf(int method, int flags)
{
    if ((flags & encryptedFlag) != 0 || method == zipAes)
        return u"it is encrypted"_s;
    switch (method) {
    case 0:
    case 8:
    case 12:
    case 93:
    case 95: return {};
    case 9: return u"it is compressed with Deflate64, which cannot be read here"_s;
    default: break;
    }
    return u"it is compressed by method %1 of zip, which cannot be read here"_s.arg(method);
}

Member::Kind kindOf(QByteArrayView entry, const QString &name)
{
    constexpr int unixHost = 3;
    constexpr int macHost = 19;
    constexpr quint32 typeBits = 0170000;
    constexpr quint32 regular = 0100000;
    constexpr quint32 pipe = 0010000; // what Info-ZIP packs from its standard input
    constexpr quint32 folder = 0040000;
    const int host = static_cast<uchar>(entry[5]);
    const quint32 mode = numberAt<quint32>(entry, 38) >> 16;
    const quint32 type = host == unixHost || host == macHost ? mode & typeBits : 0;
    if (name.endsWith(u'/') || type == folder)
        return Member::Kind::Folder;
    const bool isFile = type == 0 || type == regular || type == pipe;
    return isFile ? Member::Kind::File : Member::Kind::Other;
}

/// The entry at the front of the list; how many bytes it takes, 0 when it is none.
qsizetype takeEntry(QByteArrayView list, ZipEntry &entry)
{
    if (list.size() < zipEntrySize || !list.startsWith("PK\x01\x02"))
        return 0;
    const int flags = numberAt<quint16>(list, 8);
    const qsizetype nameSize = numberAt<quint16>(list, 28);
    const qsizetype extraSize = numberAt<quint16>(list, 30);
    const qsizetype size = zipEntrySize + nameSize + extraSize + numberAt<quint16>(list, 32);
    if (size > list.size())
        return 0;
    entry = {.member = {.name = memberName(list.sliced(zipEntrySize, nameSize)),
                        .size = numberAt<quint32>(list, 24)},
             .method = numberAt<quint16>(list, 10),
             .crc = numberAt<quint32>(list, 16),
             .packed = numberAt<quint32>(list, 20),
             .headerAt = numberAt<quint32>(list, 42)};
    entry.member.name.replace(u'\\', u'/'); // as some programs for Windows write them
    entry.member.kind = kindOf(list, entry.member.name);
    entry.member.hindrance = hindranceOf(entry.method, flags);
    return takeBigNumbers(list.sliced(zipEntrySize + nameSize, extraSize), entry) ? size : 0;
}

Result<void> takeEntries(QByteArrayView list, qint64 count, ZipDirectory &directory)
{
    for (qint64 i = 0; i < count; ++i) {
        ZipEntry entry;
        const qsizetype size = takeEntry(list, entry);
        if (size == 0)
            return failure(damagedContainer(
                {},
                u"the zip is damaged: entry %1 of %2 in its list of contents is none"_s.arg(i + 1)
                    .arg(count)));
        directory.entries.append(std::move(entry));
        list = list.sliced(size);
    }
    if (list.startsWith("PK\x01\x02"))
        return failure(damagedContainer(
            {}, u"the zip is damaged: its list of contents has more than %1 entries"_s.arg(count)));
    return {};
}

Result<ZipDirectory> readList(FileSource &file, bool &endedEarly)
{
    const auto end = findEnd(file, endedEarly);
    if (!end)
        return failure(end.error());
    if (end->isOneOfSeveral)
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = {},
                        .detail = u"it is the last of several parts of a zip; unpack it first"_s,
                        .advice = Advice::UnpackFirst});
    if (end->count > mostMembers || end->listSize > largestList)
        return failure({.kind = ErrorKind::Refused,
                        .subject = {},
                        .detail = u"there are more than %1 files in it"_s.arg(mostMembers)});
    if (end->count < 0 || end->listAt < 0 || end->listSize < 0 ||
        end->listAt > end->at - end->listSize)
        return failure(damagedContainer(
            {}, u"the zip is damaged: its list of contents is not where it should be"_s));
    const auto list = bytesAt(file, end->listAt, end->listSize);
    if (!list)
        return failure(list.error());
    ZipDirectory directory{.begin = end->listAt};
    if (auto taken = takeEntries(*list, end->count, directory); !taken)
        return failure(taken.error());
    if (end->behind > 0)
        directory.remarks.append(
            u"there are %1 bytes after the end of the zip; they were ignored"_s.arg(end->behind));
    return directory;
}

} // namespace

Result<ZipDirectory> readZipDirectory(FileSource &file, const QString &subject, bool &endedEarly)
{
    auto directory = readList(file, endedEarly);
    if (!directory)
        directory.error().subject = subject;
    return directory;
}

Result<std::unique_ptr<ByteSource>> packedBytes(const std::shared_ptr<FileSource> &file,
                                                const ZipDirectory &directory,
                                                const ZipEntry &entry, const QString &subject)
{
    const auto header = bytesAt(*file, entry.headerAt, localSize);
    if (!header)
        return failure(header.error());
    const bool isHeader = header->size() == localSize && header->startsWith("PK\x03\x04") &&
                          numberAt<quint16>(*header, 8) == entry.method;
    const qint64 begin = isHeader ? entry.headerAt + localSize + numberAt<quint16>(*header, 26) +
                                        numberAt<quint16>(*header, 28)
                                  : 0;
    if (!isHeader || begin > directory.begin - entry.packed)
        return failure(damagedContainer(
            subject, u"the zip is damaged: %1 is not where its list of contents says"_s.arg(
                         entry.member.name)));
    return std::make_unique<SliceSource>(file, begin, entry.packed);
}

} // namespace mayday::archive
