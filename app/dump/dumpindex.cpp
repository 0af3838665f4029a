// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump/dumpindex.h"

#include <QJsonObject>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::dump {

TextPart partOf(const DataBlock &block)
{
    return {.from = block.offset, .to = block.end, .line = block.line};
}

QList<TextPart>
DumpIndex::partsWithout(const std::function<bool(const DataBlock &)> &isLeftOut) const
{
    QList<DataBlock> all;
    std::ranges::merge(blocks, inserts, std::back_inserter(all), {}, &DataBlock::offset,
                       &DataBlock::offset);
    QList<TextPart> parts;
    TextPart part;
    for (const DataBlock &block : std::as_const(all)) {
        // Behind the last one stands what ends the dump, and nobody has written down where.
        if (block.end < 0 || !isLeftOut(block))
            continue;
        part.to = block.offset;
        if (part.to > part.from)
            parts.append(part);
        part = {.from = block.end, .to = -1, .line = block.endLine};
    }
    parts.append(part);
    return parts;
}

QJsonArray toJson(const QList<DataBlock> &blocks)
{
    QJsonArray json;
    for (const DataBlock &block : blocks)
        json.append(QJsonArray{block.schema, block.table, block.offset, block.end, block.line,
                               block.endLine, block.rows, block.bytes, block.isInserts});
    return json;
}

QList<DataBlock> blocksFromJson(const QJsonArray &json)
{
    QList<DataBlock> blocks;
    for (const auto &one : json) {
        const QJsonArray block = one.toArray();
        blocks.append({.schema = block[0].toString(),
                       .table = block[1].toString(),
                       .offset = block[2].toInteger(),
                       .end = block[3].toInteger(),
                       .line = block[4].toInteger(),
                       .endLine = block[5].toInteger(),
                       .rows = block[6].toInteger(),
                       .bytes = block[7].toInteger(),
                       .isInserts = block[8].toBool()});
    }
    return blocks;
}

} // namespace mayday::dump
