// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <algorithm>

namespace mayday::archive::test {

/// Bytes in memory, given out in portions, with a failure of the disk at a chosen place.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(QByteArray bytes, qsizetype portion = 1 << 20, qsizetype failAt = -1)
        : m_bytes(std::move(bytes)), m_portion(portion), m_failAt(failAt)
    {
    }
    Result<qsizetype> read(std::span<char> buffer) override
    {
        if (m_failAt >= 0 && m_at >= m_failAt)
            return failure({.kind = ErrorKind::Unreachable,
                            .subject = QStringLiteral("disk"),
                            .detail = QStringLiteral("EIO")});
        const qsizetype end = m_failAt >= 0 ? std::min(m_failAt, m_bytes.size()) : m_bytes.size();
        const qsizetype size =
            std::min({m_portion, end - m_at, static_cast<qsizetype>(buffer.size())});
        std::copy_n(m_bytes.constData() + m_at, size, buffer.data());
        m_at += size;
        return size;
    }
    qint64 consumed() const override { return m_at; }
    qint64 total() const override { return m_bytes.size(); }
    QString format() const override { return QStringLiteral("plain"); }

private:
    QByteArray m_bytes;
    qsizetype m_portion;
    qsizetype m_failAt;
    qsizetype m_at = 0;
};

/// What came out of a source until its end or its failure.
struct Outcome {
    QByteArray bytes;
    std::optional<Error> error;
    bool endedEarly = false;
    QStringList remarks;
    qint64 consumed = 0;
    bool wentBack = false; ///< consumed() fell from one read to the next
};

inline Outcome readAll(ByteSource &source, size_t bufferSize = 1000)
{
    Outcome outcome;
    std::vector<char> buffer(bufferSize);
    for (;;) {
        const auto got = source.read(buffer);
        outcome.wentBack = outcome.wentBack || source.consumed() < outcome.consumed;
        outcome.consumed = source.consumed();
        if (!got)
            outcome.error = got.error();
        if (!got || *got == 0)
            break;
        outcome.bytes.append(buffer.data(), *got);
    }
    outcome.endedEarly = source.endedEarly();
    outcome.remarks = source.remarks();
    return outcome;
}

} // namespace mayday::archive::test
