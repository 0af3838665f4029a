// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/textsource.h"

using namespace Qt::StringLiterals;

namespace mayday::dump {

namespace {

constexpr qsizetype rawSize = 64 * 1024;

} // namespace

Utf16Source::Utf16Source(std::unique_ptr<archive::ByteSource> source, bool isBigEndian,
                         const QString &subject)
    : m_source(std::move(source)),
      m_subject(subject),
      m_decoder(isBigEndian ? QStringDecoder::Utf16BE : QStringDecoder::Utf16LE,
                QStringDecoder::Flag::ConvertInitialBom),
      m_raw(rawSize, Qt::Uninitialized)
{
}

Result<qsizetype> Utf16Source::read(std::span<char> buffer)
{
    while (m_at == m_ready.size()) {
        const auto got = m_source->read(std::span(m_raw.data(), static_cast<size_t>(m_raw.size())));
        if (!got)
            return got;
        if (*got == 0)
            return atEnd();
        if (const auto converted = convert(QByteArrayView(m_raw).first(*got)); !converted)
            return failure(converted.error());
    }
    return archive::giveFrom(m_ready, m_at, buffer);
}

Result<void> Utf16Source::convert(QByteArrayView raw)
{
    const QString units = m_half + QString(m_decoder(raw));
    m_half = units.last(!units.isEmpty() && units.back().isHighSurrogate() ? 1 : 0);
    m_isInUnit = m_isInUnit != (raw.size() % 2 != 0);
    const QString text = units.chopped(m_half.size());
    m_ready = text.toUtf8();
    m_at = 0;
    if (text.isValidUtf16() && !m_decoder.hasError())
        return {};
    return failure({.kind = ErrorKind::Corrupt,
                    .subject = m_subject,
                    .detail = u"the text begins as UTF-16 and does not go on as such"_s,
                    .advice = Advice::MakeBackupWithPgDump});
}

Result<qsizetype> Utf16Source::atEnd()
{
    m_isCut = m_isInUnit || !m_half.isEmpty();
    if (!m_isCut)
        return 0;
    return failure({.kind = ErrorKind::Corrupt,
                    .subject = m_subject,
                    .detail = u"the text stops inside a letter of its UTF-16"_s,
                    .advice = Advice::DownloadAgain});
}

QStringList Utf16Source::remarks() const
{
    return m_source->remarks() << u"the text is UTF-16 and was converted to UTF-8"_s;
}

bool isAsItIs(QByteArrayView head)
{
    return !head.startsWith("\xef\xbb\xbf") && !head.startsWith("\xff\xfe") &&
           !head.startsWith("\xfe\xff");
}

TextMark markOf(QByteArrayView head)
{
    if (!isAsItIs(head))
        return head.startsWith("\xef\xbb\xbf") ? TextMark::Utf8 : TextMark::Utf16;
    const qsizetype end = head.indexOf('\n');
    return end > 0 && head[end - 1] == '\r' ? TextMark::LineEnds : TextMark::None;
}

std::unique_ptr<archive::ByteSource> asUtf8(std::unique_ptr<archive::HeadSource> source,
                                            const QString &subject)
{
    const QByteArrayView head = source->head();
    if (head.startsWith("\xef\xbb\xbf"))
        source->forget(3);
    const bool isLittle = head.startsWith("\xff\xfe");
    const bool isBig = head.startsWith("\xfe\xff");
    if (!isLittle && !isBig)
        return source;
    source->forget(2);
    return std::make_unique<Utf16Source>(std::move(source), isBig, subject);
}

} // namespace mayday::dump
