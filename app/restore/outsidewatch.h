// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QHash>

namespace mayday::restore {

/// Sees what a load did to tables that are none of its own: the kept ones and those of other
/// schemas, whether by a statement, a function, a trigger or a DO block. The server keeps every
/// lock until the transaction ends, so what was changed is known without any record of it.
/// For one transaction, which is the caller's.
class OutsideWatch final {
public:
    /// Remembers what is there; to be called when the old schemas are aside and the new ones empty.
    /// From then on the transaction waits for locks as long as it takes.
    [[nodiscard]] static Result<OutsideWatch> begin(postgres::Session &session,
                                                    TaskContext &context);
    /// Runs what was deferred. Refused when one of them was changed, emptied, altered or dropped
    /// since then; else what a deferred check of the load says.
    [[nodiscard]] Result<void> verify(postgres::Session &session, TaskContext &context) const;

private:
    struct Thing {
        QString name;
        bool isSequence = false;
    };
    QHash<qint64, Thing> m_things; ///< by oid
};

} // namespace mayday::restore
