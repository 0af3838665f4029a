// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/curltransport.h"
#include "support/testmain.h"

#include "support/httpfixture.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTest>
#include <QThread>

#include <vector>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday {

using net::CurlTransport;
using net::HttpRequest;
using net::HttpResponse;
using tests::HttpFixture;

/// CurlTransport against a real server that behaves well and badly.
class TestCurlTransport final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAnAnswer();
    void anErrorStatusIsAResponse();
    void sendsMethodHeadersAndBody();
    void aHeaderCannotSmuggleAnother();
    void namesItself();
    void followsARedirect();
    void keepsACredentialFromARedirect();
    void endsALoopOfRedirects();
    void refusesOtherProtocols_data();
    void refusesOtherProtocols();
    void redirectToAFileIsRefused();
    void bodyOverTheLimitIsRefused();
    void bodyAtTheLimitIsTaken();
    void packedBombIsRefused();
    void cutInTheMiddleIsUnreachable();
    void garbageIsCorrupt();
    void slowBodyIsTimeout();
    void closedPortIsUnreachable();
    void unknownHostIsUnreachable();
    void errorsShowNoPassword();
    void stopEndsAWaitingRequest();
    void destroyingEndsEverything();
    void hundredsAtOnce();
    void usesConnectionsAgain();
    void readsTheCertificate();
    void refusesAnUnknownAuthority();
    void refusesHttpsToHttp();

private:
    Result<HttpResponse> get(const QByteArray &path)
    {
        return m_transport.send({.url = m_server.url(path)}).wait();
    }

    HttpFixture m_server;
    CurlTransport m_transport;
};

void TestCurlTransport::readsAnAnswer()
{
    m_server.on("/ok", {.headers = {{"Content-Type", "Application/JSON; charset=utf-8"}},
                        .body = "{\"a\":1}",
                        .delay = 20ms});
    const Result<HttpResponse> answer = get("/ok");
    QVERIFY(answer);
    QCOMPARE(answer->status, 200);
    QCOMPARE(answer->body, "{\"a\":1}");
    QCOMPARE(answer->contentType(), "application/json");
    QCOMPARE(answer->header("content-LENGTH"), "7");
    QVERIFY(answer->elapsed >= 20ms);
    QVERIFY(!answer->certificateExpiry);
    QCOMPARE(answer->finalUrl, m_server.url("/ok"));
}

void TestCurlTransport::anErrorStatusIsAResponse()
{
    m_server.on("/503", {.status = 503, .body = "busy"});
    const Result<HttpResponse> answer = get("/503");
    QVERIFY(answer);
    QCOMPARE(answer->status, 503);
    QVERIFY(!answer->isSuccess());
    QCOMPARE(answer->body, "busy");
}

void TestCurlTransport::sendsMethodHeadersAndBody()
{
    m_server.on("/post", {});
    const QByteArray body(5000, 'x');
    const Result<HttpResponse> answer =
        m_transport
            .send({.method = "PATCH",
                   .url = m_server.url("/post"),
                   .headers = {{"Content-Type", "text/plain"}, {"X-Empty", ""}},
                   .body = body})
            .wait();
    QVERIFY(answer);
    const QByteArray asked = m_server.lastRequest("/post");
    QVERIFY(asked.startsWith("PATCH /post HTTP/1.1\r\n"));
    QVERIFY(asked.contains("\r\nContent-Type: text/plain\r\n"));
    QVERIFY(asked.contains("\r\nX-Empty:"));
    QVERIFY(!asked.contains("Expect:"));
    QVERIFY(asked.endsWith("\r\n\r\n" + body));
}

void TestCurlTransport::aHeaderCannotSmuggleAnother()
{
    m_server.on("/smuggle", {});
    QVERIFY(m_transport
                .send({.url = m_server.url("/smuggle"), .headers = {{"X-Name", "a\r\nX-Other: b"}}})
                .wait());
    QVERIFY(!m_server.lastRequest("/smuggle").contains("\nX-Other"));
}

void TestCurlTransport::namesItself()
{
    const CurlTransport withPage({.contactPage = u"https://oncall.example/mayday"_s});
    QVERIFY(withPage.userAgent().startsWith("Mayday/"));
    QVERIFY(withPage.userAgent().contains("+https://oncall.example/mayday"));
    m_server.on("/agent", {});
    QVERIFY(get("/agent"));
    QVERIFY(m_server.lastRequest("/agent").contains("User-Agent: " + m_transport.userAgent()));
}

void TestCurlTransport::followsARedirect()
{
    m_server.on(
        "/old",
        {.status = 302, .headers = {{"Location", "/new"}, {"X-Hop", "1"}}, .body = "moved"});
    m_server.on("/new", {.body = "here"});
    const Result<HttpResponse> answer = get("/old");
    QVERIFY(answer);
    QCOMPARE(answer->body, "here");
    QCOMPARE(answer->finalUrl, m_server.url("/new"));
    QVERIFY(answer->header("X-Hop").isEmpty());

    const Result<HttpResponse> stayed =
        m_transport.send({.url = m_server.url("/old"), .followRedirects = false}).wait();
    QVERIFY(stayed);
    QCOMPARE(stayed->status, 302);
}

void TestCurlTransport::keepsACredentialFromARedirect()
{
    m_server.on("/old", {.status = 302, .headers = {{"Location", "/elsewhere"}}});
    const Result<HttpResponse> answer =
        m_transport.send({.url = m_server.url("/old"), .headers = {{"X-Api", "abc"}}}).wait();
    QVERIFY(answer);
    QCOMPARE(answer->status, 302);
    QCOMPARE(m_server.requests("/elsewhere"), 0);
}

void TestCurlTransport::endsALoopOfRedirects()
{
    m_server.on("/loop", {.status = 301, .headers = {{"Location", "/loop"}}});
    const Result<HttpResponse> answer = get("/loop");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Refused);
    QCOMPARE(m_server.requests("/loop"), 6);
}

void TestCurlTransport::refusesOtherProtocols_data()
{
    QTest::addColumn<QString>("address");
    QTest::newRow("file") << u"file:///etc/hostname"_s;
    QTest::newRow("ftp") << u"ftp://127.0.0.1/x"_s;
    QTest::newRow("none") << u"127.0.0.1"_s;
    QTest::newRow("empty") << QString();
    QTest::newRow("no host") << u"http:///x"_s;
}

void TestCurlTransport::refusesOtherProtocols()
{
    QFETCH(QString, address);
    const Result<HttpResponse> answer = m_transport.send({.url = QUrl(address)}).wait();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Refused);
    QCOMPARE(answer.error().advice, Advice::CheckAddress);
}

void TestCurlTransport::redirectToAFileIsRefused()
{
    m_server.on("/evil", {.status = 302, .headers = {{"Location", "file:///etc/hostname"}}});
    const Result<HttpResponse> answer = get("/evil");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Refused);
}

void TestCurlTransport::bodyOverTheLimitIsRefused()
{
    m_server.on("/huge", {.body = QByteArray(3'000'000, 'x')});
    const Result<HttpResponse> answer = get("/huge");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Refused);
    QVERIFY(answer.error().detail.contains(u"larger than 1048576"_s));
}

void TestCurlTransport::bodyAtTheLimitIsTaken()
{
    m_server.on("/exact", {.body = QByteArray(1000, 'x')});
    HttpRequest request{.url = m_server.url("/exact"), .maxBodyBytes = 1000};
    QVERIFY(m_transport.send(request).wait());
    request.maxBodyBytes = 999;
    QVERIFY(!m_transport.send(request).wait());
}

void TestCurlTransport::packedBombIsRefused()
{
    QByteArray packed = qCompress(QByteArray(20'000'000, '0'), 9);
    packed.remove(0, 4); // Qt's own length; what is left is a zlib stream, HTTP's "deflate"
    QVERIFY(packed.size() < 100'000);
    m_server.on("/bomb", {.headers = {{"Content-Encoding", "deflate"}}, .body = packed});
    const Result<HttpResponse> answer = get("/bomb");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Refused);

    QByteArray small = qCompress("unpacked", 9);
    small.remove(0, 4);
    m_server.on("/small", {.headers = {{"Content-Encoding", "deflate"}}, .body = small});
    QCOMPARE(get("/small")->body, "unpacked");
}

void TestCurlTransport::cutInTheMiddleIsUnreachable()
{
    m_server.on("/cut", {.body = QByteArray(10'000, 'x'), .cutAfter = 4000});
    const Result<HttpResponse> answer = get("/cut");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Unreachable);
    QCOMPARE(answer.error().advice, Advice::CheckNetwork);
}

void TestCurlTransport::garbageIsCorrupt()
{
    m_server.on("/garbage", {.raw = "\x01\x02 this is no HTTP at all\n"});
    const Result<HttpResponse> answer = get("/garbage");
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Corrupt);
}

void TestCurlTransport::slowBodyIsTimeout()
{
    m_server.on("/slow", {.body = QByteArray(1000, 'x'), .chunk = 1, .pause = 50ms});
    QElapsedTimer timer;
    timer.start();
    const Result<HttpResponse> answer =
        m_transport.send({.url = m_server.url("/slow"), .timeout = 300ms}).wait();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Timeout);
    QVERIFY(timer.elapsed() >= 290 && timer.elapsed() < 2000);
}

void TestCurlTransport::closedPortIsUnreachable()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const QUrl url(u"http://127.0.0.1:%1/"_s.arg(server.serverPort()));
    server.close();
    const Result<HttpResponse> answer = m_transport.send({.url = url}).wait();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Unreachable);
}

void TestCurlTransport::unknownHostIsUnreachable()
{
    const Result<HttpResponse> answer =
        m_transport.send({.url = QUrl(u"http://nobody.invalid/"_s)}).wait();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Unreachable);
}

void TestCurlTransport::errorsShowNoPassword()
{
    const Result<HttpResponse> answer =
        m_transport.send({.url = QUrl(u"http://ann:hunter22@nobody.invalid/x?key=abcdef"_s)})
            .wait();
    QVERIFY(!answer);
    const QString all = describe(answer.error());
    QVERIFY(all.contains(u"nobody.invalid/x"_s));
    QVERIFY2(!all.contains(u"hunter22"_s) && !all.contains(u"abcdef"_s), qPrintable(all));
}

void TestCurlTransport::stopEndsAWaitingRequest()
{
    m_server.on("/wait", {.delay = 30s});
    Task<HttpResponse> task = m_transport.send({.url = m_server.url("/wait"), .timeout = 60s});
    QTRY_COMPARE(m_server.requests("/wait"), 1);
    QElapsedTimer timer;
    timer.start();
    task.requestStop();
    const Result<HttpResponse> answer = task.wait();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Cancelled);
    QVERIFY(timer.elapsed() < 500);
}

void TestCurlTransport::destroyingEndsEverything()
{
    m_server.on("/wait", {.delay = 30s});
    auto transport = std::make_unique<CurlTransport>();
    std::vector<Task<HttpResponse>> tasks;
    for (int i = 0; i < 20; ++i)
        tasks.push_back(transport->send({.url = m_server.url("/wait"), .timeout = 60s}));
    transport.reset();
    for (Task<HttpResponse> &task : tasks)
        QCOMPARE(task.wait().error().kind, ErrorKind::Cancelled);
}

void TestCurlTransport::hundredsAtOnce()
{
    m_server.on("/many", {.body = "x", .delay = 100ms});
    CurlTransport wide({.maxConnectionsPerHost = 300});
    QElapsedTimer timer;
    timer.start();
    std::vector<Task<HttpResponse>> tasks;
    for (int i = 0; i < 300; ++i)
        tasks.push_back(wide.send({.url = m_server.url("/many"), .timeout = 30s}));
    for (Task<HttpResponse> &task : tasks) {
        const Result<HttpResponse> answer = task.wait();
        QVERIFY2(answer, answer ? "" : qPrintable(describe(answer.error())));
    }
    // One after the other would be 30 s.
    QVERIFY2(timer.elapsed() < 8000, qPrintable(QString::number(timer.elapsed())));
    qInfo("300 requests of 100 ms took %lld ms", timer.elapsed());
}

void TestCurlTransport::usesConnectionsAgain()
{
    HttpFixture server;
    server.on("/ok", {});
    for (int i = 0; i < 10; ++i)
        QVERIFY(m_transport.send({.url = server.url("/ok")}).wait());
    QCOMPARE(server.requests("/ok"), 10);
    QCOMPARE(server.connections(), 1);
}

void TestCurlTransport::readsTheCertificate()
{
    HttpFixture server(HttpFixture::Tls::On);
    server.on("/ok", {});
    CurlTransport transport({.authorityFile = server.authorityFile()});
    for (int i = 0; i < 2; ++i) { // the second on the same connection, without a handshake
        const Result<HttpResponse> answer = transport.send({.url = server.url("/ok")}).wait();
        QVERIFY2(answer, answer ? "" : qPrintable(describe(answer.error())));
        QVERIFY(answer->certificateExpiry);
        const qint64 days = QDateTime::currentDateTimeUtc().daysTo(*answer->certificateExpiry);
        QVERIFY2(days >= 29 && days <= 30, qPrintable(QString::number(days)));
    }
    QCOMPARE(server.connections(), 1);
}

void TestCurlTransport::refusesAnUnknownAuthority()
{
    HttpFixture server(HttpFixture::Tls::On);
    server.on("/ok", {});
    const Result<HttpResponse> answer = m_transport.send({.url = server.url("/ok")}).wait();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Refused);
    QVERIFY2(answer.error().detail.contains(u"certificate"_s), qPrintable(answer.error().detail));
    QCOMPARE(server.requests("/ok"), 0);
}

void TestCurlTransport::refusesHttpsToHttp()
{
    HttpFixture server(HttpFixture::Tls::On);
    m_server.on("/plain", {});
    server.on("/down",
              {.status = 302, .headers = {{"Location", m_server.url("/plain").toEncoded()}}});
    CurlTransport transport({.authorityFile = server.authorityFile()});
    const Result<HttpResponse> answer = transport.send({.url = server.url("/down")}).wait();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Refused);
    QCOMPARE(m_server.requests("/plain"), 0);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestCurlTransport);
#include "tst_curltransport.moc"
