// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/members.h"
#include "core/taskcontext.h"

#include <QList>

namespace mayday::backup {

/// How much of a file is looked at to see what it is, in bytes.
inline constexpr qsizetype headBytes = 64 * 1024;

/// The phase of that, as progress names it.
inline const QString lookingInside = QStringLiteral("look inside");

/// A file in a container, as far as its first bytes say what it is.
struct ContainedFile {
    enum class Sort {
        Backup,   ///< SQL text or an archive of pg_dump, compressed or not
        Contents, ///< the toc.dat of a pg_dump -Fd folder
        Wrapped,  ///< a container again, which may have a backup in it
        Closed,   ///< cannot be read here: encrypted, packed by something unknown
        Damaged,  ///< cannot be read: damaged
        Other,
    };

    archive::Member member;
    qsizetype index = 0; ///< how many stand before it
    Sort sort = Sort::Other;
    QString thing = {}; ///< of Other, what it is when that is known: "a PNG picture"
    std::optional<Error> error = std::nullopt; ///< of Damaged, and of what is Closed inside
};

/// The one backup in a container.
struct ChosenBackup {
    QList<ContainedFile> files = {}; ///< one, or all files of a pg_dump -Fd folder
    bool isFolder = false;
    QStringList remarks = {}; ///< names what else is there
};

/// Looks at every member, to the container's end. An Error is of the container or Cancelled; a
/// member that is damaged by itself is one of the answers.
[[nodiscard]] Result<QList<ContainedFile>> contentsOf(archive::MemberReader &members,
                                                      TaskContext &context);

/// Unsupported when there is none, or more than one: detail lists what is there and says what to
/// do. what: "zip". subject: the file, for errors.
[[nodiscard]] Result<ChosenBackup> chooseBackup(const QList<ContainedFile> &files,
                                                const QString &what, const QString &subject);

} // namespace mayday::backup
