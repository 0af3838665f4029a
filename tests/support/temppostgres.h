// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/connectionstring.h"
#include "postgres/session.h"
#include "practice/cluster.h"

#include <QHash>
#include <QTemporaryDir>

#include <list>
#include <memory>
#include <mutex>

namespace mayday::tests {

/// A real PostgreSQL for one test class: started by the constructor in half a second, gone with
/// the destructor. On a free port of 127.0.0.1 and on a Unix socket, both with a password. A
/// PostgreSQL that is missing ends the test program: such a test must fail, not be skipped.
class TempPostgres final {
public:
    /// programs: folder of another PostgreSQL's programs than the newest on this machine.
    explicit TempPostgres(const QString &programs = {});
    ~TempPostgres();
    Q_DISABLE_COPY_MOVE(TempPostgres)

    /// As the superuser over TCP, password included.
    [[nodiscard]] postgres::ConnectionString
    connectionString(const QString &database = QStringLiteral("postgres")) const;
    [[nodiscard]] postgres::ConnectionString
    socketString(const QString &database = QStringLiteral("postgres")) const;
    [[nodiscard]] int port() const;
    [[nodiscard]] Secret password() const;

    /// An empty database of that name, and how to reach it.
    postgres::ConnectionString createDatabase(const QString &name);
    /// A database that is as these statements make an empty one: they run once for all of them.
    postgres::ConnectionString createFilled(const QString &name, const QByteArray &statements);
    void copyDatabase(const QString &name, const QString &from);
    void dropDatabase(const QString &name);
    /// Runs statements in a session where nothing has been set; a failure ends the test program.
    void execute(const QString &database, const QByteArray &sql);
    /// The first value of the first row, in such a session too.
    [[nodiscard]] QString scalar(const QString &database, const QByteArray &sql);
    /// Ends the sessions that wait for the next execute() or scalar(): for a test that looks at who
    /// is connected.
    void forgetSessions();

    /// Like a crash: sessions are cut off without a word. restart() keeps the data and takes a new
    /// port.
    void stop();
    void restart();

private:
    struct IdleSession {
        QString database;
        postgres::Session session;
    };

    void forgetSessionsOf(const QString &database);
    postgres::Session sessionOf(const QString &database, TaskContext &context);
    void keepSession(const QString &database, postgres::Session session);

    QTemporaryDir m_folder;
    std::unique_ptr<process::ProcessRunner> m_runner;
    practice::Cluster m_cluster;
    Secret m_password;
    QHash<QByteArray, QString> m_patterns; ///< by the statements that filled them
    std::mutex m_idleMutex;
    std::list<IdleSession> m_idle; ///< the last one used first
};

} // namespace mayday::tests
