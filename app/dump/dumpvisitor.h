// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "dump/dumpstatement.h"

#include <QByteArrayView>

namespace mayday::dump {

/// Who is told what a DumpReader meets, in the order of the file, on the reader's thread. An Error
/// stops the reading and is what read() answers.
class DumpVisitor {
public:
    virtual ~DumpVisitor() = default;
    DumpVisitor() = default;
    Q_DISABLE_COPY_MOVE(DumpVisitor)

    virtual Result<void> statement(const DumpStatement &statement) = 0;
    virtual Result<void> copyBegin(const CopyHeader &header) = 0;
    /// A piece of the rows: raw bytes with their newlines, cut anywhere, without the "\." line.
    /// A view into the reader's buffer, gone after the call.
    virtual Result<void> copyData(QByteArrayView rows) = 0;
    /// The place in the text behind the "\." line, for who notes places. Before copyEnd().
    virtual void copyEndsAt(qint64) {}
    /// bytes: of all rows with their newlines. line: of the "\.".
    virtual Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) = 0;
};

} // namespace mayday::dump
