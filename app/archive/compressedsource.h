// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/bytesource.h"

#include <optional>
#include <vector>

class KFilterBase;

namespace mayday::archive {

/// The inside of a zstd, xz or bzip2 file, of one or many streams. What does not end as its format
/// wants it is Corrupt, after all that could be read before; what takes more memory than there is
/// for it, Unsupported. Owns the source it reads.
class CompressedSource final : public ByteSource {
public:
    enum class Kind { Zstd, Xz, Bzip2 };

    /// subject: the file, for errors. Unsupported when the library was built without the format.
    [[nodiscard]] static Result<std::unique_ptr<CompressedSource>>
    open(std::unique_ptr<ByteSource> file, Kind kind, const QString &subject);
    ~CompressedSource() override;

    [[nodiscard]] Result<qsizetype> read(std::span<char> buffer) override;
    [[nodiscard]] qint64 consumed() const override;
    [[nodiscard]] qint64 total() const override { return m_file->total(); }
    [[nodiscard]] QString format() const override;
    [[nodiscard]] bool endedEarly() const override { return m_endedEarly || m_file->endedEarly(); }
    [[nodiscard]] QStringList remarks() const override { return m_file->remarks(); }

private:
    enum class Place { BetweenStreams, InStream, End };

    CompressedSource(std::unique_ptr<ByteSource> file, Kind kind, const QString &subject);

    void lookAhead(qsizetype bytes);
    [[nodiscard]] Result<void> checkMemory();
    [[nodiscard]] Result<void> refill();
    [[nodiscard]] Result<void> beginStream();
    [[nodiscard]] Result<void> unpackSome();
    [[nodiscard]] Error corrupt(const QString &what) const;

    std::unique_ptr<ByteSource> m_file;
    Kind m_kind;
    QString m_subject;
    std::unique_ptr<KFilterBase> m_filter;
    std::vector<char> m_input;
    qsizetype m_filled = 0;   // of m_input
    qint64 m_taken = 0;       // of the compressed bytes, wherever they come from
    bool m_holdsMore = false; // the filter has output for which there was no room
    Place m_place = Place::InStream;
    bool m_isNewStream = true; // nothing of it was unpacked yet
    std::optional<Error> m_error;
    bool m_endedEarly = false;
};

} // namespace mayday::archive
