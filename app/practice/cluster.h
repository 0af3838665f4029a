// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/secret.h"
#include "core/taskcontext.h"
#include "postgres/connectionstring.h"
#include "process/processrunner.h"

#include <QString>
#include <QStringList>

namespace mayday::practice {

/// What a throw-away PostgreSQL is made of.
struct ClusterOptions {
    QString folder; ///< of the data; made by the first start, its parent must not be precious
    QString socketFolder = {}; ///< also listen on a Unix socket here; empty: TCP on 127.0.0.1 only
    QString user = QStringLiteral("mayday"); ///< the superuser
    bool durable = true;                     ///< false: no fsync; fast, and lost by a power cut
    QString programs = {}; ///< folder of initdb and pg_ctl; empty: the newest on this machine
};

/// A PostgreSQL server of our own in a folder of our own: made with initdb, run with pg_ctl, on a
/// free port of 127.0.0.1, with a password. Owns nothing that must be released: the server is a
/// process of its own, outlives this object, and is found again by the next start(). Blocking; one
/// thread at a time.
class Cluster final {
public:
    Cluster(process::ProcessRunner &runner, ClusterOptions options);

    /// Makes the data folder when there is none, then takes over the server that still runs in it
    /// or starts one. Denied when the folder was made with another password.
    [[nodiscard]] Result<void> start(const Secret &password, TaskContext &context);
    enum class StopMode {
        Fast,      ///< ends sessions, writes a checkpoint
        Immediate, ///< like a crash; the next start recovers
    };
    [[nodiscard]] Result<void> stop(StopMode mode, TaskContext &context);
    /// Removes the data; only while nothing runs in it.
    [[nodiscard]] Result<void> remove();

    [[nodiscard]] bool exists() const;
    /// 0 before the first start.
    [[nodiscard]] int port() const { return m_port; }
    /// As the superuser over TCP, password included.
    [[nodiscard]] postgres::ConnectionString connectionString(const QString &database) const;
    /// The same through the Unix socket.
    [[nodiscard]] postgres::ConnectionString socketString(const QString &database) const;

private:
    [[nodiscard]] Result<void> initialise(TaskContext &context);
    [[nodiscard]] Result<bool> takeOver(TaskContext &context);
    [[nodiscard]] Result<void> launch(TaskContext &context);
    [[nodiscard]] Result<void> control(const QStringList &arguments, TaskContext &context);
    [[nodiscard]] Result<QString> program(const QString &name) const;
    [[nodiscard]] Result<void> writeSettings() const;
    [[nodiscard]] postgres::ConnectionString reach(const QString &host,
                                                   const QString &database) const;
    [[nodiscard]] QString file(const QString &name) const;

    process::ProcessRunner &m_runner;
    ClusterOptions m_options;
    Secret m_password;
    int m_port = 0;
};

} // namespace mayday::practice
