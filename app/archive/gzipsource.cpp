// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/gzipsource.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

constexpr int gzipOnly = MAX_WBITS + 16;
constexpr int headerSize = 10;

} // namespace

struct GzipSource::Stream {
    z_stream z = {};
    bool isReady = false;
};

GzipSource::GzipSource(std::unique_ptr<ByteSource> file, const QString &subject)
    : m_file(std::move(file)),
      m_subject(subject),
      m_stream(std::make_unique<Stream>()),
      m_input(compressedReadSize)
{
    m_stream->isReady = inflateInit2(&m_stream->z, gzipOnly) == Z_OK;
    if (!m_stream->isReady)
        m_error = Error{
            .kind = ErrorKind::Internal, .subject = subject, .detail = u"zlib did not start"_s};
}

GzipSource::~GzipSource()
{
    if (m_stream->isReady)
        inflateEnd(&m_stream->z);
}

QString GzipSource::format() const
{
    return u"gz"_s;
}

qint64 GzipSource::consumed() const
{
    return std::max<qint64>(0, m_file->consumed() - m_stream->z.avail_in);
}

qint64 GzipSource::place() const
{
    return m_taken - m_stream->z.avail_in;
}

Error GzipSource::cut()
{
    m_endedEarly = true;
    return {.kind = ErrorKind::Corrupt,
            .subject = m_subject,
            .detail = u"the compressed file is cut off at byte %1"_s.arg(place()),
            .advice = Advice::DownloadAgain};
}

Error GzipSource::damaged(const QString &what) const
{
    return {.kind = ErrorKind::Corrupt,
            .subject = m_subject,
            .detail = u"the compressed file is damaged near byte %1: %2"_s.arg(place()).arg(what),
            .advice = Advice::DownloadAgain};
}

/// Keeps what is left in front, so that a member's header is always seen in one piece.
Result<void> GzipSource::refill()
{
    z_stream &z = m_stream->z;
    const size_t left = z.avail_in;
    if (left > 0)
        std::memmove(m_input.data(), z.next_in, left);
    const auto got = m_file->read(std::span(m_input).subspan(left));
    if (!got)
        return failure(got.error());
    m_taken += *got;
    z.next_in = reinterpret_cast<Bytef *>(m_input.data());
    z.avail_in = static_cast<uInt>(left) + static_cast<uInt>(*got);
    return {};
}

Result<void> GzipSource::beginMember()
{
    z_stream &z = m_stream->z;
    for (uInt before = ~0U; z.avail_in < headerSize && z.avail_in != before;) {
        before = z.avail_in;
        if (const auto filled = refill(); !filled)
            return filled;
    }
    if (z.avail_in == 0 && m_members > 0) {
        m_place = Place::End;
        return {};
    }
    const bool isMember = z.avail_in >= 2 && z.next_in[0] == 0x1f && z.next_in[1] == 0x8b;
    if (!isMember && m_members > 0)
        return skipTail();
    if (z.avail_in < headerSize)
        return failure(cut());
    if (!isMember)
        return failure(damaged(u"it does not begin like a gzip file"_s));
    inflateReset(&z);
    m_place = Place::InMember;
    return {};
}

/// After the last member: zeros are padding (tapes, some uploads), anything else is told.
Result<void> GzipSource::skipTail()
{
    z_stream &z = m_stream->z;
    const qint64 begin = place();
    bool isPadding = true;
    while (z.avail_in > 0) {
        isPadding = isPadding && std::all_of(z.next_in, z.next_in + z.avail_in,
                                             [](Bytef byte) { return byte == 0; });
        z.avail_in = 0;
        if (const auto filled = refill(); !filled)
            return filled;
    }
    if (!isPadding)
        m_remarks.append(
            u"there are %1 bytes after the end of the compressed data, at byte %2; they were ignored"_s
                .arg(place() - begin)
                .arg(begin));
    m_place = Place::End;
    return {};
}

Result<void> GzipSource::inflateSome()
{
    z_stream &z = m_stream->z;
    if (z.avail_in == 0) {
        if (const auto filled = refill(); !filled)
            return filled;
        if (z.avail_in == 0)
            return failure(cut());
    }
    switch (const int code = ::inflate(&z, Z_NO_FLUSH)) {
    case Z_OK:
    case Z_BUF_ERROR: return {};
    case Z_STREAM_END:
        ++m_members;
        m_place = Place::BetweenMembers;
        return {};
    case Z_MEM_ERROR:
        return failure({.kind = ErrorKind::Internal,
                        .subject = m_subject,
                        .detail = u"no memory to decompress"_s});
    default:
        return failure(damaged(z.msg ? QString::fromLatin1(z.msg) : u"zlib code %1"_s.arg(code)));
    }
}

Result<qsizetype> GzipSource::read(std::span<char> buffer)
{
    z_stream &z = m_stream->z;
    z.next_out = reinterpret_cast<Bytef *>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    while (!m_error && z.avail_out > 0 && m_place != Place::End) {
        const auto step = m_place == Place::InMember ? inflateSome() : beginMember();
        if (!step)
            m_error = step.error();
    }
    const auto produced = static_cast<qsizetype>(buffer.size() - z.avail_out);
    if (produced == 0 && m_error)
        return failure(*m_error);
    return produced;
}

} // namespace mayday::archive
