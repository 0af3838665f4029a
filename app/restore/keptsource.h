// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/catalog.h"
#include "restore/comparison.h"

namespace mayday::restore {

/// Where what a restore has kept stands, and how a transaction in the live database reaches it:
/// schemas of that database, or a database beside it. Rows of another database are asked for there,
/// and only those of tables that differ are brought over, one after the other, into temporary
/// tables. The transaction then writes times in UTC. Lives in one transaction, on one worker.
class KeptSource final {
public:
    /// live: in a transaction that may make temporary tables; outlives this. restore: its id, or
    /// empty for the newest. NotFound when nothing of it is kept.
    [[nodiscard]] static Result<KeptSource> open(postgres::Session &live,
                                                 const postgres::ConnectionString &target,
                                                 const QString &restore, TaskContext &context);

    /// id of the restore
    [[nodiscard]] const QString &restore() const { return m_kept.front().restore; }
    /// Whether it is a backup that was never live.
    [[nodiscard]] bool isCopy() const { return m_kept.front().state == KeptState::Copy; }
    /// The database it is in; empty for the live one.
    [[nodiscard]] QString database() const;

    /// Every table that is kept, beside the live one.
    [[nodiscard]] Result<QList<TablePair>> pairs(TaskContext &context);
    /// Fills in the counts.
    [[nodiscard]] Result<void> compare(TableComparison &table, TaskContext &context);
    /// From now on statements in the live transaction can name the kept rows.
    [[nodiscard]] Result<void> fetch(TablePair &pair, TaskContext &context);
    /// Of a kept schema.
    [[nodiscard]] Result<QList<postgres::SequenceFacts>> sequences(const QString &schema,
                                                                   TaskContext &context);

private:
    KeptSource(postgres::Session &live, QList<KeptSchema> kept)
        : m_live(&live), m_kept(std::move(kept))
    {
    }
    [[nodiscard]] postgres::Session &keptIn() { return m_beside ? *m_beside : *m_live; }
    [[nodiscard]] Result<void> goBeside(const postgres::ConnectionString &target,
                                        TaskContext &context);
    [[nodiscard]] Result<QList<KeptSchema>> schemas(TaskContext &context);
    [[nodiscard]] Result<void> compareCounts(TableComparison &table, TaskContext &context);
    [[nodiscard]] Result<bool> isSame(const TablePair &pair, TaskContext &context);

    postgres::Session *m_live;
    std::optional<postgres::Session> m_beside; ///< in the kept database
    QList<KeptSchema> m_kept;                  ///< at least one
    int m_fetched = 0;
};

} // namespace mayday::restore
