// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <QByteArray>

#include <optional>

namespace mayday::archive {

/// A source whose beginning can be looked at before it is read. A failure in the beginning comes
/// out when read() gets there.
class HeadSource final : public ByteSource {
public:
    HeadSource(std::unique_ptr<ByteSource> source, qsizetype headSize);

    [[nodiscard]] QByteArrayView head() const { return m_head; }
    /// The failure that ended the head too early, if any.
    [[nodiscard]] const std::optional<Error> &headError() const { return m_error; }
    /// Forgets the first bytes of the head (a byte order mark).
    void forget(qsizetype bytes) { m_at += bytes; }

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_source->consumed(); }
    [[nodiscard]] qint64 total() const override { return m_source->total(); }
    [[nodiscard]] QString format() const override { return m_source->format(); }
    [[nodiscard]] bool endedEarly() const override { return m_source->endedEarly(); }
    [[nodiscard]] QStringList remarks() const override { return m_source->remarks(); }

private:
    std::unique_ptr<ByteSource> m_source;
    QByteArray m_head;
    qsizetype m_at = 0;
    std::optional<Error> m_error;
};

/// Bytes in memory as a source: the beginning of something larger.
class BytesSource final : public ByteSource {
public:
    explicit BytesSource(QByteArray bytes) : m_bytes(std::move(bytes)) {}

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_at; }
    [[nodiscard]] qint64 total() const override { return m_bytes.size(); }
    [[nodiscard]] QString format() const override;

private:
    QByteArray m_bytes;
    qsizetype m_at = 0;
};

/// Copies what is left behind `at` to the front of the buffer and moves `at`; how many bytes.
[[nodiscard]] qsizetype giveFrom(QByteArrayView bytes, qsizetype &at, std::span<char> buffer);

} // namespace mayday::archive
