// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/deflatesource.h"

#include "archive/members.h"

#include <zlib.h>

using namespace Qt::StringLiterals;

namespace mayday::archive {

struct DeflateSource::Stream {
    z_stream z = {};
    bool isReady = false;
};

DeflateSource::DeflateSource(std::unique_ptr<ByteSource> packed, const QString &subject)
    : m_packed(std::move(packed)),
      m_subject(subject),
      m_stream(std::make_unique<Stream>()),
      m_input(compressedReadSize)
{
    m_stream->isReady = inflateInit2(&m_stream->z, -MAX_WBITS) == Z_OK;
    if (!m_stream->isReady)
        m_error = Error{
            .kind = ErrorKind::Internal, .subject = subject, .detail = u"zlib did not start"_s};
}

DeflateSource::~DeflateSource()
{
    if (m_stream->isReady)
        inflateEnd(&m_stream->z);
}

Result<void> DeflateSource::inflateSome()
{
    z_stream &z = m_stream->z;
    if (z.avail_in == 0) {
        const auto got = m_packed->read(m_input);
        if (!got)
            return failure(got.error());
        if (*got == 0)
            return failure(
                damagedContainer(m_subject, u"the compressed data in it stop too early"_s));
        z.next_in = reinterpret_cast<Bytef *>(m_input.data());
        z.avail_in = static_cast<uInt>(*got);
    }
    const int code = ::inflate(&z, Z_NO_FLUSH);
    m_isAtEnd = code == Z_STREAM_END;
    if (code == Z_OK || code == Z_BUF_ERROR || m_isAtEnd)
        return {};
    return failure(damagedContainer(
        m_subject, u"the compressed data in it are damaged near byte %1"_s.arg(consumed())));
}

Result<qsizetype> DeflateSource::read(std::span<char> buffer)
{
    z_stream &z = m_stream->z;
    z.next_out = reinterpret_cast<Bytef *>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    while (!m_error && !m_isAtEnd && z.avail_out > 0) {
        if (const auto step = inflateSome(); !step)
            m_error = step.error();
    }
    const auto produced = static_cast<qsizetype>(buffer.size() - z.avail_out);
    if (produced == 0 && m_error)
        return failure(*m_error);
    return produced;
}

} // namespace mayday::archive
