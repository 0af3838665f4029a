// SPDX-License-Identifier: GPL-3.0-or-later
#include "practice/practicecloud.h"

#include <QHttpServer>
#include <QHttpServerResponse>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mayday::practice {

namespace {

using Status = QHttpServerResponder::StatusCode;

constexpr auto json = "application/json; charset=utf-8";
constexpr auto html = "text/html; charset=utf-8";

QHttpServerResponse pageResponse(const PracticePage &page)
{
    switch (page.state) {
    case PageState::BadPage:
        return {html, "<!doctype html><title>Status</title><p>Please enable JavaScript.</p>\n"};
    case PageState::Broken: return {html, "<h1>500</h1>\n", Status::InternalServerError};
    default: return {json, summaryJson(page, QDateTime::currentDateTimeUtc())};
    }
}

QHttpServerResponse healthResponse(bool healthy, const QString &reason)
{
    const QJsonObject body{{u"status"_s, healthy ? u"ok"_s : u"error"_s},
                           {u"database"_s, healthy ? u"ok"_s : reason},
                           {u"queue"_s, u"ok"_s}};
    return {json, QJsonDocument(body).toJson(QJsonDocument::Compact),
            healthy ? Status::Ok : Status::ServiceUnavailable};
}

} // namespace

/// Hides Qt's HTTP server from the header. Its routes speak for the cloud that owns it.
class PracticeCloud::Server final {
public:
    explicit Server(PracticeCloud &cloud)
    {
        m_http.route(u"/<arg>/api/v2/summary.json"_s, [&cloud](const QString &id) {
            const PracticePage *page = cloud.page(id);
            return page ? pageResponse(*page) : QHttpServerResponse(Status::NotFound);
        });
        m_http.route(u"/backend/health"_s, [&cloud] {
            return healthResponse(cloud.m_backendHealthy, cloud.m_backendReason);
        });
        const auto frontPage = [] {
            return QHttpServerResponse(
                html, "<!doctype html><title>Marketplace</title><h1>Marketplace</h1>\n");
        };
        m_http.route(u"/frontend/"_s, frontPage);
        m_http.route(u"/frontend"_s, frontPage);
    }

    /// 0 when it cannot listen.
    [[nodiscard]] quint16 listen()
    {
        auto socket = std::make_unique<QTcpServer>();
        if (!socket->listen(QHostAddress::LocalHost, 0) || !m_http.bind(socket.get()))
            return 0;
        return socket.release()->serverPort();
    }

private:
    QHttpServer m_http;
};

PracticeCloud::PracticeCloud(QObject *parent) : QObject(parent)
{
    heal();
}

PracticeCloud::~PracticeCloud() = default;

Result<void> PracticeCloud::start()
{
    m_server = std::make_unique<Server>(*this);
    const quint16 port = m_server->listen();
    if (port == 0) {
        m_server.reset();
        return failure({.kind = ErrorKind::Unreachable,
                        .subject = u"the practice cloud"_s,
                        .detail = u"no port of 127.0.0.1 can be had"_s,
                        .advice = Advice::TryAgain});
    }
    m_baseUrl = QUrl(u"http://127.0.0.1:%1"_s.arg(port));
    return {};
}

PracticePage *PracticeCloud::page(const QString &id)
{
    const auto found = std::ranges::find(m_pages, id, &PracticePage::id);
    return found == m_pages.end() ? nullptr : &*found;
}

Result<void> PracticeCloud::setProviderState(const QString &provider, PageState state)
{
    PracticePage *known = page(provider);
    if (known == nullptr) {
        return failure({.kind = ErrorKind::NotFound,
                        .subject = provider,
                        .detail = u"the practice cloud has no such provider"_s});
    }
    known->state = state;
    known->since = QDateTime::currentDateTimeUtc();
    return {};
}

PageState PracticeCloud::providerState(const QString &provider) const
{
    const auto found = std::ranges::find(m_pages, provider, &PracticePage::id);
    return found == m_pages.end() ? PageState::Broken : found->state;
}

void PracticeCloud::setBackendHealthy(bool healthy, const QString &reason)
{
    m_backendHealthy = healthy;
    m_backendReason = reason;
}

void PracticeCloud::heal()
{
    m_pages = practicePages();
    for (PracticePage &each : m_pages)
        each.since = QDateTime::currentDateTimeUtc();
    setBackendHealthy(true);
}

} // namespace mayday::practice
