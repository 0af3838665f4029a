// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/loadcrew.h"
#include "restore/sideload.h"

#include <QSet>

namespace mayday::restore {

/// Reads a dump without its large blocks of rows into one connection, in the order of the file, and
/// gives the blocks, and what is slow to make on their tables, to a crew at the right moment.
///
/// The right moment: a block when everything before it in the file is committed; an index or a
/// constraint when all rows are there; a foreign key when all indexes are; anything else when
/// nothing before it is under way. Comments can wait. Lives on the worker of the restore.
class ParallelLoad final : public dump::DumpVisitor {
public:
    /// blocks: the large ones, in the order of the file; they are not in what is read.
    /// ledger: how far an earlier load of the same file has come; all of it is kept there.
    ParallelLoad(postgres::Session &session, SideLoad &load, LoadCrew &crew,
                 QList<dump::DataBlock> blocks, LoadLedger ledger, TaskContext &context);

    /// Called while the crew is waited for.
    void onTick(std::function<void()> callback) { m_onTick = std::move(callback); }
    /// Of a file that can only be read from front to end: tables whose indexes are for the crew,
    /// and after how many bytes of rows what is there is committed.
    void fillInOrder(const QSet<TableName> &large, qint64 commitEvery);
    /// Bytes of rows that a broken load would leave there.
    [[nodiscard]] qint64 bytesThere() const { return m_bytesCommitted + m_crew.bytesDone(); }
    /// All blocks of the dump, to know which tables are filled by one alone.
    void countBlocks(const QList<dump::DataBlock> &all);

    Result<void> statement(const dump::DumpStatement &statement) override;
    Result<void> copyBegin(const dump::CopyHeader &header) override;
    Result<void> copyData(QByteArrayView rows) override
    {
        m_bytesRead += rows.size();
        return m_passedBy ? Result<void>() : m_load.copyData(rows);
    }
    Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) override;
    /// After the last statement: waits for everything and commits it.
    [[nodiscard]] Result<void> finish();

private:
    enum class Stage { Other, Indexes, ForeignKeys };

    [[nodiscard]] static Stage stageOf(const dump::DumpStatement &statement);
    /// Whether it is there already, from the connection that reads in order.
    [[nodiscard]] bool isBehindUs(const dump::DumpStatement &statement) const;
    [[nodiscard]] bool isOnLargeTable(const dump::DumpStatement &statement) const;
    [[nodiscard]] Result<void> passBlocks(qint64 offset);
    [[nodiscard]] Result<void> giveToCrew(const dump::DumpStatement &statement,
                                          const StatementDecision &decision);
    void remember(const QByteArray &setting);
    [[nodiscard]] Result<void> settle();
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] Result<void> commitSometimes();
    [[nodiscard]] QByteArray lastWords() const;

    postgres::Session &m_session;
    SideLoad &m_load;
    LoadCrew &m_crew;
    QList<dump::DataBlock> m_blocks; ///< whose places have not been passed yet
    LoadLedger m_ledger;
    TaskContext &m_context;
    qint64 m_reached = -1;               ///< the last place that our own connection was given
    std::optional<TableName> m_passedBy; ///< whose rows are there already
    QSet<TableName> m_large;
    QHash<TableName, int> m_blocksOf;
    QByteArrayList m_settings;             ///< in force now
    QList<dump::DumpStatement> m_comments; ///< that wait for what they are about
    Stage m_stage = Stage::Other;
    bool m_isCrewBusy = false;
    qint64 m_bytesRead = 0;              ///< of rows that come this way
    qint64 m_bytesCommitted = 0;         ///< of those, what is there for good
    std::optional<qint64> m_commitEvery; ///< so many
    std::function<void()> m_onTick = [] {
    };
};

} // namespace mayday::restore
