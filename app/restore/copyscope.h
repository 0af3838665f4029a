// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"
#include "restore/restoreplan.h"

#include <QSet>

namespace mayday::restore {

/// Which part of a dump goes into a copy beside the live data: the structure that rows need, and
/// the rows of the chosen tables. Left out is what would only cost time there, reach people who
/// have no business in it, or tie it to tables whose rows are not there. Pure.
class CopyScope final {
public:
    /// tables: empty for all of them.
    explicit CopyScope(const QList<TableName> &tables) : m_tables(tables.begin(), tables.end()) {}

    [[nodiscard]] bool takesRows(const QString &schema, const QString &name) const
    {
        return m_tables.isEmpty() || m_tables.contains({schema, name});
    }
    [[nodiscard]] bool leavesOut(const dump::DumpStatement &statement) const;

private:
    QSet<TableName> m_tables;
};

} // namespace mayday::restore
