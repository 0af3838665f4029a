// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QHash>
#include <QList>
#include <QMap>
#include <QPair>
#include <QStringList>

namespace mayday::restore {

/// Something with a name in a schema: a table, a function, a type ... None of those that come and
/// go with another one (an index, a row type), and none of an extension.
struct SchemaThing {
    using Id = QPair<qint64, qint64>; ///< catalog and number
    Id id;
    QString kind;    ///< "table"
    QString name;    ///< "public.products", as SQL takes it
    QString owner;   ///< empty: only superusers make such
    QString version; ///< another one when somebody has changed it; empty where that does not show
    bool isOurs = false; ///< the login may act as its owner

    [[nodiscard]] bool isTable() const { return kind == QStringLiteral("table"); }
    /// With all that depends on it; nothing happens when it is gone already.
    [[nodiscard]] QByteArray dropSql() const;
};

/// Everything in these schemas.
[[nodiscard]] Result<QList<SchemaThing>> thingsIn(postgres::Session &session,
                                                  const QStringList &schemas, TaskContext &context);

/// Everything that is in none of them, by id, in words: "view reports.daily".
[[nodiscard]] Result<QHash<SchemaThing::Id, QString>>
thingsOutside(postgres::Session &session, const QStringList &schemas, TaskContext &context);

/// "1 function, 2 tables of ops": what of them the login may not drop; empty when that is nothing.
[[nodiscard]] QString whatIsOfOthers(const QList<SchemaThing> &things);

/// Tables outside to which foreign keys of these schemas point: the server locks them when those
/// go. Number -> "auth.users".
[[nodiscard]] Result<QMap<qint64, QString>>
referencedOutside(postgres::Session &session, const QStringList &schemas, TaskContext &context);

/// What would go with the things in these schemas, and is in no dump of them: casts and transforms
/// of their types, their tables' places as partitions or heirs of tables outside. In words.
[[nodiscard]] Result<QStringList> inNoDumpOf(postgres::Session &session, const QStringList &schemas,
                                             TaskContext &context);

} // namespace mayday::restore
