// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

class KCompressionDevice;
class QIODevice;

namespace mayday::archive {

class FileSource;

/// The inside of a zstd, xz or bzip2 file. Owns the open file; a stream that cannot be read on is
/// Corrupt.
class CompressedSource final : public ByteSource {
public:
    enum class Kind { Zstd, Xz, Bzip2 };

    [[nodiscard]] static Result<std::unique_ptr<CompressedSource>> open(const QString &path, Kind kind);
    ~CompressedSource() override;

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override;
    [[nodiscard]] qint64 total() const override { return m_total; }
    [[nodiscard]] QString format() const override;

private:
    CompressedSource(const QString &path, Kind kind);

    QString m_path;
    Kind m_kind;
    std::unique_ptr<KCompressionDevice> m_device;
    QIODevice *m_file = nullptr; // owned by m_device
    qint64 m_total = 0;
};

} // namespace mayday::archive
