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
/// restore, and so is who is in a table that was dropped since; how many that are is counted by
/// their primary keys, on the server. No row comes here.
///
/// A value, made of the server's answer to question(); belongs to one call on one worker.
class SignIns final {
public:
    [[nodiscard]] static QByteArray question(const QStringList &schemas);
    /// keptNameOf: the schema that was live, by the live name of each.
    SignIns(const postgres::Rows &rows, const QHash<QString, QString> &keptNameOf);

    /// One for each table, which answers whether it is too large after all, and with two counts.
    /// Of twenty tables at most.
    [[nodiscard]] QByteArrayList counts() const;
    /// What the counts come to of the table that counts() asks by the question of this number.
    [[nodiscard]] QStringList told(qsizetype which, qint64 enabled, qint64 back) const;
    [[nodiscard]] QString nameOf(qsizetype which) const { return m_pairs[which].live; }
    [[nodiscard]] static QString tooLarge(const QString &table);
    /// What is not asked about, and why.
    [[nodiscard]] const QStringList &unseen() const { return m_unseen; }

private:
    struct Column {
        QString name;
        QString type;
        QString category; ///< pg_type.typcategory; of what is about time, if it can be now
        bool isKey = false;
        bool isPlain = false; ///< of the server's own types, or an enum
    };
    struct Table {
        QList<Column> columns = {};
        qint64 rows = 0; ///< as the planner has it; 0 where it has nothing
        bool isVisible = true;
        [[nodiscard]] const Column *find(const QString &name) const;
    };
    struct Pair {
        QString live; ///< "public.users"
        QString liveSql;
        QString keptSql = {}; ///< empty: there was none
        QString sameKey = {};
        QString alive = {};         ///< a condition on a row called l
        QStringList shutOut = {};   ///< expressions on a row called @ of what was live before
        QStringList shutOutBy = {}; ///< the columns
    };

    [[nodiscard]] static QString aliveBy(const Table &live);
    [[nodiscard]] bool canBeCounted(const QString &name, const Table &table);
    void add(Pair pair, const Table &live, const Table &kept);
    void addNew(Pair pair, const Table &live);

    QList<Pair> m_pairs;
    QStringList m_unseen;
};

} // namespace mayday::restore
