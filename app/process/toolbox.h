// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"
#include "process/processrunner.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QVersionNumber>

namespace mayday::process {

/// One installed program.
struct Tool {
    QString path;
    QVersionNumber version; ///< null when it did not tell
};

/// Finds the programs of others: in PATH, then where PostgreSQL's packages put theirs (newest
/// first). Keeps nothing but the runner, which must outlive it. Any worker thread.
class Toolbox final {
public:
    explicit Toolbox(ProcessRunner &runner) : m_runner(runner) {}

    /// The first one found; NotFound names the places that were searched. Looks at files only.
    [[nodiscard]] static Result<QString> find(const QString &program);
    /// The newest PostgreSQL program of that name ("initdb", "pg_dump"): the versioned folders are
    /// looked at before PATH, where a wrapper may stand.
    [[nodiscard]] static Result<QString> findPostgres(const QString &program);
    /// Every copy with its version, newest first: an old pg_dump cannot read a newer server.
    [[nodiscard]] QList<Tool> findAll(const QString &program, TaskContext &context) const;
    /// Asks `program --version` and reads the first number of the answer.
    [[nodiscard]] Result<QVersionNumber> versionOf(const QString &path, TaskContext &context) const;

private:
    ProcessRunner &m_runner;
};

/// Folders outside PATH that hold PostgreSQL's programs on this machine, newest version first.
[[nodiscard]] QStringList postgresFolders();

} // namespace mayday::process
