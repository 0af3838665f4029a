// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/httptransport.h"

#include <QHash>
#include <QList>

#include <mutex>
#include <vector>

namespace mayday::tests {

/// An HttpTransport that answers from a script and writes down what was asked. Thread-safe.
class ScriptedTransport final : public net::HttpTransport {
public:
    /// Every request to the address (without query) gets this until another is set.
    void answer(const QUrl &url, net::HttpResponse response);
    void answer(const QUrl &url, int status, const QByteArray &body,
                const QByteArray &contentType = "application/json");
    void fail(const QUrl &url, ErrorKind kind);
    /// Requests to the address stay open until release().
    void hold(const QUrl &url);
    void release(const QUrl &url);

    [[nodiscard]] Task<net::HttpResponse> send(net::HttpRequest request) override;

    [[nodiscard]] QList<net::HttpRequest> requests() const;
    [[nodiscard]] int count(const QUrl &url) const;

private:
    struct Held {
        QUrl url;
        TaskPromise<net::HttpResponse> promise;
    };
    [[nodiscard]] Result<net::HttpResponse> outcomeFor(const QUrl &url) const;

    mutable std::mutex m_mutex;
    QHash<QUrl, Result<net::HttpResponse>> m_script;
    QList<QUrl> m_holding;
    std::vector<Held> m_held;
    QList<net::HttpRequest> m_requests;
};

} // namespace mayday::tests
