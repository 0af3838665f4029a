// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/bytesource.h"

#include "archive/compressedsource.h"
#include "archive/filesource.h"
#include "archive/gzipsource.h"

namespace mayday::archive {

namespace {

constexpr qsizetype magicSize = 6;

/// A zstd file may begin with a frame to skip: pzstd writes one, with a size for its threads.
bool isZstd(const QByteArray &magic)
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

Result<std::unique_ptr<ByteSource>> openSource(const QString &path, const PointSink &onPoint)
{
    using Kind = CompressedSource::Kind;
    auto file = FileSource::open(path);
    if (!file)
        return failure(file.error());
    const QByteArray magic = (*file)->peek(magicSize);
    if (magic.startsWith("\x1f\x8b")) {
        auto source = std::make_unique<GzipSource>(*std::move(file), path);
        source->makePoints(onPoint);
        return source;
    }
    if (isZstd(magic))
        return asPort(CompressedSource::open(*std::move(file), Kind::Zstd, path));
    if (magic.startsWith(QByteArrayView("\xfd"
                                        "7zXZ\0",
                                        6)))
        return asPort(CompressedSource::open(*std::move(file), Kind::Xz, path));
    if (magic.startsWith("BZh"))
        return asPort(CompressedSource::open(*std::move(file), Kind::Bzip2, path));
    return std::unique_ptr<ByteSource>(*std::move(file));
}

} // namespace mayday::archive
