// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/members.h"

#include "archive/tarheader.h"
#include "core/taskcontext.h"

#include <QStringDecoder>

#include <zlib.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::archive {

Wrapping wrappingOf(QByteArrayView head)
{
    // A local file, the end of an empty zip, one of several parts.
    if (head.startsWith("PK\x03\x04") || head.startsWith("PK\x05\x06") ||
        head.startsWith("PK\x07\x08"))
        return Wrapping::Zip;
    if (head.startsWith("7z\xbc\xaf\x27\x1c"))
        return Wrapping::SevenZip;
    return looksLikeTar(head) ? Wrapping::Tar : Wrapping::None;
}

QString wrappingWord(Wrapping wrapping)
{
    switch (wrapping) {
    case Wrapping::Tar: return u"tar"_s;
    case Wrapping::Zip: return u"zip"_s;
    case Wrapping::SevenZip: return u"7z"_s;
    case Wrapping::None: break;
    }
    return {};
}

QString memberName(QByteArrayView bytes)
{
    QStringDecoder utf8(QStringDecoder::Utf8);
    QString name = utf8(bytes);
    if (utf8.hasError())
        name = QString::fromLatin1(bytes);
    while (name.startsWith("./"_L1))
        name.remove(0, 2);
    return name;
}

Error damagedContainer(const QString &subject, const QString &detail)
{
    return {.kind = ErrorKind::Corrupt,
            .subject = subject,
            .detail = detail,
            .advice = Advice::DownloadAgain};
}

Error closedMember(const QString &subject, const Member &member)
{
    return {.kind = ErrorKind::Unsupported,
            .subject = subject,
            .detail = member.name + u": "_s + member.hindrance,
            .advice = Advice::UnpackFirst};
}

void MemberCheck::add(QByteArrayView bytes)
{
    m_count += bytes.size();
    if (m_crc)
        m_sum = static_cast<quint32>(::crc32_z(m_sum, reinterpret_cast<const Bytef *>(bytes.data()),
                                               static_cast<z_size_t>(bytes.size())));
}

Result<void> MemberCheck::finish(const QString &subject, const QString &name) const
{
    if (m_count != m_size)
        return failure(damagedContainer(
            subject,
            u"%1 in it is damaged: it should be %2 bytes, and is %3"_s.arg(name).arg(m_size).arg(
                m_count)));
    if (m_crc && m_sum != *m_crc)
        return failure(
            damagedContainer(subject, u"%1 in it is damaged: its checksum is another"_s.arg(name)));
    return {};
}

MemberSource::MemberSource(std::unique_ptr<MemberReader> members, qsizetype index, Reading reading)
    : m_members(std::move(members)), m_index(index), m_reading(std::move(reading))
{
}

QString MemberSource::format() const
{
    return u"plain"_s;
}

Result<bool> MemberSource::advance()
{
    if (m_reading.stop.stop_requested())
        return failure(TaskContext::cancelled(m_reading.subject, u"reading stopped"_s));
    return m_members->next();
}

Result<qsizetype> MemberSource::readSome(std::span<char> buffer)
{
    for (qsizetype i = 0; m_place == Place::Before; ++i) {
        const auto more = advance();
        if (!more)
            return failure(more.error());
        if (!*more)
            return failure(damagedContainer(m_reading.subject, u"it changed while it was read"_s));
        if (i == m_index)
            m_place = Place::Inside;
    }
    if (m_place == Place::End)
        return 0;
    const auto got = m_members->read(buffer);
    if (!got || *got > 0)
        return got;
    m_place = Place::End;
    for (;;) {
        const auto more = advance();
        if (!more)
            return failure(more.error());
        if (!*more)
            return 0;
    }
}

Result<qsizetype> MemberSource::read(std::span<char> buffer)
{
    if (m_error)
        return failure(*m_error);
    auto got = readSome(buffer);
    if (!got)
        m_error = got.error();
    m_consumed = std::max(m_consumed, m_members->consumed());
    return got;
}

} // namespace mayday::archive
