// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/fuzzymatch.h"

#include <QString>

#include <algorithm>
#include <vector>

namespace mayday::ui {

namespace {

constexpr int atWordStart = 10;
constexpr int inARow = 8;
constexpr int found = 1;
constexpr int impossible = -1;
constexpr qsizetype longestText = 200;

bool startsWord(QStringView text, qsizetype at)
{
    return at == 0 || !text.at(at - 1).isLetterOrNumber();
}

} // namespace

std::optional<int> fuzzyScore(QStringView pattern, QStringView text)
{
    QString wanted = pattern.toString().toCaseFolded();
    wanted.removeIf([](QChar c) { return c.isSpace(); });
    if (wanted.isEmpty())
        return 0;
    const QString where = text.left(longestText).toString().toCaseFolded();
    // best[i]: the best score of the letters so far with the last one at i. Small enough for the
    // plain table: a few letters by a line of text.
    std::vector<int> best(static_cast<size_t>(where.size()), impossible);
    for (qsizetype letter = 0; letter < wanted.size(); ++letter) {
        std::vector<int> next(best.size(), impossible);
        int before = letter == 0 ? 0 : impossible; ///< the best of any place further left
        for (qsizetype at = 0; at < where.size(); ++at) {
            const auto here = static_cast<size_t>(at);
            if (where.at(at) == wanted.at(letter) && before != impossible) {
                next[here] = before + found + (startsWord(where, at) ? atWordStart : 0);
                const int neighbour = letter > 0 && at > 0 ? best[here - 1] : impossible;
                if (neighbour != impossible)
                    next[here] = std::max(next[here], neighbour + found + inARow);
            }
            if (letter > 0)
                before = std::max(before, best[here]);
        }
        best = std::move(next);
    }
    const auto top = std::ranges::max_element(best);
    if (top == best.end() || *top == impossible)
        return std::nullopt;
    return *top * 1000 - static_cast<int>(where.size());
}

} // namespace mayday::ui
