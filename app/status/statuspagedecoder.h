// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "status/feedreading.h"

#include <QByteArray>
#include <QStringList>

namespace mayday::status {

/// Decodes Statuspage v2 summary.json and status.json, and incident.io's copy of them, whose
/// groups, dates and lists differ. components: only these names count, compared without case;
/// empty: all. Words it does not know are Unknown; a body that is not this format is an Unknown
/// reading. at: when the answer came. Any thread; hostile bodies cost at most their size.
[[nodiscard]] FeedReading decodeStatuspage(const QByteArray &body, const QStringList &components,
                                           const QDateTime &at);

} // namespace mayday::status
