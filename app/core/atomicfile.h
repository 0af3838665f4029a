// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QString>

namespace mayday {

/// Replaces a file as a whole: readers see the old bytes or the new ones, also across a power cut
/// (written beside, fsynced, renamed). Makes missing folders. Any thread; blocks on the disk.
[[nodiscard]] Result<void> writeFileAtomically(const QString &path, const QByteArray &bytes);
/// The whole file; files over maxBytes are refused instead of filling memory.
[[nodiscard]] Result<QByteArray> readWholeFile(const QString &path, qint64 maxBytes);
/// What errno said, as an Error about the subject: ENOSPC and EDQUOT are NoSpace, EACCES Denied.
[[nodiscard]] Error errorFromErrno(int code, const QString &subject);

} // namespace mayday
