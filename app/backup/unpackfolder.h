// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"

#include <QLockFile>
#include <QStringList>
#include <QTemporaryDir>

#include <functional>
#include <memory>
#include <span>

namespace mayday::backup {

/// Where files may be unpacked to.
struct UnpackPlaces {
    QStringList folders;                          ///< the first with enough room is taken
    qint64 leaveFree = qint64(128) * 1024 * 1024; ///< bytes that stay free, for everybody else

    /// $TMPDIR when it is set, then the user's cache: the system's own place for temporary files
    /// (/tmp) lies in memory on many machines, and comes last.
    [[nodiscard]] static UnpackPlaces standard();
};

/// A folder of its own for what has to lie on the disk to be read, for nobody else's eyes. It goes
/// with all that is in it when the object goes; what a crash left is taken away by the next one, or
/// by the next start of the program.
class UnpackFolder final {
public:
    /// Like ByteSource::read().
    using Read = std::function<Result<qsizetype>(std::span<char>)>;

    /// subject: the backup, for errors. needed: bytes, as far as that is known. NoSpace with
    /// figures when there is no room for them, Denied when no place can be written to.
    [[nodiscard]] static Result<std::unique_ptr<UnpackFolder>>
    create(const QString &subject, qint64 needed,
           const UnpackPlaces &places = UnpackPlaces::standard());

    /// Takes away what runs that were killed have left. What others are working in stays.
    static void removeLeftovers(const UnpackPlaces &places = UnpackPlaces::standard());

    [[nodiscard]] QString path() const { return m_folder.path(); }
    [[nodiscard]] QString filePath(const QString &name) const { return m_folder.filePath(name); }
    /// Writes all that comes into a new file; how many bytes. name: without a folder; Refused when
    /// it has one, Corrupt when it was there already. NoSpace when the disk fills up meanwhile,
    /// Cancelled within a quarter of a megabyte. onBytes is told of each piece.
    [[nodiscard]] Result<qint64> write(const QString &name, const Read &read,
                                       const std::function<void(qint64)> &onBytes,
                                       TaskContext &context);

private:
    UnpackFolder(const QString &subject, const QString &place, qint64 leaveFree);

    [[nodiscard]] Result<void> checkRoom() const;

    QString m_subject;
    qint64 m_leaveFree;
    QTemporaryDir m_folder;
    QLockFile m_lock; // first to go: then the folder is nobody's, and not there a moment later
    qint64 m_written = 0;
};

} // namespace mayday::backup
