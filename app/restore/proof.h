// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "restore/sideload.h"

namespace mayday::restore {

/// Facts counted on the server after a load, compared with what passed through our hands.
struct ProofResult {
    QList<TableResult> tables;
    QStringList notes;           ///< facts worth knowing that are no difference
    bool isProven = false;       ///< every table and sequence is as the file says
    bool hasDifferences = false; ///< proven, and yet something a person has to see to
};

/// Counts every table, compares every sequence, and looks for constraints and indexes that are not
/// valid. Inside the transaction of the load, before anybody else can see it. Schema-qualified
/// throughout: the load may have left any search_path or role behind, so both are reset first.
/// more: what the caller asks next, ahead and together with what the proof asks.
[[nodiscard]] Result<ProofResult> prove(postgres::Session &session,
                                        const QList<TableTally> &tallies,
                                        const QList<dump::SequenceInDump> &sequences,
                                        TaskContext &context,
                                        const std::function<void(const ProofResult &)> &onTable,
                                        std::span<const postgres::Question> more = {});

/// Whether the large objects of these numbers are there. Corrupt when one is missing.
[[nodiscard]] Result<void> proveLargeObjects(postgres::Session &session,
                                             const QSet<QByteArray> &numbers, TaskContext &context);

} // namespace mayday::restore
