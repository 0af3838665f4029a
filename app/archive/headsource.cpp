// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/headsource.h"

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace mayday::archive {

qsizetype giveFrom(QByteArrayView bytes, qsizetype &at, std::span<char> buffer)
{
    const qsizetype size = std::min(bytes.size() - at, static_cast<qsizetype>(buffer.size()));
    if (size > 0)
        std::memcpy(buffer.data(), bytes.data() + at, static_cast<size_t>(size));
    at += size;
    return size;
}

HeadSource::HeadSource(std::unique_ptr<ByteSource> source, qsizetype headSize)
    : m_source(std::move(source))
{
    m_head.resize(headSize);
    qsizetype filled = 0;
    while (filled < headSize) {
        const auto got = m_source->read(std::span(m_head.data(), static_cast<size_t>(headSize))
                                            .subspan(static_cast<size_t>(filled)));
        if (!got)
            m_error = got.error();
        if (!got || *got == 0)
            break;
        filled += *got;
    }
    m_head.resize(filled);
}

Result<qsizetype> HeadSource::read(std::span<char> buffer)
{
    if (m_at < m_head.size())
        return giveFrom(m_head, m_at, buffer);
    if (m_error)
        return failure(*m_error);
    return m_source->read(buffer);
}

Result<qsizetype> BytesSource::read(std::span<char> buffer)
{
    return giveFrom(m_bytes, m_at, buffer);
}

QString BytesSource::format() const
{
    return u"plain"_s;
}

} // namespace mayday::archive
