// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/secret.h"
#include "core/taskcontext.h"
#include "postgres/connectionstring.h"
#include "practice/samplesql.h"
#include "process/processrunner.h"

#include <QDateTime>
#include <QString>

namespace mayday::practice {

enum class BreakKind {
    DeleteProducts, ///< a DELETE without WHERE; the cascade takes listings, images and job items
                    ///< along
};

/// The marketplace that practice mode breaks and restores: database "shop", owned by the role
/// "shop", which is no superuser, as on a managed host. Blocking functions for a worker; one thread
/// at a time. Each is a whole or nothing, so that a killed application can call it again.
class PracticeSample final {
public:
    /// server: the superuser's connection to the practice server, with password; the role "shop"
    /// gets the same password. The runner must outlive it.
    PracticeSample(process::ProcessRunner &runner, const postgres::ConnectionString &server,
                   SampleSize size = SampleSize::Whole);

    /// How the application in practice reaches its database, with password.
    [[nodiscard]] postgres::ConnectionString shop() const;
    [[nodiscard]] Result<bool> isFilled(TaskContext &context) const;
    /// Makes the database anew, ending sessions in an old one. No row is younger than end.
    [[nodiscard]] Result<void> fill(const QDateTime &end, TaskContext &context) const;
    /// A real pg_dump, shop_YYYYMMDD_HHMMSS.sql.gz (local time, as `date` writes it), whose name
    /// and file time say taken. Returns its path.
    [[nodiscard]] Result<QString> dump(const QString &folder, const QDateTime &taken,
                                       TaskContext &context) const;
    /// What a restore of that dump would lose: 12 products, 40 orders and their events up to end.
    [[nodiscard]] Result<void> addNewerRows(const QDateTime &begin, const QDateTime &end,
                                            TaskContext &context) const;
    /// Rows of the first table hit.
    [[nodiscard]] Result<qint64> breakData(BreakKind kind, TaskContext &context) const;

private:
    [[nodiscard]] Result<void> makeRoles(TaskContext &context) const;
    [[nodiscard]] Result<qint64> executeInShop(const QByteArray &sql, TaskContext &context) const;

    process::ProcessRunner &m_runner;
    postgres::ConnectionString m_server;
    SampleSize m_size;
};

} // namespace mayday::practice
