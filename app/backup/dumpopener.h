// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "dump/dumpreader.h"

namespace mayday::backup {

/// Opens whatever pg_dump has written: SQL text, compressed or not, by our own reader; archives
/// (-Fc, -Fd, -Ft) through the newest pg_restore of this machine, as the same text; both also
/// wrapped once more, as unwrap() takes it. Blocks until the first bytes are there, and an archive
/// that was wrapped lies unpacked in a private folder for as long as the reader lives.
///
/// Unsupported, naming what is needed and what was found, when no pg_restore here can read it.
/// Stopping the context ends the program too, and the unpacking.
[[nodiscard]] Result<dump::DumpReader> openDump(const QString &path, TaskContext &context);

/// Reads all of the file. Of an archive also its list of contents, because pg_restore says that all
/// is well after the cut end of a tar file or of an uncompressed folder. A bad file is a verdict;
/// an Error is a file that cannot be read at all, or Cancelled.
[[nodiscard]] Result<dump::DumpInspection> inspectDump(const QString &path, TaskContext &context);

/// Bytes of a file, or of all files in a folder.
[[nodiscard]] qint64 sizeOnDisk(const QString &path);

} // namespace mayday::backup
