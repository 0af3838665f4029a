// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/session.h"

#include <QMap>
#include <QPair>
#include <QStringList>

namespace mayday::restore {

/// The default privileges that hold for the whole database (ALTER DEFAULT PRIVILEGES without IN
/// SCHEMA), out of the way while a dump is loaded; and those of schemas that are not made anew.
///
/// pg_dump writes the rights of a thing as if there were none of these: with them, a load would
/// give away what nobody had given, or withhold what everybody had. They would not come back with a
/// put-back, so afterwards they are what they were, whatever the dump says. Inside the caller's
/// transaction; everybody else goes on with the old ones.
class DefaultRights final {
public:
    /// What setAside() and leave() ask.
    [[nodiscard]] static postgres::Question question(const QStringList &schemas);
    /// Those of all roles that the session may speak for. schemas: whose own are in the way too.
    [[nodiscard]] static Result<DefaultRights>
    setAside(postgres::Session &session, const QStringList &schemas, TaskContext &context);
    /// The same, and they stay in force.
    [[nodiscard]] static Result<DefaultRights>
    leave(postgres::Session &session, const QStringList &schemas, TaskContext &context);
    /// Whether there are any.
    [[nodiscard]] bool areThere() const { return !m_before.isEmpty(); }
    /// Returns notes on what the dump has otherwise.
    [[nodiscard]] Result<QStringList> bringBack(postgres::Session &session,
                                                TaskContext &context) const;

private:
    struct Right {
        QString privilege = {};
        QString grantee = {}; ///< quoted; or PUBLIC
        bool isGrantable = false;
        [[nodiscard]] bool operator==(const Right &) const = default;
    };
    /// Who makes what, and where.
    struct Key {
        QString creator = {};
        QString kind = {};   ///< "TABLES"
        QString schema = {}; ///< empty: in all of them
        [[nodiscard]] auto operator<=>(const Key &) const = default;
    };
    using State = QMap<Key, QList<Right>>;

    [[nodiscard]] Result<State> now(postgres::Session &session, TaskContext &context) const;
    [[nodiscard]] static QList<Right> builtIn(const Key &key);
    [[nodiscard]] static QList<QByteArray> change(const Key &key, const QList<Right> &from,
                                                  const QList<Right> &to);

    QStringList m_schemas;
    State m_before;
};

} // namespace mayday::restore
