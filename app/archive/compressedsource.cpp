// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/compressedsource.h"

#include "archive/decodermemory.h"

#include <KCompressionDevice>
#include <KFilterBase>

#include <QIODevice>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

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

// KCompressionDevice itself takes a cut file for a whole one; its filters tell the difference.
CompressedSource::CompressedSource(std::unique_ptr<ByteSource> file, Kind kind,
                                   const QString &subject)
    : m_file(std::move(file)),
      m_kind(kind),
      m_subject(subject),
      m_filter(KCompressionDevice::filterForCompressionType(typeOf(kind))),
      m_input(compressedReadSize)
{
}

CompressedSource::~CompressedSource()
{
    if (m_filter)
        m_filter->terminate();
}

Result<std::unique_ptr<CompressedSource>> CompressedSource::open(std::unique_ptr<ByteSource> file,
                                                                 Kind kind, const QString &subject)
{
    std::unique_ptr<CompressedSource> source(new CompressedSource(std::move(file), kind, subject));
    if (!source->m_filter || !source->m_filter->init(QIODevice::ReadOnly))
        return failure({.kind = ErrorKind::Unsupported,
                        .subject = subject,
                        .detail = u"this build cannot read .%1 files"_s.arg(source->format()),
                        .advice = Advice::UnpackFirst});
    source->m_filter->setInBuffer(source->m_input.data(), 0);
    return source;
}

Error CompressedSource::corrupt(const QString &what) const
{
    return {.kind = ErrorKind::Corrupt,
            .subject = m_subject,
            .detail = u"the compressed file is %1 byte %2"_s.arg(what).arg(
                m_taken - m_filter->inBufferAvailable()),
            .advice = Advice::DownloadAgain};
}

/// Reads on until so many bytes are there, or there are no more; what stops it shows later.
void CompressedSource::lookAhead(qsizetype bytes)
{
    qsizetype there = m_filter->inBufferAvailable();
    std::memmove(m_input.data(), m_input.data() + m_filled - there, static_cast<size_t>(there));
    while (there < bytes) {
        const auto got = m_file->read(std::span(m_input).subspan(static_cast<size_t>(there)));
        if (!got || *got == 0)
            break;
        there += *got;
        m_taken += *got;
    }
    m_filled = there;
    m_filter->setInBuffer(m_input.data(), static_cast<uint>(there));
}

/// The filters call a stream damaged that takes more memory than they want to use.
Result<void> CompressedSource::checkMemory()
{
    if (m_kind == Kind::Bzip2)
        return {};
    lookAhead(streamHeadSize);
    const QByteArrayView head(m_input.data(), m_filled);
    const bool isXz = m_kind == Kind::Xz;
    const qint64 needed = isXz ? xzDictionary(head) : zstdWindow(head);
    const qint64 most = isXz ? largestXzDictionary : largestZstdWindow;
    if (needed <= most)
        return {};
    const QString command =
        isXz ? u"xz -d"_s
             : u"zstd -d --long=%1"_s.arg(std::bit_width(static_cast<quint64>(needed - 1)));
    return failure(
        {.kind = ErrorKind::Unsupported,
         .subject = m_subject,
         .detail = u"it is compressed so that unpacking it takes %1 MB of memory, and no more than "
                   "%2 MB are used for that here; unpack it first (%3)"_s.arg(needed >> 20)
                       .arg(most >> 20)
                       .arg(command),
         .advice = Advice::UnpackFirst});
}

/// Only when all that was there is used.
Result<void> CompressedSource::refill()
{
    const auto got = m_file->read(m_input);
    if (!got)
        return failure(got.error());
    m_filled = *got;
    m_taken += *got;
    m_filter->setInBuffer(m_input.data(), static_cast<uint>(*got));
    return {};
}

/// After a stream comes another, padding with zeros, or the end.
Result<void> CompressedSource::beginStream()
{
    if (m_filter->inBufferAvailable() == 0) {
        if (const auto filled = refill(); !filled)
            return filled;
        if (m_filter->inBufferAvailable() == 0) {
            m_place = Place::End;
            return {};
        }
    }
    const int left = m_filter->inBufferAvailable();
    const char *next = m_input.data() + m_filled - left;
    if (*next == '\0') {
        m_filter->setInBuffer(next + 1, static_cast<uint>(left - 1));
        return {};
    }
    m_filter->reset();
    m_filter->setInBuffer(next, static_cast<uint>(left));
    m_place = Place::InStream;
    m_isNewStream = true;
    return {};
}

Result<void> CompressedSource::unpackSome()
{
    if (std::exchange(m_isNewStream, false)) {
        if (const auto fits = checkMemory(); !fits)
            return fits;
    }
    if (m_filter->inBufferAvailable() == 0 && !m_holdsMore) {
        if (const auto filled = refill(); !filled)
            return filled;
        if (m_filter->inBufferAvailable() == 0) {
            m_endedEarly = true;
            return failure(corrupt(u"cut off at"_s));
        }
    }
    const auto result = m_filter->uncompress();
    m_holdsMore = m_filter->outBufferAvailable() == 0;
    if (result == KFilterBase::Ok)
        return {};
    if (result == KFilterBase::End) {
        m_holdsMore = false;
        m_place = Place::BetweenStreams;
        return {};
    }
    return failure(corrupt(u"damaged near"_s));
}

Result<qsizetype> CompressedSource::read(std::span<char> buffer)
{
    m_filter->setOutBuffer(buffer.data(), static_cast<uint>(buffer.size()));
    while (!m_error && m_filter->outBufferAvailable() > 0 && m_place != Place::End) {
        const auto step = m_place == Place::InStream ? unpackSome() : beginStream();
        if (!step)
            m_error = step.error();
    }
    const auto produced = static_cast<qsizetype>(buffer.size()) - m_filter->outBufferAvailable();
    if (produced == 0 && m_error)
        return failure(*m_error);
    return produced;
}

qint64 CompressedSource::consumed() const
{
    return std::max<qint64>(0, m_file->consumed() - m_filter->inBufferAvailable());
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
