// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/rowwatch.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace mayday::status {

namespace {

constexpr qint64 measureSeconds = 60 * 60;
/// Below this, half of the rows is somebody tidying up.
constexpr qint64 fewestRowsToMeasure = 10;

bool isLoss(qint64 before, qint64 now)
{
    return before >= fewestRowsToMeasure && now < before - before / 2;
}

} // namespace

QString countWords(qint64 count)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(count);
}

QString TableRows::sentence() const
{
    if (isDropped() && before && now)
        return u"%1 fell from %2 to %3"_s.arg(table, countWords(*before), countWords(*now));
    return isEmpty() ? table + u" is empty"_s : QString();
}

void RowWatch::remember(History &history, qint64 rows, const QDateTime &at)
{
    QList<Seen> &seen = history.seen;
    seen.removeIf([&](const Seen &old) { return old.at.secsTo(at) > measureSeconds; });
    while (!seen.isEmpty() && seen.last().rows <= rows)
        seen.removeLast();
    seen.append({.at = at, .rows = rows});
}

QList<TableRows> RowWatch::update(const QList<TableCount> &counts, const QDateTime &at)
{
    QList<TableRows> tables;
    for (const TableCount &count : counts) {
        History &history = m_histories[count.table];
        TableRows rows{.table = count.table,
                       .now = count.rows,
                       .before = {},
                       .droppedAt = {},
                       .problem = count.problem};
        if (count.rows) {
            if (!history.frozen && !history.seen.isEmpty() &&
                isLoss(history.seen.first().rows, *count.rows)) {
                history.frozen = history.seen.first().rows;
                history.droppedAt = at;
            } else if (history.frozen && !isLoss(*history.frozen, *count.rows)) {
                history = {};
            }
            if (!history.frozen)
                remember(history, *count.rows, at);
        }
        if (history.frozen)
            rows.before = history.frozen;
        else if (!history.seen.isEmpty())
            rows.before = history.seen.first().rows;
        rows.droppedAt = history.droppedAt;
        tables.append(rows);
    }
    return tables;
}

void RowWatch::accept()
{
    m_histories.clear();
}

} // namespace mayday::status
