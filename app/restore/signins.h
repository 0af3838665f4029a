// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "postgres/rows.h"

#include <QHash>
#include <QList>
#include <QStringList>

namespace mayday::restore {

/// The tables by which an application lets people in, told by their names: users, accounts, keys,
/// sessions, invitations; with the columns that shut somebody out (disabled_at, banned_until,
/// is_active, status ...). Who was shut out since the backup, or deleted, is in again after a
/// restore; how many that are is counted by their primary keys, on the server. No row comes here.
///
/// A value, made of the server's answer to question(); belongs to one call on one worker.
class SignIns final {
public:
    [[nodiscard]] static QByteArray question(const QStringList &schemas);
    /// keptNameOf: the schema that was live, by the live name of each.
    SignIns(const postgres::Rows &rows, const QHash<QString, QString> &keptNameOf);

    /// One for each table, which answers with two counts. Empty when there is nothing to count.
    [[nodiscard]] QByteArrayList counts() const;
    /// What the counts come to; answers: in the order of counts().
    [[nodiscard]] QStringList told(const QList<std::pair<qint64, qint64>> &answers) const;
    [[nodiscard]] const QStringList &unseen() const { return m_unseen; }

private:
    struct Column {
        QString name;
        QString type;
        QString category; ///< pg_type.typcategory
        bool isKey = false;
    };
    struct Table {
        QList<Column> columns = {};
        qint64 rows = 0; ///< as the planner has it
        bool isVisible = true;
        [[nodiscard]] const Column *find(const QString &name) const;
    };
    struct Pair {
        QString live; ///< "public.users"
        QString liveSql;
        QString keptSql;
        QString sameKey = {};
        QStringList shutOut = {};   ///< expressions on a row called @
        QStringList shutOutBy = {}; ///< the columns
        bool expires = false;
    };

    void add(const QString &schema, const QString &keptSchema, const QString &name,
             const Table &live, const Table &kept);

    QList<Pair> m_pairs;
    QStringList m_unseen;
};

} // namespace mayday::restore
