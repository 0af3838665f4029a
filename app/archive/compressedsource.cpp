// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/compressedsource.h"

#include <KCompressionDevice>

#include <QFile>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

KCompressionDevice::CompressionType typeOf(CompressedSource::Kind kind)
{
    switch (kind) {
    case CompressedSource::Kind::Zstd: return KCompressionDevice::Zstd;
    case CompressedSource::Kind::Xz: return KCompressionDevice::Xz;
    case CompressedSource::Kind::Bzip2: break;
    }
    return KCompressionDevice::BZip2;
}

} // namespace

CompressedSource::CompressedSource(const QString &path, Kind kind) : m_path(path), m_kind(kind) {}

CompressedSource::~CompressedSource() = default;

Result<std::unique_ptr<CompressedSource>> CompressedSource::open(const QString &path, Kind kind)
{
    std::unique_ptr<CompressedSource> source(new CompressedSource(path, kind));
    auto file = std::make_unique<QFile>(path);
    if (!file->open(QIODevice::ReadOnly))
        return failure({.kind = ErrorKind::Denied, .subject = path, .detail = file->errorString()});
    source->m_total = file->size();
    source->m_file = file.get();
    source->m_device = std::make_unique<KCompressionDevice>(file.release(), true, typeOf(kind));
    if (!source->m_device->open(QIODevice::ReadOnly))
        return failure({.kind = ErrorKind::Unsupported, .subject = path,
                        .detail = u"this build cannot read .%1 files"_s.arg(source->format())});
    return source;
}

Result<qsizetype> CompressedSource::read(std::span<char> buffer)
{
    const qint64 got = m_device->read(buffer.data(), static_cast<qint64>(buffer.size()));
    if (got < 0)
        return failure({.kind = ErrorKind::Corrupt, .subject = m_path,
                        .detail = u"the compressed file is damaged or cut off near byte %1"_s
                                      .arg(consumed()),
                        .advice = Advice::DownloadAgain});
    return static_cast<qsizetype>(got);
}

qint64 CompressedSource::consumed() const
{
    return m_file->pos();
}

QString CompressedSource::format() const
{
    switch (m_kind) {
    case Kind::Zstd: return u"zst"_s;
    case Kind::Xz: return u"xz"_s;
    case Kind::Bzip2: break;
    }
    return u"bz2"_s;
}

} // namespace mayday::archive
