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

    /// Makes points on the way, accessPointOffered apart. Before the first read().
    void makePoints(PointSink sink) { m_sink = std::move(sink); }
    /// Goes on from a point instead of the beginning; the source stands at its place of the file.
    /// Before the first read().
    [[nodiscard]] Result<void> resume(const AccessPoint &from);
    /// The checksums of these points are compared when they are passed. All lie behind the place
    /// reading begins at. Before the first read().
    void compareWith(AccessPoints points) { m_behind = std::move(points); }

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
    [[nodiscard]] Result<void> inflateOnce();
    void makePoint();
    [[nodiscard]] Result<void> comparePoint();
    [[nodiscard]] Result<void> compareTrailer();
    [[nodiscard]] Result<void> need(size_t bytes);
    [[nodiscard]] qint64 place() const;
    [[nodiscard]] Error cut();
    [[nodiscard]] Error damaged(const QString &what) const;

    std::unique_ptr<ByteSource> m_file;
    QString m_subject;
    PointSink m_sink;
    AccessPoints m_behind; ///< still to be compared
    qint64 m_text = 0;     ///< bytes inflated, of the whole file
    qint64 m_lastPoint = 0;
    quint32 m_crc = 0;    ///< of the member so far, when it was entered at a point
    bool m_isRaw = false; ///< inside such a member: zlib does not see its checksum
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
