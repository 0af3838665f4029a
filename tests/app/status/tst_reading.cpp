// SPDX-License-Identifier: GPL-3.0-or-later
#include "status/healthprobe.h"
#include "status/reading.h"
#include "support/testmain.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mayday {

using status::Freshness;
using status::freshnessOf;
using status::healthRequest;
using status::ProbeReading;
using status::readHealth;
using status::Reading;
using status::State;
using status::trustedState;

namespace {

const QDateTime at(QDate(2026, 3, 1), QTime(3, 0), QTimeZone::UTC);

} // namespace

/// Ages of readings, words of durations, and what a health check makes of an answer.
class TestReading final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ages();
    void durations_data();
    void durations();
    void worse();
    void health_data();
    void health();
    void certificates_data();
    void certificates();
    void noAnswerIsDown();
    void asksForTheHealthPath();

private:
    static stack::Service service(int expect = 200)
    {
        stack::Service one;
        one.id = *stack::ServiceId::parse(u"api"_s);
        one.url = QUrl(u"https://api.example/v1/"_s);
        one.healthPath = u"/health"_s;
        one.expectStatus = expect;
        return one;
    }
};

void TestReading::ages()
{
    Reading reading;
    QCOMPARE(freshnessOf(reading, 60s, at), Freshness::None);
    reading.at = at;
    reading.state = State::Operational;
    QCOMPARE(freshnessOf(reading, 60s, at.addSecs(180)), Freshness::Fresh);
    QCOMPARE(freshnessOf(reading, 60s, at.addMSecs(180'001)), Freshness::Stale);
    QCOMPARE(trustedState(reading, 60s, at.addSecs(181)), State::Unknown);
    QCOMPARE(status::ageOf(reading, at.addSecs(-50)), 0ms); // the clock was set back
    QCOMPARE(trustedState(Reading::notAskedYet(), 60s, at), State::Unknown);
}

void TestReading::durations_data()
{
    QTest::addColumn<qint64>("seconds");
    QTest::addColumn<QString>("words");
    QTest::newRow("0") << qint64(0) << u"0 seconds"_s;
    QTest::newRow("1") << qint64(1) << u"1 second"_s;
    QTest::newRow("59") << qint64(59) << u"59 seconds"_s;
    QTest::newRow("60") << qint64(60) << u"1 minute"_s;
    QTest::newRow("14 min") << qint64(14 * 60 + 59) << u"14 minutes"_s;
    QTest::newRow("119 min") << qint64(2 * 3600 - 1) << u"119 minutes"_s;
    QTest::newRow("2 h") << qint64(2 * 3600) << u"2 hours"_s;
    QTest::newRow("47 h") << qint64(48 * 3600 - 1) << u"47 hours"_s;
    QTest::newRow("2 d") << qint64(48 * 3600) << u"2 days"_s;
}

void TestReading::durations()
{
    QFETCH(qint64, seconds);
    QTEST(status::durationWords(std::chrono::seconds(seconds)), "words");
}

void TestReading::worse()
{
    QCOMPARE(status::worseOf(State::Operational, State::Unknown), State::Unknown);
    QCOMPARE(status::worseOf(State::Down, State::Unknown), State::Down);
    QCOMPARE(status::worseOf(State::Maintenance, State::Degraded), State::Degraded);
    QVERIFY(!status::isTrouble(State::Unknown));
}

void TestReading::health_data()
{
    QTest::addColumn<int>("expected");
    QTest::addColumn<int>("came");
    QTest::addColumn<State>("state");
    QTest::newRow("as expected") << 200 << 200 << State::Operational;
    QTest::newRow("401 expected") << 401 << 401 << State::Operational;
    QTest::newRow("500") << 200 << 500 << State::Down;
    QTest::newRow("404") << 200 << 404 << State::Down;
    QTest::newRow("204") << 200 << 204 << State::Down;
    QTest::newRow("200 instead") << 401 << 200 << State::Down;
}

void TestReading::health()
{
    QFETCH(int, expected);
    QFETCH(int, came);
    const ProbeReading probe =
        readHealth(service(expected), net::HttpResponse{.status = came, .elapsed = 30ms}, at);
    QTEST(probe.reading.state, "state");
    QCOMPARE(probe.answers, probe.reading.state == State::Operational);
    QCOMPARE(probe.reading.word, QString::number(came));
    QCOMPARE(probe.reading.latency, 30ms);
    QVERIFY(!probe.certificateDays);
}

void TestReading::certificates_data()
{
    QTest::addColumn<int>("days");
    QTest::addColumn<State>("state");
    QTest::newRow("long") << 80 << State::Operational;
    QTest::newRow("a week") << 7 << State::Operational;
    QTest::newRow("six days") << 6 << State::Degraded;
    QTest::newRow("ended") << -1 << State::Degraded;
}

void TestReading::certificates()
{
    QFETCH(int, days);
    net::HttpResponse response{.status = 200};
    response.certificateExpiry = at.addDays(days);
    const ProbeReading probe = readHealth(service(), response, at);
    QTEST(probe.reading.state, "state");
    QCOMPARE(probe.certificateDays, days);
    QVERIFY(probe.answers);
}

void TestReading::noAnswerIsDown()
{
    const ProbeReading silent = readHealth(
        service(), failure({.kind = ErrorKind::Timeout, .subject = {}, .detail = u"10 s"_s}), at);
    QCOMPARE(silent.reading.state, State::Down);
    QCOMPARE(silent.reading.error->kind, ErrorKind::Timeout);
    const ProbeReading stopped = readHealth(
        service(), failure({.kind = ErrorKind::Cancelled, .subject = {}, .detail = {}}), at);
    QCOMPARE(stopped.reading.state, State::Unknown);
}

void TestReading::asksForTheHealthPath()
{
    QCOMPARE(healthRequest(service()).url, QUrl(u"https://api.example/health"_s));
    QVERIFY(healthRequest(service()).followRedirects);
    QVERIFY(!healthRequest(service(302)).followRedirects);
}

} // namespace mayday

MAYDAY_TEST(mayday::TestReading);
#include "tst_reading.moc"
