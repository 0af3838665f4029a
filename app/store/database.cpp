// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/database.h"

#include "core/atomicfile.h"

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace mayday::store {

namespace {

/// Long enough for another process's append, which is one fsync.
constexpr int busyMilliseconds = 5000;

Error errorOf(sqlite3 *database, const QString &subject)
{
    Error error{.kind = ErrorKind::Internal,
                .subject = subject,
                .detail = QString::fromUtf8(sqlite3_errmsg(database))};
    switch (sqlite3_errcode(database) & 0xff) {
    case SQLITE_FULL:
        error.kind = ErrorKind::NoSpace;
        error.advice = Advice::FreeSpace;
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: error.kind = ErrorKind::Corrupt; break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: error.kind = ErrorKind::Denied; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        error.kind = ErrorKind::Timeout;
        error.advice = Advice::TryAgain;
        break;
    case SQLITE_IOERR:
        error.kind = ErrorKind::Refused;
        // errno may be left over from something harmless; only what a person can act on counts.
        if (const Error system = errorFromErrno(sqlite3_system_errno(database), subject);
            system.kind == ErrorKind::NoSpace || system.kind == ErrorKind::Denied) {
            error.kind = system.kind;
            error.advice = system.advice;
        }
        break;
    default: break;
    }
    return error;
}

} // namespace

void Statement::Finalize::operator()(sqlite3_stmt *statement) const
{
    sqlite3_finalize(statement);
}

void Database::Close::operator()(sqlite3 *database) const
{
    sqlite3_close_v2(database);
}

Statement::Statement(sqlite3 *database, const QString &subject, const char *sql)
    : m_database(database), m_subject(subject)
{
    sqlite3_stmt *statement = nullptr;
    sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    m_statement.reset(statement);
}

void Statement::bind(int index, qint64 value)
{
    sqlite3_bind_int64(m_statement.get(), index, value);
}

void Statement::bind(int index, const QByteArray &value)
{
    sqlite3_bind_text64(m_statement.get(), index, value.constData(),
                        static_cast<sqlite3_uint64>(value.size()), SQLITE_TRANSIENT, SQLITE_UTF8);
}

Result<bool> Statement::step()
{
    if (!m_statement)
        return failure(errorOf(m_database, m_subject));
    switch (sqlite3_step(m_statement.get())) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return failure(errorOf(m_database, m_subject));
    }
}

qint64 Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

QByteArray Statement::bytes(int column) const
{
    const auto *bytes = sqlite3_column_blob(m_statement.get(), column);
    return {static_cast<const char *>(bytes), sqlite3_column_bytes(m_statement.get(), column)};
}

Result<Database> Database::open(const QString &path, Mode mode)
{
    const int flags = (mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                      SQLITE_OPEN_NOMUTEX;
    sqlite3 *handle = nullptr;
    const int code = sqlite3_open_v2(path.toUtf8().constData(), &handle, flags, nullptr);
    Database database;
    database.m_database.reset(handle);
    database.m_path = path;
    if (code != SQLITE_OK)
        return failure(errorOf(handle, path));
    sqlite3_busy_timeout(handle, busyMilliseconds);
    return database;
}

Result<void> Database::run(const char *sql)
{
    if (sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return failure(errorOf(m_database.get(), m_path));
    return {};
}

void Database::rollBack()
{
    if (sqlite3_get_autocommit(m_database.get()) == 0)
        sqlite3_exec(m_database.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Statement Database::prepare(const char *sql) const
{
    return Statement(m_database.get(), m_path, sql);
}

} // namespace mayday::store
