// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/curlfailure.h"

#include "core/redactor.h"

#include <curl/curl.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace mayday::net {

namespace {

struct Meaning {
    ErrorKind kind;
    std::optional<Advice> advice;
};

Meaning meaningOf(int code, const QString &words)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return {ErrorKind::Timeout, Advice::CheckNetwork};
    case CURLE_URL_MALFORMAT:
    case CURLE_TOO_MANY_REDIRECTS: return {ErrorKind::Refused, Advice::CheckAddress};
    case CURLE_UNSUPPORTED_PROTOCOL:
        // libcurl uses the same code for a redirect to ftp: and for a server that does not speak
        // HTTP.
        if (words.contains(u"HTTP/0.9"_s))
            return {ErrorKind::Corrupt, Advice::CheckAddress};
        return {ErrorKind::Refused, Advice::CheckAddress};
    case CURLE_SSL_CERTPROBLEM: return {ErrorKind::Denied, std::nullopt};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED: return {ErrorKind::Refused, Advice::CheckAddress};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING: return {ErrorKind::Corrupt, Advice::CheckAddress};
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT: return {ErrorKind::Internal, Advice::SendReport};
    default: return {ErrorKind::Unreachable, Advice::CheckNetwork};
    }
}

} // namespace

QString displayUrl(const QUrl &url)
{
    return url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

Error errorFromCurl(int code, const QString &words, const QUrl &url)
{
    const Meaning meaning = meaningOf(code, words);
    const QString detail = words.isEmpty()
                               ? QString::fromUtf8(curl_easy_strerror(static_cast<CURLcode>(code)))
                               : words;
    return Error{.kind = meaning.kind,
                 .subject = displayUrl(url),
                 .detail = redacted(detail),
                 .advice = meaning.advice};
}

} // namespace mayday::net
