// SPDX-License-Identifier: GPL-3.0-or-later
#include "archive/pointsieve.h"

#include <algorithm>
#include <utility>

namespace mayday::archive {

namespace {

/// How far the inflating may be ahead of the looking at the text: more than the blocks of ReadAhead
/// and the head of the file together.
constexpr qint64 lookBack = 2 * 1024 * 1024;
/// So the points of the ends are not many more than the others.
constexpr qint64 longStretch = accessPointEvery;

bool isBehind(qint64 at, const AccessPoint &point)
{
    return at < point.textOffset;
}

} // namespace

void PointSieve::keep(const std::optional<AccessPoint> &point)
{
    if (!point)
        return;
    const auto place =
        std::ranges::lower_bound(m_kept, point->textOffset, std::less{}, &AccessPoint::textOffset);
    if (place != m_kept.end() && place->textOffset == point->textOffset)
        return;
    AccessPoint packed = *point;
    packed.window = qCompress(point->window, 1);
    m_kept.insert(place, packed);
}

void PointSieve::offer(const AccessPoint &point)
{
    const std::scoped_lock lock(m_mutex);
    if (point.textOffset - m_lastDue >= accessPointEvery) {
        m_lastDue = point.textOffset;
        keep(point);
    }
    if (m_end && isBehind(*m_end, point)) {
        m_end.reset();
        keep(point);
    }
    if (m_begin && !m_begin->behind && isBehind(m_begin->at, point))
        m_begin->behind = point;
    m_recent.push_back(point);
    while (m_recent.size() > 1 && m_recent[1].textOffset < point.textOffset - lookBack)
        m_recent.pop_front();
}

PointSieve::Neighbours PointSieve::around(qint64 at) const
{
    Neighbours found{.at = at};
    const auto next = std::ranges::upper_bound(m_recent, at, std::less{}, &AccessPoint::textOffset);
    if (next != m_recent.begin())
        found.before = *std::prev(next);
    if (next != m_recent.end())
        found.behind = *next;
    return found;
}

void PointSieve::stretchBegins(qint64 at)
{
    const std::scoped_lock lock(m_mutex);
    m_begin = around(at);
}

void PointSieve::stretchEnds(qint64 at)
{
    const std::scoped_lock lock(m_mutex);
    const auto begin = std::exchange(m_begin, std::nullopt);
    if (!begin || at - begin->at < longStretch)
        return;
    const Neighbours end = around(at);
    for (const auto &point : {begin->before, begin->behind, end.before, end.behind})
        keep(point);
    if (!end.behind)
        m_end = at;
}

} // namespace mayday::archive
