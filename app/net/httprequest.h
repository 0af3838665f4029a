// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QUrl>

#include <chrono>
#include <utility>

namespace mayday::net {

using HttpHeaders = QList<std::pair<QByteArray, QByteArray>>;

/// What to ask a server for. A value.
struct HttpRequest {
    QByteArray method = QByteArrayLiteral("GET");
    QUrl url;
    HttpHeaders headers = {};
    QByteArray body = {};
    /// For the whole exchange, from the queue to the last byte.
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
    /// Of the unpacked body; one byte more is Refused.
    qint64 maxBodyBytes = 1024 * 1024;
    /// Only GET and HEAD without headers that may carry a credential are followed at all: a token
    /// never travels to another host. Otherwise the 3xx itself is the response.
    bool followRedirects = true;
};

} // namespace mayday::net
