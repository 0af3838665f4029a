// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/httprequest.h"

#include <QDateTime>

#include <optional>

namespace mayday::net {

/// What a server said, whatever the status code. A value.
struct HttpResponse {
    int status = 0;
    HttpHeaders headers = {}; ///< of the last hop, names as they came
    QByteArray body = {};     ///< unpacked
    std::chrono::milliseconds elapsed{0};
    QUrl finalUrl = {}; ///< after redirects
    /// When the server's own certificate ends; none over plain http.
    std::optional<QDateTime> certificateExpiry = std::nullopt;

    /// The first header of that name in any case; empty when there is none.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    /// Lower case and without parameters: "application/json".
    [[nodiscard]] QByteArray contentType() const;
    [[nodiscard]] bool isSuccess() const { return status >= 200 && status < 300; }
};

} // namespace mayday::net
