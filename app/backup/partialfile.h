// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QFile>
#include <QLockFile>

#include <memory>

namespace mayday::backup {

/// A file that is not whole yet: hidden beside its name, for its owner's eyes only. It goes with
/// the object unless it was kept; what a killed program has left is taken away by
/// removeAbandoned().
class PartialFile final {
public:
    /// Makes the folder when there is none. AlreadyExists when the name is taken.
    [[nodiscard]] static Result<std::unique_ptr<PartialFile>> create(const QString &name,
                                                                     qint64 leaveFree);
    ~PartialFile();
    Q_DISABLE_COPY_MOVE(PartialFile)

    /// Takes away what others have left there; what somebody works on stays.
    static void removeAbandoned(const QString &folder);

    [[nodiscard]] QString path() const { return m_file.fileName(); }
    [[nodiscard]] qint64 bytes() const { return m_bytes; }
    /// NoSpace when the disk is full, or would have less left than it should.
    [[nodiscard]] Result<void> write(QByteArrayView piece);
    /// Everything is on the disk.
    [[nodiscard]] Result<void> flush();
    /// It gets its name. AlreadyExists when somebody else has taken it meanwhile.
    [[nodiscard]] Result<void> keep();

private:
    PartialFile(const QString &name, qint64 leaveFree);
    [[nodiscard]] Result<void> checkSpace() const;

    QString m_name;
    qint64 m_leaveFree;
    QLockFile m_lock;
    QFile m_file;
    qint64 m_bytes = 0;
    qint64 m_unchecked = 0;
    bool m_isKept = false;
};

} // namespace mayday::backup
