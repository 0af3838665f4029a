// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <vector>

namespace mayday::archive {

/// The inside of a gzip file: one or many members, each with its checksum and length checked.
///
/// A cut file and a wrong checksum are Corrupt with the byte of the file where it was noticed; all
/// that could be inflated before comes out first. Bytes after the last member are a remark, as for
/// gunzip. Owns the source it reads.
class GzipSource final : public ByteSource {
public:
    /// subject: the file, for errors.
    GzipSource(std::unique_ptr<ByteSource> file, const QString &subject);
    ~GzipSource() override;

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override;
    [[nodiscard]] qint64 total() const override { return m_file->total(); }
    [[nodiscard]] QString format() const override;
    [[nodiscard]] bool endedEarly() const override { return m_endedEarly || m_file->endedEarly(); }
    [[nodiscard]] QStringList remarks() const override { return m_file->remarks() + m_remarks; }

private:
    enum class Place { BetweenMembers, InMember, End };
    struct Stream; // zlib's header stays in the .cpp

    [[nodiscard]] Result<void> refill();
    [[nodiscard]] Result<void> beginMember();
    [[nodiscard]] Result<void> skipTail();
    [[nodiscard]] Result<void> inflateSome();
    [[nodiscard]] qint64 place() const;
    [[nodiscard]] Error cut();
    [[nodiscard]] Error damaged(const QString &what) const;

    std::unique_ptr<ByteSource> m_file;
    QString m_subject;
    std::unique_ptr<Stream> m_stream;
    std::vector<char> m_input;
    qint64 m_taken = 0; // of the compressed bytes, wherever they come from
    Place m_place = Place::BetweenMembers;
    qint64 m_members = 0;
    std::optional<Error> m_error;
    bool m_endedEarly = false;
    QStringList m_remarks;
};

} // namespace mayday::archive
