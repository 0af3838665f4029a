// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/accesspoint.h"
#include "archive/bytesource.h"

namespace mayday::archive {

/// The text of a file from one place to another, without what is before it: of a plain file by
/// seeking, of a gzip file from the nearest access point. Owns what it reads.
///
/// Of a gzip file everything that is given out is checked: the last read() answers only after
/// the next checksum behind the range, so a damage is Corrupt and never taken for rows.
class RangeSource final : public ByteSource {
public:
    /// to: behind the last byte, or -1 for the end of the file. Unsupported for a file that is
    /// neither plain nor gzip.
    [[nodiscard]] static Result<std::unique_ptr<ByteSource>>
    open(const QString &path, const AccessPoints &points, qint64 from, qint64 to);

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_source->consumed(); }
    [[nodiscard]] qint64 total() const override { return m_source->total(); }
    [[nodiscard]] QString format() const override { return m_source->format(); }
    [[nodiscard]] bool endedEarly() const override { return m_source->endedEarly(); }
    [[nodiscard]] QStringList remarks() const override { return m_source->remarks(); }

private:
    RangeSource() = default;
    [[nodiscard]] Result<void> pass(qint64 bytes);
    [[nodiscard]] Result<qsizetype> finish();

    std::unique_ptr<ByteSource> m_source;
    QString m_path;
    qint64 m_toSkip = 0; ///< before the range, after the access point
    qint64 m_left = -1;  ///< of the range; -1: to the end
    qint64 m_behind = 0; ///< from the end of the range to the next checksum; -1: to the end
};

} // namespace mayday::archive
