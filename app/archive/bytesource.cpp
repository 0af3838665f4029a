// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/bytesource.h"

#include "archive/compressedsource.h"
#include "archive/filesource.h"
#include "archive/gzipsource.h"

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

constexpr qsizetype magicSize = 6;
constexpr qsizetype skipSize = 256 * 1024;

/// A zstd file may begin with a frame to skip: pzstd writes one, with a size for its threads.
bool isZstd(QByteArrayView magic)
{
    return magic.startsWith("\x28\xb5\x2f\xfd") || (magic.size() > 4 && (magic[0] & 0xf0) == 0x50 &&
                                                    magic.sliced(1).startsWith("\x2a\x4d\x18"));
}

template <typename T>
Result<std::unique_ptr<ByteSource>> asPort(Result<std::unique_ptr<T>> source)
{
    if (!source)
        return failure(source.error());
    return std::unique_ptr<ByteSource>(*std::move(source));
}

} // namespace

Result<qint64> ByteSource::skip(qint64 bytes)
{
    std::vector<char> buffer(static_cast<size_t>(std::min<qint64>(bytes, skipSize)));
    for (qint64 left = bytes; left > 0;) {
        const auto wanted = static_cast<size_t>(std::min<qint64>(left, skipSize));
        const auto got = read(std::span(buffer).first(wanted));
        if (!got)
            return failure(got.error());
        if (*got == 0)
            return bytes - left;
        left -= *got;
    }
    return bytes;
}

Packing packingOf(QByteArrayView head)
{
    if (head.startsWith("\x1f\x8b"))
        return Packing::Gzip;
    if (isZstd(head))
        return Packing::Zstd;
    if (head.startsWith(QByteArrayView("\xfd"
                                       "7zXZ\0",
                                       6)))
        return Packing::Xz;
    return head.startsWith("BZh") ? Packing::Bzip2 : Packing::None;
}

QString packingWord(Packing packing)
{
    switch (packing) {
    case Packing::Gzip: return u"gz"_s;
    case Packing::Zstd: return u"zst"_s;
    case Packing::Xz: return u"xz"_s;
    case Packing::Bzip2: return u"bz2"_s;
    case Packing::None: break;
    }
    return {};
}

Result<std::unique_ptr<ByteSource>> unpacked(std::unique_ptr<ByteSource> source, Packing packing,
                                             const QString &subject)
{
    using Kind = CompressedSource::Kind;
    switch (packing) {
    case Packing::Gzip: return std::make_unique<GzipSource>(std::move(source), subject);
    case Packing::Zstd:
        return asPort(CompressedSource::open(std::move(source), Kind::Zstd, subject));
    case Packing::Xz: return asPort(CompressedSource::open(std::move(source), Kind::Xz, subject));
    case Packing::Bzip2:
        return asPort(CompressedSource::open(std::move(source), Kind::Bzip2, subject));
    case Packing::None: break;
    }
    return source;
}

Result<std::unique_ptr<ByteSource>> openSource(const QString &path, const PointSink &onPoint)
{
    auto file = FileSource::open(path);
    if (!file)
        return failure(file.error());
    const Packing packing = packingOf((*file)->peek(magicSize));
    if (packing == Packing::Gzip) {
        auto source = std::make_unique<GzipSource>(*std::move(file), path);
        source->makePoints(onPoint);
        return source;
    }
    return unpacked(*std::move(file), packing, path);
}

} // namespace mayday::archive
