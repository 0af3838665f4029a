// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpinspection.h"
#include "dump/dumpvisitor.h"
#include "postgres/session.h"
#include "restore/restoreplan.h"

#include <QHash>

namespace mayday::restore {

/// A dump of rows alone (--data-only) is loaded into the structure that is live: that is made anew
/// beside it, the rows come in, and then the indexes, keys and triggers, so that none of them is in
/// the way of rows and all of them hold for every row.
///
/// Refused for the ways that have no such structure.
[[nodiscard]] Result<void> checkRowsOnlyWay(RestoreMode mode);
/// The same, and: NotFound when the server lacks one of the tables that are taken (all, or those of
/// the plan); Refused when it would replace what is live, and a table that is live would be empty
/// for want of rows. Outside of a transaction.
[[nodiscard]] Result<void> checkRowsOnly(postgres::Session &session,
                                         const dump::DumpInspection &inspection,
                                         const RestorePlan &plan, TaskContext &context);

/// Tables of the schemas that have rows and get none by the dump. row_security has to be off.
[[nodiscard]] Result<QList<TableName>> tablesWithoutRows(postgres::Session &session,
                                                         const QStringList &schemas,
                                                         const dump::DumpInspection &inspection,
                                                         TaskContext &context);

/// Hears the rows on their way. Refused when they do not say their columns: the structure may have
/// changed since. Columns that are live and not in the dump are differences.
class RowsIntoStructure final : public dump::DumpVisitor {
public:
    /// columns: of each table those that a row may give. load: outlives it.
    RowsIntoStructure(dump::DumpVisitor &load, QHash<TableName, QStringList> columns)
        : m_load(load), m_columns(std::move(columns))
    {
    }
    [[nodiscard]] static Result<QHash<TableName, QStringList>>
    columnsOf(postgres::Session &session, const QStringList &schemas, TaskContext &context);

    Result<void> statement(const dump::DumpStatement &statement) override;
    Result<void> copyBegin(const dump::CopyHeader &header) override;
    Result<void> copyData(QByteArrayView rows) override { return m_load.copyData(rows); }
    Result<void> copyEnd(qint64 rows, qint64 bytes, qint64 line) override
    {
        return m_load.copyEnd(rows, bytes, line);
    }
    [[nodiscard]] const QStringList &differences() const { return m_differences; }

private:
    [[nodiscard]] Result<void> look(const dump::DumpStatement &statement, const TableName &table);

    dump::DumpVisitor &m_load;
    QHash<TableName, QStringList> m_columns;
    QStringList m_differences;
};

} // namespace mayday::restore
