// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/task.h"
#include "net/httprequest.h"
#include "net/httpresponse.h"

namespace mayday::net {

/// The port to HTTP. send() never blocks and may be called from any thread; the Task ends in
/// Unreachable (name, connection, cut), Timeout, Denied (our own client certificate), Refused (TLS,
/// a rule of ours), Corrupt (not HTTP) or Cancelled. A status such as 503 is a response, not an
/// Error.
class HttpTransport {
public:
    virtual ~HttpTransport() = default;
    [[nodiscard]] virtual Task<HttpResponse> send(HttpRequest request) = 0;
};

} // namespace mayday::net
