// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/pointsieve.h"
#include "dump/dumpinspection.h"
#include "dump/dumpvisitor.h"

#include <QHash>
#include <QSet>

namespace mayday::dump {

/// Collects what a dump holds while it is read. Judges nothing.
class Inspector final : public DumpVisitor {
public:
    /// sieve: is told where the rows of each table begin and end.
    Inspector(DumpInspection &inspection, archive::PointSieve &sieve)
        : m_inspection(inspection), m_sieve(sieve)
    {
    }

    Result<void> statement(const DumpStatement &statement) override;
    Result<void> copyBegin(const CopyHeader &header) override;
    Result<void> copyData(QByteArrayView) override { return {}; }
    void copyEndsAt(qint64 offset) override { m_blockEnd = offset; }
    Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) override;

    /// Puts the collected warnings into the inspection; the last call.
    void finish();
    /// Where the rows are, or nothing when that cannot be relied on.
    [[nodiscard]] QList<DataBlock> blocks() const
    {
        return m_escapes ? QList<DataBlock>() : m_blocks;
    }
    [[nodiscard]] QList<DataBlock> inserts() const
    {
        return m_escapes || m_insertsEscape || m_insertsAreMany ? QList<DataBlock>() : m_inserts;
    }
    [[nodiscard]] const ObjectIndex &objects() const { return m_objects; }

private:
    TableInDump &table(const QString &schema, const QString &name);
    void endBlock();
    void noteSchema(const DumpStatement &statement);
    void noteTable(const DumpStatement &statement);
    void noteInsert(const DumpStatement &statement);
    void noteInsertPlace(const DumpStatement &statement, qint64 rows);
    void noteSequence(const DumpStatement &statement);
    void noteDanger(const DumpStatement &statement);
    void noteSwitch(const DumpStatement &statement);
    void noteExtensionComment(const DumpStatement &statement);

    DumpInspection &m_inspection;
    archive::PointSieve &m_sieve;
    QHash<QPair<QString, QString>, qsizetype> m_indexOf;
    QSet<QString> m_schemas;
    qsizetype m_current = -1;
    QList<DataBlock> m_blocks;
    bool m_isBlockOpen = false; ///< the statement after the last one has not come yet
    qint64 m_blockEnd = 0;
    bool m_escapes = false; ///< a COPY whose reading hangs on a setting somewhere before it
    QList<DataBlock> m_inserts;
    bool m_isInsertLast = false; ///< nothing has come behind the last of them
    bool m_insertsAreMany = false;
    bool m_insertsEscape = false;
    ObjectIndex m_objects;
    DumpEntry m_copy; ///< whose rows are read
    qint64 m_dangers = 0;
    NeedsReader m_needs;
};

/// Whether the table that it creates has rows of its own: partitioned and foreign ones have none.
[[nodiscard]] bool holdsRows(const DumpStatement &statement);
/// How many rows an INSERT ... VALUES brings.
[[nodiscard]] qint64 rowsOfInsert(const DumpStatement &statement);

} // namespace mayday::dump
