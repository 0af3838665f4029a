// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/slicesource.h"

#include <algorithm>

namespace mayday::archive {

Result<qsizetype> SliceSource::read(std::span<char> buffer)
{
    const auto wanted = std::min<qint64>(m_end - m_at, static_cast<qint64>(buffer.size()));
    if (wanted <= 0)
        return 0;
    if (m_file->consumed() != m_at) {
        if (auto moved = m_file->moveTo(m_at); !moved)
            return failure(moved.error());
    }
    const auto got = m_file->read(buffer.first(static_cast<size_t>(wanted)));
    m_at += got.value_or(0);
    return got;
}

Result<QByteArray> bytesAt(FileSource &file, qint64 at, qint64 size)
{
    QByteArray bytes(size, '\0');
    qsizetype filled = 0;
    if (auto moved = file.moveTo(at); !moved)
        return failure(moved.error());
    while (filled < size) {
        const auto got = file.read(std::span(bytes.data(), static_cast<size_t>(size))
                                       .subspan(static_cast<size_t>(filled)));
        if (!got)
            return failure(got.error());
        if (*got == 0)
            break;
        filled += *got;
    }
    bytes.truncate(filled);
    return bytes;
}

} // namespace mayday::archive
