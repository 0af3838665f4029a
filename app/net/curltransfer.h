// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/task.h"
#include "net/httprequest.h"
#include "net/httpresponse.h"

#include <array>
#include <memory>

using CURL = void;
struct curl_slist;

namespace mayday::net {

/// One exchange: the easy handle, what has arrived so far, and the promise to answer. Lives on the
/// loop's thread once it is handed over; must not outlive the multi handle it is added to.
class CurlTransfer final {
public:
    CurlTransfer(HttpRequest request, TaskPromise<HttpResponse> promise);
    CurlTransfer(const CurlTransfer &) = delete;
    CurlTransfer &operator=(const CurlTransfer &) = delete;

    /// The handle, ready to be added; null when libcurl is out of memory.
    [[nodiscard]] CURL *prepare(const QByteArray &userAgent, const QByteArray &authorityFile);
    [[nodiscard]] CURL *handle() const { return m_handle.get(); }
    [[nodiscard]] const QUrl &url() const { return m_request.url; }
    [[nodiscard]] bool stopRequested() const { return m_promise.stopToken().stop_requested(); }

    /// code is the CURLcode of the finished exchange. Call one of these two exactly once.
    [[nodiscard]] Result<HttpResponse> outcome(int code);
    void answer(Result<HttpResponse> outcome) { m_promise.finish(std::move(outcome)); }

private:
    void prepareMethod();
    void prepareRedirects();
    void prepareHeaders();
    [[nodiscard]] bool mayFollow() const;
    void takeHeaderLine(QByteArrayView line);
    static size_t onBody(char *bytes, size_t size, size_t count, void *self);
    static size_t onHeader(char *bytes, size_t size, size_t count, void *self);

    struct Close {
        void operator()(CURL *handle) const;
        void operator()(curl_slist *list) const;
    };

    HttpRequest m_request;
    TaskPromise<HttpResponse> m_promise;
    std::unique_ptr<curl_slist, Close> m_headerList;
    std::unique_ptr<CURL, Close> m_handle;
    HttpResponse m_response;
    std::array<char, 256> m_words{}; ///< CURL_ERROR_SIZE
    bool m_tooLarge = false;
};

} // namespace mayday::net
