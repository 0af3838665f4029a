// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <optional>
#include <vector>

namespace mayday::archive {

/// The inside of bare deflate data, as zip and 7z hold it: without a header, and without a
/// checksum. Owns the source it reads.
class DeflateSource final : public ByteSource {
public:
    /// subject: the file, for errors.
    DeflateSource(std::unique_ptr<ByteSource> packed, const QString &subject);
    ~DeflateSource() override;

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override { return m_packed->consumed(); }
    [[nodiscard]] qint64 total() const override { return m_packed->total(); }
    [[nodiscard]] QString format() const override { return m_packed->format(); }

private:
    struct Stream; // zlib's header stays in the .cpp

    [[nodiscard]] Result<void> inflateSome();

    std::unique_ptr<ByteSource> m_packed;
    QString m_subject;
    std::unique_ptr<Stream> m_stream;
    std::vector<char> m_input;
    bool m_isAtEnd = false;
    std::optional<Error> m_error;
};

} // namespace mayday::archive
