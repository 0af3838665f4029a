// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/curltransport.h"

#include "net/curlfailure.h"
#include "net/curltransfer.h"

#include <curl/curl.h>

#include <QHash>
#include <QThread>

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <unordered_map>
#include <vector>

using namespace Qt::StringLiterals;

namespace mayday::net {

namespace {

void startCurlOnce()
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

QByteArray makeUserAgent(const CurlOptions &options)
{
    const QByteArray page = options.contactPage.isEmpty() ? QByteArray(MAYDAY_CONTACT_PAGE)
                                                          : options.contactPage.toUtf8();
    QByteArray agent = "Mayday/" MAYDAY_VERSION " (desktop incident response";
    if (!page.isEmpty())
        agent += "; +" + page;
    return agent + ')';
}

Error endedEarly(const QUrl &url)
{
    return TaskContext::cancelled(displayUrl(url), u"the request was ended"_s);
}

std::optional<Error> reasonToRefuse(const HttpRequest &request)
{
    const QString scheme = request.url.scheme();
    if (!request.url.isValid() || request.url.host().isEmpty() ||
        (scheme != "http"_L1 && scheme != "https"_L1))
        return Error{.kind = ErrorKind::Refused,
                     .subject = displayUrl(request.url),
                     .detail = u"not an http or https address"_s,
                     .advice = Advice::CheckAddress};
    if (request.method.isEmpty())
        return Error{.kind = ErrorKind::Internal,
                     .subject = displayUrl(request.url),
                     .detail = u"a request without a method"_s,
                     .advice = Advice::SendReport};
    return std::nullopt;
}

} // namespace

/// What the thread runs. Everything but hand() and close() belongs to that thread.
class CurlTransport::Loop final {
public:
    explicit Loop(const CurlOptions &options);
    ~Loop();

    void hand(std::unique_ptr<CurlTransfer> transfer, const std::stop_token &stop);
    [[nodiscard]] const QByteArray &userAgent() const { return m_userAgent; }

private:
    using Wake = std::function<void()>;
    struct Flight {
        std::unique_ptr<CurlTransfer> transfer;
        std::unique_ptr<std::stop_callback<Wake>> onStop;
    };

    void run();
    void admitArrivals();
    void dropStopped();
    void collectFinished();
    void endAll();
    void finish(CurlTransfer *transfer, Result<HttpResponse> outcome);
    void rememberCertificate(HttpResponse &response);

    QByteArray m_userAgent;
    QByteArray m_authorityFile;
    CURLM *m_multi = nullptr;
    std::mutex m_mutex;
    std::vector<Flight> m_arrivals; ///< guarded by m_mutex
    std::atomic_bool m_stopSeen = false;
    std::atomic_bool m_closing = false;
    std::unordered_map<CurlTransfer *, Flight> m_flights;
    /// libcurl tells a certificate only at the handshake; connections that are used again keep it.
    QHash<QString, QDateTime> m_certificates;
    std::unique_ptr<QThread> m_thread;
};

CurlTransport::Loop::Loop(const CurlOptions &options)
    : m_userAgent(makeUserAgent(options)), m_authorityFile(options.authorityFile.toLocal8Bit())
{
    startCurlOnce();
    m_multi = curl_multi_init();
    curl_multi_setopt(m_multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      static_cast<long>(options.maxConnections));
    curl_multi_setopt(m_multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(options.maxConnectionsPerHost));
    m_thread.reset(QThread::create([this] { run(); }));
    m_thread->setObjectName(u"mayday-net"_s);
    m_thread->start();
}

CurlTransport::Loop::~Loop()
{
    m_closing = true;
    curl_multi_wakeup(m_multi);
    m_thread->wait();
    endAll();
    curl_multi_cleanup(m_multi);
}

void CurlTransport::Loop::hand(std::unique_ptr<CurlTransfer> transfer, const std::stop_token &stop)
{
    auto wake = [this] {
        m_stopSeen = true;
        curl_multi_wakeup(m_multi);
    };
    {
        const std::scoped_lock lock(m_mutex);
        m_arrivals.push_back(
            {std::move(transfer), std::make_unique<std::stop_callback<Wake>>(stop, Wake(wake))});
    }
    curl_multi_wakeup(m_multi);
}

void CurlTransport::Loop::run()
{
    while (!m_closing) {
        admitArrivals();
        if (m_stopSeen.exchange(false))
            dropStopped();
        int running = 0;
        curl_multi_perform(m_multi, &running);
        collectFinished();
        curl_multi_poll(m_multi, nullptr, 0, 60'000, nullptr);
    }
}

void CurlTransport::Loop::admitArrivals()
{
    std::vector<Flight> arrivals;
    {
        const std::scoped_lock lock(m_mutex);
        arrivals.swap(m_arrivals);
    }
    for (Flight &arrival : arrivals) {
        CurlTransfer *transfer = arrival.transfer.get();
        m_flights.emplace(transfer, std::move(arrival));
        CURL *handle = transfer->prepare(m_userAgent, m_authorityFile);
        if (!handle || curl_multi_add_handle(m_multi, handle) != CURLM_OK)
            finish(transfer, transfer->outcome(CURLE_FAILED_INIT));
        else if (transfer->stopRequested())
            m_stopSeen = true;
    }
}

void CurlTransport::Loop::dropStopped()
{
    std::vector<CurlTransfer *> stopped;
    for (const auto &[transfer, flight] : m_flights) {
        if (transfer->stopRequested())
            stopped.push_back(transfer);
    }
    for (CurlTransfer *transfer : stopped)
        finish(transfer, failure(endedEarly(transfer->url())));
}

void CurlTransport::Loop::collectFinished()
{
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(m_multi, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        const CURLcode code = message->data.result;
        CurlTransfer *transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        Result<HttpResponse> outcome = transfer->outcome(code);
        if (outcome)
            rememberCertificate(*outcome);
        finish(transfer, std::move(outcome));
    }
}

void CurlTransport::Loop::endAll()
{
    admitArrivals(); // what was handed over after the loop's last turn still deserves an answer
    while (!m_flights.empty()) {
        CurlTransfer *transfer = m_flights.begin()->first;
        finish(transfer, failure(endedEarly(transfer->url())));
    }
}

void CurlTransport::Loop::finish(CurlTransfer *transfer, Result<HttpResponse> outcome)
{
    auto node = m_flights.extract(transfer);
    if (transfer->handle())
        curl_multi_remove_handle(m_multi, transfer->handle());
    transfer->answer(std::move(outcome));
}

void CurlTransport::Loop::rememberCertificate(HttpResponse &response)
{
    if (response.finalUrl.scheme() != "https"_L1)
        return;
    const QString place = response.finalUrl.authority(QUrl::FullyEncoded);
    if (response.certificateExpiry)
        m_certificates.insert(place, *response.certificateExpiry);
    else if (const auto known = m_certificates.constFind(place); known != m_certificates.cend())
        response.certificateExpiry = *known;
}

CurlTransport::CurlTransport(const CurlOptions &options) : m_loop(std::make_unique<Loop>(options))
{
}

CurlTransport::~CurlTransport() = default;

Task<HttpResponse> CurlTransport::send(HttpRequest request)
{
    if (std::optional<Error> reason = reasonToRefuse(request))
        return finishedTask<HttpResponse>(failure(*std::move(reason)));
    TaskPromise<HttpResponse> promise;
    Task<HttpResponse> task = promise.task();
    const std::stop_token stop = promise.stopToken();
    m_loop->hand(std::make_unique<CurlTransfer>(std::move(request), std::move(promise)), stop);
    return task;
}

QByteArray CurlTransport::userAgent() const
{
    return m_loop->userAgent();
}

} // namespace mayday::net
