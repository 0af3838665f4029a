// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/taskcontext.h"
#include "postgres/connectionstring.h"
#include "process/processrunner.h"
#include "process/toolbox.h"

#include <QStringList>

namespace mayday::backup {

class PartialFile;
struct Manifest;

/// What is to be dumped, and where to.
struct DumpOrder {
    postgres::ConnectionString source;
    /// These only, and then nothing that belongs to the database as a whole, as large objects do;
    /// empty for all of it.
    QStringList schemas = {};
    QString file = {}; ///< its name once it is whole: "shop_before_20261123_081500.sql.gz"
    qint64 leaveFree = qint64(128) * 1024 * 1024; ///< bytes of the disk, for everybody else
};

/// A dump that was read back to its end, and holds all that the server had in the same snapshot,
/// and as many rows of each table as it counted.
struct DumpReceipt {
    QString file;
    qint64 bytes = 0;
    qint64 tables = 0;
    qint64 rows = 0;
    QString madeWith = {};        ///< "pg_dump 17.2"
    QStringList withoutRows = {}; ///< UNLOGGED tables: a standby has no rows of them to dump
    QString manifest = {};        ///< the file beside it that says what the server had
    QByteArray sha256 = {};
};

/// Everything but rows, as pg_dump writes it: what has to be there before rows, and what comes
/// behind them (indexes, constraints, triggers, policies). Of one snapshot.
struct Structure {
    QByteArray before;
    QByteArray behind;
};

/// Makes a dump by pg_dump: compressed SQL text, readable by its owner alone.
///
/// It is written under a hidden name beside its own, which it gets when it is verified and on the
/// disk. Until then every failure and every stop takes it away; what a kill leaves is taken away by
/// the next dump into that folder. The manifest beside it comes and goes with it; a kill between
/// the two names leaves a verified dump without one. A blocking worker.
class DatabaseDump final {
public:
    explicit DatabaseDump(process::ProcessRunner &runner) : m_runner(runner) {}

    /// The newest pg_dump of this machine. Unsupported, naming what there is, when none may dump a
    /// server of that version (170011).
    [[nodiscard]] Result<process::Tool> clientFor(int serverVersion, TaskContext &context) const;
    /// Progress in bytes written, then in bytes read back. AlreadyExists when the file or a
    /// manifest of its name is there, NoSpace when the disk fills up, Corrupt when what was read
    /// back is not what the server had.
    [[nodiscard]] Result<DumpReceipt> make(const DumpOrder &order, TaskContext &context) const;
    /// Of what the order names; its file is not looked at.
    [[nodiscard]] Result<Structure> structure(const DumpOrder &order, TaskContext &context) const;

private:
    [[nodiscard]] Result<Manifest> fill(const DumpOrder &order, PartialFile &file,
                                        TaskContext &context) const;

    process::ProcessRunner &m_runner;
};

/// The same with the programs of this machine.
[[nodiscard]] Result<DumpReceipt> makeDump(const DumpOrder &order, TaskContext &context);
[[nodiscard]] Result<Structure> structureOf(const DumpOrder &order, TaskContext &context);
/// Unsupported when no pg_dump of this machine may dump a server of that version.
[[nodiscard]] Result<void> checkDumpClient(int serverVersion, TaskContext &context);
/// Bytes that may still be written into a folder, also into one that is not there yet; -1 when
/// nobody can say.
[[nodiscard]] qint64 bytesFreeIn(const QString &folder);

} // namespace mayday::backup
