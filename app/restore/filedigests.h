// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpvisitor.h"
#include "restore/contentcheck.h"
#include "restore/restoreplan.h"

#include <QHash>
#include <QSet>

namespace mayday::restore {

/// What has to be done to a value so that equal values are equal text.
enum class ColumnRule {
    AsItIs,
    InUtc, ///< pg_dump writes it in whatever time zone it had
    Float, ///< before PostgreSQL 12 the same number may be other text
    LeaveOut,
};

struct LiveTable {
    bool isPartitioned = false;
    QHash<QString, ColumnRule> columns = {};
};
using LiveTables = QHash<TableName, LiveTable>;

/// Gathers the digests of what is in a file, table by table, its values spelt as the database at
/// hand would spell them. A visitor of one reading.
class FileDigests final : public dump::DumpVisitor {
public:
    struct Entry {
        TableContent content = {};
        QStringList columns = {}; ///< in the order of the file
        QList<ColumnRule> rules = {};
        bool isAsItIs = false; ///< no value has to be spelt anew or left out
    };

    /// live: outlives this. only: the tables that count; empty for all.
    FileDigests(const LiveTables &live, const QList<TableName> &only)
        : m_live(live), m_only(only.cbegin(), only.cend())
    {
    }

    /// In the order of the file. One with a reason in content.why has no digest.
    [[nodiscard]] QList<Entry> &entries() { return m_entries; }

    Result<void> statement(const dump::DumpStatement &statement) override;
    Result<void> copyBegin(const dump::CopyHeader &header) override;
    Result<void> copyData(QByteArrayView rows) override;
    Result<void> copyEnd(qint64, qint64, qint64) override { return {}; }

private:
    [[nodiscard]] Entry &entryOf(const QString &schema, const QString &name);
    void settleColumns(Entry &entry, const QStringList &columns);
    void addRow(QByteArrayView row);

    [[nodiscard]] bool counts(const QString &schema, const QString &name) const
    {
        return m_only.isEmpty() || m_only.contains({schema, name});
    }

    const LiveTables &m_live;
    QSet<TableName> m_only;
    QList<Entry> m_entries;
    QHash<TableName, qsizetype> m_places;
    Entry *m_entry = nullptr; ///< of the rows that come now; nullptr when they do not count
    QByteArray m_rest;        ///< of a row that goes on in the next piece
    QByteArray m_row;
};

} // namespace mayday::restore
