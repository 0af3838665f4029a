// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/probe.h"

#include <QHash>

namespace mayday::status {

/// One watched table now and before.
struct TableRows {
    QString table;
    std::optional<qint64> now;    ///< none: could not be counted
    std::optional<qint64> before; ///< the count it is measured by; none: first sight
    QDateTime droppedAt;          ///< valid while more than half of the rows are missing
    QString problem;

    [[nodiscard]] bool isEmpty() const { return now && *now == 0; }
    [[nodiscard]] bool isDropped() const { return droppedAt.isValid(); }
    /// "products fell from 60,012 to 0", "products is empty"; empty when nothing is wrong.
    [[nodiscard]] QString sentence() const;
};

/// Notices when watched tables lose their rows.
///
/// The measure is the highest count of the last hour. Once more than half of it is gone the measure
/// stands still until the rows are back or accept() says that this is how it should be. A value.
class RowWatch final {
public:
    [[nodiscard]] QList<TableRows> update(const QList<TableCount> &counts, const QDateTime &at);
    void accept();

private:
    struct Seen {
        QDateTime at;
        qint64 rows = 0;
    };
    struct History {
        QList<Seen> seen; ///< falling counts, newest last: the first is the highest of the hour
        std::optional<qint64> frozen;
        QDateTime droppedAt;
    };
    static void remember(History &history, qint64 rows, const QDateTime &at);

    QHash<QString, History> m_histories;
};

/// "60,012".
[[nodiscard]] QString countWords(qint64 count);

} // namespace mayday::status
