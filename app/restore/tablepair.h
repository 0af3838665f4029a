// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "restore/keptschema.h"

#include <QList>
#include <QString>

namespace mayday::restore {

/// A column that both tables of a pair have.
struct PairColumn {
    QString name;
    QString liveType; ///< as it must stand in a cast: "public.kind", "numeric(10,2)"
    /// The two types are one; otherwise, as with an enum that was moved aside with its schema,
    /// values travel as text, and so they do where the collations may differ.
    bool isSameType = true;
    QString fetchType = {}; ///< of a temporary table that takes its values from another database
    bool isKey = false;
    bool isGenerated = false; ///< the server computes it
    bool isFixed = false;     ///< GENERATED ALWAYS AS IDENTITY: may be inserted, never updated
    /// False of what says whether a scheduled job runs: a restore switches that off, so a
    /// difference is no news, and a job that is off is not switched on by the way.
    bool isCompared = true;
    bool comesOff = false; ///< a false of every row, whatever is kept
};

/// One table as it stands in a kept schema, here or in another database, and in the live one. A
/// value; the SQL is made without a server, and all of it is schema-qualified.
struct TablePair {
    QString keptSchema;
    QString liveSchema;
    QString name;
    QList<PairColumn> columns;
    QStringList
        onlyKeptColumns; ///< that the live table has not; never compared, never brought back
    QStringList onlyLiveColumns;
    bool hasLive = true;
    /// The temporary table that holds its rows, where the kept schema is in another database.
    QString fetchedAs = {};

    /// By the primary key, when both have the same; otherwise as whole rows, each as often as it is
    /// there.
    [[nodiscard]] bool hasKey() const;
    /// The kept one, as a statement in the live database names it.
    [[nodiscard]] QString keptTable() const;
    [[nodiscard]] QString liveTable() const;

    /// Columns of both that say nothing about the rows.
    [[nodiscard]] QStringList notComparedColumns() const;

    /// One row: only kept, only live, same key and different.
    [[nodiscard]] QByteArray comparisonSql() const;
    /// Kept rows that the live table has not, into it.
    [[nodiscard]] QByteArray insertSql() const;
    /// Live rows with the same key made as the kept ones. Empty without a key, or with nothing to
    /// set.
    [[nodiscard]] QByteArray updateSql() const;
    /// Live rows that the kept table has not, out of it.
    [[nodiscard]] QByteArray deleteSql() const;

    /// One row: how many rows a table with these columns has, and two sums of their hashes. The
    /// same answers of two databases of one server, in the same settings, are the same rows.
    [[nodiscard]] QByteArray digestSql(const QString &schema) const;
    /// The columns that are compared, and what there is to name them: "a, \"b c\"".
    [[nodiscard]] QString storedColumns() const;
    /// Those and the key, which may be computed: what comes over from another database.
    [[nodiscard]] QString fetchedColumns() const;
    /// Makes the table that fetchedAs names.
    [[nodiscard]] QByteArray createFetchedSql() const;
};

/// All tables with rows of the kept schema beside those of the live one, by name; of a part of a
/// backup those that are in it. Inside the caller's transactions; both sessions may be the same.
[[nodiscard]] Result<QList<TablePair>> tablePairs(postgres::Session &keptIn,
                                                  postgres::Session &live, const KeptSchema &kept,
                                                  TaskContext &context);

} // namespace mayday::restore
