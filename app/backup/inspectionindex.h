// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"

class QCryptographicHash;

namespace mayday::backup {

/// As inspectDump(); but a backup that was read to its end before, and has the same size, time and
/// both ends since, is not read again: what was found then is written beside it, in a hidden file.
/// Only whole backups are remembered. readAt says when it was read.
///
/// What rots in the middle of a file without a trace in its time is seen by the next full reading,
/// which every restore does. Where nothing can be written beside the file, it is read each time.
[[nodiscard]] Result<dump::DumpInspection> inspectUnlessKnown(const QString &path,
                                                              TaskContext &context);

/// Reads it in full, whatever is known, and remembers what was found.
[[nodiscard]] Result<dump::DumpInspection> inspectAgain(const QString &path, TaskContext &context);

/// All statements of the dump with their places: those of the inspection, or what is remembered of
/// them beside the file; where that is gone the file is read anew. Corrupt when it is another file
/// by now.
[[nodiscard]] Result<dump::ObjectIndex> objectsOf(const dump::DumpInspection &inspection,
                                                  const QString &path, TaskContext &context);

/// Makes the index of an inspection usable for reading in parts, from what is remembered beside the
/// file. False when this file can only be read from front to end, or is another one by now.
[[nodiscard]] bool completeIndex(dump::DumpInspection &inspection, const QString &path);

/// Whether the file is another one than was inspected, as far as that is known: of one that was not
/// whole there is only the size.
[[nodiscard]] bool isAnotherByNow(const dump::DumpInspection &inspection, const QString &path);

/// What has to be the same for the text of a backup to be the same to every place in it: the file
/// as it is now, and what reads it. Empty when the inspection is about another state of the file.
[[nodiscard]] QByteArray fingerprintOf(const dump::DumpInspection &inspection, const QString &path);

/// Adds the first and the last 64 KB of a file. False when it cannot be read.
[[nodiscard]] bool addBothEnds(const QString &file, QCryptographicHash &hash);

/// The hidden files beside a backup: ".shop.sql.gz.mayday-index", ".shop.sql.gz.mayday-points",
/// ".shop.sql.gz.mayday-objects".
[[nodiscard]] QString indexFileOf(const QString &path);
[[nodiscard]] QString pointsFileOf(const QString &path);
[[nodiscard]] QString objectsFileOf(const QString &path);

} // namespace mayday::backup
