// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/headsource.h"

#include <QByteArray>
#include <QStringDecoder>

namespace mayday::dump {

/// Turns UTF-16 (as PowerShell's ">" writes it) into UTF-8 on the way. Corrupt when it is not
/// UTF-16, or stops inside a letter.
class Utf16Source final : public archive::ByteSource {
public:
    Utf16Source(std::unique_ptr<archive::ByteSource> source, bool isBigEndian,
                const QString &subject);

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_source->consumed(); }
    [[nodiscard]] qint64 total() const override { return m_source->total(); }
    [[nodiscard]] QString format() const override { return m_source->format(); }
    [[nodiscard]] bool endedEarly() const override { return m_isCut || m_source->endedEarly(); }
    [[nodiscard]] QStringList remarks() const override;

private:
    [[nodiscard]] Result<void> convert(QByteArrayView raw);
    [[nodiscard]] Result<qsizetype> atEnd();

    std::unique_ptr<archive::ByteSource> m_source;
    QString m_subject;
    QStringDecoder m_decoder;
    QString m_half; ///< of a letter of two units, the first
    bool m_isInUnit = false;
    bool m_isCut = false;
    QByteArray m_raw;
    QByteArray m_ready;
    qsizetype m_at = 0;
};

/// What a text has that pg_dump does not write into a file.
enum class TextMark {
    None,
    LineEnds, ///< those of Windows, which its pg_dump writes too if its text goes through a pipe
    Utf8,     ///< a byte order mark: written by another program for certain
    Utf16,    ///< the same
};

[[nodiscard]] TextMark markOf(QByteArrayView head);

/// Whether a text that begins so is read byte for byte: no byte order mark, no UTF-16.
[[nodiscard]] bool isAsItIs(QByteArrayView head);

/// The source with its byte order mark taken off and UTF-16 converted.
[[nodiscard]] std::unique_ptr<archive::ByteSource>
asUtf8(std::unique_ptr<archive::HeadSource> source, const QString &subject);

} // namespace mayday::dump
