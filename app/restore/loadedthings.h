// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/dumpstatement.h"

#include <QByteArray>
#include <QSet>

#include <optional>

namespace mayday::restore {

/// What a load has made so far, for the statements that are right only behind others: a DROP of
/// what the dump itself has made, the content of a large object. One for one load.
class LoadedThings final {
public:
    void note(const dump::DumpStatement &statement);

    /// A DROP in the words that do no harm when there is nothing to drop: "DROP TABLE IF EXISTS
    /// ...", "ALTER TABLE IF EXISTS ... DROP CONSTRAINT IF EXISTS ...". Nothing while the load has
    /// made nothing, which is where pg_dump --clean has them all.
    [[nodiscard]] std::optional<QByteArray> harmless(const dump::DumpStatement &drop) const;
    /// Whether it makes, fills or is about a large object that is there already and stays; to be
    /// asked of every statement, in the order of the file.
    [[nodiscard]] bool isAboutKept(const dump::DumpStatement &statement,
                                   const QSet<QByteArray> &kept);
    /// False for one that writes into a large object which this load has not made.
    [[nodiscard]] bool mayWrite(const dump::DumpStatement &statement) const;
    /// The numbers of those it has made.
    [[nodiscard]] const QSet<QByteArray> &largeObjects() const { return m_largeObjects; }
    /// Foreign keys were switched off at some time.
    [[nodiscard]] bool checksWereOff() const { return m_checksWereOff; }

private:
    bool m_hasMade = false;
    bool m_checksWereOff = false;
    bool m_isInKept = false; ///< between lo_open() and lo_close() of a large object that stays
    QSet<QByteArray> m_largeObjects;
};

} // namespace mayday::restore
