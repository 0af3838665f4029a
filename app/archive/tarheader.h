// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace mayday::archive {

/// How a tar file is cut into pieces, in bytes: a header, and what its member is padded to.
inline constexpr qsizetype tarBlock = 512;

/// One header block (POSIX.1-1988 "ustar" and what came before and after). A view of its bytes.
class TarHeader final {
public:
    /// block: tarBlock bytes that outlive it.
    explicit TarHeader(QByteArrayView block) : m_block(block) {}

    /// The block behind the last member.
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] bool hasRightSum() const;
    [[nodiscard]] QByteArray name() const;
    [[nodiscard]] qint64 size() const;  ///< of the member in bytes; -1: no number
    [[nodiscard]] qint64 user() const;  ///< the number of its owner; -1: none
    [[nodiscard]] qint64 group() const; ///< the same
    [[nodiscard]] char type() const { return m_block[156]; }

private:
    [[nodiscard]] QByteArrayView field(qsizetype at, qsizetype size) const;

    QByteArrayView m_block;
};

/// With the padding behind it.
[[nodiscard]] constexpr qint64 paddedTarSize(qint64 size)
{
    return (size + tarBlock - 1) / tarBlock * tarBlock;
}

/// Whether these are the first bytes of a tar file: by its magic, which stands behind the first
/// name, or by the sum of an old one's first block.
[[nodiscard]] bool looksLikeTar(QByteArrayView head);

} // namespace mayday::archive
