// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/keptschema.h"

#include <QSet>

#include <functional>

namespace mayday::restore {

/// From this version on schema public of a new database belongs to pg_database_owner; before it, to
/// the superuser that initdb made (release notes of PostgreSQL 15).
inline constexpr int publicOfDatabaseOwnerSince = 150000;

/// A whole database beside the live one, for a restore by several connections: made like the live
/// one (encoding, collation, owner, rights, settings, extensions), invisible to everybody until its
/// name is swapped in one transaction. The other one is kept under a marked name.
///
/// Works over a connection to another database of the same server, because a database cannot be
/// renamed from inside. Blocking; for one worker.
class SideDatabase final {
public:
    enum class Patience {
        None, ///< Refused while somebody else is at it
        Some, ///< waits, twenty seconds at most, until a dead one's work has ended on the server
    };
    /// Connects, and takes the lock by which only one Mayday swaps this database at a time.
    [[nodiscard]] static Result<SideDatabase> open(const postgres::ConnectionString &target,
                                                   Patience patience, TaskContext &context);

    /// What is in the live database, would not come back with the dump, and so would be missing
    /// after the swap: schemas, event triggers, publications, servers, large objects.
    [[nodiscard]] static Result<QStringList>
    missingFrom(postgres::Session &live, const QStringList &schemas, TaskContext &context);

    /// Makes it, marked as unfinished. live: a session in the live database. After an Error there
    /// may be one all the same, unless it is AlreadyExists.
    [[nodiscard]] Result<void> create(postgres::Session &live, const KeptSchema &mark,
                                      const QStringList &schemas, TaskContext &context);
    /// One that an earlier restore of the same file, which has died, has left unfinished: from now
    /// on it is this restore's. Whoever still holds a session in it is sent away.
    [[nodiscard]] Result<void> adopt(const KeptSchema &mark, TaskContext &context);
    /// Disconnects everybody from both and swaps their names; nobody else may hold a session of
    /// ours. The live one is then kept under the name in kept.
    [[nodiscard]] Result<void> swap(const QString &name, const KeptSchema &kept,
                                    TaskContext &context);
    /// Whether a swap that failed may have taken place all the same: its commit was on its way.
    [[nodiscard]] bool mayBeSwapped() const { return m_mayBeSwapped; }
    /// Gives it the name and the mark in given: from then on it is whole, and nobody's but those
    /// who connect to it. Disconnects whoever is in it; the live one is left alone.
    [[nodiscard]] Result<void> handOver(const QString &name, const KeptSchema &given,
                                        TaskContext &context);
    /// Takes an unfinished one away again, whoever is connected to it. Cancelled when a stop came
    /// before it began. After that it is given up a minute after the stop, and may leave a database
    /// that nobody can connect to: ask standing().
    [[nodiscard]] Result<void> drop(const QString &name, TaskContext &context);
    /// One that must be there; the state 55006 when somebody is connected to it. Cancelled when a
    /// stop came before it began; after that it is never given up, because interrupted it would
    /// leave a database that nobody can connect to.
    [[nodiscard]] Result<void> dropUnused(const QString &name, TaskContext &context);

    /// Whether its connection still answers; known within seconds, also where nobody says so.
    [[nodiscard]] Result<void> hear();
    /// It is to stay beside the live one, which needs it less to be the same in everything.
    void setStaysBeside() { m_staysBeside = true; }
    /// Then: settings of roles in the live one that the login may not make in this one.
    [[nodiscard]] const QStringList &notTaken() const { return m_notTaken; }

    /// A name that no database has, after "shop" and a time.
    [[nodiscard]] Result<QString> freeName(RestoreMode mode, const QDateTime &at,
                                           TaskContext &context);
    /// Whether there is a database of that name.
    [[nodiscard]] Result<bool> exists(const QString &name, TaskContext &context);
    enum class Standing {
        Gone,
        Whole,
        Broken, ///< a DROP DATABASE of it was interrupted: it can only be dropped again
    };
    [[nodiscard]] Result<Standing> standing(const QString &name, TaskContext &context);

private:
    SideDatabase(postgres::ConnectionString target, postgres::Session session)
        : m_target(std::move(target)), m_session(std::move(session))
    {
    }
    [[nodiscard]] Result<void> copySettings(const QString &to, TaskContext &context);
    [[nodiscard]] Result<void> copyRights(const QString &to, TaskContext &context);
    [[nodiscard]] Result<void> prepare(postgres::Session &live, const QString &name,
                                       const QStringList &schemas, TaskContext &context);
    [[nodiscard]] Result<void> commitAlone(const std::function<Result<void>()> &change,
                                           TaskContext &context);
    [[nodiscard]] Result<void> rename(const QString &name, const KeptSchema &kept,
                                      TaskContext &context);

    postgres::ConnectionString m_target;
    postgres::Session m_session;
    bool m_mayBeSwapped = false;
    QStringList m_notTaken;
    bool m_staysBeside = false;
};

/// Databases that restores of this one have kept or left unfinished, newest first. Any session of
/// the server will do.
[[nodiscard]] Result<QList<KeptSchema>>
keptDatabases(postgres::Session &session, const QString &original, TaskContext &context);

/// Waits until no swap of this database is under way on the server; what is seen after it is final.
/// Where the login may not even connect beside it, there is none of ours.
[[nodiscard]] Result<void> waitBeside(const postgres::ConnectionString &target,
                                      TaskContext &context);

/// Everything that is kept for this database, in it and beside it, newest first.
[[nodiscard]] Result<QList<KeptSchema>> allKept(postgres::Session &session, TaskContext &context);

} // namespace mayday::restore
