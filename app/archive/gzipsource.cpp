// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/gzipsource.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

constexpr int gzipOnly = MAX_WBITS + 16;
constexpr int rawDeflate = -MAX_WBITS;
constexpr int headerSize = 10;
constexpr size_t trailerSize = 8;
constexpr uInt windowSize = 32 * 1024;

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

Result<void> GzipSource::resume(const AccessPoint &from)
{
    z_stream &z = m_stream->z;
    const QByteArray window = qUncompress(from.window);
    const auto *dictionary = reinterpret_cast<const Bytef *>(window.constData());
    int code = inflateReset2(&z, rawDeflate);
    if (code == Z_OK && from.bits > 0)
        code = inflatePrime(&z, from.bits, from.lastByte >> (8 - from.bits));
    if (code == Z_OK)
        code = inflateSetDictionary(&z, dictionary, static_cast<uInt>(window.size()));
    if (code != Z_OK)
        return failure({.kind = ErrorKind::Internal,
                        .subject = m_subject,
                        .detail = u"zlib did not take the place to go on from"_s});
    m_text = from.textOffset;
    m_crc = from.crc;
    m_isRaw = true;
    m_place = Place::InMember;
    return {};
}

/// At the end of a block of the member, when the last point is far enough behind.
void GzipSource::makePoint()
{
    constexpr int atBlockEnd = 128;
    constexpr int inLastBlock = 64;
    constexpr int unusedBits = 7;
    const z_stream &z = m_stream->z;
    if ((z.data_type & atBlockEnd) == 0 || (z.data_type & inLastBlock) != 0 ||
        m_text - m_lastPoint < accessPointOffered)
        return;
    // The byte before is gone with the input before: the next block will do.
    if (z.next_in == reinterpret_cast<const Bytef *>(m_input.data()))
        return;
    QByteArray window(windowSize, Qt::Uninitialized);
    uInt size = 0;
    inflateGetDictionary(&m_stream->z, reinterpret_cast<Bytef *>(window.data()), &size);
    window.truncate(size);
    m_lastPoint = m_text;
    m_sink({.textOffset = m_text,
            .fileOffset = consumed(),
            .bits = z.data_type & unusedBits,
            .lastByte = *(z.next_in - 1),
            .crc = static_cast<quint32>(z.adler),
            .window = window});
}

Result<void> GzipSource::comparePoint()
{
    if (m_behind.isEmpty() || m_text != m_behind.first().textOffset)
        return {};
    const AccessPoint point = m_behind.takeFirst();
    const z_stream &z = m_stream->z;
    const auto crc = m_isRaw ? m_crc : static_cast<quint32>(z.adler);
    return crc == point.crc ? Result<void>() : failure(damaged(u"incorrect data check"_s));
}

/// Room is made in front, so that so many bytes are seen in one piece.
Result<void> GzipSource::need(size_t bytes)
{
    const z_stream &z = m_stream->z;
    for (size_t before = bytes; z.avail_in < bytes && z.avail_in != before;) {
        before = z.avail_in;
        if (const auto filled = refill(); !filled)
            return filled;
    }
    return z.avail_in < bytes ? failure(cut()) : Result<void>();
}

/// What zlib does itself for a member that it has seen from its beginning.
Result<void> GzipSource::compareTrailer()
{
    z_stream &z = m_stream->z;
    if (const auto there = need(trailerSize); !there)
        return there;
    quint32 crc = 0;
    for (int byte = 3; byte >= 0; --byte)
        crc = crc << 8 | z.next_in[byte];
    if (crc != m_crc)
        return failure(damaged(u"incorrect data check"_s));
    z.next_in += trailerSize;
    z.avail_in -= trailerSize;
    m_isRaw = false;
    const uInt left = z.avail_in;
    Bytef *const at = z.next_in;
    inflateReset2(&z, gzipOnly);
    z.next_in = at;
    z.avail_in = left;
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
    // A checksum can be compared only at its very place.
    const uInt room = z.avail_out;
    if (!m_behind.isEmpty())
        z.avail_out =
            static_cast<uInt>(std::min<qint64>(room, m_behind.first().textOffset - m_text));
    const uInt given = z.avail_out;
    const Bytef *const from = z.next_out;
    const Result<void> done = inflateOnce();
    const uInt made = given - z.avail_out;
    z.avail_out = room - made;
    m_text += made;
    if (m_isRaw)
        m_crc = static_cast<quint32>(crc32(m_crc, from, made));
    if (!done)
        return done;
    if (m_place == Place::BetweenMembers) {
        m_behind.removeIf([this](const AccessPoint &p) { return p.textOffset <= m_text; });
        return m_isRaw ? compareTrailer() : Result<void>();
    }
    if (m_sink)
        makePoint();
    return comparePoint();
}

Result<void> GzipSource::inflateOnce()
{
    z_stream &z = m_stream->z;
    switch (const int code = ::inflate(&z, m_sink ? Z_BLOCK : Z_NO_FLUSH)) {
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
