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
    /// values travel as text.
    bool isSameType = true;
    bool isKey = false;
    bool isGenerated = false; ///< the server computes it
    bool isFixed = false;     ///< GENERATED ALWAYS AS IDENTITY: may be inserted, never updated
};

/// One table as it stands in a kept schema and in the live one. A value; the SQL is made without a
/// server, and all of it is schema-qualified.
struct TablePair {
    QString keptSchema;
    QString liveSchema;
    QString name;
    QList<PairColumn> columns;
    QStringList
        onlyKeptColumns; ///< that the live table has not; never compared, never brought back
    QStringList onlyLiveColumns;
    bool hasLive = true;

    /// By the primary key, when both have the same; otherwise as whole rows, each as often as it is
    /// there.
    [[nodiscard]] bool hasKey() const;

    /// One row: only kept, only live, same key and different.
    [[nodiscard]] QByteArray comparisonSql() const;
    /// Kept rows that the live table has not, into it.
    [[nodiscard]] QByteArray insertSql() const;
    /// Live rows with the same key made as the kept ones. Empty without a key, or with nothing to
    /// set.
    [[nodiscard]] QByteArray updateSql() const;
    /// Live rows that the kept table has not, out of it.
    [[nodiscard]] QByteArray deleteSql() const;
};

/// All tables with rows of the kept schema beside those of the live one, by name; of a part of a
/// backup those that are in it. Inside the caller's transaction.
[[nodiscard]] Result<QList<TablePair>> tablePairs(postgres::Session &session,
                                                  const KeptSchema &kept, TaskContext &context);

} // namespace mayday::restore
