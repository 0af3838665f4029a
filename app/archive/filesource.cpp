// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/filesource.h"

#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::archive {

namespace {

Error openError(const QString &path, const QFileInfo &info, const QString &detail)
{
    Error error{.kind = ErrorKind::Refused, .subject = path, .detail = detail};
    if (!info.exists())
        error.kind = ErrorKind::NotFound;
    else if (!info.isReadable())
        error.kind = ErrorKind::Denied;
    return error;
}

} // namespace

FileSource::FileSource(const QString &path) : m_path(path), m_file(path) {}

Result<std::unique_ptr<FileSource>> FileSource::open(const QString &path)
{
    const QFileInfo info(path);
    // A pipe or a device would block for ever or never end.
    if (info.exists() && !info.isFile())
        return failure(openError(path, info, u"it is not a file"_s));
    std::unique_ptr<FileSource> source(new FileSource(path));
    if (!source->m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failure(openError(path, info, source->m_file.errorString()));
    source->m_total = source->m_file.size();
    return source;
}

Result<qsizetype> FileSource::read(std::span<char> buffer)
{
    const qint64 got = m_file.read(buffer.data(), static_cast<qint64>(buffer.size()));
    if (got < 0)
        return failure(
            {.kind = ErrorKind::Unreachable,
             .subject = m_path,
             .detail =
                 u"reading failed at byte %1: %2"_s.arg(m_consumed).arg(m_file.errorString())});
    m_consumed += got;
    return static_cast<qsizetype>(got);
}

Result<void> FileSource::moveTo(qint64 offset)
{
    if (!m_file.seek(offset))
        return failure(
            {.kind = ErrorKind::Unreachable,
             .subject = m_path,
             .detail = u"byte %1 cannot be reached: %2"_s.arg(offset).arg(m_file.errorString())});
    m_consumed = offset;
    return {};
}

Result<qint64> FileSource::skip(qint64 bytes)
{
    const qint64 there = std::clamp<qint64>(m_file.size() - m_consumed, 0, bytes);
    if (auto moved = moveTo(m_consumed + there); !moved)
        return failure(moved.error());
    return there;
}

QString FileSource::format() const
{
    return u"plain"_s;
}

QByteArray FileSource::peek(qsizetype size)
{
    const QByteArray head = m_file.read(size);
    m_file.seek(m_consumed);
    return head;
}

} // namespace mayday::archive
