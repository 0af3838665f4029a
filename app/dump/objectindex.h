// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/objectentry.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace mayday::dump {

/// Every statement of a dump with its place, in the order of the file, in some ten bytes each: a
/// dump of 100,000 objects makes one or two megabytes. INSERTs into one table that follow each
/// other are one entry however many there are. A value.
class ObjectIndex final {
public:
    /// What comes behind so many is left out, and isCut() says so.
    static constexpr qsizetype mostEntries = 500'000;
    /// Between two INSERTs of one entry, in bytes: ends of lines, and no line that says anything.
    static constexpr qint64 mostBetween = 4;

    explicit ObjectIndex(qsizetype most = mostEntries) : m_most(most) {}

    /// Behind all that were added before.
    void add(const DumpEntry &entry);
    /// One more INSERT; false when it does not follow closely on INSERTs into the same table.
    [[nodiscard]] bool extendInserts(const DumpStatement &insert, qint64 rows);

    [[nodiscard]] bool isEmpty() const { return m_count == 0 && m_packed.isEmpty(); }
    /// Whether there were more than it holds.
    [[nodiscard]] bool isCut() const { return m_isCut; }

    /// All of them, worked out anew; nothing when they are damaged.
    [[nodiscard]] std::optional<QList<DumpEntry>> entries() const;

    [[nodiscard]] QByteArray toBytes() const;
    /// Of bytes that toBytes() gave. Damage shows in entries().
    [[nodiscard]] static ObjectIndex fromBytes(const QByteArray &bytes);

private:
    void settle();

    QByteArray m_packed; ///< pieces, each behind its size
    QByteArray m_piece;  ///< the one that is being written
    DumpEntry m_before;  ///< the last one that was written
    DumpEntry m_last;    ///< may be extended still
    qsizetype m_count = 0;
    qsizetype m_most = mostEntries;
    bool m_isCut = false;
};

} // namespace mayday::dump
