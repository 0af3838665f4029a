// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "net/httpresponse.h"
#include "status/probe.h"

namespace mayday::status {

/// What to ask a service of ours for.
[[nodiscard]] net::HttpRequest healthRequest(const stack::Service &service);
/// The expected status is Operational (Degraded when its certificate ends within a week), any other
/// status and no answer are Down; a check that was stopped is Unknown.
[[nodiscard]] ProbeReading readHealth(const stack::Service &service,
                                      const Result<net::HttpResponse> &outcome,
                                      const QDateTime &at);

} // namespace mayday::status
