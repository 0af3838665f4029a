// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/httptransport.h"

#include <QString>

#include <memory>

namespace mayday::net {

struct CurlOptions {
    /// Extra certificate authorities (PEM) instead of the system's, for a company's own; empty:
    /// system.
    QString authorityFile = {};
    /// Where a server's operator finds us; goes into the User-Agent.
    QString contactPage = {};
    int maxConnections = 256;
    int maxConnectionsPerHost = 16;
};

/// HTTP by libcurl: one curl_multi loop on the thread "mayday-net" for all requests, so hundreds in
/// flight cost no threads and connections are used again.
///
/// Owns the thread. send() hands over and wakes the loop; a stop wakes it too. Only http and https;
/// at most 5 redirects, never from https to http; bodies are unpacked and cut off at the request's
/// limit while they arrive. Destroying it ends all open requests with Cancelled.
class CurlTransport final : public HttpTransport {
public:
    explicit CurlTransport(const CurlOptions &options = {});
    ~CurlTransport() override;
    CurlTransport(const CurlTransport &) = delete;
    CurlTransport &operator=(const CurlTransport &) = delete;

    [[nodiscard]] Task<HttpResponse> send(HttpRequest request) override;
    [[nodiscard]] QByteArray userAgent() const;

private:
    class Loop;
    std::unique_ptr<Loop> m_loop;
};

} // namespace mayday::net
