// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"
#include "restore/outsidetriggers.h"

#include <QElapsedTimer>
#include <QHash>

#include <chrono>

namespace mayday::restore {

/// A schema whose live name is about to mean other tables.
struct NameChange {
    QString from; ///< where the tables stand now, in this transaction, that others still call live
    QString to;   ///< the live name, and the tables that it will mean
};

/// The commit that gives live names another meaning, in a moment when nobody is between the old
/// meaning and the new one.
///
/// A transaction that wrote a parent into the old tables and its child into the new ones would be
/// torn, and a statement that found half of its names before the commit would fail. So the old
/// tables are locked for the time of the commit: who comes then waits for it and goes on with the
/// new ones. The locks are asked for again and again, briefly each time, in an order that is
/// learned from what others do, and never while a transaction that runs for long has a table:
/// nobody is to queue behind a lock that cannot be had. One that does not end within five seconds
/// is not waited for, and named; nor are many short ones that leave no gap for thirty.
///
/// Sequences go on from where the old ones stand, so that no number is given out twice. Triggers
/// on tables of others that call a function of the old schemas call the new one from there on;
/// where the table cannot be had within five seconds, its trigger stays behind.
///
/// Lives in one call on one worker, in the caller's transaction.
class Handover final {
public:
    Handover(postgres::Session &session, QList<NameChange> changes);

    /// An error means that nothing changed, except when mayHaveHappened().
    [[nodiscard]] Result<void> commit(TaskContext &context);
    /// The connection was lost with the commit on its way.
    [[nodiscard]] bool mayHaveHappened() const { return m_mayHaveHappened; }
    /// What is not as it should be, one sentence each: who was not waited for.
    [[nodiscard]] const QStringList &differences() const { return m_differences; }
    /// Dependents that stand outside and have followed the names, as outsideDependents() has them.
    [[nodiscard]] const QStringList &followed() const { return m_followed; }
    /// What else is to be told.
    [[nodiscard]] const QStringList &notes() const { return m_notes; }

private:
    struct Sequence {
        QString name;
        QByteArray advance; ///< one row when it moved, none when it stands right already
    };
    /// The old tables, quoted, and who does not let go of some.
    struct Standing {
        QStringList used;                ///< by somebody, for a moment
        QStringList idle;                ///< to be locked like those
        QStringList inTheWay;            ///< sessions, in words
        std::chrono::milliseconds age{}; ///< of the oldest transaction that uses one
    };
    [[nodiscard]] QStringList ours() const; ///< the schemas, under both names
    [[nodiscard]] std::vector<QByteArray> looking() const;
    [[nodiscard]] Result<void> askAhead(TaskContext &context);
    [[nodiscard]] Result<void> findSequences(TaskContext &context);
    [[nodiscard]] Result<void> findTriggers(TaskContext &context);
    [[nodiscard]] Result<void> noteTypes(TaskContext &context);
    [[nodiscard]] Result<Standing> look(TaskContext &context);
    [[nodiscard]] Result<bool> lockAndCommit(TaskContext &context);
    [[nodiscard]] Result<bool> attempt(const Standing &tables, std::chrono::milliseconds hold,
                                       TaskContext &context);
    [[nodiscard]] QStringList locksOf(const Standing &tables) const;
    void leaveBehind(const OutsideTrigger &trigger, const Error &why);
    void noteTriggers();
    void noteSequences(std::span<const qint64> moved);
    [[nodiscard]] QByteArray oldSchemas() const;

    postgres::Session &m_session;
    QList<NameChange> m_changes;
    QList<Sequence> m_sequences;
    QList<OutsideTrigger> m_triggers;
    QElapsedTimer m_waited;
    QHash<QString, std::chrono::milliseconds> m_seen; ///< transaction -> when first, by m_waited
    QStringList m_first; ///< tables whose lock could not be had in time, the last one first
    QStringList m_differences;
    QStringList m_notes;
    QStringList m_followed;
    QStringList m_leftBehind; ///< triggers that could not be made anew
    bool m_mayHaveHappened = false;
};

} // namespace mayday::restore
