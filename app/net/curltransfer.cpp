// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/curltransfer.h"

#include "net/curlfailure.h"

#include <curl/curl.h>

#include <QLocale>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::net {

namespace {

constexpr long redirectLimit = 5;

/// "Sep  2 12:00:00 2027 GMT", the way OpenSSL prints it.
std::optional<QDateTime> parseExpiry(QByteArrayView text)
{
    const QString plain = QString::fromLatin1(text).simplified().remove(u" GMT"_s);
    QDateTime when = QLocale::c().toDateTime(plain, u"MMM d HH:mm:ss yyyy"_s);
    if (!when.isValid())
        return std::nullopt;
    when.setTimeZone(QTimeZone::UTC);
    return when;
}

std::optional<QDateTime> certificateExpiry(CURL *handle)
{
    curl_certinfo *info = nullptr;
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &info) != CURLE_OK || !info ||
        info->num_of_certs < 1)
        return std::nullopt;
    constexpr QByteArrayView key = "Expire date:";
    for (const curl_slist *item = info->certinfo[0]; item; item = item->next) {
        const QByteArrayView line(item->data);
        if (line.startsWith(key))
            return parseExpiry(line.sliced(key.size()));
    }
    return std::nullopt;
}

bool isHarmlessHeader(const QByteArray &name)
{
    const QByteArray lower = name.toLower();
    return lower.startsWith("accept") || lower.startsWith("if-") || lower == "cache-control" ||
           lower == "content-type";
}

/// A line break inside a header would let a value add headers of its own.
QByteArray oneLine(QByteArray text)
{
    text.replace('\r', ' ').replace('\n', ' ').replace('\0', ' ');
    return text;
}

} // namespace

void CurlTransfer::Close::operator()(CURL *handle) const
{
    curl_easy_cleanup(handle);
}

void CurlTransfer::Close::operator()(curl_slist *list) const
{
    curl_slist_free_all(list);
}

CurlTransfer::CurlTransfer(HttpRequest request, TaskPromise<HttpResponse> promise)
    : m_request(std::move(request)), m_promise(std::move(promise))
{
    static_assert(std::tuple_size_v<decltype(m_words)> >= CURL_ERROR_SIZE);
}

CURL *CurlTransfer::prepare(const QByteArray &userAgent, const QByteArray &authorityFile)
{
    m_handle.reset(curl_easy_init());
    CURL *handle = m_handle.get();
    if (!handle)
        return nullptr;
    const QByteArray address = m_request.url.toEncoded();
    curl_easy_setopt(handle, CURLOPT_URL, address.constData());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, userAgent.constData());
    curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    if (!authorityFile.isEmpty())
        curl_easy_setopt(handle, CURLOPT_CAINFO, authorityFile.constData());
    const long limit = static_cast<long>(std::max<qint64>(1, m_request.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, limit);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, limit);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, m_words.data());
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &CurlTransfer::onBody);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &CurlTransfer::onHeader);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
    prepareMethod();
    prepareRedirects();
    prepareHeaders();
    return handle;
}

void CurlTransfer::prepareMethod()
{
    CURL *handle = m_handle.get();
    if (m_request.method == "HEAD") {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
        return;
    }
    if (m_request.method == "GET" && m_request.body.isEmpty())
        return;
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, m_request.method.constData());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(m_request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, m_request.body.constData());
}

bool CurlTransfer::mayFollow() const
{
    const bool reads = m_request.method == "GET" || m_request.method == "HEAD";
    return m_request.followRedirects && reads && m_request.body.isEmpty() &&
           std::ranges::all_of(m_request.headers,
                               [](const auto &header) { return isHarmlessHeader(header.first); });
}

void CurlTransfer::prepareRedirects()
{
    if (!mayFollow())
        return;
    CURL *handle = m_handle.get();
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, redirectLimit);
    const bool secure = m_request.url.scheme() == "https"_L1;
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
}

void CurlTransfer::prepareHeaders()
{
    curl_slist *list = nullptr;
    for (const auto &[name, value] : m_request.headers) {
        const QByteArray line = value.isEmpty() ? name + ';' : name + ": " + value;
        list = curl_slist_append(list, oneLine(line).constData());
    }
    // libcurl would wait for "100 Continue" before a larger body, which small servers never send.
    list = curl_slist_append(list, "Expect:");
    m_headerList.reset(list);
    curl_easy_setopt(m_handle.get(), CURLOPT_HTTPHEADER, list);
}

size_t CurlTransfer::onBody(char *bytes, size_t size, size_t count, void *self)
{
    auto *transfer = static_cast<CurlTransfer *>(self);
    const auto arrived = static_cast<qsizetype>(size) * static_cast<qsizetype>(count);
    QByteArray &body = transfer->m_response.body;
    if (body.size() + arrived > transfer->m_request.maxBodyBytes) {
        transfer->m_tooLarge = true;
        return CURL_WRITEFUNC_ERROR;
    }
    body.append(bytes, arrived);
    return size * count;
}

size_t CurlTransfer::onHeader(char *bytes, size_t size, size_t count, void *self)
{
    const auto arrived = static_cast<qsizetype>(size) * static_cast<qsizetype>(count);
    static_cast<CurlTransfer *>(self)->takeHeaderLine(QByteArrayView(bytes, arrived));
    return size * count;
}

void CurlTransfer::takeHeaderLine(QByteArrayView line)
{
    if (line.startsWith("HTTP/")) { // a new hop, or the real answer after a "100 Continue"
        m_response.headers.clear();
        m_response.body.clear();
        return;
    }
    const qsizetype colon = line.indexOf(':');
    if (colon > 0)
        m_response.headers.append({line.first(colon).trimmed().toByteArray(),
                                   line.sliced(colon + 1).trimmed().toByteArray()});
}

Result<HttpResponse> CurlTransfer::outcome(int code)
{
    if (m_tooLarge)
        return failure(
            {.kind = ErrorKind::Refused,
             .subject = displayUrl(url()),
             .detail = u"the answer is larger than %1 bytes"_s.arg(m_request.maxBodyBytes),
             .advice = Advice::CheckAddress});
    if (code != CURLE_OK)
        return failure(errorFromCurl(code, QString::fromUtf8(m_words.data()), url()));

    CURL *handle = m_handle.get();
    long status = 0;
    curl_off_t microseconds = 0;
    char *address = nullptr;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, &microseconds);
    curl_easy_getinfo(handle, CURLINFO_EFFECTIVE_URL, &address);
    m_response.status = static_cast<int>(status);
    m_response.elapsed = std::chrono::milliseconds(microseconds / 1000);
    m_response.finalUrl = QUrl::fromEncoded(QByteArray(address));
    m_response.certificateExpiry = certificateExpiry(handle);
    return std::move(m_response);
}

} // namespace mayday::net
