// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/filesource.h"

namespace mayday::archive {

/// A part of a file. Several may share the file, by turns: each moves it to its own place.
class SliceSource final : public ByteSource {
public:
    /// begin, size: in bytes, inside the file.
    SliceSource(std::shared_ptr<FileSource> file, qint64 begin, qint64 size)
        : m_file(std::move(file)), m_at(begin), m_end(begin + size)
    {
    }

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    /// Where in the file it is.
    [[nodiscard]] qint64 consumed() const override { return m_at; }
    [[nodiscard]] qint64 total() const override { return m_file->total(); }
    [[nodiscard]] QString format() const override { return m_file->format(); }

private:
    std::shared_ptr<FileSource> m_file;
    qint64 m_at;
    qint64 m_end;
};

/// So many bytes of a file from there on; fewer when it ends before.
[[nodiscard]] Result<QByteArray> bytesAt(FileSource &file, qint64 at, qint64 size);

} // namespace mayday::archive
