// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scriptedtransport.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::tests {

namespace {

QUrl keyOf(const QUrl &url)
{
    return url.adjusted(QUrl::RemoveQuery | QUrl::RemoveFragment);
}

} // namespace

void ScriptedTransport::answer(const QUrl &url, net::HttpResponse response)
{
    const std::scoped_lock lock(m_mutex);
    response.finalUrl = url;
    m_script.insert(keyOf(url), std::move(response));
}

void ScriptedTransport::answer(const QUrl &url, int status, const QByteArray &body,
                               const QByteArray &contentType)
{
    answer(url, {.status = status, .headers = {{"Content-Type", contentType}}, .body = body});
}

void ScriptedTransport::fail(const QUrl &url, ErrorKind kind)
{
    const std::scoped_lock lock(m_mutex);
    m_script.insert(keyOf(url),
                    failure({.kind = kind, .subject = url.toString(), .detail = u"scripted"_s}));
}

void ScriptedTransport::hold(const QUrl &url)
{
    const std::scoped_lock lock(m_mutex);
    m_holding.append(keyOf(url));
}

void ScriptedTransport::release(const QUrl &url)
{
    const std::scoped_lock lock(m_mutex);
    m_holding.removeAll(keyOf(url));
    for (Held &held : m_held) {
        if (held.url == keyOf(url))
            held.promise.finish(outcomeFor(held.url));
    }
    std::erase_if(m_held, [&](const Held &held) { return held.url == keyOf(url); });
}

Result<net::HttpResponse> ScriptedTransport::outcomeFor(const QUrl &url) const
{
    const auto found = m_script.constFind(url);
    if (found != m_script.cend())
        return *found;
    return failure({.kind = ErrorKind::Unreachable,
                    .subject = url.toString(),
                    .detail = u"not in the script"_s});
}

Task<net::HttpResponse> ScriptedTransport::send(net::HttpRequest request)
{
    const std::scoped_lock lock(m_mutex);
    const QUrl key = keyOf(request.url);
    m_requests.append(std::move(request));
    if (!m_holding.contains(key))
        return finishedTask(outcomeFor(key));
    m_held.push_back({key, {}});
    return m_held.back().promise.task();
}

QList<net::HttpRequest> ScriptedTransport::requests() const
{
    const std::scoped_lock lock(m_mutex);
    return m_requests;
}

int ScriptedTransport::count(const QUrl &url) const
{
    const std::scoped_lock lock(m_mutex);
    return static_cast<int>(std::ranges::count_if(m_requests, [&](const net::HttpRequest &request) {
        return keyOf(request.url) == keyOf(url);
    }));
}

} // namespace mayday::tests
