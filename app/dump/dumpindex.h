// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/accesspoint.h"

#include <QJsonArray>
#include <QList>
#include <QString>

#include <functional>

namespace mayday::dump {

/// The rows of one table in a dump: a COPY and its rows. What stands behind them is not theirs: the
/// last line of a dump, a \unrestrict.
struct DataBlock {
    QString schema;
    QString table;
    qint64 offset = 0; ///< of COPY, in the uncompressed text
    qint64 end = -1;   ///< behind its "\." line; -1 when no statement follows
    qint64 line = 0;   ///< of COPY
    qint64 endLine = 0;
    qint64 rows = 0;
    qint64 bytes = 0; ///< of the rows alone
};

/// A stretch of the text of a dump that begins and ends between statements.
struct TextPart {
    qint64 from = 0;
    qint64 to = -1; ///< -1: to the end
    qint64 line = 1;
};

/// Where the rows of each table are, so that a dump can be read in parts. A value, of one file as
/// it was when it was read in full.
struct DumpIndex {
    /// In the order of the file. None for what can only be read from front to end: archives, other
    /// compressions than gzip, UTF-16.
    QList<DataBlock> blocks = {};
    archive::AccessPoints points = {}; ///< of a gzip file
    QByteArray stamp = {}; ///< of the file it is about, as whoever keeps it works that out

    /// The text without the blocks that are left out.
    [[nodiscard]] QList<TextPart>
    partsWithout(const std::function<bool(const DataBlock &)> &isLeftOut) const;
};

[[nodiscard]] TextPart partOf(const DataBlock &block);

[[nodiscard]] QJsonArray toJson(const QList<DataBlock> &blocks);
[[nodiscard]] QList<DataBlock> blocksFromJson(const QJsonArray &json);

} // namespace mayday::dump
