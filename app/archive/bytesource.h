// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/accesspoint.h"
#include "core/result.h"

#include <QStringList>

#include <functional>
#include <memory>
#include <span>

namespace mayday::archive {

/// How much of a compressed file is read from the disk at once, in bytes.
inline constexpr qsizetype compressedReadSize = 256 * 1024;

/// Where bytes come from (a port): a file, the inside of a compressed one, a test. Pulled by one
/// thread at a time; blocks on the disk. After a failure it fails again with the same Error.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    ByteSource() = default;
    Q_DISABLE_COPY_MOVE(ByteSource)

    /// Fills the front of the buffer; how many bytes, 0 only at the end.
    [[nodiscard]] virtual Result<qsizetype> read(std::span<char> buffer) = 0;
    /// Passes over so many bytes; how many it were, fewer only at the end.
    [[nodiscard]] virtual Result<qint64> skip(qint64 bytes);
    /// Bytes of the file (not of its inside) taken so far, for progress.
    [[nodiscard]] virtual qint64 consumed() const = 0;
    /// Size of the file when it was opened.
    [[nodiscard]] virtual qint64 total() const = 0;
    /// "plain", "gz", "zst", "xz", "bz2".
    [[nodiscard]] virtual QString format() const = 0;
    /// Whether the failure was that the bytes stop too early, not that they are wrong.
    [[nodiscard]] virtual bool endedEarly() const { return false; }
    /// What is odd about the file and does no harm; whole only at the end.
    [[nodiscard]] virtual QStringList remarks() const { return {}; }
};

/// How bytes are compressed, as their first ones say.
enum class Packing { None, Gzip, Zstd, Xz, Bzip2 };
[[nodiscard]] Packing packingOf(QByteArrayView head);
[[nodiscard]] QString packingWord(Packing packing); ///< "gz", "zst", "xz", "bz2"; None: empty
/// The inside of a source that is packed like this; the source itself for None. subject: the file,
/// for errors.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> unpacked(std::unique_ptr<ByteSource> source,
                                                           Packing packing, const QString &subject);

/// Called with each point that a reading comes by, on the thread that reads. Its window is not
/// compressed: most are wanted by nobody (PointSieve).
using PointSink = std::function<void(const AccessPoint &)>;

/// Opens a file by what its first bytes say, never by its name. onPoint: of a gzip file, gets
/// points from which parts of it can be read later (RangeSource).
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openSource(const QString &path,
                                                             const PointSink &onPoint = {});

} // namespace mayday::archive
