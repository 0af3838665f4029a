// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dump/relationof.h"
#include "restore/restoreplan.h"
#include "restore/statementfilter.h"

#include <QHash>
#include <QSet>

namespace mayday::restore {

/// What the server has in the schemas of the tables that are to come back.
struct TablesThere {
    QSet<TableName> relations = {}; ///< tables, views, sequences, indexes: they share their names
    QSet<QString> things = {};      ///< all of it, in the words of thingMadeBy()
};

/// Which statements of a dump bring chosen tables, which the server has lost, back to where they
/// were: their rows, sequences, keys, indexes, triggers, policies and rights; the keys of others
/// that point to them; and what may have been dropped together with them. One for one reading of a
/// dump, in its order. Pure.
///
/// Nothing else may run, for it would run on what is live; and nothing that is about the tables may
/// be passed over without a word. What cannot be told apart is refused.
class TableScope final {
public:
    /// tables: none of them is there.
    TableScope(const QList<TableName> &tables, TablesThere there);

    enum class Use {
        Now,   ///< a part of the tables
        Spare, ///< a part of them without which they are complete, should the server refuse it
        Last,  ///< Spare, behind everything else: it ties them to what is live
        Try,   ///< makes something that is missing: kept when it is made of these tables
    };
    struct Part {
        Use use = Use::Now;
        dump::DumpStatement statement;
    };
    /// What to do for a statement, in this order; nothing for what is about something else. Refused
    /// when the tables cannot be told apart from others.
    [[nodiscard]] Result<QList<Part>> take(const dump::DumpStatement &statement);
    /// What was tried is a part of it; returns what the dump has said of it so far.
    [[nodiscard]] QList<Part> keep(const dump::DumpStatement &tried);
    /// What was tried is not, or cannot be made. why: the server's words, or empty.
    void giveUp(const dump::DumpStatement &tried, const QString &why);

    [[nodiscard]] bool takesRows(const QString &schema, const QString &name) const
    {
        return m_tables.contains({schema, name});
    }
    [[nodiscard]] const QList<TableName> &tables() const { return m_chosen; }
    /// Whether the dump, so far, has made one of the tables.
    [[nodiscard]] bool hasMade(const TableName &table) const { return m_made.contains(table); }
    /// Whether the relation is one of those that come back, or belongs to one.
    [[nodiscard]] bool isOurs(const QString &schema, const QString &name) const
    {
        return m_ours.contains({schema, name});
    }
    /// Sequences that come back with them and would stay when the tables are dropped.
    [[nodiscard]] const QList<TableName> &looseSequences() const { return m_loose; }
    /// What of the dump is missing on the server, has nothing to do with the tables and does not
    /// come back, so far: "view public.v".
    [[nodiscard]] const QStringList &missing() const { return m_missing; }
    /// How the tables will differ from those of the dump, so far; a sentence each.
    [[nodiscard]] const QStringList &differences() const { return m_differences; }

private:
    using Parts = QList<Part>;
    [[nodiscard]] Result<void> checkSpeech(const dump::DumpStatement &statement);
    [[nodiscard]] Result<void> checkTable(const dump::DumpStatement &statement,
                                          const TableName &relation) const;
    [[nodiscard]] Result<Parts> takeAction(const dump::DumpStatement &statement);
    [[nodiscard]] Parts takeGrant(const dump::DumpStatement &statement);
    [[nodiscard]] Parts takeAbout(const dump::DumpStatement &statement, const TableName &relation);
    [[nodiscard]] Result<Parts> takeAttach(const dump::DumpStatement &statement,
                                           const TableName &whole, const TableName &part);
    [[nodiscard]] Parts takeSequence(const dump::DumpStatement &statement,
                                     const TableName &sequence);
    [[nodiscard]] Parts takeOthers(const dump::DumpStatement &statement, const TableName &relation);
    [[nodiscard]] Parts takeKeyOfOthers(const dump::DumpStatement &statement,
                                        const TableName &relation);
    [[nodiscard]] Parts takeRoutine(const dump::DumpStatement &statement);
    [[nodiscard]] Parts release(const TableName &relation);
    void noteMade(const dump::DumpStatement &statement, const TableName &relation);
    void noteMissing(const dump::DumpStatement &statement, const TableName &relation);
    [[nodiscard]] bool holdsOurs(const TableName &table) const;
    [[nodiscard]] bool mentionsOurs(const dump::DumpStatement &statement) const;
    [[nodiscard]] bool isThere(const TableName &relation) const
    {
        return m_there.relations.contains(relation);
    }

    QList<TableName> m_chosen;
    QSet<TableName> m_tables;
    TablesThere m_there;
    QSet<TableName> m_ours;                     ///< the tables and what belongs to them
    QSet<TableName> m_made;                     ///< tables that the dump has made
    QSet<TableName> m_views;                    ///< that were kept
    QList<TableName> m_loose;                   ///< sequences that the tables use and do not own
    QSet<TableName> m_statistics;               ///< CREATE STATISTICS on them: names of their own
    QSet<QString> m_routines;                   ///< "function public.f(a integer)" that were kept
    QSet<std::pair<TableName, QString>> m_keys; ///< foreign keys that come last: table, name
    QHash<TableName, TableName> m_wholeOf;      ///< of partitions and their indexes
    /// Of sequences and views, until it is known whose they are.
    QHash<TableName, QList<dump::DumpStatement>> m_held;
    QString m_speaker; ///< in whose name the dump goes on; empty: in that of the login
    QStringList m_missing;
    QStringList m_differences;
};

} // namespace mayday::restore
