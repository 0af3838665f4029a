// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/accesspoint.h"
#include "dump/objectindex.h"

#include <QJsonArray>
#include <QList>
#include <QString>

#include <functional>

namespace mayday::dump {

/// The rows of one table in a dump: a COPY and its rows, or INSERTs that follow each other. What
/// stands behind them is not theirs: the last line of a dump, a \unrestrict.
struct DataBlock {
    QString schema;
    QString table;
    qint64 offset = 0; ///< of COPY or the first INSERT, in the uncompressed text
    /// Behind its "\." line, -1 when no statement follows; of INSERTs behind the last ';'.
    qint64 end = -1;
    qint64 line = 0; ///< of its offset
    qint64 endLine = 0;
    qint64 rows = 0;
    qint64 bytes = 0; ///< of the rows alone; of INSERTs with their words
    bool isInserts = false;
};

/// A stretch of the text of a dump that begins and ends between statements.
struct TextPart {
    qint64 from = 0;
    qint64 to = -1; ///< -1: to the end
    qint64 line = 1;
};

/// Where the rows of each table are, and everything else, so that a dump can be read in parts. A
/// value, of one file as it was when it was read in full.
struct DumpIndex {
    /// Those of COPY, in the order of the file. None for what can only be read from front to end:
    /// archives, other compressions than gzip, UTF-16.
    QList<DataBlock> blocks = {};
    /// Those of INSERTs, in the order of the file; none when they are too many.
    QList<DataBlock> inserts = {};
    /// All statements, whether their places are in the file or only in the text that it gives. May
    /// be left out where whoever keeps it reads it when it is wanted.
    ObjectIndex objects = ObjectIndex();
    archive::AccessPoints points = {}; ///< of a gzip file
    QByteArray stamp = {};          ///< of the file it is about, as whoever keeps it works that out
    bool isReadableInParts = false; ///< places in the text are places in the file

    [[nodiscard]] bool knowsRows() const { return !blocks.isEmpty() || !inserts.isEmpty(); }
    /// The text without the blocks that are left out.
    [[nodiscard]] QList<TextPart>
    partsWithout(const std::function<bool(const DataBlock &)> &isLeftOut) const;
};

[[nodiscard]] TextPart partOf(const DataBlock &block);

[[nodiscard]] QJsonArray toJson(const QList<DataBlock> &blocks);
[[nodiscard]] QList<DataBlock> blocksFromJson(const QJsonArray &json);

} // namespace mayday::dump
