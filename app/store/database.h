// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QString>

#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace mayday::store {

/// One prepared statement: bind, step, read. Errors are the database's, with its subject.
class Statement final {
public:
    Statement(sqlite3 *database, const QString &subject, const char *sql);

    void bind(int index, qint64 value);
    void bind(int index, const QByteArray &value);
    /// true: there is a row; false: done.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] qint64 integer(int column) const;
    [[nodiscard]] QByteArray bytes(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt *statement) const;
    };
    sqlite3 *m_database;
    QString m_subject;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

/// One connection to one SQLite file. Owned and used by one thread.
class Database final {
public:
    enum class Mode { ReadOnly, ReadWrite };

    [[nodiscard]] static Result<Database> open(const QString &path, Mode mode);

    /// One or more statements without results.
    [[nodiscard]] Result<void> run(const char *sql);
    /// Ends a transaction that failed; no complaint when SQLite has ended it already.
    void rollBack();
    [[nodiscard]] Statement prepare(const char *sql) const;
    [[nodiscard]] const QString &path() const { return m_path; }

private:
    struct Close {
        void operator()(sqlite3 *database) const;
    };
    std::unique_ptr<sqlite3, Close> m_database;
    QString m_path;
};

} // namespace mayday::store
