// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "net/httpresponse.h"
#include "stack/stack.h"
#include "status/feedreading.h"

namespace mayday::status {

/// What a poll of a provider's page says. A failed poll, an HTML page, a feed nobody can decode:
/// all Unknown with the reason, never Down, for silence of a page is no outage.
[[nodiscard]] FeedReading readFeed(const stack::Provider &provider,
                                   const Result<net::HttpResponse> &outcome, const QDateTime &at);

} // namespace mayday::status
