// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "archive/accesspoint.h"

#include <QtClassHelperMacros>

#include <deque>
#include <mutex>
#include <optional>

namespace mayday::archive {

/// Chooses which of the points that a reading comes by are kept: some that lie accessPointEvery
/// apart, and those next to both ends of each long stretch that will be read alone later, so that
/// hardly anything before and behind it is inflated for nothing.
///
/// offer() belongs to the thread that inflates, stretchBegins() and stretchEnds() to the one that
/// looks at the text behind it, points() to whoever comes after both. Memory: what is kept, and the
/// few points that the second may still ask for.
class PointSieve final {
public:
    PointSieve() = default;
    Q_DISABLE_COPY_MOVE(PointSieve)

    /// In the order of their places; the window as it is, not compressed.
    void offer(const AccessPoint &point);
    void stretchBegins(qint64 at);
    /// Of the one that began last. A short one leaves no point.
    void stretchEnds(qint64 at);

    [[nodiscard]] const AccessPoints &points() const { return m_kept; }

private:
    struct Neighbours {
        qint64 at = 0;
        std::optional<AccessPoint> before = {};
        std::optional<AccessPoint> behind = {};
    };
    [[nodiscard]] Neighbours around(qint64 at) const;
    void keep(const std::optional<AccessPoint> &point);

    std::mutex m_mutex;
    AccessPoints m_kept;
    std::deque<AccessPoint> m_recent;
    qint64 m_lastDue = 0;
    std::optional<Neighbours> m_begin; ///< of the stretch under way
    std::optional<qint64> m_end;       ///< of a long one, behind which no point has come yet
};

} // namespace mayday::archive
