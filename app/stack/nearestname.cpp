// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/nearestname.h"

#include <algorithm>
#include <vector>

namespace mayday::stack {

namespace {

/// Longer ones are no slips of the finger, and the work grows with the square.
constexpr qsizetype longestName = 64;

/// Optimal string alignment: insert, delete, replace, swap two neighbours.
int editDistance(QStringView from, QStringView to)
{
    const auto width = static_cast<size_t>(to.size()) + 1;
    std::vector<int> beforeLast(width), last(width), row(width);
    for (size_t j = 0; j < width; ++j)
        last[j] = static_cast<int>(j);
    for (qsizetype i = 1; i <= from.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (qsizetype j = 1; j <= to.size(); ++j) {
            const auto at = static_cast<size_t>(j);
            const int replace = last[at - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[at] = std::min({last[at] + 1, row[at - 1] + 1, replace});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[at] = std::min(row[at], beforeLast[at - 2] + 1);
        }
        beforeLast.swap(last);
        last.swap(row);
    }
    return last[width - 1];
}

} // namespace

QString nearestName(QStringView misspelt, const QStringList &known)
{
    if (misspelt.isEmpty() || misspelt.size() > longestName)
        return {};
    const QString wanted = misspelt.toString().toLower();
    QString best;
    int bestDistance = static_cast<int>(std::max<qsizetype>(1, wanted.size() / 3)) + 1;
    for (const QString &name : known) {
        if (name.size() > longestName)
            continue;
        const int distance = editDistance(wanted, name.toLower());
        if (distance < bestDistance) {
            bestDistance = distance;
            best = name;
        }
    }
    return best;
}

} // namespace mayday::stack
