// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "dump/dumpobjects.h"

#include <QByteArrayView>

#include <functional>
#include <optional>

namespace mayday::backup {

/// All things in a backup that was inspected, of what objectsOf() has.
[[nodiscard]] Result<dump::DumpObjects>
objectsIn(const QString &path, const dump::DumpInspection &inspection, TaskContext &context);

/// Takes a piece of SQL; an Error ends the reading.
using SqlSink = std::function<Result<void>(QByteArrayView)>;

enum class SqlLetters {
    AsTheyStand, ///< for a server, which is told their encoding first
    Decoded,     ///< for somebody who makes Unicode of them, where that line would be a lie
};

/// Gives out the text of some statements of a backup, in the order of the file, with an empty line
/// behind each, in the encoding of the dump. First what the statements take for granted, when that
/// is not what a server does by itself: the encoding, and how strings are read.
///
/// Reads these stretches alone where the file allows it and is the one that was inspected;
/// otherwise, an archive for example, from the front to the last of them. Of a compressed file the
/// checksums behind what was given out are compared before it succeeds; so what came before an
/// Error is not to be relied on. Corrupt also when the file is another one by now.
///
/// entries: in the order of the file, of this inspection. Blocks; memory does not depend on sizes
/// but of a single statement.
[[nodiscard]] Result<void> readSql(const QString &path, const dump::DumpInspection &inspection,
                                   const QList<dump::DumpEntry> &entries, const SqlSink &sink,
                                   TaskContext &context,
                                   SqlLetters letters = SqlLetters::AsTheyStand);

/// Unicode of the text of a dump; nothing where its encoding is not known here, or the text is not
/// in it. A letter that is cut at the end is left out.
[[nodiscard]] std::optional<QString> decodedSql(const QByteArray &sql, const QString &encoding);

/// SQL to be looked at.
struct ShownSql {
    std::optional<QString> text; ///< as of decodedSql()
    bool isCut = false;
};

/// The same in memory, as far as there is room.
[[nodiscard]] Result<ShownSql> beginningOfSql(const QString &path,
                                              const dump::DumpInspection &inspection,
                                              const QList<dump::DumpEntry> &entries,
                                              qsizetype mostBytes, TaskContext &context);

} // namespace mayday::backup
