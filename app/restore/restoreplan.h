// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/id.h"
#include "postgres/connectionstring.h"

#include <QDateTime>
#include <QString>

namespace mayday::restore {

using RestoreId = Id<struct RestoreTag>;

/// What the user decided: which file goes where. A value; editing it does nothing.
struct RestorePlan {
    RestoreId id;
    QString file;                      ///< the dump on this disk
    postgres::ConnectionString target; ///< with its password when one is needed
    QString environment;               ///< "production", "practice": named in every confirmation
    QString incident = {};             ///< id of the incident it belongs to, or empty
    QString database = {};             ///< id of the database in stack.yaml, or empty (maydayctl)
    QDateTime plannedAt = {};          ///< UTC; stamps the names of what is kept

    /// "schema public in shop on 127.0.0.1:5432", for buttons and receipts.
    [[nodiscard]] QString targetName(const QString &schema) const;
    /// The name under which a schema's old content is kept: "public_before_20261123_081500".
    [[nodiscard]] QString keptSchemaName(const QString &schema) const;
};

/// An id that sorts by time: "restore-20261123-081500-123-0af31c"; no two are the same.
[[nodiscard]] RestoreId freshRestoreId(const QDateTime &now);

} // namespace mayday::restore
