// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/sideload.h"

#include <functional>

namespace mayday::restore {

/// What the planner is to know of the tables that were loaded, in two steps, as vacuumdb
/// --analyze-in-stages has them: from small samples before anybody uses the tables, which takes a
/// tenth of the time; then from full ones, when they are live and nobody waits for it.
///
/// A value: the tables, by their live names. It belongs to one call on one worker.
class Statistics final {
public:
    /// After each round trip: how many tables are done.
    using OnRound = std::function<void(qsizetype)>;

    /// Of these tables; a server elsewhere is asked for nothing, which the notes tell.
    [[nodiscard]] static Result<Statistics>
    of(postgres::Session &session, const QList<TableTally> &tables, TaskContext &context);
    [[nodiscard]] const QList<TableTally> &tables() const { return m_tables; }
    [[nodiscard]] const QStringList &notes() const { return m_notes; }

    /// Says that only refine() did not come off.
    [[nodiscard]] static QString missing(const QString &tables, const Error &error);
    [[nodiscard]] static QByteArray statementFor(const TableTally &table);
    /// Makes samples small; until the end of the session, or of the transaction.
    [[nodiscard]] static QByteArray smallSamples(bool isForTransaction);

    /// All of them, in the session's transaction; the first that fails ends it. before: a
    /// statement, smallSamples() perhaps, or empty.
    [[nodiscard]] Result<void> gather(postgres::Session &session, const QByteArray &before,
                                      TaskContext &context, const OnRound &onRound) const;
    /// Of live tables, outside a transaction: waits for nobody's lock longer than five seconds, and
    /// goes on behind what fails. Tells what did not come, or nothing.
    [[nodiscard]] QStringList refine(postgres::Session &session, TaskContext &context,
                                     const OnRound &onRound) const;

private:
    [[nodiscard]] qsizetype endOfRound(qsizetype from) const;

    QList<TableTally> m_tables;
    QStringList m_notes;
};

} // namespace mayday::restore
